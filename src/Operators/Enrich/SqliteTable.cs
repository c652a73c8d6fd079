using System.Globalization;
using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>Reads the rows of a table or view of an SQLite file, as one moment shows them.</summary>
static class SqliteTable
{
    /// <summary>Seconds to wait for a program that has the file for itself; rows wait meanwhile.</summary>
    const int Patience = 1;

    public static void Read(string path, string table, string name, TableLayout layout, LookupBuilder lines, TableFaults faults)
    {
        using var file = SqliteFile.Open(path, SqliteOpenMode.ReadOnly, Patience);
        var names = Names(file, "SELECT name FROM pragma_table_xinfo($table)", ("$table", table));
        if (names.Count == 0)
        {
            var tables = Names(file, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
            faults.Add($"{name} has no table {Visible.Quote(table)}", Suggestion.Remedy(table, tables, "its tables are"));
            return;
        }

        faults.Columns($"{name}: {Visible.Text(table)}", names, layout);
        if (faults.Any) return;

        using var command = SqliteFile.Command(file, $"SELECT {string.Join(", ", layout.Wanted.Select(Quoted))} FROM {Quoted(table)}");
        using var rows = command.ExecuteReader();
        var texts = new string[layout.Wanted.Count];
        for (var row = 1; !faults.Full && rows.Read(); row++)
        {
            if (row > layout.MaxLines)
            {
                faults.Add($"{name}: {Visible.Text(table)} has more than {layout.MaxLines:N0} rows", "name a smaller table or a view, or raise 'max_lines'");
                return;
            }

            for (var wanted = 0; wanted < texts.Length; wanted++) texts[wanted] = Text(rows.GetValue(wanted));
            lines.Add(row, texts);
        }
    }

    static List<string> Names(SqliteConnection file, string sql, params (string, object)[] parameters)
    {
        using var command = SqliteFile.Command(file, sql, parameters);
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A value as text from which the same value can be read; SQLite would cut a number to 15 digits. Bytes are no text, nor any number.</summary>
    static string Text(object value) => value switch
    {
        string text => text,
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => $"\0{Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 8)))}",
        _ => "",
    };
}
