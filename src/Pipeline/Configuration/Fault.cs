namespace StreamEdge;

/// <summary>One mistake in a pipeline file: where it is, what is wrong, and what to write instead.</summary>
/// <param name="File">Name of the file as the user gave it.</param>
/// <param name="At">Place of the mistake.</param>
/// <param name="What">What is wrong, in plain words.</param>
/// <param name="Remedy">What to do about it, or null where nothing helps but thinking.</param>
public sealed record Fault(string File, Position At, string What, string? Remedy)
{
    const int Width = 80; // of a picture's line, as it is shown

    /// <summary>Name of the file as the user gave it; hidden characters are shown as their codes.</summary>
    public string File { get; init; } = Visible.Text(File);

    /// <summary>What is wrong, in plain words; hidden characters are shown as their codes.</summary>
    public string What { get; } = Visible.Text(What);

    /// <summary>What to do about it, or null; hidden characters are shown as their codes.</summary>
    public string? Remedy { get; } = Remedy is null ? null : Visible.Text(Remedy);

    /// <summary>One line: "file:line:column: what; remedy".</summary>
    public override string ToString() =>
        Remedy is null ? $"{File}:{At}: {What}" : $"{File}:{At}: {What}; {Remedy}";

    /// <summary>The line of the mistake with a caret below its column, for a terminal; empty where the file has no such line.</summary>
    /// <param name="source">The text of the whole file.</param>
    public string Picture(string source)
    {
        var line = LineOf(source, At.Line);
        if (line is null) return "";

        var column = Math.Clamp(At.Column - 1, 0, line.Length);
        var (before, behind) = ("", "");
        // Half of the width is for what follows the place; what that leaves over goes to what is before it, and the other way round.
        var next = Behind(column, Width / 2);
        for (var at = column - 1; at >= 0 && Shown(line, at) is var shown && before.Length + behind.Length + shown.Length <= Width; at--) before = shown + before;
        Behind(next, Width - before.Length);
        var number = $"{At.Line}";
        return $"{number} | {before}{behind}\n{new string(' ', number.Length)} | {new string(' ', before.Length)}^";

        int Behind(int at, int width)
        {
            for (; at < line.Length && Shown(line, at) is var shown && behind.Length + shown.Length <= width; at++) behind += shown;
            return at;
        }
    }

    // One character, or both halves of one at its first; hidden ones as their codes, so that none moves the caret.
    static string Shown(string line, int at) =>
        char.IsLowSurrogate(line[at]) && at > 0 && char.IsHighSurrogate(line[at - 1]) ? ""
        : Visible.Text(char.IsHighSurrogate(line[at]) && at + 1 < line.Length ? line.Substring(at, 2) : line[at].ToString());

    static string? LineOf(string source, int wanted)
    {
        var number = 1;
        foreach (var line in source.AsSpan().EnumerateLines())
            if (number++ == wanted) return line.ToString();
        return null;
    }
}
