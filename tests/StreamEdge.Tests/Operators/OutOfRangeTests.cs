namespace StreamEdge;

public class OutOfRangeTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(-20, 250)), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void Drops_what_lies_outside_and_counts_it_by_signal()
    {
        var probe = _plant.Start(new OutOfRangeOptions { Ranges = new Dictionary<string, Bounds> { ["count"] = new(0, 9) } });

        probe.Process(_plant.Batch(
            Some.Reading("a", "temp", 1, -20.0), Some.Reading("a", "temp", 2, 250.5), Some.Reading("a", "count", 2, -1), Some.Reading("a", "state", 2, "on"), Some.Reading("b", "temp", 3, 250.0)));

        Assert.Equal(["a.temp@1 = -20", "a.state@2 = on", "b.temp@3 = 250"], probe.Lines);
        Assert.Equal([("temp", 1L), ("count", 1L)], probe.Step.Books.Drops.Single().BySignal());
    }

    [Fact]
    public void Lets_missing_values_pass_but_no_infinite_ones()
    {
        var lines = _plant.Run(new OutOfRangeOptions(),
            Some.Reading("a", "temp", 1, null), Some.Reading("a", "temp", 2, double.PositiveInfinity), Some.Reading("a", "temp", 3, double.NegativeInfinity), Some.Reading("a", "count", 4, null));

        Assert.Equal(["a.temp@1 = -", "a.count@4 = -"], lines);
    }

    [Fact]
    public void Clamps_to_the_limit_that_was_passed()
    {
        var probe = _plant.Start(new OutOfRangeOptions { Then = OutOfRangeThen.Clamp, Ranges = new Dictionary<string, Bounds> { ["count"] = new(0.5, 9.5) } });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 251.0), Some.Reading("a", "temp", 2, -21.0), Some.Reading("a", "count", 3, 0), Some.Reading("a", "count", 4, long.MaxValue)));

        Assert.Equal(["a.temp@1 = 250", "a.temp@2 = -20", "a.count@3 = 1", "a.count@4 = 9"], probe.Lines);
        Assert.Equal([("temp", "2 clamped"), ("count", "2 clamped")], probe.Step.Report);
    }

    [Fact]
    public void Flags_as_uncertain_and_makes_nothing_better_than_it_was()
    {
        var lines = _plant.Run(new OutOfRangeOptions { Then = OutOfRangeThen.Flag },
            Some.Reading("a", "temp", 1, 251.0), Some.Reading("a", "temp", 2, 252.0, Quality.Bad), Some.Reading("a", "temp", 3, 20.0));

        Assert.Equal(["a.temp@1 = 251 uncertain", "a.temp@2 = 252 bad", "a.temp@3 = 20"], lines);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(50)]
    public void Finds_every_row_of_a_long_batch_of_one_signal(int every)
    {
        var plant = new Plant(Some.Signal("temp", range: new Bounds(0, 1000)));
        Row[] readings = [.. Enumerable.Range(0, 1003).Select(i => Some.Reading("a", "temp", i, i % every == 0 ? -1.0 : i))];

        var lines = plant.Run(new OutOfRangeOptions(), readings);

        Assert.Equal(Enumerable.Range(0, 1001).Where(i => i % every != 0).Select(i => $"a.temp@{i} = {i}"), lines);
    }

    [Fact]
    public void Leaves_a_batch_that_others_hold_as_it_is()
    {
        var probe = _plant.Start(new OutOfRangeOptions());
        var batch = _plant.Batch(Some.Reading("a", "temp", 1, 999.0), Some.Reading("a", "temp", 2, 20.0));
        batch.Hold();

        probe.Process(batch);

        Assert.Equal([999.0, 20.0], batch.Value.ToArray());
        Assert.Equal(["a.temp@2 = 20"], probe.Lines);
    }

    [Fact]
    public void Takes_the_range_in_the_unit_that_comes_in()
    {
        var fahrenheit = _plant.Readings.With([.. _plant.Readings.Signals.Select(s => s.Name == "temp" ? s.In(Some.Unit("degF")) : s)]);
        var declared = _plant.Start(new OutOfRangeOptions(), fahrenheit);
        var given = _plant.Start(new OutOfRangeOptions { Ranges = new Dictionary<string, Bounds> { ["temp"] = new(0, 10) } }, fahrenheit);

        declared.Process(_plant.Batch(fahrenheit, Some.Reading("a", "temp", 1, 482.0), Some.Reading("a", "temp", 2, 482.1)));
        given.Process(_plant.Batch(fahrenheit, Some.Reading("a", "temp", 1, 32.0), Some.Reading("a", "temp", 2, 50.1)));

        Assert.Equal(["a.temp@1 = 482"], declared.Lines);
        Assert.Equal(["a.temp@1 = 32"], given.Lines);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        var ranges = new Dictionary<string, Bounds> { ["tmp"] = new(0, 1), ["state"] = new(0, 1), ["count"] = new(0.2, 0.8) };

        var faults = _plant.Faults(new OutOfRangeOptions { Ranges = ranges });

        Assert.Equal(
            [
                "'state' is text and has no range; give it another range",
                "no whole number of 'count' lies in [0.2, 0.8]; give it another range",
                "there is no signal 'tmp'; did you mean 'temp'?",
            ], faults);
    }

    [Fact]
    public void Refuses_to_do_nothing() =>
        Assert.Equal(["no signal has a range; write 'range: [MIN, MAX]' at a signal in 'signals:'"], new Plant(Some.Signal("temp")).Faults(new OutOfRangeOptions()));
}
