namespace StreamEdge;

public class SuggestionTests
{
    static readonly string[] s_options = ["min", "max", "max_age", "swinging_door", "then", "p95"];

    [Theory]
    [InlineData("maximum", "max")]
    [InlineData("mx", null)]
    [InlineData("maxAge", "max_age")]
    [InlineData("max-age", "max_age")]
    [InlineData("swingingdoor", "swinging_door")]
    [InlineData("swinging_dor", "swinging_door")]
    [InlineData("tehn", "then")]
    [InlineData("mni", "min")]
    [InlineData("p99", "p95")]
    [InlineData("topic", null)]
    [InlineData("", null)]
    public void Finds_the_word_that_was_meant(string written, string? meant) => Assert.Equal(meant, Suggestion.Nearest(written, s_options));

    [Fact]
    public void A_very_long_word_is_not_compared() => Assert.Null(Suggestion.Nearest(new string('a', 100_000), [new string('a', 100_000)]));

    [Fact]
    public void Names_the_word_or_lists_what_there_is()
    {
        Assert.Equal("did you mean 'max'?", Suggestion.Remedy("maximum", s_options, "its options are"));
        Assert.Equal("its options are min, max, max_age, swinging_door, then, p95", Suggestion.Remedy("topic", s_options, "its options are"));
        Assert.Equal("its options are a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11 and 8 more",
            Suggestion.Remedy("topic", Enumerable.Range(0, 20).Select(index => $"a{index}"), "its options are"));
    }
}
