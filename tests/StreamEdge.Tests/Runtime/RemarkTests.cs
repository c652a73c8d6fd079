using System.Globalization;

namespace StreamEdge;

/// <summary>What sources say besides their readings: it goes through the graph behind what they gave before it.</summary>
public class RemarkTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Goes_through_queues_and_a_fan_in_behind_the_readings_before_it()
    {
        var told = new List<string>();
        var items = Enumerable.Range(0, 300).SelectMany(i => new[] { Talker.Reading(i % 2, i), Talker.Watermark(i % 2, i) }).ToList();

        await using var graph = Note(told, items).Graph("""
            - collect: { part: talker, logical: 2, name: from }
            - work: { part: pass, from: from, name: left, queue: { batches: 1 } }
            - work: { part: pass, from: from, name: right, queue: { batches: 2 } }
            - work: { part: note, from: [left, right], name: both }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        var newest = new long[2];
        foreach (var line in told.Where(t => !t.StartsWith("end", StringComparison.Ordinal) && t != "finish"))
        {
            var (source, second) = (line.Split(' ')[2] == "1" ? 1 : 0, long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
            Assert.True(second >= newest[source], $"{line} behind a watermark of {newest[source]}");
            if (line[0] == 'w') newest[source] = second;
        }

        Assert.Equal([298, 299], newest);
        Assert.Equal(600, told.Count(t => t[0] == 'r'));
        Assert.Equal(["end of 0", "end of 1", "finish"], told[^3..]);
    }

    [Fact]
    public async Task A_source_is_idle_at_a_fan_in_when_it_is_on_every_side()
    {
        var told = new List<string>();
        var items = new[] { Talker.Reading(0, 1), Talker.Idle(0), Talker.Reading(1, 2), Talker.Idle(-1) };

        await using var graph = Note(told, items).Graph("""
            - collect: { part: talker, logical: 2, name: from }
            - work: { part: pass, from: from, name: left, queue: block }
            - work: { part: pass, from: from, name: right, queue: block }
            - work: { part: note, from: [left, right], name: both }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(["idle 0", "idle 1"], told.Where(t => t.StartsWith("idle", StringComparison.Ordinal)));
        Assert.True(told.IndexOf("idle 0") > told.LastIndexOf("reading of 0 at 1"));
    }

    [Fact]
    public async Task A_lossy_queue_drops_readings_but_nothing_that_is_said()
    {
        var told = new List<string>();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var items = Enumerable.Range(0, 9_000).SelectMany(i => new[] { Talker.Reading(0, i), Talker.Watermark(0, i) }).ToList();
        var rig = Note(told, items, c => new Page(c, []) { Before = async cancel => await entered.Task.WaitAsync(cancel), RunsFused = true });

        await using var graph = rig.Graph("""
            - collect: { part: talker }
            - work: { part: note, queue: { when_full: drop_oldest, batches: 2 } }
            - transmit: { out: { part: page } }
            """);
        var running = graph.RunAsync(default);
        await Rig.UntilAsync(() => graph.ReadLedger().Accounts.Any(a => a.Dropped > 0));
        entered.SetResult();
        await running.WaitAsync(s_patience);

        Assert.Equal(9_000, told.Count(t => t[0] == 'w'));
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Theory]
    [InlineData("every: 10s", "2 readings")]
    [InlineData("length: 10s", "readings of 1 groups")]
    [InlineData("session: 5s", "readings of 1 groups")]
    [InlineData("count: 3", "2 readings")]
    public async Task Behind_a_held_end_nothing_is_flushed_and_what_steps_hold_is_told(string window, string held)
    {
        var told = new List<string>();
        await using var graph = Note(told, [Talker.Reading(0, 1), Talker.Reading(0, 2), Talker.Hold()]).Graph($$"""
            - collect: { part: talker }
            - work: { part: note, queue: block }
            - window: { {{window}}, compute: { v: [count] } }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.DoesNotContain("finish", told);
        Assert.DoesNotContain("end of 0", told);
        Assert.Equal([("window", "held in open windows", held)], graph.Reports);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public async Task A_watermark_further_ahead_than_readings_may_be_is_refused()
    {
        var told = new List<string>();
        await using var graph = Note(told, [Talker.Watermark(0, 10), Talker.Watermark(0, 10 * 86_400)]).Graph("""
            - collect: { part: talker }
            - work: { part: note }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(["watermark of 0 at 10", "end of 0", "finish"], told);
        Assert.Equal([("ahead", "", 1L)], graph.ReadLedger().Accounts.Single(a => a.Name == "collect").Drops);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Theory]
    [InlineData("given", false)]
    [InlineData("given", true)]
    [InlineData("shared", false)]
    public async Task Windows_are_the_same_where_the_pipeline_stopped_between_and_went_on(string clock, bool holds)
    {
        var random = new Random(7);
        var items = new List<Talker.Item>();
        for (var second = 0; second < 400; second++)
        {
            items.Add(Talker.Reading(random.Next(2), second - random.Next(9), random.Next(3)));
            if (random.Next(4) == 0) items.Add(Talker.Watermark(random.Next(-1, 2), second - random.Next(9)));
            if (random.Next(40) == 0) items.Add(Talker.Idle(random.Next(2)));
        }

        if (holds) items.Add(Talker.Hold());
        var through = await RunAsync(clock, items, [], null, -1);

        Assert.InRange(through.Lines.Count, 60, 400);
        for (var at = 0; at < items.Count; at += 23)
        {
            var lines = new List<string>();
            var stopped = await RunAsync(clock, items, lines, null, at);
            var rest = await RunAsync(clock, items, lines, stopped.Snapshot, -1);

            Assert.Equal(through.Lines, lines);
            Assert.Equal(through.Late, rest.Late);
        }
    }

    static async Task<(List<string> Lines, long Late, Snapshot? Snapshot)> RunAsync(string clock, IReadOnlyList<Talker.Item> items, List<string> lines, Snapshot? from, int stopAt)
    {
        Graph graph = null!;
        Task<Snapshot>? saving = null;
        var rig = new Rig { Block = $"{{ clock: {clock}, wait: 3s, late: drop }}" }
            .Source("talker", c => new Talker(c, items)
            {
                Before = (next, cancel) =>
                {
                    if (next < stopAt || stopAt < 0 || saving is not null) return default;
                    saving = graph.SaveAsync(stop: true);
                    return new ValueTask(Task.Delay(Timeout.Infinite, cancel)); // the barrier ends the wait
                },
            })
            .Operator("sum in order", c => new RunningSum(c) { InOrder = true })
            .Sink("page", c => new Page(c, lines));
        await using (graph = rig.Graph("""
            - collect: { part: talker, logical: 2 }
            - work: { part: sum in order, queue: block }
            - window: { every: 5s, compute: { v: [count] }, queue: { batches: 1 } }
            - transmit: { out: { part: page } }
            """))
        {
            if (from is not null) graph.Restore(from);
            await graph.RunAsync(default).WaitAsync(s_patience);
            var ledger = graph.ReadLedger();
            Assert.True(ledger.Balanced);
            return (lines, ledger.Accounts.Single(a => a.Name == "window").Dropped, saving is null ? null : await saving.WaitAsync(s_patience));
        }
    }

    static Rig Note(List<string> told, IReadOnlyList<Talker.Item> items, Func<BuildContext, Sink>? sink = null) => new Rig()
        .Source("talker", c => new Talker(c, items))
        .Operator("pass", c => new Scripted(c))
        .Operator("note", c => new Scripted(c)
        {
            OnBatch = (batch, output) =>
            {
                for (var row = 0; row < batch.Count; row++) told.Add($"reading of {batch.Source} at {(batch.Time[row] - Numbers.Start) / Nanoseconds.Second}");
                output.Emit(batch);
            },
            OnSaid = told.Add,
            OnEnd = source => told.Add($"end of {source}"),
            OnFinish = _ => told.Add("finish"),
        })
        .Sink("page", sink ?? (c => new Page(c, [])));
}
