using System.Text;

namespace StreamEdge;

/// <summary>Graphs of random shape under random delays, with barriers at random moments: nothing is lost, doubled, leaked or left hanging.</summary>
public class TumbleTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_random_graph_accounts_for_every_reading_on_every_branch(int seed)
    {
        var random = new Random(seed);
        var (yaml, branches, sources) = Shape(random);
        var lines = Enumerable.Range(0, branches).Select(_ => new List<string>()).ToArray();
        Snapshot? snapshot = null;

        // Some runs are stopped at a barrier and gone on with, up to three times.
        for (var stops = random.Next(4); stops >= 0; stops--)
        {
            await using var graph = Parts(random.Next(), lines).Graph(yaml);
            if (snapshot is not null) graph.Restore(snapshot);
            var run = graph.RunAsync(default);
            for (var checks = random.Next(3); checks > 0; checks--) await graph.SaveAsync(stop: false).WaitAsync(s_patience);
            if (stops > 0) snapshot = await graph.SaveAsync(stop: true).WaitAsync(s_patience);
            await run.WaitAsync(s_patience);

            var ledger = graph.ReadLedger();
            Assert.True(ledger.Balanced);
            Assert.All(ledger.Accounts, a => Assert.Equal(0, a.Held));
            Assert.Equal(0, graph.BatchesInUse);
        }

        Assert.All(lines, page => Assert.Equal(Enumerable.Range(0, 1_000).SelectMany(i => Enumerable.Repeat(i, sources)), page.Select(l => int.Parse(l.Split(' ')[2])).Order()));
    }

    /// <summary>One to three sources, a chain of steps fused or behind small queues, and sinks that read from some of them.</summary>
    static (string Yaml, int Branches, int Sources) Shape(Random random)
    {
        var yaml = new StringBuilder();
        var sources = random.Next(1, 4);
        for (var source = 0; source < sources; source++) yaml.AppendLine($"- collect: {{ part: numbers, name: s{source} }}");
        var steps = random.Next(1, 6);
        for (var step = 0; step < steps; step++)
        {
            var from = step == 0 || random.Next(2) == 0 ? "" : $", from: w{random.Next(step)}";
            var queue = random.Next(3) == 0 ? $", queue: {{ batches: {random.Next(1, 4)} }}" : "";
            yaml.AppendLine($"- work: {{ part: {(random.Next(3) == 0 ? "alone" : "pass")}, name: w{step}{from}{queue} }}");
        }

        yaml.AppendLine("- transmit:");
        for (var step = 0; step < steps; step++)
            yaml.AppendLine($"    out{step}: {{ part: page{step}, from: w{step}, queue: {{ batches: {random.Next(1, 4)} }} }}");
        return (yaml.ToString(), steps, sources);
    }

    static Rig Parts(int seed, List<string>[] lines)
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 1_000, size: 1 + seed % 50) { Before = (_, _) => Dawdle(seed) })
            .Operator("pass", c => new Scripted(c))
            .Operator("alone", c => new Scripted(c) { Alone = true });
        for (var page = 0; page < lines.Length; page++)
        {
            var own = lines[page];
            var pace = seed + page;
            rig.Sink($"page{page}", c => new Page(c, own) { Before = _ => Dawdle(pace), RunsFused = pace % 4 == 0 });
        }

        return rig;
    }

    /// <summary>Now at once, now after the others have had a turn.</summary>
    static async ValueTask Dawdle(int seed)
    {
        for (var turns = (seed & int.MaxValue) % 4; turns > 1; turns--) await Task.Yield();
    }
}
