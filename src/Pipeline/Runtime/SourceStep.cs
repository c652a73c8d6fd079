namespace StreamEdge;

/// <summary>A source in its place in the graph: looks at what it gives, counts it by signal, refuses the future.</summary>
/// <param name="name">Its name.</param>
/// <param name="number">The number of its first logical source.</param>
/// <param name="count">How many it has.</param>
/// <param name="source">The source.</param>
/// <param name="pool">Where batches come from.</param>
/// <param name="clock">The gateway's clock.</param>
/// <param name="ahead">How far in the future a reading may lie, nanoseconds.</param>
sealed class SourceStep(string name, int number, int count, Source source, BatchPool pool, Clock clock, long ahead)
{
    const int ClockEvery = 64;
    readonly Tally _ahead = source.Books.Reason("ahead");
    long _limit = long.MinValue;
    int _turn;

    public string Name { get; } = name;

    public int Number { get; } = number;

    public int Count { get; } = count;

    public Source Source { get; } = source;

    public Observers Observers { get; } = new();

    /// <summary>Where what it gives is kept until a checkpoint has it; null where it can give it again, or nothing is kept.</summary>
    public Journal? Journal { get; set; }

    /// <summary>Behind its last entry in the journal that the steps have got.</summary>
    public long Position { get; private set; }

    public Books Books => Source.Books;

    public Output Output => field ??= new Output(Source.Output, pool, Source.Books, Observers);

    /// <summary>Drops rows from the future.</summary>
    public void Look(Batch batch)
    {
        if (batch.Count > 0) CheckFuture(batch);
    }

    /// <summary>Writes a batch into the journal.</summary>
    /// <exception cref="IOException">The journal cannot take it; nothing was written of it.</exception>
    public void Keep(Batch batch) => Position = Journal!.Append(Name, batch) + 1;

    /// <summary>Writes what the source says into the journal.</summary>
    /// <inheritdoc cref="Keep(Batch)" path="/exception"/>
    public void Keep(Remark remark) => Position = Journal!.AppendRemark(Name, remark) + 1;

    /// <summary>Whether the journal has been read again, as far as it went.</summary>
    public bool IsLive { get; set; }

    /// <summary>The entries of the journal that the checkpoint has not seen.</summary>
    public JournalReader Replay() => Journal!.Replay(Position, new Dictionary<string, Schema> { [Name] = Source.Output }, pool);

    /// <summary>An entry of the journal has been given to the steps.</summary>
    public void Replayed(JournalEntry entry) => Position = entry.Sequence + 1;

    /// <summary>Counts the batch in and emits it.</summary>
    public void Give(Batch batch)
    {
        batch.Source += Number;
        Books.CountSignals(batch);
        Books.In = Books.Passed + Books.Dropped + batch.Count; // before a step behind it may fail
        Output.Emit(batch);
    }

    /// <summary>What the source says behind its last batch, for each logical source that it concerns.</summary>
    public IEnumerable<Control> TakeRemark() => Controls(Source.Remark);

    /// <summary>The same of what it said before the journal was read again.</summary>
    public IEnumerable<Control> Controls(Remark remark)
    {
        if (remark.Kind == RemarkKind.None) return [];
        if (remark.Kind == RemarkKind.Hold) return [new Hold()];
        if (remark.Kind == RemarkKind.Watermark && remark.Time > Limit())
        {
            _ahead.Add(); // it would make late whatever comes until then
            Books.In++;
            return [];
        }

        var of = remark.Source < 0 ? Enumerable.Range(Number, Count) : [Number + remark.Source];
        return of.Select(source => remark.Kind == RemarkKind.Idle ? (Control)new SourceIdle(source) : new SourceWatermark(source, remark.Time));
    }

    /// <summary>Asks the clock only where the last answer does not do, and now and then, for a clock can be set back.</summary>
    void CheckFuture(Batch batch)
    {
        if (_turn++ % ClockEvery == 0) _limit = Limit();
        var newest = System.Numerics.Tensors.TensorPrimitives.Max<long>(batch.Time);
        if (newest <= _limit) return;
        _limit = Limit();
        if (newest > _limit) RefuseFuture(batch, _limit);
    }

    long Limit() => clock.Wall is var now && now > Nanoseconds.Max - ahead ? Nanoseconds.Max : now + ahead;

    void RefuseFuture(Batch batch, long limit)
    {
        Span<int> kept = stackalloc int[Batch.MaxRows];
        var count = 0;
        var signalOf = Source.Output.Keys.SignalOf;
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.Time[row] <= limit) kept[count++] = row;
            else _ahead.AddOf(signalOf[batch.Key[row]]);
        }

        batch.Select(kept[..count]);
    }

    public void Save(Snapshot snapshot)
    {
        // Behind the replay the steps have got all that it wrote, so that a silent source holds no journal back.
        if (Journal is not null && IsLive) Position = Journal.Position;
        if (Journal is not null) snapshot.Needs(Position);
        snapshot.Add(Name, "", state =>
        {
            Books.Save(state);
            state.Write(Position);
            Source.Save(state);
        });
    }

    public void Restore(Snapshot snapshot) => snapshot.Restore(Name, "", state =>
    {
        Books.Restore(state);
        Position = state.Long();
        Source.Restore(state);
    });
}
