using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>How often something happens, written 1/s, 10/min or 360 Hz.</summary>
/// <param name="Count">How many times in the unit of time.</param>
/// <param name="Per">The unit of time: s, min, h, d; or Hz, kHz.</param>
public readonly record struct Rate(double Count, string Per) : IOptionValue<Rate>, IComparable
{
    static readonly (string Per, double Seconds)[] s_units = [("s", 1), ("min", 60), ("h", 3600), ("d", 86400), ("Hz", 1), ("kHz", 1e-3)];

    /// <inheritdoc/>
    public static string Noun => "a rate";

    /// <inheritdoc/>
    public static string Example => "1/s";

    /// <summary>How many times in a second.</summary>
    public double PerSecond => Count / SecondsOf(Per);

    /// <summary>Time from one to the next, rounded to 100 nanoseconds; 360 Hz has no exact one.</summary>
    public TimeSpan Period => TimeSpan.FromTicks((long)Math.Round(SecondsOf(Per) * TimeSpan.TicksPerSecond / Count));

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Rate value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (!Amount.Split(text, out var count, out var digits, out var unit)) wrong = new($"{Visible.Quote(text)} is no rate", "write it like 1/s, 10/min or 360 Hz");
        else if (unit.Length == 0) wrong = new($"{Visible.Quote(text)} does not say in what time", $"write {digits}/s");
        else if (Known(unit) is not { } per)
            wrong = Duration.TryParse(text, out var period, out _) && period > TimeSpan.Zero
                ? new($"{Visible.Quote(text)} is a duration, not a rate", $"write {OneEach(period)}")
                : new($"{Visible.Quote(unit)} is no unit of a rate", "write /s, /min, /h, /d, Hz or kHz");
        else if (count <= 0) wrong = new($"{Visible.Quote(text)} never happens", "write a rate above 0");
        else if (SecondsOf(per) / count is < 1e-7 or > 1e9) wrong = new($"{Visible.Quote(text)} is outside what a gateway can see", "write 1e-9/s to 10000000/s");
        else
        {
            value = new(count, per);
            return true;
        }
        return false;
    }

    /// <summary>Writes "10/min" or "360 Hz".</summary>
    public override string ToString() => Per.EndsWith("Hz", StringComparison.Ordinal) ? $"{Number.Text(Count)} {Per}" : $"{Number.Text(Count)}/{Per}";

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is Rate other ? PerSecond.CompareTo(other.PerSecond) : 1;

    static string? Known(string unit)
    {
        if (unit is "Hz" or "kHz") return unit;
        return unit.Replace(" ", "") switch { "/s" or "/sec" => "s", "/min" or "/m" => "min", "/h" or "/hour" => "h", "/d" or "/day" => "d", _ => null };
    }

    static double SecondsOf(string per) => Array.Find(s_units, unit => unit.Per == per).Seconds;

    static string OneEach(TimeSpan period)
    {
        foreach (var (per, seconds) in s_units)
        {
            var count = seconds / period.TotalSeconds;
            if (count >= 1 && Math.Abs(count - Math.Round(count)) < 1e-9) return $"{Number.Text(Math.Round(count))}/{per}";
        }
        return "it like 6/min";
    }
}
