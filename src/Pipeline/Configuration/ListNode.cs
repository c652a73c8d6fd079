namespace StreamEdge;

/// <summary>A list of values, in the order of the file.</summary>
/// <param name="at">Place of its first character.</param>
/// <param name="items">The values.</param>
/// <param name="flow">Whether it is written on the line, in [ ].</param>
public sealed class ListNode(Position at, IReadOnlyList<Node> items, bool flow) : Node(at)
{
    /// <summary>The values, in the order of the file.</summary>
    public IReadOnlyList<Node> Items => items;

    /// <summary>Whether it is written on the line, in [ ].</summary>
    public bool Flow => flow;

    /// <inheritdoc/>
    public override string Kind => "a list";
}
