using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StreamEdge;

/// <summary>A number of bytes, written 512MB (powers of 1000) or 64KiB (powers of 1024).</summary>
/// <param name="Bytes">The number of bytes.</param>
public readonly record struct ByteSize(long Bytes) : IOptionValue<ByteSize>, IComparable
{
    static readonly (string Unit, long Bytes)[] s_units =
    [
        ("B", 1), ("kB", 1000), ("MB", 1000_000), ("GB", 1000_000_000), ("TB", 1000_000_000_000),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <inheritdoc/>
    public static string Noun => "a size";

    /// <inheritdoc/>
    public static string Example => "512MB";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out ByteSize value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (!Amount.Split(text, out _, out var digits, out var unit)) wrong = new($"{Visible.Quote(text)} is no size", "write it like 64KiB, 512MB or 2GB");
        else if (unit.Length == 0) wrong = new($"{Visible.Quote(text)} has no unit", $"write {digits}MB");
        else if (digits[0] == '-') wrong = new($"{Visible.Quote(text)} is less than nothing", "write it without the sign");
        else if (Array.FindIndex(s_units, known => known.Unit == Canonical(unit)) is >= 0 and var index) return Of(text, digits, s_units[index].Bytes, out value, out wrong);
        else wrong = new($"{Visible.Quote(unit)} is no unit of size", Respelled(digits, unit) ?? "write B, kB, MB, GB, TB, KiB, MiB, GiB or TiB");
        return false;
    }

    /// <summary>Writes the size exactly, in the unit that gives the smallest number.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var best = s_units.Where(unit => bytes % unit.Bytes == 0).MaxBy(unit => unit.Bytes);
        return bytes == 0 ? "0B" : $"{bytes / best.Bytes}{best.Unit}";
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is ByteSize other ? Bytes.CompareTo(other.Bytes) : 1;

    static string Canonical(string unit) => unit == "KB" ? "kB" : unit;

    static bool Of(string text, string digits, long unit, out ByteSize value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (!decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / unit)
            wrong = new($"{Visible.Quote(text)} is larger than any disk", "write 8000000TB or less");
        else if (number * unit is var bytes && bytes != decimal.Floor(bytes)) wrong = new($"{Visible.Quote(text)} is not a whole number of bytes", "round it");
        else
        {
            value = new((long)(number * unit));
            return true;
        }
        return false;
    }

    static string? Respelled(string digits, string unit)
    {
        var letters = unit.Length == 1 ? $"{unit}B" : unit;
        var known = Array.Find(s_units, known => known.Unit.Equals(letters, StringComparison.OrdinalIgnoreCase)).Unit;
        return known is null ? null : $"write {digits}{known}";
    }
}
