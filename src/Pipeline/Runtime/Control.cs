namespace StreamEdge;

/// <summary>What travels between the batches: never dropped, never reordered against them.</summary>
abstract class Control;

/// <summary>A source has ended; a shared clock no longer waits for it.</summary>
sealed class SourceEnd(int source) : Control
{
    public int Source { get; } = source;
}

/// <summary>A source has given everything before an instant.</summary>
sealed class SourceWatermark(int source, long time) : Control
{
    public int Source { get; } = source;

    public long Time { get; } = time;
}

/// <summary>A source holds no clock back until its next reading.</summary>
sealed class SourceIdle(int source) : Control
{
    public int Source { get; } = source;
}

/// <summary>The end of input that follows is none of the data: the steps behind it keep what they hold.</summary>
sealed class Hold : Control;

/// <summary>
/// The line between what is in a snapshot and what is not. It starts at every source, waits at a fan-in until it has
/// come from all sides, and at each stage that it passes the stage's steps save their state (Chandy and Lamport, 1985).
/// </summary>
sealed class Barrier(IEnumerable<Stage> stages, bool stop) : Control
{
    readonly HashSet<Stage> _missing = [.. stages];
    readonly TaskCompletionSource<Snapshot> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the stages end behind it, leaving open windows to the next start.</summary>
    public bool Stop { get; } = stop;

    public Snapshot Snapshot { get; } = new();

    public Task<Snapshot> Complete => _complete.Task;

    /// <summary>Called once by each stage, when all its steps have saved.</summary>
    public void Passed(Stage stage)
    {
        lock (_missing)
        {
            if (_missing.Remove(stage) && _missing.Count == 0) _complete.TrySetResult(Snapshot);
        }
    }

    public bool Awaits(Stage stage)
    {
        lock (_missing) return _missing.Contains(stage);
    }

    public void Fail(Exception error) => _complete.TrySetException(error);
}

/// <summary>What lies in a channel: a batch or a control.</summary>
readonly record struct Parcel(Batch? Batch, Control? Control);
