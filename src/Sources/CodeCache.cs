using System.Text;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>What became of a text that should be a value.</summary>
enum CodeReading
{
    /// <summary>It was read.</summary>
    Good,

    /// <summary>It is too long, or not UTF-8.</summary>
    Malformed,

    /// <summary>The pipeline's table of texts is full.</summary>
    TooMany,
}

/// <summary>The codes of texts, found by their bytes: a text becomes a string once, when it is new.</summary>
sealed class CodeCache(CodeTable table)
{
    /// <summary>Longest value of a text signal, in bytes.</summary>
    const int LongestText = 1024;
    const int MostTexts = 100_000;

    readonly Interner _texts = new(MostTexts);
    long[] _codes = new long[64];

    /// <summary>Reads a value of a text signal.</summary>
    public CodeReading TryRead(ReadOnlySpan<byte> text, out double slot)
    {
        slot = default;
        var number = _texts.Find(text);
        if (number >= 0)
        {
            slot = Slot.Of(_codes[number]);
            return CodeReading.Good;
        }

        if (text.Length > LongestText || !Utf8.IsValid(text)) return CodeReading.Malformed;
        var code = table.Code(Encoding.UTF8.GetString(text));
        if (code < 0) return CodeReading.TooMany;
        slot = Slot.Of(code);
        number = _texts.Add(text);
        if (number < 0) return CodeReading.Good; // not remembered, only slower
        if (number >= _codes.Length) Array.Resize(ref _codes, 2 * number);
        _codes[number] = code;
        return CodeReading.Good;
    }
}

/// <summary>Reads how far a value can be trusted.</summary>
static class QualityWord
{
    /// <summary>Good, bad, or uncertain; a word that is none of the three leaves the value doubtful.</summary>
    public static Quality Of(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text, "good"u8) ? Quality.Good : Ascii.EqualsIgnoreCase(text, "bad"u8) ? Quality.Bad : Quality.Uncertain;
}
