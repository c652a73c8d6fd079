using System.Diagnostics;

namespace StreamEdge;

/// <summary>
/// W1 with more keys, and with fewer readings of each in a window, ten in place of a hundred. Costs are those of the second half of the readings, when the keys
/// have been met; memory is what is alive then.
/// </summary>
static class KeysWorkload
{
    const int InWindow = 10;

    public static void Run()
    {
        foreach (var (keys, count) in new[] { (1_000, 10_000_000), (10_000, 10_000_000), (100_000, 10_000_000), (1_000_000, 20_000_000) }) Compare(keys, count, InWindow);
        Compare(10_000, 10_000_000, inWindow: 100);
        SaveAndRestore(100_000);
    }

    static void Compare(int keys, int count, int inWindow)
    {
        var readings = new Readings(count, keys, inWindow);
        MemoryOptions.Readings = readings;
        var window = $"{readings.Window / 1_000_000}ms";
        var (loop, yaml) = (new PlainLoop(readings), WindowWorkloads.Yaml(window: $"every: {window}", wait: window));
        Half(Loop);
        Half(Pipeline);
        var (ratios, ours, theirs) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = 0; pair < 5; pair++)
        {
            var (yardstick, subject) = (Half(Loop), Half(Pipeline));
            if (!yardstick.Sum.Agrees(subject.Sum)) throw new InvalidOperationException($"the results differ: {yardstick.Sum} and {subject.Sum}");
            ratios.Add(subject.Cpu / yardstick.Cpu);
            ours.Add(subject.Cpu);
            theirs.Add(yardstick.Cpu);
        }

        Console.WriteLine($"ratio keys {keys:N0}, {inWindow} readings of each in a window: cpu {Measure.Median(ratios):0.00}; {Measure.Median(ours) / (count / 2) * 1e9:0.0} ns a reading, the loop {Measure.Median(theirs) / (count / 2) * 1e9:0.0} (goal: cpu <= 2.0); " +
            $"live heap {Memory() / keys:0} B a key, with its names in two tables");

        (double Cpu, Checksum Sum) Half(Func<Action, Checksum> run)
        {
            GC.Collect();
            var from = 0.0;
            var sum = run(() => from = Measure.Cpu());
            return (Measure.Cpu() - from, sum);
        }

        Checksum Loop(Action mark) => loop.Tumbling((count / 2, mark));

        Checksum Pipeline(Action mark)
        {
            MemoryOptions.Mark = (count / 2, mark);
            return WindowWorkloads.Pipeline(yaml);
        }

        double Memory()
        {
            var (before, after) = (GC.GetTotalMemory(forceFullCollection: true), 0L);
            Pipeline(() => after = GC.GetTotalMemory(forceFullCollection: true));
            return after - before;
        }
    }

    /// <summary>What a checkpoint does with the open windows of many keys: in memory, without the disk.</summary>
    static void SaveAndRestore(int keys)
    {
        var readings = new Readings(20 * keys, keys, InWindow);
        var (step, schema) = Window(readings, withKeys: true);
        var output = new Output(step.Output, step.Books, batch => batch.Release());
        var pool = new BatchPool();
        for (var from = 0; from < readings.Time.Length; from += Batch.MaxRows)
        {
            var batch = pool.Rent(schema);
            var rows = Math.Min(Batch.MaxRows, readings.Time.Length - from);
            for (var row = from; row < from + rows; row++) batch.Append(readings.Time[row], readings.Key[row], readings.Value[row]);
            step.Process(batch, output);
        }

        var (saves, restores, bytes) = (new List<double>(), new List<double>(), 0);
        for (var again = 0; again < 5; again++)
        {
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            var state = new StateWriter();
            step.Save(state);
            saves.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var (other, _) = Window(readings, withKeys: false);
            start = Stopwatch.GetTimestamp();
            other.Restore(new StateReader(state.Written));
            restores.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var second = new StateWriter();
            other.Save(second);
            if (!state.Written.Span.SequenceEqual(second.Written.Span)) throw new InvalidOperationException("what was restored is not what was saved");
            bytes = state.Written.Length;
        }

        Console.WriteLine($"state of {keys:N0} keys: saved in {Measure.Median(saves):0} ms, {bytes / 1e6:0.0} MB, {bytes / keys} B a key; restored in {Measure.Median(restores):0} ms, to the same bytes (goal: saved in < 1,000 ms)");
    }

    static (Operator Step, Schema Input) Window(Readings readings, bool withKeys)
    {
        var keys = new KeyTable(["device"], 1);
        for (var device = 0; device < readings.Keys && withKeys; device++) keys.Key(keys.Device($"d{device}"), 0);
        var surroundings = new Surroundings();
        var wait = TimeSpan.FromTicks(readings.Window / 100);
        var pipeline = new PipelineContext("bench", "bench.yaml", new TimeOptions { Wait = wait }, [new Signal("v", Kind.Number, null)], keys, new Clock(surroundings.Time), surroundings);
        var faults = new Faults("bench.yaml");
        var options = new WindowOptions { Every = wait, Length = 2 * wait, Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["mean", "max", "std"] } };
        var step = options.Build(new BuildContext("window", [pipeline.Readings], pipeline, faults));
        faults.ThrowIfAny();
        return (step, pipeline.Readings);
    }
}
