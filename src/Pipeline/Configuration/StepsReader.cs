namespace StreamEdge;

/// <summary>
/// Reads the <c>steps:</c> list: one-key maps in the order written; groups whose keys run in the order of the table;
/// <c>transmit</c> with its named sinks.
/// </summary>
sealed class StepsReader(Catalog catalog, Faults faults)
{
    static readonly string[] s_common = ["name", "from", "queue"];
    readonly List<StepEntry> _steps = [];
    readonly Dictionary<string, Position> _names = new(StringComparer.Ordinal);

    public IReadOnlyList<StepEntry> Read(ListNode steps)
    {
        foreach (var item in steps.Items)
        {
            if (item is not MapNode { Entries: [var (key, value), ..] } map)
            {
                if (item is ScalarNode text && LacksSpace(text) is { } spaced) faults.Add(item.At, $"{Visible.Quote(text.Text)} has no space after ':'", $"write '- {spaced}'");
                else faults.Add(item.At, $"a step is {Words(catalog.Stages)} with its options, not {item.Kind}", item is ScalarNode { Text: var word } && catalog.Stages.Contains(word) ? $"write '- {word}: …'" : "write '- window: { every: 1m, … }'");
                continue;
            }

            if (map.Entries.Count > 1)
            {
                faults.Add(map.Entries[1].Key.At, $"a step has one key, but '{map.Entries[1].Key.Text}' follows '{key.Text}'", "put a '-' before it, or indent it below the step");
                continue;
            }

            ReadStep(key, value);
        }

        return _steps;
    }

    /// <summary>"filter:temp > 80" with its space, where a step stands before the colon, if a misspelt one; null where none does.</summary>
    string? LacksSpace(ScalarNode text) =>
        text.Text.IndexOf(':') is > 0 and var colon && Suggestion.Nearest(text.Text[..colon], catalog.Stages) is { } step ? $"{step}: {text.Text[(colon + 1)..]}" : null;

    void ReadStep(ScalarNode key, Node value)
    {
        var lines = catalog.Of(key.Text);
        if (lines.Count == 0)
        {
            faults.Add(key.At, $"there is no step '{key.Text}'", Suggestion.Remedy(key.Text, catalog.Stages, "the steps are"));
            return;
        }

        if (value is ScalarNode { IsNull: false } && lines[0].Form == StepForm.Single && OptionsShape.Of(lines[0].Options).ShortOption is not null)
        {
            // "filter: temp_max > 80" is the whole step.
            Add(ReadCommon(new MapNode(value.At, [], flow: true), key, key.Text, s_common), lines[0], value, key.At, []);
            return;
        }

        if (value is not MapNode map)
        {
            var word = ((value as ListNode)?.Items is [var item, ..] ? item : value) as ScalarNode;
            faults.Add(value.At, $"{key.Text} needs a map of options, not {value.Kind}", lines[0].Form switch
            {
                StepForm.Grouped => $"write '{key.Text}: {{ {(lines.FirstOrDefault(l => l.Key == word?.Text) ?? lines[0]).Key}: … }}'",
                StepForm.Source => $"write '{key.Text}: {{ KIND: … }}' with one of {Words(lines.Select(l => l.Key))}",
                StepForm.Single when OptionsShape.Of(lines[0].Options).Options.FirstOrDefault(o => o.Required) is { } first => $"write '{key.Text}: {{ {first.Key}: … }}'",
                _ when word is not null && OptionsShape.Of(lines[0].Options).ByKey(word.Text) is { } named => $"write '{key.Text}: {{ {named.Key}{(named.Type == typeof(bool) ? "" : $": {OptionsBinder.ExampleOf(named.Type)}")} }}'",
                _ => $"indent its options below '{key.Text}:'",
            });
            return;
        }

        switch (lines[0].Form)
        {
            case StepForm.Source: ReadSource(key, map, lines); break;
            case StepForm.Grouped: ReadGroup(key, map, lines); break;
            case StepForm.Sink: ReadSinks(map, lines); break;
            default:
                map = WithFrom(map, key.Text);
                Add(ReadCommon(map, key, key.Text, s_common), lines[0], map, key.At, s_common);
                break;
        }
    }

    void ReadSource(ScalarNode key, MapNode map, IReadOnlyList<CatalogEntry> lines)
    {
        string[] common = ["name"];
        var step = ReadCommon(map, key, key.Text, common);
        if (Protocol(map, lines, key.At, "collect", common) is { } protocol) Add(step, protocol.Line, protocol.Options, key.At, []);
    }

    void ReadGroup(ScalarNode key, MapNode map, IReadOnlyList<CatalogEntry> lines)
    {
        var group = ReadCommon(map, key, key.Text, s_common);
        foreach (var (option, _) in map.Entries)
            if (!s_common.Contains(option.Text) && lines.All(l => l.Key != option.Text))
                faults.Add(option.At, $"{key.Text} has no option '{option.Text}'", Suggestion.Remedy(option.Text, [.. lines.Select(l => l.Key), .. s_common], "its options are"));

        var members = lines.Where(l => map[l.Key] is not null).ToList();
        if (members.Count == 0) faults.Add(key.At, $"{key.Text} does nothing", $"give it {Words(lines.Select(l => l.Key))}, or leave it out");
        for (var at = 0; at < members.Count; at++)
        {
            map.TryGet(members[at].Key, out var entry);
            var member = group with
            {
                Name = $"{group.Name}.{members[at].Key}",
                From = at > 0 ? null : group.From,
                Queue = at > 0 ? null : group.Queue,
                Alias = at == members.Count - 1 ? group.Name : null,
            };
            Add(member, members[at], entry!.Value, entry.Key.At, []);
        }
    }

    void ReadSinks(MapNode map, IReadOnlyList<CatalogEntry> lines)
    {
        string[] common = ["from", "queue", "only"];
        foreach (var (name, value) in map.Entries)
        {
            if (value is not MapNode sink)
            {
                RefuseBareSink(name, value, lines);
                continue;
            }

            sink = WithFrom(sink, $"the sink '{name.Text}'");
            var step = ReadCommon(sink, name, name.Text, common);
            if (sink.TryGet("only", out var only))
            {
                if (only.Value is ScalarNode { Text: "anomaly" }) step = step with { OnlyAnomaly = only.Key.At };
                else faults.Add(only.Value.At, "only takes the word anomaly", "write 'only: anomaly', or leave it out to send everything");
            }

            if (Protocol(sink, lines, name.At, $"the sink '{name.Text}'", common) is { } protocol) Add(step, protocol.Line, protocol.Options, name.At, []);
        }
    }

    /// <summary>Tells a sink without a map: its name is forgotten, or what it is.</summary>
    void RefuseBareSink(ScalarNode name, Node value, IReadOnlyList<CatalogEntry> lines)
    {
        var written = (value as ScalarNode)?.Text ?? "";
        if (lines.Any(l => l.Key == name.Text)) faults.Add(name.At, $"the sink '{name.Text}' has no name", $"write 'NAME: {{ {name.Text}: {(written.Length > 0 ? written : "…")} }}'");
        else if (lines.Any(l => l.Key == written)) faults.Add(value.At, $"the sink '{name.Text}' needs a map of options, not {value.Kind}", $"write '{name.Text}: {{ {written}: … }}'");
        else if (Suggestion.Nearest(name.Text, lines.Select(l => l.Key)) is { } near) faults.Add(name.At, $"there is no sink '{name.Text}'", $"write 'NAME: {{ {near}: … }}'");
        else faults.Add(name.At, $"there is no sink '{name.Text}'", $"write 'NAME: {{ KIND: … }}' with one of {Words(lines.Select(l => l.Key))}");
    }

    /// <summary>Finds the one key that names a line of the table; its short value joins the options beside it.</summary>
    (CatalogEntry Line, Node Options)? Protocol(MapNode map, IReadOnlyList<CatalogEntry> lines, Position at, string who, string[] common)
    {
        var found = map.Entries.Where(e => lines.Any(l => l.Key == e.Key.Text)).ToList();
        if (found.Count != 1)
        {
            if (found.Count > 1) faults.Add(found[1].Key.At, $"{who} is both {found[0].Key.Text} and {found[1].Key.Text}", $"give it one of {Words(lines.Select(l => l.Key))}");
            else RefuseUnknown([.. map.Entries.Select(e => e.Key).Where(k => !common.Contains(k.Text))], lines, at, who);
            return null;
        }

        var line = lines.First(l => l.Key == found[0].Key.Text);
        var others = map.Entries.Where(e => e != found[0] && !common.Contains(e.Key.Text)).ToList();
        if (found[0].Value is MapNode inside)
        {
            foreach (var other in others) faults.Add(other.Key.At, $"'{other.Key.Text}' stands beside {line.Key}, whose options are inside it", $"indent it below '{line.Key}:'");
            return (line, inside);
        }

        var main = OptionsShape.Of(line.Options).ShortOption?.Key;
        if (main is null)
        {
            faults.Add(found[0].Value.At, $"{line.Key} needs a map of options, not {found[0].Value.Kind}", $"indent its options below '{line.Key}:'");
            return null;
        }

        // A protocol without a value takes its defaults: "store:" alone is a whole sink.
        if (found[0].Value is ScalarNode { IsNull: true, Refused: false }) return (line, new MapNode(found[0].Key.At, others, map.Flow));
        var renamed = new MapNode.Entry(new ScalarNode(found[0].Key.At, main, quoted: false), found[0].Value);
        return (line, new MapNode(map.At, [renamed, .. others.Where(o => o.Key.Text != main)], map.Flow));
    }

    /// <summary>Tells a map in which no key names a line of the table: it is misspelled, unknown, or forgotten.</summary>
    void RefuseUnknown(IReadOnlyList<ScalarNode> keys, IReadOnlyList<CatalogEntry> lines, Position at, string who)
    {
        var words = lines.Select(l => l.Key).ToList();
        var unknown = keys.FirstOrDefault(k => Suggestion.Nearest(k.Text, words) is not null) ?? (keys.Count > 0 ? keys[0] : null);
        if (unknown is null || lines.Any(l => OptionsShape.Of(l.Options).ByKey(unknown.Text) is not null)) faults.Add(at, $"{who} does not say what it is", $"give it one of {Words(words)}");
        else
        {
            var kind = lines[0].Form == StepForm.Source ? "source" : "sink";
            faults.Add(unknown.At, $"there is no {kind} '{unknown.Text}'", Suggestion.Remedy(unknown.Text, words, $"the {kind}s are"));
        }
    }

    /// <summary>Tells a "form: STEP" and reads it as "from": in derive it would be a column, and to a sink it is near to "format".</summary>
    MapNode WithFrom(MapNode map, string who)
    {
        if (map["from"] is not null || map["form"] is not { } value || !(value is ListNode list ? list.Items : [value]).All(IsStep)) return map;
        return new(map.At, [.. map.Entries.Select(e => e.Key.Text == "form" ? new(Told(e.Key), e.Value) : e)], map.Flow);

        bool IsStep(Node node) => node is ScalarNode { Text.Length: > 0 } name && _names.Keys.Any(n => n == name.Text || n.StartsWith($"{name.Text}.", StringComparison.Ordinal) || name.Text.StartsWith($"{n}.", StringComparison.Ordinal));

        ScalarNode Told(ScalarNode key)
        {
            faults.Add(key.At, $"{who} has no option 'form'", "did you mean 'from'?");
            return new(key.At, "from", quoted: false);
        }
    }

    StepEntry ReadCommon(MapNode map, ScalarNode key, string name, string[] common)
    {
        if (common.Contains("name") && map["name"] is { } given)
        {
            if (given is ScalarNode { Text.Length: > 0 } text) name = text.Text;
            else faults.Add(given.At, "a step's name is a word", "write 'name: trend'");
        }

        IReadOnlyList<ScalarNode>? from = null;
        if (common.Contains("from") && map["from"] is { } source)
        {
            from = source switch
            {
                ScalarNode one => [one],
                ListNode list => [.. list.Items.OfType<ScalarNode>()],
                _ => [],
            };
            if (from.Count == 0) faults.Add(source.At, "from names one step or a list of steps", "write 'from: normalize' or 'from: [infer, compress]'");
        }

        QueueOptions? queue = null;
        if (common.Contains("queue") && map["queue"] is { } node) queue = (QueueOptions)OptionsBinder.Bind(typeof(QueueOptions), "queue", node, faults).Value;
        return new(name, null!, null!, key.At) { From = from, Queue = queue };
    }

    void Add(StepEntry step, CatalogEntry line, Node options, Position at, string[] common)
    {
        if (!_names.TryAdd(step.Name, at))
            faults.Add(at, $"there are two steps '{step.Name}' (the other is in line {_names[step.Name].Line})", line.Form == StepForm.Sink ? "give one another name" : "give one a 'name:'");
        _steps.Add(step with { Line = line, Bound = OptionsBinder.Bind(line.Options, line.Name, options, faults, common), At = at });
    }

    static string Words(IEnumerable<string> words) => string.Join(", ", words);
}
