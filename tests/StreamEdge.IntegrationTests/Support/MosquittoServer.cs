using System.Diagnostics;
using System.Text;

namespace StreamEdge;

/// <summary>A mosquitto broker with persistent sessions, and the clients that come with it: independent of the code under test.</summary>
sealed class MosquittoServer : IAsyncDisposable
{
    public const string User = "edge";
    public const string Password = "s3cret";

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60), s_pause = TimeSpan.FromMilliseconds(20);

    readonly string _folder = ServerProcess.NewFolder();
    readonly string _configuration;
    ServerProcess? _process;

    MosquittoServer(string more)
    {
        _configuration = Path.Combine(_folder, "mosquitto.conf");
        // As root it would become another user, who may not read this folder. Without a limit it lets messages of a
        // subscriber that is away go beyond 1,000.
        File.WriteAllText(_configuration, $"""
            user root
            log_dest stderr
            log_type all
            connection_messages true
            persistence true
            persistence_location {_folder}/
            autosave_interval 1
            max_queued_messages 0
            max_inflight_messages 1000
            listener {Port} 127.0.0.1
            {more.Replace("FOLDER", _folder)}

            """);
    }

    public int Port { get; } = ServerProcess.FreePort();

    public string Address => $"mqtt://127.0.0.1:{Port}";

    public string Folder => _folder;

    /// <summary>What the broker has logged since its last start.</summary>
    public string Log => _process!.Said;

    /// <summary>Starts a broker; FOLDER in the further lines is its folder.</summary>
    public static async Task<MosquittoServer> StartAsync(string more = "allow_anonymous true", Action<string>? prepare = null)
    {
        var server = new MosquittoServer(more);
        prepare?.Invoke(server._folder);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts a broker that wants a login.</summary>
    public static Task<MosquittoServer> StartWithLoginAsync() => StartAsync("allow_anonymous false\npassword_file FOLDER/passwords",
        folder => Run("mosquitto_passwd", ["-b", "-c", Path.Combine(folder, "passwords"), User, Password]).WaitForExit());

    public async Task StartAgainAsync() =>
        _process = await ServerProcess.StartAsync("mosquitto", _folder, ["-c", _configuration], new Uri($"mqtt://127.0.0.1:{Port}"));

    /// <summary>Ends the broker with signal 9.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Publishes each line as a message, by mosquitto's own client.</summary>
    public async Task PublishAsync(string topic, IEnumerable<string> lines, params string[] more)
    {
        using var client = Run("mosquitto_pub", ["-p", $"{Port}", "-t", topic, "-q", "1", "-l", .. more]);
        foreach (var line in lines) await client.StandardInput.WriteLineAsync(line);
        client.StandardInput.Close();
        await client.WaitForExitAsync();
        Assert.Equal(0, client.ExitCode);
    }

    /// <summary>Collects messages by mosquitto's own client until it is ended: TOPIC, a blank, the message.</summary>
    public async Task<Listener> ListenAsync(string filter, params string[] more)
    {
        var client = Run("mosquitto_sub", ["-p", $"{Port}", "-t", filter, "-q", "1", "-v", .. more]);
        var listener = new Listener(client);
        await UntilAsync(() => Log.Contains("Sending SUBACK", StringComparison.Ordinal));
        return listener;
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, Func<string>? otherwise = null)
    {
        for (var waited = Stopwatch.StartNew(); !holds(); await Task.Delay(s_pause))
            if (waited.Elapsed > s_patience) Assert.Fail($"it did not come true within {s_patience.TotalSeconds} s; {otherwise?.Invoke()}");
    }

    public ValueTask DisposeAsync() => _process!.DisposeAsync();

    static Process Run(string command, IEnumerable<string> arguments)
    {
        var process = new Process { StartInfo = new(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false) } };
        process.Start();
        return process;
    }

    /// <summary>What a mosquitto_sub has received.</summary>
    public sealed class Listener : IDisposable
    {
        readonly Process _client;
        readonly List<string> _lines = [];

        public Listener(Process client)
        {
            _client = client;
            client.OutputDataReceived += (_, line) =>
            {
                if (line.Data is not null) lock (_lines) _lines.Add(line.Data);
            };
            client.BeginOutputReadLine();
        }

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public void Dispose()
        {
            if (!_client.HasExited) _client.Kill();
            _client.WaitForExit();
            _client.Dispose();
        }
    }
}
