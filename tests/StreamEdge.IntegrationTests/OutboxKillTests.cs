using System.Diagnostics;
using System.Globalization;

namespace StreamEdge;

/// <summary>A database that is away and killed, under a pipeline that is killed: in the end every row is in it.</summary>
public sealed class OutboxKillTests : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-outbox-").FullName;
    readonly Random _random = new(20260101);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_row_is_in_the_database_that_was_away_and_killed_under_a_pipeline_that_was_killed()
    {
        await using var influx = await InfluxServer.StartAsync();
        await influx.KillAsync();
        var file = await WriteAsync(influx.Address);

        for (var kills = 0; kills < 4; kills++) await RunAsync(file, "KILL");
        await RunAsync(file, "TERM");
        Assert.True(Sink().Held > 0);
        await influx.RestartAsync();
        await RunAsync(file, "KILL");
        var begun = LastCheckpoint();
        var last = RunAsync(file, null);
        await UntilAsync(() => LastCheckpoint() > begun + 1 || last.IsCompleted);
        await influx.KillAsync();
        await Task.Delay(1_000);
        await influx.RestartAsync();
        await last;

        InfluxTests.Compare(InfluxTests.Expected(), InfluxTests.ReadInflux(await influx.QueryAsync("SELECT * FROM valves GROUP BY machine")));
        Assert.Equal((InfluxTests.Readings().Count() + 30, 0, 0), (Sink().Absorbed, Sink().Dropped, Sink().Held));
    }

    /// <summary>Runs to the end, or to a signal some checkpoints after its start; asked to stop, it must end well within five seconds.</summary>
    async Task RunAsync(string file, string? signal)
    {
        var begun = LastCheckpoint();
        using var run = Process.Start(new ProcessStartInfo("env", ["--default-signal", "dotnet", typeof(CommandLine).Assembly.Location, "run", file, "--quiet", "--state", Path.Combine(_folder, "state")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = run.StandardError.ReadToEndAsync();
        if (signal is not null)
        {
            await UntilAsync(() => LastCheckpoint() > begun + 2 || run.HasExited);
            await Task.Delay(_random.Next(500));
            Assert.False(run.HasExited);
            var asked = Stopwatch.StartNew();
            using var kill = Process.Start("kill", [$"-{signal}", run.Id.ToString(CultureInfo.InvariantCulture)]);
            await run.WaitForExitAsync().WaitAsync(s_patience);
            if (signal == "KILL") return;
            Assert.True(run.ExitCode == 0, await said);
            Assert.InRange(asked.Elapsed.TotalSeconds, 0, 5);
            return;
        }

        await run.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(run.ExitCode == 0, await said);
    }

    /// <summary>The number of the newest checkpoint; 0 where there is none.</summary>
    int LastCheckpoint()
    {
        var folder = Path.Combine(_folder, "state", "valves.state");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "checkpoint-*").Select(f => int.Parse(f[^10..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max() : 0;
    }

    static async Task UntilAsync(Func<bool> happened)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!happened()) await Task.Delay(20, patience.Token);
    }

    /// <summary>The last books of the sink.</summary>
    Account Sink()
    {
        var ledger = StoreBooks.Read(Path.Combine(_folder, "state", "valves.db"), "valves")[0].Ledger;
        Assert.True(ledger.Balanced);
        return ledger.Accounts.Single(a => a.Part == "sink");
    }

    async Task<string> WriteAsync(Uri address)
    {
        await InfluxTests.WriteReadingsAsync(_folder);
        var path = Path.Combine(_folder, "valves.yaml");
        await File.WriteAllTextAsync(path, $$"""
            pipeline: valves
            time: { format: ns }
            durable: { checkpoint: 300ms }
            signals:
              temp: { unit: degC }
              state: { type: text }
            steps:
              - collect: { file: valves.csv, tags: { machine: machine }, speed: 100x }
              - window: { every: 1m, compute: { temp: [mean, max] } }
              - transmit: { history: { from: [collect, window], influx: "{{address}}", database: {{InfluxServer.Database}} } }
            """);
        return path;
    }
}
