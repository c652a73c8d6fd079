using System.Text;

namespace StreamEdge;

/// <summary>W4: 1 M messages, JSON lines in, line protocol out, through the graph and through a hand-written loop; the bytes must be the same.</summary>
static class FormatWorkload
{
    public static void Run(int messages = 1_000_000)
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-w4").FullName;
        try
        {
            var input = Path.Combine(folder, "in.jsonl");
            Write(input, messages);
            var (byHand, byGraph) = (Path.Combine(folder, "hand.lp"), Path.Combine(folder, "w4.lp"));
            var plan = Encoding.UTF8.GetBytes($$"""
                pipeline: w4
                time: { field: ts, format: ms }
                signals:
                  temperature: { unit: degC }
                  vibration: { unit: mm/s }
                steps:
                  - collect: { file: "{{input}}", tags: { device: device } }
                  - transmit: { out: { file: "{{byGraph}}" } }
                """);
            var ratio = Measure.Paired(() => new Checksum(FormatLoop.Run(input, byHand), 0, 0, 0), () => ByGraph(plan, folder));
            if (!File.ReadAllBytes(byHand).AsSpan().SequenceEqual(File.ReadAllBytes(byGraph))) throw new InvalidOperationException("the two outputs differ");
            Console.WriteLine($"ratio w4 JSON lines to line protocol through the graph: cpu {ratio.Cpu:0.00}, wall {ratio.Wall:0.00}; {ratio.Allocated / messages:0.00} B allocated a message; yardstick {ratio.YardstickCpu / messages * 1e9:0} ns a message (goal: cpu <= 2.5)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Checksum ByGraph(byte[] yaml, string folder)
    {
        File.Delete(Path.Combine(folder, "w4.lp")); // a file sink goes on behind what is there
        var graph = new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = folder }).Compile("w4.yaml", yaml).ToGraph();
        graph.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        graph.DisposeAsync().AsTask().GetAwaiter().GetResult();
        var ledger = graph.ReadLedger();
        if (!ledger.Balanced) throw new InvalidOperationException("the books do not balance");
        return new(ledger.Accounts[0].Passed / 2, 0, 0, 0);
    }

    static void Write(string path, int messages)
    {
        var random = new Random(4);
        using var writer = new StreamWriter(path);
        for (var i = 0; i < messages; i++)
            writer.Write($"{{\"ts\":{1_767_225_600_000L + i},\"device\":\"pump-{random.Next(1000):000}\",\"temperature\":{20 + random.Next(600) / 10.0:0.0},\"vibration\":{random.Next(1, 1000) / 100.0:0.00}}}\n");
    }
}
