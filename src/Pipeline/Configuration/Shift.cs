using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>How far something is moved in time, written 5s, or -5s for back.</summary>
/// <param name="By">How far; negative for back.</param>
public readonly record struct Shift(TimeSpan By) : IOptionValue<Shift>
{
    /// <inheritdoc/>
    public static string Noun => "a duration";

    /// <inheritdoc/>
    public static string Example => "15m";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Shift value, out Wrong wrong)
    {
        value = default;
        var back = text.StartsWith('-') && text.Length > 1;
        if (!Duration.TryParse(back ? text[1..] : text, out var by, out wrong)) return false;
        value = new(back ? -by : by);
        return true;
    }

    /// <summary>Writes "-5s".</summary>
    public override string ToString() => Duration.Text(By);
}
