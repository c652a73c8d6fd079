using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>How many in a row, written 2 windows or 3 rows.</summary>
/// <param name="Count">How many, 1 or more.</param>
/// <param name="Of">What is counted, in the singular: window, row or reading.</param>
public readonly record struct Occurrences(int Count, string Of) : IOptionValue<Occurrences>
{
    static readonly string[] s_nouns = ["window", "row", "reading"];

    /// <inheritdoc/>
    public static string Noun => "a count";

    /// <inheritdoc/>
    public static string Example => "2 windows";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Occurrences value, out Wrong wrong)
    {
        (value, wrong) = (default, default);
        if (!Amount.Split(text, out _, out var digits, out var noun)) wrong = new($"{Visible.Quote(text)} is no count", "write it like 2 windows or 3 rows");
        else if (noun.Length == 0) wrong = new($"{Visible.Quote(text)} does not say of what", $"write {digits} windows, {digits} rows or {digits} readings");
        else if (!s_nouns.Contains(Singular(noun)))
            wrong = new($"{Visible.Quote(noun)} cannot be counted here", Suggestion.Nearest(noun, s_nouns.Select(known => $"{known}s")) is { } meant ? $"did you mean '{meant}'?" : "write windows, rows or readings");
        else if (!Number.TryParse(digits, out int count, out wrong)) return false;
        else if (count < 1) wrong = new($"{Visible.Quote(text)} is less than one", $"write 1 {Singular(noun)} or more");
        else
        {
            value = new(count, Singular(noun));
            return true;
        }
        return false;
    }

    /// <summary>Writes "2 windows".</summary>
    public override string ToString() => Count == 1 ? $"{Count} {Of}" : $"{Count} {Of}s";

    static string Singular(string noun) => noun.EndsWith('s') ? noun[..^1] : noun;
}
