namespace StreamEdge;

/// <summary>What is wrong with an expression, where, and what to write instead.</summary>
public class ExpressionFaultTests
{
    static readonly Schema s_rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(),
    [
        new("temp", Kind.Number, Some.Unit("degC")), new("pressure", Kind.Number, Some.Unit("bar")), new("x", Kind.Number), new("flow-rate", Kind.Number), new("state", Kind.Text), new("open", Kind.Bool), new("share", Kind.Number) { Range = Bounds.Share },
    ], hasWindow: false);

    [Theory]
    // The caret stands under the fault.
    [InlineData("", "^", "there is no expression; write one, such as temp > 80")]
    [InlineData("temp >", "     ^", "the expression ends where a value is expected; write a name, a number or a text in double quotes")]
    [InlineData("temp = 5", "     ^", "'=' has no meaning here; write '=='")]
    [InlineData("temp => 5", "     ^", "'=>' has no meaning here; write '>='")]
    [InlineData("temp > 5 && open", "         ^", "'&&' has no meaning here; write 'and'")]
    [InlineData("temp > 5 || open", "         ^", "'||' has no meaning here; write 'or'")]
    [InlineData("!open", "^", "'!' has no meaning here; write 'not'")]
    [InlineData("temp <> 5", "     ^", "'<>' has no meaning here; write '!='")]
    [InlineData("x ^ 2", "  ^", "'^' has no meaning here; write pow(x, 2)")]
    [InlineData("x ** 2", "  ^", "'**' has no meaning here; write pow(x, 2)")]
    [InlineData("open ? 1 : 2", "     ^", "'?' has no meaning here; write if(condition, x, y)")]
    [InlineData("temp > 5 AND open", "         ^", "'AND' has no meaning here; write 'and' in small letters")]
    [InlineData("1 < x < 5", "      ^", "one comparison cannot follow another; write both with 'and' between: x > 1 and x < 5")]
    [InlineData("state == 'run'", "         ^", "a text stands in double quotes, not in single ones; write \"run\"")]
    [InlineData("state == \"run", "         ^", "the text has no end; close it with \"")]
    [InlineData("(temp > 5", "^", "the bracket is not closed; write ')' where it ends")]
    [InlineData("temp > 5)", "        ^", "')' closes no bracket; take it out, or write '(' where it begins")]
    [InlineData("temp > 0,5", "        ^", "a comma stands outside of brackets; numbers have a decimal point: 0.5")]
    [InlineData("temp > 1_000", "       ^", "'1_000' is no number; write 1000")]
    [InlineData("temp pressure", "     ^", "'pressure' follows a value; write a sign between, such as and, or, +, ==; a name of several words stands in backticks")]
    [InlineData("and temp", "^", "'and' stands where a value is expected; write a name, a number or a text in double quotes")]
    [InlineData("temp > 5 degG", "         ^", "'degG' is no unit; did you mean 'degC'?")]
    [InlineData("max(temp, ", "        ^", "the expression ends where a value is expected; write a name, a number or a text in double quotes")]
    [InlineData("temp > #", "       ^", "'#' has no meaning here; names with such letters stand in backticks: `flow rate`")]
    [InlineData("state in \"run\"", "         ^", "'(' is missing; write the choices in brackets: in (\"run\", \"idle\")")]
    [InlineData("state in [\"run\"]", "         ^", "'[' has no meaning here; write a list in round brackets: in (\"a\", \"b\")")]
    public void Of_what_is_no_expression(string text, string caret, string expected)
    {
        Assert.False(Expression.TryParse(text, out _, out var wrong));

        Assert.Equal((expected, caret), (wrong.ToString(), new string(' ', wrong.Offset) + "^"));
    }

    [Theory]
    [InlineData("tmp > 5", "^", "there is no column 'tmp'; did you mean 'temp'?")]
    [InlineData("temp > 5 and presure < 3", "             ^", "there is no column 'presure'; did you mean 'pressure'?")]
    [InlineData("sqrt > 5", "^", "there is no column 'sqrt'; a function has brackets: sqrt(x)")]
    [InlineData("sqr(temp)", "^", "there is no function 'sqr'; did you mean 'sqrt'?")]
    [InlineData("clamp(x, 1)", "^", "clamp has 2 values in its brackets; write clamp(x, low, high)")]
    [InlineData("abs(state)", "    ^", "abs wants a number, but 'state' is text")]
    [InlineData("temp and open", "^", "'and' wants true or false, but 'temp' is a number in degC; write a comparison, such as x > 0")]
    [InlineData("not temp", "    ^", "'not' wants true or false, but 'temp' is a number in degC; write a comparison, such as x > 0")]
    [InlineData("temp + state", "       ^", "'+' wants a number, but 'state' is text")]
    [InlineData("state == 5", "      ^", "'state' (text) cannot be compared with a number; texts stand in double quotes, numbers do not")]
    [InlineData("state > \"run\"", "      ^", "text cannot be compared with '>'; write == or !=")]
    [InlineData("temp > pressure", "     ^", "bar (pressure) cannot be compared with degC (temperature); compare and add like with like")]
    [InlineData("temp + pressure > 5", "     ^", "bar (pressure) cannot be added with degC (temperature); compare and add like with like")]
    [InlineData("temp > 5 bar", "     ^", "bar (pressure) cannot be compared with degC (temperature); compare and add like with like")]
    [InlineData("x > 5 mm", "  ^", "a number in mm cannot be compared with one without a unit; declare the unit under 'signals:', or write the number alone")]
    [InlineData("temp > temp - prev(temp)", "     ^", "a difference cannot be compared with a value in degC; take a difference on both sides")]
    [InlineData("quality == \"god\"", "           ^", "it is never 'god'; did you mean 'good'?")]
    [InlineData("if(open, 1, \"no\")", "            ^", "if gives a number or text; both must be of one kind")]
    [InlineData("round(x, 1.5)", "         ^", "the number of decimals is no whole number from 0 to 15; write round(x, 1)")]
    [InlineData("contains(state, machine)", "                ^", "contains wants a text in double quotes; write contains(x, \"part\")")]
    [InlineData("hour(\"Berlin\") > 5", "     ^", "there is no time zone 'Berlin'; did you mean \"Europe/Berlin\"?")]
    [InlineData("x + weekday(\"Europe/Berln\")", "            ^", "there is no time zone 'Europe/Berln'; did you mean \"Europe/Berlin\"?")]
    [InlineData("hour(\"europe/berlin\")", "     ^", "there is no time zone 'europe/berlin'; did you mean \"Europe/Berlin\"?")]
    [InlineData("hour(\"W. Europe Standard Time\")", "     ^", "there is no time zone 'W. Europe Standard Time'; write a name of the IANA's list, such as \"Europe/Berlin\" or \"Asia/Tokyo\"")]
    [InlineData("hour(\"localtime\")", "     ^", "there is no time zone 'localtime'; write a name of the IANA's list, such as \"Europe/Berlin\" or \"Asia/Tokyo\"")]
    [InlineData("hour(\"\")", "     ^", "there is no time zone ''; write a name of the IANA's list, such as \"Europe/Berlin\" or \"Asia/Tokyo\"")]
    [InlineData("minute(machine)", "       ^", "minute wants a time zone in double quotes; write minute(\"Europe/Berlin\")")]
    [InlineData("hour(1)", "     ^", "hour wants a time zone in double quotes; write hour(\"Europe/Berlin\")")]
    [InlineData("hour(\"UTC\", 1)", "^", "hour has 2 values in its brackets; write hour(zone)")]
    [InlineData("rolling_mean(x, 1.5)", "                ^", "the number of rows is no whole number that it can look back; write rolling_mean(x, 10)")]
    [InlineData("lag(x, 5000)", "       ^", "the number of rows is no whole number that it can look back; write lag(x, 10)")]
    [InlineData("x in (1, temp)", "         ^", "'temp' is no fixed value; list numbers or texts")]
    [InlineData("state in (1)", "          ^", "text cannot be compared with a number")]
    [InlineData("state ?? 0", "      ^", "text cannot be replaced by a number")]
    [InlineData("share > 99.9", "        ^", "'share' lies between 0 and 1, so this never holds; write 0.999")]
    [InlineData("2 <= share", "^", "'share' lies between 0 and 1, so this never holds; write 0.02")]
    [InlineData("share < 80", "        ^", "'share' lies between 0 and 1, so this always holds; write 0.8")]
    [InlineData("share > 1", "        ^", "'share' lies between 0 and 1, so this never holds; compare it with a number in between")]
    [InlineData("share != -1", "         ^", "'share' lies between 0 and 1, so this always holds; compare it with a number in between")]
    [InlineData("value > 5", "^", "there is no column 'value'; the columns are temp, pressure, x, flow-rate, state, open, share, machine, quality")]
    public void Of_what_has_no_meaning_for_these_rows(string text, string caret, string expected)
    {
        var wrong = Assert.Single(Wrongs(text));

        Assert.Equal((expected, caret), (wrong.ToString(), new string(' ', wrong.Offset) + "^"));
    }

    [Fact]
    public void All_of_them_at_once() => Assert.Equal(
        ["there is no column 'a'", "there is no column 'b'", "there is no function 'f'"],
        Wrongs("a > 1 and (b < 2 or f(temp))").Select(w => w.What));

    [Fact]
    public void What_is_asked_must_be_true_or_false() => Assert.Equal(
        "'temp + 1' is a number in degC, not true or false; write a comparison, such as temp > 80", Assert.Single(Wrongs("temp + 1", Kind.Bool)).ToString());

    [Fact]
    public void A_signal_by_name_is_no_word_for_readings()
    {
        var plant = new Plant(Some.Signal("temp"));

        Assert.True(Expression.TryParse("temp > 5", out var expression, out _));
        var wrongs = new List<Wrong>();
        expression.Bind(plant.Readings, wrongs);

        Assert.Equal("'temp' is a signal, but readings come one by one; write: signal != \"temp\" or value > 0; or put it behind a window or align", Assert.Single(wrongs).ToString());
    }

    [Theory]
    [InlineData("(", 60, ")", "the expression is nested deeper than 50; split it with derive")]
    [InlineData("not ", 60, "", "the expression is nested deeper than 50; split it with derive")]
    [InlineData("- ", 60, "", "the expression is nested deeper than 50; split it with derive")]
    [InlineData("x + ", 600, "", "the expression has more than 500 parts; split it with derive")]
    [InlineData("x  +  ", 1000, "", "the expression has 6,001 characters, more than 4,096; split it with derive")]
    public void It_is_bounded(string before, int times, string after, string expected)
    {
        var text = string.Concat(Enumerable.Repeat(before, times)) + "x" + string.Concat(Enumerable.Repeat(after, times));

        Assert.False(Expression.TryParse(text, out _, out var wrong));

        Assert.Equal(expected, wrong.ToString());
    }

    static List<Wrong> Wrongs(string text, Kind? wanted = null)
    {
        Assert.True(Expression.TryParse(text, out var expression, out var misread), misread.ToString());
        var wrongs = new List<Wrong>();
        Assert.Null(expression.Bind(s_rows, wrongs, wanted));
        return wrongs;
    }
}
