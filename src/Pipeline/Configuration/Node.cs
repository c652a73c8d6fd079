namespace StreamEdge;

/// <summary>A piece of a pipeline file that knows its place.</summary>
/// <param name="at">Place of its first character.</param>
public abstract class Node(Position at)
{
    /// <summary>Place of its first character.</summary>
    public Position At => at;

    /// <summary>Whether a fault about it has been told already, so that nothing more need be said.</summary>
    public bool Refused { get; init; }

    /// <summary>What it is, for messages: "a text", "a list" or "a map".</summary>
    public abstract string Kind { get; }
}
