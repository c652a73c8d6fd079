using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Windows and rows whose clock is moved by what sources say.</summary>
public class GivenClockTests
{
    static readonly TimeOptions s_given = new() { Clock = ClockKind.Given, Late = LateReadings.Drop };

    [Fact]
    public void Only_watermarks_close_windows_and_none_goes_back()
    {
        var (plant, probe) = Start(s_given);

        probe.Process(plant.Batch(Some.Reading("a", "v", 1, 1.0), Some.Reading("a", "v", 1000, 9.0)));
        Assert.Empty(probe.Lines);
        probe.Watermark(0, Seconds(10));
        probe.Watermark(0, Seconds(5));
        probe.Process(plant.Batch(Some.Reading("a", "v", 9, 2.0), Some.Reading("a", "v", 11, 3.0)));
        probe.Watermark(0, long.MaxValue);

        Assert.Equal(["a@0..10 OnTime 0: v_count=1", "a@10..20 OnTime 0: v_count=1", "a@1000..1010 OnTime 0: v_count=1"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void A_watermark_at_either_end_of_time_does_no_harm()
    {
        var (plant, probe) = Start(s_given);

        probe.Watermark(0, long.MinValue);
        probe.Process(plant.Batch(Some.Reading("a", "v", 1, 1.0)));
        probe.Watermark(0, Nanoseconds.Min);
        Assert.Empty(probe.Lines);
        probe.Watermark(0, Nanoseconds.Max);
        probe.Process(plant.Batch(Some.Reading("a", "v", 2, 1.0)));

        Assert.Equal(["a@0..10 OnTime 0: v_count=1"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void The_least_of_the_sources_counts_and_silence_alone_leaves_none_out()
    {
        var (plant, probe) = Start(s_given, sources: 3);

        probe.Process(plant.Batch(Some.Reading("a", "v", 1, 1.0)));
        probe.Watermark(0, Seconds(30));
        probe.Watermark(1, Seconds(20));
        plant.Time.Turn(TimeSpan.FromHours(1));
        probe.FireTimer();
        Assert.Empty(probe.Lines);
        probe.Idle(2);
        Assert.Equal(["a@0..10 OnTime 0: v_count=1"], probe.Lines);

        var back = plant.Batch(Some.Reading("a", "v", 25, 1.0));
        back.Source = 2;
        probe.Process(back);
        probe.Watermark(1, Seconds(50));
        Assert.Single(probe.Lines); // source 2 is back, and has said nothing yet
        probe.EndSource(2);
        Assert.Equal("a@20..30 OnTime 0: v_count=1", probe.Lines[^1]);
    }

    [Fact]
    public void Under_a_shared_clock_a_watermark_does_what_a_newer_reading_would()
    {
        var (plant, probe) = Start(s_given with { Clock = ClockKind.Shared, Wait = TimeSpan.FromSeconds(5) });

        probe.Process(plant.Batch(Some.Reading("a", "v", 1, 1.0), Some.Reading("a", "v", 12, 1.0)));
        Assert.Empty(probe.Lines);
        probe.Watermark(0, Seconds(10));
        probe.Process(plant.Batch(Some.Reading("a", "v", 25, 1.0)));

        Assert.Equal(["a@0..10 OnTime 0: v_count=1", "a@10..20 OnTime 0: v_count=1"], probe.Lines);
    }

    [Fact]
    public void Rows_that_stay_incomplete_leave_when_a_watermark_has_passed_them()
    {
        var plant = new Plant(["machine"], s_given, Some.Signal("v"), Some.Signal("w"));
        var probe = plant.Start(new AlignOptions { SameTime = true });

        probe.Process(plant.Batch(Some.Reading("a", "v", 1, 1.0), Some.Reading("a", "v", 2, 2.0), Some.Reading("a", "w", 2, 2.0)));
        Assert.Empty(probe.Lines);
        probe.Watermark(0, Seconds(2));

        Assert.Equal(["a@1: v=1 w=-", "a@2: v=2 w=2"], probe.Lines);
    }

    [Fact]
    public void A_reorder_lets_go_what_a_watermark_has_passed_and_all_of_a_source_that_is_idle()
    {
        var plant = new Plant(["machine"], s_given, Some.Signal("v"));
        var probe = new Probe(new Reorder(plant.Readings, plant.Context), plant.Context.Clock);

        probe.Process(plant.Batch(Some.Reading("a", "v", 4, 4.0), Some.Reading("a", "v", 2, 2.0), Some.Reading("a", "v", 3, 3.0)));
        probe.Watermark(1, Seconds(9));
        Assert.Empty(probe.Lines); // another source's
        probe.Watermark(0, Seconds(4));
        Assert.Equal(["a.v@2 = 2", "a.v@3 = 3"], probe.Lines);
        probe.Idle(0);

        Assert.Equal(["a.v@2 = 2", "a.v@3 = 3", "a.v@4 = 4"], probe.Lines);
    }

    [Fact]
    public void Gives_the_windows_of_a_closed_form_for_any_stream_with_any_watermarks() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (every, length) = (random.Next(1, 6), random.Next(1, 15));
            var (plant, probe) = Start(s_given, 2, every, length);
            var expected = new SortedDictionary<(string, double), long>();
            var watermarks = new[] { double.MinValue, double.MinValue };
            var late = 0;
            for (var i = 0; i < 200; i++)
            {
                if (random.Next(4) == 0)
                {
                    var (source, at) = (random.Next(2), i - random.Next(6));
                    watermarks[source] = Math.Max(watermarks[source], at);
                    probe.Watermark(source, Seconds(at));
                    continue;
                }

                var (device, time) = ($"m{random.Next(3)}", i - random.Next(12));
                probe.Process(plant.Batch(Some.Reading(device, "v", time, 1.0)));
                var (entered, there) = (0, 0);
                for (var start = Math.Floor((double)time / every) * every; start > time - length; start -= every)
                {
                    there++;
                    if (start + length <= watermarks.Min()) continue;
                    entered++;
                    expected[(device, start)] = expected.GetValueOrDefault((device, start)) + 1;
                }

                if (entered == 0 && there > 0) late++;
            }

            probe.Finish();

            Assert.Equal(expected.Select(e => $"{e.Key.Item1}@{e.Key.Item2}..{e.Key.Item2 + length} OnTime 0: v_count={e.Value}").Order(StringComparer.Ordinal), probe.Lines.Order(StringComparer.Ordinal));
            Assert.Equal(late, probe.Step.Books.Drops.Single(d => d.Reason == "late").Total);
        }));

    static (Plant Plant, Probe Probe) Start(TimeOptions time, int sources = 1, int every = 10, int? length = null)
    {
        var plant = new Plant(["machine"], time, Some.Signal("v"));
        plant.Context.Sources = sources;
        return (plant, plant.Start(new WindowOptions
        {
            Every = TimeSpan.FromSeconds(every),
            Length = TimeSpan.FromSeconds(length ?? every),
            Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["count"] },
        }));
    }

    static long Seconds(long seconds) => seconds * Nanoseconds.Second;
}
