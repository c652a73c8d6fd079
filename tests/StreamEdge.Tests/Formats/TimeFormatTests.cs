using System.Globalization;
using System.Text;

namespace StreamEdge;

public class TimeFormatTests
{
    [Theory]
    [InlineData("2026-01-01T06:30:00Z", "2026-01-01T06:30:00Z")]
    [InlineData("2026-01-01 06:30:00", "2026-01-01T06:30:00Z")]
    [InlineData("2026-01-01t06:30:00z", "2026-01-01T06:30:00Z")]
    [InlineData("2026-01-01T06:30", "2026-01-01T06:30:00Z")]
    [InlineData("2026-01-01", "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T06:30:00.5", "2026-01-01T06:30:00.5Z")]
    [InlineData("2026-01-01T06:30:00,123456789", "2026-01-01T06:30:00.123456789Z")]
    [InlineData("2026-01-01T06:30:00.1234567899", "2026-01-01T06:30:00.123456789Z")]
    [InlineData("2026-01-01T06:30:00+01:00", "2026-01-01T05:30:00Z")]
    [InlineData("2026-01-01T06:30:00.25-0530", "2026-01-01T12:00:00.25Z")]
    [InlineData("2026-01-01 06:30:00 +01", "2026-01-01T05:30:00Z")]
    [InlineData("  2026-01-01 06:30:00 ", "2026-01-01T06:30:00Z")]
    [InlineData("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z")]
    [InlineData("2024-02-29 00:00:00", "2024-02-29T00:00:00Z")]
    [InlineData("1767225600", "2026-01-01T00:00:00Z")]
    [InlineData("1767225600.25", "2026-01-01T00:00:00.25Z")]
    [InlineData("1767225600000", "2026-01-01T00:00:00Z")]
    [InlineData("1767225600123.5", "2026-01-01T00:00:00.1235Z")]
    [InlineData("1767225600000001", "2026-01-01T00:00:00.000001Z")]
    [InlineData("1767225600000000001", "2026-01-01T00:00:00.000000001Z")]
    [InlineData("1.7672256e9", "2026-01-01T00:00:00Z")]
    [InlineData("-1.5", "1969-12-31T23:59:58.5Z")]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    public void Auto_reads_what_programs_write(string text, string expected) => Assert.Equal((TimeReading.Good, expected), Read("auto", text));

    [Theory]
    [InlineData("s", "12", "1970-01-01T00:00:12Z")]
    [InlineData("ms", "12", "1970-01-01T00:00:00.012Z")]
    [InlineData("us", "12.5", "1970-01-01T00:00:00.0000125Z")]
    [InlineData("ns", "1767225600000000001", "2026-01-01T00:00:00.000000001Z")]
    [InlineData("d/M/yyyy HH:mm:ss", "10/03/2004 18:00:00", "2004-03-10T18:00:00Z")]
    [InlineData("d/M/yyyy H.mm.ss", "1/12/2004 8.05.09", "2004-12-01T08:05:09Z")]
    [InlineData("dd/MM/yyyy HH:mm:ss", "1/3/2004 8:05:09", "2004-03-01T08:05:09Z")]
    [InlineData("yyyyMMddHHmmssfff", "20260101063000250", "2026-01-01T06:30:00.25Z")]
    [InlineData("MM/dd/yy hh:mm tt", "01/02/69 12:30 AM", "2069-01-02T00:30:00Z")]
    [InlineData("MM/dd/yy h:mm tt", "01/02/70 12:30 pm", "1970-01-02T12:30:00Z")]
    [InlineData("dd-MMM-yyyy", "05-FEB-2026", "2026-02-05T00:00:00Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:sszzz", "2026-01-01T00:00:00-02:00", "2026-01-01T02:00:00Z")]
    public void A_format_reads_what_it_describes(string format, string text, string expected) => Assert.Equal((TimeReading.Good, expected), Read(format, text));

    [Theory]
    [InlineData("auto", "")]
    [InlineData("auto", "yesterday")]
    [InlineData("auto", "2026-02-30")]
    [InlineData("auto", "2026-13-01 00:00:00")]
    [InlineData("auto", "2026-01-01 24:00:00")]
    [InlineData("auto", "2026-01-01 00:60:00")]
    [InlineData("auto", "2026-01-01 00:00:60")]
    [InlineData("auto", "2026-01-01 00:00:00.")]
    [InlineData("auto", "2026-01-01 00:00:00 CET")]
    [InlineData("auto", "2026-01-01 00:00:00+15:00")]
    [InlineData("auto", "2026-01-01_00:00:00")]
    [InlineData("auto", "2O26-01-01 00:00:00")]
    [InlineData("auto", "0000-01-01")]
    [InlineData("auto", "12:30:00")]
    [InlineData("auto", "1767225600Z")]
    [InlineData("auto", "-")]
    [InlineData("auto", "1e")]
    [InlineData("auto", "1.")]
    [InlineData("d/M/yyyy", "10/03/2004 ")]
    [InlineData("d/M/yyyy ", "10/03/2004")]
    [InlineData("d/M/yyyy", "10-03-2004")]
    [InlineData("d/M/yyyy", "/03/2004")]
    [InlineData("ddMMyyyy", "1032004")]
    [InlineData("dd-MMM-yyyy", "05-Foo-2026")]
    [InlineData("dd-MMM-yyyy", "05-Fe")]
    [InlineData("MM/dd/yy h:mm tt", "01/02/70 13:30 pm")]
    [InlineData("MM/dd/yy h:mm tt", "01/02/70 1:30 xm")]
    public void What_is_no_instant_is_bad(string format, string text)
    {
        // A trailing blank belongs to no time, so only the pattern that asks for one may refuse it.
        if (format == "d/M/yyyy" && text.EndsWith(' ')) Assert.Equal(TimeReading.Good, Read(format, text).Reading);
        else Assert.Equal((TimeReading.Bad, ""), Read(format, text));
    }

    [Theory]
    [InlineData("auto", "1677-01-01")]
    [InlineData("auto", "2263-01-01T00:00:00Z")]
    [InlineData("auto", "9999-12-31T23:59:59Z")]
    [InlineData("s", "9999999999999")]
    [InlineData("s", "1e30")]
    [InlineData("ns", "9223372036854775807")]
    [InlineData("ns", "-9223372036854775807")]
    [InlineData("d/M/yyyy", "1/1/0001")]
    public void What_lies_outside_1678_to_2262_is_told_apart(string format, string text) => Assert.Equal((TimeReading.OutOfRange, ""), Read(format, text));

    [Theory]
    [InlineData("9223372036854775806")]
    [InlineData("-9223372036854775806")]
    public void The_last_nanosecond_counts(string text)
    {
        TimeFormat.TryCreate("ns", out var format, out _);

        Assert.Equal(TimeReading.Good, format!.Read(Encoding.UTF8.GetBytes(text), out var nanoseconds));
        Assert.Equal(long.Parse(text), nanoseconds);
    }

    [Fact]
    public void Any_instant_reads_as_the_runtime_reads_it()
    {
        var random = new Random(3);
        TimeFormat.TryCreate("auto", out var auto, out _);
        TimeFormat.TryCreate("d/M/yy H:m:s", out var pattern, out _);
        for (var round = 0; round < 50_000; round++)
        {
            var instant = new DateTimeOffset(random.NextInt64(new DateTime(1700, 1, 1).Ticks, new DateTime(2250, 1, 1).Ticks), TimeSpan.Zero);
            Assert.Equal(TimeReading.Good, auto!.Read(Encoding.UTF8.GetBytes(instant.ToString("yyyy-MM-dd HH:mm:ss.fffffff")), out var read));
            Assert.Equal(Nanoseconds.Of(instant), read);

            var recent = new DateTimeOffset(random.NextInt64(new DateTime(1970, 1, 1).Ticks, new DateTime(2070, 1, 1).Ticks) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
            Assert.Equal(TimeReading.Good, pattern!.Read(Encoding.UTF8.GetBytes(recent.ToString("d/M/yy H:m:s", CultureInfo.InvariantCulture)), out read));
            Assert.Equal(Nanoseconds.Of(recent), read);
        }
    }

    [Theory]
    [InlineData("HH:mm:ss", "the time format 'HH:mm:ss' has no year; write auto, s, ms, us, ns or a pattern such as 'yyyy-MM-dd HH:mm:ss'")]
    [InlineData("yyyy-MM-dd Q", "the time format 'yyyy-MM-dd Q' has 'Q', which means nothing; its letters are yyyy MM dd HH mm ss fff tt z; put others in quotes")]
    [InlineData("yyyy-MM-dd 'T", "the time format 'yyyy-MM-dd 'T' has an open quote; close it")]
    [InlineData("yyyy-MM-dd hh:mm", "the time format 'yyyy-MM-dd hh:mm' does not tell morning from evening; write HH for 24 hours, or hh with tt for AM and PM")]
    [InlineData("dd.mm.yyyy HH:MM:ss", "the time format 'dd.mm.yyyy HH:MM:ss' has minutes where the month stands, and the month among the hours; MM is the month, mm the minute: dd.MM.yyyy HH:mm:ss")]
    [InlineData("yyyy-MM-dd dd", "the time format 'yyyy-MM-dd dd' has 'd' twice; name each part once")]
    [InlineData("iso8601", "there is no time format 'iso8601'; write auto")]
    public void A_wrong_format_says_what_to_write(string format, string expected)
    {
        Assert.False(TimeFormat.TryCreate(format, out _, out var wrong));

        Assert.Equal(expected, wrong.ToString());
    }

    static (TimeReading Reading, string Instant) Read(string format, string text)
    {
        Assert.True(TimeFormat.TryCreate(format, out var reader, out _));
        var reading = reader.Read(Encoding.UTF8.GetBytes(text), out var nanoseconds);
        return (reading, reading == TimeReading.Good ? new Instant(nanoseconds).ToString() : "");
    }
}
