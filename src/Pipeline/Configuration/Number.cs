using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>Numbers as YAML 1.2 writes them; finite ones only.</summary>
public static partial class Number
{
    const string LikeThis = "write it like 1.5";

    /// <summary>Reads a finite number.</summary>
    public static bool TryParse(string text, out double value, out Wrong wrong)
    {
        (value, wrong) = (0, default);
        if (!Decimal.IsMatch(text)) wrong = NoNumber(text);
        else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value))
            wrong = new($"{Visible.Quote(text)} is larger than any number a computer keeps");
        else return true;
        return false;
    }

    /// <summary>Reads a whole number: decimal, 0x hexadecimal or 0o octal.</summary>
    public static bool TryParse(string text, out long value, out Wrong wrong)
    {
        (value, wrong) = (0, default);
        if (Whole.IsMatch(text))
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
            wrong = new($"{Visible.Quote(text)} is too large", $"write {long.MinValue} to {long.MaxValue}");
        }
        else if (Coded.Match(text) is { Success: true } coded)
        {
            try
            {
                value = Convert.ToInt64(coded.Groups["digits"].Value, text[1] == 'x' ? 16 : 8);
                return true;
            }
            catch (OverflowException)
            {
                wrong = new($"{Visible.Quote(text)} is too large");
            }
        }
        else wrong = TryParse(text, out double number, out var misread) ? NotWhole(text, number) : misread with { Remedy = misread.Remedy == LikeThis ? "write it like 10" : misread.Remedy };
        return false;
    }

    /// <summary>Reads a whole number of 32 bits.</summary>
    public static bool TryParse(string text, out int value, out Wrong wrong)
    {
        value = 0;
        if (!TryParse(text, out long wide, out wrong)) return false;
        value = (int)wide;
        if (value == wide) return true;
        wrong = new($"{Visible.Quote(text)} is too large", $"write {int.MinValue} to {int.MaxValue}");
        return false;
    }

    /// <summary>Writes the shortest text that reads back as the same number; "none" where there is no limit.</summary>
    public static string Text(double value) =>
        double.IsInfinity(value) ? "none" : value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e");

    static Wrong NotWhole(string text, double number) =>
        new($"{Visible.Quote(text)} is no whole number", Math.Abs(number) < 1e15 ? $"write {Math.Round(number).ToString("F0", CultureInfo.InvariantCulture)}" : null);

    static Wrong NoNumber(string text)
    {
        var bare = text.Replace("_", "").Replace(" ", "");
        if (bare != text && Decimal.IsMatch(bare)) return new($"{Visible.Quote(text)} is no number", $"write {bare}");
        if (text.Split(',') is [var whole, var decimals] && Decimal.IsMatch($"{whole}.{decimals}"))
            return new($"{Visible.Quote(text)} has a decimal comma", $"write {DecimalComma.Pointed(whole, decimals)}");
        return text is ".inf" or "-.inf" or "+.inf" or ".nan" or ".Inf" or ".NaN" or "NaN" or "Infinity"
            ? new($"{Visible.Quote(text)} is not finite", "write a number")
            : new($"{Visible.Quote(text)} is no number", LikeThis);
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    static partial Regex Decimal { get; }

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    static partial Regex Whole { get; }

    [GeneratedRegex(@"^0(x(?<digits>[0-9a-fA-F]+)|o(?<digits>[0-7]+))\z")]
    static partial Regex Coded { get; }
}
