using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

/// <summary>Bursts of a fast signal become rows of features.</summary>
public class FeaturesTests
{
    const double Rate = 1024;

    [Fact]
    public void A_pure_sine_has_the_features_that_the_books_give()
    {
        var row = RowOf([.. Enumerable.Range(0, 1024).Select(i => 3 * Math.Sin(Math.Tau * 50 * i / Rate))], new FeaturesOptions
        {
            Of = "vibration",
            Burst = 1024,
            Compute = Enum.GetValues<BurstFeature>(),
            Bands = Bands("0..48 Hz", "48..52 Hz", "52..512 Hz"),
        });

        Assert.Equal(0, row["vibration_mean"], 12);
        Assert.Equal(3 / Math.Sqrt(2), row["vibration_std"], 12);
        Assert.Equal(3 / Math.Sqrt(2), row["vibration_rms"], 12);
        Assert.Equal(3, row["vibration_peak"], 12);
        Assert.Equal(6, row["vibration_peak_to_peak"], 12);
        Assert.Equal(Math.Sqrt(2), row["vibration_crest_factor"], 12);
        Assert.Equal(1.5, row["vibration_kurtosis"], 12);
        Assert.Equal(0, row["vibration_skewness"], 12);
        Assert.Equal(0, row["vibration_band_0"], 12);
        Assert.Equal(4.5, row["vibration_band_1"], 12);
        Assert.Equal(0, row["vibration_band_2"], 12);
    }

    [Fact]
    public void A_constant_offset_changes_the_rms_but_no_band_and_no_shape()
    {
        var wave = Enumerable.Range(0, 64).Select(i => Math.Sin(Math.Tau * 8 * i / 64)).ToArray();
        var options = new FeaturesOptions { Of = "vibration", Burst = 64, Bands = Bands("0..512 Hz") };

        var (plain, lifted) = (RowOf(wave, options), RowOf([.. wave.Select(v => v + 10)], options));

        Assert.Equal(Math.Sqrt(100.5), lifted["vibration_rms"], 9);
        Assert.All(["vibration_kurtosis", "vibration_skewness", "vibration_band_0"], column => Assert.Equal(plain[column], lifted[column], 9));
    }

    [Fact]
    public void All_power_of_a_tone_lies_within_two_lines_of_it() => Some.Check(
        Prop.ForAll(Gen.Choose(100, 1900).Select(f => f / 4.0).ToArbitrary(), tone =>
        {
            var line = Math.Floor(tone / 4);
            var wave = Enumerable.Range(0, 256).Select(i => 2 * Math.Sin((Math.Tau * tone * i / Rate) + tone)).ToArray();

            var row = RowOf(wave, new FeaturesOptions { Of = "vibration", Burst = 256, Compute = [], Bands = Bands($"0..{4 * (line - 1)} Hz", $"{4 * (line - 1)}..{4 * (line + 3)} Hz", $"{4 * (line + 3)}..512 Hz") });

            Assert.Equal(2, row["vibration_band_1"], 0.01); // half of 2 squared
            Assert.InRange((row["vibration_band_0"] + row["vibration_band_2"]) / row["vibration_band_1"], 0, 0.001);
        }));

    [Fact]
    public void All_bands_together_are_the_mean_square_seen_through_the_window() => Some.Check(
        Prop.ForAll(Waves, Gen.Choose(128, 384).ToArbitrary(), (wave, border) =>
        {
            var row = RowOf(wave, new FeaturesOptions { Of = "vibration", Burst = wave.Length, Compute = [BurstFeature.Mean], Bands = Bands($"0..{border} Hz", $"{border}..512 Hz") });

            var window = wave.Select((_, j) => (1 - Math.Cos(Math.Tau * j / wave.Length)) / 2).ToArray();
            var mean = wave.Zip(window, (v, w) => v * w).Sum() / window.Sum();
            var seen = wave.Select((v, j) => window[j] * (v - mean)).Sum(v => v * v) / window.Sum(w => w * w);
            Assert.Equal(seen, row["vibration_band_0"] + row["vibration_band_1"], 1e-9 * (1 + seen));
        }));

    [Fact]
    public void The_last_line_belongs_to_a_band_that_ends_at_half_the_rate_and_to_no_other()
    {
        var wave = Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? 1.0 : -1.0).ToArray(); // a tone of half the rate

        var row = RowOf(wave, new FeaturesOptions { Of = "vibration", Burst = 64, Compute = [], Bands = Bands("400..500 Hz", "500..512 Hz") });

        Assert.Equal(1 / 3.0, row["vibration_band_0"], 12); // the window spreads a third to the line before, at 496 Hz
        Assert.Equal(2 / 3.0, row["vibration_band_1"], 12);
    }

    [Fact]
    public void Each_line_is_that_of_the_transform_written_out() => Some.Check(
        Prop.ForAll(Waves, wave =>
        {
            var (lines, apart) = (wave.Length / 2, Rate / wave.Length);
            var bands = Enumerable.Range(0, lines).ToDictionary(k => $"{k}", k => new Band(k * apart, (k + 1) * apart, $"{k}"));

            var row = RowOf(wave, new FeaturesOptions { Of = "vibration", Burst = wave.Length, Compute = [], Bands = bands });

            var expected = Recordings.PowerOfLines(wave);
            expected[lines - 1] += expected[lines]; // the last band has the line at half the rate too
            Assert.All(expected.Take(lines).Index(), line => Assert.Equal(line.Item, row[$"vibration_band_{line.Index}"], 1e-9 * (1 + line.Item)));
        }));

    [Fact]
    public void The_moments_are_those_of_the_formulas() => Some.Check(
        Prop.ForAll(Waves, wave =>
        {
            var row = RowOf(wave, new FeaturesOptions { Of = "vibration", Burst = wave.Length });

            var mean = wave.Average();
            double Moment(int power) => wave.Average(v => Math.Pow(v - mean, power));
            Assert.Equal(Math.Sqrt(wave.Average(v => v * v)), row["vibration_rms"], 9);
            Assert.Equal(wave.Max(Math.Abs), row["vibration_peak"]);
            Assert.Equal(Moment(4) / Math.Pow(Moment(2), 2), row["vibration_kurtosis"], 6);
            Assert.Equal(Moment(3) / Math.Pow(Moment(2), 1.5), row["vibration_skewness"], 6);
        }));

    [Fact]
    public void A_gap_begins_a_burst_anew()
    {
        var probe = Run(new() { Of = "vibration", Burst = 8, Compute = [BurstFeature.Mean] }, 1, At(0, 1, 2), At(4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 11, 11.8));

        Assert.Equal(["m@4.5: vibration_mean=1"], probe.Lines);
        Assert.Equal(["incomplete 3"], probe.Drops);
    }

    [Fact]
    public void A_missing_infinite_or_bad_reading_spoils_its_burst_and_an_uncertain_one_doubts_it()
    {
        var probe = Run(new() { Of = "vibration", Burst = 8, Compute = [BurstFeature.Peak] }, 1, At(0, 1, 2), [Some.Reading("m", "vibration", 3, null)], At(4, 5), [Some.Reading("m", "vibration", 6, double.NegativeInfinity), Some.Reading("m", "vibration", 7, 1.0, Quality.Bad)],
            At(8, 9, 10, 11), [Some.Reading("m", "vibration", 12, 5.0, Quality.Uncertain)], At(13, 14, 15));

        Assert.Equal(["m@8: vibration_peak=5 uncertain"], probe.Lines);
        Assert.Equal(["spoiled 8"], probe.Drops);
    }

    [Fact]
    public void Readings_that_come_at_another_rate_than_declared_make_no_row()
    {
        var probe = Run(new() { Of = "vibration", Burst = 8 }, 2, At([.. Enumerable.Range(0, 16).Select(i => 0.6 * i)]));

        Assert.Empty(probe.Lines);
        Assert.Equal(["off_rate 16"], probe.Drops);
        Assert.Equal(["is given 'vibration' at other than the 2/s that are declared, and drops such bursts: their frequencies would be wrong"], probe.Step.Books.Notices);
    }

    [Fact]
    public void What_comes_late_or_twice_or_is_another_signal_is_dropped_by_its_reason()
    {
        var probe = Run(new() { Of = "vibration", Burst = 8 }, 1, At(0, 1, 2, 1), [Some.Reading("m", "vibration", 2, 7.0)], At(2), [Some.Reading("m", "temp", 2, 7.0)]);

        Assert.Equal(["not_computed 1", "late 1", "duplicate 1", "conflict 1", "incomplete 3"], probe.Drops);
    }

    [Fact]
    public void A_burst_of_one_value_has_no_shape()
    {
        var row = RowOf(new double[16], new FeaturesOptions { Of = "vibration", Burst = 16, Bands = Bands("0..512 Hz") });

        Assert.Equal([0, 0, double.NaN, double.NaN, double.NaN, 0], row.Values);
    }

    [Fact]
    public void Columns_have_the_units_that_follow_from_the_signals()
    {
        var probe = new Plant(Some.Signal("oil", "degC") with { PerSecond = 1 }).Start(new FeaturesOptions { Of = "oil", Burst = 8, Compute = Enum.GetValues<BurstFeature>(), Bands = Bands("0..0.5 Hz") });

        Assert.Equal(["oil_mean degC", "oil_std K", "oil_rms degC", "oil_peak degC", "oil_peak_to_peak K", "oil_crest_factor ", "oil_kurtosis ", "oil_skewness ", "oil_band_0 "], probe.Step.Output.Columns.Select(c => $"{c.Name} {c.Unit}"));
    }

    [Fact]
    public void Lines_of_25600_readings_a_second_are_exact()
    {
        var rate = Rate_("25600/s");

        Assert.Equal(25_600, rate.PerSecond);
        Assert.NotEqual(25_600, 1 / rate.Period.TotalSeconds, 0.001); // 39.0625 us are not whole 100 ns
    }

    [Fact]
    public void A_text_has_no_features() => Assert.Equal(["'state' is text and has no features; name a signal that is a number"],
        new Plant(Some.Signal("state", kind: Kind.Text)).Faults(new FeaturesOptions { Of = "state", Burst = 8 }));

    [Theory]
    [InlineData("10..1000 Hz", 10, 1000)]
    [InlineData("2..5 kHz", 2000, 5000)]
    [InlineData(" 500 Hz .. 2 kHz", 500, 2000)]
    [InlineData("1200..1800 rpm", 20, 30)]
    [InlineData("0..0.5/s", 0, 0.5)]
    public void A_band_is_read_in_the_unit_behind_it(string text, double low, double high)
    {
        Assert.True(Band.TryParse(text, out var band, out _));

        Assert.Equal((low, high), (band.Low, band.High));
    }

    [Theory]
    [InlineData("10 Hz", "'10 Hz' is no band; write it like 10..1000 Hz")]
    [InlineData("10..1000", "'10..1000' does not say in what unit; write 10..1000 Hz")]
    [InlineData("10 Hz..1000", "'10 Hz..1000' does not say in what unit; write 10 Hz..1000 Hz")]
    [InlineData("10..1000 bar", "'10..1000 bar' is no band of frequencies; write it in Hz, kHz or rpm")]
    [InlineData("10 mm..1000 Hz", "'10 mm..1000 Hz' is no band of frequencies; write it in Hz, kHz or rpm")]
    [InlineData("1000..10 Hz", "the band 1000..10 Hz begins above its end; swap the two")]
    [InlineData("2..300 Hz..1", "'Hz..1' is no unit; write it like degC, bar or m3/h")]
    [InlineData("10..10 Hz", "the band 10..10 Hz has no width; write two different frequencies")]
    [InlineData("-10..10 Hz", "the band -10..10 Hz begins below 0 Hz; begin it at 0 Hz")]
    public void What_is_no_band_is_told(string text, string wrong)
    {
        Assert.False(Band.TryParse(text, out _, out var told));

        Assert.Equal(wrong, told.ToString());
    }

    static Arbitrary<double[]> Waves => Gen.Elements(8, 16, 64, 128).SelectMany(length => Gen.Choose(-1000, 1000).Select(v => v / 8.0).ArrayOf(length)).Where(w => w.Distinct().Count() > 1).ToArbitrary();

    static Dictionary<string, Band> Bands(params string[] texts) =>
        texts.Index().ToDictionary(t => $"{t.Index}", t => Band.TryParse(t.Item, out var band, out var wrong) ? band : throw new ArgumentException(wrong.ToString()));

    static Dictionary<string, double> RowOf(double[] wave, FeaturesOptions options)
    {
        var probe = Run(options, Rate, wave.Select((v, i) => Some.Reading("m", "vibration", i / Rate, v)));
        var batch = Assert.Single(probe.Batches);
        Assert.Equal(1, batch.Count);
        return batch.Schema.Columns.Index().ToDictionary(c => c.Item.Name, c => batch.Column(c.Index)[0]);
    }

    static Rate Rate_(string text) => StreamEdge.Rate.TryParse(text, out var rate, out _) ? rate : throw new ArgumentException(text);

    /// <summary>Readings of 1 at these seconds.</summary>
    static IReadOnlyList<Row> At(params double[] times) => [.. times.Select(t => Some.Reading("m", "vibration", t, 1.0))];

    static Probe Run(FeaturesOptions options, double perSecond, params IEnumerable<Row>[] rows)
    {
        var plant = new Plant(Some.Signal("vibration", "mm/s") with { PerSecond = perSecond }, Some.Signal("temp"));
        var probe = plant.Start(options);
        probe.Process(plant.Batch([.. rows.SelectMany(r => r)]));
        probe.Finish();
        return probe;
    }
}
