using System.Globalization;

namespace StreamEdge;

/// <summary>What expressions compute.</summary>
public class ExpressionTests
{
    static readonly Schema s_rows = Schema.Rows(new KeyTable(["machine", "line"], 0), new CodeTable(),
    [
        new("x", Kind.Number), new("y", Kind.Number), new("temp", Kind.Number, Some.Unit("degC")), new("ambient", Kind.Number, Some.Unit("degF")), new("bar", Kind.Number, Some.Unit("bar")),
        new("length", Kind.Number, Some.Unit("mm")), new("count", Kind.Integer), new("state", Kind.Text), new("open", Kind.Bool), new("flow rate", Kind.Number),
    ], hasWindow: false);

    readonly Plant _plant = new(Some.Signal("a"), Some.Signal("b", kind: Kind.Text), Some.Signal("c", kind: Kind.Integer));

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("10 - 4 - 3", "3")]
    [InlineData("2 * -x", "-14")]
    [InlineData("-2 * x - -1", "-13")]
    [InlineData("x / y", "3.5")]
    [InlineData("x / 0", "-")]
    [InlineData("7 % 3", "1")]
    [InlineData("-1 % 24", "23")]
    [InlineData("x % y", "1")]
    [InlineData("x > 5 and y < 5", "true")]
    [InlineData("x > 5 and not y < 5", "false")]
    [InlineData("x < 5 or y == 2", "true")]
    [InlineData("not x == 7 or true", "true")]
    [InlineData("count == 3", "true")]
    [InlineData("count / 2", "1.5")]
    [InlineData("open", "true")]
    [InlineData("open == false", "false")]
    [InlineData("state == \"run\"", "true")]
    [InlineData("state != \"run\"", "false")]
    [InlineData("state in (\"idle\", \"run\")", "true")]
    [InlineData("x in (1, 2, 3)", "false")]
    [InlineData("machine == \"m1\" and line == \"l\"", "true")]
    [InlineData("quality == \"good\"", "true")]
    [InlineData("`flow rate` * 2", "8")]
    [InlineData("if(x > 5, \"high\", \"low\")", "high")]
    [InlineData("if(x < 5, x, y)", "2")]
    [InlineData("abs(-3)", "3")]
    [InlineData("min(x, y, 4)", "2")]
    [InlineData("max(x, y, 4)", "7")]
    [InlineData("clamp(x, 0, 5)", "5")]
    [InlineData("sqrt(16)", "4")]
    [InlineData("sqrt(0 - x)", "-")]
    [InlineData("log(exp(1))", "1")]
    [InlineData("log10(1000)", "3")]
    [InlineData("log(0)", "-")]
    [InlineData("pow(y, 3)", "8")]
    [InlineData("round(2.5)", "3")]
    [InlineData("round(-2.345, 2)", "-2.35")]
    [InlineData("floor(-1.5)", "-2")]
    [InlineData("ceil(1.2)", "2")]
    [InlineData("sign(-4)", "-1")]
    [InlineData("hour()", "13")]
    [InlineData("minute()", "45")]
    [InlineData("weekday()", "4")]
    [InlineData("contains(state, \"u\")", "true")]
    [InlineData("starts_with(state, \"u\")", "false")]
    [InlineData("ends_with(state, \"un\")", "true")]
    [InlineData("1e3 + 1000", "2000")]
    [InlineData("50% * x", "3.5")]
    [InlineData("x * 50 %", "3.5")]
    public void Computes(string expression, string expected) => Assert.Equal(expected, Assert.Single(Values(expression, Row())));

    [Theory]
    [InlineData("temp > 80", "true")] // a number alone is in the other side's unit
    [InlineData("temp > 185 degF", "true")]
    [InlineData("185 degF < temp", "true")]
    [InlineData("temp - ambient", "70")] // degC - degF, in K
    [InlineData("temp - ambient > 60 degC", "true")] // a difference: 60 degC is 60 K there
    [InlineData("temp - ambient > 60 K", "true")]
    [InlineData("temp + 5 K", "95")]
    [InlineData("temp + 9 degF > 98", "false")] // a value in degF is a temperature: -12.8 degC
    [InlineData("(temp + temp) / 2", "90")]
    [InlineData("max(temp, ambient)", "90")]
    [InlineData("length > 1 in", "true")]
    [InlineData("length / 25.4 mm", "2")]
    [InlineData("bar * 2 > 300 kPa", "true")]
    [InlineData("bar == 2000 mbar", "true")]
    [InlineData("length / 101.6 mm > 40%", "true")]
    [InlineData("length / 101.6 mm == 0.5", "true")]
    [InlineData("x > 50%", "true")]
    public void Units_fit_or_are_converted(string expression, string expected) => Assert.Equal(expected, Assert.Single(Values(expression, Row())));

    [Theory]
    [InlineData("x + 1", "-")]
    [InlineData("x > 1", "-")]
    [InlineData("not (x > 1)", "-")]
    [InlineData("x > 1 and y > 1", "-")]
    [InlineData("x > 1 and y < 1", "false")]
    [InlineData("y > 1 or x > 1", "true")]
    [InlineData("y < 1 or x > 1", "-")]
    [InlineData("x ?? y", "2")]
    [InlineData("x ?? 0 > 1", "false")]
    [InlineData("missing(x)", "true")]
    [InlineData("missing(state)", "true")]
    [InlineData("state == \"run\"", "-")]
    [InlineData("state in (\"run\")", "-")]
    [InlineData("state ?? \"unknown\"", "unknown")]
    [InlineData("if(x > 1, 1, 2)", "-")]
    [InlineData("min(x, y)", "-")]
    [InlineData("max(y, x)", "-")]
    [InlineData("pow(x, 0)", "-")]
    [InlineData("contains(state, \"a\")", "-")]
    public void What_is_computed_of_a_missing_value_is_missing(string expression, string expected) => Assert.Equal(expected, Assert.Single(Values(expression,
        new Row("m1,l", null, 0, [null, 2.0, .. Enumerable.Repeat<object?>(null, 8)]))));

    [Theory]
    [InlineData("prev(x)", "- - 1 2 -")]
    [InlineData("x - prev(x)", "- - 1 - -")]
    [InlineData("last(x)", "1 10 2 2 5")]
    [InlineData("last(x) ?? 0", "1 10 2 2 5")]
    [InlineData("changed(x)", "- - true - true")]
    [InlineData("rising(x > 1)", "- - true - false")]
    [InlineData("falling(x)", "- - false - false")]
    [InlineData("lag(x, 1)", "- - 1 2 -")]
    [InlineData("lag(x, 2)", "- - - 1 2")]
    [InlineData("rolling_mean(x, 2)", "1 10 1.5 2 5")]
    [InlineData("rolling_max(x, 3) - rolling_min(x, 3)", "0 0 1 1 3")]
    [InlineData("rolling_std(x, 4)", "0 0 0.5 0.5 1.699673171")]
    [InlineData("elapsed()", "- - 2 3 1")]
    [InlineData("(x - prev(x)) / elapsed()", "- - 0.5 - -")]
    public void Remembers_what_came_before_of_each_key(string expression, string expected) => Assert.Equal(expected, string.Join(' ', Values(expression, Series())));

    [Fact]
    public void A_row_that_is_older_than_one_before_passes_memory_by() =>
        Assert.Equal(["-", "-", "1"], Values("prev(x)", Row("a", 5, 1.0), Row("a", 4, 2.0), Row("a", 6, 3.0)));

    [Fact]
    public void A_provisional_row_of_a_window_is_computed_as_the_complete_one_and_not_remembered()
    {
        var windows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("x", Kind.Number)], hasWindow: true);
        var batch = _plant.Batch(windows, new Row("a", null, 0, 1.0), new Row("a", null, 60, 5.0), new Row("a", null, 60, 2.0), new Row("a", null, 120, 3.0));
        new[] { Pane.OnTime, Pane.Early, Pane.OnTime, Pane.OnTime }.CopyTo(batch.Pane);

        Assert.Equal(["-", "1", "1", "2"], Values(Bind("prev(x)", windows), batch));
        Assert.Equal(["-", "4", "1", "1"], Values(Bind("x - lag(x, 1)", windows), batch));
        Assert.Equal(["1", "3", "1.5", "2.5"], Values(Bind("rolling_mean(x, 2)", windows), batch));
    }

    [Fact]
    public void A_tag_for_which_the_table_of_texts_has_no_room_is_missing()
    {
        var rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(limit: 5), [new("x", Kind.Number)], hasWindow: false);
        // One is taken by the text in the expression.
        var batch = _plant.Batch(rows, [.. Enumerable.Range(0, 8).Select(m => new Row($"m{m}", null, m, 1.0))]);

        Assert.Equal(["true", "true", "true", "true", "-", "-", "-", "-"], Values(Bind("contains(machine, \"m\")", rows), batch));
    }

    [Fact]
    public void Memory_is_saved_and_restored_with_texts_as_texts()
    {
        var (before, after) = (Bind("changed(state) or rising(x) and rolling_mean(x, 2) == 2.5"), Bind("changed(state) or rising(x) and rolling_mean(x, 2) == 2.5"));
        var rows = new[] { Row("a", 1, 1.0), Row("b", 1, 2.0) };
        before.Compute(_plant.Batch(s_rows, rows), new double[2]);
        var state = new StateWriter();
        before.Save(state);

        after.Restore(new StateReader(state.Written));

        var results = new double[2];
        after.Compute(_plant.Batch(s_rows, Row("a", 2, 1.0), Row("b", 2, 3.0)), results);
        Assert.Equal([0.0, 1.0], results);
        Assert.True(before.NeedsOrder);
        Assert.False(Bind("x > 1").NeedsOrder);
    }

    [Theory]
    [InlineData("value > 5", "true - false")]
    [InlineData("signal == \"a\" and value > 5", "true false false")]
    [InlineData("signal != \"b\"", "true false true")]
    [InlineData("quality == \"good\"", "true false true")]
    [InlineData("machine == \"m1\"", "true false true")]
    [InlineData("prev(value)", "- - -")]
    public void Readings_have_value_signal_tags_and_quality(string expression, string expected)
    {
        var rows = new[] { Some.Reading("m1", "a", 1, 7.0), Some.Reading("m2", "b", 2, "on", Quality.Bad), Some.Reading("m1", "c", 3, 5L) };

        Assert.Equal(expected, string.Join(' ', Values(expression, _plant.Readings, rows)));
    }

    [Fact]
    public void The_same_comes_out_however_the_rows_are_split()
    {
        var rows = Enumerable.Range(0, 1500).Select(i => Row($"m{i % 3}", i, i % 7 == 0 ? null : (double)(i % 13))).ToArray();
        var whole = Values("if(x > prev(x), sqrt(x) * 2, last(x) ?? -1)", rows);

        var bound = Bind("if(x > prev(x), sqrt(x) * 2, last(x) ?? -1)");
        var parts = rows.Chunk(7).SelectMany(chunk => Values(bound, _plant.Batch(s_rows, chunk)));

        Assert.Equal(whole, parts);
    }

    static BoundExpression Bind(string text, Schema? schema = null)
    {
        Assert.True(Expression.TryParse(text, out var expression, out var wrong), wrong.ToString());
        var wrongs = new List<Wrong>();
        var bound = expression.Bind(schema ?? s_rows, wrongs);
        Assert.Empty(wrongs);
        return bound!;
    }

    IReadOnlyList<string> Values(string text, params Row[] rows) => Values(text, s_rows, rows);

    IReadOnlyList<string> Values(string text, Schema schema, Row[] rows) => Values(Bind(text, schema), _plant.Batch(schema, rows));

    static IReadOnlyList<string> Values(BoundExpression bound, Batch batch)
    {
        var values = new double[batch.Count];
        bound.Compute(batch, values);
        return [.. values.Select(value => double.IsNaN(value) ? "-" : bound.Type.Kind switch
        {
            Kind.Bool => value == 1 ? "true" : "false",
            Kind.Text => batch.Schema.Codes.Text((long)value),
            _ => Math.Round(value, 9).ToString(CultureInfo.InvariantCulture),
        })];
    }

    // 2026-01-01T13:45:00Z, a Thursday.
    static Row Row() => new("m1,l", null, 1_767_275_100, 7.0, 2.0, 90.0, 68.0, 2.0, 50.8, 3L, "run", true, 4.0);

    static Row Row(string machine, double time, double? x) => new($"{machine},l", null, time, [x, .. Enumerable.Repeat<object?>(null, 6), "run", null, null]);

    static Row[] Series() => [Row("a", 1, 1.0), Row("b", 1, 10.0), Row("a", 3, 2.0), Row("a", 6, null), Row("a", 7, 5.0)];
}
