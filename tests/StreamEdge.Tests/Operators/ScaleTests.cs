using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class ScaleTests
{
    readonly Plant _plant = new(Some.Signal("raw", "mA", new Bounds(4, 20), 0.1) with { MaxChange = 2 }, Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void A_current_loop_becomes_what_it_measures()
    {
        var probe = _plant.Start(Of("raw", new() { From = [4, 20], To = [0, 100], Unit = Some.Unit("bar") }));

        probe.Process(_plant.Batch(Some.Reading("a", "raw", 1, 4.0), Some.Reading("a", "raw", 2, 12.0, Quality.Uncertain), Some.Reading("a", "raw", 3, 20.0), Some.Reading("a", "raw", 4, null), Some.Reading("a", "state", 4, "on"), Some.Reading("a", "count", 4, 3)));

        Assert.Equal(["a.raw@1 = 0", "a.raw@2 = 50 uncertain", "a.raw@3 = 100", "a.raw@4 = -", "a.state@4 = on", "a.count@4 = 3"], probe.Lines);
        Assert.Equal(Some.Signal("raw", "bar", new Bounds(0, 100), 0.625) with { MaxChange = 12.5 }, probe.Step.Output.Signals[0]);
    }

    [Fact]
    public void The_larger_end_may_come_first_and_the_range_turns_with_it()
    {
        var probe = _plant.Start(Of("raw", new() { From = [4, 20], To = [100, 20] }));

        probe.Process(_plant.Batch(Some.Reading("a", "raw", 1, 8.0)));

        Assert.Equal(["a.raw@1 = 80"], probe.Lines);
        Assert.Equal(Some.Signal("raw", "mA", new Bounds(20, 100), 0.5) with { MaxChange = 10 }, probe.Step.Output.Signals[0]);
    }

    [Fact]
    public void A_range_behind_it_is_in_the_new_unit()
    {
        var scaled = _plant.Start(Of("raw", new() { From = [4, 20], To = [0, 100], Unit = Some.Unit("bar") }));
        var probe = _plant.Start(new OutOfRangeOptions { Ranges = new Dictionary<string, Bounds> { ["raw"] = new(0, 60) } }, scaled.Step.Output);

        scaled.Process(_plant.Batch(Some.Reading("a", "raw", 1, 12.0), Some.Reading("a", "raw", 2, 16.0)));
        probe.Process(scaled.Batches.Single());

        Assert.Equal(["a.raw@1 = 50"], probe.Lines);
    }

    [Fact]
    public void A_whole_number_that_is_multiplied_may_have_decimals()
    {
        var probe = _plant.Start(Of("count", new() { Factor = 0.1, Offset = -1 }));

        probe.Process(_plant.Batch(Some.Reading("a", "count", 1, 25), Some.Reading("a", "count", 2, null)));

        Assert.Equal(["a.count@1 = 1.5", "a.count@2 = -"], probe.Lines);
        Assert.Equal(Kind.Number, probe.Step.Output.Signals[1].Kind);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["'state' is text and has no scale; leave it out"], _plant.Faults(Of("state", new() { Factor = 2 })));
        Assert.Equal(["the scale of 'raw' has a factor or an offset, and a from or a to; write the one or the other"], _plant.Faults(Of("raw", new() { Factor = 2, From = [1, 2] })));
        Assert.Equal(["the scale of 'raw' has only one of from and to; write 'from: [4, 20], to: [0, 16]'"], _plant.Faults(Of("raw", new() { From = [1, 2] })));
        Assert.Equal(["the scale of 'raw' needs two different values in from and in to; write 'from: [4, 20], to: [0, 16]'"], _plant.Faults(Of("raw", new() { From = [1, 1], To = [0, 1] })));
        Assert.Equal(["the scale of 'raw' has the factor 0, which makes all values the same; write another factor"], _plant.Faults(Of("raw", new() { Factor = 0 })));
        Assert.Equal(["the scale of 'raw' changes nothing; write a factor, an offset, or from and to"], _plant.Faults(Of("raw", new())));
        Assert.Equal(["no signal is scaled; name one"], _plant.Faults(new ScaleOptions { Signals = new Dictionary<string, SignalScale>() }));
    }

    [Fact]
    public void There_and_back_is_where_it_was() => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(NormalFloat Value, NormalFloat From, NormalFloat To)>(), given =>
        {
            // Ends of about the size of the value: what is far smaller is lost in any arithmetic.
            var value = Math.IEEERemainder(given.Value.Get, 1e6);
            double[] from = [Math.IEEERemainder(given.From.Get, 1e3), 2e3], to = [Math.IEEERemainder(given.To.Get, 1e3), -5e3];
            var there = _plant.Start(Of("raw", new() { From = from, To = to }));
            there.Process(_plant.Batch(Some.Reading("a", "raw", 1, value)));
            var back = _plant.Start(Of("raw", new() { From = to, To = from }), there.Step.Output);
            back.Process(there.Batches.Single());

            return Math.Abs(back.Batches.Single().Value[0] - value) <= 1e-9 * (1e3 + Math.Abs(value));
        }));

    static ScaleOptions Of(string signal, SignalScale scale) => new() { Signals = new Dictionary<string, SignalScale> { [signal] = scale } };
}
