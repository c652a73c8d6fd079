namespace StreamEdge;

/// <summary>Readings of one device that come by several ways, one of which is slower.</summary>
public class MergeTests
{
    const int Count = 600;
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    const string TwoSources = """
        - collect: { part: fast, name: a }
        - collect: { part: slow, name: b }
        - work: { part: pass }
        - window: { every: 10s, compute: { v: [sum, count] }, by: [machine] }
        - transmit: { out: { part: page } }
        """;

    const string TwoBranches = """
        - collect: { part: fast, name: from }
        - work: { part: pass, from: from, name: left }
        - work: { part: delay, from: from, name: right, queue: { batches: 2 } }
        - window: { every: 10s, compute: { v: [sum, count] }, by: [machine], from: [left, right] }
        - transmit: { out: { part: page } }
        """;

    [Theory]
    [InlineData(TwoSources, "{ late: drop }")]
    [InlineData(TwoBranches, "{ late: drop }")]
    [InlineData(TwoBranches, "{ late: drop, clock: shared }")]
    public async Task No_reading_is_late_because_its_way_is_slower(string steps, string block)
    {
        var lines = new List<string>();

        await using var graph = Parts(lines, block).Graph(steps);
        await graph.RunAsync(default).WaitAsync(s_patience);

        // Each window of a machine holds its readings of both ways.
        Assert.Equal(3 * Count / 10, lines.Count);
        Assert.Equal(2 * Enumerable.Range(0, Count).Sum(), lines.Sum(l => int.Parse(l.Split(' ')[2])));
        Assert.True(graph.ReadLedger().Balanced);
        Assert.Equal(0, graph.ReadLedger().Accounts.Sum(a => a.Dropped));
        Assert.Equal(0, graph.BatchesInUse);
    }

    [Theory]
    [InlineData(TwoSources)]
    [InlineData(TwoBranches)]
    public async Task Stopping_anywhere_and_going_on_gives_the_same_windows(string steps)
    {
        var through = new List<string>();
        await using (var graph = Parts(through, "{ late: drop }").Graph(steps)) await graph.RunAsync(default).WaitAsync(s_patience);

        for (var at = 0; at < Count; at += 7 * 9)
        {
            var lines = new List<string>();
            Graph first = null!;
            Task<Snapshot>? saving = null;
            await using (first = Parts(lines, "{ late: drop }", (next, cancel) =>
            {
                if (next < at || saving is not null) return default;
                saving = first.SaveAsync(stop: true);
                return new ValueTask(Task.Delay(Timeout.Infinite, cancel)); // the barrier ends the wait
            }).Graph(steps))
                await first.RunAsync(default).WaitAsync(s_patience);
            await using var second = Parts(lines, "{ late: drop }").Graph(steps);
            second.Restore(await saving!);
            await second.RunAsync(default).WaitAsync(s_patience);

            Assert.Equal(through.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
            Assert.True(second.ReadLedger().Balanced);
        }
    }

    [Fact]
    public async Task A_way_that_gives_nothing_is_waited_for_until_idle_and_no_longer()
    {
        var lines = new List<string>();
        var rig = Parts(lines, "{ idle: 30s }").Source("slow", c => new Silence(c));

        await using var graph = rig.Graph(TwoSources);
        var stop = new CancellationTokenSource();
        var running = graph.RunAsync(stop.Token);
        await Rig.UntilAsync(() => Held(graph) == Count);
        Assert.Empty(lines);
        while (Held(graph) > 0)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(8));
            await Task.Delay(1);
        }

        await stop.CancelAsync();
        await running.WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, Count).Sum(), lines.Sum(l => int.Parse(l.Split(' ')[2])));

        static long Held(Graph graph) => graph.ReadLedger().Accounts.Single(a => a.Name == "work.merge").Held;
    }

    [Fact]
    public async Task A_source_far_ahead_is_not_read_until_the_other_follows()
    {
        const int many = 400_000;
        var go = new TaskCompletionSource();
        var rig = new Rig { Block = "{ late: drop }" }
            .Source("fast", c => new Numbers(c, many, size: 1_000) { Seconds = i => i / 100 })
            .Source("slow", c => new Numbers(c, many, size: 1_000) { Seconds = i => i / 100, Before = async (next, cancel) => { if (next > 0) await go.Task.WaitAsync(cancel); } })
            .Operator("pass", c => new Scripted(c))
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph(TwoSources);
        var running = graph.RunAsync(default);
        await Rig.UntilAsync(() => Of(graph, "work.merge").Held >= 65_000);
        await Task.Delay(50);
        var (read, held) = (Of(graph, "a").In, Of(graph, "work.merge").Held);
        go.SetResult();
        await running.WaitAsync(s_patience);

        Assert.InRange(held, 65_000, 70_000);
        Assert.InRange(read, 65_000, 100_000); // what is held, and what waits in the queue
        Assert.Empty(graph.ReadLedger().Accounts.SelectMany(a => a.Drops));

        static Account Of(Graph graph, string name) => graph.ReadLedger().Accounts.Single(a => a.Name == name);
    }

    [Fact]
    public void Is_put_in_only_where_a_step_behind_it_looks_at_the_clock()
    {
        var plan = Parts([], "{}").Plan("""
            - collect: { part: fast, name: a }
            - collect: { part: slow, name: b }
            - work: { part: pass }
            - transmit: { out: { part: page } }
            """);

        Assert.Equal(["a", "b", "work", "out"], plan.Steps.Select(s => s.Name));
    }

    [Fact]
    public void Sources_of_one_shared_clock_need_none()
    {
        var plan = Parts([], "{ clock: shared }").Plan(TwoSources);

        Assert.Equal(["a", "b", "work", "window", "out"], plan.Steps.Select(s => s.Name));
    }

    /// <summary>Two sources of the same machines, each with a value every second; the slow one gives it in small batches, behind the other.</summary>
    static Rig Parts(List<string> lines, string block, Func<int, CancellationToken, ValueTask>? before = null) => new Rig { Block = block }
        .Source("fast", c => new Numbers(c, Count) { Before = before })
        .Source("slow", c => new Numbers(c, Count, size: 1) { Before = async (_, _) => await Task.Yield() })
        .Operator("pass", c => new Scripted(c))
        .Operator("delay", c => new Delay(c))
        .Sink("page", c => new Page(c, lines));

    /// <summary>Passes each batch on when twenty more have come.</summary>
    sealed class Delay(BuildContext context) : Operator(context.Input)
    {
        readonly Queue<Batch> _held = new();

        public override long Held => _held.Sum(b => b.Count);

        public override void Process(Batch batch, Output output)
        {
            _held.Enqueue(batch);
            if (_held.Count > 20) output.Emit(_held.Dequeue());
        }

        public override void Finish(Output output)
        {
            while (_held.TryDequeue(out var batch)) output.Emit(batch);
        }

        public override void Save(StateWriter state)
        {
            state.Write((long)_held.Count);
            foreach (var batch in _held) state.WriteRows(batch);
        }

        public override void Restore(StateReader state)
        {
            for (var left = state.Long(); left > 0; left--)
            {
                var batch = Pool.Rent(Output);
                state.ReadRows(batch);
                _held.Enqueue(batch);
            }
        }

        BatchPool Pool { get; } = new();
    }
}
