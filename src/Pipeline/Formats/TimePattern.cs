using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StreamEdge;

/// <summary>
/// A pattern of <c>time.format</c>, such as <c>d/M/yyyy HH:mm:ss</c>, with the letters of .NET: yyyy yy, M MM MMM
/// (Jan), d dd, H HH, h hh with tt (AM, PM), m mm, s ss, f to fffffffff, z (a zone). Other letters are written in quotes.
/// Where no digit follows, one digit may stand for two: <c>HH:mm</c> reads 8:05 too, since not every program writes the
/// leading zero.
/// </summary>
sealed class TimePattern
{
    const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const int Pivot = 70; // two digits of a year: 70 is 1970, 69 is 2069
    const int LongestPattern = 100;

    readonly List<(char Letter, int Count)> _parts = []; // letter '\0': the literal byte Count

    TimePattern()
    {
    }

    /// <summary>Reads a pattern; says what is wrong with it.</summary>
    public static bool TryCreate(string text, [MaybeNullWhen(false)] out TimePattern pattern, out Wrong wrong)
    {
        pattern = new TimePattern();
        wrong = pattern.Parse(text);
        if (wrong == default) return true;
        pattern = null;
        return false;
    }

    /// <summary>Reads an instant written in this pattern.</summary>
    public TimeReading Read(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var at = 0;
        var (year, month, day, hour, minute, second, fraction, offset, half) = (0, 0, 0, 0, 0, 0, 0L, 0, -1);
        for (var part = 0; part < _parts.Count; part++)
        {
            var (letter, count) = _parts[part];
            var least = part + 1 == _parts.Count || _parts[part + 1].Letter == '\0' ? 1 : count;
            var read = letter switch
            {
                '\0' => at < text.Length && text[at] == count && ++at > 0,
                'y' => Digits(text, ref at, count, count, out year),
                'M' when count == 3 => Month(text, ref at, out month),
                'M' => Digits(text, ref at, least, 2, out month),
                'd' => Digits(text, ref at, least, 2, out day),
                'H' or 'h' => Digits(text, ref at, least, 2, out hour),
                'm' => Digits(text, ref at, least, 2, out minute),
                's' => Digits(text, ref at, least, 2, out second),
                'f' => Fraction(text, ref at, count, out fraction),
                't' => Half(text, ref at, out half),
                _ => Zone(text, ref at, out offset),
            };
            if (!read) return TimeReading.Bad;
            if (letter == 'y' && count == 2) year += year >= Pivot ? 1900 : 2000;
        }

        if (half >= 0)
        {
            if (hour is < 1 or > 12) return TimeReading.Bad;
            hour = hour % 12 + 12 * half;
        }

        if (at < text.Length || hour > 23 || minute > 59 || second > 59) return TimeReading.Bad;
        return TimeFormat.Day(year, month, day) is { } days
            ? TimeFormat.Compose(days + (hour * 60 + minute) * 60 + second - offset, fraction, out nanoseconds)
            : TimeReading.Bad;
    }

    static bool Digits(ReadOnlySpan<byte> text, ref int at, int least, int most, out int value)
    {
        value = 0;
        var from = at;
        for (; at < text.Length && at - from < most && (uint)(text[at] - '0') is var digit and <= 9; at++) value = value * 10 + (int)digit;
        return at - from >= least;
    }

    static bool Fraction(ReadOnlySpan<byte> text, ref int at, int count, out long fraction)
    {
        if (!Digits(text, ref at, count, count, out var digits))
        {
            fraction = 0;
            return false;
        }

        fraction = digits;
        for (; count < 9; count++) fraction *= 10;
        return true;
    }

    static bool Month(ReadOnlySpan<byte> text, ref int at, out int month)
    {
        for (month = 1; month <= 12 && text.Length - at >= 3; month++)
        {
            if (!Ascii.EqualsIgnoreCase(text.Slice(at, 3), Months.AsSpan(3 * month - 3, 3))) continue;
            at += 3;
            return true;
        }

        return false;
    }

    static bool Half(ReadOnlySpan<byte> text, ref int at, out int half)
    {
        half = text.Length - at < 2 || (text[at + 1] | 0x20) != 'm' ? -1 : (text[at] | 0x20) switch { 'a' => 0, 'p' => 1, _ => -1 };
        at += 2;
        return half >= 0;
    }

    // A zone ends where the text ends, or at a blank.
    static bool Zone(ReadOnlySpan<byte> text, ref int at, out int offset)
    {
        var zone = text[at..];
        var blank = zone.IndexOf((byte)' ');
        if (blank >= 0) zone = zone[..blank];
        at += zone.Length;
        return TimeFormat.TryReadZone(zone, out offset);
    }

    Wrong Parse(string text)
    {
        if (text.Length > LongestPattern) return new($"the time format is longer than {LongestPattern} letters");
        for (var at = 0; at < text.Length;)
        {
            var letter = text[at];
            if (letter is '\'' or '"')
            {
                var close = text.IndexOf(letter, at + 1);
                if (close < 0) return new($"the time format {Visible.Quote(text)} has an open quote", "close it");
                Literal(text[(at + 1)..close]);
                at = close + 1;
                continue;
            }

            var count = 1;
            while (at + count < text.Length && text[at + count] == letter) count++;
            if (char.IsAsciiLetter(letter))
            {
                if (!Known(letter, count)) return Unknown(text, new string(letter, count));
                _parts.Add((letter, count));
            }
            else Literal(text.Substring(at, count));
            at += count;
        }

        foreach (var (letter, word) in new[] { ('y', "year"), ('M', "month"), ('d', "day") })
            if (_parts.All(p => p.Letter != letter)) return new($"the time format {Visible.Quote(text)} has no {word}", "write auto, s, ms, us, ns or a pattern such as 'yyyy-MM-dd HH:mm:ss'");
        if (_parts.Any(p => p.Letter == 'h') != _parts.Any(p => p.Letter == 't'))
            return new($"the time format {Visible.Quote(text)} does not tell morning from evening", "write HH for 24 hours, or hh with tt for AM and PM");
        var (month, hour, minute) = (PlaceOf('M'), Math.Max(PlaceOf('H'), PlaceOf('h')), PlaceOf('m'));
        if (hour >= 0 && minute >= 0 && minute < hour && month > hour)
            return new($"the time format {Visible.Quote(text)} has minutes where the month stands, and the month among the hours", "MM is the month, mm the minute: dd.MM.yyyy HH:mm:ss");
        return _parts.GroupBy(p => p.Letter).FirstOrDefault(g => g.Key != '\0' && g.Count() > 1) is { } twice
            ? new($"the time format {Visible.Quote(text)} has '{twice.Key}' twice", "name each part once")
            : default;
    }

    int PlaceOf(char letter) => _parts.FindIndex(p => p.Letter == letter);

    void Literal(string text)
    {
        foreach (var letter in Encoding.UTF8.GetBytes(text)) _parts.Add(('\0', letter));
    }

    static bool Known(char letter, int count) => letter switch
    {
        'y' => count is 2 or 4,
        'M' => count <= 3,
        'd' or 'H' or 'h' or 'm' or 's' => count <= 2,
        'f' => count <= 9,
        't' => count == 2,
        'z' => true,
        _ => false,
    };

    static Wrong Unknown(string text, string letters) => text is "iso" or "iso8601" or "ISO8601" or "rfc3339" or "unix"
        ? new($"there is no time format {Visible.Quote(text)}", "write auto")
        : new($"the time format {Visible.Quote(text)} has '{letters}', which means nothing", "its letters are yyyy MM dd HH mm ss fff tt z; put others in quotes");
}
