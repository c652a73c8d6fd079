namespace StreamEdge;

/// <summary>
/// How the 8 bytes of a value are read. Columns are <c>double</c> arrays; a column of another kind keeps its
/// 64 bits in the same place, so every column copies, selects and pools alike.
/// </summary>
public static class Slot
{
    /// <summary>A missing whole number, text or boolean. (A missing number is NaN.)</summary>
    public const long Missing = long.MinValue;

    /// <summary>The slot that holds this whole number, text code or boolean.</summary>
    public static double Of(long value) => BitConverter.Int64BitsToDouble(value);

    /// <summary>The whole number, text code or boolean that this slot holds.</summary>
    public static long Bits(double slot) => BitConverter.DoubleToInt64Bits(slot);

    /// <summary>The slot that says "no value" in a column of this kind.</summary>
    public static double MissingOf(Kind kind) => kind == Kind.Number ? double.NaN : Of(Missing);

    /// <summary>Whether this slot of a column of this kind holds no value.</summary>
    public static bool IsMissing(double slot, Kind kind) =>
        kind == Kind.Number ? double.IsNaN(slot) : Bits(slot) == Missing;

    /// <summary>The value as a number: itself, the whole number, 1 or 0 for a boolean; NaN where it is missing or text.</summary>
    public static double Number(double slot, Kind kind) => kind switch
    {
        Kind.Number => slot,
        Kind.Text => double.NaN,
        _ => Bits(slot) == Missing ? double.NaN : Bits(slot),
    };
}
