using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>What windows compute, beside a few plain lines that compute it otherwise.</summary>
public class AggregateTests
{
    [Fact]
    public void Computes_of_a_ramp_what_a_ramp_has()
    {
        // 0, 2, 4, ... 18 at each of ten seconds.
        var row = Of("l/min", ["median", "p90", "delta", "derivative", "slope", "time_mean", "integral", "increase", "zero_crossings", "kurtosis"], [.. Enumerable.Range(0, 10).Select(i => (i * 1.0, (object?)(i * 2.0)))]);

        Assert.Equal(9, row["v_median"]);
        Assert.Equal(16.2, row["v_p90"], 1e-12);
        Assert.Equal(18, row["v_delta"]);
        Assert.Equal(2, row["v_derivative"]);
        Assert.Equal(2, row["v_slope"], 1e-12);
        Assert.Equal(9, row["v_time_mean"], 1e-12);
        Assert.Equal(90 / 60.0, row["v_integral"], 1e-12);
        Assert.Equal(18, row["v_increase"]);
        Assert.Equal(0, row["v_zero_crossings"]);
        Assert.Equal(1.7757575757575758, row["v_kurtosis"], 1e-12);
    }

    [Fact]
    public void Counts_a_value_for_as_long_as_it_held()
    {
        var row = Of("kW", ["time_mean", "integral", "mean"], [(0, 10.0), (8, 20.0)]);

        Assert.Equal((8 * 10 + 2 * 20) / 10.0, row["v_time_mean"], 1e-12);
        Assert.Equal(8 * 10 + 2 * 20, row["v_integral"], 1e-12);
        Assert.Equal(15, row["v_mean"]);
    }

    [Fact]
    public void A_counter_that_begins_again_goes_on_counting()
    {
        Assert.Equal(5 + 3 + 4, Of(null, ["increase"], [(0, 10.0), (1, 15.0), (2, 3.0), (3, 7.0)])["v_increase"]);
    }

    [Fact]
    public void A_sign_changes_only_where_there_is_one()
    {
        Assert.Equal(2, Of(null, ["zero_crossings"], [(0, 1.0), (1, 0.0), (2, 2.0), (3, -1.0), (4, 0.0), (5, 0.0), (6, 3.0)])["v_zero_crossings"]);
    }

    [Fact]
    public void Tells_the_share_of_good_readings_among_all_that_came()
    {
        var plant = new Plant(["m"], new TimeOptions(), Some.Signal("v"));
        var probe = plant.Start(Window("good_pct"));

        probe.Process(plant.Batch(Some.Reading("m", "v", 1, 1.0), Some.Reading("m", "v", 2, 1.0, Quality.Uncertain), Some.Reading("m", "v", 3, 1.0, Quality.Bad), Some.Reading("m", "v", 4, 1.0)));
        probe.Finish();

        Assert.Equal(["m@0..10 OnTime 0: v_good_pct=50"], probe.Lines);
        Assert.Equal(["bad_quality 1"], probe.Drops);
    }

    [Fact]
    public void Tells_the_time_and_the_most_frequent_of_states()
    {
        var plant = new Plant(["m"], new TimeOptions(), Some.Signal("v", kind: Kind.Text));

        var lines = plant.Run(Window("mode", "time_in(run)", "time_in(off)"), Some.Reading("m", "v", 1, "run"), Some.Reading("m", "v", 4, "off"), Some.Reading("m", "v", 5, "run"), Some.Reading("m", "v", 8, "run"), Some.Reading("m", "v", 9, "off"));

        Assert.Equal(["m@0..10 OnTime 0: v_mode=run v_time_in_run=7 v_time_in_off=2"], lines);
    }

    [Fact]
    public void Units_follow_from_those_of_the_signal()
    {
        Assert.Equal(["mm", "mm/s2", "mm/s", "%"], Units("mm/s", "integral", "slope", "time_mean", "good_pct"));
        Assert.Equal(["m3", "K/s", "kJ", "-"], [.. Units("m3/h", "integral"), .. Units("K", "derivative"), .. Units("kW", "integral"), .. Units("degC", "kurtosis")]);
        Assert.Equal(["K", "degC", "degC"], Units("degC", "delta", "median", "p99.9"));

        static IEnumerable<string> Units(string unit, params string[] compute) => new Plant(["m"], new TimeOptions(), Some.Signal("v", unit)).Start(Window(compute)).Step.Output.Columns.Select(c => c.Unit?.Symbol ?? "-");
    }

    [Fact]
    public void Quantiles_of_many_values_are_within_half_a_percent() =>
        Some.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, random.Next(1, 3) == 1 ? random.Next(1, 100) : 20_000).Select(_ => random.Next(3) switch { 0 => -Math.Exp(5 * random.NextDouble()), 1 => random.Next(3), _ => Math.Exp(20 * random.NextDouble()) }).ToArray();
            var plant = new Plant(["m"], new TimeOptions { Wait = TimeSpan.FromSeconds(60) }, Some.Signal("v"));
            var rows = values.Select((v, at) => Some.Reading("m", "v", at % 10, v)).ToList();
            Array.Sort(values);

            // In one pane, and in two that are put together.
            foreach (var every in new[] { 10, 5 })
            {
                var probe = plant.Start(Window("p0", "p1", "median", "p95", "p99.9") with { Every = TimeSpan.FromSeconds(every), Length = TimeSpan.FromSeconds(10) });
                foreach (var chunk in rows.Chunk(4000)) probe.Process(plant.Batch(chunk));
                probe.Finish();

                var (batch, row) = probe.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(r => (b, r))).Single(r => r.b.Time[r.r] == 0);
                foreach (var (column, share) in new[] { 0, 0.01, 0.5, 0.95, 0.999 }.Index())
                {
                    var rank = share * (values.Length - 1);
                    var (below, above) = (values[(int)Math.Floor(rank)], values[(int)Math.Ceiling(rank)]);
                    Assert.InRange(batch.Column(column)[row], below - (0.0051 * Math.Abs(below)), above + (0.0051 * Math.Abs(above)));
                }
            }
        }));

    [Fact]
    public void Says_what_cannot_be_computed_of_a_text()
    {
        var plant = new Plant(Some.Signal("v", kind: Kind.Text));

        Assert.Equal(["'slope' needs numbers, but 'v' is text; write count, first, last, mode or time_in(TEXT)"], plant.Faults(Window("slope")));
        Assert.Equal(["'p95' needs numbers, but 'v' is text; write count, first, last, mode or time_in(TEXT)"], plant.Faults(Window("p95")));
    }

    static WindowOptions Window(params string[] compute) => new() { Every = TimeSpan.FromSeconds(10), Compute = new Dictionary<string, IReadOnlyList<string>> { ["v"] = compute } };

    /// <summary>The columns of the one window of these readings, which came in the wrong order.</summary>
    static Dictionary<string, double> Of(string? unit, string[] compute, (double Time, object? Value)[] readings)
    {
        var plant = new Plant(["m"], new TimeOptions { Wait = TimeSpan.FromSeconds(60) }, Some.Signal("v", unit));
        var probe = plant.Start(Window(compute));
        probe.Process(plant.Batch([.. readings.Reverse().Select(r => Some.Reading("m", "v", r.Time, r.Value))]));
        probe.Finish();
        var batch = Assert.Single(probe.Batches);
        return batch.Schema.Columns.Index().ToDictionary(c => c.Item.Name, c => c.Item.Kind == Kind.Integer ? batch.Bits(c.Index)[0] : batch.Column(c.Index)[0]);
    }
}
