using System.Globalization;
using System.Numerics;

namespace StreamEdge;

/// <summary>An exact fraction, so that unit factors are rounded once, when a conversion is asked for.</summary>
readonly record struct Fraction
{
    Fraction(BigInteger top, BigInteger bottom)
    {
        var common = BigInteger.GreatestCommonDivisor(top, bottom);
        (Top, Bottom) = (top / common, bottom / common);
    }

    public static Fraction Zero { get; } = new(0, 1);

    public static Fraction One { get; } = new(1, 1);

    /// <summary>Always in lowest terms, so that equal fractions are equal records.</summary>
    public BigInteger Top { get; }

    /// <summary>Above zero.</summary>
    public BigInteger Bottom { get; }

    /// <summary>Reads "0.3048", "1e-3" or a quotient of two such, "5/9".</summary>
    public static Fraction Parse(string text)
    {
        var slash = text.IndexOf('/');
        return slash < 0 ? Decimal(text) : Decimal(text[..slash]) / Decimal(text[(slash + 1)..]);
    }

    public static Fraction operator *(Fraction left, Fraction right) => new(left.Top * right.Top, left.Bottom * right.Bottom);

    public static Fraction operator /(Fraction left, Fraction right) => new(left.Top * right.Bottom, left.Bottom * right.Top);

    public static Fraction operator -(Fraction left, Fraction right) =>
        new(left.Top * right.Bottom - right.Top * left.Bottom, left.Bottom * right.Bottom);

    /// <summary>The nearest double: the parser of numbers rounds 25 digits rightly.</summary>
    public double ToDouble()
    {
        const int digits = 25;
        if (Top.IsZero) return 0;
        var shift = digits - (Length(Top) - Length(Bottom));
        var quotient = shift >= 0 ? Top * BigInteger.Pow(10, shift) / Bottom : Top / (Bottom * BigInteger.Pow(10, -shift));
        return double.Parse($"{quotient}e{-shift}", NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    static int Length(BigInteger value) => (int)BigInteger.Log10(BigInteger.Abs(value)) + 1;

    static Fraction Decimal(string text)
    {
        var power = text.IndexOf('e') is >= 0 and var e ? int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture) : 0;
        var mantissa = text.Split('e')[0].Trim();
        var decimals = mantissa.Contains('.') ? mantissa.Length - mantissa.IndexOf('.') - 1 : 0;
        var whole = BigInteger.Parse(mantissa.Replace(".", ""), CultureInfo.InvariantCulture);
        var exponent = power - decimals;
        return exponent >= 0 ? new(whole * BigInteger.Pow(10, exponent), 1) : new(whole, BigInteger.Pow(10, -exponent));
    }
}
