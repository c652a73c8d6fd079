using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class MinMaxTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(0, 200), 0.5), Some.Signal("load"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void The_declared_range_becomes_0_to_1()
    {
        var probe = _plant.Start(new MinMaxOptions());

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 50.0), Some.Reading("a", "temp", 2, 200.0), Some.Reading("a", "temp", 3, 300.0), Some.Reading("a", "temp", 4, null), Some.Reading("a", "load", 4, 7.0), Some.Reading("a", "state", 4, "on")));

        Assert.Equal(["a.temp@1 = 0.25", "a.temp@2 = 1", "a.temp@3 = 1.5", "a.temp@4 = -", "a.load@4 = 7", "a.state@4 = on"], probe.Lines);
        Assert.Equal(Some.Signal("temp"), probe.Step.Output.Signals[0]);
    }

    [Fact]
    public void A_given_range_goes_before_the_declared_one_and_what_lies_beyond_may_be_clipped()
    {
        var lines = _plant.Run(new MinMaxOptions { Ranges = new Dictionary<string, Bounds> { ["temp"] = new(100, 120), ["count"] = new(0, 4) }, To = new(-1, 1), Clip = true },
            Some.Reading("a", "temp", 1, 115.0), Some.Reading("a", "temp", 2, 90.0), Some.Reading("a", "temp", 3, double.PositiveInfinity), Some.Reading("a", "count", 3, 1));

        Assert.Equal(["a.temp@1 = 0.5", "a.temp@2 = -1", "a.temp@3 = 1", "a.count@3 = -0.5"], lines);
    }

    [Fact]
    public void Learns_the_first_values_of_each_key_and_keeps_what_it_learned()
    {
        var probe = _plant.Start(new MinMaxOptions { First = 3, Signals = ["load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "load", 1, 10.0), Some.Reading("a", "temp", 1, 5.0), Some.Reading("a", "load", 2, 30.0)));
        Assert.Equal(3, probe.Step.Held);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 3, 20.0), Some.Reading("a", "load", 4, 50.0), Some.Reading("b", "load", 4, 1.0), Some.Reading("b", "load", 5, 1.0), Some.Reading("b", "load", 6, 1.0), Some.Reading("b", "load", 7, 1.5)));

        Assert.Equal(["a.load@1 = 0", "a.temp@1 = 5", "a.load@2 = 1", "a.load@3 = 0.5", "a.load@4 = 2", "b.load@4 = 0", "b.load@5 = 0", "b.load@6 = 0", "b.load@7 = 0.5"], probe.Lines);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["no signal has a range; write 'range: [MIN, MAX]' at a signal in 'signals:', or 'first: 400' to learn them"], new Plant(Some.Signal("load")).Faults(new MinMaxOptions()));
        Assert.Equal(["min_max has ranges and learns them too; write 'ranges:' by signal, or 'first: 400'"], _plant.Faults(new MinMaxOptions { First = 3, Ranges = new Dictionary<string, Bounds> { ["temp"] = new(0, 1) } }));
        Assert.Equal(["signals says what is learned, but nothing is; leave it out, or write 'first: 400'"], _plant.Faults(new MinMaxOptions { Signals = ["temp"] }));
        Assert.Equal(["'state' is text and has no range; leave it out"], _plant.Faults(new MinMaxOptions { Ranges = new Dictionary<string, Bounds> { ["state"] = new(0, 1) } }));
        Assert.Equal(["there is no signal 'tmp'; did you mean 'temp'?"], _plant.Faults(new MinMaxOptions { First = 3, Signals = ["tmp"] }));
    }

    [Fact]
    public void What_was_learned_from_lies_within_the_ends() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat[] Values, NormalFloat Low, PositiveInt Length)>(), given =>
        {
            double[] values = [.. given.Values.Select(v => v.Get).Append(1).Append(2)];
            var low = Math.IEEERemainder(given.Low.Get, 1000);
            var to = new Bounds(low, low + given.Length.Get);
            var probe = _plant.Start(new MinMaxOptions { First = values.Length, Signals = ["load"], To = to });
            probe.Process(_plant.Batch([.. values.Select((v, second) => Some.Reading("a", "load", second, v))]));

            return probe.Batches.SelectMany(b => b.Value.ToArray()).All(v => v >= to.Min - 1e-9 * (1 + Math.Abs(low)) && v <= to.Max + 1e-9 * (Math.Abs(low) + given.Length.Get));
        }));
}
