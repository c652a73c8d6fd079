using static StreamEdge.Recordings;

namespace StreamEdge;

/// <summary>The steps on public recordings, compared with what a few plain lines compute of the same rows.</summary>
public class RealDataStepTests
{
    [SharedFact]
    public void Keep_on_a_water_loop()
    {
        var readings = WaterLoop();

        var kept = Run(WaterPlant(), new KeepOptions { When = Written("signal in (\"Pressure\", \"Current\") and value > 0.5") }, readings);

        Assert.Equal(readings.Where(r => r.Signal is "Pressure" or "Current" && r.Value > 0.5), kept);
        Assert.NotEmpty(kept);
    }

    [SharedFact]
    public void Out_of_range_on_a_water_loop()
    {
        var readings = WaterLoop();
        var ranges = new Dictionary<string, Bounds> { ["Pressure"] = new(-0.1, 0.3), ["Voltage"] = new(220, 235) };

        var kept = Run(WaterPlant(), new OutOfRangeOptions { Ranges = ranges }, readings);

        Assert.Equal(readings.Where(r => !ranges.TryGetValue(r.Signal, out var range) || (r.Value >= range.Min && r.Value <= range.Max)), kept);
        Assert.InRange(kept.Count, readings.Count / 2, readings.Count - 1);
    }

    [SharedFact]
    public void Max_change_on_a_water_loop()
    {
        var readings = WaterLoop().Where(r => r.Signal == "Current").ToList();
        var plant = new Plant(Some.Signal("Current") with { MaxChange = 0.2 });

        var kept = Run(plant, new MaxChangeOptions { AcceptAfter = 1000 }, readings);

        var expected = new List<Reading> { readings[0] };
        foreach (var reading in readings.Skip(1))
            if (Math.Abs(reading.Value - expected[^1].Value) <= 0.2 * (reading.Time - expected[^1].Time)) expected.Add(reading);
        Assert.Equal(expected, kept);
        Assert.InRange(kept.Count, 100, readings.Count - 10);
    }

    [SharedFact]
    public void Spikes_of_a_water_loop_by_the_formula()
    {
        var readings = WaterLoop().Where(r => r.Signal == "Accelerometer1RMS").ToList();

        var kept = Run(new Plant(Some.Signal("Accelerometer1RMS")), new SpikeOptions { Readings = 15, Above = 2 }, readings);

        var expected = readings.Where((reading, at) => at < 14 || !IsSpike([.. readings.Skip(at - 14).Take(15).Select(r => r.Value)], reading.Value));
        Assert.Equal(expected, kept);
        Assert.InRange(kept.Count, readings.Count / 2, readings.Count - 1);

        static bool IsSpike(double[] last, double value)
        {
            var median = last.Order().ElementAt(7);
            return Math.Abs(value - median) > 2 * 1.4826 * last.Select(v => Math.Abs(v - median)).Order().ElementAt(7);
        }
    }

    [SharedFact]
    public void Stuck_on_the_light_of_an_office()
    {
        var readings = Light();

        var kept = Run(new Plant(Some.Signal("Light")), new StuckOptions { After = TimeSpan.FromMinutes(30), Then = FoundThen.Drop }, readings);

        var since = 0;
        var expected = new List<Reading>();
        for (var at = 0; at < readings.Count; at++)
        {
            if (readings[at].Value != readings[since].Value) since = at;
            if (readings[at].Time - readings[since].Time < 1800) expected.Add(readings[at]);
        }

        Assert.Equal(expected, kept);
        Assert.InRange(kept.Count, 1000, readings.Count - 1000); // dark nights
    }

    [SharedFact]
    public void Units_of_a_transformers_oil()
    {
        var readings = Oil();
        var plant = new Plant(Some.Signal("OT", "degF"));

        var converted = Run(plant, new UnitsOptions(), readings, plant.Readings.With([plant.Readings.Signals[0].In(Some.Unit("degC"))]));

        Assert.All(readings.Zip(converted), pair => Assert.Equal((pair.First.Value * 9 / 5) + 32, pair.Second.Value, 9));
    }

    [SharedFact]
    public void Standardize_learned_on_the_first_400_readings_of_a_water_loop()
    {
        var readings = WaterLoop().Where(r => r.Signal == "Pressure").ToList();

        var scaled = Run(new Plant(Some.Signal("Pressure")), new StandardizeOptions { First = 400 }, readings);

        var learned = readings.Take(400).Select(r => r.Value).ToList();
        var mean = learned.Average();
        var std = Math.Sqrt(learned.Average(v => (v - mean) * (v - mean)));
        Assert.Equal(readings.Count, scaled.Count);
        Assert.All(readings.Zip(scaled), pair => Assert.Equal((pair.First.Value - mean) / std, pair.Second.Value, 9));
    }

    [SharedFact]
    public void Deadband_on_a_transformers_oil()
    {
        var readings = Oil();

        var kept = Run(new Plant(Some.Signal("OT", "degC")), new DeadbandOptions { Tolerance = new Quantity(1.5, null), Heartbeat = TimeSpan.FromDays(1) }, readings);

        var expected = new List<Reading> { readings[0] };
        foreach (var reading in readings.Skip(1))
            if (Math.Abs(reading.Value - expected[^1].Value) > 1.5 || reading.Time - expected[^1].Time >= 86_400) expected.Add(reading);
        Assert.Equal(expected, kept);
    }

    [SharedFact]
    public void Swinging_door_on_a_heart_is_never_further_off_than_its_tolerance()
    {
        const double tolerance = 8;
        var readings = Heart(40_000);

        var kept = Run(new Plant(Some.Signal("ecg")), new SwingingDoorOptions { Tolerance = new Quantity(tolerance, null) }, readings);

        Assert.InRange(kept.Count, 100, readings.Count / 3);
        var next = 1;
        foreach (var reading in readings)
        {
            while (next < kept.Count - 1 && kept[next].Time < reading.Time) next++;
            var (before, after) = (kept[next - 1], kept[next]);
            var line = before.Value + ((after.Value - before.Value) * (reading.Time - before.Time) / (after.Time - before.Time));
            Assert.InRange(Math.Abs(reading.Value - line), 0, tolerance * (1 + 1e-6));
        }
    }

    [SharedFact]
    public void Derive_and_filter_on_a_gas_turbine()
    {
        var lines = Lines("gasturbine/gt_first20000.csv.gz").ToList();
        var names = lines[0].Split(',');
        var values = lines.Skip(1).Select(l => l.Split(',').Select(Figure).ToArray()).ToList();
        var plant = new Plant();
        var schema = Schema.Rows(new KeyTable(["unit"], 0), new CodeTable(), [.. names.Select(n => new Column(n, Kind.Number))], hasWindow: false);
        var (x, y) = (Array.IndexOf(names, names[6]), Array.IndexOf(names, names[5]));
        var derive = plant.Start(new DeriveOptions { Columns = new Dictionary<string, DerivedColumn> { ["drop"] = new() { Value = Written($"`{names[x]}` - `{names[y]}`") }, ["hot"] = new() { Value = Written($"sqrt(abs(drop)) * 2 > 5 and `{names[0]}` > 20") } } }, schema);
        foreach (var (number, chunk) in values.Chunk(1000).Index())
            derive.Process(plant.Batch(schema, [.. chunk.Select((v, i) => new Row("gt", null, (number * 1000) + i, [.. v.Select(d => (object?)d)]))]));
        var filter = plant.Start(new FilterOptions { When = Written("hot") }, derive.Step.Output);
        foreach (var batch in derive.Batches) filter.Process(batch);

        var expected = values.Where(v => Math.Sqrt(Math.Abs(v[x] - v[y])) * 2 > 5 && v[0] > 20).Select(v => v[x] - v[y]).ToList();
        Assert.Equal(expected, filter.Batches.SelectMany(b => b.Column(names.Length).ToArray()));
        Assert.InRange(expected.Count, 1, values.Count - 1);
    }

    [SharedFact]
    public void Rows_of_every_ten_seconds_of_a_water_loop()
    {
        var readings = WaterLoop().Where(r => r.Signal is "Pressure" or "Current").Where((r, at) => at % 7 > 2).ToList();
        var plant = new Plant(Some.Signal("Pressure"), Some.Signal("Current"));

        var probe = plant.Start(new AlignOptions { Every = TimeSpan.FromSeconds(10), How = AlignHow.Linear, Limit = TimeSpan.FromSeconds(5) });
        foreach (var chunk in readings.Chunk(1000)) probe.Process(plant.Batch([.. chunk.Select(r => Some.Reading("m", r.Signal, r.Time, r.Value))]));
        probe.Finish();

        var rows = probe.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(row => (Time: b.Time[row] / 1e9, Pressure: b.Column(0)[row], Current: b.Column(1)[row]))).ToList();
        var instants = Enumerable.Range((int)Math.Ceiling(readings[0].Time / 10), 1_000).Select(i => i * 10.0).Where(t => t <= readings[^1].Time);
        var expected = instants.Select(t => (Time: t, Pressure: OnLine("Pressure", t), Current: OnLine("Current", t))).Where(r => !double.IsNaN(r.Pressure) || !double.IsNaN(r.Current)).ToList();
        Assert.Equal(expected.Select(e => e.Time), rows.Select(r => r.Time));
        Assert.Equal(expected.Select(e => e.Pressure), rows.Select(r => r.Pressure), new Near());
        Assert.Equal(expected.Select(e => e.Current), rows.Select(r => r.Current), new Near());
        Assert.InRange(rows.Count, 50, 100);

        double OnLine(string signal, double at)
        {
            var values = readings.Where(r => r.Signal == signal).ToList();
            var (before, after) = (values.LastOrDefault(r => r.Time <= at), values.FirstOrDefault(r => r.Time >= at));
            if (before is null || after is null || after.Time - before.Time > 5) return double.NaN;
            return before == after ? before.Value : before.Value + ((after.Value - before.Value) * (at - before.Time) / (after.Time - before.Time));
        }
    }

    [SharedFact]
    public void Join_of_two_sensors_of_a_water_loop_that_report_at_times_of_their_own()
    {
        var (pressure, current) = (WaterLoop().Where(r => r.Signal == "Pressure").Where((_, at) => at % 5 != 2).ToList(), WaterLoop().Where(r => r.Signal == "Current").Where((_, at) => at % 3 != 1).Select(r => r with { Time = r.Time + 0.25 }).ToList());
        var plant = new Plant();
        Schema[] inputs = [Schema.Rows(new KeyTable(["unit"], 0), new CodeTable(), [new Column("pressure", Kind.Number)], hasWindow: false), Schema.Rows(new KeyTable(["unit"], 0), new CodeTable(), [new Column("current", Kind.Number)], hasWindow: false)];

        var probe = plant.Start(new JoinOptions { Within = TimeSpan.FromSeconds(1), Keep = JoinKeep.Left }, ["left", "right"], inputs);
        foreach (var (side, readings) in new[] { pressure, current }.Index())
            foreach (var chunk in readings.Chunk(100)) probe.Process(plant.Batch(inputs[side], [.. chunk.Select(r => new Row("u", null, r.Time, r.Value))]), side);
        probe.Finish();

        var expected = pressure.Select(p => Nearest(p, current) is { } c && Nearest(c, pressure) == p ? (p.Time, p.Value, c.Value) : (p.Time, p.Value, double.NaN)).ToList();
        Assert.Equal(expected, probe.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(row => (b.Time[row] / 1e9, b.Column(0)[row], b.Column(1)[row]))));
        Assert.InRange(expected.Count(e => !double.IsNaN(e.Item3)), 300, expected.Count - 10);

        static Reading? Nearest(Reading of, List<Reading> among) => among.Where(r => Math.Abs(r.Time - of.Time) <= 1).OrderBy(r => Math.Abs(r.Time - of.Time)).ThenBy(r => r.Time).FirstOrDefault();
    }

    [SharedFact]
    public void Rate_limit_on_the_currents_of_a_water_loop()
    {
        var readings = WaterLoop().Where(r => r.Signal == "Current" && r.Value > 0.8).ToList();

        var kept = Run(new Plant(Some.Signal("Current")), new RateLimitOptions { Most = 3, Every = TimeSpan.FromSeconds(30) }, readings);

        var expected = new List<Reading>();
        foreach (var reading in readings)
            if (expected.Count(r => r.Time > reading.Time - 30) < 3) expected.Add(reading);
        Assert.Equal(expected, kept);
        Assert.InRange(kept.Count, 20, readings.Count - 20);
    }

    [SharedFact]
    public void Routes_of_a_water_loop()
    {
        var readings = WaterLoop();
        var plant = WaterPlant();
        var probe = plant.Start(new RouteOptions { Routes = new OrderedDictionary<string, Expression> { ["flow"] = Written("signal == \"Volume Flow RateRMS\""), ["high"] = Written("value > 70"), ["rest"] = Written("otherwise") } });

        foreach (var chunk in readings.Chunk(1000)) probe.Process(plant.Batch([.. chunk.Select(r => Some.Reading("m", r.Signal, r.Time, r.Value))]));

        var expected = readings.GroupBy(r => r.Signal == "Volume Flow RateRMS" ? "flow" : r.Value > 70 ? "high" : "rest").ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(expected, probe.Lines.GroupBy(l => l[..l.IndexOf(':', StringComparison.Ordinal)]).ToDictionary(g => g.Key, g => g.Count()));
        Assert.Equal(["flow", "high", "rest"], expected.Keys.Order());
    }

    [SharedFact]
    public void Enrich_on_products_of_three_kinds()
    {
        using var folder = new TempFolder();
        folder.Write("kinds.csv", "kind,share,note\nL,0.5,low\nM,0.3,medium\n");
        var products = Lines("ai4i2020/ai4i2020_dev.csv.gz").Skip(1).Select(l => l.Split(',')).ToList();
        var plant = new Plant();
        var schema = Schema.Rows(new KeyTable(["rig"], 0), new CodeTable(), [new Column("kind", Kind.Text), new Column("torque", Kind.Number)], hasWindow: false);
        var probe = plant.Start(new EnrichOptions { Table = new() { Csv = folder.PathOf("kinds.csv") }, By = ["kind"], Add = new Dictionary<string, AddedColumn> { ["share"] = new(Kind.Number, null) } }, schema);

        foreach (var (number, chunk) in products.Chunk(1000).Index()) probe.Process(plant.Batch(schema, [.. chunk.Select((f, i) => new Row("r", null, (number * 1000) + i, f[2], Figure(f[6])))]));

        Assert.Equal(products.Select(f => f[2] switch { "L" => 0.5, "M" => 0.3, _ => double.NaN }), probe.Batches.SelectMany(b => b.Column(2).ToArray()));
        Assert.Contains(("not found", $"{products.Count(f => f[2] == "H"):N0} of {products.Count:N0} rows"), probe.Step.Report);
    }

    [SharedFact]
    public void Features_of_a_heart_by_the_sums_that_define_them()
    {
        var readings = Heart(10_300);
        var plant = new Plant(Some.Signal("ecg") with { PerSecond = 360 });
        var bands = new Dictionary<string, Band> { ["slow"] = new(0, 5, "0..5 Hz"), ["beat"] = new(5, 40, "5..40 Hz"), ["fast"] = new(40, 180, "40..180 Hz") };

        var probe = Feed(plant, new FeaturesOptions { Of = "ecg", Burst = 512, Compute = Enum.GetValues<BurstFeature>(), Bands = bands }, readings);

        var rows = probe.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(row => (Time: b.Time[row], Values: Enumerable.Range(0, b.Schema.Columns.Count).Select(c => b.Column(c)[row]).ToArray()))).ToList();
        Assert.Equal(20, rows.Count);
        Assert.Equal(["incomplete 60"], probe.Drops);
        foreach (var (burst, row) in readings.Chunk(512).Zip(rows))
        {
            var values = burst.Select(r => r.Value).ToArray();
            var (mean, rms, peak) = (values.Average(), Math.Sqrt(values.Average(v => v * v)), values.Max(Math.Abs));
            double Moment(int power) => values.Average(v => Math.Pow(v - mean, power));
            var power = PowerOfLines(values);
            double Power(Band band) => power.Where((_, line) => line * 360.0 / 512 is var f && f >= band.Low && (f < band.High || band.High == 180)).Sum();
            double[] expected =
            [
                mean, Math.Sqrt(Moment(2)), rms, peak, values.Max() - values.Min(), peak / rms, Moment(4) / Math.Pow(Moment(2), 2), Moment(3) / Math.Pow(Moment(2), 1.5),
                .. bands.Values.Select(Power),
            ];
            Assert.Equal((long)Math.Round(burst[0].Time * 1e9), row.Time);
            Assert.All(expected.Zip(row.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * Math.Abs(pair.First)));
        }
    }
}
