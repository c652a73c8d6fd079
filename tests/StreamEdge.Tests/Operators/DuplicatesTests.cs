namespace StreamEdge;

public class DuplicatesTests
{
    readonly Plant _plant = new(Some.Signal("value"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void Drops_what_came_before_and_tells_a_repeat_from_a_conflict()
    {
        var probe = _plant.Start(new DuplicatesOptions());

        probe.Process(_plant.Batch(
            Some.Reading("a", "value", 1, 1.0), Some.Reading("a", "value", 1, 1.0), Some.Reading("a", "value", 1, 1.5), Some.Reading("b", "value", 1, 1.0),
            Some.Reading("a", "state", 1, "on"), Some.Reading("a", "state", 1, "off"), Some.Reading("a", "count", 1, 9_007_199_254_740_993), Some.Reading("a", "count", 1, 9_007_199_254_740_992)));

        Assert.Equal(["a.value@1 = 1", "b.value@1 = 1", "a.state@1 = on", "a.count@1 = 9007199254740993"], probe.Lines);
        Assert.Equal(["duplicate 1", "conflict 3"], probe.Drops);
    }

    [Fact]
    public void Values_within_the_tolerance_are_the_same()
    {
        var probe = _plant.Start(new DuplicatesOptions { Tolerance = 0.5 });

        probe.Process(_plant.Batch(Some.Reading("a", "value", 1, 1.0), Some.Reading("a", "value", 1, 1.5), Some.Reading("a", "value", 1, 1.6), Some.Reading("a", "value", 2, null), Some.Reading("a", "value", 2, null), Some.Reading("a", "count", 1, 3), Some.Reading("a", "count", 1, 3)));

        Assert.Equal(["a.value@1 = 1", "a.value@2 = -", "a.count@1 = 3"], probe.Lines);
        Assert.Equal(["duplicate 3", "conflict 1"], probe.Drops);
    }

    [Fact]
    public void Remembers_late_readings_too_but_no_more_instants_than_told()
    {
        var probe = _plant.Start(new DuplicatesOptions { Remember = 3 });

        foreach (var time in new[] { 10, 20, 15, 15, 20, 10, 5, 30, 10, 15, 15 }) probe.Process(_plant.Batch(Some.Reading("a", "value", time, 1.0)));

        // 5 is older than all three that are remembered, and 30 makes 10 forgotten: both pass.
        Assert.Equal(["a.value@10 = 1", "a.value@20 = 1", "a.value@15 = 1", "a.value@5 = 1", "a.value@30 = 1", "a.value@10 = 1"], probe.Lines);
    }

    [Fact]
    public void Works_on_readings_only() => Assert.Equal(
        ["duplicates works on readings, but rows come in; put it before window or align, or branch with from"],
        _plant.Faults(new DuplicatesOptions(), Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new Column("x", Kind.Number)], hasWindow: false)));
}
