namespace StreamEdge;

/// <summary>Readings from memory, for measuring the engine without a file or a network.</summary>
sealed record MemoryOptions : SourceOptions
{
    /// <summary>The readings; set by the workload before it compiles its pipeline.</summary>
    public static Readings? Readings { get; set; }

    /// <summary>Called once when so many readings have been given, to measure what comes after.</summary>
    public static (int At, Action? Do) Mark { get; set; }

    /// <summary>Rows of a batch.</summary>
    [Short]
    public int Rows { get; init; } = Batch.MaxRows;

    /// <summary>The unit that the values are in.</summary>
    public required Unit Unit { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TagNames => ["device"];

    /// <inheritdoc/>
    public override Source Build(BuildContext context)
    {
        var schema = context.Pipeline.Readings;
        return new MemorySource(Readings!, Rows, schema.With([schema.Signals[0].In(Unit)]));
    }
}

sealed class MemorySource : Source
{
    readonly Readings _readings;
    readonly int _rows;
    int _at;

    public MemorySource(Readings readings, int rows, Schema schema) : base(schema)
    {
        (_readings, _rows) = (readings, rows);
        // Keys come out as 0, 1, 2 …, so the arrays' own keys are the table's.
        for (var key = 0; key < readings.Keys; key++) schema.Keys.Key(schema.Keys.Device($"d{key}"), 0);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        if (MemoryOptions.Mark.Do is { } mark && _at >= MemoryOptions.Mark.At)
        {
            MemoryOptions.Mark = default;
            mark();
        }

        var rows = Math.Min(_rows, _readings.Time.Length - _at);
        batch.Grow(rows);
        batch.Count = rows;
        _readings.Time.AsSpan(_at, rows).CopyTo(batch.Time);
        _readings.Key.AsSpan(_at, rows).CopyTo(batch.Key);
        _readings.Value.AsSpan(_at, rows).CopyTo(batch.Value);
        _at += rows;
        return ValueTask.FromResult(_at < _readings.Time.Length);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => state.Write((long)_at);

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _at = state.Int();
}
