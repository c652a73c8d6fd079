namespace StreamEdge;

public class LogTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(0, 100), 0.5), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void What_has_no_logarithm_becomes_missing_and_is_counted()
    {
        var probe = _plant.Start(new LogOptions { Signals = ["temp"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, Math.E), Some.Reading("a", "temp", 2, 1.0, Quality.Uncertain), Some.Reading("a", "temp", 3, 0.0), Some.Reading("a", "temp", 4, -5.0), Some.Reading("a", "temp", 5, null), Some.Reading("a", "count", 5, 3)));

        Assert.Equal(["a.temp@1 = 1", "a.temp@2 = 0 uncertain", "a.temp@3 = -", "a.temp@4 = -", "a.temp@5 = -", "a.count@5 = 3"], probe.Lines);
        Assert.Equal([("temp", "2 not above 0, now missing")], probe.Step.Report);
        Assert.Equal(Some.Signal("temp"), probe.Step.Output.Signals[0]);
    }

    [Fact]
    public void What_is_added_lets_values_begin_at_0() =>
        Assert.Equal(["a.count@1 = 0", "a.count@2 = 1.0986122886681098", "a.count@3 = -"], _plant.Run(new LogOptions { Signals = ["count"], Offset = 1 }, Some.Reading("a", "count", 1, 0), Some.Reading("a", "count", 2, 2), Some.Reading("a", "count", 3, null)));

    [Fact]
    public void The_logarithm_of_a_text_is_a_fault() =>
        Assert.Equal(["'state' is no number; leave it out"], _plant.Faults(new LogOptions { Signals = ["state"] }));
}
