using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamEdge;

/// <summary>
/// Reads a pipeline file into nodes with positions and refuses what a pipeline never needs: anchors, aliases,
/// merge keys, tags, duplicate keys, a second document, and any file beyond the limits.
/// </summary>
/// <remarks>
/// Works on the parser's events. YamlDotNet 16.3 dies of a stack overflow, or stalls, only in what it builds upon them,
/// and its events are streamed: the limits here stop it before a hostile file is read further.
/// </remarks>
public sealed class YamlReader
{
    /// <summary>Largest file in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Deepest nesting of lists and maps.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most keys, values, lists and maps in a file.</summary>
    public const int MaxNodes = 20_000;

    /// <summary>Longest text of one value, in characters.</summary>
    public const int MaxScalar = 64 * 1024;

    readonly SourceText _source;
    readonly Faults _faults;
    readonly Parser _events;
    readonly Stack<Position> _open = []; // the brackets that are open, to name the one that is never closed
    int _nodes;
    int _lastLine;

    YamlReader(SourceText source, Faults faults)
    {
        _source = source;
        _faults = faults;
        _events = new(new Scanner(new StringReader(source.Text), skipComments: true));
    }

    ParsingEvent Current => _events.Current!;

    /// <summary>Reads a file; adds every fault of its form, and returns null where nothing after the fault can be trusted.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="faults">Takes the faults.</param>
    public static MapNode? Read(ReadOnlyMemory<byte> bytes, Faults faults)
    {
        if (bytes.Length > MaxBytes)
        {
            faults.Add(Position.Start, "the file is larger than 1 MiB", "split it into several pipelines");
            return null;
        }
        return SourceText.Decode(bytes.Span, faults) is { } source ? new YamlReader(source, faults).ReadFile() : null;
    }

    MapNode? ReadFile()
    {
        try
        {
            Next(); // start of stream
            Next();
            if (Current is StreamEnd) throw Empty();

            Next(); // start of document
            var root = ReadNode(0);
            Next(); // end of document
            Next();
            if (Current is not StreamEnd)
                throw new YamlFault(Place(Current.Start), "a second document begins here", "put it into a file of its own");

            if (root is MapNode map) return map;
            if (root is ScalarNode { IsNull: true }) throw Empty();
            throw new YamlFault(root.At, $"the file is {root.Kind}, not keys with values", "begin it with 'pipeline: NAME'");
        }
        catch (YamlFault fault)
        {
            _faults.Add(fault.At, fault.What, fault.Remedy);
            return null;
        }
    }

    static YamlFault Empty() => new(Position.Start, "the file is empty", "begin it with 'pipeline: NAME'");

    Node ReadNode(int depth)
    {
        var at = Place(Current.Start);
        if (++_nodes > MaxNodes) throw new YamlFault(at, $"the file has more than {MaxNodes:N0} keys and values", "split it into several pipelines");
        RefuseTab(at);

        switch (Current)
        {
            case AnchorAlias alias:
                _faults.Add(at, $"the alias {Visible.Quote($"*{alias.Value}")} is refused", "write the value out again");
                return new ScalarNode(at, "", quoted: false) { Refused = true };
            case Scalar scalar:
                return ReadScalar(scalar, at);
            case SequenceStart list:
                RefuseProperties(list, at);
                return ReadList(at, list.Style == SequenceStyle.Flow, Deeper(at, depth));
            case MappingStart map:
                RefuseProperties(map, at);
                return ReadMap(at, map.Style == MappingStyle.Flow, Deeper(at, depth));
            default: // the parser lets some missing values pass
                throw new YamlFault(at, "a value is missing here", "write one, or look for a bracket or a '?' too many");
        }
    }

    ScalarNode ReadScalar(Scalar scalar, Position at)
    {
        if (scalar.Value.Length > MaxScalar)
        {
            _faults.Add(at, $"this text has {scalar.Value.Length:N0} characters, more than {MaxScalar:N0}", "put it into a file of its own");
            return new(at, "", quoted: true) { Refused = true };
        }

        var quoted = scalar.Style != ScalarStyle.Plain;
        if (!quoted) RefuseSwallowedItems(at, Place(scalar.End));
        if (!quoted && scalar.Value is ['“' or '”' or '„' or '«' or '»' or '‘' or '’' or '‚', ..])
            _faults.Add(at, $"the quote {scalar.Value[0]} is a letter to YAML", "write straight quotes: \" or '");
        if (scalar.Tag.IsEmpty) RefuseProperties(scalar, at);
        else if (RefusedTag.ReadAsNot(_source.Between(at, Place(scalar.End))) is { } not && !quoted)
        {
            _faults.Add(at, "'!' begins a YAML tag", $"write '{not}'");
            return new(at, not, quoted: false);
        }
        else RefuseTag(scalar, at);
        return new(at, scalar.Value, quoted);
    }

    void RefuseTab(Position at)
    {
        if (at.Line == _lastLine) return; // once per line: a line may hold all the values of a file
        _lastLine = at.Line;
        if (_source.TabIn(at.Line) is { } tab && tab.Column < at.Column) _faults.Add(tab, "a tab indents this line", "indent with spaces");
    }

    // A '-' that is indented too far is, to YAML, more text of the item above it.
    void RefuseSwallowedItems(Position from, Position until)
    {
        for (var line = from.Line + 1; line <= until.Line; line++)
        {
            var text = _source.Line(line);
            var dash = text.Length - text.TrimStart().Length;
            if (text.AsSpan(dash).StartsWith("- ") && new Position(line, dash + 1).CompareTo(until) < 0)
                _faults.Add(new(line, dash + 1), "this '-' continues the text of the line above", "align it with the '-' of the list");
        }
    }

    ListNode ReadList(Position at, bool flow, int depth)
    {
        var items = new List<Node>();
        if (flow) _open.Push(at);
        for (Next(); Current is not SequenceEnd; Next()) items.Add(ReadNode(depth));
        if (flow) _open.Pop();
        return new(at, flow ? CutExpression.Mend(items, _source, _faults) : items, flow);
    }

    MapNode ReadMap(Position at, bool flow, int depth)
    {
        var entries = new List<MapNode.Entry>();
        if (flow) _open.Push(at);
        for (Next(); Current is not MappingEnd; Next())
        {
            var key = ReadNode(depth);
            Next();
            var value = ReadNode(depth);
            if (key is ScalarNode name) entries.Add(new(name, value));
            else _faults.Add(key.At, $"{key.Kind} cannot be a key", "a key is one word");
        }
        if (flow) _open.Pop();
        // The map of a pair in a list, [a: 1], has no bracket of its own and hence no place.
        if (flow && entries.Count > 0 && _source.CharacterAt(at) != "{") at = entries[0].Key.At;
        return new(at, Keys.Checked(flow ? DecimalComma.Mend(CutExpression.Mend(entries, _source, _faults), _source, _faults) : entries, _faults), flow);
    }

    static int Deeper(Position at, int depth) => depth < MaxDepth
        ? depth + 1
        : throw new YamlFault(at, $"lists and maps are nested deeper than {MaxDepth}", "look for a bracket or an indentation too many");

    void RefuseProperties(NodeEvent node, Position at)
    {
        if (!node.Tag.IsEmpty) RefuseTag(node, at);
        else if (!node.Anchor.IsEmpty) _faults.Add(at, $"the anchor {Visible.Quote($"&{node.Anchor.Value}")} is refused", "write the value out where it is needed");
    }

    void RefuseTag(NodeEvent node, Position at)
    {
        var tag = RefusedTag.AsWritten(_source.Between(at, Place(node.End)), node.Tag.IsLocal ? node.Tag.Value : "!");
        _faults.Add(at, $"the tag {Visible.Quote(tag)} is refused", "delete it: the option decides how its value is read");
    }

    static Position Place(Mark mark) => new((int)mark.Line, (int)mark.Column);

    void Next()
    {
        try
        {
            _events.MoveNext();
        }
        catch (YamlException exception)
        {
            throw YamlFault.Of(exception.Message, Place(exception.Start), _source, _open);
        }
        catch (ArgumentException) // thrown for the text of a tag
        {
            var tag = _source.Text.IndexOf('!', _source.OffsetOf(Place(Current.End)));
            throw new YamlFault(_source.PositionOf(Math.Max(tag, 0)), "a tag is refused", "delete it, or put the text in quotes");
        }
        catch (InvalidOperationException) // thrown where the file ends inside brackets
        {
            throw YamlFault.Of("unexpected end", _source.PositionOf(_source.Text.Length), _source, _open);
        }
    }
}
