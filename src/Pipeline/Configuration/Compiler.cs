namespace StreamEdge;

/// <summary>Turns a pipeline file and the table of steps into a checked plan. All mistakes are told at once.</summary>
/// <param name="catalog">The table of steps.</param>
/// <param name="surroundings">Folders, switches and time.</param>
public sealed class Compiler(Catalog catalog, Surroundings surroundings)
{
    static readonly string[] s_blocks = ["pipeline", "time", "durable", "signals", "steps", "tests"];

    /// <summary>Compiles a file.</summary>
    /// <exception cref="PipelineException">The file has mistakes.</exception>
    public Plan CompileFile(string file) => Compile(file, ReadLimited(file));

    /// <summary>Compiles the bytes of a file.</summary>
    /// <exception cref="PipelineException">The file has mistakes.</exception>
    public Plan Compile(string file, ReadOnlyMemory<byte> yaml)
    {
        var faults = new Faults(file);
        var plan = YamlReader.Read(yaml, faults) is { } root ? Read(file, root, faults) : null;
        faults.ThrowIfAny();
        return plan! with { Again = time => new Compiler(catalog, surroundings with { Time = time }).Compile(file, yaml) };
    }

    Plan? Read(string file, MapNode root, Faults faults)
    {
        root = new MapNode(root.At, [.. root.Entries.Select(e => Block(e, root, faults))], root.Flow);
        var name = ReadName(root, faults);
        var time = root["time"] is { } node ? (TimeOptions)OptionsBinder.Bind(typeof(TimeOptions), "time", node, faults).Value : new TimeOptions();
        var durable = root["durable"] is { } kept ? (DurableOptions)OptionsBinder.Bind(typeof(DurableOptions), "durable", kept, faults).Value : new DurableOptions();
        var signals = SignalsReader.Read(root, faults);
        if (root["steps"] is not ListNode { Items.Count: > 0 } list)
        {
            if (root["steps"] is MapNode map) faults.Add(map.At, "the steps are a map, but they run in order", $"make a list of them: begin each with '- ', as in '- {map.Entries[0].Key.Text}:'");
            else faults.Add((root["steps"] ?? root).At, "the file has no list of steps", "write 'steps:' with '- collect:' below it");
            return null;
        }

        var entries = new StepsReader(catalog, faults).Read(list);
        if (signals.Count == 0) return null; // every step would miss them
        var tags = entries.Select(e => e.Options).OfType<SourceOptions>().SelectMany(s => s.TagNames).Distinct().ToList();
        var keys = new KeyTable(tags, signals.Count);
        var context = new PipelineContext(name, file, time, signals, keys, new Clock(surroundings.Time), surroundings) { Durable = durable };
        var plan = new Plan(context, new Planner(context, entries, faults).Plan(list.At));
        // Tests are read against steps that are sound. A pipeline whose model is yet to be trained cannot be tested.
        return root["tests"] is { } tests && !faults.Any && !surroundings.WithoutModels ? plan with { Tests = new TestsReader(plan, faults).Read(tests) } : plan;
    }

    /// <summary>Tells a block that there is not; one that is misspelt is read as what it is meant for, so that its own mistakes are told too.</summary>
    static MapNode.Entry Block(MapNode.Entry entry, MapNode root, Faults faults)
    {
        var key = entry.Key;
        if (s_blocks.Contains(key.Text)) return entry;
        faults.Add(key.At, $"a pipeline file has no block '{key.Text}'", Suggestion.Remedy(key.Text, s_blocks, "its blocks are"));
        return Suggestion.Nearest(key.Text, s_blocks) is { } meant && root[meant] is null && root.Entries.First(e => Suggestion.Nearest(e.Key.Text, s_blocks) == meant) == entry ? new(new ScalarNode(key.At, meant, quoted: false), entry.Value) : entry;
    }

    static string ReadName(MapNode root, Faults faults)
    {
        if (root["pipeline"] is ScalarNode { Text.Length: > 0 and <= 64 } name && name.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name.Text[0]))
            return name.Text;
        if (root["pipeline"] is { } wrong) faults.Add(wrong.At, "a pipeline's name is one word of at most 64 letters, digits, '-', '_' and '.'", "write 'pipeline: press-line-3'");
        else faults.Add(root.At, "the pipeline has no name", "begin the file with 'pipeline: NAME'");
        return "unnamed";
    }

    static ReadOnlyMemory<byte> ReadLimited(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var bytes = new byte[Math.Min(stream.Length, YamlReader.MaxBytes + 1)];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(new Fault(file, new Position(1, 1), $"the file cannot be read: {error.Message}", "check its name and its rights"));
        }
    }
}
