namespace StreamEdge;

public class ReorderTests
{
    static readonly Signal[] s_signals = [Some.Signal("temp"), Some.Signal("load"), Some.Signal("state", kind: Kind.Text)];
    readonly Plant _plant = new(s_signals);
    readonly Schema _rows;

    public ReorderTests() => _rows = Schema.Rows(new KeyTable(["machine"], 0), _plant.Readings.Codes, [new Column("temp", Kind.Number), new Column("state", Kind.Text)], hasWindow: false);

    [Fact]
    public void Readings_of_a_device_wait_for_each_other_and_leave_in_the_order_of_their_time()
    {
        var probe = Start(_plant.Readings);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 3.0), Some.Reading("a", "load", 1, 1.0), Some.Reading("b", "temp", 99, 9.0), Some.Reading("a", "temp", 2, 2.0, Quality.Uncertain)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 7, 7.0)));
        Assert.Equal(["a.load@1 = 1", "a.temp@2 = 2 uncertain"], probe.Lines);
        probe.Finish();

        Assert.Equal(["a.load@1 = 1", "a.temp@2 = 2 uncertain", "a.temp@3 = 3", "a.temp@7 = 7", "b.temp@99 = 9"], probe.Lines);
    }

    [Fact]
    public void What_comes_too_late_goes_on_at_once()
    {
        var probe = Start(_plant.Readings);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 60, 3.0), Some.Reading("a", "temp", 1, 1.0)));

        Assert.Equal(["a.temp@1 = 1"], probe.Lines);
    }

    [Fact]
    public void Rows_are_put_in_order_with_all_their_columns()
    {
        var probe = Start(_rows);

        probe.Process(_plant.Batch(_rows, new Row("a", null, 2, 20.5, "on"), new Row("b", null, 5, 1.0, "on"), new Row("a", null, 1, 19.0, null), new Row("a", null, 7.5, 18.0, "off")));
        probe.Finish();

        Assert.Equal(["a@1: temp=19 state=-", "a@2: temp=20.5 state=on", "a@7.5: temp=18 state=off", "b@5: temp=1 state=on"], probe.Lines);
    }

    [Fact]
    public void Rows_that_wait_are_saved_and_go_on_after_a_restart()
    {
        var (before, after) = (Start(_rows), Start(_rows));

        before.Process(_plant.Batch(_rows, new Row("a", null, 2, 20.5, "on"), new Row("a", null, 1, 19.0, null)));
        after.Restore(before.Save());
        Assert.Equal(2, after.Step.Held);
        after.Finish();

        Assert.Equal(["a@1: temp=19 state=-", "a@2: temp=20.5 state=on"], after.Lines);
    }

    [Fact]
    public void A_device_that_falls_silent_lets_its_readings_go_after_idle()
    {
        var probe = Start(_plant.Readings);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 3.0)));
        _plant.Time.Turn(TimeSpan.FromSeconds(30));
        probe.FireTimer();

        Assert.Equal(["a.temp@3 = 3"], probe.Lines);
    }

    [Fact]
    public void A_device_that_holds_too_many_lets_the_oldest_go_early_and_says_so()
    {
        var probe = _plant.Start(new ReorderOptions { MaxHeld = 2 });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 3.0), Some.Reading("b", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 2.0), Some.Reading("a", "temp", 4, 4.0), Some.Reading("a", "temp", 1.5, 1.5)));

        Assert.Equal(["a.temp@2 = 2", "a.temp@1.5 = 1.5"], probe.Lines);
        Assert.Equal([("let go early", "1, of devices that held more than 2")], probe.Step.Report);
    }

    [Fact]
    public void What_leaves_together_leaves_in_the_order_of_the_tags()
    {
        var lines = _plant.Run(new ReorderOptions { Wait = TimeSpan.FromMinutes(1) }, Some.Reading("b", "temp", 3, 3.0), Some.Reading("c", "temp", 1, 1.0), Some.Reading("a", "temp", 9, 9.0), Some.Reading("b", "temp", 2, 2.0));

        Assert.Equal(["a.temp@9 = 9", "b.temp@2 = 2", "b.temp@3 = 3", "c.temp@1 = 1"], lines);
    }

    [Fact]
    public void Where_the_file_has_one_no_further_one_is_put_in()
    {
        var plan = Cases.Compile("raw-readings-made-ready", new Surroundings());

        Assert.Equal(["clean.reorder"], plan.Steps.Select(s => s.Name).Where(n => n.Contains("reorder", StringComparison.Ordinal)));
    }

    [Fact]
    public void To_wait_for_nothing_is_a_fault() =>
        Assert.Equal(["reorder waits for nothing, as the 'time:' block says 'wait: 0s'; write 'reorder: 5s'"],
            new Plant(["machine"], new TimeOptions { Wait = TimeSpan.Zero }, s_signals).Faults(new ReorderOptions()));

    Probe Start(Schema input) => new(new Reorder(input, _plant.Context), _plant.Context.Clock);
}
