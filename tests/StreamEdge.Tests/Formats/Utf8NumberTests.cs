using System.Globalization;
using System.Text;

namespace StreamEdge;

public class Utf8NumberTests
{
    [Fact]
    public void Every_number_is_the_double_that_the_runtime_reads()
    {
        var random = new Random(7);
        for (var round = 0; round < 200_000; round++)
        {
            var text = (round % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
                1 => (random.NextDouble() * Math.Pow(10, random.Next(-3, 8))).ToString($"F{random.Next(12)}", CultureInfo.InvariantCulture),
                2 => $"{random.NextInt64(1L << random.Next(1, 63))}e{random.Next(-40, 40)}",
                _ => Digits(random),
            };
            var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            var read = Utf8Number.TryRead(Encoding.UTF8.GetBytes(text), out double value);

            Assert.True(read == double.IsFinite(expected), text);
            if (read) Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), $"{text}: {value:R}, not {expected:R}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("e5")]
    [InlineData("--1")]
    [InlineData("1 2")]
    [InlineData(" 1")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("12a")]
    [InlineData("١")]
    public void What_is_no_number_is_refused(string text) => Assert.False(Utf8Number.TryRead(Encoding.UTF8.GetBytes(text), out double _));

    [Theory]
    [InlineData("+1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("-0", -0.0)]
    [InlineData("007", 7)]
    [InlineData("1E3", 1000)]
    [InlineData("0e999999999999", 0)]
    [InlineData("1e-999999999999", 0)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("0.1000000000000000055511151231257827", 0.1)]
    public void A_number_may_be_written_in_many_ways(string text, double expected)
    {
        Assert.True(Utf8Number.TryRead(Encoding.UTF8.GetBytes(text), out double value));

        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("-0.5e-3", true)]
    [InlineData("0", true)]
    [InlineData("01", false)]
    [InlineData("+1", false)]
    [InlineData(".5", false)]
    [InlineData("5.", false)]
    [InlineData("5.e1", false)]
    [InlineData("-01", false)]
    public void It_tells_what_JSON_would_refuse(string text, bool json)
    {
        Assert.Equal(text.Length, Utf8Number.Scan(Encoding.UTF8.GetBytes(text), out _, out var strict));

        Assert.Equal(json, strict);
    }

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775807", -long.MaxValue)]
    [InlineData("9007199254740993", 9007199254740993)]
    [InlineData("+12", 12)]
    [InlineData("42.0", 42)]
    [InlineData("4.2e1", 42)]
    [InlineData("0000000000000000000000012", 12)]
    [InlineData("9007199254740993.000", 9007199254740993)]
    public void A_whole_number_is_exact(string text, long expected)
    {
        Assert.True(Utf8Number.TryRead(Encoding.UTF8.GetBytes(text), out long value));

        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775808")] // means "missing"
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("1e300")]
    [InlineData("")]
    [InlineData("x")]
    public void What_is_no_whole_number_is_refused(string text) => Assert.False(Utf8Number.TryRead(Encoding.UTF8.GetBytes(text), out long _));

    static string Digits(Random random)
    {
        var text = new StringBuilder(random.Next(2) == 0 ? "-" : "");
        for (var left = random.Next(1, 25); left > 0; left--) text.Append((char)('0' + random.Next(10)));
        if (random.Next(2) == 0) text.Append('.');
        if (text[^1] == '.')
            for (var left = random.Next(25); left > 0; left--) text.Append((char)('0' + random.Next(10)));
        return text.ToString();
    }
}
