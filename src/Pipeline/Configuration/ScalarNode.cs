namespace StreamEdge;

/// <summary>A single value, kept as text: the option it is for decides whether it is a number, a duration or a word.</summary>
/// <param name="at">Place of its first character, the quote if there is one.</param>
/// <param name="text">The text without quotes.</param>
/// <param name="quoted">Whether it stood in quotes or in a block of text, so that null and ~ are mere words.</param>
public sealed class ScalarNode(Position at, string text, bool quoted) : Node(at)
{
    /// <summary>The text without quotes.</summary>
    public string Text => text;

    /// <summary>Whether it stood in quotes or in a block of text.</summary>
    public bool Quoted => quoted;

    /// <summary>Whether nothing was written: empty, ~ or null (YAML 1.2).</summary>
    public bool IsNull => !quoted && text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a text";

    /// <summary>Place of a character of the text, for a fault inside an expression; exact where the text stands on one line.</summary>
    /// <param name="offset">Index of the character in the text.</param>
    public Position PositionOf(int offset) => new(At.Line, At.Column + offset + (quoted ? 1 : 0));
}
