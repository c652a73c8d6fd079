using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A number with or without a unit: 15 degC/s or 0.2; without one it is in the unit of what it is compared with.</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">The unit as written, or null.</param>
public readonly record struct Quantity(double Value, Unit? Unit) : IOptionValue<Quantity>
{
    /// <inheritdoc/>
    public static string Noun => "a number with its unit";

    /// <inheritdoc/>
    public static string Example => "0.2 degC";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Quantity value, out Wrong wrong)
    {
        value = default;
        var unit = default(Unit);
        if (!Amount.Split(text, out var number, out _, out var written) || (written.Length > 0 && !MayBeUnit(written)))
            return Number.TryParse(text, out double _, out wrong);

        wrong = default;
        if (written.StartsWith('/')) written = $"1{written}"; // 15/s of something without a unit
        if (written.Length > 0 && !StreamEdge.Unit.TryParse(written, out unit, out wrong)) return false;
        value = new(number, unit);
        return true;
    }

    /// <summary>The value in another unit, such as 20 degC in degF; false where the two cannot be converted.</summary>
    public bool TryIn(Unit target, out double value)
    {
        value = Value;
        if (Unit is null) return true;
        if (!StreamEdge.Unit.CanConvert(Unit, target)) return false;
        var (scale, offset) = StreamEdge.Unit.Conversion(Unit, target);
        value = Value * scale + offset;
        return true;
    }

    /// <summary>The size of a difference in another unit: 5 degC apart are 9 degF apart; false where the two cannot be converted.</summary>
    public bool TryDifferenceIn(Unit target, out double value)
    {
        value = Value;
        if (Unit is null) return true;
        if (!StreamEdge.Unit.CanConvert(Unit, target)) return false;
        value = Value * StreamEdge.Unit.Conversion(Unit, target).Scale;
        return true;
    }

    /// <summary>Writes "15 degC/s".</summary>
    public override string ToString() => Unit is null ? Number.Text(Value) : $"{Number.Text(Value)} {Unit}";

    // "1,5" and "1_000" are misspelled numbers, not numbers with a unit.
    static bool MayBeUnit(string text) => text[0] is not ('_' or ',' or '.');
}
