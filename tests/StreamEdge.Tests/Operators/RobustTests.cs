namespace StreamEdge;

public class RobustTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(0, 100)), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void Takes_given_constants()
    {
        var options = new RobustOptions { Median = Of(("temp", 20), ("count", 5)), Iqr = Of(("temp", 4), ("count", 2)), Clip = 3 };

        var lines = _plant.Run(options, Some.Reading("a", "temp", 1, 22.0), Some.Reading("a", "temp", 2, -90.0), Some.Reading("a", "count", 2, 8), Some.Reading("a", "count", 3, null), Some.Reading("a", "state", 3, "on"));

        Assert.Equal(["a.temp@1 = 0.5", "a.temp@2 = -3", "a.count@2 = 1.5", "a.count@3 = -", "a.state@3 = on"], lines);
    }

    [Fact]
    public void Learns_the_median_and_the_quartiles_which_one_wild_value_does_not_move()
    {
        // Of 1, 2, 4, 8 and 1000000 the median is 4, and the quartiles are 2 and 8.
        var lines = _plant.Run(new RobustOptions { First = 5, Signals = ["temp"] },
            Some.Reading("a", "temp", 1, 8.0), Some.Reading("a", "temp", 2, 1e6), Some.Reading("a", "temp", 3, 2.0), Some.Reading("a", "temp", 4, 1.0), Some.Reading("a", "temp", 5, 4.0), Some.Reading("a", "temp", 6, 10.0));

        Assert.Equal(["a.temp@1 = 0.6666666666666666", "a.temp@2 = 166666", "a.temp@3 = -0.3333333333333333", "a.temp@4 = -0.5", "a.temp@5 = 0", "a.temp@6 = 1"], lines);
    }

    [Fact]
    public void Between_two_values_a_quartile_lies_on_the_line()
    {
        // Of 0, 1, 2 and 3 the quartiles are 0.75 and 2.25.
        var lines = _plant.Run(new RobustOptions { First = 4, Signals = ["temp"] }, [.. Enumerable.Range(0, 4).Select(i => Some.Reading("a", "temp", i, (double)i))]);

        Assert.Equal(["a.temp@0 = -1", "a.temp@1 = -0.3333333333333333", "a.temp@2 = 0.3333333333333333", "a.temp@3 = 1"], lines);
    }

    [Fact]
    public void Where_the_quartiles_are_the_same_the_floor_or_1_divides()
    {
        Row[] rows = [Some.Reading("a", "temp", 0, 1.0), Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 2.0)];

        Assert.Equal(["a.temp@0 = 0", "a.temp@1 = 0", "a.temp@2 = 1"], _plant.Run(new RobustOptions { First = 2, Signals = ["temp"] }, rows));
        Assert.Equal(["a.temp@0 = 0", "a.temp@1 = 0", "a.temp@2 = 4"], _plant.Run(new RobustOptions { First = 2, Signals = ["temp"], Floor = 0.25 }, rows));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["robust has no median and iqr, and does not learn them; write 'median:' and 'iqr:' by signal, or 'first: 400'"], _plant.Faults(new RobustOptions()));
        Assert.Equal(["'state' is text and has no median; leave it out", "'temp' has no iqr; write 'iqr: { temp: … }'"], _plant.Faults(new RobustOptions { Median = Of(("temp", 1), ("state", 1)), Iqr = Of(("state", 1)) }));
        Assert.Equal(["the distance between the quartiles of 'temp' is 0, but must be above 0; write how far its values usually lie from the median"], _plant.Faults(new RobustOptions { Median = Of(("temp", 1)), Iqr = Of(("temp", 0)) }));
    }

    static Dictionary<string, double> Of(params (string Signal, double Value)[] values) => values.ToDictionary(v => v.Signal, v => v.Value);
}
