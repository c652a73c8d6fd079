namespace StreamEdge;

public class DeriveTests
{
    readonly Plant _plant = new();
    readonly Schema _rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(),
        [new("voltage", Kind.Number, Some.Unit("V")), new("current", Kind.Number, Some.Unit("A")), new("temp", Kind.Number, Some.Unit("degC")), new("state", Kind.Text)], hasWindow: false);

    [Fact]
    public void Columns_are_computed_in_the_order_written_and_may_use_those_before()
    {
        var lines = Run(("power", new() { Value = Written("voltage * current"), Unit = Some.Unit("W") }), ("high", new() { Value = Written("power > 1 kW") }), ("word", new() { Value = Written("if(high, \"high\", state)") }));

        Assert.Equal(
            [
                "a@1: voltage=230 current=2 temp=20 state=run power=460 high=false word=run",
                "a@2: voltage=230 current=5 temp=22 state=- power=1150 high=true word=high",
                "a@3: voltage=230 current=- temp=25 state=run power=- high=- word=-",
            ], lines);
    }

    [Fact]
    public void A_unit_is_that_of_the_expression_or_the_one_it_is_wanted_in()
    {
        var schema = Start(("rise", new() { Value = Written("temp - prev(temp)") }), ("rise_f", new() { Value = Written("temp - prev(temp)"), Unit = Some.Unit("degF") }), ("rate", new() { Value = Written("(temp - prev(temp)) / elapsed()"), Unit = Some.Unit("degC/min") })).Step.Output;

        Assert.Equal([("rise", "K"), ("rise_f", "degF"), ("rate", "degC/min")], schema.Columns.Skip(4).Select(c => (c.Name, c.Unit!.Symbol)));
        Assert.Equal(
            ["rise=- rise_f=- rate=-", "rise=2 rise_f=3.6 rate=120", "rise=3 rise_f=5.4 rate=180"],
            Run(("rise", new() { Value = Written("temp - prev(temp)") }), ("rise_f", new() { Value = Written("temp - prev(temp)"), Unit = Some.Unit("degF") }), ("rate", new() { Value = Written("(temp - prev(temp)) / elapsed()"), Unit = Some.Unit("degC/min") })).Select(l => l[l.IndexOf("rise", StringComparison.Ordinal)..]));
    }

    [Fact]
    public void A_ratio_becomes_percent_where_that_is_its_unit() => Assert.EndsWith("half=50", Run(
        ("half", new() { Value = Written("voltage / 460 V"), Unit = Some.Unit("%") }))[0], StringComparison.Ordinal);

    [Fact]
    public void A_result_that_is_not_finite_is_missing_and_counted()
    {
        var probe = Start(("much", new() { Value = Written("pow(voltage, 500)") }));

        probe.Process(_plant.Batch(_rows, new Row("a", null, 1, 230.0, 2.0, 20.0, "run")));

        Assert.Equal(["a@1: voltage=230 current=2 temp=20 state=run much=-"], probe.Lines);
        Assert.Equal([("not_finite", "much", 1L)], probe.Step.Books.LeftOut);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_columns() => Assert.Equal(
        [
            "'x' is in V (voltage), which cannot be turned into bar (pressure); correct the expression or the unit",
            "'y' is true or false and has no unit; take 'unit' out",
            "there is a column 'temp' already; give the new one another name",
            "there is no column 'powr'; did you mean 'power'?",
        ],
        _plant.Faults(Options(("temp", new() { Value = Written("1") }), ("power", new() { Value = Written("voltage * current") }), ("z", new() { Value = Written("powr * 2") }),
            ("x", new() { Value = Written("voltage"), Unit = Some.Unit("bar") }), ("y", new() { Value = Written("temp > 5"), Unit = Some.Unit("bar") })), _rows));

    [Fact]
    public void A_filter_drops_what_is_false_and_what_it_cannot_tell_and_counts_them_apart()
    {
        var probe = _plant.Start(new FilterOptions { When = Written("current > 3") }, _rows);

        probe.Process(Rows());

        Assert.Equal(["a@2: voltage=230 current=5 temp=22 state=-"], probe.Lines);
        Assert.Equal(["filtered 1", "not_known 1"], probe.Drops);
    }

    [Fact]
    public void Keep_counts_by_signal()
    {
        var plant = new Plant(Some.Signal("temp"), Some.Signal("load"));
        var probe = plant.Start(new KeepOptions { When = Written("quality == \"good\" and value > 0") });

        probe.Process(plant.Batch(Some.Reading("a", "temp", 1, 5.0), Some.Reading("a", "load", 1, -5.0), Some.Reading("a", "load", 2, 5.0, Quality.Bad), Some.Reading("a", "temp", 3, null)));

        Assert.Equal(["a.temp@1 = 5"], probe.Lines);
        Assert.Equal(["not_kept load 2", "not_known temp 1"], probe.Step.Books.Drops.SelectMany(d => d.BySignal().Select(s => $"{d.Reason} {s.Signal} {s.Count}")));
    }

    IReadOnlyList<string> Run(params (string, DerivedColumn)[] columns)
    {
        var probe = Start(columns);
        probe.Process(Rows());
        return probe.Lines;
    }

    Batch Rows() => _plant.Batch(_rows, new Row("a", null, 1, 230.0, 2.0, 20.0, "run"), new Row("a", null, 2, 230.0, 5.0, 22.0, null), new Row("a", null, 3, 230.0, null, 25.0, "run"));

    Probe Start(params (string, DerivedColumn)[] columns) => _plant.Start(Options(columns), _rows);

    static DeriveOptions Options(params (string Name, DerivedColumn Column)[] columns) => new() { Columns = columns.ToDictionary(c => c.Name, c => c.Column) };

    static Expression Written(string text) => Expression.TryParse(text, out var expression, out var wrong) ? expression : throw new ArgumentException(wrong.ToString());
}
