using System.Globalization;

namespace StreamEdge;

/// <summary>Numbers as the shortest text that reads back the same. Short decimals, as sensors send them, take a fast path.</summary>
public static class NumberText
{
    /// <summary>Bytes that any number fits in.</summary>
    public const int Longest = 32;

    const double Scale = 1e6, FastBelow = 1e9;

    /// <summary>Writes a finite number and returns its length.</summary>
    /// <param name="value">The number.</param>
    /// <param name="to">At least <see cref="Longest"/> bytes.</param>
    public static int Write(double value, Span<byte> to)
    {
        // With at most 15 digits, whole / 10^6 is correctly rounded from two exact numbers, as reading the text would be;
        // and no two texts of 15 digits read as one double. So equality here makes these digits the shortest ones.
        var size = Math.Abs(value);
        if (size < FastBelow)
        {
            var whole = (long)(size * Scale + 0.5);
            if (whole / Scale == size && (whole != 0 || !double.IsNegative(value))) return WriteShort(double.IsNegative(value), whole, to);
        }

        value.TryFormat(to, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    /// <summary>Writes millionths.</summary>
    static int WriteShort(bool negative, long millionths, Span<byte> to)
    {
        var at = 0;
        if (negative) to[at++] = (byte)'-';
        var (whole, rest) = Math.DivRem((ulong)millionths, 1_000_000UL);
        at = WriteWhole((uint)whole, to, at);
        if (rest == 0) return at;

        var fraction = (uint)rest;
        var digits = 6;
        if (fraction % 1000 == 0) (fraction, digits) = (fraction / 1000, 3);
        while (fraction % 10 == 0) (fraction, digits) = (fraction / 10, digits - 1);
        to[at] = (byte)'.';
        for (var digit = at + digits; digit > at; digit--)
        {
            var tenth = fraction / 10;
            to[digit] = (byte)('0' + (fraction - tenth * 10));
            fraction = tenth;
        }

        return at + digits + 1;
    }

    static int WriteWhole(uint value, Span<byte> to, int at)
    {
        var digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : CountDigits(value);
        for (var digit = at + digits - 1; digit > at; digit--)
        {
            var tenth = value / 10;
            to[digit] = (byte)('0' + (value - tenth * 10));
            value = tenth;
        }

        to[at] = (byte)('0' + value);
        return at + digits;
    }

    static int CountDigits(uint value)
    {
        var digits = 5;
        for (var limit = 100_000UL; value >= limit; limit *= 10) digits++;
        return digits;
    }
}
