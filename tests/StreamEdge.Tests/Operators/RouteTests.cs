using FsCheck.Fluent;

namespace StreamEdge;

public class RouteTests
{
    readonly Plant _plant = new();
    readonly Schema _rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("temp", Kind.Number, Some.Unit("degC")), new("load", Kind.Number)], hasWindow: false);

    [Fact]
    public void A_row_goes_the_first_route_that_is_true_of_it()
    {
        var probe = _plant.Start(Options(("hot", "temp > 80 degC"), ("loaded", "load > 5"), ("rest", "otherwise")), _rows);

        probe.Process(_plant.Batch(_rows, Row(1, 90.0, 9.0), Row(2, 20.0, 9.0), Row(3, 20.0, 1.0), Row(4, 95.0, 1.0)));

        Assert.Equal(["hot: a@1: temp=90 load=9", "hot: a@4: temp=95 load=1", "loaded: a@2: temp=20 load=9", "rest: a@3: temp=20 load=1"], probe.Lines);
        Assert.Empty(probe.Drops);
    }

    [Fact]
    public void A_route_that_cannot_tell_is_passed_by()
    {
        var probe = _plant.Start(Options(("hot", "temp > 80 degC"), ("loaded", "load > 5")), _rows);

        probe.Process(_plant.Batch(_rows, Row(1, null, 9.0), Row(2, null, 1.0), Row(3, 20.0, 1.0), Row(4, 20.0, null)));

        Assert.Equal(["loaded: a@1: temp=- load=9"], probe.Lines);
        Assert.Equal(["not_routed 1", "not_known 2"], probe.Drops);
    }

    [Fact]
    public void What_cannot_be_told_goes_otherwise()
    {
        var probe = _plant.Start(Options(("hot", "temp > 80 degC"), ("rest", "otherwise")), _rows);

        probe.Process(_plant.Batch(_rows, Row(1, null, 9.0)));

        Assert.Equal(["rest: a@1: temp=- load=9"], probe.Lines);
    }

    [Fact]
    public void Readings_are_parted_too_and_their_drops_counted_by_signal()
    {
        var plant = new Plant(Some.Signal("temp"), Some.Signal("load"));
        var probe = plant.Start(Options(("temps", "signal == \"temp\""), ("high", "value > 5")));

        probe.Process(plant.Batch(Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "load", 2, 9.0), Some.Reading("a", "load", 3, 1.0, Quality.Bad), Some.Reading("a", "temp", 4, 2.0, Quality.Uncertain)));

        Assert.Equal(["temps: a.temp@1 = 1", "temps: a.temp@4 = 2 uncertain", "high: a.load@2 = 9"], probe.Lines);
        Assert.Equal([("load", 1L)], probe.Step.Books.Drops[0].BySignal());
    }

    [Fact]
    public void An_expression_remembers_the_rows_that_go_other_routes()
    {
        var probe = _plant.Start(Options(("hot", "temp > 80 degC"), ("fallen", "load < prev(load)"), ("rest", "otherwise")), _rows);

        probe.Process(_plant.Batch(_rows, Row(1, 20.0, 5.0), Row(2, 90.0, 3.0), Row(3, 20.0, 4.0)));

        Assert.Equal(["hot: a@2: temp=90 load=3", "rest: a@1: temp=20 load=5", "rest: a@3: temp=20 load=4"], probe.Lines);
        Assert.True(probe.Step.NeedsOrder);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_routes() => Assert.Equal(
        [
            "'all' takes all that comes, so nothing is left for the routes behind it; move it to the end",
            "'hot.1' cannot be the name of a route; use letters, digits, '_' and '-'",
            "'temp' is a number in degC, not true or false; write a comparison, such as temp > 80",
            "there is no column 'tmp'; did you mean 'temp'?",
        ],
        _plant.Faults(Options(("all", "otherwise"), ("hot.1", "load > 3"), ("cold", "temp"), ("odd", "tmp > 3")), _rows));

    [Fact]
    public void A_route_that_takes_all_alone_is_refused() => Assert.Equal(
        ["'all' takes all that comes; put a route with an expression before it, or leave the step out"], _plant.Faults(Options(("all", "otherwise")), _rows));

    [Fact]
    public void Each_row_leaves_once_by_the_route_of_the_first_true_expression() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<(int Value, bool IsMissing)[]>(), given =>
        {
            var probe = _plant.Start(Options(("two", "load % 2 == 0"), ("three", "load % 3 == 0"), ("five", "load % 5 == 0")), _rows);
            var rows = given.Take(1000).Select((g, number) => Row(number, null, g.IsMissing ? null : (double)Math.Abs(g.Value % 30))).ToList();

            probe.Process(_plant.Batch(_rows, rows));

            Assert.Equal(new[] { 2, 3, 5 }.Index().SelectMany(d => rows.Where(r => r.Values[1] is double v && new[] { 2, 3, 5 }.First(of => v % of == 0 || of == 5) == d.Item && v % d.Item == 0).Select(r => r.Time)),
                probe.Lines.Select(l => double.Parse(l[(l.IndexOf('@', StringComparison.Ordinal) + 1)..l.IndexOf(": temp", StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)));
        }));

    static Row Row(double time, object? temp, object? load) => new("a", null, time, temp, load);

    static RouteOptions Options(params (string Name, string When)[] routes) => new() { Routes = new OrderedDictionary<string, Expression>(routes.Select(r => KeyValuePair.Create(r.Name, Written(r.When)))) };

    static Expression Written(string text) => Expression.TryParse(text, out var expression, out var wrong) ? expression : throw new ArgumentException(wrong.ToString());
}
