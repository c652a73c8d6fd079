using System.Text;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>Whose value a message is.</summary>
/// <param name="Device">Its device, or why it has none.</param>
/// <param name="Signal">Its signal, or what else its topic says of it.</param>
readonly record struct MqttPlace(int Device, int Signal);

/// <summary>Finds the device and the signal of a topic: taken apart when it is new, found by its bytes from then on.</summary>
sealed class MqttTopics
{
    /// <summary>A message holds values of several signals.</summary>
    public const int Several = -1;

    /// <summary>The topic says a signal that the pipeline does not declare.</summary>
    public const int Undeclared = -2;

    /// <summary>The topic fits none of the patterns, as after a subscription of an earlier run.</summary>
    public const int NoPattern = -3;

    /// <summary>There is no room for a further device.</summary>
    public const int NoRoom = -1;

    /// <summary>A tag is no text.</summary>
    public const int NoText = -2;

    const int MostTopics = 1_000_000;
    const int LongestTag = 1024; // bytes
    const int MostUndeclared = 10; // names that are told

    readonly IReadOnlyList<TopicPattern> _patterns;
    readonly Schema _schema;
    readonly int _signal; // of all messages; Several where topics say it
    readonly Dictionary<string, int> _signals = new(StringComparer.Ordinal); // by what topics call them
    readonly Interner _known = new(MostTopics);
    readonly HashSet<string> _undeclared = new(StringComparer.Ordinal);
    readonly List<string> _values = []; // of the topic that was taken apart last
    readonly int[][] _tags; // of each pattern: where its names stand among the tags; -1 for the signal
    MqttPlace[] _places = new MqttPlace[64];
    int _matched; // the pattern that it fits

    public MqttTopics(IReadOnlyList<TopicPattern> patterns, MqttSourceOptions options, Schema schema)
    {
        (_patterns, _schema) = (patterns, schema);
        _signal = options.Signal is null ? Several : schema.SignalNumber(options.Signal);
        for (var signal = 0; signal < schema.Signals.Count; signal++) _signals[options.Names.GetValueOrDefault(schema.Signals[signal].Name, schema.Signals[signal].Name)] = signal;
        var tags = schema.Keys.TagNames.ToList();
        _tags = [.. patterns.Select(p => p.Names.Select(n => n == TopicPattern.Signal ? -1 : tags.IndexOf(n)).ToArray())];
    }

    /// <summary>What a topic says of its messages.</summary>
    public MqttPlace Of(ReadOnlySpan<byte> topic)
    {
        var number = _known.Find(topic);
        if (number >= 0) return _places[number];
        var place = TakeApart(topic);
        if (place is { Device: NoRoom, Signal: >= Several }) return place; // it would be taken for known
        number = _known.Add(topic);
        if (number < 0) return place; // not remembered, only slower
        if (number >= _places.Length) Array.Resize(ref _places, 2 * number);
        return _places[number] = place;
    }

    /// <summary>The undeclared signal that a topic names, where it was not asked for before, and there were few.</summary>
    public string? NewName(ReadOnlySpan<byte> topic)
    {
        if (_undeclared.Count == MostUndeclared) return null;
        TakeApart(topic);
        var name = _values[Array.IndexOf(_tags[_matched], -1)];
        return _undeclared.Add(name) ? name : null;
    }

    MqttPlace TakeApart(ReadOnlySpan<byte> topic)
    {
        if (!Utf8.IsValid(topic)) return new(NoText, Several);
        for (var number = 0; number < _patterns.Count; number++)
        {
            if (!_patterns[number].Match(topic, _values)) continue;
            _matched = number;
            var tags = new string[_schema.Keys.TagNames.Count];
            Array.Fill(tags, "");
            var signal = _signal;
            for (var at = 0; at < _values.Count; at++)
            {
                var place = _tags[number][at];
                if (place >= 0 && Encoding.UTF8.GetByteCount(_values[at]) > LongestTag) return new(NoText, Several);
                if (place >= 0) tags[place] = _values[at];
                else if (!_signals.TryGetValue(_values[at], out signal)) return new(NoRoom, Undeclared);
            }

            return new(_schema.Keys.Device(tags), signal);
        }

        return new(NoRoom, NoPattern);
    }
}
