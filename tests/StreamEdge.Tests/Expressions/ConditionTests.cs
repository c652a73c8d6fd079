namespace StreamEdge;

public sealed class ConditionTests
{
    static readonly Schema s_rows = Schema.Rows(new KeyTable([], 0), new CodeTable(), [new("score", Kind.Number), new("Tool wear", Kind.Integer), new("label", Kind.Text), new("open", Kind.Bool)], hasWindow: false);

    [Theory]
    [InlineData("score > 0.5", "001")]
    [InlineData("score >= 0.5", "011")]
    [InlineData("score<0.5", "100")]
    [InlineData("score <= 0.5", "110")]
    [InlineData("score == 5e-1", "010")]
    [InlineData("score != 0.5", "101")]
    [InlineData("Tool wear >= 2", "011")]
    [InlineData("label == \"a > b\"", "010")]
    [InlineData("label != \"a > b\"", "100")]
    [InlineData("open == true", "010")]
    [InlineData("open != true", "100")]
    public void Holds_for_the_rows_it_names_and_for_no_missing_value(string text, string holds)
    {
        var batch = new BatchPool().Rent(s_rows);
        batch.Grow(3);
        batch.Count = 3;
        new[] { 0.25, 0.5, 0.75 }.CopyTo(batch.Column(0));
        new long[] { 1, 2, 3 }.CopyTo(batch.Bits(1));
        new[] { s_rows.Codes.Code("x"), s_rows.Codes.Code("a > b"), Slot.Missing }.CopyTo(batch.Bits(2));
        new[] { 0, 1, Slot.Missing }.CopyTo(batch.Bits(3));

        Assert.True(Condition.TryParse(text, out var condition, out _));
        Assert.True(condition.TryBind(s_rows, out var test, out _));

        Assert.Equal(holds, string.Concat(Enumerable.Range(0, 3).Select(row => test.Holds(batch, row) ? 1 : 0)));
        Assert.Equal(text, condition.ToString());
    }

    [Theory]
    [InlineData("share > 99.9", "'share' lies between 0 and 1, so this never holds; write 0.999")]
    [InlineData("share >= 2", "'share' lies between 0 and 1, so this never holds; write 0.02")]
    [InlineData("share > 1", "'share' lies between 0 and 1, so this never holds; compare it with a number in between")]
    [InlineData("share < 80", "'share' lies between 0 and 1, so this always holds; write 0.8")]
    [InlineData("share <= 1", "'share' lies between 0 and 1, so this always holds; compare it with a number in between")]
    [InlineData("share >= 0", "'share' lies between 0 and 1, so this always holds; compare it with a number in between")]
    [InlineData("share < 0", "'share' lies between 0 and 1, so this never holds; compare it with a number in between")]
    [InlineData("share != -1", "'share' lies between 0 and 1, so this always holds; compare it with a number in between")]
    [InlineData("share == 50", "'share' lies between 0 and 1, so this never holds; write 0.5")]
    [InlineData("score > 99.9%", "'score' is no share of 1; write a number without %")]
    [InlineData("share > 99.9%", "")]
    [InlineData("share >= 1", "")]
    [InlineData("share <= 0", "")]
    [InlineData("share == 1", "")]
    public void A_comparison_that_always_or_never_holds_is_told(string text, string expected)
    {
        var rows = s_rows.Plus([new("share", Kind.Number) { Range = Bounds.Share }]);
        Assert.True(Condition.TryParse(text, out var condition, out _));

        Assert.Equal(expected.Length == 0, condition.TryBind(rows, out _, out var wrong));
        Assert.Equal(expected, wrong.What is null ? "" : wrong.ToString());
    }

    [Fact]
    public void A_share_may_be_written_in_percent()
    {
        Assert.True(Condition.TryParse("share > 99.9%", out var condition, out _));

        Assert.Equal((0.999, "share > 99.9%"), (condition.Number, condition.ToString()));
    }

    [Theory]
    [InlineData("", 0, "'' does not begin with a column; write it like score > 0.98")]
    [InlineData("> 3", 0, "'> 3' does not begin with a column; write it like score > 0.98")]
    [InlineData("score", 5, "'score' is compared with nothing; write it like score > 0.98")]
    [InlineData("score = 1", 6, "there is no comparison '='; did you mean '=='?")]
    [InlineData("score => 1", 6, "there is no comparison '=>'; write >, >=, <, <=, == or !=")]
    [InlineData("score > ", 8, "nothing stands behind '>'; write a number, or a text in double quotes")]
    [InlineData("score > high", 8, "'high' is no number; write one number, or a text in double quotes")]
    [InlineData("score > 0,5", 8, "'0,5' has a decimal comma; write 0.5 with a point")]
    [InlineData("score > 101%", 8, "'101%' is no share of a whole; write 0% to 100%")]
    [InlineData("score > 1 and score < 2", 8, "'1 and score < 2' is no number; write one number, or a text in double quotes")]
    [InlineData("label == \"a\" or true", 9, "'\"a\" or true' is no text in double quotes; write one comparison, such as label == \"Power\"")]
    [InlineData("label > \"a\"", 6, "a text cannot be compared with '>'; write == or !=")]
    public void What_is_no_condition_is_told_with_its_place(string text, int offset, string wrong)
    {
        Assert.False(Condition.TryParse(text, out _, out var found));

        Assert.Equal((wrong, offset), (found.ToString(), found.Offset));
    }
}
