namespace StreamEdge;

/// <summary>A test cannot be run to its end.</summary>
/// <param name="message">Why, and what to do about it.</param>
sealed class TestStoppedException(string message) : Exception(message);

/// <summary>
/// A whole pipeline in one stage, for a test: it plays the feed, turns the clock, and calls timers when they are due.
/// One task and no queue, so a test has the same outcome each time; it is that of a pipeline whose steps are never
/// slower than its sources.
/// </summary>
sealed class RehearsalStage(IReadOnlyList<SourceStep> sources, int logicalSources, Feed feed, VirtualTime time, BatchPool pool, Clock clock) : Stage("test", clock)
{
    /// <summary>Timers that ring in one test at most: a day of simulated silence rings some ten thousand times.</summary>
    const int MostRings = 5_000_000;

    int _rings;

    /// <inheritdoc/>
    public override IReadOnlyList<SourceStep> Sources => sources;

    /// <inheritdoc/>
    protected override async Task<bool> RunToEndAsync(CancellationToken cancel)
    {
        // The readings of a feed do not say which logical source they are of: each collecting step is one.
        for (var number = sources.Count; number < logicalSources; number++) await TellAsync(new SourceEnd(number), cancel);
        for (var turn = 0; feed.TryPeek(out var arrival); turn++)
        {
            cancel.ThrowIfCancellationRequested();
            // What is due at the very instant of a reading comes behind it.
            await TurnAsync(arrival - 1, cancel);
            time.TurnTo(arrival);
            await GiveAsync(arrival, cancel);
            if (turn % BooksEvery == 0) CheckBooks();
        }

        await TurnAsync(Nanoseconds.Of(time.GetUtcNow()), cancel);
        foreach (var source in sources) await TellAsync(new SourceEnd(source.Number), cancel);
        return true;
    }

    /// <summary>Calls every timer that is due until an instant, Unix nanoseconds, each at its own time.</summary>
    async ValueTask TurnAsync(long until, CancellationToken cancel)
    {
        while (NextDue() is var due && due != long.MaxValue && Math.Max(0, due - Clock.Now) <= until - Clock.Wall)
        {
            if (++_rings > MostRings) throw new TestStoppedException($"more than {MostRings:N0} timers rang; feed a shorter time");
            if (_rings % BooksEvery == 0) cancel.ThrowIfCancellationRequested();
            while (Clock.Now < due) time.TurnBy(due - Clock.Now); // again, where a long time was rounded
            await FireTimersAsync(cancel);
        }
    }

    /// <summary>Gives the sources what arrives at an instant.</summary>
    async ValueTask GiveAsync(long arrival, CancellationToken cancel)
    {
        Batch? batch = null;
        SourceStep? giver = null;
        while (feed.TryTake(arrival, out var item, out var number, out var index))
        {
            foreach (var values in item.Values)
            {
                if (batch is not null && (giver != sources[item.Source] || batch.Count == batch.Schema.MaxRows)) await HandOnAsync();
                giver = sources[item.Source];
                batch ??= pool.Rent(giver.Source.Output);
                var keys = batch.Schema.Keys;
                var row = batch.Append(item.Times[number], keys.Key(feed.DeviceOf(index, keys), values.Signal), values.SlotAt(number, batch.Schema.Codes));
                if (item.Quality != Quality.Good) batch.Quality[row] = item.Quality;
            }
        }

        if (batch is not null) await HandOnAsync();

        async ValueTask HandOnAsync()
        {
            giver!.Look(batch!);
            giver.Give(batch!);
            batch = null;
            await PassOnAsync(cancel);
        }
    }
}

/// <summary>Stands in for a source: what it emits comes from the test's feed.</summary>
sealed class FedSource(Schema output) : Source(output)
{
    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel) => throw new InvalidOperationException("the feed gives its readings");

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
    }
}
