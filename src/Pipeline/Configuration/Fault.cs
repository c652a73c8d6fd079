namespace StreamEdge;

/// <summary>One mistake in a pipeline file: where it is, what is wrong, and what to write instead.</summary>
/// <param name="File">Name of the file as the user gave it.</param>
/// <param name="At">Place of the mistake.</param>
/// <param name="What">What is wrong, in plain words.</param>
/// <param name="Remedy">What to do about it, or null where nothing helps but thinking.</param>
public sealed record Fault(string File, Position At, string What, string? Remedy)
{
    const int Width = 120;

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
        var from = Math.Max(0, column - Width / 2);
        var until = Math.Min(line.Length, from + Width);
        var before = Shown(line[from..column]);
        var number = $"{At.Line}";
        return $"{number} | {before}{Shown(line[column..until])}\n{new string(' ', number.Length)} | {new string(' ', before.Length)}^";
    }

    // A tab would move the caret in every terminal differently.
    static string Shown(string text) => Visible.Text(text);

    static string? LineOf(string source, int wanted)
    {
        var number = 1;
        foreach (var line in source.AsSpan().EnumerateLines())
            if (number++ == wanted) return line.ToString();
        return null;
    }
}
