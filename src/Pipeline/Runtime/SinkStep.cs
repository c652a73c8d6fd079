namespace StreamEdge;

/// <summary>A sink in its place in the graph: at the end of a stage, counts what it is given, flushes it when its input is quiet.</summary>
sealed class SinkStep(string name, Sink sink, Clock clock) : Leaf
{
    /// <summary>A sink is flushed this long after the first row that it has not yet flushed.</summary>
    const long FlushAfter = Nanoseconds.Second;

    readonly Queue<Batch> _waiting = new();
    long _flushDue = long.MaxValue;

    public string Name { get; } = name;

    public Sink Sink { get; private set; } = sink;

    public Books Books => Sink.Books;

    /// <summary>Puts an outbox before a sink that delivers over a network. Before it runs.</summary>
    public void KeepIn(DurableState state, BatchPool pool)
    {
        if (Sink.IsRemote) Sink = state.Before(Name, Sink, pool, clock);
    }

    /// <summary>Tells it not to wait for the other side any more; what an outbox holds is for the next run.</summary>
    public void Leave() => (Sink as Outbox)?.Leave();

    /// <summary>When it next wants <see cref="FlushAsync"/>; <see cref="long.MaxValue"/> when nothing waits.</summary>
    public long FlushDue => _flushDue;

    /// <inheritdoc/>
    public override bool Waiting => _waiting.Count > 0;

    /// <inheritdoc/>
    public override void Take(Batch batch)
    {
        Books.In += batch.Count;
        Books.CountSignals(batch);
        _waiting.Enqueue(batch);
    }

    /// <inheritdoc/>
    public override ValueTask PassOnAsync(CancellationToken cancel)
    {
        while (_waiting.TryDequeue(out var batch))
        {
            ValueTask write;
            try
            {
                write = Sink.WriteAsync(batch, cancel);
            }
            catch (Exception error) when (IsFailure(error, cancel))
            {
                throw new StepFailure(Name, error);
            }

            if (!write.IsCompletedSuccessfully) return FinishAsync(write, batch, cancel);
            Written(batch);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Returns when all that was given is safe outside.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        try
        {
            await PassOnAsync(cancel);
            await Sink.FlushAsync(cancel);
            AskAgain();
        }
        catch (Exception error) when (IsFailure(error, cancel))
        {
            throw new StepFailure(Name, error);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ControlAsync(Control control, CancellationToken cancel)
    {
        if (control is not Barrier barrier) return;
        await FlushAsync(cancel);
        Save(barrier.Snapshot);
    }

    /// <inheritdoc/>
    public override void Save(Snapshot snapshot) => snapshot.Add(Name, "", state =>
    {
        Books.Save(state);
        Sink.Save(state);
    });

    public void Restore(Snapshot snapshot) => snapshot.Restore(Name, "", state =>
    {
        Books.Restore(state);
        Sink.Restore(state);
        AskAgain();
    });

    /// <inheritdoc/>
    public override async ValueTask DrainAsync(bool isStopped, CancellationToken cancel)
    {
        if (isStopped) return;
        try
        {
            await PassOnAsync(cancel);
            await Sink.FinishAsync(cancel);
        }
        catch (Exception error) when (IsFailure(error, cancel))
        {
            throw new StepFailure(Name, error);
        }
    }

    /// <inheritdoc/>
    public override void Complete(Exception? error)
    {
    }

    /// <summary>Books that do not balance are a bug, and one that must not go unseen.</summary>
    public void CheckBooks()
    {
        var waiting = _waiting.Sum(b => (long)b.Count);
        var difference = Books.Difference(Sink.Held + waiting);
        if (difference != 0)
            throw new StepFailure(Name, new InvalidOperationException($"its books do not balance: {difference} rows neither written, dropped nor held"));
    }

    async ValueTask FinishAsync(ValueTask write, Batch batch, CancellationToken cancel)
    {
        try
        {
            await write;
        }
        catch (Exception error) when (IsFailure(error, cancel))
        {
            throw new StepFailure(Name, error);
        }

        Written(batch);
        await PassOnAsync(cancel);
    }

    // What an outbox holds is settled while no input comes.
    void AskAgain() => _flushDue = Sink.Held > 0 ? clock.Now + FlushAfter : long.MaxValue;

    // A request that ran out of time throws the same as one that is cancelled with the pipeline, but is a failure.
    static bool IsFailure(Exception error, CancellationToken cancel) =>
        error is not StepFailure && !(error is OperationCanceledException && cancel.IsCancellationRequested);

    void Written(Batch batch)
    {
        batch.Release();
        if (_flushDue == long.MaxValue && Sink.Held > 0) _flushDue = clock.Now + FlushAfter;
    }
}
