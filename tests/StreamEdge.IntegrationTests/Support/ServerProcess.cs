using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamEdge;

/// <summary>A real server, started by a test on loopback in a folder of its own, and ended by its own process id.</summary>
sealed class ServerProcess : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    readonly Process _process;
    readonly string _folder;
    readonly StringBuilder _said = new(); // locked: stdout and stderr arrive on two threads

    ServerProcess(string command, string folder, IEnumerable<string> arguments)
    {
        _folder = folder;
        _process = new() { StartInfo = new(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What the server has printed so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts the server and waits until it listens on the port itself and, where it speaks HTTP, answers 2xx at the address.</summary>
    public static async Task<ServerProcess> StartAsync(
        string command, string folder, IEnumerable<string> arguments, Uri ready, CancellationToken cancel = default)
    {
        var path = Find(command) ?? throw new InvalidOperationException($"{command} is missing; run ./test, which installs it");
        var server = new ServerProcess(path, folder, arguments);
        try
        {
            await server.WaitAsync(ready, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A fresh folder for what one server stores.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("streamedge-").FullName;

    /// <summary>A loopback port that was free a moment ago; <see cref="StartAsync"/> notices if somebody else was faster.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Ends it as a power cut would, its folder left as it is.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    async Task WaitAsync(Uri ready, CancellationToken cancel)
    {
        using var client = new HttpClient { Timeout = s_patience };
        var waited = Stopwatch.StartNew();
        while (!(OwnsListener(ready.Port) && await AnswersAsync(client, ready, cancel)))
        {
            if (_process.HasExited) throw Failure($"ended with exit code {_process.ExitCode} before it answered at {ready}");
            if (waited.Elapsed > s_patience) throw Failure($"did not answer at {ready} within {s_patience.TotalSeconds} s");
            await Task.Delay(s_pause, cancel);
        }
    }

    static async Task<bool> AnswersAsync(HttpClient client, Uri ready, CancellationToken cancel)
    {
        if (ready.Scheme != Uri.UriSchemeHttp) return true;
        try
        {
            using var answer = await client.GetAsync(ready, cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it listens, but does not talk yet
        }
    }

    // Another process may hold the port and answer in place of a server that could not start.
    bool OwnsListener(int port)
    {
        var endpoint = $" 0100007F:{port:X4} 00000000:0000 0A "; // 127.0.0.1:port, no peer, LISTEN
        var line = File.ReadLines("/proc/net/tcp").FirstOrDefault(line => line.Contains(endpoint, StringComparison.Ordinal));
        if (line is null) return false;

        var inode = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[9];
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/fd")
                .Any(file => new FileInfo(file).LinkTarget == $"socket:[{inode}]");
        }
        catch (IOException)
        {
            return false; // a descriptor, or the whole process, went away under our eyes
        }
    }

    InvalidOperationException Failure(string what) => new($"{_process.StartInfo.FileName} {what}. It said:\n{Said}");

    void Keep(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    static string? Find(string command) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin"
        .Split(':')
        .Select(folder => Path.Combine(folder, command))
        .FirstOrDefault(File.Exists);
}
