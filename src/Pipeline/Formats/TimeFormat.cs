using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>What became of a text that should be an instant.</summary>
public enum TimeReading
{
    /// <summary>It was read.</summary>
    Good,

    /// <summary>It is no instant of this format; counted as <c>bad_time</c>.</summary>
    Bad,

    /// <summary>It is an instant before 1678 or after 2262; counted as <c>out_of_time_range</c>.</summary>
    OutOfRange,
}

/// <summary>
/// Reads instants from UTF-8 text as <c>time.format</c> says: <c>auto</c>, <c>s</c>, <c>ms</c>, <c>us</c>, <c>ns</c> or
/// a pattern. Without a zone an instant is UTC. Keeps the last day it met, so one belongs to one source.
/// </summary>
public sealed class TimeFormat
{
    const int MostOffsetHours = 14;

    // What a number of this size and more is in, where the format is auto: seconds reach to the year 5138, milliseconds
    // begin in 1973, microseconds too.
    const ulong Milliseconds = 100_000_000_000, Microseconds = 1000 * Milliseconds, Nanos = 1000 * Microseconds;

    readonly TimePattern? _pattern;
    readonly long _unit; // nanoseconds of 1; 0 for auto
    ulong _day; // the last date, eight of its letters and the last two
    ushort _dayEnd;
    long _daySeconds = long.MinValue;

    TimeFormat(long unit, TimePattern? pattern) => (_unit, _pattern) = (unit, pattern);

    /// <summary>Makes the reader of a format; says what is wrong with one that does not exist.</summary>
    public static bool TryCreate(string format, [MaybeNullWhen(false)] out TimeFormat reader, out Wrong wrong)
    {
        (reader, wrong) = (null, default);
        var unit = format switch { "auto" => 0, "s" => Nanoseconds.Second, "ms" => 1_000_000, "us" => 1000, "ns" => 1, _ => -1 };
        TimePattern? pattern = null;
        if (unit < 0 && !TimePattern.TryCreate(format, out pattern, out wrong)) return false;
        reader = new(unit, pattern);
        return true;
    }

    /// <summary>Reads an instant as Unix nanoseconds. Blanks around it are ignored.</summary>
    public TimeReading Read(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text.Length == 0) return TimeReading.Bad;
        if (text[0] == (byte)' ' || text[^1] == (byte)' ') text = text.Trim((byte)' ');
        if (_pattern is not null) return _pattern.Read(text, out nanoseconds);
        if (_unit > 0) return ReadUnix(text, _unit, out nanoseconds);
        return text.Length >= 10 && text[4] == (byte)'-' && text[7] == (byte)'-'
            ? ReadIso(text, out nanoseconds)
            : ReadUnix(text, 0, out nanoseconds);
    }

    /// <summary>Whether whole numbers are instants in this format, so that one that was read already need not be read again.</summary>
    public bool TakesNumbers => _pattern is null;

    /// <summary>The instant that a whole Unix number stands for. Only where the format <see cref="TakesNumbers"/>.</summary>
    public TimeReading Read(long number, out long nanoseconds)
    {
        var unit = _unit > 0 ? _unit : UnitOf((ulong)Math.Abs(number));
        return Within((Int128)number * unit, out nanoseconds);
    }

    /// <summary>The instant of a date, a time of day and what follows the full second.</summary>
    internal static TimeReading Compose(long seconds, long fraction, out long nanoseconds)
    {
        const long safe = long.MaxValue / Nanoseconds.Second;
        if (seconds is > -safe and < safe)
        {
            nanoseconds = seconds * Nanoseconds.Second + fraction;
            return TimeReading.Good;
        }

        return Within((Int128)seconds * Nanoseconds.Second + fraction, out nanoseconds);
    }

    /// <summary>The seconds from 1970 to the beginning of a day; null where the calendar has no such day.</summary>
    internal static long? Day(int year, int month, int day)
    {
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        return (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
    }

    /// <summary>Two digits; a large number where they are none.</summary>
    internal static int Two(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        return tens <= 9 && ones <= 9 ? (int)(tens * 10 + ones) : 1000;
    }

    /// <summary>Reads a zone, <c>Z</c>, <c>+01:00</c>, <c>+0100</c> or <c>+01</c>, that takes up the whole text.</summary>
    internal static bool TryReadZone(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length == 1) return text[0] is (byte)'Z' or (byte)'z';
        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-')) return false;
        if (text.Length == 6 && text[3] != (byte)':') return false;
        var hours = Two(text, 1);
        var minutes = text.Length == 3 ? 0 : Two(text, text.Length - 2);
        if (hours > MostOffsetHours || minutes > 59) return false;
        seconds = (hours * 60 + minutes) * 60;
        if (text[0] == (byte)'-') seconds = -seconds;
        return true;
    }

    static TimeReading Within(Int128 exact, out long nanoseconds)
    {
        var within = exact >= Nanoseconds.Min && exact <= Nanoseconds.Max;
        nanoseconds = within ? (long)exact : 0;
        return within ? TimeReading.Good : TimeReading.OutOfRange;
    }

    // yyyy-MM-dd, then T or a blank and HH:mm, then :ss, then up to nine decimals (further ones are cut), then a zone.
    TimeReading ReadIso(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var (day, dayEnd) = (MemoryMarshal.Read<ulong>(text), MemoryMarshal.Read<ushort>(text[8..]));
        if (day != _day || dayEnd != _dayEnd || _daySeconds == long.MinValue)
        {
            var (century, year) = (Two(text, 0), Two(text, 2));
            if (century > 99 || year > 99 || Day(century * 100 + year, Two(text, 5), Two(text, 8)) is not { } seconds) return TimeReading.Bad;
            (_day, _dayEnd, _daySeconds) = (day, dayEnd, seconds);
        }

        var at = 10;
        var second = 0;
        var fraction = 0L;
        var offset = 0;
        if (text.Length > at)
        {
            if (text.Length < 16 || text[10] is not ((byte)'T' or (byte)' ' or (byte)'t') || text[13] != (byte)':') return TimeReading.Bad;
            var (hour, minute) = (Two(text, 11), Two(text, 14));
            at = 16;
            if (text.Length >= 19 && text[16] == (byte)':')
            {
                second = Two(text, 17);
                at = 19;
                if (text.Length > at && text[at] is (byte)'.' or (byte)',' && !TryReadFraction(text, ref at, out fraction)) return TimeReading.Bad;
            }

            if (hour > 23 || minute > 59 || second > 59) return TimeReading.Bad;
            second += (hour * 60 + minute) * 60;
            if (text.Length > at)
            {
                if (text[at] == (byte)' ') at++;
                if (!TryReadZone(text[at..], out offset)) return TimeReading.Bad;
            }
        }

        return Compose(_daySeconds + second - offset, fraction, out nanoseconds);
    }

    static bool TryReadFraction(ReadOnlySpan<byte> text, ref int at, out long fraction)
    {
        fraction = 0;
        var from = ++at;
        var weight = Nanoseconds.Second / 10;
        for (; at < text.Length && (uint)(text[at] - '0') is var digit and <= 9; at++)
        {
            fraction += digit * weight;
            weight /= 10;
        }

        return at > from;
    }

    static TimeReading ReadUnix(ReadOnlySpan<byte> text, long unit, out long nanoseconds)
    {
        nanoseconds = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        var from = negative || text.Length > 0 && text[0] == (byte)'+' ? 1 : 0;
        var at = from;
        var whole = 0UL;
        for (; at < text.Length && at - from < 19 && (uint)(text[at] - '0') is var digit and <= 9; at++) whole = whole * 10 + digit;
        if (at == from) return TimeReading.Bad;
        if (unit == 0) unit = UnitOf(whole);
        if (at == text.Length && !negative && Math.BigMul(whole, (ulong)unit, out var low) == 0 && low <= Nanoseconds.Max)
        {
            nanoseconds = (long)low;
            return TimeReading.Good;
        }

        var fraction = 0L;
        if (at < text.Length && text[at] == (byte)'.' && !TryReadFraction(text, ref at, out fraction)) return TimeReading.Bad;
        if (at < text.Length) return ReadLong(text, unit, out nanoseconds);
        var exact = (Int128)whole * unit + (Int128)fraction * unit / Nanoseconds.Second;
        return Within(negative ? -exact : exact, out nanoseconds);
    }

    /// <summary>A Unix number with an exponent, as some programs write it, or of more than 19 digits.</summary>
    static TimeReading ReadLong(ReadOnlySpan<byte> text, long unit, out long nanoseconds)
    {
        nanoseconds = 0;
        if (!Utf8Number.TryRead(text, out double _)) return TimeReading.Bad;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) || Math.Abs(exact) >= Nanoseconds.Max) return TimeReading.OutOfRange;
        return Within((Int128)(exact * unit), out nanoseconds);
    }

    static long UnitOf(ulong number) => number switch
    {
        < Milliseconds => Nanoseconds.Second,
        < Microseconds => 1_000_000,
        < Nanos => 1000,
        _ => 1,
    };
}
