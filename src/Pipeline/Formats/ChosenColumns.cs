namespace StreamEdge;

/// <summary>What stands in a cell of a line.</summary>
enum CellKind
{
    Time,
    End,
    Pane,
    Revision,
    Quality,
    Tag,
    Signal,
    Value,
    Column,
}

/// <summary>A cell of a line whose columns are chosen.</summary>
/// <param name="Name">Its name in the line.</param>
/// <param name="Kind">What stands in it.</param>
/// <param name="Number">The number of the tag or column.</param>
readonly record struct ChosenCell(string Name, CellKind Kind, int Number = 0);

/// <summary>
/// The columns of a file that the user chose, in their order. They are called as in the header of CSV: of a window's row
/// the time is its <c>start</c>. Each stands in every line, also where it holds what is usual.
/// </summary>
public static class ChosenColumns
{
    /// <summary>Reports names that a sink's rows do not have, and those that stand twice; true where there are none.</summary>
    public static bool Check(BuildContext context, string option, IReadOnlyList<string> names)
    {
        var sound = true;
        if (names.Count == 0) Fault("no column is chosen", "name some, or leave the option out", null);
        for (var item = 0; item < names.Count; item++)
        {
            var name = names[item];
            if (names.Take(item).Contains(name)) Fault($"the column '{name}' is named twice", "name each once", item);
            else if (context.Inputs.FirstOrDefault(i => !CsvWriter.Names(i).Contains(name)) is { } lacking) Fault($"there is no column {Visible.Quote(name)}", Suggestion.Remedy(name, CsvWriter.Names(lacking), "the columns are"), item);
        }

        return sound;

        void Fault(string what, string remedy, int? item)
        {
            sound = false;
            context.Fault(option, what, remedy, item: item);
        }
    }

    /// <summary>The cells of a line.</summary>
    /// <param name="schema">What the rows are.</param>
    /// <param name="names">Names that the schema has.</param>
    internal static ChosenCell[] Of(Schema schema, IReadOnlyList<string> names) => [.. names.Select(name => CellOf(schema, name))];

    /// <summary>When a window begins: at its row's time, but where that is the reading's that the window reaches back from.</summary>
    internal static long StartOf(Schema schema, long time, long end) =>
        time == end && schema is { HasWindow: true, WindowLength: { } length } ? end - Nanoseconds.Of(length) : time;

    /// <summary>How a pane is called.</summary>
    internal static ReadOnlySpan<byte> Text(Pane pane) => pane switch { Pane.OnTime => "on_time"u8, Pane.Early => "early"u8, Pane.Late => "late"u8, _ => "withdrawn"u8 };

    /// <summary>How a quality is called.</summary>
    internal static ReadOnlySpan<byte> Text(Quality quality) => quality switch { Quality.Good => "good"u8, Quality.Uncertain => "uncertain"u8, _ => "bad"u8 };

    static ChosenCell CellOf(Schema schema, string name)
    {
        var tag = schema.Keys.TagNames.ToList().IndexOf(name);
        if (tag >= 0) return new(name, CellKind.Tag, tag);
        if (schema.IsRows && schema.ColumnNumber(name) is >= 0 and var column) return new(name, CellKind.Column, column);
        return new(name, name switch
        {
            "end" => CellKind.End,
            "pane" => CellKind.Pane,
            "revision" => CellKind.Revision,
            "quality" => CellKind.Quality,
            "signal" => CellKind.Signal,
            "value" => CellKind.Value,
            _ => CellKind.Time,
        });
    }
}
