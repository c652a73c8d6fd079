namespace StreamEdge;

/// <summary>A stage that begins with a source. Its decode runs in the same task as the steps fused to it.</summary>
sealed class SourceStage(SourceStep source, BatchPool pool, Clock clock) : Stage(source.Name, clock), IDisposable
{
    readonly Lock _asking = new();
    CancellationTokenSource _interrupt = new(); // cancelled to end a wait, then replaced; without timer or parent it holds nothing
    Barrier? _barrier;
    bool _end;

    public SourceStep Source { get; } = source;

    /// <inheritdoc/>
    public override IReadOnlyList<SourceStep> Sources { get; } = [source];

    /// <summary>Asks for a barrier before the next batch; a source that waits is interrupted. False when the stage has ended.</summary>
    public bool Ask(Barrier barrier)
    {
        lock (_asking)
        {
            if (Ended) return false;
            _barrier = barrier;
            Interrupt();
            return true;
        }
    }

    /// <summary>Asks the source to stop as if its input had ended.</summary>
    public void End()
    {
        lock (_asking)
        {
            _end = true;
            Interrupt();
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
        // The source knows only the interrupt; it must not wait on when another stage has failed.
        using var aborting = cancel.Register(End);
        if (Source.Journal is not null && !await ReplayAsync(cancel)) return false;
        var more = true;
        for (var turn = 0; more; turn++)
        {
            if (_interrupt.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested(); // broken off, which is no end: what steps hold must not be flushed
                if (await AnswerAsync(cancel) is { } answer)
                {
                    if (!answer) return false;
                    break;
                }
            }

            var batch = pool.Rent(Source.Source.Output);
            more = await ReadAsync(batch, cancel);
            cancel.ThrowIfCancellationRequested();
            Source.Look(batch);
            if (Source.Journal is not null)
            {
                // And acknowledge: whoever sent it sends on while the steps work.
                if (await KeepAsync(batch, cancel) is { } asked)
                {
                    batch.Release();
                    if (!asked) return false;
                    break;
                }
            }

            Source.Give(batch);
            await PassOnAsync(cancel);
            if (Source.Journal is null) await AcknowledgeAsync(cancel);
            foreach (var control in Source.TakeRemark()) await TellAsync(control, cancel);
            if (turn % TimersEvery == 0 && NextDue() != long.MaxValue) await FireTimersAsync(cancel);
            if (turn % BooksEvery == 0) CheckBooks();
        }

        for (var number = Source.Number; number < Source.Number + Source.Count && !Holds; number++) await TellAsync(new SourceEnd(number), cancel);
        return true;
    }

    /// <summary>Gives the steps again what the journal has and the checkpoint has not. False: a barrier stopped the pipeline.</summary>
    async ValueTask<bool> ReplayAsync(CancellationToken cancel)
    {
        using var entries = Source.Replay();
        while (entries.Next())
        {
            var entry = entries.Current;
            if (entry.Batch is { } batch) Source.Give(batch);
            Source.Replayed(entry);
            await PassOnAsync(cancel);
            foreach (var control in Source.Controls(entry.Remark)) await TellAsync(control, cancel);
            if (!_interrupt.IsCancellationRequested) continue;
            cancel.ThrowIfCancellationRequested();
            if (await AnswerAsync(cancel) is { } answer && !answer) return false;
        }

        if (entries.LostEntries + entries.LostRows > 0)
            Source.Books.Notice($"could not read {entries.LostEntries:N0} entries and {entries.LostRows:N0} readings of its journal again; they are lost");
        Source.IsLive = true;
        return true;
    }

    /// <summary>
    /// Writes what the source gave into the journal, brings it to the disk and acknowledges it. While the disk or the
    /// journal is full nothing more is read, but barriers pass: what makes room waits for them. Null: go on; otherwise as
    /// <see cref="AnswerAsync"/>, and nothing was kept.
    /// </summary>
    async ValueTask<bool?> KeepAsync(Batch batch, CancellationToken cancel)
    {
        while (batch.Count > 0 && !TryWrite(() => Source.Keep(batch)))
        {
            if (await PauseAsync(cancel) is { } asked) return asked;
        }

        if (Source.Source.Remark is { Kind: not RemarkKind.None } remark)
            while (!TryWrite(() => Source.Keep(remark))) await Clock.DelayAsync(Nanoseconds.Second, cancel);
        while (batch.Count > 0 && !TryWrite(() => Source.Journal!.Sync())) await Clock.DelayAsync(Nanoseconds.Second, cancel);
        await AcknowledgeAsync(cancel);
        return null;
    }

    bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (IOException error)
        {
            Source.Books.Notice($"cannot keep what it takes: {error.Message}; it tries again, and takes nothing meanwhile");
            return false;
        }
    }

    /// <summary>Waits a second, and answers a barrier that comes meanwhile.</summary>
    async ValueTask<bool?> PauseAsync(CancellationToken cancel)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _interrupt.Token))
        {
            await Task.WhenAny(Clock.DelayAsync(Nanoseconds.Second, either.Token));
        }

        cancel.ThrowIfCancellationRequested();
        return _interrupt.IsCancellationRequested ? await AnswerAsync(cancel) : null;
    }

    async ValueTask AcknowledgeAsync(CancellationToken cancel)
    {
        try
        {
            await Source.Source.AcknowledgeAsync(cancel);
        }
        catch (Exception error) when (!(error is OperationCanceledException && cancel.IsCancellationRequested))
        {
            throw new StepFailure(Source.Name, error);
        }
    }

    // The waiter's code must not run inside the caller of Ask or End, and under its lock: hence not Cancel().
    void Interrupt() => _ = _interrupt.CancelAsync();

    async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        try
        {
            var reading = Source.Source.ReadAsync(batch, _interrupt.Token);
            if (reading.IsCompletedSuccessfully) return reading.Result;
            return await WaitForAsync(reading.AsTask(), cancel);
        }
        catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
        {
            cancel.ThrowIfCancellationRequested();
            return true; // it was asked to stop waiting, and had taken nothing
        }
        catch (Exception error) when (error is not StepFailure)
        {
            throw new StepFailure(Source.Name, error);
        }
    }

    /// <summary>Waits for the source, and in every case until it is done with its batch: it must not be called, closed or robbed of the batch meanwhile.</summary>
    async ValueTask<bool> WaitForAsync(Task<bool> read, CancellationToken cancel)
    {
        try
        {
            await WaitAsync(read, cancel);
        }
        finally
        {
            if (!read.IsCompleted)
            {
                End();
                await Task.WhenAny(read);
            }
        }

        return await read;
    }

    /// <summary>Answers what interrupted the source. Null: go on; true: the input is to end here; false: a barrier stopped the pipeline.</summary>
    async ValueTask<bool?> AnswerAsync(CancellationToken cancel)
    {
        Barrier? barrier;
        bool end;
        lock (_asking)
        {
            (barrier, _barrier, end) = (_barrier, null, _end);
            if (!end) _interrupt = new();
        }

        if (barrier is not null)
        {
            await BarrierAsync(barrier, cancel);
            if (barrier.Stop) return false;
        }

        return end ? true : null;
    }
}
