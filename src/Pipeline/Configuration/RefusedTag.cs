namespace StreamEdge;

/// <summary>What a user may have meant with an exclamation mark: a programmer's "not", or a YAML tag.</summary>
static class RefusedTag
{
    /// <summary>The expression with "not", or null where the text is a tag with a value.</summary>
    /// <param name="written">The value as it stands in the file.</param>
    public static string? ReadAsNot(string written)
    {
        var text = written.Trim();
        if (text.Length < 2 || text[0] != '!' || text[1] is '!' or '<') return null;

        // "!secret influx" is a tag with its value, "!done && x" and "!(a or b)" are expressions.
        var operand = text[1..].TrimStart();
        var space = operand.IndexOf(' ');
        var value = space < 0 ? "" : operand[space..].TrimStart();
        if (value.Length > 0 && char.IsLetterOrDigit(value[0]) && !operand.Contains('(') && !StartsWithOperator(value)) return null;
        return $"not {operand}";
    }

    /// <summary>The tag itself, cut from the value it stands before.</summary>
    public static string AsWritten(string written, string otherwise)
    {
        var tag = written.TrimStart().Split(' ', '\t', '\r', '\n')[0];
        return tag.StartsWith('!') ? tag : otherwise;
    }

    static bool StartsWithOperator(string text) =>
        text.StartsWith("and ", StringComparison.Ordinal) || text.StartsWith("or ", StringComparison.Ordinal) || text.StartsWith("in ", StringComparison.Ordinal);
}
