namespace StreamEdge;

/// <summary>What came of filling a batch.</summary>
enum Filled
{
    /// <summary>The batch is as full as it should be; more will come.</summary>
    More,

    /// <summary>The next reading is not due yet; see <see cref="Pace.NextDue"/>.</summary>
    NotDue,

    /// <summary>The input has ended.</summary>
    Ended,
}

/// <summary>Lets event time pass at a given speed of the gateway's clock. The first reading is due at once.</summary>
sealed class Pace(Speed speed, Clock clock)
{
    /// <summary>A batch goes out this long after its first reading at the latest.</summary>
    const long Latency = 20_000_000;

    readonly bool _max = double.IsInfinity(speed.Factor);
    long _firstTime, _firstNow;
    bool _running;

    /// <summary>When the reading that was not due will be, by <see cref="Clock.Now"/>.</summary>
    public long NextDue { get; private set; }

    /// <summary>Begins anew with the next reading, as where another file begins at the same time again.</summary>
    public void Restart() => _running = false;

    /// <summary>Whether a reading of this time is due.</summary>
    public bool IsDue(long time)
    {
        if (_max) return true;
        if (!_running) (_running, _firstTime, _firstNow) = (true, time, clock.Now);
        var due = _firstNow + ((double)time - _firstTime) / speed.Factor;
        if (due <= clock.Now) return true;
        NextDue = due < long.MaxValue ? (long)due : long.MaxValue;
        return false;
    }

    /// <summary>Fills a batch, waiting for what is not due. Follows the contract of <see cref="Source.ReadAsync"/>.</summary>
    public ValueTask<bool> ReadAsync(Batch batch, Func<Batch, Filled> fill, CancellationToken cancel)
    {
        var filled = fill(batch);
        return filled == Filled.NotDue ? WaitAsync(batch, fill, cancel) : new(filled == Filled.More);
    }

    async ValueTask<bool> WaitAsync(Batch batch, Func<Batch, Filled> fill, CancellationToken cancel)
    {
        var giveBy = long.MaxValue;
        while (true)
        {
            if (batch.Count > 0 && giveBy == long.MaxValue) giveBy = clock.Now + Latency;
            if (NextDue > giveBy) return true;
            try
            {
                await clock.DelayAsync(NextDue - clock.Now, cancel);
            }
            catch (OperationCanceledException) when (batch.Count > 0)
            {
                return true;
            }

            var filled = fill(batch);
            if (filled != Filled.NotDue) return filled == Filled.More;
        }
    }
}
