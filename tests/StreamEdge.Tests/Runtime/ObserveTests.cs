using System.Diagnostics.Metrics;

namespace StreamEdge;

/// <summary>Those who look on: watchers of a step, and listeners of the metrics.</summary>
public class ObserveTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_watcher_gets_copies_that_the_steps_behind_do_not_change()
    {
        var seen = new List<double>();
        var lines = new List<string>();
        var ended = false;
        await using var graph = Sums(lines);
        using var watching = graph.Observe("before").Subscribe(
            batch =>
            {
                seen.AddRange(batch.Value.ToArray());
                batch.Value.Fill(-1);
                batch.Release();
            },
            () => ended = true);

        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (double)i), seen);
        Assert.Equal("m0 99 4950", lines[^1]);
        Assert.True(ended);
        Assert.Equal(0, graph.BatchesInUse);
    }

    [Fact]
    public async Task A_watcher_that_throws_is_let_go_and_harms_nobody()
    {
        var calls = 0;
        var lines = new List<string>();
        await using var graph = Sums(lines);
        using var watching = graph.Observe("before").Subscribe(_ =>
        {
            calls++;
            throw new FormatException("not my day");
        });

        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(1, calls);
        Assert.Equal(100, lines.Count);
    }

    [Fact]
    public async Task Watchers_are_told_the_failure_and_one_without_an_error_handler_does_not_hide_it()
    {
        Exception? told = null, toldLate = null;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Operator("fail", c => new Scripted(c) { OnBatch = (_, _) => throw new FormatException("odd") })
            .Sink("page", c => new Page(c, []));
        await using var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: fail }\n- transmit: { out: { part: page } }");
        using var deaf = graph.Observe("work").Subscribe(_ => { });
        using var hearing = graph.Observe("collect").Subscribe(_ => { }, error => told = error);

        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));
        using var late = graph.Observe("work").Subscribe(_ => { }, error => toldLate = error);

        Assert.Same(failure, told);
        Assert.Same(failure, toldLate);
    }

    [Fact]
    public async Task A_step_that_is_not_there_cannot_be_watched()
    {
        await using var graph = Sums([]);

        var error = Assert.Throws<ArgumentException>(() => graph.Observe("infer"));

        Assert.StartsWith("the pipeline has no step 'infer'", error.Message);
    }

    [Fact]
    public async Task The_books_are_metrics_with_pipeline_and_step_until_the_graph_is_disposed_of()
    {
        var name = $"metered-{Guid.NewGuid():N}";
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Operator("pass", c => new Scripted(c))
            .Sink("page", c => new Refusing(c));
        var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: pass }\n- transmit: { out: { part: page } }", name);
        await graph.RunAsync(default).WaitAsync(s_patience);

        var measured = Measure(name);
        await graph.DisposeAsync();

        string[] expected =
        [
            "streamedge.absorbed collect 0", "streamedge.absorbed out 60", "streamedge.absorbed work 0", "streamedge.absorbed work -> out 0",
            "streamedge.batches  0",
            "streamedge.created collect 0", "streamedge.created out 0", "streamedge.created work 0", "streamedge.created work -> out 0",
            "streamedge.dropped out refused 40",
            "streamedge.held out 0", "streamedge.held work 0",
            "streamedge.in collect 100", "streamedge.in out 100", "streamedge.in work 100", "streamedge.in work -> out 100",
            "streamedge.passed collect 100", "streamedge.passed out 0", "streamedge.passed work 100", "streamedge.passed work -> out 100",
            "streamedge.queue.waiting work -> out 0",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), measured);
        Assert.Empty(Measure(name));
    }

    static Graph Sums(List<string> lines) => new Rig()
        .Source("numbers", c => new Numbers(c, 100, machines: 1))
        .Operator("pass", c => new Scripted(c))
        .Operator("sum", c => new RunningSum(c))
        .Sink("page", c => new Page(c, lines))
        .Graph("- collect: { part: numbers }\n- work: { part: pass, name: before }\n- work: { part: sum, name: behind }\n- transmit: { out: { part: page } }");

    static List<string> Measure(string pipeline)
    {
        var measured = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "StreamEdge") listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. measured.Order(StringComparer.Ordinal)];

        void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if (!Equals(named["pipeline"], pipeline)) return;
            measured.Add($"{instrument.Name} {named.GetValueOrDefault("step")} {(named.TryGetValue("reason", out var reason) ? $"{reason} " : "")}{value}");
        }
    }

    /// <summary>Takes six of ten.</summary>
    sealed class Refusing(BuildContext context) : Sink(context.Inputs)
    {
        public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
        {
            foreach (var value in batch.Value)
                if (value % 10 < 6) Books.Absorbed++;
                else Books.Reason("refused").Add();
            return default;
        }
    }
}
