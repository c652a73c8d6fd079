using System.Diagnostics;
using System.Globalization;

namespace StreamEdge;

/// <summary>The program as a process of its own, to be ended as a power cut or a person ends it.</summary>
sealed class GatewayProcess : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    readonly Process _process;
    readonly Task<string> _printed, _said;
    readonly string? _first;

    GatewayProcess(Process process, string? first) =>
        (_process, _first, _printed, _said) = (process, first, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    /// <summary>Starts <c>streamedge run FILE --state FOLDER</c>, by another command where one is given, and returns when it says that it has started.</summary>
    public static async Task<GatewayProcess> RunAsync(string file, string state, params string[] by)
    {
        // A test that is started in the background has signals ignored, and would pass that on.
        var process = Process.Start(new ProcessStartInfo("env", ["--default-signal", .. by, "dotnet", typeof(CommandLine).Assembly.Location, "run", file, "--state", state]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return new(process, await process.StandardError.ReadLineAsync());
    }

    /// <summary>Waits so long; whether it has ended by itself meanwhile.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan time)
    {
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(time));
        return _process.HasExited;
    }

    /// <summary>Sends it a signal and waits until it is gone.</summary>
    public async Task SignalAsync(string signal)
    {
        // What a tracer has started lives on without it, and the tracer not without that.
        var children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var kill = Process.Start("kill", [$"-{signal}", .. children.Length > 0 ? children : [_process.Id.ToString(CultureInfo.InvariantCulture)]]);
        await _process.WaitForExitAsync().WaitAsync(s_patience);
    }

    /// <summary>Waits until it has ended, and well.</summary>
    public async Task EndsWellAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(_process.ExitCode == 0, $"{_process.ExitCode}: {_first}\n{await _said}{await _printed}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
