namespace StreamEdge;

/// <summary>The program is killed at random moments, again and again: in the end its files hold what a run holds that nobody disturbed, byte for byte.</summary>
public sealed class KillTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamedge-kill-");

    /// <summary>How many kills: 15, or 1,000 in a long run.</summary>
    static int Kills => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") is null ? 15 : 1_000;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Rows_of_a_run_that_is_ended_again_and_again_are_those_of_one_that_is_not(string signal)
    {
        var file = Write("""
            pipeline: killed
            durable: { checkpoint: 100ms }
            signals: { temp: { unit: degC, rate: 10/s }, load: { unit: "%", rate: 10/s } }
            steps:
              - collect: { simulate: { machines: 20, length: LENGTH, faults: { spike: { per: 10m } } } }
              - clean: { duplicates: drop, spike: 5 }
              - window: { every: 10s, length: 30s, compute: { temp: [mean, max, p95], load: [mean, std] } }
              - transmit:
                  rows: { file: rows.csv }
                  trend: { from: window, file: rows.jsonl }
            """);
        var random = new Random(20260101);
        using (var through = await GatewayProcess.RunAsync(file, StateOf("through"))) await through.EndsWellAsync();

        var kills = 0;
        for (var left = signal == "KILL" ? Kills : 5; left > 0; left--, kills++)
        {
            using var run = await GatewayProcess.RunAsync(file, StateOf("killed"));
            if (await run.EndsWithinAsync(TimeSpan.FromMilliseconds(random.Next(0, 1_000)))) break;
            await run.SignalAsync(signal);
            if (signal == "TERM") await run.EndsWellAsync();
        }

        using (var last = await GatewayProcess.RunAsync(file, StateOf("killed"))) await last.EndsWellAsync();

        Assert.True(kills >= 3, $"the run ended after {kills} kills, too few to say anything");
        foreach (var name in new[] { "rows.csv", "rows.jsonl" })
            Assert.True(File.ReadAllBytes(Path.Combine(StateOf("through"), name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(StateOf("killed"), name))), $"{name} differs");
        Assert.Equal(BooksOf("through"), BooksOf("killed"));
    }

    string StateOf(string run) => Path.Combine(_folder.FullName, run);

    /// <summary>The last books of a state folder: what came in, was made, passed on and dropped at each step.</summary>
    List<string> BooksOf(string state)
    {
        var ledger = StoreBooks.Read(Path.Combine(StateOf(state), "killed.db"), "killed")[0].Ledger;
        Assert.True(ledger.Balanced);
        return [.. ledger.Accounts.Select(a => $"{a.Name}: {a.In} {a.Created} {a.Passed} {a.Absorbed} {a.Dropped} {a.Held}")];
    }

    string Write(string yaml)
    {
        var length = Environment.GetEnvironmentVariable("STREAMEDGE_LONG") is null ? "4h" : "400h";
        var path = Path.Combine(_folder.FullName, "killed.yaml");
        File.WriteAllText(path, yaml.Replace("LENGTH", length, StringComparison.Ordinal));
        return path;
    }
}
