using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StreamEdge;

/// <summary>A share from 0% to 100%, written 80%.</summary>
/// <param name="Fraction">The share as a fraction: 0.8 for 80%.</param>
public readonly record struct Percent(double Fraction) : IOptionValue<Percent>, IComparable
{
    /// <inheritdoc/>
    public static string Noun => "a share";

    /// <inheritdoc/>
    public static string Example => "80%";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Percent value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (!Amount.Split(text, out var number, out var digits, out var unit) || unit is not ("" or "%")) wrong = new($"{Visible.Quote(text)} is no share", "write it like 80%");
        else if (unit.Length == 0) wrong = new($"{Visible.Quote(text)} has no percent sign", $"write {(Math.Abs(number) <= 1 ? Text(number) : digits)}%");
        else if (number is < 0 or > 100) wrong = new($"{Visible.Quote(text)} is no share of a whole", "write 0% to 100%");
        else
        {
            value = new(OfHundred(number));
            return true;
        }
        return false;
    }

    /// <summary>Writes the share in percent.</summary>
    public override string ToString() => $"{Text(Fraction)}%";

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is Percent other ? Fraction.CompareTo(other.Fraction) : 1;

    /// <summary>A hundredth of a number: the double nearest to 0.999 for 99.9.</summary>
    internal static double OfHundred(double number) => (double)((decimal)number / 100);

    // Decimal, because 0.07 * 100 is 7.000000000000001 in binary.
    static string Text(double fraction) => ((decimal)fraction * 100).ToString("0.############", CultureInfo.InvariantCulture);
}
