using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>
/// Finds numbers that YAML cut at their decimal comma because they stand inside { }, as in <c>{ tolerance: 0,05 }</c>,
/// and joins the pieces with a point so that nothing else complains of them.
/// </summary>
static partial class DecimalComma
{
    public static List<MapNode.Entry> Mend(List<MapNode.Entry> entries, SourceText source, Faults faults)
    {
        var mended = new List<MapNode.Entry>(entries.Count);
        foreach (var entry in entries)
        {
            if (mended.Count == 0 || mended[^1] is not (var key, ScalarNode { Quoted: false } before) || !FollowsDigit(entry, before, source))
            {
                mended.Add(entry);
                continue;
            }

            var (whole, decimals) = (before.Text, entry.Key.Text);
            faults.Add(before.At, $"{Visible.Quote($"{whole},{decimals}")} has a decimal comma", $"write {Pointed(whole, decimals)}");
            mended[^1] = new(key, new ScalarNode(before.At, $"{whole}.{decimals}", quoted: false));
        }

        return mended;
    }

    /// <summary>What is wrong with a value that could be read if its comma were a point; null where that is not it.</summary>
    public static Wrong? In(string text, ScalarType type) => Number.Match(text) is { Success: true } match && type.Read($"{match.Groups["whole"]}.{match.Groups["rest"]}", out _, out _)
        ? new($"{Visible.Quote(text)} has a decimal comma", $"write {Pointed(match.Groups["whole"].Value, match.Groups["rest"].Value)}")
        : null;

    /// <summary>What to write instead, with a point.</summary>
    /// <param name="whole">What stands before the comma.</param>
    /// <param name="decimals">What stands behind it.</param>
    public static string Pointed(string whole, string decimals) => Thousands.IsMatch($"{whole},{decimals}")
        ? $"{whole}.{decimals} with a point, or {whole}{decimals} if the comma parts thousands"
        : $"{whole}.{decimals} with a point";

    // No option begins with a digit, and one without a value, written close to the comma, is none.
    static bool FollowsDigit(MapNode.Entry entry, ScalarNode before, SourceText source) =>
        entry is { Key: { Quoted: false, Text: [>= '0' and <= '9', ..] } key, Value: ScalarNode { IsNull: true, Text: "" } }
        && before.Text is [.., >= '0' and <= '9']
        && source.OffsetOf(key.At) == source.OffsetOf(before.At) + before.Text.Length + 1;

    [GeneratedRegex(@"^(?<whole>[-+]?[0-9]+),(?<rest>[0-9].*)\z")]
    static partial Regex Number { get; }

    [GeneratedRegex(@"^[-+]?[1-9][0-9]{0,2},[0-9]{3}\z")]
    static partial Regex Thousands { get; }
}
