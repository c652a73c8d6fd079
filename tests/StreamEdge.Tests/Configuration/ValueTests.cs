namespace StreamEdge;

/// <summary>The values an option can have: what is read, how it is written back, what is said of a mistake.</summary>
public class ValueTests
{
    [Theory]
    [InlineData("5s", 50_000_000, "5s")]
    [InlineData("20ms", 200_000, "20ms")]
    [InlineData("250us", 2_500, "250us")]
    [InlineData("250µs", 2_500, "250us")]
    [InlineData("1m", 600_000_000, "1m")]
    [InlineData("2h", 72_000_000_000, "2h")]
    [InlineData("7d", 6_048_000_000_000, "7d")]
    [InlineData("1m30s", 900_000_000, "1m30s")]
    [InlineData("90s", 900_000_000, "1m30s")]
    [InlineData("24h", 864_000_000_000, "1d")]
    [InlineData("1.5s", 15_000_000, "1s500ms")]
    [InlineData("0s", 0, "0s")]
    [InlineData("0.1us", 1, "0.1us")]
    public void Reads_a_duration(string text, long ticks, string written)
    {
        Assert.True(Duration.TryParse(text, out var value, out _));
        Assert.Equal((ticks, written), (value.Ticks, Duration.Text(value)));
    }

    [Theory]
    [InlineData("5", "'5' has no unit; write 5s")]
    [InlineData("0", "'0' has no unit; write 0s")]
    [InlineData("0.5", "'0.5' has no unit; write 0.5s")]
    [InlineData("5 s", "'5 s' is no duration; write 5s")]
    [InlineData("5 seconds", "'5 seconds' is no duration; write 5s")]
    [InlineData("5min", "'5min' is no duration; write 5m")]
    [InlineData("20 millis", "'20 millis' is no duration; write 20ms")]
    [InlineData("2H", "'2H' is no duration; write 2h")]
    [InlineData("-5s", "'-5s' is no duration; write it without the sign")]
    [InlineData("soon", "'soon' is no duration; write it like 20ms, 5s, 1m30s, 2h or 7d")]
    [InlineData("12:30:45", "'12:30:45' is no duration; write it like 20ms, 5s, 1m30s, 2h or 7d")]
    [InlineData("30s1m", "the parts of '30s1m' are out of order; write long units first, each once, like 1m30s")]
    [InlineData("0.01us", "'0.01us' is finer than 100 nanoseconds; round it")]
    [InlineData("99999999999d", "'99999999999d' is longer than any duration; write 10000000d or less")]
    [InlineData("99999999999999999999999999999999999999d", "'99999999999999999999999999999999999999d' is longer than any duration; write 10000000d or less")]
    public void Refuses_a_duration(string text, string wrong)
    {
        Assert.False(Duration.TryParse(text, out _, out var said));
        Assert.Equal(wrong, said.ToString());
    }

    [Theory]
    [InlineData("512MB", 512_000_000, "512MB")]
    [InlineData("64KiB", 65_536, "64KiB")]
    [InlineData("1.5GB", 1_500_000_000, "1500MB")]
    [InlineData("1KB", 1_000, "1kB")]
    [InlineData("2 GiB", 2_147_483_648, "2GiB")]
    [InlineData("0B", 0, "0B")]
    [InlineData("1B", 1, "1B")]
    public void Reads_a_size(string text, long bytes, string written) => Reads<ByteSize>(text, new(bytes), written);

    [Theory]
    [InlineData("512", "'512' has no unit; write 512MB")]
    [InlineData("512mb", "'mb' is no unit of size; write 512MB")]
    [InlineData("512M", "'M' is no unit of size; write 512MB")]
    [InlineData("5apples", "'apples' is no unit of size; write B, kB, MB, GB, TB, KiB, MiB, GiB or TiB")]
    [InlineData("-1MB", "'-1MB' is less than nothing; write it without the sign")]
    [InlineData("0.5B", "'0.5B' is not a whole number of bytes; round it")]
    [InlineData("99999999TB", "'99999999TB' is larger than any disk; write 8000000TB or less")]
    [InlineData("1e300TB", "'1e300TB' is larger than any disk; write 8000000TB or less")]
    [InlineData("much", "'much' is no size; write it like 64KiB, 512MB or 2GB")]
    public void Refuses_a_size(string text, string wrong) => Refuses<ByteSize>(text, wrong);

    [Theory]
    [InlineData("80%", 0.8, "80%")]
    [InlineData("7%", 0.07, "7%")]
    [InlineData("99.5 %", 0.995, "99.5%")]
    [InlineData("0%", 0, "0%")]
    [InlineData("100%", 1, "100%")]
    public void Reads_a_share(string text, double fraction, string written) => Reads<Percent>(text, new(fraction), written);

    [Theory]
    [InlineData("0.8", "'0.8' has no percent sign; write 80%")]
    [InlineData("80", "'80' has no percent sign; write 80%")]
    [InlineData("120%", "'120%' is no share of a whole; write 0% to 100%")]
    [InlineData("half", "'half' is no share; write it like 80%")]
    public void Refuses_a_share(string text, string wrong) => Refuses<Percent>(text, wrong);

    [Theory]
    [InlineData("2 windows", 2, "window", "2 windows")]
    [InlineData("1 window", 1, "window", "1 window")]
    [InlineData("3rows", 3, "row", "3 rows")]
    [InlineData("10 readings", 10, "reading", "10 readings")]
    public void Reads_a_count(string text, int count, string of, string written) => Reads<Occurrences>(text, new(count, of), written);

    [Theory]
    [InlineData("2", "'2' does not say of what; write 2 windows, 2 rows or 2 readings")]
    [InlineData("2 windos", "'windos' cannot be counted here; did you mean 'windows'?")]
    [InlineData("2 apples", "'apples' cannot be counted here; write windows, rows or readings")]
    [InlineData("0 rows", "'0 rows' is less than one; write 1 row or more")]
    [InlineData("1.5 rows", "'1.5' is no whole number; write 2")]
    [InlineData("twice", "'twice' is no count; write it like 2 windows or 3 rows")]
    public void Refuses_a_count(string text, string wrong) => Refuses<Occurrences>(text, wrong);

    [Theory]
    [InlineData("1/s", 10_000_000, "1/s")]
    [InlineData("10/min", 60_000_000, "10/min")]
    [InlineData("10 / min", 60_000_000, "10/min")]
    [InlineData("360 Hz", 27_778, "360 Hz")]
    [InlineData("25.6kHz", 391, "25.6 kHz")]
    [InlineData("6/h", 6_000_000_000, "6/h")]
    public void Reads_a_rate(string text, long ticks, string written)
    {
        Assert.True(Rate.TryParse(text, out var value, out _));
        Assert.Equal((ticks, written), (value.Period.Ticks, value.ToString()));
    }

    [Theory]
    [InlineData("1", "'1' does not say in what time; write 1/s")]
    [InlineData("1s", "'1s' is a duration, not a rate; write 1/s")]
    [InlineData("10s", "'10s' is a duration, not a rate; write 6/min")]
    [InlineData("20ms", "'20ms' is a duration, not a rate; write 50/s")]
    [InlineData("5 hz", "'hz' is no unit of a rate; write /s, /min, /h, /d, Hz or kHz")]
    [InlineData("0/s", "'0/s' never happens; write a rate above 0")]
    [InlineData("1e9/s", "'1e9/s' is outside what a gateway can see; write 1e-9/s to 10000000/s")]
    [InlineData("often", "'often' is no rate; write it like 1/s, 10/min or 360 Hz")]
    public void Refuses_a_rate(string text, string wrong) => Refuses<Rate>(text, wrong);

    [Theory]
    [InlineData("[-20, 250]", -20, 250, "[-20, 250]")]
    [InlineData("[ 0.5,1e3 ]", 0.5, 1000, "[0.5, 1000]")]
    public void Reads_a_range(string text, double min, double max, string written) => Reads<Bounds>(text, new(min, max), written);

    [Theory]
    [InlineData("[250, -20]", "the range begins at 250, above its end -20; write [-20, 250]")]
    [InlineData("[5, 5]", "the range holds the one value 5; write two different numbers")]
    [InlineData("[1]", "a range has two numbers, not 1; write it like [-20, 250]")]
    [InlineData("[1, 2, 3]", "a range has two numbers, not 3; write decimals with a point, like [-20.5, 250]")]
    [InlineData("[0, .inf]", "'.inf' is not finite; write numbers alone, like [-20, 250]")]
    [InlineData("0..5", "'0..5' is no range; write it like [-20, 250]")]
    public void Refuses_a_range(string text, string wrong) => Refuses<Bounds>(text, wrong);

    [Theory]
    [InlineData("0.2", 0.2, null, "0.2")]
    [InlineData("15 degC/s", 15, "degC/s", "15 degC/s")]
    [InlineData("15degC/s", 15, "degC/s", "15 degC/s")]
    [InlineData("-5 %", -5, "%", "-5 %")]
    [InlineData("5e3 V", 5000, "V", "5000 V")]
    [InlineData("3 °C", 3, "degC", "3 degC")]
    public void Reads_a_quantity(string text, double number, string? unit, string written)
    {
        Assert.True(Quantity.TryParse(text, out var value, out _));
        Assert.Equal((number, unit, written), (value.Value, value.Unit?.Symbol, value.ToString()));
    }

    [Theory]
    [InlineData("15 degX/s", "'degX/s' is no unit; did you mean 'degC/s'?")]
    [InlineData("1,5", "'1,5' has a decimal comma; write 1.5 with a point")]
    [InlineData("1_000", "'1_000' is no number; write 1000")]
    [InlineData("much", "'much' is no number; write it like 1.5")]
    public void Refuses_a_quantity(string text, string wrong) => Refuses<Quantity>(text, wrong);

    [Fact]
    public void A_quantity_converts_as_a_value_or_as_a_difference()
    {
        Assert.True(Quantity.TryParse("20 degC", out var quantity, out _));
        Assert.True(Unit.TryParse("degF", out var fahrenheit));
        Assert.True(Unit.TryParse("bar", out var bar));

        Assert.True(quantity.TryIn(fahrenheit, out var value));
        Assert.True(quantity.TryDifferenceIn(fahrenheit, out var difference));
        Assert.Equal((68, 36), (value, difference));
        Assert.False(quantity.TryIn(bar, out _));
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z")]
    [InlineData("2026-01-01", 1_767_225_600_000_000_000, "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01 01:30", 1_767_231_000_000_000_000, "2026-01-01T01:30:00Z")]
    [InlineData("2026-01-01T01:00:00+01:00", 1_767_225_600_000_000_000, "2026-01-01T00:00:00Z")]
    [InlineData("2025-12-31T19:00:00-0500", 1_767_225_600_000_000_000, "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T00:00:00.123456789Z", 1_767_225_600_123_456_789, "2026-01-01T00:00:00.123456789Z")]
    [InlineData("1969-12-31T23:59:59.5Z", -500_000_000, "1969-12-31T23:59:59.5Z")]
    [InlineData("2262-04-11T23:47:16.854775807Z", long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Reads_an_instant(string text, long nanoseconds, string written) => Reads<Instant>(text, new(nanoseconds), written);

    [Theory]
    [InlineData("2263-01-01", "'2263-01-01' is outside the years 1678 to 2262")]
    [InlineData("2026-02-30", "'2026-02-30' is no day or time of the calendar; write it like 2026-01-01T06:30:00Z")]
    [InlineData("2026-01-01T25:00:00Z", "'2026-01-01T25:00:00Z' is no day or time of the calendar; write it like 2026-01-01T06:30:00Z")]
    [InlineData("01.02.2026", "'01.02.2026' is no instant; write it like 2026-01-01T06:30:00Z")]
    [InlineData("1767225600", "'1767225600' is no instant; write it like 2026-01-01T06:30:00Z")]
    public void Refuses_an_instant(string text, string wrong) => Refuses<Instant>(text, wrong);

    static void Reads<T>(string text, T expected, string written) where T : IOptionValue<T>
    {
        Assert.True(T.TryParse(text, out var value, out _));
        Assert.Equal(expected, value);
        Assert.Equal(written, value!.ToString());
        Assert.True(T.TryParse(written, out var again, out _));
        Assert.Equal(value, again);
    }

    static void Refuses<T>(string text, string wrong) where T : IOptionValue<T>
    {
        Assert.False(T.TryParse(text, out _, out var said));
        Assert.Equal(wrong, said.ToString());
    }
}
