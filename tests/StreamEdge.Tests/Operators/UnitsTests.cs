namespace StreamEdge;

public class UnitsTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(-20, 250), 0.5), Some.Signal("pressure", "bar"), Some.Signal("state", kind: Kind.Text), Some.Signal("turns", "rev", kind: Kind.Integer));

    [Fact]
    public void Converts_each_signal_to_its_declared_unit()
    {
        var input = From(("temp", "degF"), ("pressure", "kPa"));
        var probe = _plant.Start(new UnitsOptions(), input);

        probe.Process(_plant.Batch(input, Some.Reading("a", "temp", 1, 212.0), Some.Reading("a", "pressure", 1, 250.0), Some.Reading("a", "state", 1, "on"), Some.Reading("a", "turns", 1, -1)));

        Assert.Equal(["a.temp@1 = 100", "a.pressure@1 = 2.5", "a.state@1 = on", "a.turns@1 = -1"], probe.Lines.Select(Rounded));
        Assert.Equal(_plant.Readings.Signals.Select(s => s.Unit), probe.Step.Output.Signals.Select(s => s.Unit));
    }

    [Fact]
    public void Brings_range_and_tolerance_along()
    {
        var probe = _plant.Start(new UnitsOptions { Signals = new Dictionary<string, Unit> { ["temp"] = Some.Unit("degF") } });

        var temp = probe.Step.Output.Signals[0];

        Assert.Equal("degF", temp.Unit!.Symbol);
        Assert.Equal([-4, 482, 0.9], new[] { temp.Range!.Value.Min, temp.Range.Value.Max, temp.Tolerance!.Value }.Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void Converts_a_single_signal_in_long_batches()
    {
        var plant = new Plant(Some.Signal("temp", "degC"));
        var input = plant.Readings.With([Some.Signal("temp", "K")]);
        var probe = plant.Start(new UnitsOptions(), input);

        probe.Process(plant.Batch(input, [.. Enumerable.Range(0, 1003).Select(i => Some.Reading("a", "temp", i, i % 7 == 0 ? null : (double)i))]));

        Assert.Equal(Enumerable.Range(0, 1003).Select(i => i % 7 == 0 ? $"a.temp@{i} = -" : $"a.temp@{i} = {i - 273.15:R}"), probe.Lines);
    }

    [Fact]
    public void Makes_a_converted_whole_number_a_number_with_decimals()
    {
        var probe = _plant.Start(new UnitsOptions { Signals = new Dictionary<string, Unit> { ["turns"] = Some.Unit("deg") } });

        probe.Process(_plant.Batch(Some.Reading("a", "turns", 1, 3), Some.Reading("a", "turns", 2, null)));

        Assert.Equal(["a.turns@1 = 1080", "a.turns@2 = -"], probe.Lines);
        Assert.Equal(Kind.Number, probe.Step.Output.Signals[3].Kind);
    }

    [Fact]
    public void Passes_a_batch_on_untouched_where_nothing_converts()
    {
        var probe = _plant.Start(new UnitsOptions());
        var batch = _plant.Batch(Some.Reading("a", "temp", 1, -0.0));
        batch.Hold();

        probe.Process(batch);

        Assert.Same(batch, probe.Batches.Single());
        Assert.Same(_plant.Readings, probe.Step.Output);
    }

    [Fact]
    public void Names_both_units_and_families_of_an_impossible_conversion()
    {
        var faults = _plant.Faults(new UnitsOptions { Signals = new Dictionary<string, Unit> { ["pressur"] = Some.Unit("bar"), ["state"] = Some.Unit("bar") } }, From(("temp", "bar")));

        Assert.Equal(
            [
                "'state' has no unit to convert from; write its unit in 'signals:'",
                "'temp' comes in bar (pressure) and cannot be told in degC (temperature); write a unit of pressure, or correct the unit where 'temp' is collected",
                "there is no signal 'pressur'; did you mean 'pressure'?",
            ], faults);
    }

    [Fact]
    public void Every_conversion_and_its_way_back_give_the_value_again()
    {
        foreach (var family in Units.All.GroupBy(u => u.Dimension))
            foreach (var from in family)
                foreach (var to in family)
                {
                    var plant = new Plant(new Signal("x", Kind.Number, to));
                    var (there, back) = (plant.Readings.With([new Signal("x", Kind.Number, from)]), new Dictionary<string, Unit> { ["x"] = from });
                    var first = plant.Start(new UnitsOptions(), there);
                    var second = plant.Start(new UnitsOptions { Signals = back });

                    first.Process(plant.Batch(there, Some.Reading("a", "x", 1, 36.6)));
                    second.Process(first.Batches.Single());

                    // What an offset of several hundred rounds away.
                    Assert.Equal(36.6, second.Batches.Single().Value[0], 1e-9);
                }
    }

    Schema From(params (string Signal, string Unit)[] units) =>
        _plant.Readings.With([.. _plant.Readings.Signals.Select(s => Array.Find(units, u => u.Signal == s.Name) is { Unit: not null } found ? s with { Unit = Some.Unit(found.Unit) } : s)]);

    // 5/9 and 1/100 have no exact double.
    static string Rounded(string line) => line.Split(" = ") is [var what, var value] && double.TryParse(value, out var number) ? $"{what} = {Math.Round(number, 9):R}" : line;
}
