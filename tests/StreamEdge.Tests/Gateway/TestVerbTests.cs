namespace StreamEdge;

/// <summary><c>streamedge test</c> from the outside.</summary>
public class TestVerbTests
{
    const string Tests = """
        tests:
          - name: a warm press has windows
            tags: { machine: m1 }
            feed:
              - { at: 2026-01-01T00:00:00Z for 20s every 1s, temp: 80 }
            expect:
              history: { rows: 2 }
          - name: a hot press has none
            tags: { machine: m1 }
            feed:
              - { at: 2026-01-01T00:00:00Z for 10s every 1s, temp: [80, 300] }
            expect:
              clean: { dropped: { out_of_range: 10 } }
              window:
                - { at: 2026-01-01T00:00:00Z, mean: 82 ± 1 }

        """;

    [Fact]
    public async Task Tells_each_test_and_shows_what_came_instead()
    {
        using var cli = new Cli();

        Assert.Equal(1, await cli.RunAsync("test", cli.File("press.yaml", CommandLineTests.Press + Tests)));

        Assert.Equal("", cli.Error);
        Cli.Matches("test.txt", cli.Out);
    }

    [Fact]
    public async Task Writes_a_report_for_a_build_server()
    {
        using var cli = new Cli();
        var broken = cli.File("broken.yaml", CommandLineTests.Press.Replace("odd: drop", "odd: dorp"));

        Assert.Equal(1, await cli.RunAsync("test", cli.File("press.yaml", CommandLineTests.Press + Tests.Replace("a hot press has none", "\"<a> \\x01 & hot press\"")), broken, "--report", cli.PathOf("report.xml")));

        Cli.Matches("test-report.xml", File.ReadAllText(cli.PathOf("report.xml")).Replace(cli.PathOf("") + "/", "") + "\n");
    }

    [Fact]
    public async Task Runs_the_tests_that_are_chosen()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("test", cli.File("press.yaml", CommandLineTests.Press + Tests), "--only", "WARM"));

        Assert.Equal("press.yaml\n  passed  a warm press has windows\npress.yaml: 1 test, 1 passed, 0 failed\n", cli.Out);
    }

    [Fact]
    public async Task A_file_without_tests_says_so_and_several_are_summed_up()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("test", cli.File("bare.yaml", CommandLineTests.Press), cli.File("press.yaml", CommandLineTests.Press + Tests[..Tests.IndexOf("  - name: a hot")])));

        Assert.Equal("bare.yaml: has no tests; add a block 'tests:' to it\npress.yaml\n  passed  a warm press has windows\npress.yaml: 1 test, 1 passed, 0 failed\nin all: 1 test, 1 passed, 0 failed\n", cli.Out);
    }

    [Theory]
    [InlineData("test: no test has 'cold' in its name; the tests are 'a warm press has windows', 'a hot press has none'", "--only", "cold")]
    [InlineData("--report /nowhere/at/all: there is no such folder", "--report", "/nowhere/at/all/report.xml")]
    [InlineData("--report / is a folder; name a file in it", "--report", "/")]
    [InlineData("--report has no name; write a file behind it, or leave it out", "--report", "")]
    public async Task A_wrong_option_is_told_before_anything_runs(string expected, params string[] options)
    {
        using var cli = new Cli();

        Assert.Equal(2, await cli.RunAsync(["test", cli.File("press.yaml", CommandLineTests.Press + Tests), .. options]));

        Assert.Equal($"streamedge: {expected}\n", cli.Error);
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task A_mistake_in_a_test_is_told_by_check_and_by_run()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", CommandLineTests.Press + Tests.Replace("temp: 80 }", "tmp: 80 }"));

        Assert.Equal(1, await cli.RunAsync("check", file));
        Assert.Equal(1, await cli.RunAsync("run", file, "--state", cli.State));

        Assert.Equal("", cli.Out);
        Assert.Equal(2, cli.Error.Split("press.yaml:14:54: there is no signal 'tmp'; did you mean 'temp'?\n").Length - 1);
    }

    [Fact]
    public async Task Check_counts_the_tests()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("check", cli.File("press.yaml", CommandLineTests.Press + Tests)));

        Assert.Equal("press.yaml: fine: 5 steps, 1 signal, 2 tests\n", cli.Out);
    }

    [Fact]
    public async Task A_run_does_not_execute_the_tests()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press + Tests), "--state", cli.State));

        Assert.Contains("press: ended after 0.0 s; 21 readings\n", cli.Out);
    }

    [Fact]
    public async Task Tests_that_are_told_to_stop_end()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        using var cli = new Cli { Stop = stop.Token };

        Assert.Equal(3, await cli.RunAsync("test", cli.File("press.yaml", CommandLineTests.Press + Tests)));

        Assert.Equal("streamedge: stopped in the test 'a warm press has windows'\n", cli.Error);
    }
}
