namespace StreamEdge;

/// <summary>What a step emitted or a sink was given during a test, in order; the first 100,000 rows and readings of it.</summary>
sealed class Recording
{
    public const int Most = 100_000;

    readonly BatchPool _pool = new();
    readonly List<Batch> _batches = [];
    readonly List<(Batch Batch, int Row)> _rows = [];

    /// <summary>How many rows came, also those that are not kept.</summary>
    public long Rows { get; private set; }

    /// <summary>How many readings came, also those that are not kept.</summary>
    public long Readings { get; private set; }

    /// <summary>How many are kept.</summary>
    public int Count => _rows.Count;

    public (Batch Batch, int Row) this[int number] => _rows[number];

    /// <summary>Copies what is kept; the batch stays the caller's.</summary>
    public void Add(Batch batch)
    {
        if (batch.Schema.IsRows) Rows += batch.Count;
        else Readings += batch.Count;
        for (var from = 0; from < batch.Count && _rows.Count < Most;)
        {
            if (_batches.Count == 0 || _batches[^1].Schema != batch.Schema || _batches[^1].Count == batch.Schema.MaxRows) _batches.Add(_pool.Rent(batch.Schema));
            var kept = _batches[^1];
            var rows = Math.Min(Math.Min(batch.Count - from, batch.Schema.MaxRows - kept.Count), Most - _rows.Count);
            for (var row = 0; row < rows; row++) _rows.Add((kept, kept.Count + row));
            kept.Append(batch, from, rows);
            from += rows;
        }
    }
}

/// <summary>Stands in for a sink: keeps what would have been written.</summary>
sealed class Collector(IReadOnlyList<Schema> inputs, Recording recording) : Sink(inputs)
{
    /// <inheritdoc/>
    public override bool Fused => true;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        recording.Add(batch);
        Books.Absorbed += batch.Count;
        return ValueTask.CompletedTask;
    }
}
