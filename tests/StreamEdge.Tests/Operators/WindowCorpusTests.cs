namespace StreamEdge;

/// <summary>The cases of corpora/windows: each a pipeline of its own, from a file to a file.</summary>
public class WindowCorpusTests
{
    public static TheoryData<string> Offered => Repository.Shared is null ? [""] : [.. WindowCase.Read("cases").Where(c => c.NotOffered is null).Select(c => c.Id)];

    public static TheoryData<string> Invalid => Repository.Shared is null ? [""] : [.. WindowCase.Read("invalid_windows").Select(c => c.Id).Distinct()];

    [SharedTheory]
    [MemberData(nameof(Offered))]
    public async Task Gives_the_panes_of_the_case(string id)
    {
        var window = WindowCase.Read("cases").Single(c => c.Id == id);
        using var folder = new TempFolder();

        var (lines, ledger, _) = await RunAsync(window, folder);

        Assert.Equal(window.Expected, lines.Select(window.Line));
        Assert.Equal((window.Late, window.Between), (Dropped(ledger, "window", "late"), Dropped(ledger, "window", "between_windows")));
        Assert.Equal(window.Late + window.Between, ledger.Accounts.Sum(a => a.Dropped));
        Assert.True(ledger.Balanced);
    }

    [SharedTheory]
    [MemberData(nameof(Invalid))]
    public void Refuses_the_window_before_it_runs(string why)
    {
        using var folder = new TempFolder();
        folder.Write("input.jsonl", "");

        foreach (var window in WindowCase.Read("invalid_windows").Where(w => w.Id == why))
        {
            var error = Assert.Throws<PipelineException>(() => Compile(window, folder));
            Assert.All(error.Faults, fault => Assert.Equal(6, fault.At.Line));
        }
    }

    [SharedTheory]
    [InlineData("T25", 1, 2)]
    [InlineData("T34", 1, 1)]
    public async Task Refuses_times_that_do_not_fit_in_nanoseconds(string id, int readings, int controls)
    {
        var window = WindowCase.Read("cases").Single(c => c.Id == id);
        using var folder = new TempFolder();

        // A file without any time that can be read is a mistake already when it is checked.
        var (lines, ledger, notices) = await RunAsync(window, folder, """{"ts":0,"v":1}""" + "\n");

        Assert.DoesNotContain(lines, line => line.Contains("922", StringComparison.Ordinal));
        Assert.Equal((readings, controls), (Dropped(ledger, "collect", "out_of_time_range"), Dropped(ledger, "collect", "bad_control")));
        Assert.Equal(readings + controls, notices.Count(n => n.Text.Contains("input.jsonl:", StringComparison.Ordinal)));
    }

    static async Task<(IReadOnlyList<string> Lines, Ledger Ledger, IReadOnlyList<(string Step, string Text)> Notices)> RunAsync(WindowCase window, TempFolder folder, string before = "")
    {
        folder.Write("input.jsonl", before + window.Lines());
        var graph = Compile(window, folder).ToGraph();
        await graph.RunAsync(CancellationToken.None);
        await graph.DisposeAsync();
        // The cases do not know that a row is taken back: of sessions that were joined only the whole counts.
        var lines = File.ReadAllLines(folder.PathOf("windows.jsonl")).Where(l => !l.Contains("\"withdrawn\"", StringComparison.Ordinal));
        return ([.. lines], graph.ReadLedger(), [.. graph.Notices]);
    }

    static Plan Compile(WindowCase window, TempFolder folder) =>
        new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = folder.Path }).CompileFile(folder.Write("pipeline.yaml", window.Yaml()));

    static long Dropped(Ledger ledger, string step, string reason) =>
        ledger.Accounts.Single(a => a.Name == step).Drops.Where(d => d.Reason == reason && d.Signal.Length == 0).Sum(d => d.Count);
}
