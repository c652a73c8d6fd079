using System.Text;

namespace StreamEdge;

/// <summary>W1 and W2 through pipelines compiled from YAML, with every default on, beside the plain loop and Rx.</summary>
static class WindowWorkloads
{
    public static void RunW1(int count = 10_000_000)
    {
        var readings = new Readings(count);
        MemoryOptions.Readings = readings;
        var plain = new PlainLoop(readings);
        Checksum Loop() => plain.Tumbling();

        var one = Measure.Paired(Loop, () => Pipeline(Yaml()));
        Print("w1 one fused stage", one, count, "goal: cpu <= 2.0");
        var small = Measure.Paired(Loop, () => Pipeline(Yaml(rows: 64)));
        Print("w1 64-row batches", small, count, $"goal: cpu <= 1.3 of 4,096-row ones; it is {small.Cpu / one.Cpu:0.00}");
        var channel = Measure.Paired(Loop, () => Pipeline(Yaml(queue: ", queue: block")));
        Print("w1 over one channel", channel, count, "goal: wall <= 1.8");

        var rxReadings = new Readings(count / 10);
        var rx = Measure.Paired(() => new PlainLoop(rxReadings).Tumbling(), () => RxWindows.Tumbling(rxReadings), pairs: 3, times: 1);
        Print("w1 Rx, bounded memory", rx, count / 10, $"goal: >= 12x the pipeline; it is {rx.Cpu / one.Cpu:0.0}x");
    }

    /// <summary>What compiling and running the pipeline adds, at its peak, to a process that holds nothing but the data.</summary>
    public static void RunMemory(int count = 10_000_000)
    {
        MemoryOptions.Readings = new Readings(count);
        GC.Collect();
        var before = Measure.ResidentMegabytes();
        Measure.ForgetPeak();
        Pipeline(Yaml());
        Console.WriteLine($"memory w1: peak resident {Measure.PeakMegabytes() - before:0.0} MB over the data (goal: <= 25); before the run {before:0} MB, of it data {count * 20 / 1e6:0} MB");
    }

    public static void RunW2(int count = 10_000_000)
    {
        MemoryOptions.Readings = new Readings(count);
        var w2 = Measure.Paired(() => Pipeline(Yaml()) with { Rows = 0, Hash = 0, Means = 0, Deviations = 0 },
            () => Pipeline(Yaml(window: "every: 1s, length: 10s")) with { Rows = 0, Hash = 0, Means = 0, Deviations = 0 });
        Print("w2 against own w1", w2, count, "goal: cpu <= 1.4");
    }

    /// <summary>The other kinds of windows, and what it costs that late readings correct theirs, against tumbling windows.</summary>
    public static void RunKinds(int count = 4_000_000)
    {
        MemoryOptions.Readings = new Readings(count);
        foreach (var (name, goal, window, late) in new[]
        {
            ("late: drop", "what revise costs", "every: 1s", "drop"), ("sessions", "goal: cpu <= 3", "session: 100ms", "revise"), ("sliding", "goal: cpu <= 3", "length: 1s", "revise"),
            ("counted", "", "count: 100", "revise"), ("calendar days", "", "calendar: { unit: day, zone: Europe/Berlin }", "revise"), ("with median and slope", "", "every: 1s", "median"),
        })
        {
            var yaml = late == "median" ? Yaml().Replace("std]", "std, median, slope]", StringComparison.Ordinal) : Yaml(window: window).Replace("wait: 1s", $"wait: 1s, late: {late}", StringComparison.Ordinal);
            var ratio = Measure.Paired(() => Counted(Yaml()), () => Counted(yaml), pairs: 3);
            Print($"windows {name} against own w1", ratio, count, goal);
        }

        RunSliding(count);

        static Checksum Counted(string yaml) => Pipeline(yaml) with { Rows = 0, Hash = 0, Means = 0, Deviations = 0 };
    }

    /// <summary>A window of each reading has ten times the rows of W1: it is held against a loop that gives these too.</summary>
    public static void RunSliding(int count = 4_000_000)
    {
        MemoryOptions.Readings = new Readings(count);
        var plain = new PlainSliding(MemoryOptions.Readings);
        Print("windows sliding against a plain loop with the same rows", Measure.Paired(() => plain.Run(), () => Pipeline(Yaml(window: "length: 1s"))), count, "goal: cpu <= 3");
    }

    /// <summary>The workload's file. The scale is <c>units</c>: degF to degC.</summary>
    public static string Yaml(int rows = Batch.MaxRows, string window = "every: 1s", string queue = "", string wait = "1s") => $$"""
        pipeline: w1
        time: { wait: {{wait}} }
        signals:
          v: { unit: degC, range: [-28.88888888888889, 121.11111111111111] }
        steps:
          - collect: { memory: { rows: {{rows}}, unit: degF } }
          - clean: { out_of_range: drop }
          - normalize: { units: declared }
          - window: { {{window}}, compute: [count, mean, min, max, std]{{queue}} }
          - transmit: { count: { counting: true } }
        """;

    public static Checksum Pipeline(string yaml)
    {
        var plan = new Compiler(BenchmarkCatalog.Steps, new Surroundings()).Compile("w1.yaml", Encoding.UTF8.GetBytes(yaml));
        var graph = plan.ToGraph();
        graph.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        var ledger = graph.ReadLedger();
        if (!ledger.Balanced) throw new InvalidOperationException("the books do not balance");
        return CountingOptions.Last!.Sum;
    }

    static void Print(string name, Ratio ratio, int count, string goal) =>
        Console.WriteLine($"ratio {name}: cpu {ratio.Cpu:0.00}, wall {ratio.Wall:0.00}; {ratio.Allocated / count:0.000} B allocated a reading, {ratio.Gen2} gen-2 collections; yardstick {ratio.YardstickCpu / count * 1e9:0.0} ns a reading ({goal})");
}

/// <summary>The product's steps and the benchmark's own source and sink.</summary>
static class BenchmarkCatalog
{
    public static Catalog Steps { get; } = BuiltIn.Catalog().Source<MemoryOptions>("memory").Sink<CountingOptions>("counting");
}
