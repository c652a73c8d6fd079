namespace StreamEdge;

/// <summary>
/// The files that patterns name: <c>*</c> and <c>?</c> inside a name, <c>**</c> for any folders. Each pattern's files
/// in ordinal order of their paths; a file that several patterns name comes once.
/// </summary>
static class FileSet
{
    /// <summary>Most files of one source.</summary>
    public const int MostFiles = 100_000;

    static readonly EnumerationOptions s_visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = true };

    /// <summary>The files of one full pattern.</summary>
    public static IReadOnlyList<string> Of(string pattern)
    {
        if (!IsPattern(pattern)) return File.Exists(pattern) ? [pattern] : [];
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var parts = pattern.Split('/', '\\');
        var first = Array.FindIndex(parts, IsPattern);
        Walk(string.Join('/', parts[..first]) + "/", parts.AsSpan(first), found);
        return [.. found];
    }

    /// <summary>The pattern of the files of a folder, by the ending of the first: <c>readings/*.csv</c>.</summary>
    public static string PatternOf(string folder, string full) =>
        $"{folder.TrimEnd('/', '\\')}/*{Path.GetExtension(Names(full).Order(StringComparer.Ordinal).FirstOrDefault())}";

    /// <summary>What to write where there is no such file: the nearest name beside it.</summary>
    public static string Remedy(string path, string full)
    {
        var near = Path.GetDirectoryName(full) is { } folder && Directory.Exists(folder) ? Suggestion.Nearest(Path.GetFileName(full), Names(folder)) : null;
        return near is not null ? $"did you mean '{near}'?" : path.Contains('\\') && Path.DirectorySeparatorChar == '/' ? $"write {path.Replace('\\', '/')}" : "paths are relative to the pipeline's file";
    }

    static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(folder, "*", s_visible).Take(1_000).Select(f => Path.GetFileName(f)!);

    static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?');

    static void Walk(string folder, ReadOnlySpan<string> parts, SortedSet<string> found)
    {
        if (found.Count > MostFiles || !Directory.Exists(folder)) return;
        if (parts[0] == "**")
        {
            if (parts.Length > 1) Walk(folder, parts[1..], found);
            else Files(folder, "*", found);
            foreach (var inner in Directory.EnumerateDirectories(folder, "*", s_visible))
                if (!IsLink(inner)) Walk(inner + "/", parts, found); // a link may lead back up
        }
        else if (parts.Length == 1) Files(folder, parts[0], found);
        else if (!IsPattern(parts[0])) Walk($"{folder}{parts[0]}/", parts[1..], found);
        else
        {
            foreach (var inner in Directory.EnumerateDirectories(folder, parts[0], s_visible)) Walk(inner + "/", parts[1..], found);
        }
    }

    static void Files(string folder, string pattern, SortedSet<string> found)
    {
        if (!IsPattern(pattern))
        {
            if (File.Exists(folder + pattern)) found.Add(folder + pattern);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder, pattern, s_visible))
        {
            found.Add(file);
            if (found.Count > MostFiles) return;
        }
    }

    static bool IsLink(string folder) => (File.GetAttributes(folder) & FileAttributes.ReparsePoint) != 0;
}
