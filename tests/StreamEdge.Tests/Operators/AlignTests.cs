using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class AlignTests
{
    static readonly Signal[] s_signals = [Some.Signal("temp", "degC"), Some.Signal("load"), Some.Signal("state", kind: Kind.Text)];
    readonly Plant _plant = new(s_signals);
    readonly AlignOptions _sameTime = new() { SameTime = true };

    [Fact]
    public void A_row_leaves_as_soon_as_all_its_signals_are_there()
    {
        var probe = _plant.Start(_sameTime);

        probe.Process(_plant.Batch(Some.Reading("a", "load", 1, 7.0), Some.Reading("b", "temp", 1, 1.0), Some.Reading("a", "state", 1, "on"), Some.Reading("a", "temp", 1, 20.5)));

        Assert.Equal(["a@1: temp=20.5 load=7 state=on"], probe.Lines);
        Assert.Equal((4, 1, 0), (probe.Step.Books.Absorbed, probe.Step.Books.Created, probe.Step.Books.Dropped));
        Assert.Equal([("temp", Kind.Number, "degC"), ("load", Kind.Number, null), ("state", Kind.Text, null)], probe.Step.Output.Columns.Select(c => (c.Name, c.Kind, c.Unit?.Symbol)));
    }

    [Fact]
    public void A_row_comes_from_the_source_of_its_first_reading()
    {
        var probe = _plant.Start(_sameTime);
        Batch[] batches = [_plant.Batch(Some.Reading("a", "load", 1, 7.0)), _plant.Batch(Some.Reading("a", "state", 1, "on"), Some.Reading("a", "temp", 1, 20.5))];
        batches[1].Source = 1;

        foreach (var batch in batches) probe.Process(batch);

        Assert.Equal(0, probe.Batches.Single().Source);
    }

    [Fact]
    public void A_missing_value_is_there_all_the_same()
    {
        var lines = _plant.Run(_sameTime, Some.Reading("a", "load", 1, null), Some.Reading("a", "state", 1, null), Some.Reading("a", "temp", 1, 3.0, Quality.Uncertain));

        Assert.Equal(["a@1: temp=3 load=- state=- uncertain"], lines);
    }

    [Fact]
    public void An_incomplete_row_leaves_when_the_clock_of_its_device_has_passed_it()
    {
        var probe = _plant.Start(_sameTime);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("b", "temp", 99, 0.0), Some.Reading("a", "temp", 6, 21.0)));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 6.5, 9.0)));

        Assert.Equal(["a@1: temp=20 load=- state=-"], probe.Lines);
    }

    [Fact]
    public void A_complete_row_waits_for_the_one_before_it()
    {
        var probe = _plant.Start(_sameTime with { Signals = ["load", "temp"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 2, 21.0), Some.Reading("a", "load", 2, 5.0), Some.Reading("a", "state", 2, "on")));
        Assert.Empty(probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "load", 1, 4.0)));

        Assert.Equal(["a@1: load=4 temp=20", "a@2: load=5 temp=21"], probe.Lines);
        Assert.Equal(["not_aligned 1"], probe.Drops);
    }

    [Fact]
    public void An_instant_that_comes_after_a_later_row_has_left_is_in_time_while_the_clock_has_not_passed_it()
    {
        var probe = _plant.Start(_sameTime with { Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 7, 20.0), Some.Reading("a", "load", 7, 5.0), Some.Reading("a", "temp", 2, 21.0), Some.Reading("a", "load", 2, 6.0), Some.Reading("a", "temp", 3, 22.0), Some.Reading("a", "temp", 1.9, 23.0)));
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 9, 24.0)));

        Assert.Equal(["a@7: temp=20 load=5", "a@2: temp=21 load=6", "a@3: temp=22 load=-"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
        Assert.Equal([("temp", 1)], probe.Step.Books.Drops.Single(d => d.Total > 0).BySignal());
    }

    [Fact]
    public void What_comes_for_a_row_that_has_left_incomplete_is_late()
    {
        var probe = _plant.Start(_sameTime with { Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 7, 20.0)));
        _plant.Time.Turn(TimeSpan.FromSeconds(38));
        probe.FireTimer();
        probe.Process(_plant.Batch(Some.Reading("a", "load", 7, 5.0), Some.Reading("a", "temp", 6, 21.0), Some.Reading("a", "load", 6, 6.0)));

        Assert.Equal(["a@7: temp=20 load=-", "a@6: temp=21 load=6"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void Any_order_of_arrival_within_wait_makes_the_same_rows() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Seed, NonNegativeInt Jitter)>(), given =>
        {
            var random = new Random(given.Seed.Get);
            var wait = Math.Min(given.Jitter.Get, 20);
            // Each reading may come up to `wait` seconds after a newer one of its machine.
            var readings = (from second in Enumerable.Range(0, 40)
                            from signal in new[] { "temp", "load" }
                            where random.Next(5) > 0
                            select (Arrives: second + random.NextDouble() * wait, Reading: Some.Reading("a", signal, second, (double)second))).OrderBy(r => r.Arrives).Select(r => r.Reading).ToArray();
            var plant = new Plant(["machine"], new TimeOptions { Wait = TimeSpan.FromSeconds(wait) }, Some.Signal("temp"), Some.Signal("load"));

            var probe = plant.Start(_sameTime);
            foreach (var reading in readings) probe.Process(plant.Batch(reading));
            probe.Finish();

            Assert.Empty(probe.Drops);
            Assert.Equal(
                readings.GroupBy(r => r.Time).OrderBy(g => g.Key).Select(g => $"a@{g.Key}: temp={Of(g, "temp")} load={Of(g, "load")}"),
                probe.Lines.OrderBy(l => int.Parse(l[2..l.IndexOf(':')], CultureInfo.InvariantCulture)));

            static string Of(IEnumerable<Row> rows, string signal) => rows.FirstOrDefault(r => r.Signal == signal)?.Values[0]?.ToString() ?? "-";
        }));

    [Fact]
    public void Of_two_values_of_one_instant_the_first_is_kept_also_after_the_row_has_left()
    {
        var probe = _plant.Start(_sameTime with { Signals = ["temp", "load"] });

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 1, 21.0), Some.Reading("a", "load", 1, 5.0), Some.Reading("a", "load", 1, 5.0), Some.Reading("a", "temp", 1, 22.0)));

        Assert.Equal(["a@1: temp=20 load=5"], probe.Lines);
        Assert.Equal(["duplicate 2", "conflict 2"], probe.Drops);
    }

    [Fact]
    public void Open_rows_leave_incomplete_after_idle_and_at_the_end()
    {
        var probe = _plant.Start(_sameTime);

        probe.Process(_plant.Batch(Some.Reading("a", "temp", 1, 20.0)));
        _plant.Time.Turn(TimeSpan.FromSeconds(29));
        probe.FireTimer();
        Assert.Empty(probe.Lines);
        _plant.Time.Turn(TimeSpan.FromSeconds(9));
        probe.FireTimer();
        Assert.Equal(["a@1: temp=20 load=- state=-"], probe.Lines);
        probe.Process(_plant.Batch(Some.Reading("a", "temp", 2, 21.0)));
        probe.Finish();

        Assert.Equal("a@2: temp=21 load=- state=-", probe.Lines[^1]);
    }

    [Fact]
    public void No_more_instants_stay_open_than_allowed()
    {
        var plant = new Plant(["machine"], new TimeOptions { Wait = TimeSpan.FromHours(1) }, s_signals);
        var probe = plant.Start(_sameTime with { MaxOpen = 2 });

        probe.Process(plant.Batch(Some.Reading("a", "temp", 3, 3.0), Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 2.0), Some.Reading("a", "temp", 0, 0.0)));

        Assert.Equal(["a@1: temp=1 load=- state=-"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
    }

    [Fact]
    public void A_group_of_several_devices_takes_the_slowest_clock()
    {
        var plant = new Plant(["line", "machine"], new TimeOptions(), Some.Signal("temp"), Some.Signal("load"));
        var probe = plant.Start(_sameTime with { By = ["line"] });

        probe.Process(plant.Batch(Some.Reading("1,a", "temp", 1, 20.0), Some.Reading("1,b", "temp", 2, 7.0), Some.Reading("1,a", "temp", 60, 21.0)));
        Assert.Empty(probe.Lines);
        probe.Process(plant.Batch(Some.Reading("1,b", "load", 1, 5.0), Some.Reading("1,b", "temp", 30, 8.0)));

        Assert.Equal(["1@1: temp=20 load=5", "1@2: temp=7 load=-"], probe.Lines);
        Assert.Equal(["line"], probe.Step.Output.Keys.TagNames);
    }

    [Fact]
    public void A_group_whose_first_reading_lies_at_the_beginning_of_time_drops_nothing_as_late()
    {
        var plant = new Plant(["line", "machine"], new TimeOptions(), Some.Signal("temp"));
        var probe = plant.Start(_sameTime with { By = ["line"] });
        var start = (Nanoseconds.Min / 1e9) + 1;

        probe.Process(plant.Batch(Some.Reading("1,a", "temp", start, 20.0), Some.Reading("1,a", "temp", 60, 21.0)));

        Assert.Empty(probe.Drops);
    }

    [Fact]
    public void A_shared_clock_is_moved_by_every_source_and_held_back_by_none_that_has_ended()
    {
        var plant = new Plant(["machine"], new TimeOptions { Clock = ClockKind.Shared }, Some.Signal("temp"), Some.Signal("load"));
        plant.Context.Sources = 2;
        var probe = plant.Start(_sameTime);
        var other = plant.Batch(Some.Reading("b", "temp", 2, 5.0));
        other.Source = 1;

        probe.Process(plant.Batch(Some.Reading("a", "temp", 1, 20.0), Some.Reading("a", "temp", 60, 21.0)));
        probe.Process(other);
        Assert.Empty(probe.Lines);
        probe.EndSource(1);

        Assert.Equal(["a@1: temp=20 load=-", "b@2: temp=5 load=-"], probe.Lines);
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options() => Assert.Equal(
        [
            "align does not say which readings make a row; write 'align: { same_time }', 'align: { every: 1s }' or 'align: { to: SIGNAL }'",
            "the signal 'load' is named twice; name each once",
            "there is no signal 'tmp'; did you mean 'temp'?",
            "there is no tag 'machin'; did you mean 'machine'?",
        ], _plant.Faults(new AlignOptions { By = ["machin"], Signals = ["tmp", "load", "load"] }));
}
