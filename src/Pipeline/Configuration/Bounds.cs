using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A smallest and a largest value, written [-20, 250].</summary>
/// <param name="Min">Smallest value inside.</param>
/// <param name="Max">Largest value inside.</param>
public readonly record struct Bounds(double Min, double Max) : IOptionValue<Bounds>
{
    const string Like = "write it like [-20, 250]";

    /// <summary>Where a share of 1 lies.</summary>
    public static readonly Bounds Share = new(0, 1);

    /// <inheritdoc/>
    public static string Noun => "a range";

    /// <inheritdoc/>
    public static string Example => "[-20, 250]";

    /// <summary>Whether a value is inside; NaN never is.</summary>
    public bool Contains(double value) => value >= Min && value <= Max;

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Bounds value, out Wrong wrong)
    {
        var inside = text.Trim();
        if (inside is ['[', .., ']']) return Of(inside[1..^1].Split(','), out value, out wrong);
        (value, wrong) = (default, new($"{Visible.Quote(text)} is no range", Like));
        return false;
    }

    /// <summary>Reads a list of two numbers.</summary>
    public static bool TryParse(ListNode list, out Bounds value, out Wrong wrong) =>
        Of([.. list.Items.Select(item => item is ScalarNode scalar ? scalar.Text : item.Kind)], out value, out wrong);

    /// <summary>Writes [min, max].</summary>
    public override string ToString() => $"[{Number.Text(Min)}, {Number.Text(Max)}]";

    static bool Of(string[] ends, out Bounds value, out Wrong wrong)
    {
        value = default;
        if (ends.Length != 2)
        {
            wrong = new($"a range has two numbers, not {ends.Length}", ends.Length is 3 or 4 ? "write decimals with a point, like [-20.5, 250]" : Like);
            return false;
        }
        if (!Number.TryParse(ends[0].Trim(), out double min, out wrong) || !Number.TryParse(ends[1].Trim(), out double max, out wrong))
        {
            wrong = wrong with { Remedy = "write numbers alone, like [-20, 250]" };
            return false;
        }

        value = new(min, max);
        if (min < max) return true;
        wrong = min > max
            ? new($"the range begins at {Number.Text(min)}, above its end {Number.Text(max)}", $"write [{Number.Text(max)}, {Number.Text(min)}]")
            : new($"the range holds the one value {Number.Text(min)}", "write two different numbers");
        return false;
    }
}
