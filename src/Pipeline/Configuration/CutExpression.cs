namespace StreamEdge;

/// <summary>
/// Finds expressions that YAML cut at a comma because they stand inside { } or [ ] without quotes,
/// as in <c>{ when: clamp(x, 0, 1) > 2 }</c>, shows the quoted form, and joins the pieces so that nothing else complains of them.
/// </summary>
static class CutExpression
{
    const int Longest = 400; // looked at per value, so that a long line of many values stays cheap

    public static List<MapNode.Entry> Mend(List<MapNode.Entry> entries, SourceText source, Faults faults)
    {
        var mended = new List<MapNode.Entry>(entries.Count);
        for (var index = 0; index < entries.Count; index++)
        {
            var (key, value) = entries[index];
            if (Whole(value, source) is not { } whole)
            {
                mended.Add(entries[index]);
                continue;
            }

            faults.Add(value.At, $"{Visible.Quote(key.Text)} is cut at the comma inside its brackets", $"write {key.Text}: {Quoted(whole.Text)}");
            mended.Add(new(key, new ScalarNode(value.At, whole.Text, quoted: false)));
            for (var left = whole.Commas; left > 0 && index + 1 < entries.Count && IsPiece(entries[index + 1]); left--) index++;
        }
        return mended;
    }

    public static List<Node> Mend(List<Node> items, SourceText source, Faults faults)
    {
        var mended = new List<Node>(items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            if (Whole(items[index], source) is not { } whole)
            {
                mended.Add(items[index]);
                continue;
            }

            faults.Add(items[index].At, $"{Visible.Quote(whole.Text)} is cut at the comma inside its brackets", $"write {Quoted(whole.Text)}");
            mended.Add(new ScalarNode(items[index].At, whole.Text, quoted: false));
            index = Math.Min(index + whole.Commas, items.Count - 1);
        }
        return mended;
    }

    /// <summary>The quoted form of the text around a bracket or quote that may not stand in it, or null where its ends are unclear.</summary>
    public static string? Around(Position at, SourceText source)
    {
        var line = source.Line(at.Line);
        if (line.Length > Longest) return null;
        var start = Math.Min(at.Column - 1, line.Length);
        while (start > 0 && line[start - 1] is not (',' or '[' or '{') && !(line[start - 1] == ':' && line[start] == ' ')) start--;

        var (depth, end) = (0, start);
        for (; end < line.Length; end++)
        {
            if (depth == 0 && line[end] is (',' or '}' or ']')) break;
            if (line[end] is '(' or '[' or '{') depth++;
            else if (line[end] is ')' or ']' or '}') depth--;
        }
        var text = line[start..end].Trim();
        return depth == 0 && end < line.Length && text.Length > 0 ? Quoted(text) : null;
    }

    static bool IsPiece(MapNode.Entry entry) => entry.Value is ScalarNode { IsNull: true, Text: "" };

    // Only a plain text with a bracket left open can have been cut.
    static (string Text, int Commas)? Whole(Node node, SourceText source)
    {
        if (node is not ScalarNode { Quoted: false } scalar || Balance(scalar.Text) <= 0) return null;

        var start = source.OffsetOf(node.At);
        var (depth, commas, at) = (0, 0, start);
        for (; at < Math.Min(source.Text.Length, start + Longest) && source.Text[at] is not ('\r' or '\n'); at++)
        {
            var next = source.Text[at];
            if (next == '(') depth++;
            else if (next == ')') depth--;
            else if (next == ',' && depth > 0) commas++;
            else if (next is (',' or '}' or ']') && depth <= 0) break;
        }
        return depth == 0 && commas > 0 ? (source.Text[start..at].TrimEnd(), commas) : null;
    }

    static int Balance(string text) => text.Count(next => next == '(') - text.Count(next => next == ')');

    static string Quoted(string text) => text.Contains('"') || text.Contains('\\') ? $"'{text.Replace("'", "''")}'" : $"\"{text}\"";
}
