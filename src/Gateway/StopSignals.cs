using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>Ctrl-C, SIGTERM, SIGQUIT and SIGHUP, which a closed terminal sends: the first asks the pipelines to drain, the second ends the process at once.</summary>
sealed class StopSignals : IDisposable
{
    static readonly PosixSignal[] s_signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];
    readonly CancellationTokenSource _stop = new();
    readonly TextWriter _error;
    readonly PosixSignalRegistration[] _registrations;

    public StopSignals(TextWriter error)
    {
        _error = error;
        _registrations = [.. s_signals.Select(signal => PosixSignalRegistration.Create(signal, Ask))];
    }

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    void Ask(PosixSignalContext signal)
    {
        if (_stop.IsCancellationRequested) return; // not held back: the system ends the process
        signal.Cancel = true;
        _error.WriteLine("Stopping: what is under way is brought to its end. Once more ends it at once.");
        _stop.Cancel();
    }
}
