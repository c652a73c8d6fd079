using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Windows that begin and end with the readings themselves.</summary>
public class EventWindowTests
{
    static readonly TimeOptions s_time = new() { Wait = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(30) };
    static readonly WindowOptions s_window = new() { Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["count", "sum", "min", "max", "first", "last"] } };

    [Fact]
    public void A_session_ends_when_nothing_came_for_its_gap()
    {
        var lines = Run(s_window with { Session = new() { Gap = Seconds(5) } }, (1, 1), (4, 2), (9, 3), (30, 4));

        Assert.Equal(["m@1..9 OnTime 0: v_count=2 v_sum=3 v_min=1 v_max=2 v_first=1 v_last=2", "m@9..14 OnTime 0: v_count=1 v_sum=3 v_min=3 v_max=3 v_first=3 v_last=3", "m@30..35 OnTime 0: v_count=1 v_sum=4 v_min=4 v_max=4 v_first=4 v_last=4"], lines);
    }

    [Fact]
    public void A_late_reading_joins_two_sessions_and_takes_the_second_row_back()
    {
        var lines = Run(s_window with { Session = new() { Gap = Seconds(5) } }, (1, 1), (8, 2), (30, 4), (5, 3));

        Assert.Equal(
        [
            "m@1..6 OnTime 0: v_count=1 v_sum=1 v_min=1 v_max=1 v_first=1 v_last=1", "m@8..13 OnTime 0: v_count=1 v_sum=2 v_min=2 v_max=2 v_first=2 v_last=2",
            "m@8..13 Withdrawn 1: v_count=0 v_sum=- v_min=- v_max=- v_first=- v_last=-", "m@1..13 Late 1: v_count=3 v_sum=6 v_min=1 v_max=3 v_first=1 v_last=2",
            "m@30..35 OnTime 0: v_count=1 v_sum=4 v_min=4 v_max=4 v_first=4 v_last=4",
        ], lines);
    }

    [Fact]
    public void A_session_is_no_longer_than_its_most()
    {
        var lines = Run(s_window with { Session = new() { Gap = Seconds(3), Max = Seconds(5) } }, (2, 2), (1, 1), (3, 3), (6, 6), (5, 5), (8, 8), (40, 9));

        Assert.Equal(["m@1..6 OnTime 0", "m@6..11 OnTime 0", "m@40..43 OnTime 0"], lines.Select(l => l[..l.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Contains("v_count=4 v_sum=11 v_min=1 v_max=5 v_first=1 v_last=5", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Counted_windows_hold_the_newest_readings_as_they_came()
    {
        var lines = Run(s_window with { Count = new() { Readings = 3, Step = 2 } }, (1, 1), (2, 2), (3, 3), (9, 4), (5, 5), (6, 6));

        Assert.Equal(["m@9..9 OnTime 0: v_count=3 v_sum=9 v_min=2 v_max=4 v_first=2 v_last=4", "m@6..6 OnTime 0: v_count=3 v_sum=15 v_min=4 v_max=6 v_first=5 v_last=4"], lines);
    }

    [Fact]
    public void Each_reading_has_a_window_of_those_before_it_and_of_its_own_instant()
    {
        var lines = Run(s_window with { Length = Seconds(3) }, (1, 1), (3, 2), (4, 3), (4, 4), (8, 5));

        Assert.Equal(["1 1", "2 3", "4 10", "4 10", "1 5"], lines.Select(l => l.Split(' ')).Select(l => $"{l[3]["v_count=".Length..]} {l[4]["v_sum=".Length..]}"));
    }

    [Fact]
    public void A_window_lasts_while_its_condition_holds()
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"), Some.Signal("state", kind: Kind.Text));
        var probe = plant.Start(s_window with { While = Written("state == \"run\"") });

        probe.Process(plant.Batch(Some.Reading("m", "v", 1, 1.0), Some.Reading("m", "state", 2, "run"), Some.Reading("m", "v", 3, 3.0), Some.Reading("m", "v", 4, 4.0), Some.Reading("m", "state", 6, "stop"), Some.Reading("m", "v", 7, 7.0)));
        probe.Finish();

        Assert.Equal(["m@2..6 OnTime 0: v_count=2 v_sum=7 v_min=3 v_max=4 v_first=3 v_last=4"], probe.Lines);
        Assert.Equal(["not_computed 2", "between_windows 2"], probe.Drops);
    }

    [Fact]
    public void A_bad_reading_ends_no_window_and_begins_none()
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"), Some.Signal("state", kind: Kind.Text));
        var probe = plant.Start(s_window with { While = Written("state == \"run\"") });

        probe.Process(plant.Batch(
            Some.Reading("m", "state", 1, "run", Quality.Bad), Some.Reading("m", "v", 2, 2.0), Some.Reading("m", "state", 3, "run"), Some.Reading("m", "v", 4, 4.0),
            Some.Reading("m", "state", 5, "stop", Quality.Bad), Some.Reading("m", "v", 6, 6.0), Some.Reading("m", "state", 7, "stop"), Some.Reading("m", "v", 8, 8.0)));
        probe.Finish();

        Assert.Equal(["m@3..7 OnTime 0: v_count=2 v_sum=10 v_min=4 v_max=6 v_first=4 v_last=6"], probe.Lines);
        Assert.Equal(["not_computed 4", "between_windows 2"], probe.Drops);
    }

    [Fact]
    public void A_window_does_not_end_with_a_bad_reading()
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"));
        var probe = plant.Start(s_window with { Until = Written("v > 8") });

        probe.Process(plant.Batch(Some.Reading("m", "v", 1, 1.0), Some.Reading("m", "v", 2, 9.0, Quality.Bad), Some.Reading("m", "v", 3, 3.0), Some.Reading("m", "v", 4, 10.0), Some.Reading("m", "v", 5, 5.0)));
        probe.Finish();

        Assert.Equal(["m@1..4 OnTime 0: v_count=3", "m@5..5 OnTime 0: v_count=1"], probe.Lines.Select(l => l[..(l.IndexOf("v_sum", StringComparison.Ordinal) - 1)]));
        Assert.Equal(["bad_quality 1"], probe.Drops);
    }

    [Theory]
    [InlineData(3, 3, 7, 1)]
    [InlineData(3, 1, 7, 0)]
    [InlineData(3, 1, 2, 2)]
    [InlineData(3, 2, 3, 2)]
    [InlineData(3, 2, 4, 0)]
    [InlineData(2, 5, 3, 0)]
    [InlineData(2, 5, 4, 1)]
    public void Tells_how_many_counted_readings_wait_for_a_window(int size, int step, int readings, int waiting)
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"));
        var probe = plant.Start(s_window with { Count = new() { Readings = size, Step = step } });

        probe.Process(plant.Batch([.. Enumerable.Range(0, readings).Select(i => Some.Reading("m", "v", i, 1.0))]));

        Assert.Equal(waiting == 0 ? [] : [("held in open windows", $"{waiting} readings")], probe.Step.Report);
    }

    [Theory]
    [InlineData("v > 0", null)]
    [InlineData(null, "v > 9")]
    public void Tells_how_many_readings_wait_for_the_end_of_a_condition(string? holds, string? ends)
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"));
        var probe = plant.Start(s_window with { While = holds is null ? null : Written(holds), Until = ends is null ? null : Written(ends) });

        probe.Process(plant.Batch(Some.Reading("m", "v", 1, 1.0), Some.Reading("m", "v", 2, 2.0)));
        Assert.Equal([("held in open windows", "2 readings")], probe.Step.Report);
        probe.Finish();

        Assert.Empty(probe.Step.Report);
    }

    [Fact]
    public void Sums_of_a_sliding_window_do_not_remember_what_has_left_it()
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"));
        var window = new WindowOptions { Length = Seconds(10), Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["mean", "std"] } };

        var lines = plant.Run(window, [.. Enumerable.Range(0, 4000).Select(i => Some.Reading("m", "v", i, i == 5 ? 1e12 : 0.1))]);

        Assert.All(lines.Skip(16), l => Assert.EndsWith(" v_mean=0.1 v_std=0", l, StringComparison.Ordinal));
    }

    [Fact]
    public void A_condition_looks_at_full_batches_of_many_signals()
    {
        var plant = new Plant(["m"], s_time, [Some.Signal("v"), .. Enumerable.Range(0, 40).Select(i => Some.Signal($"s{i}"))]);
        var probe = plant.Start(s_window with { While = Written("v >= 0") });

        probe.Process(plant.Batch([.. Enumerable.Range(0, Batch.MaxRows).Select(i => Some.Reading("m", "v", i, 1.0))]));
        probe.Finish();

        Assert.StartsWith($"m@0..{Batch.MaxRows - 1} OnTime 0: v_count={Batch.MaxRows} ", Assert.Single(probe.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_ends_with_the_reading_that_says_so()
    {
        var lines = Run(s_window with { Until = Written("v > 8") }, (1, 1), (2, 9), (3, 3), (4, 4), (5, 10), (6, 6));

        Assert.Equal(["m@1..2 OnTime 0: v_count=2", "m@3..5 OnTime 0: v_count=3", "m@6..6 OnTime 0: v_count=1"], lines.Select(l => l[..(l.IndexOf("v_sum", StringComparison.Ordinal) - 1)]));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z")]
    [InlineData("Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-01-01T18:15:00Z", "2026-01-02T18:15:00Z")]
    public void Days_of_a_zone_begin_and_end_as_its_clocks_say(string zone, string start, string end)
    {
        var (from, until) = (Seconds(start), Seconds(end));

        var lines = Run(s_window with { Calendar = new() { Unit = CalendarUnit.Day, Zone = zone } }, (from, 1), (until - 1, 2), (until, 3), (until + 200_000, 4));

        Assert.StartsWith($"m@{from}..{until} OnTime 0: v_count=2 v_sum=3 ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"m@{until}..", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Weeks_months_and_shifts_begin_where_they_should()
    {
        Assert.StartsWith($"m@{Seconds("2025-12-29T00:00:00Z")}..{Seconds("2026-01-05T00:00:00Z")} ", Run(s_window with { Calendar = new() { Unit = CalendarUnit.Week } }, (Seconds("2026-01-04T23:59:59Z"), 1))[0], StringComparison.Ordinal);
        Assert.StartsWith($"m@{Seconds("2024-02-01T00:00:00Z")}..{Seconds("2024-03-01T00:00:00Z")} ", Run(s_window with { Calendar = new() { Unit = CalendarUnit.Month } }, (Seconds("2024-02-29T12:00:00Z"), 1))[0], StringComparison.Ordinal);
        var shifts = new CalendarWindowOptions { Unit = CalendarUnit.Shift, Zone = "Europe/Berlin", Starts = ["06:00", "14:00", "22:00"] };
        Assert.StartsWith($"m@{Seconds("2026-06-30T20:00:00Z")}..{Seconds("2026-07-01T04:00:00Z")} ", Run(s_window with { Calendar = shifts }, (Seconds("2026-07-01T00:30:00Z"), 1))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_no_window_can_be()
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"), Some.Signal("w"));

        Assert.Equal(["the window does not say when it begins; write 'every: 1m', or length, session, count, calendar, while or until"], plant.Faults(s_window));
        Assert.Equal(["a window cannot have every and session; write one of them"], plant.Faults(s_window with { Every = Seconds(5), Session = new() { Gap = Seconds(5) } }));
        Assert.Equal(["windows of every 10s cannot be shifted by -11s; write less than 10s"], plant.Faults(s_window with { Every = Seconds(10), Offset = new(Seconds(-11)) }));
        Assert.Equal(["readings are counted, so only one signal can be computed, not 2; give each signal its own window step"], plant.Faults(s_window with { Count = new() { Readings = 3 }, Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["mean"], ["w"] = ["mean"] } }));
        Assert.Equal(["there is no time zone 'Europe/Berln'; did you mean \"Europe/Berlin\"?"], plant.Faults(s_window with { Calendar = new() { Unit = CalendarUnit.Day, Zone = "Europe/Berln" } }));
    }

    public static TheoryData<string> Kinds => ["every", "overlapping", "session", "count", "sliding", "while", "day"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Windows_made_by_several_threads_are_those_that_one_makes_and_leave_in_the_same_order(string kind) =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var window = s_window with { MinCoverage = default };
            window = kind switch
            {
                "every" => window with { Every = Seconds(3) },
                "overlapping" => window with { Every = Seconds(2), Length = Seconds(6), By = ["line"] },
                "session" => window with { Session = new() { Gap = Seconds(2) } },
                "count" => window with { Count = new() { Readings = 3, Step = 2 }, By = ["line"] },
                "sliding" => window with { Length = Seconds(3) },
                "while" => window with { While = Written("v > 2"), By = ["line"] },
                _ => window with { Calendar = new() { Unit = CalendarUnit.Day } },
            };
            var random = new Random(seed);
            var rows = Enumerable.Range(0, 2_000).Select(i => Some.Reading($"l{random.Next(3)},m{random.Next(4)}", "v", i / 20 + random.Next(6), (double)random.Next(5), random.Next(9) == 0 ? Quality.Bad : Quality.Good)).ToArray();
            var of = new[] { 1, 2, 4 }.Select(threads =>
            {
                var plant = new Plant(["line", "machine"], s_time, Some.Signal("v"));
                var probe = plant.Start(window with { Parallel = threads });
                foreach (var part in rows.Chunk(1 + random.Next(rows.Length))) probe.Process(plant.Batch(part));
                plant.Time.Turn(TimeSpan.FromSeconds(31));
                probe.FireTimer();
                probe.Finish();
                return probe;
            }).ToList();

            Assert.All(of, probe => Assert.Equal(of[0].Drops, probe.Drops));
            Assert.All(of, probe => Assert.Equal(of[0].Lines, probe.Lines));
            Assert.NotEmpty(of[0].Lines);
        }));

    [Fact]
    public void Sessions_are_those_of_the_sorted_readings_whatever_their_order() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var (random, gap) = (new Random(seed), 1 + new Random(seed).Next(9));
            var (plant, rows) = Stream(random);
            var expected = new List<string>();
            foreach (var device in rows.GroupBy(r => r.Device).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var times = device.OrderBy(r => r.Time).ToList();
                for (var from = 0; from < times.Count;)
                {
                    var until = from + 1;
                    while (until < times.Count && times[until].Time < times[until - 1].Time + gap) until++;
                    expected.Add($"{device.Key}@{times[from].Time}..{times[until - 1].Time + gap} {until - from} {times[from..until].Sum(r => (double)r.Values[0]!)}");
                    from = until;
                }
            }

            Assert.Equal(expected.Order(StringComparer.Ordinal), Final(plant, s_window with { Session = new() { Gap = Seconds(gap) } }, rows, random));
        }));

    [Fact]
    public void A_sliding_window_is_the_sum_of_its_stretch_whatever_the_order() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var (random, length) = (new Random(seed), 1 + new Random(seed).Next(9));
            var (plant, rows) = Stream(random);

            var expected = rows.Select(r => (Row: r, In: rows.Where(o => o.Device == r.Device && o.Time >= r.Time - length && o.Time <= r.Time).ToList()))
                .Select(r => $"{r.Row.Device}@{r.Row.Time}..{r.Row.Time} {r.In.Count} {r.In.Sum(o => (double)o.Values[0]!)}").Distinct();

            Assert.Equal(expected.Order(StringComparer.Ordinal), Final(plant, s_window with { Length = Seconds(length) }, rows, random));
        }));

    [Fact]
    public void Integrals_are_those_of_the_sorted_readings_whatever_their_order() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (every, length) = (1 + random.Next(6), 1 + random.Next(12));
            var (plant, rows) = Stream(random);
            rows.RemoveAll(r => r.Time - (Math.Floor(r.Time / every) * every) >= length); // between windows
            var expected = new List<string>();
            foreach (var device in rows.GroupBy(r => r.Device))
            {
                var sorted = device.OrderBy(r => r.Time).Select(r => (r.Time, Value: (double)r.Values[0]!)).ToList();
                for (var start = -every * 50; start < 400; start += every)
                {
                    var held = sorted.Where(r => r.Time >= start && r.Time < start + length).ToList();
                    if (held.Count == 0) continue;
                    var before = sorted.FindLast(r => r.Time < start);
                    var sum = before != default && before.Time >= start - length ? before.Value * (held[0].Time - start) : 0;
                    for (var at = 0; at < held.Count; at++) sum += held[at].Value * ((at + 1 < held.Count ? held[at + 1].Time : start + length) - held[at].Time);
                    expected.Add($"{device.Key}@{start}..{start + length} {held.Count} {sum}");
                }
            }

            var window = new WindowOptions { Every = Seconds(every), Length = Seconds(length), Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = ["count", "integral"] } };
            Assert.Equal(expected.Order(StringComparer.Ordinal), Final(plant, window, rows, random));
        }));

    /// <summary>Readings of three devices, some of them later than the clock waits.</summary>
    static (Plant Plant, List<Row> Rows) Stream(Random random)
    {
        var plant = new Plant(["m"], s_time with { Wait = Seconds(random.Next(4)), KeepLate = Seconds(1000), Clock = random.Next(2) == 0 ? ClockKind.Device : ClockKind.Shared }, Some.Signal("v"));
        var time = 0.0;
        return (plant, [.. Enumerable.Range(0, 100).Select(_ => Some.Reading($"m{random.Next(3)}", "v", (time += random.Next(3)) - random.Next(12), (double)random.Next(100)))]);
    }

    /// <summary>What a reader who writes each row over the earlier one has in the end.</summary>
    static IEnumerable<string> Final(Plant plant, WindowOptions options, List<Row> rows, Random random)
    {
        var probe = plant.Start(options);
        for (var from = 0; from < rows.Count;)
        {
            var until = Math.Min(rows.Count, from + random.Next(1, 20));
            probe.Process(plant.Batch([.. rows[from..until]]));
            from = until;
        }

        probe.Finish();
        var final = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var batch in probe.Batches)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                var window = $"{batch.Schema.Keys.Text(batch.Key[row])}@{batch.Time[row] / 1e9}";
                if (batch.Pane[row] == Pane.Withdrawn) final.Remove(window);
                else final[window] = $"{window}..{batch.End[row] / 1e9} {batch.Bits(0)[row]} {batch.Column(1)[row]}";
            }
        }

        Assert.DoesNotContain(probe.Drops, d => d.StartsWith("late", StringComparison.Ordinal));
        return final.Values.Order(StringComparer.Ordinal);
    }

    static IReadOnlyList<string> Run(WindowOptions options, params (double Time, double Value)[] readings)
    {
        var plant = new Plant(["m"], s_time, Some.Signal("v"));
        return plant.Run(options, [.. readings.Select(r => Some.Reading("m", "v", r.Time, r.Value))]);
    }

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    static double Seconds(string instant) => (DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).TotalSeconds;

    static Expression Written(string text) => Expression.TryParse(text, out var expression, out var wrong) ? expression : throw new ArgumentException(wrong.ToString());
}
