namespace StreamEdge;

/// <summary>
/// Shows rows as a table to be read. One that is wider than the terminal is cut into blocks of columns, each with the
/// times and tags before it; columns without a value are left out, and counted behind it.
/// </summary>
static class RowTable
{
    const int Gap = 2;

    public static int Write(StoreAnswer answer, int width, TextWriter output)
    {
        var rows = answer.Rows.ToList();
        if (rows.Count == 0) return 0;
        string[][] keys = [Column("time", row => TimeText.Iso(row.Time)), .. answer.Tags.Select((name, tag) => Column(name, row => row.Tags[tag]))];
        var values = answer.Fields.Select((field, number) => Column(field.Unit.Length == 0 ? field.Name : $"{field.Name} {field.Unit}", row => Shown(row.Values[number]))).ToList();
        if (rows.Any(row => row.Quality != Quality.Good)) values.Add(Column("quality", row => row.Quality.ToString().ToLowerInvariant()));
        var empty = Enumerable.Range(0, answer.Fields.Count).Where(field => rows.TrueForAll(row => row.Values[field] is null)).ToList();
        foreach (var field in empty.AsEnumerable().Reverse()) values.RemoveAt(field);

        foreach (var (number, block) in Blocks(values, width - keys.Sum(Width)).Index())
        {
            if (number > 0) output.WriteLine();
            var table = new TextTable(0).Left([.. Enumerable.Range(0, keys.Length)]);
            for (var row = 0; row <= rows.Count; row++) table.Add([.. keys.Concat(block).Select(column => column[row])]);
            table.Write(output);
        }

        if (empty.Count > 0) output.WriteLine($"\n{empty.Count} column{(empty.Count == 1 ? "" : "s")} without a value in these rows left out; --format csv has all.");
        return rows.Count;

        string[] Column(string name, Func<StoreRow, string> cell) => [name, .. rows.Select(cell)];

        // Six digits are enough to look at; csv and json give all.
        static string Shown(object? value) => value is double number ? number.ToString("G6") : RowText.Text(value);
    }

    /// <summary>As many columns in each as there is room for, and one at least.</summary>
    static List<List<string[]>> Blocks(List<string[]> columns, int room)
    {
        var blocks = new List<List<string[]>>();
        var left = 0;
        foreach (var column in columns)
        {
            if (blocks.Count == 0 || Width(column) > left)
            {
                blocks.Add([]);
                left = room;
            }

            blocks[^1].Add(column);
            left -= Width(column);
        }

        return blocks;
    }

    static int Width(string[] column) => column.Max(cell => cell.Length) + Gap;
}
