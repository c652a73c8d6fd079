using System.Text.Json;

namespace StreamEdge;

/// <summary>How rows of the store are shown.</summary>
enum RowFormat
{
    /// <summary>Aligned columns, to read.</summary>
    Table,

    /// <summary>Comma-separated with a header, for a spreadsheet.</summary>
    Csv,

    /// <summary>A JSON object a line, for a program.</summary>
    Json,
}

/// <summary>Shows what the store answered.</summary>
static class RowText
{
    /// <summary>Writes every row, and returns how many there were.</summary>
    public static int Write(StoreAnswer answer, RowFormat format, Terminal terminal) => format switch
    {
        RowFormat.Table => RowTable.Write(answer, terminal.Width, terminal.Out),
        RowFormat.Csv => WriteCsv(answer, terminal.Out),
        _ => WriteJson(answer, terminal.Out),
    };

    static int WriteCsv(StoreAnswer answer, TextWriter output)
    {
        output.WriteLine(string.Join(',', answer.Tags.Concat(answer.Fields.Select(f => f.Name)).Prepend("time").Append("quality").Select(Quoted)));
        var rows = 0;
        foreach (var row in answer.Rows)
        {
            output.WriteLine(string.Join(',', row.Tags.Concat(row.Values.Select(Text)).Prepend(TimeText.Iso(row.Time)).Append(row.Quality.ToString().ToLowerInvariant()).Select(Quoted)));
            rows++;
        }

        return rows;

        static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }

    static int WriteJson(StoreAnswer answer, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using var json = new Utf8JsonWriter(bytes);
        var rows = 0;
        foreach (var row in answer.Rows)
        {
            bytes.SetLength(0);
            json.Reset();
            json.WriteStartObject();
            json.WriteString("time", TimeText.Iso(row.Time));
            for (var tag = 0; tag < answer.Tags.Count; tag++)
                if (row.Tags[tag].Length > 0) json.WriteString(answer.Tags[tag], row.Tags[tag]);
            for (var field = 0; field < answer.Fields.Count; field++) WriteValue(json, answer.Fields[field].Name, row.Values[field]);
            if (row.Quality != Quality.Good) json.WriteString("quality", row.Quality.ToString().ToLowerInvariant());
            json.WriteEndObject();
            json.Flush();
            output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
            rows++;
        }

        return rows;
    }

    static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case long whole: json.WriteNumber(name, whole); break;
            case bool yes: json.WriteBoolean(name, yes); break;
            case string text: json.WriteString(name, text); break;
        }
    }

    /// <summary>A value in full; nothing where it is missing.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        double number => number.ToString("R"),
        bool yes => yes ? "true" : "false",
        _ => value.ToString() ?? "",
    };
}
