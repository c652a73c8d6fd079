using System.Text;

namespace StreamEdge;

/// <summary>50 pipelines of 100 signals at 1 Hz in one process: memory must stand still.</summary>
static class Many
{
    public static void Run(int seconds = 60)
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-many").FullName;
        var graphs = Enumerable.Range(0, 50).Select(n => new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = folder }).Compile($"p{n}.yaml", Encoding.UTF8.GetBytes(Yaml(n, seconds))).ToGraph()).ToList();
        var running = Task.WhenAll(graphs.Select(g => g.RunAsync(CancellationToken.None)));
        var (heapEarly, residentEarly) = At(seconds / 3);
        var (heapLate, residentLate) = At(seconds - seconds / 3);
        running.GetAwaiter().GetResult();
        var ledgers = graphs.Select(g => g.ReadLedger()).ToList();
        Console.WriteLine($"many 50 pipelines x 100 signals at 1 Hz for {seconds} s: live heap {heapEarly:0.00} MB at {seconds / 3} s, {heapLate:0.00} MB at {seconds} s (goal: within 2 MB); " +
            $"resident {residentEarly:0.0} and {residentLate:0.0} MB (goal: within 5 %; it is {(residentLate / residentEarly - 1) * 100:+0.0;-0.0} %); {ledgers.Count(l => l.Balanced)} of 50 ledgers balance, {ledgers.Sum(l => l.Accounts[0].Passed):N0} readings");
        foreach (var graph in graphs) graph.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    static (double Heap, double Resident) At(int seconds)
    {
        Task.Delay(TimeSpan.FromSeconds(seconds)).GetAwaiter().GetResult();
        var heap = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        return (heap, Measure.ResidentMegabytes());
    }

    static string Yaml(int number, int seconds)
    {
        var signals = string.Concat(Enumerable.Range(0, 100).Select(s => $"  s{s}: {{ unit: degC, range: [0, 100], rate: 1/s, tolerance: 0.5 }}\n"));
        var compute = string.Join(", ", Enumerable.Range(0, 100).Select(s => $"s{s}: [mean, max]"));
        return $"""
            pipeline: many-{number}
            time: {TimeBlock}
            signals:
            {signals}steps:
              - collect: {CollectBlock(number, seconds)}
              - clean: {OneLine("out_of_range: drop, duplicates: drop")}
              - normalize: {OneLine("units: declared")}
              - window: {OneLine($"every: 5s, compute: {OneLine(compute)}")}
              - transmit:
                  history: {OneLine($"file: many-{number}.jsonl")}
            """;
    }

    const string TimeBlock = "{ wait: 1s }";

    static string OneLine(string inside) => $"{{ {inside} }}";

    static string CollectBlock(int number, int seconds) => OneLine($"simulate: {OneLine($"machines: 1, seed: {number}, every: 1s, length: {seconds}s, speed: 1x")}");
}
