namespace StreamEdge;

/// <summary>How a test writes the value that it expects.</summary>
public class ExpectedValueTests
{
    [Theory]
    [InlineData("80.98", 80.98, true)]
    [InlineData("80.98", 80.980000000001, true)]
    [InlineData("80.98", 80.9801, false)]
    [InlineData("0", 1e-12, true)]
    [InlineData("80.98 ± 0.01", 80.99, true)]
    [InlineData("80.98 +- 0.01", 80.97, true)]
    [InlineData("80.98 +/- 0.01", 80.991, false)]
    [InlineData("176 degF", 80, true)]
    [InlineData("80 ± 9 degF", 26.6667, true)]
    [InlineData("80 ± 9 degF", 80, false)]
    [InlineData("176 ± 9 degF", 84.99, true)]
    [InlineData("176 degF ± 9", 85.01, false)]
    [InlineData("80 degC ± 9 degF", 84.99, true)]
    [InlineData("80..82", 80, true)]
    [InlineData("80..82", 82.1, false)]
    [InlineData("80..82 degC", 81, true)]
    [InlineData("80..", 1e9, true)]
    [InlineData("..80", 80.5, false)]
    [InlineData("> 80", 80, false)]
    [InlineData("> 80", 80.1, true)]
    [InlineData(">= 80 degC", 80, true)]
    [InlineData("< 80", 80, false)]
    [InlineData("<=80", 80, true)]
    [InlineData("~", double.NaN, true)]
    [InlineData("~", 0, false)]
    [InlineData("80", double.NaN, false)]
    public void A_number(string written, double actual, bool matches) => Assert.Equal(matches, Read(written, "degC").Matches(actual, Kind.Number, new CodeTable()));

    [Theory]
    [InlineData("80%", 0.8)]
    [InlineData("80% ± 1%", 0.81)]
    [InlineData("80 ± 1%", 0.79)]
    [InlineData("66%..67%", 0.6667)]
    [InlineData("0.8", 0.8)]
    public void A_share_of_a_column_without_a_unit(string written, double actual) => Assert.True(Read(written, null).Matches(actual, Kind.Number, new CodeTable()));

    [Fact]
    public void A_whole_number_to_its_last_digit()
    {
        var expected = Read("9007199254740993", null, Kind.Integer);

        Assert.True(expected.Matches(Slot.Of(9007199254740993), Kind.Integer, new CodeTable()));
        Assert.False(expected.Matches(Slot.Of(9007199254740992), Kind.Integer, new CodeTable()));
    }

    static ExpectedValue Read(string text, string? unit, Kind kind = Kind.Number)
    {
        var faults = new Faults("press.yaml");
        var value = ExpectedValue.Read("temp", new ScalarNode(Position.Start, text, quoted: false), kind, unit is null ? null : Some.Unit(unit), faults);
        Assert.Empty(faults.Items);
        return value!;
    }
}
