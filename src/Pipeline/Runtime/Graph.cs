using System.Runtime.ExceptionServices;

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
    readonly Metrics _metrics;
    readonly CancellationTokenSource _abort = new();
    readonly Lock _saving = new();
    DurableState? _state;
    Task _running = Task.CompletedTask;
    Barrier? _barrier;
    Exception? _failure;
    bool _over;

    internal Graph(GraphParts parts) => (_parts, _metrics) = (parts, new Metrics(parts));

    /// <summary>The pipeline's name.</summary>
    public string Name => _parts.Name;

    /// <summary>How much of the input has been read, 0 to 1; NaN where the sources cannot tell.</summary>
    public double Progress => _parts.Sources.Count == 0 ? double.NaN : _parts.Sources.Average(s => s.Source.Progress);

    /// <summary>Batches that are on their way or held by a step. 0 when the pipeline has ended by itself.</summary>
    public int BatchesInUse => _parts.Pool.InUse;

    /// <summary>Whether a source gives what it cannot give again.</summary>
    public bool NeedsJournal => _parts.Sources.Any(s => !s.Source.Replays);

    /// <summary>Whether it was stopped with something left for the next run: by a barrier, with what is open in the snapshot, or while outboxes still held rows.</summary>
    public bool WasStopped => WasHeld || _parts.Stages.Any(s => s.Stopped) || _parts.Sinks.Any(s => s.Sink.Held > 0);

    /// <summary>Keeps its state on the disk: in the journal what its sources cannot give again, in outboxes what goes over a network. Before <see cref="RunAsync"/>.</summary>
    internal void KeepIn(DurableState state, Journal? journal)
    {
        _state = state;
        foreach (var source in _parts.Sources)
            if (!source.Source.Replays) source.Journal = journal;
        foreach (var sink in _parts.Sinks) sink.KeepIn(state, _parts.Pool);
    }

    /// <summary>Whether its stages have run, to their end or to a barrier that stopped them.</summary>
    public bool HasRun { get; private set; }

    /// <summary>Whether a source said that its input ends, but not the data: what is open is to be gone on with.</summary>
    public bool WasHeld => _parts.Stages.Any(s => s.IsHeld);

    /// <summary>Takes up a snapshot of the same pipeline. Before <see cref="RunAsync"/>.</summary>
    public void Restore(Snapshot snapshot)
    {
        foreach (var stage in _parts.Stages) stage.Restore(snapshot);
        foreach (var edge in _parts.Edges) edge.Restore(snapshot);
    }

    /// <summary>
    /// Runs until every source has ended and everything is written; or until <paramref name="stop"/>, which ends the
    /// sources and lets the graph drain.
    /// </summary>
    /// <exception cref="StepFailure">A step failed; the pipeline has stopped.</exception>
    /// <exception cref="OperationCanceledException">The graph was aborted or disposed of while it ran.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        Exception? failure = null;
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running = running.Task;
        try
        {
            if (await OpenAsync(stop))
            {
                _state?.Write(Name, Beginning()); // what sinks are given from here on is behind it
                await RunStagesAsync(stop);
                HasRun = true;
            }
            else
            {
                _abort.Token.ThrowIfCancellationRequested();
            }
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            running.SetResult(); // no step is at work any more, and none is being opened
            End(failure);
        }
    }

    /// <summary>Sends a barrier through the running graph and returns the state it collected.</summary>
    /// <param name="stop">Whether the pipeline ends behind the barrier, leaving open windows in the snapshot.</param>
    /// <exception cref="StepFailure">The pipeline has failed, so there is no state to save.</exception>
    public async Task<Snapshot> SaveAsync(bool stop)
    {
        Barrier barrier;
        lock (_saving)
        {
            if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
            if (_barrier is { Complete.IsCompleted: false }) throw new InvalidOperationException("a snapshot is being taken already");
            _barrier = barrier = new Barrier(_parts.Stages, stop);
        }

        if (stop)
            foreach (var sink in _parts.Sinks) sink.Leave();
        foreach (var stage in _parts.Stages)
        {
            // A stage that has ended cannot answer; its state stands still and is read from here.
            if (!_over && stage is SourceStage source && source.Ask(barrier)) continue;
            if (_over || stage.Ended) SaveEnded(stage, barrier);
        }

        return await barrier.Complete;
    }

    /// <summary>The batches that a step emits, as copies; from now until the pipeline ends.</summary>
    /// <exception cref="ArgumentException">No step has this name.</exception>
    public IObservable<Batch> Observe(string step)
    {
        foreach (var stage in _parts.Stages)
        {
            foreach (var source in stage.Sources)
                if (source.Name == step) return source.Observers.Observable;
            foreach (var inner in stage.Steps)
                if (inner.Name == step) return inner.Observers.Observable;
        }

        throw new ArgumentException($"the pipeline has no step '{step}'", nameof(step));
    }

    /// <summary>The books as they stand: exact when the pipeline has ended, a moment old while it runs.</summary>
    public Ledger ReadLedger() => Ledger.Of(_parts);

    /// <summary>What the steps want said once in the log, each with the step that says it, in the order it came up.</summary>
    public IEnumerable<(string Step, string Text)> Notices => _parts.AllBooks().SelectMany(p => p.Books.Notices.Select(text => (p.Step, text)));

    /// <summary>The figures that steps and sinks want shown in the closing summary.</summary>
    public IEnumerable<(string Step, string Name, string Value)> Reports =>
        _parts.Stages.SelectMany(stage => stage.Steps.SelectMany(s => s.Operator.Report.Select(r => (s.Name, r.Name, r.Value)))
            .Concat(stage.Sinks.SelectMany(s => s.Sink.Report.Select(r => (s.Name, r.Name, r.Value)))));

    /// <summary>Ends the pipeline at once, with what is under way lost; <see cref="RunAsync"/> then throws.</summary>
    public Task AbortAsync() => _abort.CancelAsync();

    /// <summary>Stops the pipeline at once if it still runs, waits until no step is at work, and closes all sources and sinks; then throws what the first of them threw.</summary>
    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _abort.CancelAsync();
        await _running;
        foreach (var stage in _parts.Stages.OfType<SourceStage>()) stage.Dispose();
        ExceptionDispatchInfo? first = null;
        foreach (var part in _parts.Sources.Select(s => (IAsyncDisposable)s.Source).Concat(_parts.Sinks.Select(s => s.Sink)))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception error)
            {
                first ??= ExceptionDispatchInfo.Capture(error); // the others are closed first: they have files to end
            }
        }

        foreach (var disposable in _parts.Stages.SelectMany(s => s.Steps).Select(s => s.Operator).OfType<IDisposable>()) disposable.Dispose();
        _abort.Dispose();
        first?.Throw();
    }

    /// <summary>Opens sinks, then sources. False when it was told to stop meanwhile.</summary>
    async Task<bool> OpenAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _abort.Token);
        foreach (var sink in _parts.Sinks)
            if (!await NamedAsync(sink.Name, sink.Sink.OpenAsync)) return false;
        foreach (var source in _parts.Sources)
            if (!await NamedAsync(source.Name, source.Source.OpenAsync)) return false;
        return _state is null || !stop.IsCancellationRequested; // with it there is nothing to drain: the next run begins here

        async ValueTask<bool> NamedAsync(string step, Func<CancellationToken, ValueTask> open)
        {
            try
            {
                await open(either.Token);
                return true;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception error)
            {
                throw new StepFailure(step, error);
            }
        }
    }

    /// <summary>The state of all steps before any of them runs.</summary>
    Snapshot Beginning()
    {
        var snapshot = new Snapshot();
        foreach (var stage in _parts.Stages) stage.SaveEnded(snapshot);
        return snapshot;
    }

    async Task RunStagesAsync(CancellationToken stop)
    {
        Exception? first = null;
        var reasons = new Lock();
        using var stopping = stop.Register(() =>
        {
            if (_state is not null) return; // a barrier will stop it
            foreach (var stage in _parts.Stages.OfType<SourceStage>()) stage.End();
        });
        await Task.WhenAll(_parts.Stages.Select(stage => Task.Run(() => RunAsync(stage))).ToList());
        if (first is not null) ExceptionDispatchInfo.Throw(first);

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
                // The first failure is the reason; stages that are cancelled end because of it, or with the graph.
                lock (reasons)
                    if (first is null or OperationCanceledException) first = error;
                await _abort.CancelAsync();
            }
        }
    }

    /// <summary>Settles what still waits for the pipeline: a snapshot, and those who watch.</summary>
    void End(Exception? failure)
    {
        lock (_saving)
        {
            (_over, _failure) = (true, failure);
            if (_barrier is { } barrier)
            {
                if (failure is not null) barrier.Fail(failure);
                else foreach (var stage in _parts.Stages) SaveEnded(stage, barrier);
            }
        }

        foreach (var stage in _parts.Stages) stage.CompleteObservers(failure);
    }

    static void SaveEnded(Stage stage, Barrier barrier)
    {
        if (!barrier.Awaits(stage)) return;
        stage.SaveEnded(barrier.Snapshot);
        barrier.Passed(stage);
    }
}

/// <summary>What a graph is made of.</summary>
sealed record GraphParts(string Name, IReadOnlyList<SourceStep> Sources, IReadOnlyList<SinkStep> Sinks, IReadOnlyList<Stage> Stages, IReadOnlyList<Edge> Edges, BatchPool Pool)
{
    /// <summary>The books of every source, step and sink, in the order of the data.</summary>
    public IEnumerable<(string Step, Books Books)> AllBooks()
    {
        foreach (var stage in Stages)
        {
            foreach (var source in stage.Sources) yield return (source.Name, source.Books);
            foreach (var step in stage.Steps) yield return (step.Name, step.Books);
            foreach (var sink in stage.Sinks) yield return (sink.Name, sink.Books);
        }
    }
}
