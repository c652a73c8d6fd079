using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>Durations as they stand in a file: 250us, 20ms, 5s, 1m30s, 2h, 7d. Never a bare number.</summary>
public static partial class Duration
{
    // From long to short, the order in which a compound duration is written.
    static readonly (string Unit, long Ticks)[] s_units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan value, out Wrong wrong)
    {
        value = default;
        if (Amount.IsBare(text, out var bare))
        {
            wrong = new($"{Visible.Quote(text)} has no unit", $"write {bare}s");
            return false;
        }
        if (Whole.Match(text) is not { Success: true } match)
        {
            wrong = new($"{Visible.Quote(text)} is no duration", text.StartsWith('-') ? "write it without the sign" : Respelled(text) ?? "write it like 20ms, 5s, 1m30s, 2h or 7d");
            return false;
        }

        var ticks = 0m;
        var shorterThan = -1;
        for (var part = 0; part < match.Groups["unit"].Captures.Count; part++)
        {
            var unit = match.Groups["unit"].Captures[part].Value.Replace('µ', 'u').Replace('μ', 'u');
            var index = Array.FindIndex(s_units, known => known.Unit == unit);
            if (index <= shorterThan)
            {
                wrong = new($"the parts of {Visible.Quote(text)} are out of order", "write long units first, each once, like 1m30s");
                return false;
            }
            shorterThan = index;
            // Twelve digits of the longest unit stay within decimal; more overflow a TimeSpan anyway.
            if (!decimal.TryParse(match.Groups["number"].Captures[part].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e12m)
                ticks = decimal.MaxValue;
            else if (ticks < decimal.MaxValue) ticks += number * s_units[index].Ticks;
        }
        return InRange(text, ticks, out value, out wrong);
    }

    /// <summary>Writes a duration so that it reads back the same: 90 seconds are 1m30s.</summary>
    public static string Text(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        if (value == TimeSpan.MaxValue || value == Timeout.InfiniteTimeSpan) return "none";

        var text = new StringBuilder(value < TimeSpan.Zero ? "-" : "");
        var left = (decimal)Math.Abs((decimal)value.Ticks);
        foreach (var (unit, ticks) in s_units)
        {
            var number = unit == "us" ? left / ticks : decimal.Floor(left / ticks);
            if (number == 0) continue;
            text.Append(number.ToString("0.#", CultureInfo.InvariantCulture)).Append(unit);
            left -= number * ticks;
        }
        return text.ToString();
    }

    static bool InRange(string text, decimal ticks, out TimeSpan value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (ticks > long.MaxValue) wrong = new($"{Visible.Quote(text)} is longer than any duration", "write 10000000d or less");
        else if (ticks != decimal.Floor(ticks)) wrong = new($"{Visible.Quote(text)} is finer than 100 nanoseconds", "round it");
        else
        {
            value = new((long)ticks);
            return true;
        }
        return false;
    }

    static string? Respelled(string text)
    {
        if (Spelled.Match(text) is not { Success: true } match) return null;
        var unit = match.Groups["unit"].Value.ToLowerInvariant();
        var known = unit[0] switch
        {
            'm' when unit.StartsWith("mil") || unit.StartsWith("ms") => "ms",
            'm' when unit.StartsWith("mic") => "us",
            'm' when unit is "m" || unit.StartsWith("min") => "m",
            's' => "s",
            'h' => "h",
            'd' => "d",
            _ => null,
        };
        return known is null ? null : $"write {match.Groups["number"].Value}{known}";
    }

    [GeneratedRegex(@"^((?<number>[0-9]+(\.[0-9]+)?)(?<unit>d|h|ms|us|µs|μs|m|s))+\z")]
    static partial Regex Whole { get; }

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)\s*(?<unit>[a-zA-Z]+)\z")]
    static partial Regex Spelled { get; }
}
