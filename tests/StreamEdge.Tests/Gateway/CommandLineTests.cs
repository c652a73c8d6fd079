namespace StreamEdge;

/// <summary>The program from the outside: what it is told, what it prints, what it returns.</summary>
public class CommandLineTests
{
    [Fact]
    public async Task Its_version_is_one_line()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("--version"));

        Assert.Equal("streamedge 0.1.0\n", cli.Out);
    }

    [Theory]
    [InlineData("help.txt")]
    [InlineData("help.txt", "--help")]
    [InlineData("help.txt", "help")]
    [InlineData("help-run.txt", "run", "--help")]
    [InlineData("help-run.txt", "help", "run")]
    [InlineData("help-run.txt", "run", "nothing.yaml", "-h")]
    [InlineData("help-check.txt", "check", "--help")]
    [InlineData("help-test.txt", "test", "--help")]
    [InlineData("help-explain.txt", "explain", "--help")]
    [InlineData("help-docs.txt", "docs", "--help")]
    [InlineData("help-query.txt", "query", "--help")]
    [InlineData("help-ledger.txt", "ledger", "--help")]
    [InlineData("help-train.txt", "train", "--help")]
    public async Task Help_teaches(string golden, params string[] args)
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync(args));

        Assert.Equal("", cli.Error);
        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Cli.Matches(golden, cli.Out);
    }

    [Theory]
    [InlineData("there is no command 'rnu'; did you mean 'run'?", "rnu", "demo.yaml", "--seed", "5")]
    [InlineData("there is no command 'frobnicate'; the commands are run, check, test, explain, train, query, ledger, docs", "frobnicate")]
    [InlineData("streamedge has no option '--verson'; did you mean '--version'?", "--verson")]
    [InlineData("run has no option '--sed'; did you mean '--seed'?", "run", "--sed", "5", "demo.yaml")]
    [InlineData("run has no option '--sed'; did you mean '--seed'?", "run", "demo.yaml", "--sed=5")]
    [InlineData("run takes --seed N, not 'x'; see 'streamedge run --help'", "run", "demo.yaml", "--seed", "x")]
    [InlineData("run needs a value after --seed: N; see 'streamedge run --help'", "run", "demo.yaml", "--seed")]
    [InlineData("query takes --format table|csv|json, not 'xml'; see 'streamedge query --help'", "query", "demo", "--format", "xml")]
    [InlineData("--version stands alone, without 'extra'", "--version", "extra")]
    [InlineData("run: --state is given twice; keep one of them", "run", "demo.yaml", "--state", "a", "--state", "b")]
    [InlineData("run: --quiet is given twice; keep one of them", "run", "demo.yaml", "--quiet", "--quiet")]
    [InlineData("run: --seed goes with a simulated source, and demo.yaml has none; leave it out", "run", "demo.yaml", "--seed", "7")]
    [InlineData("train: --seed goes with a simulated source, and demo.yaml has none; leave it out", "train", "demo.yaml", "--seed", "7")]
    [InlineData("train: --version 'x' is no version; write a whole number from 1", "train", "demo.yaml", "--version", "x")]
    [InlineData("train: --version '0' is no version; write a whole number from 1", "train", "demo.yaml", "--version", "0")]
    [InlineData("--to /dev/null/x lies below /dev/null, which is a file, not a folder", "train", "demo.yaml", "--to", "/dev/null/x")]
    [InlineData("query: --last goes with a pipeline; write 'streamedge query PIPELINE --last N'", "query", "--last", "5")]
    [InlineData("query: --format goes with a pipeline; write 'streamedge query PIPELINE --format table|csv|json'", "query", "--format", "csv")]
    [InlineData("query: --field goes with a pipeline; write 'streamedge query PIPELINE --field NAME'", "query", "--signal", "temp")]
    [InlineData("query: --take says what --every makes; add --every 1m, or leave it out", "query", "demo", "--take", "max")]
    [InlineData("run needs FILE; see 'streamedge run --help'", "run")]
    [InlineData("explain takes no further argument 'b.yaml'; see 'streamedge explain --help'", "explain", "a.yaml", "b.yaml")]
    [InlineData("there is no file nothing.yaml", "run", "nothing.yaml")]
    [InlineData("query has no option '--lats'; did you mean '--last'?", "query", "--lats", "3", "demo")]
    [InlineData("ledger has no option '--stat'; did you mean '--state'?", "ledger", "--stat", "state")]
    [InlineData("train has no option '--vesion'; did you mean '--version'?", "train", "--vesion", "2", "demo.yaml")]
    [InlineData("explain has no option '--mermiad'; did you mean '--mermaid'?", "explain", "--mermiad", "demo.yaml")]
    [InlineData("docs has no option '--step'; its options are --help", "docs", "--step", "join")]
    public async Task A_wrong_command_line_is_told_in_one_line(string expected, params string[] args)
    {
        using var cli = new Cli();
        cli.File("demo.yaml", Press);

        Assert.Equal(2, await cli.RunAsync([.. args.Select(a => a == "demo.yaml" ? cli.PathOf(a) : a)]));

        Assert.Equal($"streamedge: {expected}\n", cli.Error);
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task A_mistyped_file_is_recognized()
    {
        using var cli = new Cli();
        cli.File("demo.yaml", Press);

        Assert.Equal(2, await cli.RunAsync("check", cli.PathOf("dmeo.yaml")));

        Assert.Equal("streamedge: there is no file dmeo.yaml; did you mean 'demo.yaml'?\n", cli.Error);
    }

    [Fact]
    public async Task Check_says_that_a_sound_file_is_fine()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("check", cli.File("press.yaml", Press)));

        Assert.Equal("press.yaml: fine: 5 steps, 1 signal\n", cli.Out);
        Assert.Equal("", cli.Error);
    }

    [Fact]
    public async Task Check_shows_every_mistake_with_its_line_and_goes_on_with_the_next_file()
    {
        using var cli = new Cli();
        var broken = cli.File("broken.yaml", Press.Replace("odd: drop", "odd: dorp").Replace("every: 10s", "evry: 10s"));

        Assert.Equal(1, await cli.RunAsync("check", broken, cli.File("press.yaml", Press)));

        Assert.Equal("press.yaml: fine: 5 steps, 1 signal\n", cli.Out);
        Cli.Matches("check-broken.txt", cli.Error);
    }

    [Fact]
    public async Task Explains_a_step_with_several_ways_out()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", """
            pipeline: press
            signals: { temp: { unit: degC } }
            steps:
              - collect: { simulate: { machines: 2, length: 1m } }
              - align: { same_time }
              - route: { hot: temp > 80 degC, rest: otherwise }
              - rate_limit: { from: route.hot, every: 10m }
              - transmit: { alarms: { console: text }, rest: { from: route.rest, console: text } }
            """);

        Assert.Equal(0, await cli.RunAsync(["explain", file]));
        Assert.Equal(0, await cli.RunAsync(["explain", file, "--mermaid"]));

        Cli.Matches("explain-routes.txt", cli.Out);
    }

    [Theory]
    [InlineData("explain.txt")]
    [InlineData("explain-mermaid.txt", "--mermaid")]
    public async Task Explain_shows_the_whole_graph(string golden, params string[] options)
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync(["explain", cli.File("press.yaml", Press), .. options]));

        Assert.Equal("", cli.Error);
        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Cli.Matches(golden, cli.Out);
    }

    [Fact]
    public async Task Explain_shows_constants_and_a_run_those_that_it_learned()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", Press.Replace("  - window", "  - normalize: { min_max: { to: [0, 270] }, robust: { first: 8 } }\n  - window"));

        Assert.Equal(0, await cli.RunAsync("explain", file));
        Assert.Equal(0, await cli.RunAsync("run", file, "--state", cli.State));

        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Cli.Matches("constants.txt", string.Join('\n', cli.Out.Split('\n').SkipWhile(l => !l.StartsWith("4. ", StringComparison.Ordinal))));
    }

    public const string Press = """
        pipeline: press
        signals:
          temp: { unit: degC, range: [-20, 250], rate: 1/s, tolerance: 0.2 }
        steps:
          - collect: { counting: 21 }
          - clean: { out_of_range: drop, odd: drop }
          - window: { every: 10s, compute: [mean, count], queue: { batches: 2 } }
          - transmit:
              history: { from: window, file: windows.jsonl }

        """;

    [Fact]
    public async Task Explain_says_what_an_option_means_that_is_not_written()
    {
        using var cli = new Cli();

        Assert.Equal(0, await cli.RunAsync("explain", cli.File("press.yaml", """
            pipeline: press
            signals: { temp: { unit: degC, max_change: 15 degC/s } }
            steps:
              - collect: { simulate: { machines: 2, length: 1m } }
              - align: { every: 1s }
              - transmit: { out: { console: text } }
            """)));

        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Cli.Matches("explain-align.txt", cli.Out);
    }

    [Fact]
    public async Task Check_watches_the_table_of_an_enrich()
    {
        using var stop = new CancellationTokenSource();
        using var cli = new Cli { Stop = stop.Token };
        var table = cli.File("tables/machines.csv", "machine,limit\nm1,80\n");
        var file = cli.File("press.yaml", """
            pipeline: press
            signals: { temp: { unit: degC } }
            steps:
              - collect: { simulate: { machines: 2, length: 1m } }
              - align: { same_time }
              - enrich: { table: tables/machines.csv, by: machine, add: { limit: degC } }
              - transmit: { out: { console: text } }
            """);

        var watching = cli.RunAsync("check", file, "--watch");
        await Rig.UntilAsync(() => cli.Out.Contains("waiting for the next change", StringComparison.Ordinal));
        cli.File("tables/machines.csv", "machine,limit\nm1,hot\n");
        await Rig.UntilAsync(() => cli.Error.Contains("press.yaml: 1 mistake", StringComparison.Ordinal));
        File.Delete(table);
        cli.File("tables/machines.csv", "machine,limit\nm1,80\n"); // a file that has a mistake is watched on
        await Rig.UntilAsync(() => cli.Out.Split("fine").Length > 2);
        await stop.CancelAsync();

        Assert.Equal(0, await watching);
    }

    [Fact]
    public async Task Check_watches_a_file_and_checks_again_when_it_is_saved()
    {
        using var stop = new CancellationTokenSource();
        using var cli = new Cli { Stop = stop.Token };
        var file = cli.File("press.yaml", Press);

        var watching = cli.RunAsync("check", file, "--watch");
        await Rig.UntilAsync(() => cli.Out.Contains("waiting for the next change", StringComparison.Ordinal));
        Assert.StartsWith("press.yaml: fine: ", cli.Out);
        // As many editors save: a new file takes the old one's name.
        File.Move(cli.File("press.yaml.new", Press.Replace("odd: drop", "odd: dorp")), file, overwrite: true);
        await Rig.UntilAsync(() => cli.Error.Contains("press.yaml: 1 mistake", StringComparison.Ordinal));
        await stop.CancelAsync();

        Assert.Equal(1, await watching);
    }
}
