namespace StreamEdge;

/// <summary>What flows through a graph: everything, once, in order, and accounted for.</summary>
public class GraphTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("transmit: { out: { part: page } }")]
    [InlineData("work: { part: pass }\n- work: { part: pass, name: again }\n- transmit: { out: { part: page } }")]
    [InlineData("work: { part: pass, queue: { batches: 1 } }\n- transmit: { out: { part: page, queue: { batches: 2 } } }")]
    public async Task Every_reading_reaches_the_sink_once_and_in_order(string rest)
    {
        var lines = new List<string>();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 10_000))
            .Operator("pass", c => new Scripted(c))
            .Sink("page", c => new Page(c, lines));

        await using var graph = rig.Graph($"- collect: {{ part: numbers }}\n- {rest}");
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"m{i % 3} {i} {i}"), lines);
        Assert.Equal(0, graph.BatchesInUse);
        Assert.Equal(1.0, graph.Progress);
        var ledger = graph.ReadLedger();
        Assert.True(ledger.Balanced);
        Assert.All(ledger.Accounts, account => Assert.Equal((10_000, 0), (account.In, account.Held)));
        Assert.Equal(10_000, ledger.Accounts.Single(a => a.Part == "sink").Absorbed);
    }

    [Theory]
    [InlineData("collect, window")]
    [InlineData("window, collect")]
    public async Task A_sink_counts_its_readings_by_signal_whatever_rows_it_is_given_beside(string from)
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100, machines: 1))
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph($"- collect: {{ part: numbers }}\n- window: {{ every: 10s, compute: [count] }}\n- transmit: {{ out: {{ part: page, from: [{from}] }} }}");
        await graph.RunAsync(default).WaitAsync(s_patience);

        var sink = graph.ReadLedger().Accounts.Single(a => a.Part == "sink");
        Assert.Equal(110, sink.Absorbed);
        Assert.Equal([("v", 100L)], sink.BySignal);
    }

    [Fact]
    public async Task A_step_that_tells_its_inputs_apart_knows_whence_each_batch_comes_and_when_an_input_has_ended()
    {
        var (rows, ends) = (new int[2], new List<(int Input, int Rows)>());
        var rig = new Rig()
            .Source("few", c => new Numbers(c, 50))
            .Source("many", c => new Numbers(c, 5_000))
            .Operator("apart", c => new Scripted(c) { OnInput = (batch, input) => rows[input] += batch.Count, OnEndOfInput = input => ends.Add((input, rows[input])) })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: few, name: few }\n- collect: { part: many, name: many }\n- work: { part: apart, apart: true, from: [many, few] }\n- transmit: { out: { part: page } }");
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal([(0, 5_000), (1, 50)], ends.Order());
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public async Task A_step_learns_that_an_input_has_ended_while_another_one_always_has_something_to_give()
    {
        const int size = 4096, total = 20 * size;
        var (given, taken, takenAtEnd) = (0, 0, -1);
        var fewEnded = new TaskCompletionSource();
        var rig = new Rig()
            .Source("few", c => new Numbers(c, 50, size))
            .Source("many", c => new Numbers(c, total, size)
            {
                Before = async (next, cancel) =>
                {
                    await fewEnded.Task.WaitAsync(cancel);
                    Volatile.Write(ref given, next);
                },
            })
            .Operator("apart", c => new Scripted(c)
            {
                // The step is the slower one: what it reads next is there already.
                OnInput = (batch, input) =>
                {
                    if (input == 1) taken += batch.Count;
                    Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref given) >= Math.Min(taken + 3 * size, total - size), s_patience));
                },
                OnEndOfInput = input => takenAtEnd = input == 0 ? taken : takenAtEnd,
            })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: few, name: few }\n- collect: { part: many, name: many }\n- work: { part: apart, apart: true, from: [few, many] }\n- transmit: { out: { part: page } }");
        using var watch = graph.Observe("few").Subscribe(batch => batch.Release(), fewEnded.SetResult);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.InRange(takenAtEnd, 0, total / 2);
    }

    [Fact]
    public async Task A_branch_that_writes_into_its_batches_does_not_harm_the_other()
    {
        var (plain, summed) = (new List<string>(), new List<string>());
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 1_000, machines: 1))
            .Operator("sum", c => new RunningSum(c))
            .Operator("pass", c => new Scripted(c))
            .Sink("plain", c => new Page(c, plain) { RunsFused = true })
            .Sink("summed", c => new Page(c, summed));

        await using var graph = rig.Graph("""
            - collect: { part: numbers, name: from }
            - work: { part: sum, from: from, name: sum }
            - work: { part: pass, from: from, name: pass }
            - transmit:
                plain: { part: plain, from: pass }
                summed: { part: summed, from: sum }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"m0 {i} {i}"), plain);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"m0 {i} {i * (i + 1) / 2}"), summed);
        Assert.Equal(0, graph.BatchesInUse);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public async Task Two_branches_of_one_source_come_together_again()
    {
        var lines = new List<string>();
        var ends = new List<int>();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 1_000))
            .Operator("pass", c => new Scripted(c))
            .Operator("together", c => new Scripted(c) { OnEnd = ends.Add })
            .Sink("page", c => new Page(c, lines));

        await using var graph = rig.Graph("""
            - collect: { part: numbers, name: from }
            - work: { part: pass, from: from, name: left, queue: { batches: 1 } }
            - work: { part: pass, from: from, name: right }
            - work: { part: together, from: [left, right], name: both }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 1_000).SelectMany(i => new[] { i, i }), lines.Select(Number).Order());
        Assert.Equal([0], ends);
        Assert.Equal(0, graph.BatchesInUse);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public async Task Several_sources_feed_the_step_behind_them_and_each_end_is_told_behind_its_last_reading()
    {
        var told = new List<string>();
        var rig = new Rig()
            .Source("short", c => new Numbers(c, 50))
            .Source("long", c => new Numbers(c, 500))
            .Operator("note", c => new Scripted(c)
            {
                OnBatch = (batch, output) =>
                {
                    told.Add($"data of {batch.Source}");
                    output.Emit(batch);
                },
                OnEnd = source => told.Add($"end of {source}"),
                OnFinish = _ => told.Add("finish"),
            })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("""
            - collect: { part: short, name: a }
            - collect: { part: long, name: b }
            - work: { part: note }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal("finish", told[^1]);
        Assert.Equal(2, told.Count(t => t.StartsWith("end", StringComparison.Ordinal)));
        Assert.True(told.LastIndexOf("data of 0") < told.IndexOf("end of 0"));
        Assert.True(told.LastIndexOf("data of 1") < told.IndexOf("end of 1"));
        Assert.Equal(550, graph.ReadLedger().Accounts.Single(a => a.Name == "work").In);
    }

    [Fact]
    public async Task What_a_step_holds_back_is_emitted_at_the_end_and_passes_the_steps_behind_it()
    {
        var lines = new List<string>();
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 21, machines: 1))
            .Operator("hold", c => new Hold(c))
            .Operator("sum", c => new RunningSum(c))
            .Sink("page", c => new Page(c, lines));

        await using var graph = rig.Graph("""
            - collect: { part: numbers }
            - work: { part: hold }
            - work: { part: sum, name: sum, queue: block }
            - transmit: { out: { part: page } }
            """);
        await graph.RunAsync(default).WaitAsync(s_patience);

        Assert.Equal("m0 20 210", lines[^1]);
        Assert.Equal(21, lines.Count);
        Assert.Equal(0, graph.BatchesInUse);
    }

    [Fact]
    public async Task Stopping_ends_the_sources_and_lets_the_graph_drain()
    {
        var lines = new List<string>();
        using var stop = new CancellationTokenSource();
        Silence silence = null!;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Source("silence", c => silence = new Silence(c))
            .Operator("hold", c => new Hold(c))
            .Sink("page", c => new Page(c, lines));

        await using var graph = rig.Graph("""
            - collect: { part: numbers, name: a }
            - collect: { part: silence, name: b }
            - work: { part: hold }
            - transmit: { out: { part: page } }
            """);
        var run = graph.RunAsync(stop.Token);
        await silence.Waiting.WaitAsync(s_patience);
        await stop.CancelAsync();
        await run.WaitAsync(s_patience);

        Assert.Equal(graph.ReadLedger().Accounts.Single(a => a.Name == "a").Passed, lines.Count);
        Assert.False(silence.ClosedWhileReading);
        Assert.Equal(0, graph.BatchesInUse);
    }

    [Fact]
    public async Task Stopping_before_the_start_runs_nothing_and_is_no_failure()
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Sink("page", c => new Opening(c, cancel => new ValueTask(Task.Delay(Timeout.Infinite, cancel))));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }");
        await graph.RunAsync(new CancellationToken(canceled: true)).WaitAsync(s_patience);

        Assert.All(graph.ReadLedger().Accounts, account => Assert.Equal(0, account.In));
    }

    [Fact]
    public async Task A_graph_that_is_disposed_of_while_its_sinks_open_is_closed_behind_that()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Opening sink = null!;
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Sink("page", c => sink = new Opening(c, OpenAsync));

        Task run;
        await using (var graph = rig.Graph("- collect: { part: numbers }\n- transmit: { out: { part: page } }"))
        {
            run = graph.RunAsync(default);
            await begun.Task.WaitAsync(s_patience);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(s_patience));
        Assert.False(sink.ClosedWhileOpening);

        // Is told to stop, and needs a moment for it.
        async ValueTask OpenAsync(CancellationToken cancel)
        {
            begun.SetResult();
            await Task.WhenAny(Task.Delay(Timeout.Infinite, cancel));
            await Task.Delay(50, CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task A_step_whose_books_do_not_balance_stops_the_pipeline()
    {
        var rig = new Rig()
            .Source("numbers", c => new Numbers(c, 100))
            .Operator("lose", c => new Scripted(c) { OnBatch = (batch, _) => batch.Release() })
            .Sink("page", c => new Page(c, []));

        await using var graph = rig.Graph("- collect: { part: numbers }\n- work: { part: lose }\n- transmit: { out: { part: page } }");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => graph.RunAsync(default).WaitAsync(s_patience));

        Assert.Equal("step 'work' failed: its books do not balance: 7 too many came in, or too few went out", failure.Message);
    }

    static int Number(string line) => int.Parse(line.Split(' ')[2]);

    /// <summary>Keeps one batch back.</summary>
    sealed class Hold(BuildContext context) : Operator(context.Input)
    {
        Batch? _held;

        public override long Held => _held?.Count ?? 0;

        public override void Process(Batch batch, Output output)
        {
            Finish(output);
            _held = batch;
        }

        public override void Finish(Output output)
        {
            if (_held is not null) output.Emit(_held);
            _held = null;
        }
    }

    /// <summary>Takes its time to open.</summary>
    sealed class Opening(BuildContext context, Func<CancellationToken, ValueTask> open) : Sink(context.Inputs)
    {
        bool _opening;

        /// <summary>Whether it was closed while it still opened.</summary>
        public bool ClosedWhileOpening { get; private set; }

        public override async ValueTask OpenAsync(CancellationToken cancel)
        {
            _opening = true;
            try
            {
                await open(cancel);
            }
            finally
            {
                _opening = false;
            }
        }

        public override ValueTask WriteAsync(Batch batch, CancellationToken cancel) => throw new InvalidOperationException("not open");

        public override ValueTask DisposeAsync()
        {
            ClosedWhileOpening |= _opening;
            return base.DisposeAsync();
        }
    }
}
