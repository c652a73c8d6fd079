using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>Ctrl-C and SIGTERM: the first asks the pipelines to drain, the second ends the process at once.</summary>
sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly TextWriter _error;
    readonly PosixSignalRegistration[] _registrations;

    public StopSignals(TextWriter error)
    {
        _error = error;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask)];
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
