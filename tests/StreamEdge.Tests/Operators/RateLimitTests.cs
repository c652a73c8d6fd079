using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class RateLimitTests
{
    static readonly Signal s_temp = Some.Signal("temp");

    [Fact]
    public void The_first_passes_and_others_only_after_the_time()
    {
        var plant = new Plant(s_temp);
        var probe = plant.Start(new RateLimitOptions { Every = TimeSpan.FromSeconds(10) });

        probe.Process(plant.Batch(At(0), At(3), At(9.999), At(10), At(19), At(20.5)));

        Assert.Equal(["a.temp@0 = 1", "a.temp@10 = 1", "a.temp@20.5 = 1"], probe.Lines);
        Assert.Equal(["rate_limited 3"], probe.Drops);
        Assert.Equal([("temp", 3L)], probe.Step.Books.Drops[0].BySignal());
    }

    [Fact]
    public void Each_signal_of_each_device_has_a_limit_of_its_own()
    {
        var plant = new Plant(s_temp, Some.Signal("load"));
        var probe = plant.Start(new RateLimitOptions { Every = TimeSpan.FromSeconds(10) });

        probe.Process(plant.Batch(At(0), Some.Reading("a", "load", 1, 1.0), Some.Reading("b", "temp", 2, 1.0), At(3)));

        Assert.Equal(["a.temp@0 = 1", "a.load@1 = 1", "b.temp@2 = 1"], probe.Lines);
    }

    [Fact]
    public void As_many_of_one_instant_pass_as_may()
    {
        var plant = new Plant(s_temp);
        var probe = plant.Start(new RateLimitOptions { Most = 2, Every = TimeSpan.FromSeconds(10) });

        probe.Process(plant.Batch(At(0), At(0), At(0), At(10)));

        Assert.Equal(["a.temp@0 = 1", "a.temp@0 = 1", "a.temp@10 = 1"], probe.Lines);
    }

    [Fact]
    public void What_is_older_than_the_last_that_passed_is_late()
    {
        var plant = new Plant(s_temp);
        var probe = plant.Start(new RateLimitOptions { Most = 2, Every = TimeSpan.FromSeconds(10) });

        probe.Process(plant.Batch(At(30), At(5), At(31)));

        Assert.Equal(["a.temp@30 = 1", "a.temp@31 = 1"], probe.Lines);
        Assert.Equal(["late 1"], probe.Drops);
        Assert.True(probe.Step.NeedsOrder);
    }

    [Fact]
    public void The_rows_of_a_window_go_the_way_of_its_first()
    {
        var plant = new Plant();
        var schema = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new Column("x", Kind.Number)], hasWindow: true);
        var probe = plant.Start(new RateLimitOptions { Every = TimeSpan.FromSeconds(120) }, schema);

        Process(Pane.Early, 0, 60, 120);
        Process(Pane.Early, 0, 60, 120);
        Process(Pane.OnTime, 0, 60, 120);
        Process(Pane.Late, 0, 60);

        Assert.Equal(
            [
                "a@0..60 Early 0: x=1", "a@120..180 Early 0: x=1", "a@0..60 Early 0: x=1", "a@120..180 Early 0: x=1",
                "a@0..60 OnTime 0: x=1", "a@120..180 OnTime 0: x=1", "a@0..60 Late 0: x=1",
            ], probe.Lines);
        Assert.Equal(["rate_limited 4"], probe.Drops);

        void Process(Pane pane, params double[] starts)
        {
            var batch = plant.Batch(schema, [.. starts.Select(start => new Row("a", null, start, 1.0))]);
            for (var row = 0; row < batch.Count; row++) (batch.End[row], batch.Pane[row], batch.Revision[row]) = (batch.Time[row] + (60 * Nanoseconds.Second), pane, 0);
            probe.Process(batch);
        }
    }

    [Fact]
    public void A_state_saved_under_a_larger_limit_goes_on_under_a_smaller_one()
    {
        var plant = new Plant(s_temp);
        var (before, after) = (plant.Start(new RateLimitOptions { Most = 5, Every = TimeSpan.FromSeconds(10) }), plant.Start(new RateLimitOptions { Every = TimeSpan.FromSeconds(10) }));
        before.Process(plant.Batch(At(0), At(1), At(2)));

        after.Restore(before.Save());
        after.Process(plant.Batch(At(11), At(12)));

        Assert.Equal(["a.temp@12 = 1"], after.Lines);
    }

    [Fact]
    public void Times_at_both_ends_of_time_are_far_apart()
    {
        var plant = new Plant(s_temp);
        var (first, last) = ((Nanoseconds.Min / 1e9) + 1, (Nanoseconds.Max / 1e9) - 1);
        var probe = plant.Start(new RateLimitOptions { Every = TimeSpan.FromDays(365) });

        probe.Process(plant.Batch(At(first), At(last)));

        Assert.Equal(2, probe.Lines.Count);
    }

    [Fact]
    public void No_stretch_of_time_holds_more_than_may_pass_and_none_that_may_is_dropped() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Most, PositiveInt Every, NonNegativeInt[] Steps)>(), given =>
        {
            var (most, every) = ((given.Most.Get % 5) + 1, (given.Every.Get % 20) + 1);
            var time = 0;
            var times = given.Steps.Select(step => time += step.Get % 6).ToList();
            var plant = new Plant(s_temp);
            var probe = plant.Start(new RateLimitOptions { Most = most, Every = TimeSpan.FromSeconds(every) });
            probe.Process(plant.Batch([.. times.Select((t, number) => Some.Reading("a", "temp", t, (double)number))]));

            var passed = probe.Batches.SelectMany(b => b.Value.ToArray()).Select(v => (int)v).ToHashSet();

            for (var number = 0; number < times.Count; number++)
            {
                var recent = Enumerable.Range(0, number).Count(n => passed.Contains(n) && times[n] > times[number] - every);
                Assert.Equal(recent < most, passed.Contains(number));
            }
        }));

    static Row At(double time) => Some.Reading("a", "temp", time, 1.0);
}
