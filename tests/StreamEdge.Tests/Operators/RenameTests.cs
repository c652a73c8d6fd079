namespace StreamEdge;

public class RenameTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", new Bounds(0, 100)), Some.Signal("load"), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void A_signal_has_its_new_name_and_all_else_that_it_had()
    {
        var probe = _plant.Start(Names(("temp", "warmth"), ("state", "mode")));

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "load", 1, 3.0), Some.Reading("a", "state", 1, "on", Quality.Bad)));

        Assert.Equal(["a.warmth@1 = 20", "a.load@1 = 3", "a.mode@1 = on bad"], probe.Lines);
        Assert.Equal(Some.Signal("warmth", "degC", new Bounds(0, 100)), probe.Step.Output.Signals[0]);
    }

    [Fact]
    public void A_name_that_is_taken_is_a_fault()
    {
        Assert.Equal(["there is a signal 'load' already; give 'temp' another name"], _plant.Faults(Names(("temp", "load"), ("load", "weight"))));
        Assert.Equal(["there is a signal 'x' already; give 'load' another name"], _plant.Faults(Names(("temp", "x"), ("load", "x"))));
        Assert.Equal(["the new name of 'load' is empty; write one", "there is no signal 'tmp'; did you mean 'temp'?"], _plant.Faults(Names(("tmp", "x"), ("load", ""))));
    }

    static RenameOptions Names(params (string Old, string New)[] names) => new() { Names = names.ToDictionary(n => n.Old, n => n.New) };
}
