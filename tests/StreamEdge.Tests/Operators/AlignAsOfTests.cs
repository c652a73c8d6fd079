using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Rows at given instants: the multiples of a period, and the readings of one signal.</summary>
public class AlignAsOfTests
{
    static readonly Signal[] s_signals = [Some.Signal("temp", "degC"), Some.Signal("load"), Some.Signal("state", kind: Kind.Text)];
    readonly Plant _plant = new(s_signals);
    readonly AlignOptions _every = new() { Every = TimeSpan.FromSeconds(10) };
    readonly AlignOptions _to = new() { To = "temp", Limit = TimeSpan.FromSeconds(3), Signals = ["temp", "load"] };

    [Fact]
    public void A_row_of_each_period_holds_the_last_readings_and_leaves_when_the_clock_has_passed_it()
    {
        var probe = _plant.Start(_every);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 3, 20.0), Some.Reading("a", "state", 9, "on"), Some.Reading("a", "temp", 10, 21.0), Some.Reading("a", "temp", 15, 22.0)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 15.5, 7.0)));

        Assert.Equal(["a@10: temp=21 load=- state=on"], probe.Lines);
        Assert.Equal((5, 1), (probe.Step.Books.Absorbed, probe.Step.Books.Created));
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 35.5, 23.0)));
        Assert.Equal(["a@20: temp=22 load=7 state=on", "a@30: temp=22 load=7 state=on"], probe.Lines.Skip(1));
    }

    [Fact]
    public void What_is_older_than_the_limit_is_missing_and_a_row_of_nothing_is_not_made()
    {
        var lines = _plant.Run(_every with { Limit = TimeSpan.FromSeconds(12) }, Some.Reading("a", "temp", 8, 20.0), Some.Reading("a", "load", 9, 7.0), Some.Reading("a", "temp", 10, 20.5), Some.Reading("a", "temp", 100_000_000, 30.0));

        Assert.Equal(["a@10: temp=20.5 load=7 state=-", "a@20: temp=20.5 load=7 state=-", "a@100000000: temp=30 load=- state=-"], lines);
    }

    [Fact]
    public void A_row_on_the_line_waits_for_the_reading_behind_it()
    {
        var probe = _plant.Start(_every with { How = AlignHow.Linear, Limit = TimeSpan.FromSeconds(30), Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 6, 20.0), Some.Reading("a", "load", 8, 1.25, Quality.Uncertain), Some.Reading("a", "temp", 16, 30.0), Some.Reading("a", "temp", 27, 30.0)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 24, 3.25), Some.Reading("a", "temp", 34, 30.0)));

        Assert.Equal(["a@10: temp=24 load=1.5 uncertain", "a@20: temp=30 load=2.75 uncertain"], probe.Lines);
    }

    [Fact]
    public void On_the_line_what_lies_too_far_apart_is_missing_as_soon_as_that_is_sure()
    {
        var probe = _plant.Start(_every with { How = AlignHow.Linear, Limit = TimeSpan.FromSeconds(6), Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 8, 20.0), Some.Reading("a", "load", 10, 1.0), Some.Reading("a", "load", 19, 1.0)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 19.5, 1.0)));

        Assert.Equal(["a@10: temp=- load=1"], probe.Lines);
    }

    [Fact]
    public void A_row_at_each_reading_of_a_signal_has_the_others_as_they_were_then()
    {
        Row[] readings = [Some.Reading("a", "load", 1, 1.0), Some.Reading("a", "temp", 2, 20.0), Some.Reading("a", "load", 2.5, 2.0), Some.Reading("a", "temp", 6, null), Some.Reading("a", "temp", 7, 22.0, Quality.Bad), Some.Reading("a", "load", 8, 3.0)];

        Assert.Equal(["a@2: temp=20 load=1", "a@7: temp=22 load=- bad"], _plant.Run(_to, readings));
        Assert.Equal(["a@2: temp=20 load=2", "a@6: temp=- load=3", "a@7: temp=22 load=3 bad"], _plant.Run(_to with { How = AlignHow.Nearest }, readings));
        Assert.Equal(["a@2: temp=20 load=1.6666666666666665", "a@6: temp=- load=2.6363636363636367", "a@7: temp=22 load=2.8181818181818183 bad"], _plant.Run(_to with { How = AlignHow.Linear, Limit = TimeSpan.FromSeconds(6) }, readings));
    }

    [Fact]
    public void Of_two_readings_that_are_as_near_the_earlier_one_counts()
    {
        var lines = _plant.Run(_to with { How = AlignHow.Nearest }, Some.Reading("a", "load", 1, 1.0), Some.Reading("a", "temp", 2, 20.0), Some.Reading("a", "load", 3, 3.0));

        Assert.Equal(["a@2: temp=20 load=1"], lines);
    }

    [Fact]
    public void Without_a_limit_as_of_a_signal_what_is_silent_for_longer_than_idle_is_missing()
    {
        var lines = _plant.Run(_to with { Limit = null }, Some.Reading("a", "load", 0, 1.0), Some.Reading("a", "temp", 30, 20.0), Some.Reading("a", "temp", 30.1, 21.0));

        Assert.Equal(["a@30: temp=20 load=1", "a@30.1: temp=21 load=-"], lines);
    }

    [Fact]
    public void What_cannot_be_used_is_passed_over_and_what_comes_again_or_too_late_is_counted()
    {
        var probe = _plant.Start(_every with { Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 2, 99.0, Quality.Bad), Some.Reading("a", "temp", 3, null), Some.Reading("a", "temp", 4, double.NaN), Some.Reading("a", "temp", 5, double.PositiveInfinity),
            Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 1, 21.0), Some.Reading("a", "state", 2, "on"), Some.Reading("a", "load", 16, 1.0), Some.Reading("a", "load", 10.9, 2.0), Some.Reading("a", "load", 11, 3.0)));
        probe.Finish();

        Assert.Equal(["a@10: temp=20 load=-"], probe.Lines);
        Assert.Equal(["late 1", "duplicate 1", "conflict 1", "not_aligned 1"], probe.Drops);
        Assert.Equal(7, probe.Step.Books.Absorbed);
    }

    [Fact]
    public void Rows_leave_as_things_stand_after_idle_and_what_comes_for_them_is_late()
    {
        var probe = _plant.Start(_every with { How = AlignHow.Linear, Signals = ["temp"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 10, 20.0), Some.Reading("a", "temp", 12, 21.0)));
        _plant.Time.Turn(TimeSpan.FromSeconds(38));
        probe.FireTimer();
        Assert.Equal(["a@10: temp=20"], probe.Lines);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 9, 5.0), Some.Reading("a", "temp", 22, 31.0)));
        probe.Finish();

        Assert.Equal(["a@10: temp=20", "a@20: temp=29"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void A_group_of_several_devices_takes_the_slowest_clock()
    {
        var plant = new Plant(["line", "machine"], new TimeOptions(), Some.Signal("temp"), Some.Signal("load"));
        var probe = plant.Start(_every with { By = ["line"] });

        probe.Process(plant.Batch(Some.Reading("1,a", "temp", 1, 20.0), Some.Reading("1,b", "load", 2, 7.0), Some.Reading("1,a", "temp", 60, 21.0)));
        Assert.Empty(probe.Lines);
        probe.Process(plant.Batch(Some.Reading("1,b", "load", 9, 8.0), Some.Reading("1,b", "load", 16, 9.0)));

        Assert.Equal(["1@10: temp=20 load=8"], probe.Lines);
    }

    [Fact]
    public void No_more_readings_wait_than_allowed()
    {
        var plant = new Plant(["machine"], new TimeOptions { Wait = TimeSpan.FromHours(1) }, s_signals);
        var probe = plant.Start(_every with { MaxHeld = 3 });

        probe.Process(plant.Batch([.. new[] { 1.0, 2, 3, 4, 11, 12, 13, 5 }.Select(t => Some.Reading("a", "temp", t, t))]));

        Assert.Equal(["a@10: temp=4 load=- state=-"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
        Assert.Equal([("closed early", "3, of groups that held more than 3 readings")], probe.Step.Report);
    }

    [Fact]
    public void Any_order_of_arrival_within_wait_makes_the_rows_that_a_look_at_all_readings_makes() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Seed, NonNegativeInt Jitter, NonNegativeInt Way)>(), given =>
        {
            var random = new Random(given.Seed.Get);
            var wait = Math.Min(given.Jitter.Get, 20);
            var (every, how) = (given.Way.Get % 2 == 0, (AlignHow)(given.Way.Get % 6 / 2));
            if (every && how == AlignHow.Nearest) how = AlignHow.Hold;
            // Each reading may come up to `wait` seconds after a newer one of its machine. Quarters of seconds are exact in binary.
            var readings = (from quarter in Enumerable.Range(0, 200)
                            from signal in new[] { "temp", "load" }
                            where random.Next(3) == 0
                            select (Arrives: quarter / 4.0 + random.NextDouble() * wait, Reading: Some.Reading("a", signal, quarter / 4.0, (double)random.Next(100)))).OrderBy(r => r.Arrives).Select(r => r.Reading).ToArray();
            var plant = new Plant(["machine"], new TimeOptions { Wait = TimeSpan.FromSeconds(wait) }, Some.Signal("temp"), Some.Signal("load"));
            var limit = random.Next(1, 6);
            var options = new AlignOptions { Every = every ? TimeSpan.FromSeconds(2) : null, To = every ? null : "temp", How = how, Limit = TimeSpan.FromSeconds(limit) };

            var probe = plant.Start(options);
            foreach (var reading in readings) probe.Process(plant.Batch(reading));
            probe.Finish();

            var newest = readings.Max(r => r.Time);
            var instants = every ? Enumerable.Range(0, 30).Select(i => i * 2.0).Where(t => t <= newest) : readings.Where(r => r.Signal == "temp").Select(r => r.Time).Order();
            var rows = instants.Select(t => (At: t, Temp: AsOf("temp", t, every ? how : AlignHow.Hold, every ? limit : 0), Load: AsOf("load", t, how, limit))).Where(r => r.Temp is not null || r.Load is not null);
            Assert.Empty(probe.Drops);
            Assert.Equal(rows.Select(r => $"a@{r.At.ToString(CultureInfo.InvariantCulture)}: temp={Shown(r.Temp)} load={Shown(r.Load)}"), probe.Lines);

            double? AsOf(string signal, double at, AlignHow way, double limit)
            {
                var before = readings.Where(r => r.Signal == signal && r.Time <= at).MaxBy(r => r.Time);
                var after = readings.Where(r => r.Signal == signal && r.Time > at).MinBy(r => r.Time);
                if (way == AlignHow.Linear && before is not null && before.Time < at)
                {
                    if (after is null || after.Time - before.Time > limit) return null;
                    var share = (at - before.Time) / (after.Time - before.Time);
                    return (double)before.Values[0]! * (1 - share) + (double)after.Values[0]! * share;
                }

                var near = new[] { before, way == AlignHow.Nearest ? after : null }.OfType<Row>().Where(r => Math.Abs(r.Time - at) <= limit).MinBy(r => Math.Abs(r.Time - at));
                return (double?)near?.Values[0];
            }

            static string Shown(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "-";
        }));

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal(["'same_time' and 'every' are two ways to make rows; leave one out", "'same_time' and 'to' are two ways to make rows; leave one out"], _plant.Faults(_every with { SameTime = true, To = "temp" }));
        Assert.Equal(["'how' belongs to 'every' and 'to': readings of one instant are taken as they are; leave it out", "'limit' belongs to 'every' and 'to': readings of one instant are taken as they are; leave it out", "'max_held' belongs to 'every' and 'to'; write 'max_open'"],
            _plant.Faults(new AlignOptions { SameTime = true, How = AlignHow.Hold, Limit = TimeSpan.FromSeconds(1), MaxHeld = 9 }));
        Assert.Equal(["'how' is 'nearest', which belongs to 'to'; write hold or linear", "'max_open' belongs to 'same_time'; write 'max_held'"], _plant.Faults(_every with { MaxOpen = 5, How = AlignHow.Nearest }));
        Assert.Equal(["'state' is of type text, and there is no line between its values; write 'how: hold', or name the other signals in 'signals'"], _plant.Faults(_every with { How = AlignHow.Linear }));
        Assert.Equal(["within 365d there are more than 100,000 periods of 10s; lower limit, or raise every"], _plant.Faults(_every with { Limit = TimeSpan.FromDays(365) }));
        Assert.Equal(["there is no signal 'tmp'; did you mean 'temp'?"], _plant.Faults(_to with { To = "tmp" }));
        Assert.Equal(["the rows are made at the readings of 'state', which is not among the signals; add it"], _plant.Faults(_to with { To = "state" }));
    }
}
