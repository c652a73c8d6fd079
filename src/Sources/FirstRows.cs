using System.Text;

namespace StreamEdge;

/// <summary>
/// Reads the first rows of a file when the pipeline is checked. Of bad data some rows can be read; where none can, the
/// pipeline describes the file wrongly: its fields, its time, its numbers.
/// </summary>
static class FirstRows
{
    const int Most = 100;

    // How programs write times, tried in turn on one that cannot be read.
    static readonly string[] s_patterns =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyyMMdd HHmmss", "yyyyMMddHHmmss",
        "dd.MM.yyyy HH:mm:ss.fff", "dd.MM.yyyy HH:mm:ss,fff", "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm", "dd.MM.yy HH:mm:ss", "dd.MM.yy HH:mm",
        "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm", "MM/dd/yyyy hh:mm:ss tt", "MM/dd/yyyy hh:mm tt",
        "dd-MM-yyyy HH:mm:ss", "dd-MM-yyyy HH:mm", "dd-MMM-yyyy HH:mm:ss", "dd MMM yyyy HH:mm:ss",
    ];

    /// <summary>Reports what none of the first rows holds; true where there is no such thing.</summary>
    /// <param name="options">The source's options.</param>
    /// <param name="context">Where faults go.</param>
    /// <param name="layout">The options laid out.</param>
    /// <param name="file">The file behind its header.</param>
    /// <param name="told">What was told of other files, and is not told again.</param>
    public static bool Check(FileSourceOptions options, BuildContext context, FileLayout layout, OpenFile file, HashSet<string> told)
    {
        if (file.Row is null || !TimeFormat.TryCreate(context.Pipeline.Time.Format, out var format, out _)) return true;
        var signals = context.Pipeline.Readings.Signals;
        // Keys of its own: a pipeline's devices are numbered in the order of its readings.
        var schema = Schema.Readings(new KeyTable(context.Pipeline.Readings.Keys.TagNames, signals.Count), new CodeTable(), signals);
        var books = new Books(signals);
        var readings = new FileReadings(layout, format, schema, books);
        var controls = new FileControls(layout, format, readings.Refusals, books);
        var given = new bool[signals.Count];
        var (rows, split, timed) = Read(options, file, readings, controls, schema, given);

        var sound = true;
        var name = Path.GetFileName(file.Path);
        if (rows > 0 && split == 0)
        {
            var first = readings.Refusals.Records[0];
            Fault("rows", $"{name}:{first.Line}: {first.Why}, and none of its first rows can be read", file.Row is CsvRow ? "name its 'delimiter', or mend the file" : "mend the file");
        }
        else if (split > 0 && timed == 0 && readings.Refusals.Records.Find(r => r.Reason is "bad_time" or "out_of_time_range") is { } late)
        {
            if (string.IsNullOrEmpty(late.Text)) Fault("time", $"{name}:{late.Line}: {late.Why}, and none of its first rows has one", "name the field of the time in 'time.field', or give 'every' where rows have no time");
            else Fault("time", $"{name}:{late.Line}: {late.Why}, which {(late.Reason == "bad_time" ? $"'format: {context.Pipeline.Time.Format}' does not read" : $"is before 1678 or after 2262 in 'format: {context.Pipeline.Time.Format}'")}", FormatOf(late.Text));
        }

        for (var signal = 0; signal < given.Length; signal++)
            if (!given[signal] && readings.Refusals.Value("not_a_number", signal) is { } value)
                Fault(signals[signal].Name, $"{name}:{value.Line}: {value.Why} is no number, nor is any other in its first rows", RemedyOf(value.Text!, options, file, signals[signal]));
        return sound;

        void Fault(string what, string text, string remedy)
        {
            sound = false;
            if (told.Add($"first rows: {what}")) context.Fault(nameof(options.Path), text, remedy);
        }
    }

    static (int Rows, int Split, int Timed) Read(FileSourceOptions options, OpenFile file, FileReadings readings, FileControls controls, Schema schema, bool[] given)
    {
        var (rows, split, timed) = (0, 0, 0);
        var (records, row) = (file.Records, file.Row!);
        var batch = new BatchPool().Rent(schema);
        readings.Begin(file);
        try
        {
            for (; rows < Most && records.Peek(out var record) is var framed and not Framed.End; records.Skip())
            {
                if (framed == Framed.Record && record.Trim(" \t"u8).IsEmpty) continue;
                rows++;
                if (framed != Framed.Record || !row.Split(record))
                {
                    readings.Refuse(row, record, framed);
                    if (framed == Framed.TooLong) break; // it may go on to the end of the file
                    continue;
                }

                split++;
                if (controls.Is(row, record)) continue;
                var time = options.Every is null ? readings.ReadTime(row, record, out _) : TimeReading.Good;
                if (time == TimeReading.Good) timed++;
                else readings.RefuseTime(row, record, time);
                readings.Give(row, record, 0, batch);
                foreach (var key in batch.Key) given[schema.Keys.SignalOf[key]] = true;
                batch.Count = 0;
            }
        }
        catch (InvalidDataException error)
        {
            throw file.Damaged(error);
        }

        batch.Release();
        return (rows, split, timed);
    }

    static string FormatOf(string time)
    {
        var fit = s_patterns.Prepend("auto").Where(p => TimeFormat.TryCreate(p, out var format, out _) && format.Read(Encoding.UTF8.GetBytes(time), out _) == TimeReading.Good).ToList();
        return fit.Count == 0
            ? "write how it is written, such as 'format: \"dd.MM.yyyy HH:mm:ss\"', under 'time:'"
            : $"write {string.Join(" or ", fit.Select(p => p.Contains(' ') ? $"'format: \"{p}\"'" : $"'format: {p}'"))} under 'time:'";
    }

    static string RemedyOf(string text, FileSourceOptions options, OpenFile file, Signal signal)
    {
        var other = options.Decimal == DecimalMark.Comma ? DecimalMark.Point : DecimalMark.Comma;
        var swapped = other == DecimalMark.Comma ? text.Contains('.') ? "" : text.Replace(',', '.') : text;
        if (file.Row is CsvRow && Number.TryParse(swapped, out double _, out _)) return $"write 'decimal: {(other == DecimalMark.Comma ? "comma" : "point")}'";
        return text.TrimStart('-', '+') is [>= '0' and <= '9', ..]
            ? "only a number may stand there: no unit, no thousands parted"
            : $"where it stands for a missing value, write 'missing: [{text}]'; where '{signal.Name}' is a text, 'type: text' under 'signals:'";
    }
}
