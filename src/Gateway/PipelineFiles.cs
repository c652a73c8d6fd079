using System.CommandLine;
using System.Text;

namespace StreamEdge;

/// <summary>The pipeline files that a command line names: found, compiled, their mistakes told.</summary>
static class PipelineFiles
{
    const long MostShown = 1 << 20; // of a larger file no line is shown: it is refused for its size anyway

    public static Argument<string[]> Several() => new("FILE") { Description = "Pipeline files.", Arity = ArgumentArity.OneOrMore };

    public static Argument<string> One() => new("FILE") { Description = "A pipeline file." };

    /// <summary>Compiles a file, or tells its mistakes and returns null.</summary>
    /// <exception cref="MisuseException">The file is not there.</exception>
    public static Plan? Compile(Command command, string file, Catalog steps, Surroundings surroundings, Terminal terminal)
    {
        Require(command, file);
        try
        {
            return new Compiler(steps, surroundings).CompileFile(file);
        }
        catch (PipelineException error)
        {
            Tell(file, error, terminal.Error);
            return null;
        }
    }

    /// <summary>Refuses files that are not there, and one that is named twice.</summary>
    public static void Require(Command command, string[] files)
    {
        foreach (var file in files) Require(command, file);
        if (files.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new MisuseException($"{command.Name}: the file {Visible.Text(twice.First())} is named twice");
    }

    /// <summary>Tells what keeps a pipeline from running beside others, a name or an output file that one of them has, and returns true; false where nothing does.</summary>
    public static bool Clashes(string file, Plan plan, IReadOnlyList<Plan> others, Terminal terminal)
    {
        if (others.FirstOrDefault(o => o.Context.Name == plan.Context.Name) is { } same)
        {
            terminal.Error.WriteLine($"{Visible.Text(file)}: its name '{plan.Context.Name}' is that of {Visible.Text(same.Context.File)}; give it another, for its store and its books go by it");
            return true;
        }

        var written = Written(plan).ToList();
        if (written.GroupBy(path => path).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            terminal.Error.WriteLine($"{Visible.Text(file)}: two of its steps write the file {Visible.Quote(Path.GetRelativePath(Path.GetFullPath(plan.Context.Surroundings.StateFolder), twice.Key))}; give each its own, or one sink both inputs: 'from: [a, b]'");
            return true;
        }

        if (others.FirstOrDefault(o => Written(o).Intersect(written).Any()) is not { } other) return false;
        var output = Path.GetRelativePath(Path.GetFullPath(plan.Context.Surroundings.StateFolder), Written(other).Intersect(written).First());
        terminal.Error.WriteLine($"{Visible.Text(file)}: it writes the file {Visible.Quote(output)}, as {Visible.Text(other.Context.File)} does; give it another");
        return true;
    }

    /// <summary>The output files that belong to one pipeline alone. Stores are not among them: pipelines may share one.</summary>
    static IEnumerable<string> Written(Plan plan) =>
        from step in plan.Steps
        let file = step.Options switch
        {
            FileSinkOptions sink => sink.Path,
            SimulateSourceOptions source => source.Labels,
            _ => null,
        }
        where file is not null
        select plan.Context.OutputPath(file);

    /// <summary>Refuses a file that is not there, and a mistyped option that was taken for one.</summary>
    public static void Require(Command command, string file)
    {
        if (File.Exists(file)) return;
        if (file.StartsWith('-')) throw new MisuseException(CommandLine.UnknownOption(command, file));
        if (Directory.Exists(file)) throw new MisuseException($"{Visible.Text(file)} is a folder; name the pipeline files in it");
        var folder = Path.GetDirectoryName(file) is { Length: > 0 } given ? given : ".";
        var near = Directory.Exists(folder) ? Suggestion.Nearest(Path.GetFileName(file), Directory.EnumerateFiles(folder, "*.y*ml").Take(1_000).Select(f => Path.GetFileName(f))) : null;
        throw new MisuseException($"there is no file {Visible.Text(file)}{(near is null ? "" : $"; did you mean '{Path.Combine(Path.GetDirectoryName(file) ?? "", near)}'?")}");
    }

    /// <summary>Every mistake with its line of the file, and how many there are.</summary>
    public static void Tell(string file, PipelineException error, TextWriter output)
    {
        var source = new FileInfo(file) is { Exists: true, Length: <= MostShown } ? File.ReadAllText(file, Encoding.UTF8) : "";
        foreach (var fault in error.Faults)
        {
            output.WriteLine(fault);
            if (fault.Picture(source) is { Length: > 0 } picture) output.WriteLine(picture);
        }

        var count = error.Faults.Count + error.Omitted;
        output.WriteLine($"{Visible.Text(file)}: {count} mistake{(count == 1 ? "" : "s")}{(error.Omitted > 0 ? $", of which the first {error.Faults.Count} are shown" : "")}");
    }
}
