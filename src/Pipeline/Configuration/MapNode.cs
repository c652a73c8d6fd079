using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>Keys with values, in the order of the file; every key is a text and stands once.</summary>
public sealed class MapNode : Node
{
    readonly Dictionary<string, Entry> _byKey;

    /// <summary>Makes a map of entries whose keys differ.</summary>
    /// <param name="at">Place of its first character.</param>
    /// <param name="entries">The keys with their values.</param>
    /// <param name="flow">Whether it is written on the line, in { }.</param>
    public MapNode(Position at, IReadOnlyList<Entry> entries, bool flow) : base(at)
    {
        Entries = entries;
        Flow = flow;
        _byKey = entries.ToDictionary(entry => entry.Key.Text, StringComparer.Ordinal);
    }

    /// <summary>The keys with their values, in the order of the file.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>Whether it is written on the line, in { }.</summary>
    public bool Flow { get; }

    /// <inheritdoc/>
    public override string Kind => "a map";

    /// <summary>The value of a key, or null where the key is not written.</summary>
    public Node? this[string key] => _byKey.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>Finds a key with its value.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out Entry entry) => _byKey.TryGetValue(key, out entry);

    /// <summary>One key with its value.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Value">Its value.</param>
    public sealed record Entry(ScalarNode Key, Node Value);
}
