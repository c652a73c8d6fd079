namespace StreamEdge;

/// <summary>Writes rows of texts as aligned columns; the first column of a table, and those that say so, to the left.</summary>
/// <param name="indent">Spaces before each line.</param>
sealed class TextTable(int indent)
{
    readonly List<string[]> _rows = [];
    readonly HashSet<int> _left = [0];

    public TextTable Left(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns) _left.Add(column);
        return this;
    }

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        if (_rows.Count == 0) return;
        var widths = Enumerable.Range(0, _rows.Max(r => r.Length)).Select(c => _rows.Max(r => c < r.Length ? r[c].Length : 0)).ToArray();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) => _left.Contains(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine((new string(' ', indent) + string.Join("  ", cells)).TrimEnd());
        }
    }
}
