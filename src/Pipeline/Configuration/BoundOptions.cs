namespace StreamEdge;

/// <summary>An options record together with the places in the file it was read from.</summary>
/// <param name="value">The options record.</param>
/// <param name="source">What it was read from.</param>
/// <param name="at">Where its faults are shown when they concern no written option.</param>
/// <param name="sound">Whether it was read without a fault.</param>
public sealed class BoundOptions(object value, Node source, Position at, bool sound)
{
    /// <summary>The options record; where <see cref="Sound"/> is false, options with a fault have their default.</summary>
    public object Value => value;

    /// <summary>Whether it was read without a fault, so that checks between options make sense.</summary>
    public bool Sound => sound;

    /// <summary>Place of the step's options.</summary>
    public Position At => at;

    /// <summary>Place of an option's value; the nearest place around it where it is not written.</summary>
    /// <param name="property">C# name of the option: <c>nameof(ClampOptions.Min)</c>.</param>
    /// <param name="entry">Key in a map, or C# name of an option in a nested record.</param>
    /// <param name="item">Index in a list.</param>
    /// <param name="offset">Index of a character of the value's text; 0 for the value as a whole.</param>
    public Position PositionOf(string property, string? entry = null, int? item = null, int offset = 0)
    {
        var (node, at) = Find(property, entry, item);
        return offset > 0 && node is ScalarNode text ? text.PositionOf(offset) : at;
    }

    /// <summary>What was written for an option, or null where nothing was; its <see cref="ScalarNode.PositionOf"/> places faults inside an expression.</summary>
    /// <param name="property">C# name of the option.</param>
    /// <param name="entry">Key in a map, or C# name of an option in a nested record.</param>
    /// <param name="item">Index in a list.</param>
    public Node? NodeOf(string property, string? entry = null, int? item = null) => Find(property, entry, item).Node;

    (Node? Node, Position At) Find(string property, string? entry, int? item)
    {
        var shape = OptionsShape.Of(value.GetType());
        var option = shape.ByProperty(property) ?? throw new ArgumentException($"{value.GetType().Name} has no option {property}", nameof(property));
        var node = option == shape.RestOption ? source : source is MapNode map ? map[option.Key] : option == shape.ShortOption ? source : null;
        if (node is null) return (null, at);

        var found = entry is null ? (Node: node, node.At) : Entry(node, option.Type, entry);
        if (item is not { } index || found.Node is not ListNode list) return found;
        return index < list.Items.Count ? (list.Items[index], list.Items[index].At) : (null, list.At);
    }

    static (Node? Node, Position At) Entry(Node node, Type type, string entry)
    {
        if (node is not MapNode map) return (node, node.At); // the short form of a nested record
        var key = map[entry] is null && OptionsShape.Of(type).ByProperty(entry) is { } option ? option.Key : entry;
        return map[key] is { } found ? (found, found.At) : (null, map.At);
    }
}
