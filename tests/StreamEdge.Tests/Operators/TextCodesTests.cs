namespace StreamEdge;

public class TextCodesTests
{
    readonly Plant _plant = new(Some.Signal("temp"), Some.Signal("state", kind: Kind.Text), Some.Signal("mode", kind: Kind.Text), Some.Signal("running", kind: Kind.Bool));

    [Fact]
    public void A_text_becomes_the_number_that_is_given_and_an_unknown_one_missing()
    {
        var probe = _plant.Start(Given("state", ("off", 0), ("on", -7)));

        probe.Process(_plant.Batch(Some.Reading("a", "state", 1, "on"), Some.Reading("a", "state", 2, "broken"), Some.Reading("a", "state", 3, "off", Quality.Uncertain), Some.Reading("a", "state", 4, null), Some.Reading("a", "mode", 4, "on"), Some.Reading("a", "running", 4, true)));

        Assert.Equal(["a.state@1 = -7", "a.state@2 = -", "a.state@3 = 0 uncertain", "a.state@4 = -", "a.mode@4 = on", "a.running@4 = true"], probe.Lines);
        Assert.Equal([("state", "1 of unknown text, now missing")], probe.Step.Report);
        Assert.Equal(Kind.Integer, probe.Step.Output.Signals[1].Kind);
    }

    [Fact]
    public void Without_a_list_texts_are_numbered_as_they_appear_each_signal_for_itself()
    {
        var probe = _plant.Start(new TextCodesOptions { Signals = ["state", "mode"], MaxTexts = 2 });

        probe.Process(_plant.Batch(Some.Reading("a", "state", 1, "on"), Some.Reading("b", "state", 2, "off"), Some.Reading("a", "mode", 2, "off"), Some.Reading("a", "state", 3, "off"), Some.Reading("a", "state", 4, "third"), Some.Reading("a", "state", 5, "on")));

        Assert.Equal(["a.state@1 = 0", "b.state@2 = 1", "a.mode@2 = 0", "a.state@3 = 1", "a.state@4 = -", "a.state@5 = 0"], probe.Lines);
        Assert.Equal([("state", "1 of unknown text, now missing"), ("state", "on = 0, off = 1"), ("mode", "off = 0")], probe.Step.Report);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["text_codes has no signals; name them in 'signals:', or in 'codes:' with their texts"], _plant.Faults(new TextCodesOptions()));
        Assert.Equal(["'temp' is no text; leave it out", "there is no signal 'stat'; did you mean 'state'?"], _plant.Faults(new TextCodesOptions { Signals = ["temp", "stat"] }));
        Assert.Equal(["'state' is named twice; name it once"], _plant.Faults(Given("state", ("on", 1)) with { Signals = ["state"] }));
        Assert.Equal(["'state' has no texts; write 'TEXT: NUMBER' for each, or name it in 'signals:'"], _plant.Faults(Given("state")));
    }

    static TextCodesOptions Given(string signal, params (string Text, long Number)[] codes) =>
        new() { Codes = new Dictionary<string, IReadOnlyDictionary<string, long>> { [signal] = codes.ToDictionary(c => c.Text, c => c.Number) } };
}
