namespace StreamEdge;

/// <summary>Where a table is.</summary>
public sealed record TableOptions
{
    /// <summary>A CSV file with a header, relative to the pipeline's file. Fields are parted by commas, semicolons, tabs or bars, as its first line shows.</summary>
    [Short]
    public string? Csv { get; init; }

    /// <summary>An SQLite file, relative to the pipeline's file; it is opened for reading only.</summary>
    public string? Sqlite { get; init; }

    /// <summary>The table or view of the SQLite file.</summary>
    public string? Name { get; init; }

    /// <summary>What parts decimals in a CSV file: <c>point</c>, or <c>comma</c> as in <c>80,5</c>. Default: point.</summary>
    public DecimalMark? Decimal { get; init; }

    /// <summary>The file, as it is written.</summary>
    internal string Path => Sqlite ?? Csv ?? "";

    /// <summary>Reports what does not go together; true where all does.</summary>
    internal bool Check(BuildContext context, string option)
    {
        if (Csv is null && Sqlite is null) Fault("the table is in no file", "write table: machines.csv, or { sqlite: site.db, name: machines }");
        else if (Csv is not null && Sqlite is not null) Fault("the table is in two files", "write 'csv' or 'sqlite'", nameof(Sqlite));
        else if (Path.Length == 0) Fault("the file has no name", "write table: machines.csv");
        else if (Sqlite is null && Name is not null) Fault("a CSV file is one table, without a name", "leave it out", nameof(Name));
        else if (Sqlite is not null && Decimal is not null) Fault("an SQLite file has no decimal marks", "leave it out", nameof(Decimal));
        else if (Sqlite is not null && string.IsNullOrEmpty(Name)) Fault("it is not said which table of the SQLite file", "write { sqlite: site.db, name: machines }", nameof(Sqlite));
        else return true;
        return false;

        void Fault(string what, string remedy, string? entry = null) => context.Fault(option, what, remedy, entry);
    }
}

/// <summary>The columns of a table that are wanted, and what they hold.</summary>
/// <param name="Keys">By which a line is found: texts or whole numbers.</param>
/// <param name="Added">What is taken from it.</param>
/// <param name="ValidFrom">With the instant from which on it holds; null where lines hold for ever.</param>
/// <param name="MaxLines">Most lines.</param>
/// <param name="Decimal">What parts decimals.</param>
sealed record TableLayout(IReadOnlyList<Column> Keys, IReadOnlyList<Column> Added, string? ValidFrom, int MaxLines, DecimalMark Decimal)
{
    /// <summary>The names of all of them, in this order.</summary>
    public IReadOnlyList<string> Wanted { get; } = [.. Keys.Concat(Added).Select(c => c.Name), .. ValidFrom is null ? (string[])[] : [ValidFrom]];
}

/// <summary>One thing that is wrong with a table.</summary>
/// <param name="What">What, with the file and the line.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Wanted">The number of the wanted column that it lacks; -1 for all else.</param>
readonly record struct TableFault(string What, string Remedy, int Wanted);

/// <summary>What is wrong with a table, as far as it is told: the first twenty.</summary>
sealed class TableFaults
{
    const int Most = 20;

    readonly List<TableFault> _items = [];

    public IReadOnlyList<TableFault> Items => _items;

    public bool Any => _items.Count > 0;

    /// <summary>Whether reading on would tell nothing more.</summary>
    public bool Full => _items.Count >= Most;

    public void Add(string what, string remedy, int wanted = -1)
    {
        if (!Full) _items.Add(new(what, remedy, wanted));
    }

    /// <summary>Finds the wanted columns among those of a table; faults for those that it lacks or has twice.</summary>
    public int[] Columns(string table, IReadOnlyList<string> names, TableLayout layout)
    {
        var columns = new int[layout.Wanted.Count];
        for (var wanted = 0; wanted < columns.Length; wanted++)
        {
            var name = layout.Wanted[wanted];
            columns[wanted] = names.ToList().IndexOf(name);
            if (columns[wanted] < 0) Add($"{table} has no column {Visible.Quote(name)}", Suggestion.Remedy(name, names, "its columns are"), wanted);
            else if (names.Count(n => n == name) > 1) Add($"{table} has several columns {Visible.Quote(name)}", "give each a name of its own", wanted);
        }

        return columns;
    }
}
