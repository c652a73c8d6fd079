using System.Text;

namespace StreamEdge;

/// <summary>The topic that rows are published to: the same for all, or one for each device.</summary>
/// <param name="text">The topic as the user wrote it: <c>acme/{machine}/anomalies</c>.</param>
sealed class MqttTopic(string text)
{
    const string Signal = "signal";

    readonly Dictionary<(Schema Schema, int Key), string?> _topics = [];
    readonly bool _fixed = !text.Contains('{');

    /// <summary>Reports names in braces that rows do not have, and what no topic may have; true where there is nothing of that.</summary>
    public static bool Check(string text, string option, BuildContext context)
    {
        var sound = true;
        var plain = new StringBuilder();
        foreach (var (literal, name) in Parts(text))
        {
            plain.Append(literal);
            if (name is null) continue;
            plain.Append('x');
            foreach (var input in context.Inputs)
                if (!(input.Keys.TagNames.Contains(name) || name == Signal && !input.IsRows))
                {
                    Fault($"there is no tag '{name}' to put into the topic", Suggestion.Remedy(name, [.. input.Keys.TagNames, .. input.IsRows ? [] : new[] { Signal }], "the tags are"));
                    break;
                }
        }

        if (plain.ToString().AsSpan().ContainsAny('{', '}')) Fault("a brace in the topic is not closed, or not opened", "write the name of a tag in braces: {machine}");
        else if (MqttLogin.WrongTopic(plain.ToString()) is { } wrong) Fault($"the topic {wrong}", "write it like acme/press-line-3/anomalies");
        return sound;

        void Fault(string what, string remedy)
        {
            sound = false;
            context.Fault(option, what, remedy);
        }
    }

    /// <summary>The topic of a row's key; null where a tag cannot stand in one.</summary>
    public string? Of(Schema schema, int key)
    {
        if (_fixed) return text;
        if (_topics.TryGetValue((schema, key), out var known)) return known;
        var topic = new StringBuilder();
        var tags = schema.Keys.Tags(schema.IsRows ? key : schema.Keys.DeviceOf[key]);
        foreach (var (literal, name) in Parts(text))
        {
            topic.Append(literal);
            if (name is null) continue;
            var place = schema.Keys.TagNames.ToList().IndexOf(name);
            var value = place >= 0 ? tags[place] : schema.Signals[schema.Keys.SignalOf[key]].Name;
            if (value.Contains('/') || MqttLogin.WrongTopic(value) is not null) return _topics[(schema, key)] = null;
            topic.Append(value);
        }

        return _topics[(schema, key)] = topic.ToString();
    }

    /// <summary>The topic as the user wrote it.</summary>
    public override string ToString() => text;

    /// <summary>What stands between names, each with the name behind it.</summary>
    static IEnumerable<(string Literal, string? Name)> Parts(string text)
    {
        while (text.IndexOf('{') is >= 0 and var open && text.IndexOf('}', open) is > 0 and var close && close > open)
        {
            yield return (text[..open], text[(open + 1)..close]);
            text = text[(close + 1)..];
        }

        yield return (text, null);
    }
}
