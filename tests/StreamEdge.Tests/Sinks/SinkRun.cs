namespace StreamEdge;

/// <summary>A sink taken out of the graph: what flows in, and what the engine would do with it.</summary>
sealed class SinkRun : IDisposable
{
    public const long Noon = 1_767_268_800_000_000_000; // 2026-01-01T12:00:00Z

    readonly Faults _faults = new("press.yaml");
    readonly BatchPool _pool = new();

    public SinkRun(IReadOnlyList<string>? tags = null, IReadOnlyList<Signal>? signals = null, TimeProvider? time = null)
    {
        Surroundings = new() { StateFolder = Directory.CreateTempSubdirectory("streamedge-").FullName, Console = Console, Time = time ?? TimeProvider.System };
        signals ??= [new("temp", Kind.Number, null), new("count", Kind.Integer, null), new("mode", Kind.Text, null), new("open", Kind.Bool, null)];
        Pipeline = new("press", "press.yaml", new(), signals, new KeyTable(tags ?? ["machine"], signals.Count), new Clock(Surroundings.Time), Surroundings);
    }

    public PipelineContext Pipeline { get; }

    public Surroundings Surroundings { get; }

    public StringWriter Console { get; } = new();

    public Schema Readings => Pipeline.Readings;

    public IEnumerable<string> Faults => _faults.Items.Select(f => f.Remedy is null ? f.What : $"{f.What}; {f.Remedy}");

    public string PathOf(string file) => Path.Combine(Surroundings.StateFolder, file);

    /// <summary>Rows of a group with one tag.</summary>
    public Schema Rows(bool window, params Column[] columns) => Schema.Rows(new KeyTable(Readings.Keys.TagNames, 0), Readings.Codes, columns, window);

    public BuildContext Context(params Schema[] inputs) => new("out", inputs.Length == 0 ? [Readings] : inputs, Pipeline, _faults);

    /// <summary>Adds a reading; the value is a double, a long, a bool, a text, or null where it is missing.</summary>
    public Batch Reading(Batch? batch, long time, string machine, string signal, object? value, Quality quality = Quality.Good)
    {
        batch ??= _pool.Rent(Readings);
        var number = Readings.SignalNumber(signal);
        var row = batch.Append(time, Readings.Keys.Key(Readings.Keys.Device(machine.Split('|')), number), SlotOf(value, Readings.Signals[number].Kind, Readings.Codes));
        if (quality != Quality.Good) batch.Quality[row] = quality;
        return batch;
    }

    /// <summary>Adds a row; window rows have an end a minute later.</summary>
    public Batch Row(Batch? batch, Schema schema, long time, string machine, Pane pane = Pane.OnTime, int revision = 0, Quality quality = Quality.Good, params object?[] values)
    {
        batch ??= _pool.Rent(schema);
        batch.Grow(batch.Count + 1);
        var row = batch.Count++;
        (batch.Time[row], batch.Key[row]) = (time, schema.Keys.Device(machine.Split('|')));
        for (var column = 0; column < values.Length; column++) batch.Column(column)[row] = SlotOf(values[column], schema.Columns[column].Kind, schema.Codes);
        if (batch.HasQuality || quality != Quality.Good) batch.Quality[row] = quality;
        if (schema.HasWindow) (batch.End[row], batch.Pane[row], batch.Revision[row]) = (time + 60 * Nanoseconds.Second, pane, revision);
        return batch;
    }

    /// <summary>What the last sink said for the closing summary.</summary>
    public IReadOnlyList<string> Report { get; private set; } = [];

    /// <summary>Runs a sink over the batches and ends it; returns its books.</summary>
    public async Task<Books> WriteAsync(SinkOptions options, params Batch[] batches)
    {
        var sink = options.Build(Context([.. batches.Select(b => b.Schema).Distinct()])) ?? throw new InvalidOperationException(string.Join('\n', Faults));
        await using (sink)
        {
            await sink.OpenAsync(default);
            foreach (var batch in batches) await sink.WriteAsync(batch, default);
            await sink.FlushAsync(default);
            Report = [.. sink.Report.Select(r => $"{r.Name}: {r.Value}")];
            Assert.Equal(0, sink.Held);
            Assert.Equal(batches.Sum(b => b.Count), sink.Books.Absorbed + sink.Books.Dropped);
        }

        return sink.Books;
    }

    public void Dispose()
    {
        Console.Dispose();
        Directory.Delete(Surroundings.StateFolder, recursive: true);
    }

    static double SlotOf(object? value, Kind kind, CodeTable codes) => value switch
    {
        null => Slot.MissingOf(kind),
        double number => number,
        int whole => Slot.Of(whole),
        long whole => Slot.Of(whole),
        bool yes => Slot.Of(yes ? 1 : 0),
        string text => Slot.Of(codes.Code(text)),
        _ => throw new ArgumentException("no such value", nameof(value)),
    };
}
