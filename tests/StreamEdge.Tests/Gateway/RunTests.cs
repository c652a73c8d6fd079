namespace StreamEdge;

/// <summary><c>streamedge run</c> from the outside.</summary>
public class RunTests
{
    [Theory]
    [InlineData("time: { late: drop }\n")]
    [InlineData("time: { clock: shared }\n")]
    public async Task Two_files_of_one_machine_meet_in_its_windows(string time)
    {
        using var cli = new Cli();
        foreach (var signal in new[] { "temp", "humidity" })
            cli.File($"{signal}.csv", $"ts,device,{signal}\n{string.Concat(Enumerable.Range(0, 5).Select(minute => $"2026-01-01T00:0{minute}:00Z,m1,{minute}\n"))}");
        var file = cli.File("two.yaml", $$"""
            pipeline: two
            {{time}}signals: { temp: {}, humidity: {} }
            steps:
              - collect: { name: hot, file: { path: temp.csv, tags: { machine: device } } }
              - collect: { name: wet, file: { path: humidity.csv, tags: { machine: device } } }
              - window: { every: 1m, compute: { temp: [count], humidity: [count] } }
              - transmit: { out: { file: { path: out.csv, columns: [temp_count, humidity_count] } } }
            """);

        Assert.Equal(0, await cli.RunAsync("run", file, "--state", cli.State));

        Assert.DoesNotContain("late", cli.Out);
        Assert.Equal(["temp_count,humidity_count", "1,1"], File.ReadLines(Path.Combine(cli.State, "out.csv")).Distinct());
    }

    [Fact]
    public async Task Two_branches_of_one_source_meet_in_the_windows_of_its_machines()
    {
        using var cli = new Cli();
        var file = cli.File("two.yaml", """
            pipeline: two
            time: { late: drop }
            signals: { temp: {}, humidity: {} }
            steps:
              - collect: { simulate: { machines: 1, length: 5m } }
              - clean: { name: hot, keep: signal == "temp" }
              - clean: { name: wet, from: collect, keep: signal == "humidity" }
              - window: { from: [hot, wet], every: 1m, compute: { temp: [count], humidity: [count] } }
              - transmit: { out: { file: { path: out.csv, columns: [temp_count, humidity_count] } } }
            """);

        Assert.Equal(0, await cli.RunAsync("run", file, "--state", cli.State));

        Assert.DoesNotContain("late", cli.Out);
        Assert.Equal(["temp_count,humidity_count", "60,60"], File.ReadLines(Path.Combine(cli.State, "out.csv")).Distinct());
    }

    [Fact]
    public async Task A_run_ends_with_a_summary_of_every_step()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Cli.Matches("run.txt", cli.Out);
        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Equal("00:00:00 press: started.\n00:00:00 warning: press: collect has come to 14.\n00:00:00 press: ended after 0.0 s.\n", cli.Error);
        Assert.Equal(7, File.ReadLines(Path.Combine(cli.State, "windows.jsonl")).Count());
    }

    [Theory]
    [InlineData(true, "progress-live.txt")]
    [InlineData(false, "progress-file.txt")]
    public async Task Progress_is_shown_every_second_to_a_person_and_every_ten_to_a_file(bool live, string golden)
    {
        using var cli = new Cli { Live = live };

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press.Replace("counting: 21", "counting: 21, pace: 6s")), "--state", cli.State));

        Cli.Matches(golden, cli.Error.Replace("\u001b[K", "<clear>").Replace("\r", "\n"));
        Assert.Contains("press: ended after 18.0 s; 21 readings, 1/s\n", cli.Out);
    }

    [Fact]
    public async Task A_pipeline_that_fails_is_named_with_its_step_and_the_other_runs_to_its_end()
    {
        using var cli = new Cli();
        var bad = cli.File("bad.yaml", CommandLineTests.Press.Replace("pipeline: press", "pipeline: bad").Replace("odd: drop", "odd: fail").Replace("windows.jsonl", "bad.jsonl"));

        Assert.Equal(3, await cli.RunAsync("run", bad, cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Assert.Contains("bad: FAILED at step 'clean.odd' (1 is odd) after 0.0 s", cli.Out);
        Assert.Contains("press: ended after 0.0 s; 21 readings\n", cli.Out);
        Assert.Contains("error: bad: stopped, because step 'clean.odd' failed: 1 is odd\n", cli.Error);
    }

    [Fact]
    public async Task A_file_with_mistakes_does_not_keep_the_sound_one_from_running()
    {
        using var cli = new Cli();
        var broken = cli.File("broken.yaml", CommandLineTests.Press.Replace("odd: drop", "odd: dorp"));

        Assert.Equal(1, await cli.RunAsync("run", broken, cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Assert.Contains("broken.yaml: 1 mistake\n", cli.Error);
        Assert.Contains("press: ended after 0.0 s; 21 readings\n", cli.Out);
    }

    [Fact]
    public async Task Two_pipelines_of_one_name_do_not_write_into_one_store()
    {
        using var cli = new Cli();

        Assert.Equal(1, await cli.RunAsync("run", cli.File("a.yaml", CommandLineTests.Press), cli.File("b.yaml", CommandLineTests.Press), "--state", cli.State, "--quiet"));

        Assert.Equal("b.yaml: its name 'press' is that of a.yaml; give it another, for its store and its books go by it\n00:00:00 warning: press: collect has come to 14.\n", cli.Error);
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task A_run_without_a_reading_is_told_and_so_is_a_file_of_a_header_only()
    {
        using var cli = new Cli();
        cli.File("temps.csv", "ts,temp\n");

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press.Replace("counting: 21", "file: temps.csv")), "--state", cli.State, "--quiet"));

        Assert.Equal("00:00:00 warning: press: collect found nothing below the header of temps.csv.\n00:00:00 warning: press: collect gave no reading.\n", cli.Error);
    }

    [Fact]
    public async Task The_summary_names_a_sink_in_the_words_of_the_file()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press.Replace("file: windows.jsonl", "console: json_lines")), "--state", cli.State));

        Assert.Contains("  history    console json_lines\n", cli.Out);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_drains_and_is_fine()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        using var cli = new Cli { Stop = stop.Token };

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Assert.Contains("press: stopped after 0.0 s; 0 readings\n", cli.Out);
        Assert.Contains("  balanced\n", cli.Out);
    }
}
