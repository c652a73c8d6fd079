using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class CompressTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", tolerance: 0.5), Some.Signal("load"), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void Deadband_keeps_what_differs_from_the_last_that_was_kept()
    {
        var probe = _plant.Start(new DeadbandOptions());

        probe.Process(Temperatures(20, 20.5, 20.4, 20.6, 21.1, 21.2, 19));

        Assert.Equal([20, 20.6, 21.2, 19], probe.Batches.Single().Value.ToArray());
        Assert.Equal(["within_tolerance 3"], probe.Drops);
        Assert.Equal([("temp", "kept 1 of 1.8, worst error 0.5 degC")], probe.Step.Report);
    }

    [Fact]
    public void Deadband_keeps_an_infinite_value_whatever_share_it_may_be_off()
    {
        var probe = _plant.Start(new DeadbandOptions { Tolerance = new Quantity(50, Some.Unit("%")) });

        probe.Process(Temperatures(20, double.PositiveInfinity, 21, double.NegativeInfinity));

        Assert.Equal([20, double.PositiveInfinity, 21, double.NegativeInfinity], probe.Batches.Single().Value.ToArray());
    }

    [Fact]
    public void Deadband_keeps_changes_of_text_of_quality_and_of_what_is_missing()
    {
        var lines = _plant.Run(new DeadbandOptions(),
            Some.Reading("a", "state", 1, "on"), Some.Reading("a", "state", 2, "on"), Some.Reading("a", "state", 3, "off"), Some.Reading("a", "load", 3, 1.0), Some.Reading("a", "load", 4, 1.0),
            Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 2, 20.0, Quality.Bad), Some.Reading("a", "temp", 3, 20.0, Quality.Bad), Some.Reading("a", "temp", 4, null, Quality.Bad), Some.Reading("a", "temp", 5, 20.0, Quality.Bad));

        Assert.Equal(["a.state@1 = on", "a.state@3 = off", "a.load@3 = 1", "a.load@4 = 1", "a.temp@1 = 20", "a.temp@2 = 20 bad", "a.temp@4 = - bad", "a.temp@5 = 20 bad"], lines);
    }

    [Fact]
    public void Deadband_keeps_a_reading_at_least_every_heartbeat()
    {
        var lines = _plant.Run(new DeadbandOptions { Heartbeat = TimeSpan.FromSeconds(3) }, [.. Enumerable.Range(0, 8).Select(s => Some.Reading("a", "temp", s, 20.0))]);

        Assert.Equal(["a.temp@0 = 20", "a.temp@3 = 20", "a.temp@6 = 20"], lines);
    }

    [Fact]
    public void Late_readings_pass_and_change_nothing()
    {
        foreach (var options in new CompressOptions[] { new DeadbandOptions(), new SwingingDoorOptions() })
        {
            var lines = _plant.Run(options, Some.Reading("a", "temp", 5, 20.0), Some.Reading("a", "temp", 4, 90.0), Some.Reading("a", "temp", 5, 91.0), Some.Reading("a", "temp", 6, 20.2), Some.Reading("a", "temp", 7, 20.1));

            Assert.Equal(["a.temp@5 = 20", "a.temp@4 = 90", "a.temp@5 = 91"], lines.Take(3));
            Assert.DoesNotContain("a.temp@6 = 20.2", lines);
        }
    }

    [Fact]
    public void Swinging_door_leaves_nothing_out_where_a_slope_is_too_steep_for_a_number()
    {
        var probe = _plant.Start(new SwingingDoorOptions());

        probe.Process(Temperatures(-1e308, 1e308, 1.7e308));
        probe.Finish();

        Assert.Equal(["a.temp@0 = -1E+308", "a.temp@1 = 1E+308", "a.temp@2 = 1.7E+308"], probe.Lines);
        Assert.Equal([("temp", "kept 1 of 1.0, worst error 0 degC")], probe.Step.Report);
    }

    [Fact]
    public void Swinging_door_keeps_the_corners_of_a_trend()
    {
        var probe = _plant.Start(new SwingingDoorOptions());

        probe.Process(Temperatures(0, 10, 20, 30.4, 40, 30, 20, 10, 10, 10));
        Assert.Equal(1, probe.Step.Held);
        probe.Finish();

        Assert.Equal(["a.temp@0 = 0", "a.temp@4 = 40", "a.temp@7 = 10", "a.temp@9 = 10"], probe.Lines);
        Assert.Equal([("temp", "kept 1 of 2.5, worst error 0.4 degC")], probe.Step.Report);
    }

    [Fact]
    public void Swinging_door_starts_afresh_at_missing_values_and_changes_of_quality()
    {
        var lines = _plant.Run(new SwingingDoorOptions(),
            Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 1.0), Some.Reading("a", "temp", 3, null), Some.Reading("a", "temp", 4, 1.0), Some.Reading("a", "temp", 5, 1.0),
            Some.Reading("a", "temp", 6, 1.0, Quality.Uncertain), Some.Reading("a", "temp", 7, double.PositiveInfinity), Some.Reading("a", "load", 8, 1.0));

        Assert.Equal(["a.temp@1 = 1", "a.temp@2 = 1", "a.temp@3 = -", "a.temp@4 = 1", "a.temp@5 = 1", "a.temp@6 = 1 uncertain", "a.temp@7 = Infinity", "a.load@8 = 1"], lines);
    }

    [Fact]
    public void Swinging_door_lets_a_reading_go_at_least_every_heartbeat_and_after_idle()
    {
        var probe = _plant.Start(new SwingingDoorOptions { Heartbeat = TimeSpan.FromSeconds(3) });

        probe.Process(Temperatures(1, 1, 1, 1, 1, 1));
        Assert.Equal(["a.temp@0 = 1", "a.temp@3 = 1"], probe.Lines);
        _plant.Time.Turn(TimeSpan.FromSeconds(31));
        probe.FireTimer();

        Assert.Equal(["a.temp@0 = 1", "a.temp@3 = 1", "a.temp@5 = 1"], probe.Lines);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
    }

    [Fact]
    public void Swinging_door_does_not_take_a_slow_signal_for_a_silent_one()
    {
        var plant = new Plant(Some.Signal("temp", tolerance: 0.5) with { Period = TimeSpan.FromMinutes(1) });
        var probe = plant.Start(new SwingingDoorOptions());

        for (var minute = 0; minute < 4; minute++)
        {
            probe.Process(plant.Batch(Some.Reading("a", "temp", 60 * minute, 20.0)));
            plant.Time.Turn(TimeSpan.FromMinutes(1));
            probe.FireTimer();
        }

        Assert.Equal(["a.temp@0 = 20"], probe.Lines);
        plant.Time.Turn(TimeSpan.FromMinutes(1));
        probe.FireTimer();
        Assert.Equal(["a.temp@0 = 20", "a.temp@180 = 20"], probe.Lines);
    }

    [Fact]
    public void Swinging_door_closes_after_a_thousand_readings_that_all_bend_the_trend_saved_meanwhile_or_not()
    {
        Row[] readings = [.. Enumerable.Range(0, 5000).Select(s => Some.Reading("a", "temp", s, s < 10 ? 0 : Math.Pow(s - 10, 2) * 1e-8))];
        var (through, saved) = (_plant.Start(new SwingingDoorOptions()), _plant.Start(new SwingingDoorOptions()));

        foreach (var part in readings.Chunk(4096)) through.Process(_plant.Batch(part));
        foreach (var part in readings.Chunk(7))
        {
            saved.Process(_plant.Batch(part));
            saved.Save();
        }

        through.Finish();
        saved.Finish();
        Assert.Equal(["a.temp@0", "a.temp@1042", "a.temp@2068", "a.temp@3094", "a.temp@4120", "a.temp@4999"], through.Lines.Select(l => l.Split(' ')[0]));
        Assert.Equal(through.Lines, saved.Lines);
    }

    [Fact]
    public void Swinging_door_leaves_nothing_more_out_of_a_signal_that_had_a_tolerance_before_a_restart()
    {
        var before = _plant.Start(new SwingingDoorOptions());
        before.Process(Temperatures(20, 20, 20));
        var plant = new Plant(Some.Signal("temp", "degC"), Some.Signal("load", tolerance: 1), Some.Signal("state", kind: Kind.Text));
        var after = plant.Start(new SwingingDoorOptions());

        after.Restore(before.Save());
        after.Process(plant.Batch(Some.Reading("a", "temp", 3, 20.0), Some.Reading("a", "temp", 4, 20.0)));
        after.Finish();

        Assert.Equal(["a.temp@2 = 20", "a.temp@3 = 20", "a.temp@4 = 20"], after.Lines);
    }

    [Fact]
    public void A_tolerance_may_be_a_share_of_the_value_or_in_another_unit_of_its_family()
    {
        var share = _plant.Run(new DeadbandOptions { Tolerance = new Quantity(10, Some.Unit("%")) }, Some.Reading("a", "temp", 1, 100.0), Some.Reading("a", "temp", 2, 111.0), Some.Reading("a", "temp", 3, 130.0));
        var fahrenheit = _plant.Run(new DeadbandOptions { Tolerances = new Dictionary<string, Quantity> { ["temp"] = new(9, Some.Unit("degF")) } }, Some.Reading("a", "temp", 1, 100.0), Some.Reading("a", "temp", 2, 105.0), Some.Reading("a", "temp", 3, 106.0));

        Assert.Equal(["a.temp@1 = 100", "a.temp@3 = 130"], share);
        Assert.Equal(["a.temp@1 = 100", "a.temp@3 = 106"], fahrenheit);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["no signal has a tolerance, so nothing can be left out; write 'tolerance: 0.2' at a signal in 'signals:'"], new Plant(Some.Signal("load")).Faults(new SwingingDoorOptions()));
        Assert.Equal(
            [
                "'state' is text and has no tolerance; leave it out",
                "the tolerance 2 bar does not fit 'load', which is without a unit; name the signals in 'tolerances:', each in its unit",
                "the tolerance of 'temp' is 0 degC, but must be above 0; write it in the signal's unit, or as a share such as 2%",
                "there is no signal 'tmp'; did you mean 'temp'?",
            ],
            _plant.Faults(new DeadbandOptions
            {
                Tolerance = new Quantity(2, Some.Unit("bar")),
                Tolerances = new Dictionary<string, Quantity> { ["tmp"] = new(1, null), ["temp"] = new(0, Some.Unit("degC")), ["state"] = new(1, null) },
            }));
    }

    [Fact]
    public void No_dropped_reading_is_further_from_the_line_between_kept_ones_than_the_tolerance() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Kind, NonNegativeInt Heartbeat)>(), given =>
        {
            var random = new Random(given.Seed);
            const double tolerance = 0.5;
            var (value, time) = (0.0, 0.0);
            Row[] readings = [.. Enumerable.Range(0, 300).Select(_ =>
            {
                time += random.Next(1, 5) / 4.0;
                value = (given.Kind % 4) switch
                {
                    0 => value + random.NextDouble() - 0.5,
                    1 => 20 * Math.Sin(time / 30),
                    2 => random.NextDouble() * 0.9,
                    _ => random.Next(20) == 0 ? random.Next(100) : value + random.NextDouble() * 0.1,
                };
                return Some.Reading("a", "temp", time, value);
            })];
            var heartbeat = given.Heartbeat.Get % 3 == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(given.Heartbeat.Get % 50 + 1);
            var probe = _plant.Start(new SwingingDoorOptions { Heartbeat = heartbeat });
            foreach (var part in readings.Chunk(random.Next(1, 300))) probe.Process(_plant.Batch(part));
            probe.Finish();

            var kept = probe.Batches.SelectMany(b => b.Time.ToArray().Zip(b.Value.ToArray(), (t, v) => (Time: t / 1e9, Value: v))).ToList();
            var worst = readings.Max(r => ErrorOf(r, kept));
            var told = probe.Step.Report.Single().Value;
            return kept[0].Time == readings[0].Time && kept[^1].Time == readings[^1].Time
                && worst <= tolerance * (1 + 1e-9)
                && told == $"kept 1 of {300.0 / kept.Count:0.0}, worst error {worst:G4} degC"
                && (heartbeat is null || kept.Zip(kept.Skip(1), (a, b) => b.Time - a.Time).Max() <= Math.Max(heartbeat.Value.TotalSeconds, 1));
        }));

    [Fact]
    public void Deadband_drops_nothing_further_from_the_last_kept_one_than_the_share_of_its_value() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat[] Values, PositiveInt Percent)>(), given =>
        {
            var share = given.Percent.Get % 50 / 100.0 + 0.01;
            double[] values = [.. given.Values.Select(v => Math.IEEERemainder(v.Get, 1000))];
            var probe = _plant.Start(new DeadbandOptions { Tolerance = new Quantity(share * 100, Some.Unit("%")) });
            probe.Process(Temperatures(values));
            probe.Finish();

            var kept = probe.Batches.SelectMany(b => b.Time.ToArray()).Select(t => (int)(t / Nanoseconds.Second)).ToList();
            return Enumerable.Range(0, values.Length).All(second => kept.FindLast(k => k <= second) is var last && Math.Abs(values[second] - values[last]) <= share * Math.Abs(values[second]) * (1 + 1e-12));
        }));

    static double ErrorOf(Row reading, List<(double Time, double Value)> kept)
    {
        var next = kept.FindIndex(k => k.Time >= reading.Time);
        if (next <= 0) return Math.Abs((double)reading.Values[0]! - kept[0].Value);
        var (from, to) = (kept[next - 1], kept[next]);
        return Math.Abs((double)reading.Values[0]! - (from.Value + (to.Value - from.Value) * (reading.Time - from.Time) / (to.Time - from.Time)));
    }

    Batch Temperatures(params double[] values) => _plant.Batch([.. values.Select((v, second) => Some.Reading("a", "temp", second, v))]);
}
