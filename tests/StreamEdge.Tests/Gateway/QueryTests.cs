namespace StreamEdge;

/// <summary><c>streamedge query</c>, <c>ledger</c> and <c>train</c> from the outside, on what a run has left.</summary>
public class QueryTests
{
    static readonly string s_stored = CommandLineTests.Press.Replace("file: windows.jsonl", "store:");

    [Theory]
    [InlineData("query-all.txt")]
    [InlineData("query-rows.txt", "press")]
    [InlineData("query-some.txt", "press", "--signal", "mean", "--tag", "machine=m1", "--last", "2")]
    [InlineData("query-every.txt", "press", "--field", "count", "--every", "1m", "--take", "max", "--format", "csv")]
    [InlineData("query-json.txt", "press", "--from", "2025-12-31T00:00:10Z", "--to", "2025-12-31T00:00:20Z", "--format", "json")]
    public async Task Query_shows_what_a_run_has_stored(string golden, params string[] args)
    {
        using var cli = await StoredAsync();
        var before = cli.Out.Length;

        Assert.Equal(0, await cli.RunAsync(["query", .. args, "--state", cli.State]));

        Cli.Matches(golden, cli.Out[before..]);
    }

    [Fact]
    public async Task A_table_wider_than_the_terminal_is_cut_into_blocks_and_empty_columns_are_counted_below()
    {
        using var cli = new Cli();
        var wide = cli.File("wide.yaml", s_stored.Replace("compute: [mean, count]", "compute: [count, sum, mean, min, max, std, first]"));
        var early = cli.File("early.yaml", s_stored.Replace("compute: [mean, count]", "compute: [last, rms]").Replace("counting: 21", "counting: 9"));
        Assert.Equal(0, await cli.RunAsync("run", wide, "--state", cli.State, "--quiet"));
        Assert.Equal(0, await cli.RunAsync("run", early, "--state", cli.State, "--quiet"));

        Assert.Equal(0, await cli.RunAsync("query", "press", "--last", "3", "--state", cli.State));

        Assert.All(cli.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Cli.Matches("query-wide.txt", cli.Out);
    }

    [Theory]
    [InlineData("nothing is stored of a pipeline 'pres'; did you mean 'press'?", "pres")]
    [InlineData("query: the store has no field 'meen'; did you mean 'mean'?", "press", "--field", "meen")]
    [InlineData("query: the store has no machine 'm7'; there are m0, m1, m2", "press", "--tag", "machine=m7")]
    [InlineData("query: --tag 'machine' has no value; write it like machine=m1", "press", "--tag", "machine")]
    [InlineData("query: --from: 'yesterday' is no instant; write it like 2026-01-01T06:30:00Z", "press", "--from", "yesterday")]
    public async Task A_query_for_what_is_not_there_says_what_there_is(string expected, params string[] args)
    {
        using var cli = await StoredAsync();
        var before = cli.Error.Length;

        Assert.Equal(2, await cli.RunAsync(["query", .. args, "--state", cli.State]));

        Assert.Equal($"streamedge: {expected}\n", cli.Error[before..]);
    }

    [Fact]
    public async Task Without_a_store_there_is_nothing_to_query_and_no_ledger()
    {
        using var cli = new Cli();

        Assert.Equal(2, await cli.RunAsync("query", "--state", cli.State));
        Assert.Equal(2, await cli.RunAsync("ledger", "--state", cli.State));

        Assert.Equal("streamedge: there is no store in the folder 'state'; run a pipeline first, or name its folder with --state\n", cli.Error.Split('\n')[1] + "\n");
    }

    [Theory]
    [InlineData("press")]
    [InlineData]
    public async Task The_ledger_shows_the_books_of_the_last_run(params string[] args)
    {
        using var cli = await StoredAsync();
        var before = cli.Out.Length;

        Assert.Equal(0, await cli.RunAsync(["ledger", .. args, "--state", cli.State]));

        Cli.Matches("ledger.txt", cli.Out[before..]);
    }

    [Fact]
    public async Task The_books_of_a_failed_run_are_kept_too()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", s_stored.Replace("odd: drop", "odd: fail"));
        Assert.Equal(3, await cli.RunAsync("run", file, "--state", cli.State, "--quiet"));

        Assert.Equal(1, await cli.RunAsync("ledger", "--state", cli.State));

        Assert.StartsWith("press: failed 2026-01-01 00:00:00 UTC after 0.0 s; ", cli.Out);
        Assert.Contains("  ledger  open, for it failed at work: clean.odd by ", cli.Out);
    }

    [Theory]
    [InlineData(true, 0, "press: running, seen 2026-01-01 00:00:10 UTC after 10.0 s; 7 readings\n", "  ledger  still open, for it is at work\n")]
    [InlineData(false, 1, "press: DID NOT END, last seen 2026-01-01 00:00:10 UTC after 10.0 s; 7 readings\n",
        "  ledger  never closed: the run was killed or lost its power, and what it did\n          after these books is in none\n")]
    public async Task The_ledger_tells_a_run_that_is_at_work_from_one_that_did_not_end(bool alive, int exit, string first, string last)
    {
        using var cli = new Cli();
        StoredRun? seen = null;
        cli.Time.CreateTimer(_ => seen = StoreBooks.Read(Path.Combine(cli.State, "press.db")).Single(), null, TimeSpan.FromSeconds(11), Timeout.InfiniteTimeSpan);
        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", s_stored.Replace("counting: 21", "counting: 21, pace: 6s")), "--state", cli.State, "--quiet"));
        var (before, store) = (cli.Out.Length, Path.Combine(cli.State, "press.db"));
        StoreBooks.Write(store, seen!.Ledger, seen.Started, seen.Ended, seen.State); // as if it had been killed then
        using var held = alive ? new FileStream(Path.Combine(cli.State, "press.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;

        Assert.Equal(exit, await cli.RunAsync("ledger", "--state", cli.State));

        Assert.StartsWith(first, cli.Out[before..]);
        Assert.EndsWith(last, cli.Out);
    }

    [Fact]
    public async Task Books_that_cannot_be_kept_are_told_once_and_the_run_goes_on()
    {
        using var cli = new Cli();
        Directory.CreateDirectory(Path.Combine(cli.State, "press.db"));

        Assert.Equal(3, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State, "--quiet"));

        Assert.StartsWith("streamedge: the books of press could not be kept: state/press.db is a folder, not a store; move it away, or name another file\n", cli.Error);
        Assert.Equal(2, cli.Error.Count(c => c == '\n'));
        Assert.Equal(7, File.ReadLines(Path.Combine(cli.State, "windows.jsonl")).Count());
    }

    [Fact]
    public async Task What_is_no_store_is_named_with_a_remedy_and_the_others_are_shown()
    {
        using var cli = await StoredAsync();
        var (bytes, state) = (await File.ReadAllBytesAsync(Path.Combine(cli.State, "press.db")), cli.State);
        bytes.AsSpan(4096).Fill(0x5a);
        await File.WriteAllBytesAsync(Path.Combine(state, "damaged.db"), bytes);
        await File.WriteAllTextAsync(Path.Combine(state, "foreign.db"), string.Concat(Enumerable.Repeat("no database at all\n", 100)));
        await File.WriteAllTextAsync(Path.Combine(state, "empty.db"), "");
        Directory.CreateDirectory(Path.Combine(state, "folder.db"));
        const string told = """
            streamedge: state/damaged.db is damaged; move it away, and the next run begins a new one
            streamedge: state/empty.db is an empty file, not a store; remove it, and the next run makes one
            streamedge: state/folder.db is a folder, not a store; move it away, or name another file
            streamedge: state/foreign.db is no StreamEdge store; move it away, or name another file

            """;

        foreach (var verb in new[] { "query", "ledger" })
        {
            var (error, output) = (cli.Error.Length, cli.Out.Length);
            Assert.Equal(1, await cli.RunAsync(verb, "--state", state));
            Assert.Equal(told, cli.Error[error..]);
            Assert.StartsWith("press", cli.Out[output..]);
            Assert.Equal(0, await cli.RunAsync(verb, "press", "--state", state));
            Assert.Equal(1, await cli.RunAsync(verb, "damaged", "--state", state));
        }
    }

    [Fact]
    public async Task Values_that_rows_were_written_without_are_told_by_reason_and_column()
    {
        using var cli = await StoredAsync();
        var account = new Account("history", "sink", 9, 0, 0, 9, 0, []) { LeftOut = [("not_finite", "flow_max", 1), ("not_finite", "flow_min", 2), ("text_too_long", "note", 1_000)] };
        StoreBooks.Write(Path.Combine(cli.State, "press.db"), new Ledger("press", [account]), cli.Time.GetUtcNow().AddHours(1), cli.Time.GetUtcNow().AddHours(2), "ended");

        Assert.Equal(0, await cli.RunAsync("ledger", "press", "--state", cli.State));

        Assert.Contains("\n  values left out\n    history: 3 not_finite (flow_max 1, flow_min 2)\n    history: 1,000 text_too_long (note 1,000)\n\n  ledger  balanced\n", cli.Out);
    }

    [Fact]
    public async Task Books_that_do_not_balance_are_a_mistake()
    {
        using var cli = await StoredAsync();
        var account = new Account("window", "step", 10, 0, 4, 0, 0, []);
        StoreBooks.Write(Path.Combine(cli.State, "press.db"), new Ledger("press", [account]), cli.Time.GetUtcNow().AddHours(1), cli.Time.GetUtcNow().AddHours(2), "ended");

        Assert.Equal(1, await cli.RunAsync("ledger", "press", "--state", cli.State));

        Assert.Contains("  ledger  NOT BALANCED: window by 6\n", cli.Out);
    }

    [Fact]
    public async Task Train_writes_a_model_and_says_what_it_learned()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", CommandLineTests.Press
            .Replace("counting: 21", "counting: 9000")
            .Replace("compute: [mean, count]", "compute: [mean, min, max]")
            .Replace("  - transmit:", "  - infer: { model: press@1 }\n  - transmit:")
            .Replace("range: [-20, 250]", "range: [-20, 9000]")
            .Replace("from: window", "from: infer"));

        Assert.Equal(0, await cli.RunAsync("train", file, "--to", cli.PathOf("models")));
        Assert.Equal(1, await cli.RunAsync("train", file, "--to", cli.PathOf("models")));

        Cli.Matches("train.txt", cli.Out + cli.Error);
        Assert.True(File.Exists(cli.PathOf("models/press/1/model.onnx")));
    }

    [Fact]
    public async Task Train_says_before_it_begins_that_the_model_cannot_be_written()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", CommandLineTests.Press.Replace("  - transmit:", "  - infer: { model: press@1 }\n  - transmit:").Replace("from: window", "from: infer"));
        cli.File("models/press", "a file");

        Assert.Equal(3, await cli.RunAsync("train", file, "--to", cli.PathOf("models")));

        Assert.StartsWith("streamedge: the model cannot be written: ", cli.Error);
        Assert.Equal("", cli.Out);
    }

    static async Task<Cli> StoredAsync()
    {
        var cli = new Cli();
        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", s_stored), "--state", cli.State));
        return cli;
    }
}
