namespace StreamEdge;

/// <summary>What an edge does when the step behind it is slower.</summary>
public class EdgeTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Drop_oldest_counts_what_it_drops_and_keeps_the_newest_and_the_end()
    {
        var (lines, ledger, ends) = await RunAsync("drop_oldest", batches: 2, readings: 700);

        var edge = ledger.Accounts.Single(a => a.Name == "collect -> slow");
        Assert.Equal("queue_full", Assert.Single(edge.Drops).Reason);
        Assert.Equal(700, lines.Count + edge.Dropped);
        Assert.InRange(lines.Count, 7, 6 * 7);
        Assert.Equal(Enumerable.Range(700 - 14, 14), lines.TakeLast(14).Select(Number));
        Assert.Equal([0], ends);
        Assert.True(ledger.Balanced);
        Assert.Equal(0, edge.Held);
    }

    [Fact]
    public async Task Sample_lets_every_tenth_row_of_what_does_not_fit_through()
    {
        var (lines, ledger, ends) = await RunAsync("sample", batches: 2, readings: 700);

        var edge = ledger.Accounts.Single(a => a.Name == "collect -> slow");
        Assert.Equal("sampled", Assert.Single(edge.Drops).Reason);
        Assert.Equal(700, lines.Count + edge.Dropped);
        Assert.Equal(lines.Select(Number).Order(), lines.Select(Number));
        Assert.Equal([0], ends);
        Assert.True(ledger.Balanced);
    }

    [Fact]
    public async Task Block_loses_nothing()
    {
        var (lines, ledger, ends) = await RunAsync("block", batches: 2, readings: 700);

        Assert.Equal(Enumerable.Range(0, 700), lines.Select(Number));
        Assert.All(ledger.Accounts, a => Assert.Equal(0, a.Dropped));
        Assert.Equal([0], ends);
    }

    [Fact]
    public async Task A_barrier_passes_a_lossy_edge_behind_what_came_before_it()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        Graph graph = null!;
        Task<Snapshot>? saving = null;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 700, machines: 1)
            {
                Before = (next, cancel) =>
                {
                    if (next < 350 || saving is not null) return default;
                    saving = graph.SaveAsync(stop: true);
                    open.SetResult();
                    return new ValueTask(Task.Delay(Timeout.Infinite, cancel));
                },
            })
            .Sink("page", c => new Page(c, lines) { Before = async _ => await open.Task });

        await using (graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { when_full: drop_oldest, batches: 3 } } }"))
        {
            await graph.RunAsync(default).WaitAsync(s_patience);
            var snapshot = await saving!.WaitAsync(s_patience);

            await using var next = new Rig()
                .Source("numbers", c => new Numbers(c, 700, machines: 1))
                .Sink("page", c => new Page(c, lines))
                .Graph("- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { when_full: drop_oldest, batches: 3 } } }");
            next.Restore(snapshot);
            await next.RunAsync(default).WaitAsync(s_patience);

            var ledger = next.ReadLedger();
            Assert.True(ledger.Balanced);
            Assert.All(ledger.Accounts, a => Assert.Equal(0, a.Held));
            Assert.Equal(700, ledger.Accounts.Single(a => a.Part == "edge").In);
            Assert.Equal(700, lines.Count + ledger.Accounts.Single(a => a.Part == "edge").Dropped);
        }
    }

    [Fact]
    public async Task What_a_lossy_edge_drops_behind_a_barrier_is_not_in_the_snapshot()
    {
        const string steps = "- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { when_full: drop_oldest, batches: 3 } } }";
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Graph graph = null!;
        Task<Snapshot>? saving = null;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 700, machines: 1)
            {
                Before = (next, cancel) =>
                {
                    if (next == 693) open.SetResult(); // the sink has stood still so far, and the barrier waited for it
                    if (next < 70 || saving is not null) return default;
                    saving = graph.SaveAsync(stop: false);
                    return new ValueTask(Task.Delay(Timeout.Infinite, cancel)); // the barrier ends the wait
                },
            })
            .Sink("page", c => new Page(c, []) { Before = async _ => await open.Task });
        await using (graph = rig.Graph(steps))
        {
            await graph.RunAsync(default).WaitAsync(s_patience);
            Assert.True(graph.ReadLedger().Balanced);
        }

        await using var next = new Rig().Source("numbers", c => new Numbers(c, 700, machines: 1)).Sink("page", c => new Page(c, [])).Graph(steps);
        next.Restore(await saving!.WaitAsync(s_patience));
        var edge = next.ReadLedger().Accounts.Single(a => a.Part == "edge");
        Assert.Equal((70, 70), (edge.In, edge.Passed + edge.Dropped));
        await next.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(700, next.ReadLedger().Accounts.Single(a => a.Part == "edge").In);
        Assert.True(next.ReadLedger().Balanced);
    }

    [Fact]
    public async Task What_a_lossy_edge_holds_back_goes_on_when_there_is_room_though_nothing_new_comes()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        using var stop = new CancellationTokenSource();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 701, machines: 1)
            {
                Before = (next, cancel) => next < 700 ? default : WaitAsync(cancel),
            })
            .Sink("page", c => new Page(c, lines) { Before = async _ => await open.Task });

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { when_full: drop_oldest, batches: 3 } } }");
        var run = graph.RunAsync(stop.Token);
        await Rig.UntilAsync(() => lines.Count > 0 && lines[^1] == "m0 699 699");
        await stop.CancelAsync();
        await run.WaitAsync(s_patience);

        Assert.True(graph.ReadLedger().Balanced);

        // All is given before the sink begins; the last batches wait on the writer's side.
        async ValueTask WaitAsync(CancellationToken cancel)
        {
            open.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
        }
    }

    /// <summary>A sink that stands still until all has been offered.</summary>
    static async Task<(List<string> Lines, Ledger Ledger, List<int> Ends)> RunAsync(string whenFull, int batches, int readings)
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        var ends = new List<int>();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, readings, machines: 1)
            {
                Before = (next, _) =>
                {
                    if (whenFull == "drop_oldest" ? next == readings - 7 : next >= 7) open.TrySetResult();
                    return default;
                },
            })
            .Operator("slow", c => new Scripted(c) { OnEnd = ends.Add })
            .Sink("page", c => new Page(c, lines) { RunsFused = true, Before = async _ => await open.Task });

        await using var graph = rig.Graph($$"""
            - collect: { part: numbers }
            - work: { part: slow, name: slow, queue: { when_full: {{whenFull}}, batches: {{batches}} } }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);
        Assert.Equal(0, graph.BatchesInUse);
        return (lines, graph.ReadLedger(), ends);
    }

    static int Number(string line) => int.Parse(line.Split(' ')[2]);
}
