using Microsoft.Extensions.Logging;

namespace StreamEdge;

/// <summary>Several pipelines in one process, each on its own.</summary>
public class FleetTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_pipeline_that_fails_is_logged_with_its_step_and_the_others_run_on()
    {
        var lines = new List<string>();
        var log = new Pages();
        await using var bad = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Operator("fail", c => new Scripted(c) { OnBatch = (_, _) => throw new FormatException("the value is odd") })
            .Sink("page", c => new Page(c, []))
            .Graph("- collect: { part: numbers }\n- work: { part: fail }\n- transmit: { out: { part: page } }", "bad");
        await using var good = new Rig()
            .Source("numbers", c => new Numbers(c, 10_000))
            .Sink("page", c => new Page(c, lines))
            .Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }", "good");

        var runs = await new Fleet(log, new FakeTime()).RunAsync([bad, good], default).WaitAsync(s_patience);

        Assert.Equal(["work", null], runs.Select(r => r.FailedStep));
        Assert.Null(runs[1].Failure);
        Assert.Equal(10_000, lines.Count);
        Assert.Equal(
            ["101 Information bad: started.", "101 Information good: started.", "102 Information good: ended after 0.0 s.", "103 Error bad: stopped, because step 'work' failed: the value is odd"],
            log.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pipeline_that_is_stopped_drains_as_long_as_something_is_delivered_and_says_what_it_lost()
    {
        var (log, time, delivered) = (new Pages(), new FakeTime(), new List<string>());
        using var stop = new CancellationTokenSource();
        var writes = 0;
        await using var graph = new Rig()
            .Source("numbers", c => new Numbers(c, 1_000_000, 10))
            // Takes 8 s for each of the first three batches, and for ever for the fourth.
            .Sink("page", c => new Page(c, delivered) { Before = cancel => new(Task.Delay(++writes <= 3 ? TimeSpan.FromSeconds(8) : Timeout.InfiniteTimeSpan, time, cancel)) })
            .Graph("- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { batches: 2 } } }", "slow");

        var running = new Fleet(log, time).RunAsync([graph], stop.Token);
        await Rig.UntilAsync(() => writes == 1);
        await stop.CancelAsync();
        while (!running.IsCompleted)
        {
            // Notices and the drain each have a timer, and a write that takes 8 s.
            await Rig.UntilAsync(() => running.IsCompleted || time.Alarms == (writes <= 3 ? 3 : 2));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var run = Assert.Single(await running.WaitAsync(s_patience));
        Assert.Equal(30, delivered.Count);
        Assert.Equal(4, writes);
        Assert.Contains("105 Error slow: " + run.Failure!.Message, log.Lines);
        Assert.Matches("^nothing could be delivered for 10s after it was told to stop; lost is what was held: out 10(, collect -> out [0-9]+)?$", run.Failure.Message);
    }

    [Fact]
    public async Task What_a_step_notices_is_logged_once_however_often_it_comes_up_and_only_a_hundred_of_it()
    {
        var log = new Pages();
        await using var graph = new Rig()
            .Source("numbers", c => new Numbers(c, 1_000))
            .Operator("note", c =>
            {
                Scripted probe = null!;
                return probe = new Scripted(c)
                {
                    OnBatch = (batch, output) =>
                    {
                        foreach (var value in batch.Value) probe.Books.Notice($"met {value % 300}");
                        output.Emit(batch);
                    },
                };
            })
            .Sink("page", c => new Page(c, []))
            .Graph("- collect: { part: numbers }\n- work: { part: note }\n- transmit: { out: { part: page } }", "noted");

        await new Fleet(log, new FakeTime()).RunAsync([graph], default).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"201 Warning noted: work met {i}."), log.Lines.Where(l => l.StartsWith("201", StringComparison.Ordinal)));
    }

    /// <summary>Keeps every line that is logged.</summary>
    sealed class Pages : ILogger
    {
        readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines) _lines.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");
        }
    }
}
