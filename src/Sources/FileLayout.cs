using System.Text;

namespace StreamEdge;

/// <summary>Where each part of a reading stands in the records of a file: the wanted columns by name, and what each is for.</summary>
sealed class FileLayout
{
    readonly List<string> _wanted = [];

    /// <summary>The names of the wanted columns, each once.</summary>
    public IReadOnlyList<string> Wanted => _wanted;

    /// <summary>The columns that hold the time, one or two; none where the row's number is its time.</summary>
    public required int[] Time { get; init; }

    /// <summary>The tags: the place in the key table's names, and the column, or what of the file's path it is.</summary>
    public required (int Place, int Wanted, PathPart Part)[] Tags { get; init; }

    /// <summary>The column of the quality; -1 for none.</summary>
    public required int Quality { get; init; }

    /// <summary>The column of the logical source; -1 for none.</summary>
    public required int Source { get; init; }

    /// <summary>The names of the logical sources, in their order.</summary>
    public required Interner SourceNames { get; init; }

    /// <summary>The fields of control rows, as in <see cref="FileControls.Fields"/>; none where the file has no such rows.</summary>
    public required int[] Controls { get; init; }

    /// <summary>In wide form, the signals with their columns.</summary>
    public required (int Signal, int Wanted)[] Signals { get; init; }

    /// <summary>In long form, the columns that name the signal and hold the value; -1 in wide form.</summary>
    public required (int Name, int Value) Long { get; init; }

    /// <summary>In long form, what the file calls each signal.</summary>
    public required Interner Names { get; init; }

    /// <summary>In long form, the signal of each of <see cref="Names"/>.</summary>
    public required int[] SignalOf { get; init; }

    /// <summary>Texts that mean a missing value.</summary>
    public required byte[][] MissingTexts { get; init; }

    /// <summary>Numbers that mean a missing value.</summary>
    public required double[] MissingNumbers { get; init; }

    /// <summary>The wanted columns that a file need not have, since another source may feed their signals.</summary>
    public required HashSet<int> Optional { get; init; }

    /// <summary>Most readings of one record.</summary>
    public int Most => Long.Value >= 0 ? 1 : Signals.Length;

    /// <summary>Lays out sound options.</summary>
    public static FileLayout Of(FileSourceOptions options, PipelineContext pipeline)
    {
        var wanted = new List<string>();
        var signals = pipeline.Readings.Signals;
        var isLong = options.Shape == FileShape.Long;
        var names = new Interner(signals.Count);
        var signalOf = new List<int>();
        var wide = new List<(int, int)>();
        var optional = new HashSet<int>();
        int[] time = options.Every is null ? [.. FileSourceOptions.TimeColumns(pipeline.Time).Select(Want)] : [];
        for (var signal = 0; signal < signals.Count; signal++)
        {
            var mapped = options.Columns.TryGetValue(signals[signal].Name, out var column);
            column ??= signals[signal].Name;
            if (isLong)
            {
                if (names.Add(Encoding.UTF8.GetBytes(column)) == signalOf.Count) signalOf.Add(signal);
                continue;
            }

            wide.Add((signal, Want(column)));
            if (!mapped && pipeline.Sources > options.Parts) optional.Add(wide[^1].Item2);
        }

        var sourceNames = new Interner(FileCheck.MostSources);
        foreach (var name in options.Sources?.Names ?? []) sourceNames.Add(Encoding.UTF8.GetBytes(name));
        var missing = options.Missing.Where(m => m.Length > 0).ToList();
        var layout = new FileLayout
        {
            Time = time,
            Tags = [.. options.Tags.Select(tag => (pipeline.Readings.Keys.TagNames.ToList().IndexOf(tag.Key), PartOf(tag.Value) == PathPart.None ? Want(tag.Value) : -1, PartOf(tag.Value)))],
            Quality = options.Quality is null ? -1 : Want(options.Quality),
            Source = options.Sources is null ? -1 : Want(options.Sources.Field),
            SourceNames = sourceNames,
            Controls = options.Control ? [.. FileControls.Fields.Select(Want)] : [],
            Signals = [.. wide],
            Long = isLong ? (Want(options.Signal ?? "signal"), Want(options.Value ?? "value")) : (-1, -1),
            Names = names,
            SignalOf = [.. signalOf],
            MissingTexts = [.. missing.Select(Encoding.UTF8.GetBytes)],
            MissingNumbers = [.. missing.Where(m => Number.TryParse(m, out double _, out _)).Select(m => double.Parse(m))],
            Optional = optional,
        };
        layout._wanted.AddRange(wanted);
        return layout;

        int Want(string name)
        {
            var known = wanted.IndexOf(name);
            if (known >= 0) return known;
            wanted.Add(name);
            return wanted.Count - 1;
        }
    }

    /// <summary>What of a file's path a tag is.</summary>
    public static PathPart PartOf(string value) => value switch { "{file}" => PathPart.File, "{folder}" => PathPart.Folder, _ => PathPart.None };
}

/// <summary>A part of a file's path that can be a tag.</summary>
enum PathPart
{
    /// <summary>None: the tag is a column.</summary>
    None,

    /// <summary>The file's name without its endings: <c>pump-1</c> of <c>pump-1.csv.gz</c>.</summary>
    File,

    /// <summary>The name of the folder that the file is in.</summary>
    Folder,
}
