namespace StreamEdge;

// How a pipeline runs.
//
// The compiler lays steps into stages: a stage is a chain of fused steps run by one task, and stages are joined by
// bounded channels. Nothing is shared between stages but batches, and those are immutable once emitted, so the only
// waiting is for input, for room, and for timers.
//
//   end of input   each source's stage ends, flushes its steps in the order of the data and completes its edges; so
//                  the end runs through the graph behind the last row.
//   failure        the stage that fails completes its edges with the error and aborts all others: one pipeline stops,
//                  loudly, and no other one notices.
//   barrier        see Barrier: the same order, but every step saves its state instead of flushing it.

/// <summary>A compiled pipeline: runs once, from its sources' beginning or from a snapshot.</summary>
public sealed class Graph : IAsyncDisposable
{
    readonly GraphParts _parts;
    readonly CancellationTokenSource _abort = new();
    readonly Lock _saving = new();
    Barrier? _barrier;

    internal Graph(GraphParts parts) => _parts = parts;

    /// <summary>The pipeline's name.</summary>
    public string Name => _parts.Name;

    /// <summary>How much of the input has been read, 0 to 1; NaN where the sources cannot tell.</summary>
    public double Progress => _parts.Sources.Count == 0 ? double.NaN : _parts.Sources.Average(s => s.Source.Progress);

    /// <summary>Takes up a snapshot of the same pipeline. Before <see cref="RunAsync"/>.</summary>
    public void Restore(Snapshot snapshot)
    {
        foreach (var stage in _parts.Stages) stage.Restore(snapshot);
    }

    /// <summary>
    /// Runs until every source has ended and everything is written; or until <paramref name="stop"/>, which ends the
    /// sources and lets the graph drain.
    /// </summary>
    /// <exception cref="StepFailure">A step failed; the pipeline has stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            foreach (var sink in _parts.Sinks) await NamedAsync(sink.Name, sink.Sink.OpenAsync(_abort.Token));
            foreach (var source in _parts.Sources) await NamedAsync(source.Name, source.Source.OpenAsync(_abort.Token));
            using var stopping = stop.Register(() =>
            {
                foreach (var stage in _parts.Stages.OfType<SourceStage>()) stage.End();
            });
            await RunStagesAsync();
        }
        catch (Exception error)
        {
            lock (_saving) _barrier?.Fail(error);
            throw;
        }
    }

    /// <summary>Sends a barrier through the running graph and returns the state it collected.</summary>
    /// <param name="stop">Whether the pipeline ends behind the barrier, leaving open windows in the snapshot.</param>
    public Task<Snapshot> SaveAsync(bool stop)
    {
        Barrier barrier;
        lock (_saving)
        {
            if (_barrier is { Complete.IsCompleted: false }) throw new InvalidOperationException("a snapshot is being taken already");
            _barrier = barrier = new Barrier(_parts.Stages, stop);
        }

        foreach (var stage in _parts.Stages)
        {
            // A stage that has ended cannot answer; its state stands still and is read from here.
            if (stage is SourceStage source && source.Ask(barrier)) continue;
            if (stage.Ended) SaveEnded(stage, barrier);
        }

        return barrier.Complete;
    }

    /// <summary>The batches that a step emits, as copies; from now until the pipeline ends.</summary>
    /// <exception cref="ArgumentException">No step has this name.</exception>
    public IObservable<Batch> Observe(string step)
    {
        foreach (var stage in _parts.Stages)
        {
            if (stage is SourceStage source && source.Name == step) return source.Source.Observers.Observable;
            foreach (var inner in stage.Steps)
                if (inner.Name == step) return inner.Observers.Observable;
        }

        throw new ArgumentException($"the pipeline has no step '{step}'", nameof(step));
    }

    /// <summary>The books as they stand: exact when the pipeline has ended, a moment old while it runs.</summary>
    public Ledger ReadLedger() => Ledger.Of(_parts);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        foreach (var stage in _parts.Stages.OfType<SourceStage>()) stage.Dispose();
        foreach (var source in _parts.Sources) await source.Source.DisposeAsync();
        foreach (var sink in _parts.Sinks) await sink.Sink.DisposeAsync();
        foreach (var disposable in _parts.Stages.SelectMany(s => s.Steps).Select(s => s.Operator).OfType<IDisposable>()) disposable.Dispose();
        _abort.Dispose();
    }

    async Task RunStagesAsync()
    {
        Exception? first = null;
        var running = _parts.Stages.Select(stage => Task.Run(() => RunAsync(stage))).ToList();
        await Task.WhenAll(running);
        if (first is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);

        async Task RunAsync(Stage stage)
        {
            try
            {
                await stage.RunAsync(_abort.Token);
                lock (_saving)
                    if (_barrier is { } barrier) SaveEnded(stage, barrier);
            }
            catch (Exception error)
            {
                // The first failure is the reason; the others are stages that end because of it.
                if (error is StepFailure) Interlocked.CompareExchange(ref first, error, null);
                await _abort.CancelAsync();
                if (error is not (OperationCanceledException or StepFailure)) Interlocked.CompareExchange(ref first, error, null);
            }
        }
    }

    static void SaveEnded(Stage stage, Barrier barrier)
    {
        if (!barrier.Awaits(stage)) return;
        stage.Save(barrier.Snapshot);
        foreach (var sink in stage.Sinks) barrier.Snapshot.Add(sink.Name, "", sink.Books.Save);
        barrier.Passed(stage);
    }

    static async ValueTask NamedAsync(string step, ValueTask opening)
    {
        try
        {
            await opening;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new StepFailure(step, error);
        }
    }
}

/// <summary>What a graph is made of.</summary>
sealed record GraphParts(string Name, IReadOnlyList<SourceStep> Sources, IReadOnlyList<SinkStep> Sinks, IReadOnlyList<Stage> Stages, IReadOnlyList<Edge> Edges);
