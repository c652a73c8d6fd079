using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>A moment from 1678 to 2262 to the nanosecond, written 2026-01-01T06:30:00Z; without a zone it is UTC.</summary>
/// <param name="UnixNanoseconds">Nanoseconds since 1970-01-01T00:00:00Z.</param>
public readonly partial record struct Instant(long UnixNanoseconds) : IOptionValue<Instant>, IComparable
{
    const long PerSecond = 1_000_000_000;

    /// <inheritdoc/>
    public static string Noun => "an instant";

    /// <inheritdoc/>
    public static string Example => "2026-01-01T06:30:00Z";

    /// <summary>The moment as .NET keeps it, to 100 nanoseconds.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Floor(UnixNanoseconds, 100));

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Instant value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (Iso.Match(text) is not { Success: true } match) wrong = new($"{Visible.Quote(text)} is no instant", $"write it like {Example}");
        else if (Seconds(match) is not { } seconds) wrong = new($"{Visible.Quote(text)} is no day or time of the calendar", $"write it like {Example}");
        else if ((Int128)seconds * PerSecond + Fraction(match) is var nanoseconds && (nanoseconds > long.MaxValue || nanoseconds < long.MinValue))
            wrong = new($"{Visible.Quote(text)} is outside the years 1678 to 2262");
        else
        {
            value = new((long)nanoseconds);
            return true;
        }
        return false;
    }

    /// <summary>Writes the moment in UTC with as many decimals as it needs.</summary>
    public override string ToString()
    {
        var seconds = Floor(UnixNanoseconds, PerSecond);
        var fraction = UnixNanoseconds - (Int128)seconds * PerSecond;
        var text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return fraction == 0 ? $"{text}Z" : $"{text}.{fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is Instant other ? UnixNanoseconds.CompareTo(other.UnixNanoseconds) : 1;

    static long? Seconds(Match match)
    {
        int Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)) return null;
        if (Part("hour") > 23 || Part("minute") > 59 || Part("second") > 59 || Part("zh") > 14 || Part("zm") > 59) return null;

        var utc = new DateTimeOffset(year, month, day, Part("hour"), Part("minute"), Part("second"), TimeSpan.Zero).ToUnixTimeSeconds();
        var offset = Part("zh") * 3600 + Part("zm") * 60;
        return match.Groups["sign"].Value == "-" ? utc + offset : utc - offset;
    }

    static long Fraction(Match match) =>
        long.Parse(match.Groups["fraction"].Value.PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);

    static long Floor(long value, long divisor) => value / divisor - (value % divisor < 0 ? 1 : 0);

    [GeneratedRegex(@"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})([Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})([.,](?<fraction>[0-9]{1,9}))?)?\s?([Zz]|(?<sign>[+-])(?<zh>[0-9]{2})(:?(?<zm>[0-9]{2}))?)?)?\z")]
    static partial Regex Iso { get; }
}
