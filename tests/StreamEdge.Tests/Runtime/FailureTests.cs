namespace StreamEdge;

/// <summary>A step that fails stops its pipeline, at once and by name.</summary>
public class FailureTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_failing_operator_is_named_and_a_source_that_waits_for_ever_does_not_keep_the_pipeline_alive()
    {
        Silence silence = null!;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Source("silence", c => silence = new Silence(c))
            .Operator("fail", c => new Scripted(c) { OnBatch = (_, _) => throw new FormatException("the value is odd") })
            .Sink("page", c => new Page(c, []));

        await using (var graph = rig.Graph("""
            - collect: { part: numbers, name: a }
            - collect: { part: silence, name: b }
            - work: { part: fail }
            - transmit: { out: { part: page } }
            """))
        {
            var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

            Assert.Equal("step 'work' failed: the value is odd", failure.Message);
            Assert.IsType<FormatException>(failure.InnerException);
        }

        Assert.False(silence.ClosedWhileReading);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_fails_while_reading_is_named(bool later)
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100)
            {
                Before = async (next, _) =>
                {
                    if (later) await Task.Yield();
                    if (next >= 50) throw new IOException("the cable is cut");
                },
            })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        Assert.Equal("step 'collect' failed: the cable is cut", failure.Message);
    }

    [Fact]
    public async Task A_sink_that_cannot_be_closed_does_not_keep_the_others_open()
    {
        var closed = new List<string>();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 10))
            .Sink("full", c => new Closing(c, () => throw new IOException("disk full")))
            .Sink("sound", c => new Closing(c, () => closed.Add("sound")));
        var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { a: { part: full }, b: { part: sound } }");
        await graph.RunAsync(default).WaitAsync(s_patience);

        var error = await Assert.ThrowsAsync<IOException>(async () => await graph.DisposeAsync());

        Assert.Equal("disk full", error.Message);
        Assert.Equal(["sound"], closed);
    }

    [Fact]
    public async Task A_pipeline_that_is_broken_off_flushes_nothing_as_if_its_input_had_ended()
    {
        var atWork = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var interrupt = CancellationToken.None;
        var flushed = false;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100)
            {
                Before = (_, cancel) =>
                {
                    interrupt = cancel;
                    return default;
                },
            })
            .Operator("busy", c => new Scripted(c) { OnBatch = Work, OnFinish = _ => flushed = true })
            .Sink("page", c => new Page(c, []));

        Task run;
        await using (var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: busy }\n- transmit: { out: { part: page } }"))
        {
            run = graph.RunAsync(default);
            await atWork.Task.WaitAsync(s_patience);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(s_patience));
        Assert.False(flushed);

        // At work while the graph is disposed of, so that no wait of the source notices it.
        void Work(Batch batch, Output output)
        {
            output.Emit(batch);
            atWork.TrySetResult();
            Assert.True(SpinWait.SpinUntil(() => interrupt.IsCancellationRequested, s_patience));
        }
    }

    [Theory]
    [InlineData("open")]
    [InlineData("write")]
    [InlineData("write later")]
    [InlineData("flush")]
    public async Task A_sink_that_fails_is_named_while_a_full_queue_stands_before_it(string when)
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, when == "flush" ? 10 : 10_000))
            .Sink("page", c => new Failing(c, when, new IOException("disk full")));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page, queue: { batches: 1 } } }");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        Assert.Equal("step 'out' failed: disk full", failure.Message);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("write")]
    [InlineData("write later")]
    [InlineData("flush")]
    public async Task A_request_that_runs_out_of_time_is_a_failure_and_no_end(string when)
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 10))
            .Sink("page", c => new Failing(c, when, new TaskCanceledException("no answer in 30 s")));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        Assert.Equal("step 'out' failed: no answer in 30 s", failure.Message);
    }

    [Fact]
    public async Task A_source_that_is_cancelled_by_itself_is_a_failure_and_no_end()
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100) { Before = (_, _) => throw new TaskCanceledException("no answer in 30 s") })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        Assert.Equal("step 'collect' failed: no answer in 30 s", failure.Message);
    }

    [Fact]
    public async Task A_failing_timer_ends_the_wait_of_the_source_before_it()
    {
        Silence silence = null!;
        var rig = new Rig();
        rig.Source("silence", c => silence = new Silence(c))
            .Operator("ring", c => new Scripted(c) { Due = Nanoseconds.Of(TimeSpan.FromSeconds(10)), OnTimer = (_, _) => throw new FormatException("it rang") })
            .Sink("page", c => new Page(c, []));

        await using (var graph = rig.Graph("- collect: { part: silence }\n- work: { part: ring }\n- transmit: { out: { part: page } }"))
        {
            var run = graph.RunAsync(default);
            await silence.Waiting.WaitAsync(s_patience);
            await Rig.UntilAsync(() => rig.Time.Alarms > 0);
            rig.Time.Advance(TimeSpan.FromSeconds(10));
            var failure = await Assert.ThrowsAsync<StepFailure>(() => run.WaitAsync(s_patience));

            Assert.Equal("step 'work' failed: it rang", failure.Message);
        }

        Assert.False(silence.ClosedWhileReading);
    }

    [Fact]
    public async Task A_graph_disposed_of_while_it_is_blocked_ends_at_once()
    {
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100_000))
            .Sink("page", c => new Page(c, [])
            {
                Before = async cancel =>
                {
                    blocked.TrySetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                },
            });

        var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }");
        var run = graph.RunAsync(default);
        await blocked.Task.WaitAsync(s_patience);
        await graph.DisposeAsync().AsTask().WaitAsync(s_patience);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void A_batch_released_twice_is_refused_and_not_given_to_two_steps()
    {
        var pool = new BatchPool();
        var batch = pool.Rent(Schema.Readings(new KeyTable([], 1), new CodeTable(), [new Signal("v", Kind.Number, null)]));
        batch.Release();

        var error = Assert.Throws<InvalidOperationException>(batch.Release);

        Assert.Equal("a batch was released more often than held", error.Message);
        Assert.Equal(0, pool.InUse);
    }

    /// <summary>Takes everything, and does at its end what the test says.</summary>
    sealed class Closing(BuildContext context, Action close) : Sink(context.Inputs)
    {
        public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
        {
            Books.Absorbed += batch.Count;
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            close();
            return base.DisposeAsync();
        }
    }

    sealed class Failing(BuildContext context, string when, Exception error) : Sink(context.Inputs)
    {
        public override ValueTask OpenAsync(CancellationToken cancel) => when == "open" ? throw error : default;

        public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
        {
            Books.Absorbed += batch.Count;
            return when switch { "write" => throw error, "write later" => LaterAsync(), _ => default };
        }

        public override ValueTask FlushAsync(CancellationToken cancel) => when == "flush" ? LaterAsync() : default;

        async ValueTask LaterAsync()
        {
            await Task.Yield();
            throw error;
        }
    }
}
