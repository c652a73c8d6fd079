using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>A reading or a row as a test writes it: without the key numbers and text codes of a run.</summary>
/// <param name="Device">The values of its tags, comma-separated.</param>
/// <param name="Signal">Its signal; null for a row.</param>
/// <param name="Time">Its time in seconds.</param>
/// <param name="Values">A double, long, string or bool per column; null where it is missing.</param>
sealed record Row(string Device, string? Signal, double Time, params object?[] Values)
{
    public Quality Quality { get; init; }

    /// <summary>The input that it comes over, of a step with several.</summary>
    public int Input { get; init; }
}

/// <summary>Short ways to what most tests of steps need.</summary>
static class Some
{
    /// <summary>A number, as the file's <c>signals:</c> block declares it.</summary>
    public static Signal Signal(string name, string? unit = null, Bounds? range = null, double? tolerance = null, Kind kind = Kind.Number) =>
        new(name, kind, unit is null ? null : Unit(unit)) { Range = range, Tolerance = tolerance };

    public static Unit Unit(string text) => StreamEdge.Unit.TryParse(text, out var unit) ? unit : throw new ArgumentException($"{text} is no unit");

    public static Row Reading(string device, string signal, double time, object? value, Quality quality = Quality.Good) =>
        new(device, signal, time, value) { Quality = quality };

    /// <summary>Readings of one signal, <c>value</c>, a second apart.</summary>
    public static Batch Batch(params (string Device, double Value)[] readings) =>
        new Plant(Signal("value")).Batch([.. readings.Select((r, second) => Reading(r.Device, "value", second, r.Value))]);

    /// <summary>What a step emits for these batches of one schema, up to the end of the input.</summary>
    public static IReadOnlyList<Batch> Run(OperatorOptions options, params Batch[] batches)
    {
        var probe = new Plant(batches[0].Schema).Start(options, batches[0].Schema);
        foreach (var batch in batches) probe.Process(batch);
        probe.Finish();
        return probe.Batches;
    }

    /// <summary>Tries a property on a hundred inputs, the same in every run.</summary>
    public static void Check(Property property) =>
        property.Check(Config.QuickThrowOnFailure.WithReplay(20260101, 43));
}

/// <summary>Time whose hands the test turns.</summary>
sealed class TurnedTime : TimeProvider
{
    TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _passed.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + _passed;

    public void Turn(TimeSpan by) => _passed += by;
}

/// <summary>What steps share in one pipeline: its signals, keys, texts and clock; and a way to run a step without a graph.</summary>
sealed class Plant
{
    readonly BatchPool _pool = new();

    public Plant(params Signal[] signals) : this(["machine"], new TimeOptions(), signals)
    {
    }

    public Plant(IReadOnlyList<string> tags, TimeOptions time, params Signal[] signals) : this(new KeyTable(tags, signals.Length), time, signals, null)
    {
    }

    public Plant(Schema readings, string? models = null) : this(readings.Keys, new TimeOptions(), readings.Signals, models)
    {
    }

    Plant(KeyTable keys, TimeOptions time, IReadOnlyList<Signal> signals, string? models) =>
        Context = new PipelineContext("test", "test.yaml", time, signals, keys, new Clock(Time), new Surroundings { Time = Time, ModelsFolder = models });

    public TurnedTime Time { get; } = new();

    public PipelineContext Context { get; }

    /// <summary>The signals as the file declares them.</summary>
    public Schema Readings => Context.Readings;

    public Batch Batch(params Row[] rows) => Batch(Readings, rows);

    public Batch Batch(Schema schema, params IReadOnlyList<Row> rows)
    {
        var batch = _pool.Rent(schema);
        batch.Grow(rows.Count);
        batch.Count = rows.Count;
        for (var row = 0; row < rows.Count; row++)
        {
            var (written, device) = (rows[row], schema.Keys.Device(rows[row].Device.Length == 0 ? [] : rows[row].Device.Split(',')));
            batch.Time[row] = (long)Math.Round(written.Time * 1e9);
            batch.Key[row] = written.Signal is null ? device : schema.Keys.Key(device, schema.SignalNumber(written.Signal));
            for (var column = 0; column < schema.Columns.Count; column++)
                batch.Column(column)[row] = SlotOf(written.Values[column], KindOf(schema, batch.Key[row], column), schema.Codes);
            if (written.Quality != Quality.Good) batch.Quality[row] = written.Quality;
        }

        return batch;
    }

    /// <summary>Builds a step and puts it to work.</summary>
    public Probe Start(OperatorOptions options, Schema? input = null) => Start(options, ["before"], input ?? Readings);

    /// <summary>Builds a step that reads from these steps, and puts it to work.</summary>
    public Probe Start(OperatorOptions options, IReadOnlyList<string> from, params IReadOnlyList<Schema> inputs)
    {
        var faults = new Faults("test.yaml");
        var step = options.Build(new BuildContext("step", inputs, Context, faults, inputNames: from));
        faults.ThrowIfAny();
        return new Probe(step, Context.Clock);
    }

    /// <summary>The lines of what a step emits for these readings, up to the end of the input.</summary>
    public IReadOnlyList<string> Run(OperatorOptions options, params Row[] readings)
    {
        var probe = Start(options);
        probe.Process(Batch(readings));
        probe.Finish();
        return probe.Lines;
    }

    /// <summary>What is wrong with a step's options: "what; remedy".</summary>
    public IReadOnlyList<string> Faults(OperatorOptions options, Schema? input = null) => Faults(options, ["before"], input ?? Readings);

    /// <summary>What is wrong with the options of a step that reads from these steps.</summary>
    public IReadOnlyList<string> Faults(OperatorOptions options, IReadOnlyList<string> from, params IReadOnlyList<Schema> inputs)
    {
        var faults = new Faults("test.yaml");
        var step = options.Build(new BuildContext("step", inputs, Context, faults, inputNames: from));
        Assert.Equal(faults.Any, step is null);
        return [.. faults.Items.Select(f => f.Remedy is null ? f.What : $"{f.What}; {f.Remedy}")];
    }

    public static Kind KindOf(Schema schema, int key, int column) =>
        schema.IsRows ? schema.Columns[column].Kind : schema.Signals[schema.Keys.SignalOf[key]].Kind;

    static double SlotOf(object? value, Kind kind, CodeTable codes) => value switch
    {
        null => Slot.MissingOf(kind),
        double number => number,
        int whole when kind == Kind.Number => whole,
        int whole => Slot.Of(whole),
        long whole => Slot.Of(whole),
        bool yes => Slot.Of(yes ? 1 : 0),
        string text => Slot.Of(codes.Code(text)),
        _ => throw new ArgumentException($"{value} is no value"),
    };
}

/// <summary>A running step: remembers what it emits, and looks into its books after every call.</summary>
sealed class Probe
{
    readonly Clock _clock;
    readonly Output _output;
    readonly List<Batch> _batches = [];
    readonly List<(int Branch, string Line)> _lines = [];
    long _in, _out;

    public Probe(Operator step, Clock clock)
    {
        (Step, _clock) = (step, clock);
        _output = step.Aside is not null ? new Output(step.Output, step.Books, batch => Take(batch, 0), batch => Take(batch, -1))
            : step.Branches.Count == 0 ? new Output(step.Output, step.Books, batch => Take(batch, 0))
            : new Output(step.Output, step.Books, [.. step.Branches.Index().Select(b => (Action<Batch>)(batch => Take(batch, b.Index)))]);
    }

    public Operator Step { get; }

    /// <summary>What was emitted.</summary>
    public IReadOnlyList<Batch> Batches => _batches;

    /// <summary>What was emitted, a line each: <c>a.temp@3 = 21.5 uncertain</c>, <c>a@3: temp=21.5 load=-</c>, <c>a@0..60 OnTime 0: temp_mean=21.5</c>; by its ways out where there are several: <c>hot: a@3: temp=90</c>.</summary>
    public IReadOnlyList<string> Lines => LinesBehind([]);

    /// <summary>What was dropped: <c>out_of_range 3</c>.</summary>
    public IReadOnlyList<string> Drops => [.. Step.Books.Drops.Where(d => d.Total > 0).Select(d => $"{d.Reason} {d.Total}")];

    /// <summary>What was emitted by this step, which went on where another one stopped.</summary>
    public IReadOnlyList<string> LinesAfter(Probe before) => LinesBehind(before._lines);

    public void Process(Batch batch, int input = 0)
    {
        _in += batch.Count;
        Step.Process(batch, input, _output);
        CheckBooks();
    }

    public void Finish()
    {
        Step.Finish(_output);
        CheckBooks();
        Assert.Equal(0, Step.Held);
    }

    /// <summary>Calls the step's timer, if it is due.</summary>
    public void FireTimer()
    {
        if (Step.NextDue <= _clock.Now) Step.OnTime(_clock.Now, _output);
        CheckBooks();
    }

    public void EndSource(int source)
    {
        Step.OnSourceEnd(source, _output);
        CheckBooks();
    }

    public void EndInput(int input)
    {
        Step.OnInputEnd(input, _output);
        CheckBooks();
    }

    public void Watermark(int source, long watermark)
    {
        Step.OnWatermark(source, watermark, _output);
        CheckBooks();
    }

    public void Idle(int source)
    {
        Step.OnIdle(source, _output);
        CheckBooks();
    }

    public ReadOnlyMemory<byte> Save()
    {
        var state = new StateWriter();
        Step.Save(state);
        return state.Written;
    }

    public void Restore(ReadOnlyMemory<byte> state)
    {
        Step.Restore(new StateReader(state));
        _in += Step.Held; // came in before
    }

    /// <summary>The line of one row of a batch.</summary>
    public static string Line(Batch batch, int row)
    {
        var schema = batch.Schema;
        var key = batch.Key[row];
        var device = schema.Keys.Text(schema.Keys.DeviceOf[key]);
        var time = Seconds(batch.Time[row]);
        if (schema.HasWindow) time += $"..{Seconds(batch.End[row])} {batch.Pane[row]} {batch.Revision[row]}";
        var quality = batch.HasQuality && batch.Quality[row] != Quality.Good ? $" {batch.Quality[row].ToString().ToLowerInvariant()}" : "";
        return schema.IsRows
            ? $"{device}@{time}: {string.Join(' ', schema.Columns.Select((c, column) => $"{c.Name}={Value(batch, row, column)}"))}{quality}"
            : $"{device}.{schema.Signals[schema.Keys.SignalOf[key]].Name}@{time} = {Value(batch, row, 0)}{quality}";
    }

    static string Seconds(long time) => (time / 1e9).ToString(CultureInfo.InvariantCulture);

    static string Value(Batch batch, int row, int column)
    {
        var (kind, slot) = (Plant.KindOf(batch.Schema, batch.Key[row], column), batch.Column(column)[row]);
        if (Slot.IsMissing(slot, kind)) return "-";
        return kind switch
        {
            Kind.Number => slot.ToString("R", CultureInfo.InvariantCulture),
            Kind.Text => batch.Schema.Codes.Text(Slot.Bits(slot)),
            Kind.Bool => Slot.Bits(slot) == 1 ? "true" : "false",
            _ => Slot.Bits(slot).ToString(CultureInfo.InvariantCulture),
        };
    }

    IReadOnlyList<string> LinesBehind(IEnumerable<(int Branch, string Line)> before) => [.. before.Concat(_lines).OrderBy(l => l.Branch).Select(l => l.Line)];

    void Take(Batch batch, int branch)
    {
        Assert.Same(branch < 0 ? Step.Aside : Step.Output, batch.Schema);
        Assert.InRange(batch.Count, 1, batch.Schema.MaxRows);
        _out += batch.Count;
        if (branch >= 0) _batches.Add(batch);
        for (var row = 0; row < batch.Count; row++) _lines.Add((branch, branch < 0 ? $"late: {Line(batch, row)}" : Step.Branches.Count == 0 ? Line(batch, row) : $"{Step.Branches[branch]}: {Line(batch, row)}"));
    }

    void CheckBooks()
    {
        var books = Step.Books;
        Assert.Equal(_out, books.Passed);
        Assert.Equal(_in + books.Created, books.Passed + books.Absorbed + books.Dropped + Step.Held);
    }
}
