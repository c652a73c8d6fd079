namespace StreamEdge;

/// <summary>What becomes of a command that cannot print, and of a defect.</summary>
public class OutputTests
{
    const string Lost = "streamedge: standard output cannot be written: No space left on device\n";

    [Fact]
    public async Task A_run_that_cannot_print_its_summary_is_brought_to_its_end_and_says_so()
    {
        using var cli = new Cli { Full = true };

        Assert.Equal(3, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Assert.EndsWith($"press: ended after 0.0 s.\n{Lost}", cli.Error);
        Assert.Equal(7, File.ReadLines(Path.Combine(cli.State, "windows.jsonl")).Count());
        Assert.Equal("ended", Assert.Single(StoreBooks.Read(Path.Combine(cli.State, "press.db"))).State);
    }

    [Fact]
    public async Task A_console_sink_that_cannot_print_fails_its_pipeline()
    {
        using var cli = new Cli { Full = true };
        var file = cli.File("press.yaml", CommandLineTests.Press.Replace("file: windows.jsonl", "console:"));

        Assert.Equal(3, await cli.RunAsync("run", file, "--state", cli.State, "--quiet"));

        Assert.Contains("error: press: stopped, because step 'history' failed: standard output cannot be written: No space left on device\n", cli.Error);
    }

    [Theory]
    [InlineData("check", "press.yaml")]
    [InlineData("explain", "press.yaml")]
    [InlineData("--version")]
    [InlineData("--help")]
    public async Task A_command_that_cannot_print_says_so(params string[] args)
    {
        using var cli = new Cli { Full = true };
        cli.File("press.yaml", CommandLineTests.Press);

        Assert.Equal(3, await cli.RunAsync([.. args.Select(a => a == "press.yaml" ? cli.PathOf(a) : a)]));

        Assert.Equal(Lost, cli.Error);
    }

    [Fact]
    public async Task A_defect_is_told_in_one_line()
    {
        using var cli = new Cli();

        Assert.Equal(3, await cli.RunAsync("check", cli.File("press.yaml", CommandLineTests.Press.Replace("odd: drop", "defect: true"))));

        Assert.Equal("streamedge: a defect of StreamEdge: InvalidOperationException: it was\\u000Anot thought of; please report it, with what STREAMEDGE_TRACE=1 shows\n", cli.Error);
    }
}
