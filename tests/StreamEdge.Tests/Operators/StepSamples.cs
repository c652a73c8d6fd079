namespace StreamEdge;

/// <summary>A step with options, and input that takes it everywhere, for <see cref="StepContractTests"/>.</summary>
/// <param name="Key">Its key in the file.</param>
/// <param name="Options">Its options.</param>
/// <param name="Plant">A new pipeline for it.</param>
sealed record StepSample(string Key, OperatorOptions Options, Func<Plant> Plant)
{
    /// <summary>What flows in; the declared readings, where it is not given.</summary>
    public Func<Plant, Schema> Input { get; init; } = plant => plant.Readings;

    /// <summary>What flows in over a second input; null for a step with one.</summary>
    public Func<Plant, Schema>? SecondInput { get; init; }

    /// <summary>Whether it takes rows.</summary>
    public bool TakesRows { get; init; }

    /// <summary>Whether it takes rows and readings.</summary>
    public bool TakesBoth { get; init; }

    /// <summary>Whether it makes values of the device alone.</summary>
    public bool KnowsDevices { get; init; }

    /// <summary>So many rows of input, in order of time but for a few.</summary>
    public Func<int, int, IReadOnlyList<Row>> Rows { get; init; } = StepSamples.Readings;

    public override string ToString() => $"{Key} {Options.GetType().Name}";
}

/// <summary>At least one sample for every step, and one for each way in which it can work.</summary>
static class StepSamples
{
    static readonly Lazy<TempModels> s_models = new(Models);
    static readonly Lazy<TempFolder> s_table = new(Table);
    static readonly Dictionary<string, IReadOnlyList<string>> s_all = new() { ["temp"] = ["count", "mean", "min", "max", "std", "rms", "first", "last"], ["state"] = ["last"] };

    static readonly Dictionary<string, IReadOnlyList<string>> s_temp = new() { ["temp"] = ["count", "mean", "min", "max", "std", "first", "last"] };

    static readonly Dictionary<string, IReadOnlyList<string>> s_detailed = new()
    {
        ["temp"] = ["median", "p95", "delta", "derivative", "slope", "time_mean", "integral", "zero_crossings", "kurtosis", "crest_factor", "good_pct"],
        ["count"] = ["increase", "mode"],
        ["state"] = ["mode", "time_in(on)", "good_pct"],
    };

    public static IReadOnlyList<StepSample> All { get; } =
    [
        new("keep", new KeepOptions { When = Written("value > 10 or signal == \"state\" and quality != \"bad\"") }, Mixed),
        new("keep", new KeepOptions { When = Written("changed(value) ?? true") }, Single) { Rows = OneSignal },
        new("out_of_range", new OutOfRangeOptions(), Mixed),
        new("out_of_range", new OutOfRangeOptions(), Single) { Rows = OneSignal },
        new("out_of_range", new OutOfRangeOptions { Then = OutOfRangeThen.Clamp }, Mixed),
        new("out_of_range", new OutOfRangeOptions { Then = OutOfRangeThen.Flag }, Mixed),
        new("duplicates", new DuplicatesOptions(), Mixed),
        new("duplicates", new DuplicatesOptions { Remember = 2, Tolerance = 0.1 }, Single) { Rows = OneSignal },
        new("quality", new QualityOptions { AtLeast = Quality.Good }, Mixed),
        new("reorder", new ReorderOptions(), Mixed),
        new("reorder", new ReorderOptions { Wait = TimeSpan.FromSeconds(8), MaxHeld = 5 }, Single) { Rows = OneSignal },
        new("max_change", new MaxChangeOptions { AcceptAfter = 2 }, Mixed),
        new("max_change", new MaxChangeOptions { Then = FoundThen.Flag }, Single) { Rows = OneSignal },
        new("spike", new SpikeOptions { Readings = 5, Above = 2 }, Mixed),
        new("spike", new SpikeOptions { Readings = 6, Then = FoundThen.Flag, LeastSpread = 0.1 }, Single) { Rows = OneSignal },
        new("stuck", new StuckOptions { After = TimeSpan.FromSeconds(2), Tolerance = 0.5 }, Mixed),
        new("stuck", new StuckOptions { After = TimeSpan.FromSeconds(1), Then = FoundThen.Drop, Signals = ["temp"] }, Single) { Rows = OneSignal },
        new("counter_reset", new CounterResetOptions { Signals = ["count", "temp"], WrapsAt = 20 }, Mixed),
        new("counter_reset", new CounterResetOptions { Signals = ["temp"] }, Single) { Rows = OneSignal },
        new("fill", new FillOptions { Limit = TimeSpan.FromSeconds(5) }, Mixed),
        new("fill", new FillOptions { Limit = TimeSpan.FromSeconds(2), Signals = ["temp"] }, Single) { Rows = OneSignal },
        new("fill", new FillOptions { Limit = TimeSpan.FromSeconds(5), How = FillHow.Linear }, Mixed),
        new("fill", new FillOptions { Limit = TimeSpan.FromSeconds(9), How = FillHow.Linear, MaxHeld = 3 }, Single) { Rows = OneSignal },
        new("units", new UnitsOptions(), Mixed) { Input = InFahrenheit },
        new("units", new UnitsOptions(), Single) { Input = InFahrenheit, Rows = OneSignal },
        new("units", new UnitsOptions(), Mixed),
        new("standardize", new StandardizeOptions { First = 10, Clip = 3 }, Mixed),
        new("standardize", new StandardizeOptions { First = 8, MaxHeld = 64 }, Single) { Rows = OneSignal },
        new("standardize", new StandardizeOptions { Mean = new Dictionary<string, double> { ["temp"] = 20 }, Std = new Dictionary<string, double> { ["temp"] = 5 } }, Mixed),
        new("scale", new ScaleOptions { Signals = new Dictionary<string, SignalScale> { ["temp"] = new() { From = [4, 20], To = [100, 0] }, ["count"] = new() { Factor = 2, Offset = 1 } } }, Mixed),
        new("scale", new ScaleOptions { Signals = new Dictionary<string, SignalScale> { ["temp"] = new() { Factor = -0.5 } } }, Single) { Rows = OneSignal },
        new("text_codes", new TextCodesOptions { Signals = ["state"] }, Mixed),
        new("text_codes", new TextCodesOptions { Codes = new Dictionary<string, IReadOnlyDictionary<string, long>> { ["state"] = new Dictionary<string, long> { ["on"] = 7 } } }, Mixed),
        new("log", new LogOptions { Signals = ["temp", "count"] }, Mixed),
        new("log", new LogOptions { Signals = ["temp"], Offset = 0.5 }, Single) { Rows = OneSignal },
        new("min_max", new MinMaxOptions(), Mixed),
        new("min_max", new MinMaxOptions { First = 10, To = new Bounds(-1, 1), Clip = true }, Mixed),
        new("min_max", new MinMaxOptions { Ranges = new Dictionary<string, Bounds> { ["temp"] = new(10, 30) } }, Single) { Rows = OneSignal },
        new("robust", new RobustOptions { First = 10, Clip = 3 }, Mixed),
        new("robust", new RobustOptions { First = 8, MaxHeld = 64, Floor = 0.1 }, Single) { Rows = OneSignal },
        new("rename", new RenameOptions { Names = new Dictionary<string, string> { ["temp"] = "warmth", ["state"] = "mode" } }, Mixed),
        new("resample", new ResampleOptions { Every = TimeSpan.FromSeconds(1) }, Mixed),
        new("resample", new ResampleOptions { Every = TimeSpan.FromSeconds(0.5), Limit = TimeSpan.FromSeconds(8), MaxHeld = 5 }, Mixed),
        new("resample", new ResampleOptions { Every = TimeSpan.FromSeconds(1), How = ResampleHow.Hold, Limit = TimeSpan.FromSeconds(3), Signals = ["count"] }, Mixed),
        new("resample", new ResampleOptions { Every = TimeSpan.FromSeconds(2), How = ResampleHow.Mean }, Mixed),
        new("resample", new ResampleOptions { Every = TimeSpan.FromSeconds(1) }, Single) { Rows = OneSignal },
        new("deadband", new DeadbandOptions { Heartbeat = TimeSpan.FromSeconds(5) }, Mixed),
        new("deadband", new DeadbandOptions { Tolerance = new Quantity(0.2, null) }, Single) { Rows = OneSignal },
        new("swinging_door", new SwingingDoorOptions { Heartbeat = TimeSpan.FromSeconds(5) }, Mixed),
        new("swinging_door", new SwingingDoorOptions(), Single) { Rows = OneSignal },
        new("downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(3), Keep = DownsampleKeep.First }, Mixed),
        new("downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(3) }, Mixed),
        new("downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(3), Keep = DownsampleKeep.Mean }, Mixed),
        new("downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(5), Keep = DownsampleKeep.MinMax, Signals = ["temp"] }, Mixed),
        new("downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(9), Keep = DownsampleKeep.Lttb, Points = 3, MaxHeld = 7 }, Single) { Rows = OneSignal },
        new("align", new AlignOptions { SameTime = true }, Mixed),
        new("align", new AlignOptions { SameTime = true, By = [], Signals = ["temp", "count"], MaxOpen = 3 }, Mixed),
        new("align", new AlignOptions { SameTime = true }, MixedOfOneClock),
        new("features", new FeaturesOptions { Of = "temp", Burst = 8, Compute = Enum.GetValues<BurstFeature>(), Bands = new Dictionary<string, Band> { ["low"] = new(1, 2.5, "1..2.5 Hz"), ["high"] = new(2.5, 5, "2.5..5 Hz") } }, Fast) { Rows = Bursts },
        new("features", new FeaturesOptions { Of = "count", Burst = 9, MaxGap = 100 }, Mixed),
        new("align", new AlignOptions { Every = TimeSpan.FromSeconds(1) }, Mixed),
        new("align", new AlignOptions { Every = TimeSpan.FromSeconds(0.5), How = AlignHow.Linear, Limit = TimeSpan.FromSeconds(2), Signals = ["temp"], MaxHeld = 8 }, Mixed),
        new("align", new AlignOptions { Every = TimeSpan.FromSeconds(2), By = [], Limit = TimeSpan.FromSeconds(3) }, Mixed),
        new("align", new AlignOptions { To = "state", How = AlignHow.Linear, Signals = ["state", "temp"] }, MixedOfOneClock),
        new("align", new AlignOptions { To = "temp", How = AlignHow.Nearest, Limit = TimeSpan.FromSeconds(4) }, Mixed),
        new("align", new AlignOptions { To = "count", By = [], MaxHeld = 5 }, Mixed),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Length = TimeSpan.FromSeconds(4), Compute = s_all }, Mixed),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), By = [], Compute = s_all }, Mixed),
        new("join", new JoinOptions { Keep = JoinKeep.All }, Mixed) { Input = Wide, SecondInput = OtherWide, TakesRows = true, Rows = RowsOfTwo },
        new("join", new JoinOptions { Keep = JoinKeep.Left, Within = TimeSpan.FromSeconds(1), MaxHeld = 20 }, Mixed) { Input = Wide, SecondInput = OtherWide, TakesRows = true, Rows = RowsOfTwo },
        new("join", new JoinOptions { By = [] }, Mixed) { Input = Wide, SecondInput = OtherWide, TakesRows = true, Rows = RowsOfTwo },
        new("derive", new DeriveOptions { Columns = new Dictionary<string, DerivedColumn> { ["c"] = new() { Value = Written("a * b + (prev(a) ?? 0)") }, ["d"] = new() { Value = Written("c > 9 and rising(b)") }, ["e"] = new() { Value = Written("if(d, machine, \"none\")") } } }, Mixed) { Input = Wide, TakesRows = true, Rows = WideRows },
        new("enrich", new EnrichOptions { Table = new() { Csv = s_table.Value.PathOf("orders.csv"), Decimal = DecimalMark.Comma }, By = ["state", "order"], Add = Added(("limit", Kind.Number), ("owner", Kind.Text)) }, Mixed) { Input = Orders, TakesRows = true, Rows = OrderRows },
        new("enrich", new EnrichOptions { Table = new() { Csv = s_table.Value.PathOf("machines.csv") }, By = ["machine"], Add = Added(("limit", Kind.Number), ("owner", Kind.Text), ("count", Kind.Integer), ("new", Kind.Bool)), ValidFrom = "since" }, Mixed) { Input = Wide, TakesRows = true, Rows = WideRows, KnowsDevices = true },
        new("filter", new FilterOptions { When = Written("rolling_mean(a, 3) > 3 and last(b) < 6 or lag(b, 2) == 1") }, Mixed) { Input = Wide, TakesRows = true, Rows = WideRows },
        new("route", new RouteOptions { Routes = Routes(("high", "a > 5"), ("rising", "rising(b)"), ("rest", "otherwise")) }, Mixed) { Input = Wide, TakesRows = true, Rows = WideRows, TakesBoth = true },
        new("route", new RouteOptions { Routes = Routes(("warm", "value > 20"), ("on", "signal == \"state\"")) }, Mixed) { TakesBoth = true },
        new("rate_limit", new RateLimitOptions { Most = 3, Every = TimeSpan.FromSeconds(20) }, Mixed) { Input = Wide, TakesRows = true, Rows = WideRows, TakesBoth = true },
        new("rate_limit", new RateLimitOptions { Every = TimeSpan.FromSeconds(2) }, Mixed) { TakesBoth = true },
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Compute = s_all }, MixedOfOneClock),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Compute = s_all }, MixedAndLate(LateReadings.Add)),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Length = TimeSpan.FromSeconds(4), By = [], Compute = s_all }, MixedAndLate(LateReadings.Revise, keepLate: 3)),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(1), Compute = s_all }, MixedAndLate(LateReadings.Drop)),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(1), Compute = s_all }, MixedAndLate(LateReadings.Side)),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Compute = s_all }, MixedAndLate(LateReadings.Side, ClockKind.Shared)),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Compute = s_detailed }, Mixed),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Length = TimeSpan.FromSeconds(4), Compute = s_detailed }, MixedAndLate(LateReadings.Add, ClockKind.Shared)),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Compute = s_detailed }, Mixed),
        new("window", new WindowOptions { Length = TimeSpan.FromSeconds(3), Compute = new Dictionary<string, IReadOnlyList<string>> { ["temp"] = s_detailed["temp"] } }, Mixed),
        new("window", new WindowOptions { Count = new() { Readings = 5 }, Compute = new Dictionary<string, IReadOnlyList<string>> { ["state"] = s_detailed["state"] } }, Mixed),
        new("window", new WindowOptions { Calendar = new() { Unit = CalendarUnit.Day, Zone = "Europe/Berlin" }, Compute = s_all }, Mixed),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Compute = s_all }, Mixed),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(3), Max = TimeSpan.FromSeconds(5) }, By = [], Compute = s_all }, Mixed),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Compute = s_all }, MixedAndLate(LateReadings.Add, ClockKind.Shared)),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Compute = s_all }, MixedAndLate(LateReadings.Drop)),
        new("window", new WindowOptions { Count = new() { Readings = 4, Step = 2 }, Compute = s_temp }, Mixed),
        new("window", new WindowOptions { Length = TimeSpan.FromSeconds(3), Compute = s_temp }, Mixed),
        new("window", new WindowOptions { Length = TimeSpan.FromSeconds(3), Compute = s_temp }, MixedAndLate(LateReadings.Revise, ClockKind.Shared, keepLate: 2)),
        new("window", new WindowOptions { Every = TimeSpan.FromSeconds(2), Length = TimeSpan.FromSeconds(4), Parallel = 3, Compute = s_all }, Mixed),
        new("window", new WindowOptions { Session = new() { Gap = TimeSpan.FromSeconds(2) }, Parallel = 2, Compute = s_detailed }, MixedAndLate(LateReadings.Revise, keepLate: 3)),
        new("window", new WindowOptions { While = Written("temp > 14 or state == \"on\""), Compute = s_all }, Mixed),
        new("window", new WindowOptions { Until = Written("count > 9"), By = [], Compute = s_all }, Mixed),
        new("infer", new InferOptions { Model = "half@1", Batch = new MicroBatchOptions { Max = 7 }, Anomaly = new AnomalyOptions { For = new Occurrences(2, "row") } }, WithModel) { Input = Wide, TakesRows = true, Rows = WideRows },
    ];

    /// <summary>Readings of three devices, with everything in them that a plant can send.</summary>
    public static IReadOnlyList<Row> Readings(int seed, int count)
    {
        var random = new Random(seed);
        var rows = new List<Row>(count);
        var (time, level) = (0.0, 20.0);
        while (rows.Count < count)
        {
            if (random.Next(3) == 0) time += 0.25 * random.Next(1, 4);
            level += random.NextDouble() - 0.5;
            var signal = random.Next(5) switch { 0 => "count", 1 => "state", 2 => "running", _ => "temp" };
            object? value = signal switch
            {
                "count" => (long)random.Next(20),
                "state" => random.Next(2) == 0 ? "on" : "off",
                "running" => random.Next(2) == 0,
                _ => Math.Round(level, 1),
            };
            if (random.Next(20) == 0) value = null;
            if (signal == "temp" && random.Next(20) == 0) value = random.Next(3) switch { 0 => double.PositiveInfinity, 1 => -1e9, _ => -0.0 };
            var row = Some.Reading("abc"[random.Next(3)].ToString(), signal, time, value, random.Next(10) switch { 0 => Quality.Bad, 1 => Quality.Uncertain, _ => Quality.Good });
            rows.Add(row);
            if (random.Next(15) == 0) rows.Add(row with { });
            if (random.Next(15) == 0) rows.Add(row with { Time = Math.Max(0, row.Time - 10 * random.NextDouble()) });
        }

        return rows[..count];
    }

    /// <summary>The same for a pipeline of one signal.</summary>
    static IReadOnlyList<Row> OneSignal(int seed, int count) =>
        [.. Readings(seed, count).Select(r => r.Signal == "temp" || r.Values[0] is null ? r with { Signal = "temp" } : r with { Signal = "temp", Values = [Math.Sin(r.Time)] })];

    /// <summary>Readings of two devices at ten a second, some of them missing, bad, late, or not there.</summary>
    static IReadOnlyList<Row> Bursts(int seed, int count)
    {
        var random = new Random(seed);
        var rows = new List<Row>(count);
        for (var at = 1.0; rows.Count < count; at += random.Next(40) == 0 ? 2 : 0.1)
        {
            foreach (var device in new[] { "a", "b" })
            {
                var quality = random.Next(40) switch { 0 => Quality.Bad, < 3 => Quality.Uncertain, _ => Quality.Good };
                rows.Add(Some.Reading(device, "temp", at + (0.01 * random.NextDouble()), random.Next(50) == 0 ? null : Math.Round(Math.Sin(9 * at) + random.NextDouble(), 2), quality));
                if (random.Next(20) == 0) rows.Add(rows[^1] with { Time = rows[^1].Time - (0.2 * random.Next(2)) });
            }
        }

        return rows[..count];
    }

    /// <summary>A pipeline beside which there is a model that gives a of its row back, and half of b.</summary>
    static Plant WithModel() => new(Mixed().Readings, s_models.Value.Folder);

    static Schema Wide(Plant plant) => Schema.Rows(new KeyTable(["machine"], 0), plant.Readings.Codes, [new Column("a", Kind.Number), new Column("b", Kind.Number)], hasWindow: false);

    static IReadOnlyList<Row> WideRows(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Row("abc"[random.Next(3)].ToString(), null, i, random.Next(20) == 0 ? null : (double)random.Next(9), (double)random.Next(9))
            { Quality = (Quality)random.Next(3) })];
    }

    static TempFolder Table()
    {
        var folder = new TempFolder();
        folder.Write("machines.csv", "machine,since,limit,owner,count,new\na,,80.5,north,7,true\na,100,,south,,no\nb,50,70,,8,\n");
        folder.Write("orders.csv", "order;state;owner;limit\n1;on;north;80,5\n2;on;south;\n1;off;;7\n");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }

    static Dictionary<string, AddedColumn> Added(params (string Name, Kind Kind)[] columns) => columns.ToDictionary(c => c.Name, c => new AddedColumn(c.Kind, null));

    static Schema Orders(Plant plant) => Schema.Rows(new KeyTable(["machine"], 0), plant.Readings.Codes, [new Column("state", Kind.Text), new Column("order", Kind.Integer)], hasWindow: false);

    static IReadOnlyList<Row> OrderRows(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Row("abc"[random.Next(3)].ToString(), null, i, random.Next(9) == 0 ? null : random.Next(2) == 0 ? "on" : "off", random.Next(9) == 0 ? null : (long)random.Next(3))
            { Quality = (Quality)random.Next(3) })];
    }

    static Schema OtherWide(Plant plant) => Schema.Rows(new KeyTable(["machine"], 0), plant.Readings.Codes, [new Column("b", Kind.Number), new Column("state", Kind.Text)], hasWindow: false);

    /// <summary>Rows of three groups over two inputs, which run ahead of each other by turns.</summary>
    static IReadOnlyList<Row> RowsOfTwo(int seed, int count)
    {
        var (random, times) = (new Random(seed), new[] { 0.0, 0.0 });
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var input = times[0] > times[1] + 10 ? 1 : times[1] > times[0] + 10 ? 0 : random.Next(2);
            times[input] += 0.5 * random.Next(3);
            object? number = random.Next(20) == 0 ? null : (double)random.Next(9);
            return new Row("abc"[random.Next(3)].ToString(), null, Math.Max(0, times[input] - (random.Next(20) == 0 ? 2 : 0)), number, input == 0 ? (double)random.Next(9) : random.Next(2) == 0 ? "on" : "off")
                { Quality = (Quality)random.Next(3), Input = input };
        })];
    }

    static TempModels Models()
    {
        var models = new TempModels();
        models.Add("half@1", """
            name: half
            version: 1
            sha256: SHA
            input: rows
            shape: [batch, 2]
            columns: [{ column: a }, { column: b }]
            output: back
            result: reconstruction
            threshold: 2
            """, OnnxFile.Network("rows", "back", new double[,] { { 1, 0 }, { 0, 0.5 } }));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => models.Dispose();
        return models;
    }

    static Dictionary<string, Expression> Routes(params (string Name, string When)[] routes) => routes.ToDictionary(r => r.Name, r => Written(r.When));

    static Expression Written(string text) => Expression.TryParse(text, out var expression, out var wrong) ? expression : throw new ArgumentException(wrong.ToString());

    static Plant Mixed() => new(
        Some.Signal("temp", "degC", new Bounds(-20, 250), 0.5) with { MaxChange = 2 }, Some.Signal("count", range: new Bounds(2, 18), tolerance: 2, kind: Kind.Integer) with { PerSecond = 0.25 },
        Some.Signal("state", kind: Kind.Text), Some.Signal("running", kind: Kind.Bool));

    static Plant MixedOfOneClock() => new(["machine"], new TimeOptions { Clock = ClockKind.Shared }, [.. Mixed().Readings.Signals]);

    static Func<Plant> MixedAndLate(LateReadings late, ClockKind clock = ClockKind.Device, double keepLate = 600) =>
        () => new(["machine"], new TimeOptions { Clock = clock, Wait = TimeSpan.FromSeconds(1), Late = late, KeepLate = TimeSpan.FromSeconds(keepLate) }, [.. Mixed().Readings.Signals]);

    static Plant Single() => new(Some.Signal("temp", "degC", new Bounds(-20, 250), 0.5) with { MaxChange = 2 });

    static Plant Fast() => new(Some.Signal("temp", "degC") with { Period = TimeSpan.FromSeconds(0.1) });

    static Schema InFahrenheit(Plant plant) => plant.Readings.With([.. plant.Readings.Signals.Select(s => s.Name == "temp" ? s.In(Some.Unit("degF")) : s)]);
}
