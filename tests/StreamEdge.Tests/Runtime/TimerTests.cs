namespace StreamEdge;

/// <summary>Timers ring while nothing comes, at their time and no earlier.</summary>
public class TimerTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("")]
    [InlineData(", queue: block")]
    public async Task A_timer_rings_while_the_input_is_silent_and_its_rows_go_on(string queue)
    {
        var lines = new List<string>();
        var rings = new List<long>();
        var rig = new Rig();
        Silence silence = null!;
        Scripted probe = null!;
        using var stop = new CancellationTokenSource();
        rig.Source("silence", c => silence = new Silence(c))
            .Operator("ring", c => probe = new Scripted(c)
            {
                Due = 2 * Nanoseconds.Second,
                OnTimer = (now, output) =>
                {
                    rings.Add(now / Nanoseconds.Second);
                    var batch = output.Rent();
                    batch.Append(Numbers.Start, output.Schema.Keys.Key(output.Schema.Keys.Device("m0"), 0), rings.Count);
                    probe.Books.Created++;
                    probe.Due = now + 5 * Nanoseconds.Second;
                    output.Emit(batch);
                },
            })
            .Sink("page", c => new Page(c, lines));

        await using var graph = rig.Graph($"- collect: {{ part: silence }}\n- work: {{ part: ring{queue} }}\n- transmit: {{ out: {{ part: page }} }}");
        var run = graph.RunAsync(stop.Token);
        for (var second = 1; second <= 12; second++)
        {
            await Rig.UntilAsync(() => rig.Time.Alarms > 0);
            var rung = rings.Count;
            var due = probe.Due <= second * Nanoseconds.Second;
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            if (due) await Rig.UntilAsync(() => rings.Count > rung && lines.Count > rung);
        }

        await stop.CancelAsync();
        await run.WaitAsync(s_patience);

        Assert.Equal([2, 7, 12], rings);
        Assert.Equal(["m0 0 1", "m0 0 2", "m0 0 3"], lines);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public async Task Timers_ring_while_readings_keep_coming()
    {
        var rings = 0;
        var rig = new Rig();
        Scripted probe = null!;
        rig.Source("numbers", c => new Numbers(c, 7_000)
        {
            Before = (_, _) =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                return default;
            },
        })
            .Operator("ring", c => probe = new Scripted(c)
            {
                Due = Nanoseconds.Second,
                OnTimer = (now, _) =>
                {
                    rings++;
                    probe.Due = now + Nanoseconds.Second;
                },
            })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: ring }\n- transmit: { out: { part: page } }");
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(1_000 / 8, rings);
    }

    [Fact]
    public async Task A_sink_is_flushed_one_second_after_a_row_that_it_keeps_though_nothing_new_comes()
    {
        var flushed = 0;
        var rig = new Rig();
        using var stop = new CancellationTokenSource();
        rig.Source("numbers", c => new Numbers(c, 8) { Before = (next, cancel) => next == 0 ? default : new ValueTask(Task.Delay(Timeout.Infinite, cancel)) })
            .Sink("keep", c => new Keeping(c, () => flushed++));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: keep } }");
        var run = graph.RunAsync(stop.Token);
        await Rig.UntilAsync(() => rig.Time.Alarms > 0);
        rig.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, flushed);
        rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Rig.UntilAsync(() => flushed == 1);
        await stop.CancelAsync();
        await run.WaitAsync(s_patience);

        Assert.Equal(2, flushed);
    }

    sealed class Keeping(BuildContext context, Action flushed) : Sink(context.Inputs)
    {
        long _held;

        public override long Held => _held;

        public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
        {
            _held += batch.Count;
            return default;
        }

        public override ValueTask FlushAsync(CancellationToken cancel)
        {
            Books.Absorbed += _held;
            _held = 0;
            flushed();
            return default;
        }
    }
}
