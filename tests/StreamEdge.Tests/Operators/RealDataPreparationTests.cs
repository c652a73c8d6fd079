using static StreamEdge.Recordings;

namespace StreamEdge;

/// <summary>The steps that order, mend, scale and thin readings, on public recordings, compared with what a few plain lines compute.</summary>
public class RealDataPreparationTests
{
    [SharedFact]
    public void Reorder_of_a_water_loop_whose_readings_come_up_to_five_seconds_late()
    {
        var (readings, random) = (Pressure(), new Random(7));
        var arrived = readings.OrderBy(r => r.Time + (5 * random.NextDouble())).ToList();

        var ordered = Run(new Plant(Some.Signal("Pressure")), new ReorderOptions { Wait = TimeSpan.FromSeconds(6) }, arrived);

        Assert.NotEqual(readings, arrived);
        Assert.Equal(readings, ordered);
    }

    [SharedFact]
    public void Counter_reset_of_the_wear_of_tools_that_are_changed()
    {
        var readings = Milling("Tool wear").Select(m => new Reading("wear", m.Time, Figure(m.Text))).ToList();

        var grown = Run(new Plant(Some.Signal("wear", "min")), new CounterResetOptions { Signals = ["wear"] }, readings);

        var (added, resets) = (0.0, 0);
        var expected = new List<Reading>();
        foreach (var (before, reading) in readings.Prepend(readings[0]).Zip(readings))
        {
            if (reading.Value < before.Value) (added, resets) = (added + before.Value, resets + 1);
            expected.Add(reading with { Value = added + reading.Value });
        }

        Assert.Equal(expected, grown);
        Assert.InRange(resets, 50, 500);
    }

    [SharedTheory]
    [InlineData(FillHow.Hold, 3)]
    [InlineData(FillHow.Linear, 6)]
    public void Fill_of_the_air_beside_a_road(FillHow how, int hours)
    {
        var readings = Air("CO_GT");

        var filled = Run(new Plant(Some.Signal("CO_GT")), new FillOptions { Limit = TimeSpan.FromHours(hours), How = how }, readings);

        var expected = readings.Select((reading, at) =>
        {
            var (before, after) = (readings.FindLastIndex(at, r => !double.IsNaN(r.Value)), readings.FindIndex(at, r => !double.IsNaN(r.Value)));
            if (before == at || before < 0) return reading;
            var (from, to) = (readings[before], after < 0 ? null : readings[after]);
            if (how == FillHow.Hold) return reading with { Value = reading.Time - from.Time <= 3600 * hours ? from.Value : double.NaN };
            return to is null || to.Time - from.Time > 3600 * hours ? reading : reading with { Value = from.Value + ((to.Value - from.Value) * (reading.Time - from.Time) / (to.Time - from.Time)) };
        }).ToList();
        Same(expected, filled);
        Assert.InRange(expected.Count(r => double.IsNaN(r.Value)), 1, readings.Count(r => double.IsNaN(r.Value)) - 1);
    }

    [SharedFact]
    public void Scale_of_a_heart_from_counts_to_millivolts()
    {
        var readings = Heart(20_000);
        var scale = new SignalScale { From = [1024, 1224], To = [0, 1], Unit = Some.Unit("mV") };

        var scaled = Run(new Plant(Some.Signal("ecg")), new ScaleOptions { Signals = new Dictionary<string, SignalScale> { ["ecg"] = scale } }, readings);

        Same([.. readings.Select(r => r with { Value = (r.Value - 1024) / 200 })], scaled);
    }

    [SharedFact]
    public void Text_codes_of_the_kinds_of_a_product()
    {
        var kinds = Milling("Type");
        var plant = new Plant(Some.Signal("kind", kind: Kind.Text));

        var first = Codes(new TextCodesOptions { Signals = ["kind"] });
        var given = Codes(new TextCodesOptions { Codes = new Dictionary<string, IReadOnlyDictionary<string, long>> { ["kind"] = new Dictionary<string, long> { ["L"] = 10, ["M"] = 20 } } });

        var met = kinds.Select(k => k.Text).Distinct().ToList();
        Assert.Equal(3, met.Count);
        Assert.Equal(kinds.Select(k => (long)met.IndexOf(k.Text)), first);
        Assert.Equal(kinds.Select(k => k.Text switch { "L" => 10, "M" => 20, _ => Slot.Missing }), given);

        IEnumerable<long> Codes(OperatorOptions options)
        {
            var probe = plant.Start(options);
            foreach (var chunk in kinds.Chunk(1000)) probe.Process(plant.Batch([.. chunk.Select(k => Some.Reading("m", "kind", k.Time, k.Text))]));
            return [.. probe.Batches.SelectMany(b => b.Bits(0).ToArray())];
        }
    }

    [SharedFact]
    public void Log_of_the_light_of_an_office_which_has_none_at_night()
    {
        var readings = Light();

        var logs = Run(new Plant(Some.Signal("Light")), new LogOptions { Signals = ["Light"] }, readings);

        Same([.. readings.Select(r => r with { Value = r.Value > 0 ? Math.Log10(r.Value) * Math.Log(10) : double.NaN })], logs);
        Assert.InRange(logs.Count(r => double.IsNaN(r.Value)), 1000, readings.Count - 1000);
    }

    [SharedTheory]
    [InlineData(ResampleHow.Hold)]
    [InlineData(ResampleHow.Linear)]
    [InlineData(ResampleHow.Mean)]
    public void Resample_of_a_water_loop_that_leaves_out_seconds(ResampleHow how)
    {
        var every = how == ResampleHow.Mean ? 10 : 0.75;
        var readings = Pressure();

        var made = Run(new Plant(Some.Signal("Pressure")), new ResampleOptions { Every = TimeSpan.FromSeconds(every), How = how, Limit = how == ResampleHow.Mean ? null : TimeSpan.FromSeconds(1.5) }, readings);

        var expected = new List<Reading>();
        for (var step = (long)Math.Floor(readings[0].Time / every); step * every <= readings[^1].Time; step++)
        {
            var at = step * every;
            var (before, after) = (readings.FindLast(r => r.Time <= at), readings.Find(r => r.Time >= at));
            if (how == ResampleHow.Mean)
            {
                if (readings.Where(r => r.Time >= at && r.Time < at + every).ToList() is { Count: > 0 } period) expected.Add(new("Pressure", at, period.Average(r => r.Value)));
            }
            else if (how == ResampleHow.Hold)
            {
                if (before is not null && at - before.Time <= 1.5) expected.Add(before with { Time = at });
            }
            else if (before is not null && after is not null && after.Time - before.Time <= 1.5)
            {
                var share = before == after ? 0 : (at - before.Time) / (after.Time - before.Time);
                expected.Add(new("Pressure", at, before.Value + (share * (after.Value - before.Value))));
            }
        }

        Same(expected, made);
        Assert.InRange(made.Count, 50, (int)((readings[^1].Time - readings[0].Time) / every) + 2);
    }

    [SharedFact]
    public void Min_max_learned_on_the_first_400_readings_of_a_water_loop()
    {
        var readings = Pressure();

        var scaled = Run(new Plant(Some.Signal("Pressure")), new MinMaxOptions { First = 400, To = new(-1, 1), Clip = true }, readings);

        var (min, max) = (readings.Take(400).Min(r => r.Value), readings.Take(400).Max(r => r.Value));
        Same([.. readings.Select(r => r with { Value = Math.Clamp((2 * (r.Value - min) / (max - min)) - 1, -1, 1) })], scaled);
    }

    [SharedFact]
    public void Robust_learned_on_the_first_400_readings_of_a_water_loop()
    {
        var readings = Pressure();

        var scaled = Run(new Plant(Some.Signal("Pressure")), new RobustOptions { First = 400 }, readings);

        var sorted = readings.Take(400).Select(r => r.Value).Order().ToList();
        // Of 400 values the quartiles lie a quarter of the way behind the 100th and before the 301st, the median midway.
        var (low, median, high) = (sorted[99] + (0.75 * (sorted[100] - sorted[99])), (sorted[199] + sorted[200]) / 2, sorted[299] + (0.25 * (sorted[300] - sorted[299])));
        Same([.. readings.Select(r => r with { Value = (r.Value - median) / (high - low) })], scaled);
    }

    [SharedFact]
    public void Rename_on_a_water_loop()
    {
        var readings = WaterLoop();

        var renamed = Run(WaterPlant(), new RenameOptions { Names = new Dictionary<string, string> { ["Volume Flow RateRMS"] = "flow", ["Pressure"] = "load" } }, readings);

        Assert.Equal(readings.Select(r => r with { Signal = r.Signal switch { "Volume Flow RateRMS" => "flow", "Pressure" => "load", var other => other } }), renamed);
    }

    [SharedTheory]
    [InlineData(DownsampleKeep.First)]
    [InlineData(DownsampleKeep.Last)]
    [InlineData(DownsampleKeep.Mean)]
    [InlineData(DownsampleKeep.MinMax)]
    [InlineData(DownsampleKeep.Lttb)]
    public void Downsample_of_a_transformers_oil(DownsampleKeep keep)
    {
        var readings = Oil();
        var days = keep == DownsampleKeep.Lttb ? 30 : 1;

        var thinned = Run(new Plant(Some.Signal("OT", "degC")), new DownsampleOptions { Every = TimeSpan.FromDays(days), Keep = keep, Points = keep == DownsampleKeep.Lttb ? 50 : null }, readings);

        var expected = readings.GroupBy(r => Math.Floor(r.Time / (86_400 * days))).SelectMany(IEnumerable<Reading> (period) => keep switch
        {
            DownsampleKeep.First => [period.First()],
            DownsampleKeep.Last => [period.Last()],
            DownsampleKeep.Mean => [period.First() with { Value = period.Average(r => r.Value) }],
            DownsampleKeep.MinMax => [.. new[] { period.MinBy(r => r.Value)!, period.MaxBy(r => r.Value)! }.Distinct().OrderBy(r => r.Time)],
            _ => LargestTriangleThreeBuckets([.. period], 50),
        });
        Same([.. expected], thinned);
        Assert.InRange(thinned.Count, 700, readings.Count / 10);
    }

    /// <summary>As written in the thesis of S. Steinarsson, with its names.</summary>
    static List<Reading> LargestTriangleThreeBuckets(List<Reading> data, int threshold)
    {
        if (data.Count <= threshold) return data;
        var sampled = new List<Reading> { data[0] };
        int Border(int bucket) => (int)decimal.Floor((decimal)bucket * (data.Count - 2) / (threshold - 2)) + 1;
        for (var bucket = 0; bucket < threshold - 2; bucket++)
        {
            var next = data[Border(bucket + 1)..Math.Min(Border(bucket + 2), data.Count)];
            if (bucket == threshold - 3) next = data[Border(bucket + 1)..];
            var (x, y, a) = (next.Average(r => r.Time), next.Average(r => r.Value), sampled[^1]);
            sampled.Add(data[Border(bucket)..Border(bucket + 1)].MaxBy(b => Math.Abs(((a.Time - x) * (b.Value - a.Value)) - ((a.Time - b.Time) * (y - a.Value))) / 2)!);
        }

        return [.. sampled, data[^1]];
    }

    static List<Reading> Pressure() => [.. WaterLoop().Where(r => r.Signal == "Pressure").DistinctBy(r => r.Time)];

    static void Same(List<Reading> expected, List<Reading> actual)
    {
        // A number of seconds holds today's instants to a quarter of a microsecond.
        Assert.Equal(expected.Select(r => (r.Signal, Math.Round(r.Time, 6))), actual.Select(r => (r.Signal, Math.Round(r.Time, 6))));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-9 * (1 + Math.Abs(double.IsNaN(pair.First.Value) ? 0 : pair.First.Value))));
    }
}
