using System.Globalization;
using System.Text;

namespace StreamEdge;

/// <summary>Makes text from a file safe to show: what cannot be seen, or would reorder a line, is written as its code.</summary>
public static class Visible
{
    const int QuoteLength = 60;

    /// <summary>Writes a tab as \t, other control, invisible and right-to-left characters as \uXXXX; all other text stays as it is.</summary>
    public static string Text(string text)
    {
        if (!NeedsEscape(text)) return text;

        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsHidden(rune)) shown.Append(rune);
            else if (rune.Value == '\t') shown.Append("\\t");
            else if (rune.IsBmp) shown.Append("\\u").Append(rune.Value.ToString("X4"));
            else shown.Append("\\U").Append(rune.Value.ToString("X8"));
        }
        return shown.ToString();
    }

    /// <summary>Text between quotes for a message, shortened in the middle where it is long.</summary>
    public static string Quote(string text)
    {
        const int half = QuoteLength / 2;
        return text.Length <= QuoteLength ? $"'{Text(text)}'" : $"'{Text(text[..half])}...{Text(text[^half..])}'";
    }

    static bool NeedsEscape(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (IsHidden(rune)) return true;
        return false;
    }

    // A lone half of a surrogate pair is enumerated as the replacement character, which is visible.
    static bool IsHidden(Rune rune) => rune.Value != ' ' && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or
        UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
