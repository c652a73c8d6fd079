using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>Where the repository lies, whatever folder the tests run in.</summary>
static class Repository
{
    /// <summary>The folder of StreamEdge.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The folder `shared` beside the repository, which holds the public data sets; null where it is missing.</summary>
    public static string? Shared { get; } = Path.Combine(Root, "..", "shared") is var folder && Directory.Exists(folder)
        ? Path.GetFullPath(folder)
        : null;

    // This file lies in tests/StreamEdge.Tests/Support, also where another project links it.
    static string Find([CallerFilePath] string self = "") => Path.GetFullPath(Path.Combine(self, "../../../.."));
}
