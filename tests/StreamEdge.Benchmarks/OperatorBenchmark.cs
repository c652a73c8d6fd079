using System.Diagnostics;

namespace StreamEdge;

/// <summary>
/// Each clean, normalize and compress step against the loop that one would write by hand for it, with the readings
/// copied into a block and what is left of them added up on both sides.
/// </summary>
static class OperatorBenchmark
{
    public const int Devices = 64;

    const int Rows = Batch.MaxRows, Rounds = 400;

    static readonly long[] s_time = new long[Rows];
    static readonly int[] s_key = new int[Rows];
    static readonly double[] s_value = new double[Rows], s_rising = new double[Rows]; // a counter starts again with each block

    /// <summary>Prints <c>ratio STEP …</c> for each.</summary>
    public static void Run()
    {
        var random = new Random(7);
        for (var row = 0; row < Rows; row++)
        {
            (s_time[row], s_key[row]) = ((row / Devices + 1) * Nanoseconds.Second, row % Devices);
            s_value[row] = random.Next(50) == 0 ? 400 : 20 + (10 * Math.Sin(row / 640.0)) + random.NextDouble();
            s_rising[row] = row / Devices * 3;
        }

        Compare("clean.out_of_range", new OutOfRangeOptions(), OperatorLoops.OutOfRange);
        Compare("clean.keep", new KeepOptions { When = Expression.TryParse("value > 15 and value < 100", out var keep, out _) ? keep : null! }, OperatorLoops.Keep);
        Compare("clean.duplicates", new DuplicatesOptions(), OperatorLoops.Duplicates());
        Compare("clean.max_change", new MaxChangeOptions(), OperatorLoops.MaxChange());
        Compare("clean.spike", new SpikeOptions(), OperatorLoops.Spike());
        Compare("clean.stuck", new StuckOptions { After = TimeSpan.FromMinutes(10) }, OperatorLoops.Stuck());
        Compare("clean.counter_reset", new CounterResetOptions { Signals = ["v"] }, OperatorLoops.CounterReset(), rising: true);
        Compare("clean.fill", new FillOptions { Limit = TimeSpan.FromMinutes(1) }, OperatorLoops.Fill());
        Compare("normalize.units", new UnitsOptions(), OperatorLoops.Units, inFahrenheit: true);
        Compare("normalize.scale", new ScaleOptions { Signals = new Dictionary<string, SignalScale> { ["v"] = new() { From = [4, 20], To = [0, 16] } } }, OperatorLoops.Scale);
        Compare("normalize.log", new LogOptions { Signals = ["v"], Offset = 1 }, OperatorLoops.Log);
        Compare("normalize.resample", new ResampleOptions { Every = TimeSpan.FromSeconds(2) }, OperatorLoops.Resample());
        Compare("normalize.min_max", new MinMaxOptions(), OperatorLoops.MinMax);
        Compare("normalize.standardize", new StandardizeOptions { Mean = new Dictionary<string, double> { ["v"] = 20 }, Std = new Dictionary<string, double> { ["v"] = 5 } }, OperatorLoops.Standardize);
        Compare("compress.deadband", new DeadbandOptions { Tolerance = new Quantity(5, null) }, OperatorLoops.Deadband());
        Compare("compress.swinging_door", new SwingingDoorOptions { Tolerance = new Quantity(5, null) }, OperatorLoops.SwingingDoor());
        Compare("compress.downsample", new DownsampleOptions { Every = TimeSpan.FromSeconds(10), Keep = DownsampleKeep.Mean }, OperatorLoops.Downsample());
    }

    static void Compare(string name, OperatorOptions options, OperatorLoop loop, bool inFahrenheit = false, bool rising = false)
    {
        var signal = new Signal("v", Kind.Number, Unit.TryParse("degC", out var celsius) ? celsius : null) { Range = new Bounds(-20, 250), MaxChange = 50 };
        var keys = new KeyTable(["device"], 1);
        for (var device = 0; device < Devices; device++) keys.Key(keys.Device($"d{device}"), 0);
        var surroundings = new Surroundings();
        var pipeline = new PipelineContext("bench", "bench.yaml", new TimeOptions(), [signal], keys, new Clock(surroundings.Time), surroundings);
        var schema = inFahrenheit && Unit.TryParse("degF", out var fahrenheit) ? pipeline.Readings.With([signal.In(fahrenheit)]) : pipeline.Readings;
        var faults = new Faults("bench.yaml");
        var step = options.Build(new BuildContext(name, [schema], pipeline, faults));
        faults.ThrowIfAny();
        var rows = 0L;
        var output = new Output(step.Output, step.Books, batch =>
        {
            rows += batch.Count;
            batch.Release();
        });
        var (pool, start, offset) = (new BatchPool(), 0L, 0L);
        var (time, key, value) = (new long[Rows], new int[Rows], new double[Rows]);
        var ratio = Measure.Paired(() => ByHand(), () => ByStep(), pairs: 9);
        Console.WriteLine($"ratio {name}: cpu {ratio.Cpu:0.00} of the loop (goal: <= 1.5); {Rows * (double)Rounds / (ratio.YardstickCpu * ratio.Cpu) / 1e6:0} M readings/s beside {Rows * (double)Rounds / ratio.YardstickCpu / 1e6:0} M; {ratio.Allocated / Rounds:0.0} B allocated a batch");

        // Times go on from round to round, so that memory of earlier readings works as in a stream.
        Checksum ByHand()
        {
            for (var round = 0; round < Rounds; round++, offset += 2 * Rows * Nanoseconds.Second)
            {
                Fill(time, key, value, offset, rising);
                loop(time, key, value);
            }

            return default;
        }

        Checksum ByStep()
        {
            rows = 0;
            for (var round = 0; round < Rounds; round++, start += 2 * Rows * Nanoseconds.Second)
            {
                var batch = pool.Rent(schema);
                batch.Grow(Rows);
                batch.Count = Rows;
                Fill(batch.Time, batch.Key, batch.Value, start, rising);
                step.Process(batch, output);
            }

            Debug.Assert(rows >= 0);
            return default;
        }
    }

    static void Fill(Span<long> time, Span<int> key, Span<double> value, long offset, bool rising)
    {
        for (var row = 0; row < time.Length; row++) time[row] = s_time[row] + offset;
        s_key.CopyTo(key);
        (rising ? s_rising : s_value).CopyTo(value);
    }
}
