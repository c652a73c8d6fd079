using FsCheck.Fluent;

namespace StreamEdge;

public class WindowTests
{
    [Fact]
    public void A_long_wait_costs_memory_only_where_panes_are_open()
    {
        var plant = new Plant(["machine"], new TimeOptions { Wait = TimeSpan.FromDays(30) }, Some.Signal("temp"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var probe = plant.Start(new WindowOptions { Every = TimeSpan.FromSeconds(1), Compute = new Dictionary<string, IReadOnlyList<string>> { ["temp"] = ["mean"] } });

        probe.Process(plant.Batch([.. Enumerable.Range(0, 500).Select(m => Some.Reading($"m{m}", "temp", m, 1.0))]));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    static readonly TimeOptions s_waitOne = new() { Wait = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(30), Late = LateReadings.Drop };

    [Fact]
    public void Computes_every_aggregate_of_a_window()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));

        var lines = plant.Run(Every(10, "temp", "count", "sum", "mean", "min", "max", "std", "rms", "first", "last"),
            Some.Reading("a", "temp", 1, 3.0), Some.Reading("a", "temp", 3, 1.0), Some.Reading("a", "temp", 2, 5.0), Some.Reading("a", "temp", 12, 7.0));

        Assert.Equal(
        [
            $"a@0..10 OnTime 0: temp_count=3 temp_sum=9 temp_mean=3 temp_min=1 temp_max=5 temp_std={Math.Sqrt(8.0 / 3):R} temp_rms={Math.Sqrt(35.0 / 3):R} temp_first=3 temp_last=1",
            "a@10..20 OnTime 0: temp_count=1 temp_sum=7 temp_mean=7 temp_min=7 temp_max=7 temp_std=0 temp_rms=7 temp_first=7 temp_last=7",
        ], lines);
    }

    [Fact]
    public void Waits_for_late_readings_and_then_counts_them_out()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count"));

        probe.Process(plant.Batch(Some.Reading("a", "temp", 5, 1.0), Some.Reading("a", "temp", 10.9, 1.0), Some.Reading("a", "temp", 6, 1.0)));
        Assert.Empty(probe.Lines);
        probe.Process(plant.Batch(Some.Reading("a", "temp", 11, 1.0), Some.Reading("a", "temp", 9, 1.0)));

        Assert.Equal(["a@0..10 OnTime 0: temp_count=2"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Theory]
    [InlineData(15.9, "a@0..10 Late 1: temp_count=2", null)]
    [InlineData(16, null, "late 1")]
    public void Corrects_a_window_until_its_clock_is_keep_late_past_its_end(double newest, string? corrected, string? dropped)
    {
        var plant = new Plant(["machine"], s_waitOne with { Late = LateReadings.Revise, KeepLate = TimeSpan.FromSeconds(5) }, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count"));

        probe.Process(plant.Batch(Some.Reading("a", "temp", 5, 1.0), Some.Reading("a", "temp", 11, 1.0), Some.Reading("a", "temp", newest, 1.0), Some.Reading("a", "temp", 9, 1.0)));

        Assert.Equal(["a@0..10 OnTime 0: temp_count=1", .. corrected is null ? Array.Empty<string>() : [corrected]], probe.Lines);
        Assert.Equal(dropped is null ? [] : [dropped], probe.Drops);
    }

    [Fact]
    public void Counts_a_late_reading_out_for_which_keep_late_max_has_no_room()
    {
        var plant = new Plant(["machine"], s_waitOne with { Late = LateReadings.Revise, KeepLateMax = new ByteSize(1) }, Some.Signal("temp"));
        var probe = plant.Start(Every(1, "temp", "count"));

        probe.Process(plant.Batch(Some.Reading("a", "temp", 0, 1.0), Some.Reading("a", "temp", 100, 1.0), Some.Reading("a", "temp", 50, 1.0), Some.Reading("a", "temp", 98, 1.0)));
        probe.Finish();

        Assert.Equal(["a@0..1 OnTime 0: temp_count=1", "a@98..99 Late 0: temp_count=1", "a@100..101 OnTime 0: temp_count=1"], probe.Lines);
        Assert.Equal(["too_far_apart 1"], probe.Drops);
    }

    [Fact]
    public void A_value_holds_into_the_next_window_but_no_longer_than_a_window_is()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));

        var lines = plant.Run(Every(10, "temp", "time_mean", "integral"), Some.Reading("a", "temp", 0, 2.0), Some.Reading("a", "temp", 8, 4.0), Some.Reading("a", "temp", 15, 6.0), Some.Reading("a", "temp", 40, 1.0));

        Assert.Equal(["a@0..10 OnTime 0: temp_time_mean=2.4 temp_integral=24", "a@10..20 OnTime 0: temp_time_mean=5 temp_integral=50", "a@40..50 OnTime 0: temp_time_mean=1 temp_integral=10"], lines);
    }

    [Fact]
    public void A_text_holds_into_the_next_window()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("state", kind: Kind.Text));

        var lines = plant.Run(Every(10, "state", "time_in(run)"), Some.Reading("a", "state", 7, "run"), Some.Reading("a", "state", 14, "stop"));

        Assert.Equal(["a@0..10 OnTime 0: state_time_in_run=3", "a@10..20 OnTime 0: state_time_in_run=4"], lines);
    }

    [Fact]
    public void A_late_value_corrects_the_window_into_which_it_holds()
    {
        var plant = new Plant(["machine"], s_waitOne with { Late = LateReadings.Revise }, Some.Signal("temp"));

        var lines = plant.Run(Every(10, "temp", "integral"), Some.Reading("a", "temp", 0, 2.0), Some.Reading("a", "temp", 15, 6.0), Some.Reading("a", "temp", 31, 1.0), Some.Reading("a", "temp", 8, 4.0));

        Assert.Equal(
        [
            "a@0..10 OnTime 0: temp_integral=20", "a@10..20 OnTime 0: temp_integral=40", "a@0..10 Late 1: temp_integral=24",
            "a@10..20 Late 1: temp_integral=50", "a@30..40 OnTime 0: temp_integral=9",
        ], lines);
    }

    [Fact]
    public void Lets_a_silent_machine_hold_back_no_other()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count"));

        probe.Process(plant.Batch(Some.Reading("a", "temp", 1, 1.0), Some.Reading("b", "temp", 1, 1.0), Some.Reading("a", "temp", 30, 1.0)));

        Assert.Equal(["a@0..10 OnTime 0: temp_count=1"], probe.Lines);
    }

    [Fact]
    public void Takes_the_slowest_machine_of_a_group()
    {
        var plant = new Plant(["line", "machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count") with { By = ["line"] });

        probe.Process(plant.Batch(Some.Reading("1,a", "temp", 1, 1.0), Some.Reading("1,b", "temp", 2, 1.0), Some.Reading("1,a", "temp", 95, 1.0)));
        Assert.Empty(probe.Lines);
        probe.Process(plant.Batch(Some.Reading("1,b", "temp", 11, 1.0)));

        Assert.Equal(["1@0..10 OnTime 0: temp_count=2"], probe.Lines);
    }

    [Fact]
    public void Shows_open_windows_of_a_silent_machine_and_corrects_them_when_it_returns()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(60, "temp", "count"));
        probe.Process(plant.Batch(Some.Reading("a", "temp", 5, 1.0)));

        for (var second = 0; second < 45; second++)
        {
            plant.Time.Turn(TimeSpan.FromSeconds(1));
            probe.FireTimer();
        }

        probe.Process(plant.Batch(Some.Reading("a", "temp", 6, 1.0), Some.Reading("a", "temp", 61, 1.0)));

        Assert.Equal(["a@0..60 Early 0: temp_count=1", "a@0..60 OnTime 1: temp_count=2"], probe.Lines);
        Assert.Equal([Pane.Early, Pane.OnTime], probe.Batches.Select(b => b.Pane[0]));
        Assert.Equal([0, 1], probe.Batches.Select(b => b.Revision[0]));
    }

    [Fact]
    public void Adds_up_panes_where_windows_overlap()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));

        var lines = plant.Run(Every(10, "temp", "count", "sum") with { Length = TimeSpan.FromSeconds(30) },
            Some.Reading("a", "temp", 5, 1.0), Some.Reading("a", "temp", 15, 2.0), Some.Reading("a", "temp", 38, 4.0));

        Assert.Equal(
        [
            "a@-20..10 OnTime 0: temp_count=1 temp_sum=1", "a@-10..20 OnTime 0: temp_count=2 temp_sum=3", "a@0..30 OnTime 0: temp_count=2 temp_sum=3",
            "a@10..40 OnTime 0: temp_count=2 temp_sum=6", "a@20..50 OnTime 0: temp_count=1 temp_sum=4", "a@30..60 OnTime 0: temp_count=1 temp_sum=4",
        ], lines);
    }

    [Fact]
    public void Counts_what_falls_between_windows()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count") with { Length = TimeSpan.FromSeconds(4) });

        probe.Process(plant.Batch(Some.Reading("a", "temp", 3, 1.0), Some.Reading("a", "temp", 4, 1.0), Some.Reading("a", "temp", 13, 1.0)));
        probe.Finish();

        Assert.Equal(["a@0..4 OnTime 0: temp_count=1", "a@10..14 OnTime 0: temp_count=1"], probe.Lines);
        Assert.Equal(["between_windows 1"], probe.Drops);
    }

    [Fact]
    public void Marks_a_thin_window_by_the_signal_that_is_missing_most()
    {
        var plant = new Plant(["machine"], s_waitOne,
            Some.Signal("temp") with { Period = TimeSpan.FromSeconds(1) }, Some.Signal("load") with { Period = TimeSpan.FromSeconds(5) });

        var lines = plant.Run(new WindowOptions
        {
            Every = TimeSpan.FromSeconds(10),
            MinCoverage = new Percent(0.5),
            Compute = new Dictionary<string, IReadOnlyList<string>> { ["temp"] = ["mean"], ["load"] = ["last"] },
        }, Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 1.0), Some.Reading("a", "load", 3, 9.0), Some.Reading("a", "load", 8, 8.0));

        Assert.Equal(["a@0..10 OnTime 0: temp_mean=1 load_last=8 coverage=0.2 uncertain"], lines);
    }

    [Fact]
    public void Says_what_cannot_be_computed()
    {
        var plant = new Plant(Some.Signal("temp"), Some.Signal("state", kind: Kind.Text));

        Assert.Equal(["there is no 'avg' to compute; did you mean 'mean'?"], plant.Faults(Every(10, "temp", "avg")));
        Assert.Equal(["there is no 'middle' to compute; there are count, sum, mean, min, max, std, rms, crest_factor, first, last, median, mode and 11 more"], plant.Faults(Every(10, "temp", "middle")));
        Assert.Equal(["'mean' needs numbers, but 'state' is text; write count, first, last, mode or time_in(TEXT)"], plant.Faults(Every(10, "state", "mean")));
        Assert.Equal(["there is no signal 'temperature'; did you mean 'temp'?"], plant.Faults(Every(10, "temperature", "mean")));
        Assert.Equal(["there is no tag 'machin'; did you mean 'machine'?"], plant.Faults(Every(10, "temp", "mean") with { By = ["machin"] }));
        Assert.Equal(["no signal of the window declares a rate, so its coverage is unknown; declare 'rate: 1/s' for one of them"], plant.Faults(Every(10, "temp", "mean") with { MinCoverage = new Percent(0.8) }));
        Assert.Equal(["windows that start every 0s never end; write 'every: 1m'"], plant.Faults(Every(0, "temp", "mean")));
        Assert.Equal(["nothing is computed of 'temp'; write 'temp: [mean, max]', or leave it out"], plant.Faults(Every(10, "temp")));
        Assert.Equal(["the tag 'machine' is named twice; name each once"], plant.Faults(Every(10, "temp", "mean") with { By = ["machine", "machine"] }));
    }

    [Fact]
    public void Refuses_instants_so_early_that_their_window_would_not_fit()
    {
        var plant = new Plant(["machine"], s_waitOne, Some.Signal("temp"));
        var probe = plant.Start(Every(10, "temp", "count") with { Offset = new Shift(TimeSpan.FromSeconds(9)) });

        probe.Process(plant.Batch(Some.Reading("a", "temp", -9_223_372_000, 1.0), Some.Reading("a", "temp", 5, 1.0)));
        probe.Finish();

        Assert.Equal(["a@-1..9 OnTime 0: temp_count=1"], probe.Lines);
        Assert.Equal(["out_of_time_range 1"], probe.Drops);
    }

    [Fact]
    public void A_state_belongs_to_its_clock()
    {
        var shapes = Enum.GetValues<ClockKind>().Select(clock => new Plant(["machine"], s_waitOne with { Clock = clock }, Some.Signal("temp")).Start(Every(10, "temp", "count")).Step.StateShape);

        Assert.Equal(shapes.Distinct(), shapes);
    }

    [Fact]
    public void Gives_the_same_windows_as_a_closed_form_for_any_stream_and_any_batches() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (every, length, wait, keep) = (random.Next(1, 6), random.Next(1, 15), random.Next(0, 4), random.Next(0, 6));
            var late = new[] { LateReadings.Revise, LateReadings.Add, LateReadings.Drop }[random.Next(3)];
            var plant = new Plant(["machine"], s_waitOne with { Wait = TimeSpan.FromSeconds(wait), Late = late, KeepLate = TimeSpan.FromSeconds(keep), Clock = random.Next(2) == 0 ? ClockKind.Device : ClockKind.Shared }, Some.Signal("v"));
            var rows = new List<Row>();
            var newest = new Dictionary<string, double>();
            var shared = plant.Context.Time.Clock == ClockKind.Shared;
            var expected = new SortedDictionary<(string, double), (long Count, double Sum)>();
            double time = random.Next(-50, 50);
            for (var i = 0; i < 200; i++)
            {
                time += random.Next(0, 3);
                var (device, at, value) = ($"m{random.Next(3)}", time - random.Next(0, 8), (double)random.Next(100));
                rows.Add(Some.Reading(device, "v", at, value));
                var clock = shared ? "" : device;
                var watermark = newest.GetValueOrDefault(clock, double.MinValue) - wait;
                var last = Math.Floor(at / every) * every;
                newest[clock] = Math.Max(newest.GetValueOrDefault(clock, double.MinValue), at);
                if (at - last >= length) continue;
                for (var start = last; start > at - length; start -= every)
                    if (start + length + (late == LateReadings.Drop ? 0 : keep) > watermark)
                        expected[(device, start)] = expected.GetValueOrDefault((device, start)) is var (count, sum) ? (count + 1, sum + value) : default;
            }

            var whole = plant.Start(Every(every, "v", "count", "sum") with { Length = TimeSpan.FromSeconds(length) });
            whole.Process(plant.Batch([.. rows]));
            whole.Finish();
            var split = plant.Start(Every(every, "v", "count", "sum") with { Length = TimeSpan.FromSeconds(length) });
            for (var from = 0; from < rows.Count;)
            {
                var until = Math.Min(rows.Count, from + random.Next(1, 20));
                split.Process(plant.Batch([.. rows[from..until]]));
                from = until;
            }

            split.Finish();

            Assert.Equal(expected, Totals(whole, late));
            Assert.Equal(whole.Lines, split.Lines);
        }));

    /// <summary>What a reader of all rows knows of each window in the end, of one count and one sum.</summary>
    static SortedDictionary<(string, double), (long Count, double Sum)> Totals(Probe probe, LateReadings late)
    {
        var totals = new SortedDictionary<(string, double), (long Count, double Sum)>();
        foreach (var batch in probe.Batches)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                var window = (batch.Schema.Keys.Text(batch.Key[row]), batch.Time[row] / 1e9);
                var (count, sum) = (batch.Bits(0)[row], batch.Column(1)[row]);
                if (batch.Pane[row] == Pane.Withdrawn) totals.Remove(window);
                else totals[window] = late == LateReadings.Add && totals.TryGetValue(window, out var before) ? (before.Count + count, before.Sum + sum) : (count, sum);
            }
        }

        return totals;
    }

    static WindowOptions Every(int seconds, string signal, params string[] compute) => new()
    {
        Every = TimeSpan.FromSeconds(seconds),
        Compute = new Dictionary<string, IReadOnlyList<string>> { [signal] = compute },
    };
}
