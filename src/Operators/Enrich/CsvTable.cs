using System.Text;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>Reads the lines of a table from a CSV file with a header.</summary>
static class CsvTable
{
    const string NotUtf8 = "it is not UTF-8";

    public static void Read(string path, string name, TableLayout layout, LookupBuilder lines, TableFaults faults)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        var records = new RecordReader(file);
        if (Header(records, name, faults) is not { } header) return;
        var columns = faults.Columns(name, header.Names, layout);
        if (faults.Any) return;

        var (fields, texts) = (new CsvRecord(header.Delimiter), new string[columns.Length]);
        for (var count = 1; !faults.Full && records.Peek(out var record) is not Framed.End and var framed; count++, records.Skip())
        {
            if (count > layout.MaxLines)
            {
                faults.Add($"{name} has more than {layout.MaxLines:N0} line{(layout.MaxLines == 1 ? "" : "s")}", "name a smaller table, or raise 'max_lines'");
                return;
            }

            if (Malformed(framed, record, fields, header.Names.Count) is { } why) faults.Add($"{name}:{records.Line}: {why}", why == NotUtf8 ? "save the file as UTF-8" : "mend the line");
            else if (!record.Trim(" \t"u8).IsEmpty)
            {
                for (var wanted = 0; wanted < columns.Length; wanted++) texts[wanted] = Encoding.UTF8.GetString(fields.Field(record, columns[wanted]).Trim(" \t"u8));
                lines.Add(records.Line, texts);
            }
        }
    }

    static (IReadOnlyList<string> Names, byte Delimiter)? Header(RecordReader records, string name, TableFaults faults)
    {
        var framed = records.Peek(out var first);
        for (; framed == Framed.Record && first.Trim(" \t"u8).IsEmpty && records.Line <= 100; framed = records.Peek(out first)) records.Skip();
        if (framed == Framed.End || first.IsEmpty)
        {
            faults.Add($"{name} is empty", "give it a header, and a line for each machine");
            return null;
        }

        if (first.StartsWith("SQLite format 3"u8)) faults.Add($"{name} is an SQLite file", $"write table: {{ sqlite: {name}, name: TABLE }}");
        else if (first is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) faults.Add($"{name} is UTF-16", "save it as UTF-8");
        else if (first.IndexOfAnyInRange((byte)0, (byte)8) >= 0) faults.Add($"{name} is no text", "export it as CSV");
        if (faults.Any) return null;

        var delimiter = CsvRecord.Detect(first);
        records.Delimiter = delimiter;
        var fields = new CsvRecord(delimiter);
        if (records.Peek(out first) != Framed.Record || !fields.Split(first) || !Utf8.IsValid(first))
        {
            faults.Add($"{name}:{records.Line}: the header cannot be read", "write the names of the columns, in UTF-8, with matching quotes");
            return null;
        }

        var names = new string[fields.Count];
        for (var column = 0; column < names.Length; column++) names[column] = Encoding.UTF8.GetString(fields.Field(first, column)).Trim();
        records.Skip();
        return (names, delimiter);
    }

    /// <summary>Why a record cannot be used, as a clause; null where it can, and is split. An empty line has no fields and is fine.</summary>
    static string? Malformed(Framed framed, ReadOnlySpan<byte> record, CsvRecord fields, int count)
    {
        if (framed == Framed.TooLong) return $"it is longer than {RecordReader.LongestRecord:N0} bytes";
        if (framed == Framed.Unclosed) return "a quote opens that nothing closes";
        if (record.Trim(" \t"u8).IsEmpty) return null;
        if (!Utf8.IsValid(record)) return NotUtf8;
        if (!fields.Split(record)) return "text follows a closing quote";
        return fields.Count == count || fields.Count > count && fields.IsEmptyFrom(count) ? null : $"it has {fields.Count} field{(fields.Count == 1 ? "" : "s")}, not {count}";
    }
}
