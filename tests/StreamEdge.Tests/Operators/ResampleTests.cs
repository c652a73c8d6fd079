using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class ResampleTests
{
    readonly Plant _plant = new(Some.Signal("temp"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));
    readonly ResampleOptions _linear = new() { Every = TimeSpan.FromSeconds(1), Limit = TimeSpan.FromSeconds(4) };

    [Fact]
    public void Linear_makes_a_value_between_two_readings_and_none_where_they_are_too_far_apart()
    {
        var lines = _plant.Run(_linear, Temperatures((0.5, 10), (2.5, 30), (3, 50), (8, 60), (9, 70)));

        Assert.Equal(["a.temp@1 = 15", "a.temp@2 = 25", "a.temp@3 = 50", "a.temp@8 = 60", "a.temp@9 = 70"], lines);
    }

    [Fact]
    public void Hold_makes_the_last_value_until_it_is_too_old_and_whole_numbers_stay_whole()
    {
        var probe = _plant.Start(_linear with { How = ResampleHow.Hold, Limit = TimeSpan.FromSeconds(2) });

        probe.Process(_plant.Batch(Some.Reading("a", "count", 0.5, 10), Some.Reading("a", "count", 0.7, 11), Some.Reading("a", "count", 6.5, 12), Some.Reading("a", "count", 8, 13, Quality.Uncertain)));
        probe.Finish();

        Assert.Equal(["a.count@1 = 11", "a.count@2 = 11", "a.count@7 = 12", "a.count@8 = 13 uncertain"], probe.Lines);
        Assert.Equal([(Kind.Number, (TimeSpan?)TimeSpan.FromSeconds(1)), (Kind.Integer, TimeSpan.FromSeconds(1)), (Kind.Text, null)], probe.Step.Output.Signals.Select(s => (s.Kind, s.Period)));
    }

    [Fact]
    public void Mean_makes_one_value_of_those_of_a_period_and_none_of_an_empty_one()
    {
        var lines = _plant.Run(new ResampleOptions { Every = TimeSpan.FromSeconds(2), How = ResampleHow.Mean }, Temperatures((0, 10), (1.9, 20), (2, 30), (1e6 + 1, 40)));

        Assert.Equal(["a.temp@0 = 15", "a.temp@2 = 30", "a.temp@1000000 = 40"], lines);
    }

    [Fact]
    public void All_of_a_device_leaves_in_the_order_of_its_time()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 0.0), Some.Reading("a", "count", 0, 0), Some.Reading("a", "count", 1, 10), Some.Reading("a", "state", 1.5, "on"), Some.Reading("a", "count", 2, 20), Some.Reading("b", "temp", 2, 7.0), Some.Reading("b", "temp", 3, 8.0)));
        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0", "b.temp@2 = 7"], probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 2.5, 25.0)));

        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0", "b.temp@2 = 7", "a.temp@1 = 10", "a.count@1 = 10", "a.state@1.5 = on", "a.temp@2 = 20", "a.count@2 = 20"], probe.Lines);
    }

    [Fact]
    public void A_signal_that_falls_silent_holds_up_the_others_until_the_limit()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 0.0), Some.Reading("a", "count", 0, 0), Some.Reading("a", "count", 4, 40)));
        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0"], probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "count", 4.5, 45)));

        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0", "a.count@1 = 10", "a.count@2 = 20", "a.count@3 = 30", "a.count@4 = 40"], probe.Lines);
    }

    [Fact]
    public void A_device_that_falls_silent_waits_no_longer_than_idle()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 0.0), Some.Reading("a", "count", 0, 0), Some.Reading("a", "count", 2, 20), Some.Reading("a", "state", 2, "on")));
        _plant.Time.Turn(TimeSpan.FromSeconds(30));
        probe.FireTimer();

        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0", "a.count@1 = 10", "a.count@2 = 20", "a.state@2 = on"], probe.Lines);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
    }

    [Fact]
    public void What_cannot_be_used_is_passed_over_and_what_comes_too_late_is_counted()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 0.0), Some.Reading("a", "temp", 1, 99.0, Quality.Bad), Some.Reading("a", "temp", 1, null), Some.Reading("a", "temp", 1, double.PositiveInfinity), Some.Reading("a", "temp", 2, 20.0, Quality.Uncertain), Some.Reading("a", "temp", 3, 30.0), Some.Reading("a", "temp", 0.5, 9.0)));
        probe.Finish();

        Assert.Equal(["a.temp@0 = 0", "a.temp@1 = 10 uncertain", "a.temp@2 = 20 uncertain", "a.temp@3 = 30"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void A_device_of_which_too_much_waits_goes_on_without_what_is_missing()
    {
        var probe = _plant.Start(_linear with { MaxHeld = 2, Limit = TimeSpan.FromSeconds(60) });

        probe.Process(_plant.Batch([Some.Reading("a", "temp", 0, 0.0), .. Enumerable.Range(0, 6).Select(i => Some.Reading("a", "count", i, i))]));

        Assert.Equal(["a.temp@0 = 0", "a.count@0 = 0", "a.count@1 = 1", "a.count@2 = 2", "a.count@3 = 3"], probe.Lines);
        Assert.Equal([("left out", "3, of devices of which more than 2 readings waited")], probe.Step.Report);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["'state' is no number; leave it out"], _plant.Faults(_linear with { Signals = ["state"] }));
        Assert.Equal(["a mean is made of the readings of its own period, and has no limit; leave it out"], _plant.Faults(_linear with { How = ResampleHow.Mean }));
        Assert.Equal(["within 365d there are more than 100,000 periods of 1s; lower limit, or raise every"], _plant.Faults(_linear with { Limit = TimeSpan.FromDays(365) }));
    }

    [Fact]
    public void To_resample_once_more_changes_nothing() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt[] Gaps, int Seed, bool IsMean)>(), given =>
        {
            var (random, time) = (new Random(given.Seed), 0.0);
            var options = given.IsMean ? new ResampleOptions { Every = TimeSpan.FromSeconds(1), How = ResampleHow.Mean } : _linear;
            var readings = Temperatures([.. given.Gaps.Select(g => (time += g.Get / 7.0, random.NextDouble()))]);

            var once = _plant.Start(options);
            once.Process(_plant.Batch(readings));
            once.Finish();
            var twice = _plant.Start(options, once.Step.Output);
            foreach (var batch in once.Batches) twice.Process(batch);
            twice.Finish();

            Assert.Equal(once.Lines, twice.Lines);
        }));

    static Row[] Temperatures(params (double Time, double Value)[] values) => [.. values.Select(v => Some.Reading("a", "temp", v.Time, v.Value))];
}
