namespace StreamEdge;

/// <summary>Checks the keys of one map: each is a word of its own.</summary>
static class Keys
{
    /// <summary>The entries whose keys can be used; of a duplicate the first.</summary>
    public static List<MapNode.Entry> Checked(IReadOnlyList<MapNode.Entry> entries, Faults faults)
    {
        var first = new Dictionary<string, Position>(StringComparer.Ordinal);
        var kept = new List<MapNode.Entry>(entries.Count);
        foreach (var entry in entries)
        {
            var key = entry.Key;
            if (key.Refused) continue;
            if (key is { Text: "<<", Quoted: false })
                faults.Add(key.At, "the merge key '<<' is refused", "write its keys out here");
            else if (key.Text.Length == 0)
                faults.Add(key.At, "a key is missing before ':'", "write 'key: value'");
            else if (LacksSpace(entry) is { } spaced)
                faults.Add(key.At, $"{Visible.Quote(key.Text)} has no space after ':'", $"write '{spaced}'");
            else if (!first.TryAdd(key.Text, key.At))
                faults.Add(key.At, $"{Visible.Quote(key.Text)} is written twice, first at {first[key.Text]}", "keep one of them");
            else
                kept.Add(entry);
        }
        return kept;
    }

    static string? LacksSpace(MapNode.Entry entry) =>
        !entry.Key.Quoted && entry.Value is ScalarNode { IsNull: true, Text: "" } && entry.Key.Text.IndexOf(':') is > 0 and var colon
            ? $"{entry.Key.Text[..colon]}: {entry.Key.Text[(colon + 1)..]}"
            : null;
}
