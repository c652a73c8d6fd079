using Microsoft.Extensions.Logging.Abstractions;

namespace StreamEdge;

/// <summary>Pipelines whose databases are away.</summary>
public sealed class OutboxRunTests : IDisposable
{
    const int Count = 3_000;
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_sink_that_hangs_slows_no_other_one_down_and_lets_checkpoints_pass()
    {
        var lines = new List<string>();
        FarSide far = null!;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, Count))
            .Sink("page", c => new Page(c, lines))
            .Sink("far", c => far = new FarSide(c.Inputs, new()));
        await using var graph = rig.Graph("- collect: { part: numbers, name: from }\n- transmit: { near: { part: page, from: from }, away: { part: far, from: from } }");
        using var state = new DurableState(new DiskFiles(_folder), new(), rig.Time);

        var running = new Fleet(NullLogger.Instance, rig.Time).RunAsync([graph], default, _ => state);
        await UntilAsync(rig, () => lines.Count == Count && Sink(graph, "away") is { In: Count } account && account.Held == Count);
        far.Let();
        await UntilAsync(rig, () => running.IsCompleted);

        Assert.Null((await running)[0].Failure);
        Assert.Equal((Count, 0), (Sink(graph, "away").Absorbed, Sink(graph, "away").Held));
        Assert.Equal(Enumerable.Range(0, Count).Select(n => (long)n), far.Taken.Select(bits => (long)BitConverter.Int64BitsToDouble(bits)));
        Assert.Empty(Directory.EnumerateFiles(_folder)); // its input has ended, and all is delivered
    }

    [Theory]
    [InlineData(Count)]   // the input has ended, and the run waits for the far side
    [InlineData(1_000)]   // in the middle
    public async Task Stopped_while_the_other_side_is_away_it_ends_well_and_the_next_run_delivers(int at)
    {
        var taken = new HashSet<long>();
        Ledger ledger = null!;
        for (var run = 1; run <= 2; run++)
        {
            var reached = false;
            FarSide far = null!;
            var rig = new Rig()
                .Source("numbers", c => new Numbers(c, Count)
                {
                    Before = (next, cancel) =>
                    {
                        if (run > 1 || next < at) return default;
                        reached = true;
                        return new(Task.Delay(Timeout.Infinite, cancel));
                    },
                })
                .Sink("far", c => far = new FarSide(c.Inputs, new()));
            await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { away: { part: far } }");
            using var state = new DurableState(new DiskFiles(_folder), new(), rig.Time);
            using var stop = new CancellationTokenSource();
            var running = new Fleet(NullLogger.Instance, rig.Time).RunAsync([graph], stop.Token, _ => state);
            if (run == 1)
            {
                await UntilAsync(rig, () => at == Count ? Sink(graph, "away").Held == Count : reached);
                await stop.CancelAsync();
            }
            else far.Let();

            await UntilAsync(rig, () => running.IsCompleted);
            Assert.Null((await running)[0].Failure);
            ledger = graph.ReadLedger();
            Assert.True(ledger.Balanced);
            if (run == 1) Assert.InRange(Sink(graph, "away").Held, 994, Count);
            else taken.UnionWith(far.Taken);
        }

        Assert.Equal((Count, Count, 0), (ledger.Accounts[^1].In, ledger.Accounts.Single(a => a.Name == "away").Absorbed, ledger.Accounts.Single(a => a.Name == "away").Held));
        Assert.Equal(Count, taken.Count);
    }

    static Account Sink(Graph graph, string name) => graph.ReadLedger().Accounts.Single(a => a.Name == name);

    /// <summary>Turns the hands until it has happened.</summary>
    static async Task UntilAsync(Rig rig, Func<bool> happened)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!happened())
        {
            await Task.Delay(1, patience.Token);
            rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }
}
