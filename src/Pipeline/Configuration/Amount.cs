using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>Splits "15 degC/s" into its number and what follows it.</summary>
static partial class Amount
{
    /// <summary>Whether the text is a number and nothing else.</summary>
    public static bool IsBare(string text, out string number)
    {
        number = text.Trim();
        return Number.TryParse(number, out double _, out _);
    }

    /// <summary>The number as written and the rest without the space between; false where no number begins the text or it is not finite.</summary>
    public static bool Split(string text, out double number, out string digits, out string unit)
    {
        (number, digits, unit) = (0, "", "");
        if (Pattern.Match(text) is not { Success: true } match) return false;
        (digits, unit) = (match.Groups["number"].Value, match.Groups["unit"].Value);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    // An e belongs to the number only where digits follow it: "5 eV" and "5e3 V".
    [GeneratedRegex(@"^\s*(?<number>[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?)\s*(?<unit>.*?)\s*\z")]
    static partial Regex Pattern { get; }
}
