using System.Diagnostics;

namespace StreamEdge;

/// <summary>
/// Each clean, normalize and compress step against the loop that one would write by hand for it, with the readings
/// copied into a block and what is left of them added up on both sides.
/// </summary>
static class OperatorBenchmark
{
    const int Rows = Batch.MaxRows, Devices = 64, Rounds = 400;

    static readonly long[] s_time = new long[Rows];
    static readonly int[] s_key = new int[Rows];
    static readonly double[] s_value = new double[Rows];

    delegate int Loop(Span<long> time, Span<int> key, Span<double> value);

    /// <summary>Prints <c>ratio STEP …</c> for each.</summary>
    public static void Run()
    {
        var random = new Random(7);
        for (var row = 0; row < Rows; row++)
        {
            (s_time[row], s_key[row]) = ((row / Devices + 1) * Nanoseconds.Second, row % Devices);
            s_value[row] = random.Next(50) == 0 ? 400 : 20 + (10 * Math.Sin(row / 640.0)) + random.NextDouble();
        }

        Compare("clean.out_of_range", new OutOfRangeOptions(), OutOfRangeLoop);
        Compare("clean.keep", new KeepOptions { When = Expression.TryParse("value > 15 and value < 100", out var keep, out _) ? keep : null! }, KeepLoop);
        Compare("clean.duplicates", new DuplicatesOptions(), DuplicatesLoop());
        Compare("clean.max_change", new MaxChangeOptions(), MaxChangeLoop());
        Compare("clean.stuck", new StuckOptions { After = TimeSpan.FromMinutes(10) }, StuckLoop());
        Compare("normalize.units", new UnitsOptions(), UnitsLoop, inFahrenheit: true);
        Compare("normalize.standardize", new StandardizeOptions { Mean = new Dictionary<string, double> { ["v"] = 20 }, Std = new Dictionary<string, double> { ["v"] = 5 } }, StandardizeLoop);
        Compare("compress.deadband", new DeadbandOptions { Tolerance = new Quantity(5, null) }, DeadbandLoop());
    }

    static void Compare(string name, OperatorOptions options, Loop loop, bool inFahrenheit = false)
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
                Fill(time, key, value, offset);
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
                Fill(batch.Time, batch.Key, batch.Value, start);
                step.Process(batch, output);
            }

            Debug.Assert(rows >= 0);
            return default;
        }
    }

    static void Fill(Span<long> time, Span<int> key, Span<double> value, long offset)
    {
        for (var row = 0; row < time.Length; row++) time[row] = s_time[row] + offset;
        s_key.CopyTo(key);
        s_value.CopyTo(value);
    }

    static int OutOfRangeLoop(Span<long> time, Span<int> key, Span<double> value)
    {
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (value[row] < -20 || value[row] > 250) continue;
            (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
            kept++;
        }

        return kept;
    }

    static int KeepLoop(Span<long> time, Span<int> key, Span<double> value)
    {
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (!(value[row] > 15 && value[row] < 100)) continue;
            (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
            kept++;
        }

        return kept;
    }

    static Loop DuplicatesLoop()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (lastTime[key[row]] == time[row] && lastValue[key[row]] == value[row]) continue;
                (lastTime[key[row]], lastValue[key[row]]) = (time[row], value[row]);
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    static Loop MaxChangeLoop()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var seconds = (time[row] - lastTime[key[row]]) / 1e9;
                if (lastTime[key[row]] > 0 && Math.Abs(value[row] - lastValue[key[row]]) > 50 * seconds) continue;
                (lastTime[key[row]], lastValue[key[row]]) = (time[row], value[row]);
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    static Loop StuckLoop()
    {
        var (since, last) = (new long[Devices], new double[Devices]);
        var after = 600 * Nanoseconds.Second;
        return (time, key, value) =>
        {
            var stuck = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (value[row] != last[key[row]]) (since[key[row]], last[key[row]]) = (time[row], value[row]);
                else if (time[row] - since[key[row]] >= after) stuck++;
            }

            return stuck;
        };
    }

    static int UnitsLoop(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] * (5 / 9.0)) - (160 / 9.0);
        return value.Length;
    }

    static int StandardizeLoop(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] - 20) / 5;
        return value.Length;
    }

    static Loop DeadbandLoop()
    {
        var last = new double[Devices];
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (Math.Abs(value[row] - last[key[row]]) <= 5) continue;
                last[key[row]] = value[row];
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }
}
