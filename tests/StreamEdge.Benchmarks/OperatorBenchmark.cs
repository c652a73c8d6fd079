namespace StreamEdge;

/// <summary>
/// Each clean, normalize and compress step against the loop that one would write by hand for it. Both are given blocks of
/// the same readings, make the same of them, which is checked first, and put it into columns.
/// </summary>
static class OperatorBenchmark
{
    public const int Devices = 64;

    const int Rows = Batch.MaxRows, Rounds = 400, Checked = 3;

    static readonly long[] s_time = new long[Rows], s_late = new long[Rows]; // a quarter of a second beside the full one
    static readonly int[] s_key = new int[Rows];
    static readonly double[] s_value = new double[Rows], s_rising = new double[Rows], s_text = new double[Rows]; // a counter starts again with each block
    static readonly Quality[] s_doubted = new Quality[Rows];

    static readonly Dictionary<string, Action<string>> s_steps = new()
    {
        ["clean.keep"] = name => Compare(name, new KeepOptions { When = Expression.TryParse("value > 15 and value < 100", out var keep, out _) ? keep : null! }, CleanLoops.Keep()),
        ["clean.out_of_range"] = name => Compare(name, new OutOfRangeOptions(), CleanLoops.OutOfRange),
        ["clean.quality"] = name => Compare(name, new QualityOptions { AtLeast = Quality.Good }, CleanLoops.Quality, quality: s_doubted),
        ["clean.duplicates"] = name => Compare(name, new DuplicatesOptions(), CleanLoops.Duplicates()),
        ["clean.reorder"] = name => Compare(name, new ReorderOptions(), CleanLoops.Reorder(), time: s_late),
        ["clean.max_change"] = name => Compare(name, new MaxChangeOptions(), CleanLoops.MaxChange()),
        ["clean.spike"] = name => Compare(name, new SpikeOptions(), CleanLoops.Spike()),
        ["clean.stuck"] = name => Compare(name, new StuckOptions { After = TimeSpan.FromMinutes(10) }, CleanLoops.Stuck()),
        ["clean.counter_reset"] = name => Compare(name, new CounterResetOptions { Signals = ["v"] }, CleanLoops.CounterReset(), value: s_rising),
        ["clean.fill"] = name => Compare(name, new FillOptions { Limit = TimeSpan.FromMinutes(1) }, CleanLoops.Fill()),
        ["normalize.units"] = name => Compare(name, new UnitsOptions(), NormalizeLoops.Units, unit: "degF"),
        ["normalize.scale"] = name => Compare(name, new ScaleOptions { Signals = new Dictionary<string, SignalScale> { ["v"] = new() { From = [4, 20], To = [0, 16] } } }, NormalizeLoops.Scale),
        ["normalize.log"] = name => Compare(name, new LogOptions { Signals = ["v"], Offset = 1 }, NormalizeLoops.Log),
        ["normalize.resample"] = name => Compare(name, new ResampleOptions { Every = TimeSpan.FromSeconds(2) }, NormalizeLoops.Resample()),
        ["normalize.text_codes"] = name => Compare(name, new TextCodesOptions { Codes = new Dictionary<string, IReadOnlyDictionary<string, long>> { ["v"] = new Dictionary<string, long> { ["run"] = 2, ["idle"] = 0, ["off"] = 1 } } }, NormalizeLoops.TextCodes(), value: s_text, kind: Kind.Text),
        ["normalize.min_max"] = name => Compare(name, new MinMaxOptions(), NormalizeLoops.MinMax),
        ["normalize.standardize"] = name => Compare(name, new StandardizeOptions { Mean = Of(20), Std = Of(5) }, NormalizeLoops.Standardize),
        ["normalize.robust"] = name => Compare(name, new RobustOptions { Median = Of(20), Iqr = Of(5), Clip = 10 }, NormalizeLoops.Robust),
        ["normalize.rename"] = name => Compare(name, new RenameOptions { Names = new Dictionary<string, string> { ["v"] = "w" } }, NormalizeLoops.Rename),
        ["compress.deadband"] = name => Compare(name, new DeadbandOptions { Tolerance = new Quantity(5, null) }, CompressLoops.Deadband()),
        ["compress.swinging_door"] = name => Compare(name, new SwingingDoorOptions { Tolerance = new Quantity(5, null) }, CompressLoops.SwingingDoor()),
        ["compress.downsample"] = name => Compare(name, new DownsampleOptions { Every = TimeSpan.FromSeconds(10), Keep = DownsampleKeep.Mean }, CompressLoops.Downsample()),
    };

    /// <summary>The steps that it knows.</summary>
    public static IReadOnlyCollection<string> Steps => s_steps.Keys;

    /// <summary>Prints <c>ratio STEP …</c> for each of these; for all where none is named.</summary>
    public static void Run(params IReadOnlyCollection<string> steps)
    {
        var random = new Random(7);
        for (var row = 0; row < Rows; row++)
        {
            (s_time[row], s_key[row]) = ((row / Devices + 1) * Nanoseconds.Second + Nanoseconds.Second / 4, row % Devices);
            s_late[row] = s_time[row] - (random.Next(50) == 0 ? random.Next(1, 8) : 0) * Nanoseconds.Second;
            s_value[row] = random.Next(50) == 0 ? 400 : 20 + (10 * Math.Sin(row / 640.0)) + random.NextDouble();
            s_rising[row] = row / Devices * 3;
            s_text[row] = Slot.Of(row % 3);
            s_doubted[row] = random.Next(50) == 0 ? Quality.Uncertain : Quality.Good;
        }

        foreach (var step in steps.Count > 0 ? steps : Steps) s_steps[step](step);
    }

    static void Compare(string name, OperatorOptions options, OperatorLoop loop, long[]? time = null, double[]? value = null, Quality[]? quality = null, string unit = "degC", Kind kind = Kind.Number)
    {
        var (step, schema) = Build(name, options, unit, kind);
        var (pool, block, start, offset) = (new BatchPool(), new Block(), 0L, 0L);
        Action<Batch> look = _ => { };
        var output = new Output(step.Output, step.Books, batch =>
        {
            look(batch);
            batch.Release();
        });
        for (var round = 0; round < Checked; round++) Check();
        look = _ => { };
        var ratio = Measure.Paired(() => ByHand(), () => ByStep(), pairs: 9);
        Console.WriteLine($"ratio {name}: cpu {ratio.Cpu:0.00} of the loop (goal: <= 1.5); {Rows * (double)Rounds / (ratio.YardstickCpu * ratio.Cpu) / 1e6:0} M readings/s beside {Rows * (double)Rounds / ratio.YardstickCpu / 1e6:0} M; {ratio.Allocated / Rounds:0.0} B allocated a batch");

        void Check()
        {
            var (made, first) = (LoopOnce(), 0);
            look = batch =>
            {
                for (var row = 0; row < batch.Count; row++, first++)
                {
                    if (first < made && block.Time[first] == batch.Time[row] && block.Key[first] == batch.Key[row] && IsNear(block.Value[first], batch.Value[row])) continue;
                    throw new InvalidOperationException($"{name} and its loop differ at row {first} of {made}: {batch.Time[row]} {batch.Key[row]} {batch.Value[row]}; {block.Time[first]} {block.Key[first]} {block.Value[first]}");
                }
            };
            StepOnce();
            if (first != made) throw new InvalidOperationException($"{name} makes {first} rows, its loop {made}");
        }

        Checksum ByHand()
        {
            for (var round = 0; round < Rounds; round++) LoopOnce();
            return default;
        }

        Checksum ByStep()
        {
            for (var round = 0; round < Rounds; round++) StepOnce();
            return default;
        }

        // Times go on from round to round, so that memory of earlier readings works as in a stream.
        int LoopOnce()
        {
            Fill(block.Time.AsSpan(0, Rows), block.Key, block.Value, offset);
            quality?.CopyTo(block.Quality);
            offset += 2 * Rows * Nanoseconds.Second;
            return loop(block);
        }

        void StepOnce()
        {
            var batch = pool.Rent(schema);
            batch.Grow(Rows);
            batch.Count = Rows;
            Fill(batch.Time, batch.Key, batch.Value, start);
            quality?.CopyTo(batch.Quality);
            start += 2 * Rows * Nanoseconds.Second;
            step.Process(batch, output);
        }

        void Fill(Span<long> times, Span<int> keys, Span<double> values, long since)
        {
            var from = time ?? s_time;
            for (var row = 0; row < times.Length; row++) times[row] = from[row] + since;
            s_key.CopyTo(keys);
            (value ?? s_value).CopyTo(values);
        }
    }

    static (Operator Step, Schema Input) Build(string name, OperatorOptions options, string unit, Kind kind)
    {
        var declared = Unit.TryParse("degC", out var celsius) && kind == Kind.Number ? celsius : null;
        var signal = new Signal("v", kind, declared) { Range = new Bounds(-20, 250), MaxChange = 50 };
        var keys = new KeyTable(["device"], 1);
        for (var device = 0; device < Devices; device++) keys.Key(keys.Device($"d{device}"), 0);
        var surroundings = new Surroundings();
        var pipeline = new PipelineContext("bench", "bench.yaml", new TimeOptions(), [signal], keys, new Clock(surroundings.Time), surroundings);
        foreach (var text in (string[])["run", "idle", "off"]) pipeline.Readings.Codes.Code(text);
        var schema = kind == Kind.Number && Unit.TryParse(unit, out var given) ? pipeline.Readings.With([signal.In(given)]) : pipeline.Readings;
        var faults = new Faults("bench.yaml");
        var step = options.Build(new BuildContext(name, [schema], pipeline, faults));
        faults.ThrowIfAny();
        return (step, schema);
    }

    static bool IsNear(double one, double other) => Slot.Bits(one) == Slot.Bits(other) || Math.Abs(one - other) <= 1e-9 * Math.Max(1, Math.Abs(one));

    static Dictionary<string, double> Of(double value) => new() { ["v"] = value };
}
