using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class CounterResetTests
{
    readonly Plant _plant = new(Some.Signal("strokes", kind: Kind.Integer, range: new Bounds(0, 65535)), Some.Signal("energy", "kWh"), Some.Signal("state", kind: Kind.Text));
    readonly CounterResetOptions _strokes = new() { Signals = ["strokes"] };

    [Fact]
    public void A_counter_that_starts_again_goes_on_where_it_was()
    {
        var probe = _plant.Start(_strokes);

        probe.Process(Strokes(_plant, (0, 100), (1, 110), (2, 3), (3, 7), (4, null), (5, 1)));

        Assert.Equal(["a.strokes@0 = 100", "a.strokes@1 = 110", "a.strokes@2 = 113", "a.strokes@3 = 117", "a.strokes@4 = -", "a.strokes@5 = 118"], probe.Lines);
        Assert.Equal([("strokes", "2 resets")], probe.Step.Report);
        Assert.Null(probe.Step.Output.Signals[0].Range);
    }

    [Fact]
    public void A_long_way_down_is_an_overflow_and_a_short_one_a_start_at_0()
    {
        var probe = _plant.Start(_strokes with { WrapsAt = 65536 });

        probe.Process(Strokes(_plant, (0, 65530), (1, 4), (2, 100), (3, 6)));

        Assert.Equal(["a.strokes@0 = 65530", "a.strokes@1 = 65540", "a.strokes@2 = 65636", "a.strokes@3 = 65642"], probe.Lines);
        Assert.Equal([("strokes", "1 resets, 1 wraps")], probe.Step.Report);
    }

    [Fact]
    public void Each_device_counts_for_itself_and_numbers_with_decimals_too()
    {
        var lines = _plant.Run(new CounterResetOptions { Signals = ["energy"], WrapsAt = 1000 },
            Some.Reading("a", "energy", 0, 999.5), Some.Reading("b", "energy", 0, 10.0), Some.Reading("a", "energy", 1, 0.5), Some.Reading("b", "energy", 1, 2.5), Some.Reading("a", "strokes", 1, 9), Some.Reading("a", "strokes", 2, 1), Some.Reading("a", "state", 2, "on"));

        Assert.Equal(["a.energy@0 = 999.5", "b.energy@0 = 10", "a.energy@1 = 1000.5", "b.energy@1 = 12.5", "a.strokes@1 = 9", "a.strokes@2 = 1", "a.state@2 = on"], lines);
    }

    [Fact]
    public void Bad_and_late_readings_reset_nothing()
    {
        var lines = _plant.Run(_strokes, Some.Reading("a", "strokes", 0, 100), Some.Reading("a", "strokes", 1, 0, Quality.Bad), Some.Reading("a", "strokes", 4, 5), Some.Reading("a", "strokes", 2, 103), Some.Reading("a", "strokes", 3, 2), Some.Reading("a", "strokes", 5, 6));

        Assert.Equal(["a.strokes@0 = 100", "a.strokes@1 = 0 bad", "a.strokes@4 = 105", "a.strokes@2 = 103 uncertain", "a.strokes@3 = 102 uncertain", "a.strokes@5 = 106"], lines);
    }

    [Fact]
    public void What_counts_nothing_becomes_missing()
    {
        var probe = _plant.Start(new CounterResetOptions { Signals = ["energy", "strokes"] });

        probe.Process(_plant.Batch(Some.Reading("a", "energy", 0, -1.0), Some.Reading("a", "energy", 1, double.PositiveInfinity), Some.Reading("a", "energy", 2, 5.0), Some.Reading("a", "strokes", 0, long.MaxValue), Some.Reading("a", "strokes", 1, 7)));

        Assert.Equal(["a.energy@0 = -", "a.energy@1 = -", "a.energy@2 = 5", "a.strokes@0 = 9223372036854775807", "a.strokes@1 = -"], probe.Lines);
        Assert.Equal([("strokes", "0 resets, 1 that count nothing"), ("energy", "0 resets, 2 that count nothing")], probe.Step.Report);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options() => Assert.Equal(
        ["'state' is no number; leave it out", "there is no signal 'stroke'; did you mean 'strokes'?", "whole numbers cannot wrap at 99.5; write a whole number"],
        _plant.Faults(new CounterResetOptions { Signals = ["state", "stroke"] }).Concat(_plant.Faults(_strokes with { WrapsAt = 99.5 })));

    [Fact]
    public void What_leaves_grows_by_what_the_counter_has_counted() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Wraps, byte[] Steps)>(), given =>
        {
            // A counter that wraps counts less than half of its range between two readings.
            var wraps = given.Wraps.Get + 1000L;
            var counted = given.Steps.Aggregate(new List<long> { 0 }, (all, step) => [.. all, all[^1] + step]);

            var lines = _plant.Run(_strokes with { WrapsAt = wraps }, [.. counted.Select((c, second) => Some.Reading("a", "strokes", second, c % wraps))]);

            Assert.Equal(counted.Select((c, second) => $"a.strokes@{second} = {c}"), lines);
        }));

    static Batch Strokes(Plant plant, params (double Time, object? Value)[] values) => plant.Batch([.. values.Select(v => Some.Reading("a", "strokes", v.Time, v.Value))]);
}
