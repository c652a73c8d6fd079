using System.CommandLine;

namespace StreamEdge;

/// <summary>Writes the help of the program and of each command, in 80 columns.</summary>
static class HelpText
{
    const int Width = 80;

    public static void Write(Command command, TextWriter output)
    {
        if (command is Verb verb) WriteVerb(verb, output);
        else WriteProgram(command, output);
    }

    static void WriteProgram(Command root, TextWriter output)
    {
        output.WriteLine("""
            StreamEdge collects readings from the machines of a plant, cleans them, finds
            what is unusual and sends on what matters. One YAML file says how.

            Try these first:
              streamedge run pipelines/demo.yaml       a simulated plant, end to end
              streamedge explain pipelines/demo.yaml   what happens in it, step by step
              streamedge query demo --last 10          what it has stored

            Commands:
            """);
        Pairs(root.Subcommands.Select(c => (Usage(c), c.Description ?? "")), output);
        output.WriteLine("""

            Each has a help of its own: streamedge run --help
            Exit codes: 0 fine; 1 mistakes in a file, a failed test, or books that do not
            balance; 2 wrong command line; 3 a pipeline failed, or its results cannot be
            written.
            """);
    }

    static void WriteVerb(Verb verb, TextWriter output)
    {
        output.WriteLine($"streamedge {Usage(verb)} [options]");
        output.WriteLine();
        foreach (var line in Wrap($"{verb.Description} {verb.Detail}".TrimEnd(), Width)) output.WriteLine(line);
        output.WriteLine();
        if (verb.Arguments.Count > 0)
        {
            output.WriteLine("Arguments:");
            Pairs(verb.Arguments.Select(a => (a.Name, a.Description ?? "")), output);
            output.WriteLine();
        }

        output.WriteLine("Options:");
        Pairs(verb.Options.Select(o => ($"{o.Name} {o.HelpName}".TrimEnd(), o.Description ?? "")).Append(("--help", "Shows this.")), output);
        output.WriteLine();
        output.WriteLine("Example:");
        output.WriteLine($"  {verb.Example}");
    }

    static string Usage(Command command) => string.Join(' ', command.Arguments.Select(Shown).Prepend(command.Name));

    static string Shown(Argument argument)
    {
        var name = argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    static void Pairs(IEnumerable<(string Left, string Right)> pairs, TextWriter output)
    {
        var all = pairs.ToList();
        var left = all.Max(p => p.Left.Length) + 4;
        foreach (var (name, text) in all) Hang($"  {name.PadRight(left - 2)}", text, left, output);
    }

    /// <summary>Writes a text behind a lead; its further lines are indented.</summary>
    public static void Hang(string lead, string text, int indent, TextWriter output)
    {
        foreach (var (number, line) in Wrap(text, Width - Math.Max(lead.Length, indent)).Index())
            output.WriteLine((number == 0 ? lead : new string(' ', indent)) + line);
    }

    /// <summary>The words in lines of at most that width.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
