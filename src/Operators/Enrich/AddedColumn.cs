using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>What a column of a table holds: numbers in a unit, or a kind of values.</summary>
/// <param name="Kind">What its values are.</param>
/// <param name="Unit">The unit of numbers; null where they have none.</param>
public sealed record AddedColumn(Kind Kind, Unit? Unit) : IOptionValue<AddedColumn>
{
    /// <inheritdoc/>
    public static string Noun => "a unit or a kind of values";

    /// <inheritdoc/>
    public static string Example => "degC";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out AddedColumn value, out Wrong wrong)
    {
        (value, wrong) = (null, default);
        var kinds = Enum.GetNames<Kind>().Select(OptionsShape.Snake).ToList();
        if (kinds.IndexOf(text) is >= 0 and var kind) value = new((Kind)kind, null);
        else if (Unit.TryParse(text, out var unit, out wrong)) value = new(Kind.Number, unit);
        else if (Suggestion.Nearest(text, kinds) is { } meant) wrong = new($"{Visible.Quote(text)} is neither a unit nor a kind of values", $"did you mean '{meant}'?");
        else if (wrong.Remedy == Units.LikeThis) wrong = new($"{Visible.Quote(text)} is neither a unit nor a kind of values", $"write a unit such as degC, or {string.Join(", ", kinds.SkipLast(1))} or {kinds[^1]}");
        return value is not null;
    }

    /// <summary>Writes it as it was read.</summary>
    public override string ToString() => Unit?.Symbol ?? OptionsShape.Snake(Kind.ToString());
}
