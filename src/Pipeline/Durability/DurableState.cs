namespace StreamEdge;

// How a pipeline comes through a stop, a kill and a power cut.
//
//   checkpoint   every ten seconds, or as the file says, a barrier collects the state of every step, the positions of the sources and those of
//                the sinks; the checkpoint is written when the sinks have brought to safety all that lies before it.
//   journal      what a source took that cannot give it again, as a broker, is on the disk before it is acknowledged.
//   outbox       what is to go over a network is safe in it, so that the barrier need not wait for the other side.
//   start        the newest checkpoint is taken up: sources go on behind it, the journal's readings since are given to
//                the steps again, and a file goes on where it was, so that nothing is in it twice.
//   end          a pipeline whose input has ended leaves nothing behind: the next run begins anew.

/// <summary>What a pipeline keeps on the disk, in a folder of its own, to go on where it was.</summary>
/// <param name="files">The folder.</param>
/// <param name="options">How often, and how much.</param>
/// <param name="time">Where time comes from.</param>
public sealed class DurableState(FileStore files, DurableOptions options, TimeProvider time) : IDisposable
{
    readonly SemaphoreSlim _saving = new(1);
    readonly List<Outbox> _outboxes = [];
    CheckpointStore? _checkpoints;
    Journal? _journal;
    long _trim;

    /// <summary>Forgets what was kept, so that the pipeline begins anew.</summary>
    public void Clear()
    {
        _journal?.Dispose();
        _journal = null;
        foreach (var name in files.Names()) files.Remove(name);
        files.SyncFolder();
    }

    /// <summary>Gives a graph the newest checkpoint, and its sources a journal where they need one. Before it runs.</summary>
    /// <param name="graph">The pipeline.</param>
    /// <param name="notice">Is told in a sentence of what was damaged.</param>
    /// <returns>The checkpoint; null where there is none.</returns>
    /// <exception cref="InvalidDataException">What is there cannot be used; nothing was touched.</exception>
    /// <exception cref="StepFailure">A step cannot take up its state.</exception>
    public Checkpoint? TakeUp(Graph graph, Action<string> notice)
    {
        _checkpoints = new(files, notice);
        var newest = _checkpoints.ReadNewest();
        if (graph.NeedsJournal) _journal = new(files, new() { Name = "journal", SegmentBytes = (int)Math.Min(16L << 20, options.Journal.Bytes / 8), MostBytes = options.Journal.Bytes, Notice = notice }, newest?.Position ?? 0);
        graph.KeepIn(this, _journal);
        if (newest is not null) graph.Restore(newest.Snapshot);
        return newest;
    }

    /// <summary>Writes checkpoints until it is told to stop.</summary>
    /// <param name="graph">The running pipeline.</param>
    /// <param name="trouble">Is told in a sentence of a checkpoint that could not be written; the one before stands.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(Graph graph, Action<string> trouble, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.Checkpoint, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    await SaveAsync(graph, stop: false);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
                {
                    trouble($"no checkpoint could be written: {error.Message}; the one before stands");
                }
            }
        }
        catch (Exception error) when (error is StepFailure or OperationCanceledException)
        {
            // It is told to stop; or the pipeline has failed, which its run tells.
        }
    }

    /// <summary>Sends a barrier through the graph and writes the checkpoint.</summary>
    /// <param name="graph">The running pipeline.</param>
    /// <param name="stop">Whether it stops behind the barrier, leaving what is open to the next start.</param>
    public async Task SaveAsync(Graph graph, bool stop)
    {
        await _saving.WaitAsync(); // there is one barrier at a time
        try
        {
            Write(graph.Name, await graph.SaveAsync(stop));
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal?.Dispose();
        _saving.Dispose();
    }

    /// <summary>An outbox before a sink, in the same folder.</summary>
    internal Outbox Before(string step, Sink sink, BatchPool pool, Clock clock)
    {
        var outbox = new Outbox(step, sink, files, pool, clock);
        _outboxes.Add(outbox);
        return outbox;
    }

    /// <summary>Writes a checkpoint, and gives up what the one before the last stood for.</summary>
    internal void Write(string pipeline, Snapshot snapshot)
    {
        _journal?.Sync(); // the checkpoint says that what lies before it is there
        var trim = _checkpoints!.Write(new(pipeline, time.GetUtcNow(), snapshot.Position ?? _journal?.Position ?? 0, snapshot));
        foreach (var outbox in _outboxes) outbox.Kept();
        if (trim > _trim) _journal?.TrimBefore(_trim = trim);
    }
}
