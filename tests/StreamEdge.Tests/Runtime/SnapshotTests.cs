namespace StreamEdge;

/// <summary>Stop, save, restore, go on: the same output as running through.</summary>
public class SnapshotTests
{
    const int Count = 600;
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Pipelines => new(
        """
        - collect: { part: numbers }
        - work: { part: sum }
        - transmit: { out: { part: page } }
        """,
        """
        - collect: { part: disordered }
        - work: { part: sum in order }
        - window: { every: 10s, compute: { v: [sum, count] }, by: [machine] }
        - transmit: { out: { part: page } }
        """,
        """
        - collect: { part: numbers, name: from }
        - work: { part: sum, from: from, name: left, queue: { batches: 1 } }
        - work: { part: sum, from: from, name: right }
        - work: { part: pass, from: [left, right], name: both }
        - transmit: { out: { part: page } }
        """,
        """
        - collect: { part: numbers, name: from }
        - window: { every: 10s, compute: { v: [sum] }, from: from, name: left, queue: { batches: 1 } }
        - window: { every: 10s, compute: { v: [count] }, from: from, name: right }
        - join: { from: [left, right], keep: all }
        - transmit: { out: { part: page } }
        """);

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Stopping_at_any_reading_and_going_on_gives_what_running_through_gives(string steps)
    {
        var through = await RunAsync(steps, [], null);

        for (var at = 0; at < Count; at += 7 * 9)
        {
            var lines = new List<string>();
            var snapshot = await RunAsync(steps, lines, null, stopAt: at);
            var ledger = await RunAsync(steps, lines, snapshot.Snapshot);

            Assert.Equal(through.Lines.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
            Assert.Equal(Totals(through.Ledger), Totals(ledger.Ledger));
        }
    }

    [Fact]
    public async Task Two_sources_of_different_length_stop_and_go_on_together()
    {
        const string steps = """
            - collect: { part: short, name: a }
            - collect: { part: numbers, name: b }
            - work: { part: sum }
            - transmit: { out: { part: page } }
            """;
        var through = await RunAsync(steps, [], null);

        for (var at = 0; at < Count; at += 7 * 11)
        {
            var lines = new List<string>();
            var snapshot = await RunAsync(steps, lines, null, stopAt: at);
            var ledger = await RunAsync(steps, lines, snapshot.Snapshot);

            // The two sources meet in any order, so their sums differ; what each gave, and the last sums, do not.
            Assert.Equal(through.Lines.Count, lines.Count);
            Assert.Equal(Totals(through.Ledger), Totals(ledger.Ledger));
            Assert.Equal(Largest(through.Lines), Largest(lines));
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Snapshots_taken_while_it_runs_change_nothing_and_each_can_be_gone_on_from(string steps)
    {
        var through = await RunAsync(steps, [], null);
        var lines = new List<string>();
        var snapshots = new Dictionary<int, Task<Snapshot>>();
        Graph graph = null!;
        var rig = Parts(lines, (next, cancel) =>
        {
            if (next % 140 != 0 || snapshots.ContainsKey(next)) return default;
            snapshots[next] = graph.SaveAsync(stop: false);
            return new ValueTask(Task.Delay(Timeout.Infinite, cancel)); // the barrier ends the wait
        });
        await using (graph = rig.Graph(steps))
        {
            await graph.RunAsync(default).WaitAsync(s_patience);

            Assert.Equal(through.Lines.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
            Assert.Equal(Totals(through.Ledger), Totals(graph.ReadLedger()));
        }

        Assert.Equal([0, 140, 280, 420, 560], snapshots.Keys.Order());
        foreach (var snapshot in snapshots.Values)
        {
            var rest = await RunAsync(steps, [], await snapshot);
            Assert.Equal(Totals(through.Ledger), Totals(rest.Ledger));
            Assert.Empty(rest.Lines.Except(through.Lines));
        }
    }

    [Fact]
    public async Task A_snapshot_of_a_pipeline_that_has_ended_holds_its_last_state()
    {
        await using var graph = Parts([]).Graph("- collect: { part: numbers }\n- work: { part: sum }\n- transmit: { out: { part: page } }");
        await graph.RunAsync(default).WaitAsync(s_patience);

        var snapshot = await graph.SaveAsync(stop: false).WaitAsync(s_patience);

        Assert.Equal(["collect", "out", "work", "work -> out"], snapshot.Steps.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failed_pipeline_gives_no_snapshot()
    {
        var rig = Parts([]).Operator("fail", c => new Scripted(c) { OnBatch = (_, _) => throw new FormatException("odd") });
        await using var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: fail }\n- transmit: { out: { part: page } }");
        await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.SaveAsync(stop: false).WaitAsync(s_patience));

        Assert.Equal("step 'work' failed: odd", failure.Message);
    }

    [Fact]
    public async Task A_state_saved_under_other_options_is_refused()
    {
        await using var first = Parts([]).Graph("- collect: { part: numbers }\n- work: { part: sum }\n- transmit: { out: { part: page } }");
        await first.RunAsync(default).WaitAsync(s_patience);
        var snapshot = await first.SaveAsync(stop: false);

        await using var second = Parts([]).Graph("- collect: { part: numbers }\n- work: { part: pass }\n- transmit: { out: { part: page } }");
        var failure = Assert.Throws<StepFailure>(() => second.Restore(snapshot));

        Assert.Equal("step 'work' failed: its saved state was made with other options (sum, now ); put them back, or begin anew with 'run --fresh'", failure.Message);
    }

    static Rig Parts(List<string> lines, Func<int, CancellationToken, ValueTask>? before = null) => new Rig()
        .Source("numbers", c => new Numbers(c, Count) { Before = before })
        .Source("short", c => new Numbers(c, Count / 4))
        .Source("disordered", c => new Numbers(c, Count) { Before = before, Seconds = i => i % 5 == 0 ? i - 4 : i })
        .Operator("sum", c => new RunningSum(c))
        .Operator("sum in order", c => new RunningSum(c) { InOrder = true })
        .Operator("pass", c => new Scripted(c))
        .Sink("page", c => new Page(c, lines));

    /// <summary>Runs from a snapshot or the beginning, to the end or to a barrier just before the reading.</summary>
    static async Task<(List<string> Lines, Ledger Ledger, Snapshot? Snapshot)> RunAsync(string steps, List<string> lines, Snapshot? from, int stopAt = -1)
    {
        Graph graph = null!;
        Task<Snapshot>? saving = null;
        var rig = Parts(lines, (next, cancel) =>
        {
            if (next < stopAt || stopAt < 0 || saving is not null) return default;
            saving = graph.SaveAsync(stop: true);
            return new ValueTask(Task.Delay(Timeout.Infinite, cancel)); // the barrier ends the wait
        });
        await using (graph = rig.Graph(steps))
        {
            if (from is not null) graph.Restore(from);
            await graph.RunAsync(default).WaitAsync(s_patience);
            return (lines, graph.ReadLedger(), saving is null ? null : await saving.WaitAsync(s_patience));
        }
    }

    static IEnumerable<string> Totals(Ledger ledger) => ledger.Accounts.Select(a => $"{a.Name}: {a.In} {a.Created} {a.Passed} {a.Absorbed} {a.Held}");

    static IEnumerable<double> Largest(IEnumerable<string> lines) =>
        lines.GroupBy(l => l.Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Max(l => double.Parse(l.Split(' ')[2])));
}
