namespace StreamEdge;

/// <summary>
/// Writes to the gateway's own time-series store, one SQLite file, when there is no InfluxDB: <c>./streamedge query</c>
/// reads it, also while it is written. A point that is written again, such as a corrected window, replaces itself.
/// </summary>
/// <example>
/// - transmit: { history: { store: plant.db, keep: 365d } }
/// </example>
public sealed record StoreSinkOptions : SinkOptions
{
    /// <summary>The file, relative to the state folder. Default: the pipeline's name with <c>.db</c>. Several pipelines may share one.</summary>
    [Short]
    public string? Path { get; init; }

    /// <summary>What the series are called. Default: the pipeline's name.</summary>
    public string? Measurement { get; init; }

    /// <summary>How long points are kept: older ones than this before the measurement's newest are removed, so that a replay of old files is not. At least 1m. Default: for ever.</summary>
    [Between("1m", "10000d")]
    public TimeSpan? Keep { get; init; }

    /// <inheritdoc/>
    public override Sink Build(BuildContext context)
    {
        var sound = true;
        if (Path is not null && (Path.Length == 0 || Path.EndsWith('/') || Path.Contains('\0'))) Wrong(nameof(Path), $"{Visible.Quote(Path)} names no file", "write a name such as press.db, or nothing");
        if (Measurement is "") Wrong(nameof(Measurement), "the measurement has no name", "write a name, or leave the option out to use the pipeline's");
        foreach (var schema in context.Inputs.Where(s => s.IsRows)) sound &= OutputNames.AreDistinct(context, "", "the store", schema.Columns.Select(c => c.Name));
        return sound ? new StoreSink(this, context) : default(Refusal);

        void Wrong(string option, string what, string remedy)
        {
            context.Fault(option, what, remedy);
            sound = false;
        }
    }
}

/// <summary>Hands values to the writer, commits them when the engine flushes or the writer is full, removes what is old once a minute.</summary>
sealed class StoreSink : Sink
{
    const long RemoveEvery = 60 * Nanoseconds.Second;

    readonly StoreSinkOptions _options;
    readonly string _path, _measurement;
    readonly Clock _clock;
    readonly CodeTable _codes;
    readonly Tally _missing, _noFields;
    StoreWriter? _writer;
    long _removeDue;

    public StoreSink(StoreSinkOptions options, BuildContext context) : base(context.Inputs)
    {
        (_options, _clock, _codes) = (options, context.Clock, context.Pipeline.Readings.Codes);
        _path = context.Pipeline.OutputPath(options.Path ?? context.Pipeline.Name + ".db");
        _measurement = options.Measurement ?? context.Pipeline.Name;
        (_missing, _noFields) = (Books.Reason("missing"), Books.Reason("no_fields"));
    }

    /// <inheritdoc/>
    public override long Held => _writer?.Waiting ?? 0;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => [("store", _path)];

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        _writer = new StoreWriter(_path, _measurement);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        var writer = _writer!;
        var columns = batch.Schema.Columns.Count;
        for (var row = 0; row < batch.Count; row++)
        {
            if (writer.IsFull(columns)) Commit();
            if (batch.Schema.IsRows ? writer.AddRow(batch, row) : writer.AddReading(batch, row)) continue;
            if (batch.Schema.IsRows) _noFields.Add();
            else _missing.AddOf(batch.Schema.Keys.SignalOf[batch.Key[row]]);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask FlushAsync(CancellationToken cancel)
    {
        Commit();
        if (_options.Keep is not { } keep || _writer!.Newest == long.MinValue || _clock.Now < _removeDue) return ValueTask.CompletedTask;
        var cut = (Int128)_writer.Newest - Nanoseconds.Of(keep);
        if (cut > long.MinValue) _writer.RemoveBefore((long)cut);
        _removeDue = _clock.Now + RemoveEvery;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        return base.DisposeAsync();
    }

    void Commit()
    {
        var rows = _writer!.Waiting;
        _writer.Commit(_codes);
        Books.Absorbed += rows;
    }
}
