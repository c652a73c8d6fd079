using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge docs</c>: tells what can stand in a pipeline file.</summary>
sealed class DocsVerb : Verb
{
    readonly Argument<string?> _topic = new("TOPIC") { Description = "A step such as window or clean.stuck, a block (time, signals, tests), 'expressions', 'units', or 'schema' (for editors). Default: what there is.", Arity = ArgumentArity.ZeroOrOne };

    public DocsVerb() : base("docs", "Tells what can stand in a pipeline file.", "streamedge docs window") => Add(_topic);

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var (topic, output) = (given.GetValue(_topic), terminal.Out);
        if (topic is null) WriteAll(steps, output);
        else if (topic == "expressions") WriteExpressions(output);
        else if (topic == "units") WriteUnits(output);
        else if (topic == "schema") output.Write(PipelineSchema.Write(steps));
        else if (topic == "tests") WriteTests(output);
        else if (Block(topic) is { } block) WriteRecord(topic, block, output);
        else if (Found(steps, topic) is { Count: > 0 } found) WriteSteps(found, output);
        else throw new MisuseException($"there is nothing about {Visible.Quote(topic)}; {Suggestion.Remedy(topic, [.. steps.Entries.Select(e => e.Key), .. steps.Stages, "time", "durable", "signals", "tests", "expressions", "units"], "see 'streamedge docs' for what there is:")}");
        return Task.FromResult(Exit.Fine);
    }

    /// <summary>A step by its name, by its key, or all of a group.</summary>
    static List<CatalogEntry> Found(Catalog steps, string topic)
    {
        var named = steps.Entries.Where(e => e.Name == topic || e.Key == topic).ToList();
        return named.Count > 0 ? named : [.. steps.Of(topic)];
    }

    static Type? Block(string topic) => topic switch { "time" => typeof(TimeOptions), "durable" => typeof(DurableOptions), "signals" => typeof(SignalOptions), "queue" => typeof(QueueOptions), "buffer" => typeof(BufferOptions), _ => null };

    static void WriteAll(Catalog steps, TextWriter output)
    {
        output.WriteLine("The steps, in the order of the stages; 'streamedge docs STEP' tells their options.");
        foreach (var stage in steps.Entries.GroupBy(e => e.Stage))
        {
            output.WriteLine();
            output.WriteLine(stage.Key);
            foreach (var entry in stage) HelpText.Hang($"  {entry.Key,-15} ", StepDocs.FirstSentence(entry.Options), 18, output);
        }

        output.WriteLine();
        output.WriteLine("Also: streamedge docs time, signals, queue, buffer, tests, expressions, units, schema");
    }

    static void WriteSteps(List<CatalogEntry> found, TextWriter output)
    {
        foreach (var (number, entry) in found.Index())
        {
            if (number > 0) output.WriteLine();
            WriteRecord(entry.Name, entry.Options, output);
            WriteExample(entry.Options, output);
        }
    }

    static void WriteExample(Type type, TextWriter output)
    {
        if (StepDocs.ExampleOf(type) is not { } example) return;
        output.WriteLine();
        output.WriteLine("  for example");
        foreach (var line in example.Split('\n')) output.WriteLine($"    {line}");
    }

    static void WriteTests(TextWriter output)
    {
        foreach (var (name, type) in new[] { ("tests", typeof(TestOptions)), ("an item of feed", typeof(FeedOptions)), ("a step in expect", typeof(StepExpectOptions)), ("a row in expect", typeof(RowOptions)) })
        {
            WriteRecord(name, type, output);
            output.WriteLine();
        }

        HelpText.Hang("  ", ExpectedValue.Form, 2, output);
        WriteExample(typeof(TestOptions), output);
    }

    static void WriteRecord(string name, Type type, TextWriter output)
    {
        output.WriteLine(name);
        foreach (var paragraph in StepDocs.Of(type)) HelpText.Hang("  ", paragraph, 2, output);
        WriteOptions(type, 2, output);
    }

    static void WriteOptions(Type type, int indent, TextWriter output)
    {
        var shape = OptionsShape.Of(type);
        foreach (var option in shape.Options)
        {
            output.WriteLine();
            var key = option == shape.RestOption ? "NAME" : option.Key;
            output.WriteLine($"{new string(' ', indent)}{key}: {(option == shape.RestOption ? Form(OptionsBinder.EntryOf(option.Type)!, null) : Form(option.Type, option))}{(option.Required ? "   (needed)" : "")}");
            HelpText.Hang(new string(' ', indent + 4), StepDocs.Of(option.Property), indent + 4, output);
            if (RecordIn(option.Type) is { } inner) WriteOptions(inner, indent + 4, output);
        }
    }

    /// <summary>How a value is written: one of some words, or an example.</summary>
    static string Form(Type declared, OptionsShape.Option? option)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type.IsEnum ? string.Join(" | ", Enum.GetNames(type).Select(OptionsShape.Snake)) : option?.Example ?? OptionsBinder.ExampleOf(declared);
    }

    /// <summary>The record of options that an option holds, alone, in a list or in a map; null where it holds a value.</summary>
    static Type? RecordIn(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        type = OptionsBinder.EntryOf(type) ?? OptionsBinder.ItemOf(type) ?? type;
        return type.IsClass && type != typeof(string) && type.Assembly != typeof(string).Assembly && !typeof(Node).IsAssignableFrom(type) && !OptionsBinder.IsValue(type) ? type : null;
    }

    static void WriteExpressions(TextWriter output)
    {
        output.WriteLine("""
            An expression is computed of each row, or asked of it: temp_max > 80 degC and
            state == "run". Names are the row's columns, its tags and 'quality'; readings
            have 'value' and 'signal'. A name of other letters stands in backticks:
            `flow rate`. Texts stand in double quotes.

            From what binds tightest: -x; * / %; + -; ??; < <= > >= == != in; not; and; or.
            A number may carry its unit (5 bar, 80%), and is converted; without one it is in
            the unit of the other side. What is computed of a missing value is missing; x ??
            y is y where x is missing.

            Functions:
            """);
        foreach (var function in Functions.All) HelpText.Hang($"  {function.Form,-27} ", function.Summary, 30, output);
    }

    static void WriteUnits(TextWriter output)
    {
        output.WriteLine("Units by family; each also over time, as in degC/s or m3/h.");
        output.WriteLine();
        foreach (var family in Units.All.GroupBy(u => u.Dimension)) HelpText.Hang($"  {family.Key,-22} ", string.Join(", ", family.Select(u => u.Symbol)), 25, output);
    }
}
