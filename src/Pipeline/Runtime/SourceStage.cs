namespace StreamEdge;

/// <summary>A stage that begins with a source. Its decode runs in the same task as the steps fused to it.</summary>
sealed class SourceStage(SourceStep source, BatchPool pool, Clock clock) : Stage(source.Name, clock), IDisposable
{
    readonly Lock _asking = new();
    CancellationTokenSource _interrupt = new();
    Barrier? _barrier;
    bool _end;

    public SourceStep Source { get; } = source;

    /// <summary>Asks for a barrier before the next batch; a source that waits is interrupted. False when the stage has ended.</summary>
    public bool Ask(Barrier barrier)
    {
        lock (_asking)
        {
            if (Ended) return false;
            _barrier = barrier;
            _interrupt.Cancel();
            return true;
        }
    }

    /// <summary>Asks the source to stop as if its input had ended.</summary>
    public void End()
    {
        lock (_asking)
        {
            _end = true;
            _interrupt.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _interrupt.Dispose();

    /// <inheritdoc/>
    public override void Save(Snapshot snapshot)
    {
        Source.Save(snapshot);
        base.Save(snapshot);
    }

    /// <inheritdoc/>
    public override void Restore(Snapshot snapshot)
    {
        Source.Restore(snapshot);
        base.Restore(snapshot);
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunToEndAsync(CancellationToken cancel)
    {
        var more = true;
        for (var turn = 0; more; turn++)
        {
            if (_interrupt.IsCancellationRequested && await AnswerAsync(cancel) is { } answer)
            {
                if (!answer) return false;
                break;
            }

            var batch = pool.Rent(Source.Source.Output);
            more = await ReadAsync(batch, cancel);
            Source.Give(batch);
            await PassOnAsync(cancel);
            if (turn % TimersEvery == 0 && NextDue() != long.MaxValue) await FireTimersAsync(cancel);
            if (turn % BooksEvery == 0) CheckBooks();
        }

        Source.Observers.Complete(null);
        await SourceEndAsync(new SourceEnd(Source.Number), cancel);
        return true;
    }

    async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        try
        {
            var reading = Source.Source.ReadAsync(batch, _interrupt.Token);
            if (reading.IsCompletedSuccessfully) return reading.Result;
            var read = reading.AsTask();
            await WaitAsync(read, cancel);
            return await read;
        }
        catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
        {
            return true; // it was asked to stop waiting, and had taken nothing
        }
        catch (Exception error) when (error is not StepFailure)
        {
            throw new StepFailure(Source.Name, error);
        }
    }

    /// <summary>Answers what interrupted the source. Null: go on; true: the input is to end here; false: a barrier stopped the pipeline.</summary>
    async ValueTask<bool?> AnswerAsync(CancellationToken cancel)
    {
        Barrier? barrier;
        bool end;
        lock (_asking)
        {
            (barrier, _barrier, end) = (_barrier, null, _end);
            if (!end)
            {
                _interrupt.Dispose();
                _interrupt = new();
            }
        }

        if (barrier is not null)
        {
            await BarrierAsync(barrier, cancel);
            if (barrier.Stop) return false;
        }

        return end ? true : null;
    }
}
