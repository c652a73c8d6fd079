using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class DownsampleTests
{
    readonly Plant _plant = new(Some.Signal("temp"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));
    readonly Row[] _rows = [.. new[] { 1.0, 5, 3, 2, 8, 4, 6 }.Select((v, second) => Some.Reading("a", "temp", 2 * second, v))];

    [Theory]
    [InlineData(DownsampleKeep.First, new[] { "a.temp@0 = 1", "a.temp@6 = 2", "a.temp@12 = 6" })]
    [InlineData(DownsampleKeep.Last, new[] { "a.temp@4 = 3", "a.temp@10 = 4", "a.temp@12 = 6" })]
    [InlineData(DownsampleKeep.Mean, new[] { "a.temp@0 = 3", "a.temp@6 = 4.666666666666667", "a.temp@12 = 6" })]
    [InlineData(DownsampleKeep.MinMax, new[] { "a.temp@0 = 1", "a.temp@2 = 5", "a.temp@6 = 2", "a.temp@8 = 8", "a.temp@12 = 6" })]
    public void Keeps_what_it_is_told_of_each_period(DownsampleKeep keep, string[] expected) =>
        Assert.Equal(expected, _plant.Run(Every(6) with { Keep = keep }, _rows));

    [Fact]
    public void The_smallest_and_the_largest_leave_in_the_order_of_their_time() => Assert.Equal(
        ["a.count@2 = 9", "a.count@4 = 1"],
        _plant.Run(Every(60) with { Keep = DownsampleKeep.MinMax }, [.. new[] { 5, 7, 9, 9, 1, 1, 3 }.Select((v, second) => Some.Reading("a", "count", second, v))]));

    [Fact]
    public void A_state_belongs_to_the_signals_that_are_thinned()
    {
        var (all, some) = (_plant.Start(Every(6)), _plant.Start(Every(6) with { Signals = ["count"] }));

        Assert.Equal(("downsample Last every 6000000000 of temp,count", "downsample Last every 6000000000 of count"), (all.Step.StateShape, some.Step.StateShape));
    }

    [Fact]
    public void Tells_what_was_saved()
    {
        var probe = _plant.Start(Every(6));

        probe.Process(_plant.Batch([.. _rows, Some.Reading("a", "state", 12, "on")]));
        Assert.Equal(1, probe.Step.Held);
        probe.Finish();

        Assert.Equal(["downsampled 4"], probe.Drops);
        Assert.Equal([("temp", "kept 1 of 2.3"), ("state", "kept 1 of 1.0")], probe.Step.Report);
    }

    [Fact]
    public void Missing_values_changes_of_quality_and_late_readings_are_kept()
    {
        Row[] rows = [Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 2.0), Some.Reading("a", "temp", 3, null), Some.Reading("a", "temp", 4, 4.0), Some.Reading("a", "temp", 5, 5.0, Quality.Bad), Some.Reading("a", "temp", 4.5, 9.0), Some.Reading("a", "temp", 6, 6.0, Quality.Bad)];

        Assert.Equal(["a.temp@2 = 2", "a.temp@3 = -", "a.temp@4 = 4", "a.temp@4.5 = 9", "a.temp@6 = 6 bad"], _plant.Run(Every(60), rows));
        Assert.Equal(["a.temp@1 = 1.5", "a.temp@3 = -", "a.temp@4 = 4", "a.temp@4.5 = 9", "a.temp@5 = 5.5 bad"], _plant.Run(Every(60) with { Keep = DownsampleKeep.Mean }, rows));
    }

    [Fact]
    public void A_mean_of_whole_numbers_may_have_decimals_and_so_do_those_that_pass() => Assert.Equal(
        ["a.count@1 = 4", "a.count@3 = -", "a.count@2 = 7", "a.count@4 = 1.5"],
        _plant.Run(Every(60) with { Keep = DownsampleKeep.Mean }, Some.Reading("a", "count", 1, 4), Some.Reading("a", "count", 3, null), Some.Reading("a", "count", 2, 7), Some.Reading("a", "count", 4, 1), Some.Reading("a", "count", 5, 2)));

    [Fact]
    public void A_key_that_falls_silent_is_told_after_a_period_and_idle()
    {
        var probe = _plant.Start(Every(60));

        probe.Process(_plant.Batch(_rows));
        _plant.Time.Turn(TimeSpan.FromSeconds(89));
        probe.FireTimer();
        Assert.Empty(probe.Lines);
        _plant.Time.Turn(TimeSpan.FromSeconds(1));
        probe.FireTimer();

        Assert.Equal(["a.temp@12 = 6"], probe.Lines);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
    }

    [Fact]
    public void Largest_triangles_keep_the_ends_and_the_peaks() => Assert.Equal(
        ["a.temp@0 = 0", "a.temp@3 = 9", "a.temp@6 = -9", "a.temp@9 = 0"],
        _plant.Run(Every(60) with { Keep = DownsampleKeep.Lttb, Points = 4 }, [.. new[] { 0, 0, 0.1, 9, 0, 0.1, -9, 0.1, 0, 0 }.Select((v, second) => Some.Reading("a", "temp", second, v))]));

    [Fact]
    public void A_period_of_too_many_readings_is_cut()
    {
        var probe = _plant.Start(Every(60) with { Keep = DownsampleKeep.Lttb, Points = 3, MaxHeld = 5 });

        probe.Process(_plant.Batch(_rows));
        probe.Finish();

        Assert.Equal(["a.temp@0 = 1", "a.temp@6 = 2", "a.temp@8 = 8", "a.temp@10 = 4", "a.temp@12 = 6"], probe.Lines);
        Assert.Equal([("temp", "kept 1 of 1.4"), ("cut", "1 periods of more than 5 readings")], probe.Step.Report);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["'state' is no number; leave it out"], _plant.Faults(Every(1) with { Signals = ["state"] }));
        Assert.Equal(["lttb is not told how many readings to keep; write 'points: 100'"], _plant.Faults(Every(1) with { Keep = DownsampleKeep.Lttb }));
        Assert.Equal(["only lttb keeps a number of points, not min_max; write 'keep: lttb', or leave it out"], _plant.Faults(Every(1) with { Keep = DownsampleKeep.MinMax, Points = 5 }));
        Assert.Equal(["of the 4 readings that may wait no 5 can be kept; lower points, or raise max_held"], _plant.Faults(Every(1) with { Keep = DownsampleKeep.Lttb, Points = 5, MaxHeld = 4 }));
    }

    [Fact]
    public void Largest_triangles_are_readings_as_they_came_as_many_as_were_asked_for() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat[] Values, PositiveInt Points)>(), given =>
        {
            var points = given.Points.Get + 2;
            Row[] rows = [.. given.Values.Select((v, second) => Some.Reading("a", "temp", second, v.Get))];
            var all = _plant.Run(Every(1e6) with { Keep = DownsampleKeep.Lttb, Points = 3 + rows.Length }, rows);

            var kept = _plant.Run(Every(1e6) with { Keep = DownsampleKeep.Lttb, Points = points }, rows);

            Assert.Equal(Math.Min(points, rows.Length), kept.Count);
            Assert.Equal(all.Where(kept.Contains), kept);
            if (rows.Length > 0) Assert.Equal((all[0], all[^1]), (kept[0], kept[^1]));
        }));

    static DownsampleOptions Every(double seconds) => new() { Every = TimeSpan.FromSeconds(seconds) };
}
