using System.Runtime.CompilerServices;
using System.Text;

namespace StreamEdge;

/// <summary>
/// The case folders: <c>pipeline.yaml</c>, its input, and either <c>faults.txt</c>, the faults a line each, or
/// <c>expected/</c>, the files that the run leaves in its state folder, to the byte.
/// </summary>
static class Cases
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "Cases"));

    public static IEnumerable<string> With(string expected) =>
        Directory.EnumerateDirectories(Folder).Where(c => Path.Exists(Path.Combine(c, expected))).Select(c => Path.GetFileName(c)!).Order(StringComparer.Ordinal);

    /// <summary>Compiles a case's pipeline as if its folder were the current one, so that faults name <c>pipeline.yaml</c>.</summary>
    public static Plan Compile(string name, Surroundings surroundings)
    {
        var file = Path.Combine(Folder, name, "pipeline.yaml");
        try
        {
            return new Compiler(BuiltIn.Catalog(), surroundings).CompileFile(file);
        }
        catch (PipelineException error)
        {
            throw new PipelineException([.. error.Faults.Select(f => new Fault("pipeline.yaml", f.At, Here(f.What)!, Here(f.Remedy)))], error.Omitted);
        }

        string? Here(string? text) => text?.Replace($"{Path.GetDirectoryName(file)}/", "").Replace($"{Repository.Root}/", "");
    }

    /// <summary>Compares with a file of the case; with STREAMEDGE_UPDATE_CASES=1 writes it instead, for a person to read before it is committed.</summary>
    public static void Matches(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("STREAMEDGE_UPDATE_CASES") == "1") File.WriteAllText(path, actual, new UTF8Encoding(false));
        Assert.Equal(File.ReadAllText(path), actual);
    }

    static string Here([CallerFilePath] string path = "") => path;
}
