using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class FillTests
{
    readonly Plant _plant = new(Some.Signal("temp"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));
    readonly FillOptions _hold = new() { Limit = TimeSpan.FromSeconds(3) };
    readonly FillOptions _linear = new() { Limit = TimeSpan.FromSeconds(4), How = FillHow.Linear };

    [Fact]
    public void Hold_repeats_the_last_value_until_the_limit()
    {
        var probe = _plant.Start(_hold);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, null), Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 2, null), Some.Reading("b", "temp", 2, null), Some.Reading("a", "temp", 4, null, Quality.Bad), Some.Reading("a", "temp", 5, null), Some.Reading("a", "count", 5, 7), Some.Reading("a", "count", 6, null), Some.Reading("a", "state", 6, null)));

        Assert.Equal(["a.temp@0 = -", "a.temp@1 = 20", "a.temp@2 = 20 uncertain", "b.temp@2 = -", "a.temp@4 = 20 bad", "a.temp@5 = -", "a.count@5 = 7", "a.count@6 = 7 uncertain", "a.state@6 = -"], probe.Lines);
        Assert.Equal([("temp", "2 filled, 3 still missing"), ("count", "1 filled, 0 still missing")], probe.Step.Report);
    }

    [Fact]
    public void Bad_infinite_and_late_values_fill_nothing()
    {
        var rows = new[] { Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 2, 99.0, Quality.Bad), Some.Reading("a", "temp", 3, double.PositiveInfinity), Some.Reading("a", "temp", 0, 5.0), Some.Reading("a", "temp", 4, null), Some.Reading("a", "temp", 5, 24.0) };
        string[] others = ["a.temp@1 = 20", "a.temp@2 = 99 bad", "a.temp@3 = Infinity", "a.temp@0 = 5"];

        Assert.Equal([.. others, "a.temp@4 = 20 uncertain", "a.temp@5 = 24"], _plant.Run(_hold, rows));
        Assert.Equal([.. others, "a.temp@4 = 23 uncertain", "a.temp@5 = 24"], _plant.Run(_linear, rows));
    }

    [Fact]
    public void Linear_waits_for_the_next_value_and_nothing_of_the_device_overtakes()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 10.0), Some.Reading("a", "temp", 1, null), Some.Reading("a", "state", 1, "on"), Some.Reading("a", "temp", 2, null), Some.Reading("b", "temp", 2, 1.0)));
        Assert.Equal(["a.temp@0 = 10", "b.temp@2 = 1"], probe.Lines);
        Assert.Equal(3, probe.Step.Held);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 4, 18.0)));

        Assert.Equal(["a.temp@0 = 10", "b.temp@2 = 1", "a.temp@1 = 12 uncertain", "a.state@1 = on", "a.temp@2 = 14 uncertain", "a.temp@4 = 18"], probe.Lines);
        Assert.Equal([("temp", "2 filled, 0 still missing")], probe.Step.Report);
    }

    [Fact]
    public void Linear_leaves_a_gap_that_is_too_long_as_soon_as_that_is_known()
    {
        var probe = _plant.Start(_linear);

        probe.Process(_plant.Batch(Some.Reading("a", "count", 0, 10), Some.Reading("a", "count", 1, null), Some.Reading("a", "temp", 4, 1.0)));
        Assert.Equal(["a.count@0 = 10"], probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 4.5, 2.0), Some.Reading("a", "count", 6, 20), Some.Reading("a", "count", 8, null), Some.Reading("a", "count", 9, 25)));

        Assert.Equal(["a.count@0 = 10", "a.count@1 = -", "a.temp@4 = 1", "a.temp@4.5 = 2", "a.count@6 = 20", "a.count@8 = 23 uncertain", "a.count@9 = 25"], probe.Lines);
    }

    [Fact]
    public void Linear_lets_go_what_waits_after_idle_and_when_it_holds_too_much()
    {
        var probe = _plant.Start(_linear with { MaxHeld = 2 });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 0, 10.0), Some.Reading("a", "temp", 1, null), Some.Reading("a", "temp", 2, null), Some.Reading("a", "temp", 3, null)));
        Assert.Equal(["a.temp@0 = 10", "a.temp@1 = -"], probe.Lines);
        _plant.Time.Turn(TimeSpan.FromSeconds(30));
        probe.FireTimer();

        Assert.Equal(["a.temp@0 = 10", "a.temp@1 = -", "a.temp@2 = -", "a.temp@3 = -"], probe.Lines);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
    }

    [Fact]
    public void To_fill_a_text_is_a_fault() =>
        Assert.Equal(["'state' is no number; leave it out"], _plant.Faults(_hold with { Signals = ["state"] }));

    [Fact]
    public void What_linear_fills_lies_between_its_neighbours_and_all_else_is_as_it_was() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat?[] Values, PositiveInt Limit)>(), given =>
        {
            double?[] values = [.. given.Values.Select(v => v?.Get)];
            var limit = given.Limit.Get;
            var probe = _plant.Start(_linear with { Limit = TimeSpan.FromSeconds(limit) });
            probe.Process(_plant.Batch([.. values.Select((v, second) => Some.Reading("a", "temp", second, v))]));
            probe.Finish();

            double[] filled = [.. probe.Batches.SelectMany(b => b.Value.ToArray())];
            return filled.Length == values.Length && Enumerable.Range(0, values.Length).All(second =>
            {
                if (values[second] is { } known) return filled[second] == known;
                var (before, after) = (Array.FindLastIndex(values, second, v => v is not null), Array.FindIndex(values, second, v => v is not null));
                if (before < 0 || after < 0 || after - before > limit) return double.IsNaN(filled[second]);
                return filled[second] >= Math.Min(values[before]!.Value, values[after]!.Value) && filled[second] <= Math.Max(values[before]!.Value, values[after]!.Value);
            });
        }));
}
