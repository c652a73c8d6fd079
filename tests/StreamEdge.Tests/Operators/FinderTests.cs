namespace StreamEdge;

/// <summary>The steps that find readings which cannot be true: max_change, spike, stuck; and quality.</summary>
public class FinderTests
{
    readonly Plant _plant = new(Some.Signal("temp", "degC", tolerance: 0.5) with { MaxChange = 2 }, Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));

    [Fact]
    public void A_jump_faster_than_the_signal_can_move_is_dropped_and_not_compared_with()
    {
        var probe = Run(new MaxChangeOptions(), (0, 20), (1, 21.9), (2, 60), (3, 23), (4, 24.9), (4.1, 30));

        Assert.Equal(["20", "21.9", "23", "24.9"], Kept(probe));
        Assert.Equal([("temp", 2)], probe.Step.Books.Drops.Single().BySignal());
    }

    [Fact]
    public void A_step_that_lasts_is_believed_after_some_readings_that_agree() =>
        Assert.Equal(["20", "62", "63"], Kept(Run(new MaxChangeOptions(), (0, 20), (1, 60), (2, 61), (3, 62), (4, 63))));

    [Fact]
    public void What_agrees_with_nothing_is_never_believed() =>
        Assert.Equal(["20", "21"], Kept(Run(new MaxChangeOptions(), (0, 20), (1, 60), (2, -10), (3, 80), (4, 10), (5, 21))));

    [Fact]
    public void Where_it_is_to_be_flagged_it_goes_on_uncertain()
    {
        var probe = Run(new MaxChangeOptions { Then = FoundThen.Flag }, (0, 20), (1, 60), (2, 21));

        Assert.Equal(["a.temp@0 = 20", "a.temp@1 = 60 uncertain", "a.temp@2 = 21"], probe.Lines);
        Assert.Equal([("temp", "1 flagged")], probe.Step.Report);
    }

    [Fact]
    public void A_spike_is_far_off_the_median_of_its_neighbours() =>
        Assert.Equal(["20", "20.2", "19.9", "20.1", "20", "20.3", "20.1"], Kept(Run(new SpikeOptions { Readings = 5, LeastSpread = 0.01 },
            (0, 20), (1, 20.2), (2, 19.9), (3, 20.1), (4, 20), (5, 35), (6, 20.3), (7, 20.1))));

    [Fact]
    public void A_signal_that_hardly_moves_has_no_spikes_within_its_tolerance() =>
        Assert.Equal(8, Kept(Run(new SpikeOptions { Readings = 5 }, (0, 20), (1, 20), (2, 20), (3, 20), (4, 20), (5, 22), (6, 20), (7, 20))).Count);

    [Fact]
    public void A_ramp_and_a_step_that_lasts_are_no_spikes_for_long()
    {
        Assert.Equal(20, Kept(Run(new SpikeOptions { Readings = 5 }, [.. Enumerable.Range(0, 20).Select(i => ((double)i, 3.0 * i))])).Count);
        var step = Run(new SpikeOptions { Readings = 5 }, [.. Enumerable.Range(0, 20).Select(i => ((double)i, i < 10 ? 20.0 : 60.0))]);
        Assert.Equal(["spike 2"], step.Drops);
    }

    [Fact]
    public void A_value_that_has_stood_still_for_long_is_flagged_until_it_changes()
    {
        var probe = Run(new StuckOptions { After = TimeSpan.FromSeconds(3) }, (0, 20), (1, 20), (2, 20), (3, 20), (4, 20), (5, 21), (6, 21));

        Assert.Equal(["a.temp@3 = 20 uncertain", "a.temp@4 = 20 uncertain"], probe.Lines.Where(l => l.EndsWith("uncertain", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_value_that_moves_within_the_tolerance_stands_still() =>
        Assert.Equal(["20", "20.1", "19.9", "21"], Kept(Run(new StuckOptions { After = TimeSpan.FromSeconds(3), Then = FoundThen.Drop, Tolerance = 0.2 }, (0, 20), (1, 20.1), (2, 19.9), (3, 20.1), (4, 21))));

    [Fact]
    public void Quality_lets_pass_what_is_good_enough()
    {
        var rows = new[] { Some.Reading("a", "temp", 1, 1.0), Some.Reading("a", "temp", 2, 2.0, Quality.Uncertain), Some.Reading("a", "count", 3, 3, Quality.Bad) };
        var probe = _plant.Start(new QualityOptions());

        probe.Process(_plant.Batch(rows));

        Assert.Equal(["a.temp@1 = 1", "a.temp@2 = 2 uncertain"], probe.Lines);
        Assert.Equal([("count", 1)], probe.Step.Books.Drops.Single().BySignal());
        Assert.Equal(["a.temp@1 = 1"], _plant.Run(new QualityOptions { AtLeast = Quality.Good }, rows));
    }

    [Fact]
    public void Say_what_is_wrong_with_their_options()
    {
        Assert.Equal(["no signal has a max_change; write 'max_change: 15 degC/s' at a signal in 'signals:'"], new Plant(Some.Signal("temp")).Faults(new MaxChangeOptions()));
        Assert.Equal(["'state' is no number; leave it out", "there is no signal 'tmp'; did you mean 'temp'?"], _plant.Faults(new StuckOptions { After = TimeSpan.FromMinutes(1), Signals = ["state", "tmp"] }));
        Assert.Equal(["every reading is at least bad; write good or uncertain"], _plant.Faults(new QualityOptions { AtLeast = Quality.Bad }));
    }

    Probe Run(OperatorOptions options, params (double Time, double Value)[] values)
    {
        var probe = _plant.Start(options);
        probe.Process(_plant.Batch([.. values.Select(v => Some.Reading("a", "temp", v.Time, v.Value))]));
        probe.Finish();
        return probe;
    }

    static List<string> Kept(Probe probe) => [.. probe.Lines.Select(l => l.Split(" = ")[1])];
}
