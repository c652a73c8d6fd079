namespace StreamEdge;

/// <summary>The constants that make values comparable are told: given ones beforehand, learned ones when a run ends.</summary>
public class ConstantsTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(-20, 250)), Some.Signal("flow", "m3/h"));

    [Fact]
    public void Given_ones_are_those_that_values_are_scaled_by()
    {
        Assert.Equal(["temp: mean 71.5 degC, divided by 2.5 K"], Constants(new StandardizeOptions { Mean = Of("temp", 71.5), Std = Of("temp", 2.5) }));
        Assert.Equal(["flow: mean -100 m3/h, divided by 10 m3/h"], Constants(new StandardizeOptions { Mean = Of("flow", -100), Std = Of("flow", 1), FloorRelative = 0.1 }));
        Assert.Equal(["flow: median 5 m3/h, divided by 2 m3/h"], Constants(new RobustOptions { Median = Of("flow", 5), Iqr = Of("flow", 2) }));
        Assert.Equal(["temp: -20 degC becomes 0, 250 degC becomes 1"], Constants(new MinMaxOptions()));
        Assert.Equal(["temp: 0 degC becomes -1, 120 degC becomes 1", "flow: 1 m3/h becomes -1, 3 m3/h becomes 1"],
            Constants(new MinMaxOptions { To = new(-1, 1), Ranges = new Dictionary<string, Bounds> { ["flow"] = new(1, 3), ["temp"] = new(0, 120) } }));
    }

    [Fact]
    public void Those_to_learn_are_told_with_the_number_of_values() => Assert.Equal(
        ["temp, flow: learned of each device from its first 1,000 values; a run tells them when it ends"], Constants(new RobustOptions { First = 1000 }));

    [Fact]
    public void Learned_ones_are_reported_by_device_and_signal_with_how_many_values_they_are_from()
    {
        var probe = _plant.Start(new StandardizeOptions { First = 4 });

        probe.Process(_plant.Batch([.. Readings("b", "flow", 2, 4, 6, 8, 100), .. Readings("a", "temp", 1, 3, double.NaN), .. Readings("a", "flow", 1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3), .. Readings("c", "flow", 1)]));
        Assert.Equal([("a.flow", "mean 0.333333333 m3/h, divided by 1 m3/h, learned from 4 values"), ("b.flow", "mean 5 m3/h, divided by 2.23606798 m3/h, learned from 4 values")], probe.Step.Report);
        probe.Finish();

        Assert.Equal(("a.temp", "mean 2 degC, divided by 1 K, learned from 2 values"), probe.Step.Report.First());
        Assert.Equal(3, probe.Step.Report.Count());
    }

    [Fact]
    public void They_are_still_told_after_a_restart()
    {
        var (before, after) = (_plant.Start(new MinMaxOptions { First = 2, Signals = ["flow"] }), _plant.Start(new MinMaxOptions { First = 2, Signals = ["flow"] }));
        before.Process(_plant.Batch([.. Readings("a", "flow", 3, 7)]));

        after.Restore(before.Save());

        Assert.Equal([("a.flow", "3 m3/h becomes 0, 7 m3/h becomes 1, learned from 2 values")], after.Step.Report);
    }

    [Fact]
    public void Of_many_keys_the_first_twenty_are_told()
    {
        var probe = _plant.Start(new RobustOptions { First = 2, Signals = ["flow"] });

        probe.Process(_plant.Batch([.. Enumerable.Range(10, 25).SelectMany(d => Readings($"m{d}", "flow", 1, 3))]));

        Assert.Equal([.. Enumerable.Range(10, 20).Select(d => $"m{d}.flow"), "further"], probe.Step.Report.Select(r => r.Name));
        Assert.Equal("5 signals of devices were learned, which are not told", probe.Step.Report.Last().Value);
    }

    IEnumerable<string> Constants(OperatorOptions options) => _plant.Start(options).Step.Constants;

    static IEnumerable<Row> Readings(string device, string signal, params double[] values) => values.Select((v, second) => Some.Reading(device, signal, second, v));

    static Dictionary<string, double> Of(string signal, double value) => new() { [signal] = value };
}
