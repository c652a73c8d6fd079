using System.Globalization;

namespace StreamEdge;

/// <summary>
/// Reads decimal numbers from UTF-8 text without making a string; the result is the double nearest to the text, as
/// <c>double.Parse</c> gives it. No hexadecimal, no group separators, no infinity, no NaN.
/// </summary>
public static class Utf8Number
{
    // Up to 10^22 a power of ten is a double without error, and so is a whole number up to 2^53: one operation on the
    // two rounds once, which is the nearest double. Anything longer goes to the run-time library.
    const int ExactPower = 22;
    const ulong ExactWhole = 1UL << 53;
    const int DigitsOfULong = 19;
    const int MostExponent = 100_000;

    static ReadOnlySpan<double> Powers =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a text that is one number: <c>-12.5</c>, <c>+.5e3</c>. False for anything else, and for what is larger than a double.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value) =>
        Scan(text, out value, out _) == text.Length && text.Length > 0 && double.IsFinite(value);

    /// <summary>Reads a text that is one whole number of 64 bits: <c>42</c>, also <c>42.0</c> and <c>4.2e1</c>. <see cref="Slot.Missing"/> is no value.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty) return false;
        var negative = text[0] == (byte)'-';
        var from = negative || text[0] == (byte)'+' ? 1 : 0;
        var at = from;
        var whole = 0UL;
        while (at < text.Length && at - from < DigitsOfULong && (uint)(text[at] - '0') is var digit and <= 9)
        {
            whole = whole * 10 + digit;
            at++;
        }

        if (at == from || at < text.Length) return TryReadLong(text, out value);
        if (whole > long.MaxValue) return false;
        value = negative ? -(long)whole : (long)whole;
        return true;
    }

    /// <summary>
    /// Reads the number at the beginning of a text and returns its length; 0 where there is none. The value is infinite
    /// where it is larger than a double.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number.</param>
    /// <param name="json">Whether it is also a number of JSON: no plus, no leading zero, digits on both sides of a point.</param>
    public static int Scan(ReadOnlySpan<byte> text, out double value, out bool json)
    {
        value = 0;
        json = false;
        if (text.IsEmpty) return 0;
        var at = 0;
        var negative = text[0] == (byte)'-';
        if (negative || text[0] == (byte)'+') at = 1;

        var from = at;
        var mantissa = 0UL;
        while (at < text.Length && (uint)(text[at] - '0') is var digit and <= 9)
        {
            mantissa = mantissa * 10 + digit;
            at++;
        }

        var digits = at - from;
        json = digits > 0 && (digits == 1 || text[from] != (byte)'0') && text[0] != (byte)'+';
        var power = 0;
        if (at < text.Length && text[at] == (byte)'.')
        {
            var point = ++at;
            while (at < text.Length && (uint)(text[at] - '0') is var digit and <= 9)
            {
                mantissa = mantissa * 10 + digit;
                at++;
            }

            power = point - at;
            digits -= power;
            json &= power < 0;
        }

        if (digits == 0) return 0;
        if (at < text.Length && (text[at] | 0x20) == 'e') at += Exponent(text[at..], ref power);

        if (digits <= DigitsOfULong && mantissa <= ExactWhole && power is >= -ExactPower and <= ExactPower)
        {
            value = power < 0 ? mantissa / Powers[-power] : mantissa * Powers[power];
            if (negative) value = -value;
            return at;
        }

        if (!double.TryParse(text[..at], NumberStyles.Float, CultureInfo.InvariantCulture, out value)) value = double.PositiveInfinity;
        return at;
    }

    /// <summary>Reads "e-12" and returns its length; 0 where no digit follows the letter.</summary>
    static int Exponent(ReadOnlySpan<byte> text, ref int power)
    {
        var at = 1;
        if (text.Length > 1 && text[1] is (byte)'-' or (byte)'+') at = 2;
        var from = at;
        var exponent = 0;
        while (at < text.Length && (uint)(text[at] - '0') is var digit and <= 9)
        {
            exponent = Math.Min(exponent * 10 + (int)digit, MostExponent);
            at++;
        }

        if (at == from) return 0;
        power += text[1] == (byte)'-' ? -exponent : exponent;
        return at;
    }

    // A decimal holds every long exactly, with its fraction and its exponent.
    static bool TryReadLong(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (Scan(text, out var near, out _) != text.Length || !(Math.Abs(near) < 1e19)) return false;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)) return false;
        if (exact != decimal.Truncate(exact) || exact is > long.MaxValue or <= long.MinValue) return false;
        value = (long)exact;
        return true;
    }
}
