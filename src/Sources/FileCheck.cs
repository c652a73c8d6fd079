using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>Checks the options of a file source against one another and against the files themselves.</summary>
static class FileCheck
{
    /// <summary>Files whose header is read when the pipeline is checked; further ones are checked when they are opened.</summary>
    const int MostChecked = 1000;

    /// <summary>Most logical sources of a file source.</summary>
    public const int MostSources = 1000;

    /// <summary>Reports every fault; true where there is none.</summary>
    public static bool Check(FileSourceOptions options, BuildContext context, out IReadOnlyList<string> files, [NotNullWhen(true)] out TimeFormat? format)
    {
        var sound = CheckWords(options, context) & CheckSignals(options, context) & CheckSources(options, context) & CheckControl(options, context) & CheckTime(options, context, out format);
        files = Find(options, context);
        sound &= files.Count > 0;
        return sound && CheckFiles(options, context, files) && format is not null;
    }

    /// <summary>Refuses a file that lacks a column; for files that are opened while the pipeline runs.</summary>
    public static void Complete(OpenFile file, FileLayout layout)
    {
        if (file.Row is not CsvRow) return;
        if (layout.Controls.Length > 0) throw new InvalidDataException($"{file.Path} is CSV, but control rows are lines of JSON");
        for (var wanted = 0; wanted < layout.Wanted.Count; wanted++)
            if (!layout.Optional.Contains(wanted) && !file.Names.Contains(layout.Wanted[wanted]))
                throw new InvalidDataException($"{file.Path} has no column '{layout.Wanted[wanted]}'; its columns are {string.Join(", ", file.Names)}");
    }

    static bool CheckWords(FileSourceOptions options, BuildContext context)
    {
        var sound = true;
        if (options.Delimiter is { } delimiter && delimiter is not ("auto" or "tab" or "blank") && (delimiter.Length != 1 || !char.IsAscii(delimiter[0]) || char.IsAsciiLetterOrDigit(delimiter[0]) || delimiter[0] is '"' or '\n' or '\r' or '.' or '-' or '+'))
            Fault(nameof(options.Delimiter), $"{Visible.Quote(delimiter)} cannot part fields", "write one of ';', ',', '|', tab, blank or auto");
        if (options is { Decimal: DecimalMark.Comma, Delimiter: "," }) Fault(nameof(options.Decimal), "a comma cannot part both fields and decimals", "write the delimiter of the file, or leave it out");
        if (options.Format == FileFormat.JsonLines)
        {
            if (options.Decimal is not null) Fault(nameof(options.Decimal), "JSON writes decimals with a point", "leave it out");
            if (options.Delimiter is not null) Fault(nameof(options.Delimiter), "JSON lines have no delimiter", "leave it out");
            if (options.Header is not null) Fault(nameof(options.Header), "JSON lines have no header", "leave it out");
        }

        if (options.Shape == FileShape.Wide)
        {
            if (options.Signal is not null) Fault(nameof(options.Signal), "only a file of long form names signals in a column", "write 'shape: long', or leave it out");
            if (options.Value is not null) Fault(nameof(options.Value), "only a file of long form has one column of values", "write 'shape: long', or leave it out");
        }

        if (options.Start is not null && options.Every is null) Fault(nameof(options.Start), "start is the time of the first row where rows have no time of their own", "give 'every' too, or leave it out");
        foreach (var (tag, column) in options.Tags)
            if (column.StartsWith('{') && column.EndsWith('}') && FileLayout.PartOf(column) == PathPart.None)
                Fault(nameof(options.Tags), $"there is no {Visible.Quote(column)} of a file", "write {file} or {folder}, or the name of a column", tag);
        return sound;

        void Fault(string option, string what, string remedy, string? entry = null)
        {
            sound = false;
            context.Fault(option, what, remedy, entry);
        }
    }

    static bool CheckSignals(FileSourceOptions options, BuildContext context)
    {
        var sound = true;
        var signals = context.Pipeline.Readings.Signals;
        foreach (var (name, column) in options.Columns)
        {
            if (signals.All(s => s.Name != name) && signals.Any(s => s.Name == column) && Suggestion.Nearest(name, signals.Select(s => s.Name)) is null) Fault(nameof(options.Columns), $"there is no signal {Visible.Quote(name)}", $"the signal stands first: write '{column}: {name}'", name);
            else if (signals.All(s => s.Name != name)) Unknown(nameof(options.Columns), name);
            else if (options.Shape == FileShape.Long && signals.FirstOrDefault(s => s.Name != name && options.Columns.GetValueOrDefault(s.Name, s.Name) == column) is { } other)
                Fault(nameof(options.Columns), $"'{name}' and '{other.Name}' are both called {Visible.Quote(column)}", "give each signal a name of its own", name);
        }

        foreach (var (name, unit) in options.Units)
        {
            if (signals.FirstOrDefault(s => s.Name == name) is not { } signal) Unknown(nameof(options.Units), name);
            else if (signal.Kind is Kind.Text or Kind.Bool) Fault(nameof(options.Units), $"signal '{name}' is {(signal.Kind == Kind.Text ? "text" : "bool")} and has no unit", "leave it out", name);
            else if (signal.Unit is { } declared && !Unit.CanConvert(unit, declared))
                Fault(nameof(options.Units), $"{unit} is {unit.Dimension}, but '{name}' is declared in {declared}, which is {declared.Dimension}", $"write the unit that the file has '{name}' in", name);
        }

        if (options.Shape == FileShape.Wide && signals.Count > Batch.MaxRows)
            Fault(nameof(options.Path), $"a row of {signals.Count} signals is too wide", $"declare at most {Batch.MaxRows}, or write the file in long form");
        return sound;

        void Unknown(string option, string name) => Fault(option, $"there is no signal '{name}'", Suggestion.Remedy(name, signals.Select(s => s.Name), "the signals are"), name);

        void Fault(string option, string what, string remedy, string? entry = null)
        {
            sound = false;
            context.Fault(option, what, remedy, entry);
        }
    }

    static bool CheckSources(FileSourceOptions options, BuildContext context)
    {
        if (options.Sources is not { } sources) return true;
        var sound = true;
        if (context.Pipeline.Time.Clock == ClockKind.Device) Fault("each device has its own clock, so that logical sources have no part in one", "write 'clock: shared' under 'time:', or leave them out");
        if (sources.Field.Length == 0) Fault("the column of the logical source has no name", "write 'field: COLUMN'", nameof(sources.Field));
        if (sources.Names.Count is 0 or > MostSources) Fault($"there are {sources.Names.Count:N0} logical sources", $"name 1 to {MostSources:N0}", nameof(sources.Names));
        for (var item = 0; item < sources.Names.Count; item++)
            if (sources.Names[item].Length == 0 || sources.Names.Take(item).Contains(sources.Names[item]))
                Fault(sources.Names[item].Length == 0 ? "a logical source has no name" : $"the logical source {Visible.Quote(sources.Names[item])} is named twice", "name each once", nameof(sources.Names), item);
        return sound;

        void Fault(string what, string remedy, string? entry = null, int? item = null)
        {
            sound = false;
            context.Fault(nameof(options.Sources), what, remedy, entry, item);
        }
    }

    static bool CheckControl(FileSourceOptions options, BuildContext context)
    {
        if (!options.Control) return true;
        var sound = true;
        if (options.Format == FileFormat.Csv) Fault("control rows are lines of JSON, not of CSV", "leave it out");
        if (options.Every is not null) Fault("rows without times of their own have no watermarks", "leave it out");
        if (context.Pipeline.Time.Clock == ClockKind.Device) Fault("control rows move a clock that all share, but each device has its own", "write 'clock: given' or 'clock: shared' under 'time:'");
        foreach (var field in FileLayout.Of(options with { Control = false }, context.Pipeline).Wanted.Intersect(FileControls.Fields))
            Fault($"the field '{field}' makes a row a control row, and cannot be part of a reading", "give the other field another name, or leave 'control' out");
        return sound;

        void Fault(string what, string remedy)
        {
            sound = false;
            context.Fault(nameof(options.Control), what, remedy);
        }
    }

    static bool CheckTime(FileSourceOptions options, BuildContext context, out TimeFormat? format)
    {
        if (TimeFormat.TryCreate(context.Pipeline.Time.Format, out format, out var wrong)) return true;
        context.Fault("", wrong.What, wrong.Remedy);
        return false;
    }

    static List<string> Find(FileSourceOptions options, BuildContext context)
    {
        var files = new List<string>();
        for (var item = 0; item < options.Path.Count; item++)
        {
            var full = context.Pipeline.InputPath(options.Path[item]);
            var found = FileSet.Of(full);
            if (found.Count == 0 && Directory.Exists(full)) context.Fault(nameof(options.Path), $"{Visible.Quote(options.Path[item])} is a folder", $"write {FileSet.PatternOf(options.Path[item], full)}", item: item);
            else if (found.Count == 0) context.Fault(nameof(options.Path), $"there is no file {Visible.Quote(options.Path[item])}", FileSet.Remedy(options.Path[item], full), item: item);
            files.AddRange(found.Except(files));
        }

        if (files.Count <= FileSet.MostFiles) return files;
        context.Fault(nameof(options.Path), $"there are more than {FileSet.MostFiles} files", "name fewer");
        return [];
    }

    static bool CheckFiles(FileSourceOptions options, BuildContext context, IReadOnlyList<string> files)
    {
        var layout = FileLayout.Of(options, context.Pipeline);
        var told = new HashSet<string>();
        var sound = true;
        foreach (var path in files.Take(MostChecked))
        {
            try
            {
                using var file = OpenFile.Open(path, options, layout.Wanted);
                if (options.Control && file.Row is CsvRow)
                {
                    sound = false;
                    if (told.Add("control")) context.Fault(nameof(options.Control), $"{Path.GetFileName(path)} is CSV, but control rows are lines of JSON", "leave it out");
                    continue;
                }

                sound &= (file.Row is not CsvRow || CheckColumns(options, context, layout, file, told)) && FirstRows.Check(options, context, layout, file, told);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                context.Fault(nameof(options.Path), $"a file cannot be read: {error.Message}", "check it, and the right to read it");
                sound = false;
            }
        }

        return sound;
    }

    static bool CheckColumns(FileSourceOptions options, BuildContext context, FileLayout layout, OpenFile file, HashSet<string> told)
    {
        var sound = true;
        var name = Path.GetFileName(file.Path);
        if (options.Every is null)
            foreach (var column in FileSourceOptions.TimeColumns(context.Pipeline.Time)) Want("", null, column, "the time", "name it in 'time.field', or give 'every' where rows have no time; ");
        foreach (var (tag, column) in options.Tags)
            if (FileLayout.PartOf(column) == PathPart.None) Want(nameof(options.Tags), tag, column, $"the tag '{tag}'");
        if (options.Sources is { } sources) Want(nameof(options.Sources), nameof(sources.Field), sources.Field, "the logical source");
        if (options.Quality is { } quality) Want(nameof(options.Quality), null, quality, "the quality");
        if (options.Shape == FileShape.Long)
        {
            Want(nameof(options.Signal), null, options.Signal ?? "signal", "the names of signals");
            Want(nameof(options.Value), null, options.Value ?? "value", "the values");
        }

        var signals = context.Pipeline.Readings.Signals;
        foreach (var (signal, wanted) in layout.Signals)
            if (!layout.Optional.Contains(wanted))
                Want(nameof(options.Columns), signals[signal].Name, layout.Wanted[wanted], $"the signal '{signals[signal].Name}'");
        if (layout.Signals.Length > 0 && layout.Signals.All(s => !file.Names.Contains(layout.Wanted[s.Wanted])))
        {
            sound = false;
            if (told.Add("")) context.Fault(nameof(options.Columns), $"{name} has no column for any signal", "name them: 'columns: { SIGNAL: COLUMN }'");
        }

        return sound;

        void Want(string option, string? entry, string column, string what, string remedy = "")
        {
            var count = file.Names.Count(n => n == column);
            if (count == 1) return;
            sound = false;
            if (!told.Add(column)) return;
            if (count > 1) context.Fault(option, $"{name} has {count} columns {Visible.Quote(column)}", "give each a name of its own, or write 'header: false' and positions", entry);
            else context.Fault(option, $"{name} has no column {Visible.Quote(column)} for {what}", remedy + Suggestion.Remedy(column, file.Names, "its columns are"), entry);
        }
    }
}
