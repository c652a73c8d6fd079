namespace StreamEdge;

public class StandardizeTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(0, 100), 0.5), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));
    readonly StandardizeOptions _learned = new() { First = 3, Signals = ["temp"] };

    [Fact]
    public void Takes_given_constants()
    {
        var options = new StandardizeOptions { Mean = Of(("temp", 20), ("count", 5)), Std = Of(("temp", 4), ("count", 2)) };
        var probe = _plant.Start(options);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 22.0), Some.Reading("a", "count", 1, 1), Some.Reading("a", "state", 1, "on"), Some.Reading("a", "temp", 2, null), Some.Reading("a", "count", 2, null)));

        Assert.Equal(["a.temp@1 = 0.5", "a.count@1 = -2", "a.state@1 = on", "a.temp@2 = -", "a.count@2 = -"], probe.Lines);
        Assert.Equal([(Kind.Number, null, null, null), (Kind.Number, null, null, null), (Kind.Text, (Unit?)null, (Bounds?)null, (double?)null)], probe.Step.Output.Signals.Select(s => (s.Kind, s.Unit, s.Range, s.Tolerance)));
    }

    [Fact]
    public void Learns_the_first_values_of_each_key_and_keeps_what_it_learned()
    {
        var probe = _plant.Start(_learned);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 2.0), Some.Reading("b", "temp", 1, 0.0), Some.Reading("a", "temp", 2, 4.0)));
        Assert.Equal(3, probe.Step.Held);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 6.0), Some.Reading("a", "temp", 4, 100.0)));

        // Of 2, 4 and 6 the mean is 4 and the population's standard deviation the root of 8/3.
        var std = Math.Sqrt(8.0 / 3);
        Assert.Equal([-2 / std, 0, 2 / std, 96 / std], probe.Batches.SelectMany(b => b.Value.ToArray()));
        Assert.Equal(1, probe.Step.Held);
    }

    [Fact]
    public void Nothing_of_a_device_overtakes_what_is_held()
    {
        var probe = _plant.Start(_learned);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "count", 1, 7), Some.Reading("b", "count", 1, 8), Some.Reading("a", "temp", 2, null), Some.Reading("a", "temp", 2, 1.0)));
        Assert.Equal(["b.count@1 = 8"], probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 1.0)));

        Assert.Equal(["b.count@1 = 8", "a.temp@1 = 0", "a.count@1 = 7", "a.temp@2 = -", "a.temp@2 = 0", "a.temp@3 = 0"], probe.Lines);
    }

    [Fact]
    public void Learns_neither_from_infinite_nor_from_bad_values()
    {
        var lines = _plant.Run(_learned with { First = 2 }, Some.Reading("a", "temp", 1, double.PositiveInfinity), Some.Reading("a", "temp", 2, 1e9, Quality.Bad), Some.Reading("a", "temp", 3, 1.0), Some.Reading("a", "temp", 4, 3.0));

        Assert.Equal(["a.temp@1 = Infinity", "a.temp@2 = 999999998 bad", "a.temp@3 = -1", "a.temp@4 = 1"], lines);
    }

    [Fact]
    public void Floors_the_deviation_and_clips_what_leaves()
    {
        var options = new StandardizeOptions { Mean = Of(("temp", -1000)), Std = Of(("temp", 0.001)), FloorRelative = 1e-3, Floor = 1, Clip = 10 };

        var lines = _plant.Run(options, Some.Reading("a", "temp", 1, -999.0), Some.Reading("a", "temp", 2, 0.0), Some.Reading("a", "temp", 3, -2000.0), Some.Reading("a", "temp", 4, null));

        Assert.Equal(["a.temp@1 = 0.5", "a.temp@2 = 10", "a.temp@3 = -10", "a.temp@4 = -"], lines);
    }

    [Fact]
    public void At_the_end_two_values_are_enough_and_one_is_too_few()
    {
        var probe = _plant.Start(_learned);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 1.0), Some.Reading("b", "temp", 1, 5.0), Some.Reading("b", "temp", 2, null), Some.Reading("a", "temp", 2, 3.0), Some.Reading("b", "count", 3, 1)));
        probe.Finish();

        Assert.Equal(["a.temp@1 = -1", "a.temp@2 = 1", "b.count@3 = 1"], probe.Lines);
        Assert.Equal(["too_few 2"], probe.Drops);
    }

    [Fact]
    public void A_device_that_holds_too_much_learns_from_what_it_has()
    {
        var probe = _plant.Start(_learned with { First = 3, MaxHeld = 4 });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 3.0), Some.Reading("a", "count", 2, 1), Some.Reading("a", "count", 3, 2)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "count", 4, 3), Some.Reading("b", "temp", 1, 1.0), Some.Reading("b", "count", 1, 1), Some.Reading("b", "count", 2, 2), Some.Reading("b", "count", 3, 3), Some.Reading("b", "count", 4, 4)));

        Assert.Equal(["a.temp@1 = -1", "a.temp@2 = 1", "a.count@2 = 1", "a.count@3 = 2", "a.count@4 = 3", "b.count@1 = 1", "b.count@2 = 2", "b.count@3 = 3", "b.count@4 = 4"], probe.Lines);
        Assert.Equal(["too_few 1"], probe.Drops);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["standardize has no mean and std, and does not learn them; write 'mean:' and 'std:' by signal, or 'first: 400'"], _plant.Faults(new StandardizeOptions()));
        Assert.Equal(["standardize has constants and learns them too; write 'mean:' and 'std:' by signal, or 'first: 400'"], _plant.Faults(_learned with { Mean = Of(("temp", 1)) }));
        Assert.Equal(
            [
                "'count' has no std; write 'std: { count: … }'",
                "'state' is text and has no mean; leave it out",
                "the standard deviation of 'temp' is 0, but must be above 0; write how far its values usually lie from the mean",
                "there is no signal 'tmp'; did you mean 'temp'?",
            ], _plant.Faults(new StandardizeOptions { Mean = Of(("temp", 1), ("count", 2), ("tmp", 1), ("state", 1)), Std = Of(("temp", 0), ("tmp", 1), ("state", 1)) }));
        Assert.Equal(["the first 500 readings of 2 signals are more than the 900 that a device holds; lower first, or raise max_held"], _plant.Faults(new StandardizeOptions { First = 500, MaxHeld = 900 }));
    }

    [SharedFact]
    public void Learns_the_constants_that_the_plant_model_was_trained_with()
    {
        var model = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Shared!, "models/skab_ae.json"))).RootElement;
        double[] Numbers(string name) => [.. model.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];
        string[] columns = [.. model.GetProperty("columns").EnumerateArray().Select(e => e.GetString()!)];
        var file = Directory.GetFiles(Path.Combine(Repository.Shared!, "data/skab/anomaly-free")).Single();
        using var reader = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new System.IO.Compression.GZipStream(File.OpenRead(file), System.IO.Compression.CompressionMode.Decompress) : File.OpenRead(file));
        var header = reader.ReadLine()!.Split(';');
        var plant = new Plant([.. columns.Select(c => Some.Signal(c))]);
        var probe = plant.Start(new StandardizeOptions { First = 400, Floor = 1e-4, FloorRelative = 1e-3, Clip = 10 });

        List<Row> readings = [];
        for (var second = 0; second < 400; second++)
        {
            var cells = reader.ReadLine()!.Split(';');
            readings.AddRange(columns.Select(c => Some.Reading("rig", c, second, double.Parse(cells[Array.IndexOf(header, c)]))));
        }

        probe.Process(plant.Batch(plant.Readings, readings));

        var values = probe.Batches.SelectMany(b => b.Value.ToArray()).ToList();
        var (mean, std) = (Numbers("mean"), Numbers("std"));
        Assert.Equal(3200, values.Count);
        Assert.All(values.Index(), v => Assert.Equal(Math.Clamp(((double)readings[v.Index].Values[0]! - mean[v.Index % 8]) / std[v.Index % 8], -10, 10), v.Item, 1e-6));
    }

    static Dictionary<string, double> Of(params (string Signal, double Value)[] values) => values.ToDictionary(v => v.Signal, v => v.Value);
}
