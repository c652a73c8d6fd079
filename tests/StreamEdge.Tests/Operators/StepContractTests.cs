using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>What every step must do, whatever it does. After each call the probe looks into the books.</summary>
public class StepContractTests
{
    const int Rows = 200;

    public static TheoryData<int, string> Samples()
    {
        var samples = new TheoryData<int, string>();
        foreach (var (number, sample) in StepSamples.All.Index()) samples.Add(number, sample.ToString());
        return samples;
    }

    [Theory, MemberData(nameof(Samples))]
    public void An_empty_batch_makes_nothing(int number, string _)
    {
        using var run = new Run(number);

        run.Process([]);
        run.Probe.Finish();

        Assert.Empty(run.Probe.Lines);
    }

    [Theory, MemberData(nameof(Samples))]
    public void Every_single_row_of_the_input_can_be_all_there_is(int number, string _)
    {
        foreach (var row in Input(number))
        {
            using var run = new Run(number);

            run.Process([row]);
            run.Probe.Finish();

            Assert.InRange(run.Probe.Lines.Count, 0, run.Probe.Step.Output.HasWindow ? 2 : 1);
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Missing_values_alone_make_no_numbers(int number, string _)
    {
        if (StepSamples.All[number].KnowsDevices) return;
        using var run = new Run(number);

        run.Process([.. Input(number).Select(r => r with { Values = new object?[r.Values.Length] })]);
        run.Probe.Finish();

        Assert.All(run.Probe.Lines, line => Assert.DoesNotMatch("(?>= ?)(?!-( |$))", line));
    }

    [Theory, MemberData(nameof(Samples))]
    public void Every_quality_passes_through_unimproved(int number, string _)
    {
        foreach (var quality in Enum.GetValues<Quality>())
        {
            using var run = new Run(number);

            run.Process([.. Input(number).Select(r => r with { Quality = quality })]);
            run.Probe.Finish();

            // A window judges its row by its coverage.
            if (run.Probe.Step.Output.HasWindow) continue;
            Assert.All(run.Probe.Batches, b => Assert.DoesNotContain(Enumerable.Range(0, b.Count), row => (b.HasQuality ? b.Quality[row] : Quality.Good) < quality));
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void The_wrong_kind_of_input_is_a_fault(int number, string _)
    {
        var (sample, plant) = (StepSamples.All[number], StepSamples.All[number].Plant());
        if (sample.TakesBoth) return;
        var wrong = sample.TakesRows ? plant.Readings : Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new Column("x", Kind.Number)], hasWindow: false);

        var faults = plant.Faults(sample.Options, wrong);

        Assert.Equal([sample.TakesRows
            ? $"{sample.Key} works on rows, but readings come in; put a window or an align before it"
            : $"{sample.Key} works on readings, but rows come in; put it before window or align, or branch with from"], faults);
    }

    [Theory, MemberData(nameof(Samples))]
    public void The_output_is_the_same_however_the_input_is_split(int number, string _) => Some.Check(
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Seed, PositiveInt[] Sizes)>(), given =>
        {
            var rows = StepSamples.All[number].Rows(given.Seed.Get, Rows);
            using var whole = new Run(number);
            using var split = new Run(number);

            whole.Process(rows);
            for (var (at, part) = (0, 0); at < Rows; part++)
            {
                var size = Math.Min(Rows - at, given.Sizes.Length == 0 ? 1 : given.Sizes[part % given.Sizes.Length].Get);
                split.Process([.. rows.Skip(at).Take(size)]);
                at += size;
            }

            whole.Probe.Finish();
            split.Probe.Finish();
            Assert.Equal(whole.Probe.Lines, split.Probe.Lines);
        }));

    [Theory, MemberData(nameof(Samples))]
    public void Stopping_saving_restoring_and_going_on_at_any_row_gives_the_same_output(int number, string _)
    {
        var rows = Input(number);
        using var through = new Run(number);
        through.Process(rows);
        through.Probe.Finish();

        for (var stop = 0; stop <= rows.Count; stop++)
        {
            using var before = new Run(number);
            using var after = new Run(number, otherNumbers: true);

            before.Process([.. rows.Take(stop)]);
            after.Probe.Restore(before.Probe.Save());
            Assert.Equal(before.Probe.Step.StateShape, after.Probe.Step.StateShape);
            Assert.Equal(before.Probe.Step.Held, after.Probe.Step.Held);
            after.Process([.. rows.Skip(stop)]);
            after.Probe.Finish();

            Assert.Equal(through.Probe.Lines, after.Probe.LinesAfter(before.Probe));
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Saving_changes_nothing(int number, string _)
    {
        var rows = Input(number);
        using var unsaved = new Run(number);
        using var saved = new Run(number);
        unsaved.Process(rows);
        unsaved.Probe.Finish();

        foreach (var row in rows)
        {
            saved.Process([row]);
            var state = saved.Probe.Save();
            Assert.Equal(state.ToArray(), saved.Probe.Save().ToArray());
        }

        saved.Probe.Finish();
        Assert.Equal(unsaved.Probe.Lines, saved.Probe.Lines);
    }

    [Theory, MemberData(nameof(Samples))]
    public void In_the_steady_state_nothing_is_allocated(int number, string _)
    {
        using var run = new Run(number);
        var rows = Input(number);
        var pool = new BatchPool();
        var output = new Output(run.Probe.Step.Output, run.Probe.Step.Books, batch => batch.Release());
        var patterns = run.Batches(rows);
        var length = patterns.Max(p => p.Batch.Time[..].ToArray().Max()) + Nanoseconds.Second;
        for (var round = 0; round < 100; round++) Feed();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) Feed();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 100 * Rows);

        void Feed()
        {
            foreach (var (pattern, input) in patterns)
            {
                var batch = pool.Rent(pattern.Schema);
                batch.Append(pattern, 0, pattern.Count);
                run.Probe.Step.Process(batch, input, output);
                foreach (ref var time in pattern.Time) time += length;
            }
        }
    }

    [Fact]
    public void Every_operator_has_a_sample()
    {
        var written = typeof(OutOfRangeOptions).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(OperatorOptions)) && !t.IsAbstract).ToHashSet();

        var sampled = StepSamples.All.Select(s => s.Options.GetType()).ToHashSet();

        Assert.Equal(written.Select(t => t.Name).Order(), sampled.Select(t => t.Name).Order());
    }

    static IReadOnlyList<Row> Input(int number) => StepSamples.All[number].Rows(1, Rows);

    /// <summary>A sample at work in a pipeline of its own.</summary>
    sealed class Run : IDisposable
    {
        readonly Plant _plant;
        readonly Schema[] _inputs;

        public Run(int number, bool otherNumbers = false)
        {
            var sample = StepSamples.All[number];
            _plant = sample.Plant();
            _inputs = sample.SecondInput is { } second ? [sample.Input(_plant), second(_plant)] : [sample.Input(_plant)];
            if (otherNumbers)
            {
                // Another start of the gateway meets devices and texts in another order.
                foreach (var device in new[] { "z", "c", "b", "a" })
                    if (!sample.TakesRows) _inputs[0].Keys.Key(_inputs[0].Keys.Device(device), _inputs[0].Signals.Count - 1);
                    else if (_inputs.Length > 1) _inputs[1].Keys.Device(device);
                foreach (var text in new[] { "x", "off", "on" }) _inputs[0].Codes.Code(text);
            }

            Probe = _plant.Start(sample.Options, ["before", "beside"], _inputs);
        }

        public Probe Probe { get; }

        public void Process(IReadOnlyList<Row> rows)
        {
            foreach (var (batch, input) in Batches(rows)) Probe.Process(batch, input);
        }

        /// <summary>The rows in batches, a new one where the input changes.</summary>
        public List<(Batch Batch, int Input)> Batches(IReadOnlyList<Row> rows)
        {
            var batches = new List<(Batch, int)>();
            for (var from = 0; from == 0 || from < rows.Count;)
            {
                var input = rows.Count > 0 ? rows[from].Input : 0;
                var run = rows.Skip(from).TakeWhile(r => r.Input == input).ToList();
                batches.Add((_plant.Batch(_inputs[input], run), input));
                from += Math.Max(1, run.Count);
            }

            return batches;
        }

        public void Dispose() => (Probe.Step as IDisposable)?.Dispose();
    }
}
