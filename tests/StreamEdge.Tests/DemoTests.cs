using System.Text.Json;

namespace StreamEdge;

/// <summary>The README's first command on seeds that nobody looked at: what was done to the machines is found, and little else.</summary>
public sealed class DemoTests : IDisposable
{
    static readonly long s_window = Nanoseconds.Of(TimeSpan.FromMinutes(1));
    readonly string _state = Directory.CreateTempSubdirectory("streamedge-demo").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData(99)]
    [InlineData(20260101)]
    public async Task Finds_what_was_done_to_the_machines(long seed)
    {
        var rows = await RunAsync(seed);

        var faults = File.ReadLines(Path.Combine(_state, "demo-labels.jsonl")).Select(l => Read(JsonDocument.Parse(l).RootElement)).ToList();
        var (anomalies, thin) = (rows.Where(r => r.Anomaly).ToList(), rows.Where(r => r.Thin).ToList());
        bool Seen(Fault fault, IEnumerable<Window> windows) => windows.Any(w => w.Machine == fault.Machine && w.Start < fault.End && w.Start + s_window > fault.Start);
        bool Gap(Fault fault) => Windows(fault).Any(start => !rows.Any(r => r.Machine == fault.Machine && r.Start == start));
        double Recall(string kind, Func<Fault, bool> found) => faults.Where(f => f.Kind == kind).Average(f => found(f) ? 1.0 : 0);
        var spikes = Recall("spike", f => Seen(f, anomalies));
        var steps = Recall("step", f => Seen(f, anomalies));
        var dropouts = Recall("dropout", f => Seen(f, thin) || Gap(f));
        var precision = anomalies.Concat(thin).Average(w => faults.Any(f => Seen(f, [w])) ? 1.0 : 0);

        var figures = FormattableString.Invariant($"of {faults.Count} faults: recall of spikes {spikes:0.000}, steps {steps:0.000}, dropouts {dropouts:0.000}; precision {precision:0.000}");
        Assert.True(spikes >= 0.9 && steps >= 0.9 && dropouts >= 0.9 && precision >= 0.9, figures);
    }

    async Task<List<Window>> RunAsync(long seed)
    {
        var rows = new List<Window>();
        var surroundings = new Surroundings { StateFolder = _state, Seed = seed };
        await using var graph = new Compiler(BuiltIn.Catalog(), surroundings).CompileFile(Path.Combine(Repository.Root, "pipelines", "demo.yaml")).ToGraph();
        using var looking = graph.Observe("infer").Subscribe(batch =>
        {
            var (anomaly, coverage) = (batch.Schema.ColumnNumber(Columns.Anomaly), batch.Schema.ColumnNumber(Columns.Coverage));
            for (var row = 0; row < batch.Count; row++)
                rows.Add(new(batch.Schema.Keys.Text(batch.Key[row]), batch.Time[row], batch.Bits(anomaly)[row] == 1, batch.Column(coverage)[row] < 0.8));
        });
        await graph.RunAsync(CancellationToken.None);
        Assert.True(graph.ReadLedger().Balanced);
        return rows;
    }

    static IEnumerable<long> Windows(Fault fault)
    {
        for (var start = Nanoseconds.FloorDiv(fault.Start, s_window) * s_window; start < fault.End; start += s_window) yield return start;
    }

    static Fault Read(JsonElement label) => new(label.GetProperty("machine").GetString()!, label.GetProperty("fault").GetString()!,
        Nanoseconds.Of(label.GetProperty("start").GetDateTimeOffset()), Nanoseconds.Of(label.GetProperty("end").GetDateTimeOffset()));

    sealed record Fault(string Machine, string Kind, long Start, long End);

    sealed record Window(string Machine, long Start, bool Anomaly, bool Thin);
}
