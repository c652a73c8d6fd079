namespace StreamEdge;

/// <summary>What one signal of the file's <c>signals:</c> block is, at one place in the graph.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Unit">The unit its values are in here; null where none is declared.</param>
public sealed record Signal(string Name, Kind Kind, Unit? Unit)
{
    /// <summary>Smallest and largest value that can be true, in the declared unit; null where none is declared.</summary>
    public Bounds? Range { get; init; }

    /// <summary>Time between two readings, to 100 ns; null where no <c>rate</c> is declared.</summary>
    public TimeSpan? Period
    {
        get;
        init
        {
            field = value;
            PerSecond = 1 / value?.TotalSeconds;
        }
    }

    /// <summary>Readings in a second, set behind <see cref="Period"/> where that is rounded: 25600/s has no period of whole 100 ns. NaN where a rate is declared that is none, which has been told.</summary>
    public double? PerSecond { get; init; }

    /// <summary>How much it can change in a second, in <see cref="Unit"/>; null where none is declared.</summary>
    public double? MaxChange { get; init; }

    /// <summary>How far a compressed trend may lie off the true one, in <see cref="Unit"/>; null where none is declared.</summary>
    public double? Tolerance { get; init; }

    /// <summary>The same signal in another unit of its family, range, tolerance and speed with it.</summary>
    /// <param name="unit">A unit that <see cref="Unit"/> converts to; any, where the signal has none.</param>
    public Signal In(Unit unit)
    {
        if (Unit is null || Unit == unit) return this with { Unit = unit };
        var (scale, offset) = Unit.Conversion(Unit, unit);
        return this with
        {
            Unit = unit,
            Range = Range is { } range ? new Bounds(range.Min * scale + offset, range.Max * scale + offset) : null,
            MaxChange = MaxChange * scale,
            Tolerance = Tolerance * scale,
        };
    }
}

/// <summary>One column of rows.</summary>
/// <param name="Name">Its name, as models and sinks use it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Unit">The unit its values are in; null where it has none.</param>
public sealed record Column(string Name, Kind Kind, Unit? Unit = null)
{
    /// <summary>Where every value of it lies; null where that is not known.</summary>
    public Bounds? Range { get; init; }
}

/// <summary>
/// What flows along one edge of the graph, known before anything runs. <b>Readings</b> (long form) have one value
/// column, and the key names device and signal; <b>rows</b> (wide form) have a column per feature, and the key names
/// the group.
/// </summary>
public sealed class Schema
{
    static readonly Column[] s_value = [new("value", Kind.Number)];

    Schema(KeyTable keys, CodeTable codes, IReadOnlyList<Signal> signals, IReadOnlyList<Column> columns, bool isRows, bool hasWindow, TimeSpan? windowLength)
    {
        (Keys, Codes, Signals, Columns, IsRows, HasWindow, WindowLength) = (keys, codes, signals, columns, isRows, hasWindow, windowLength);
        MaxRows = Math.Clamp(64 * 1024 / columns.Count, 64, Batch.MaxRows);
        AllNumbers = !isRows && signals.All(s => s.Kind == Kind.Number);
    }

    /// <summary>The keys of the edge's rows.</summary>
    public KeyTable Keys { get; }

    /// <summary>The pipeline's texts.</summary>
    public CodeTable Codes { get; }

    /// <summary>The signals as they are on this edge, by signal number; empty for rows.</summary>
    public IReadOnlyList<Signal> Signals { get; }

    /// <summary>The columns; readings have one, <c>value</c>, whose kind is that of the row's signal.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Whether the edge carries rows (wide form), not readings.</summary>
    public bool IsRows { get; }

    /// <summary>Whether the rows come from a window, and have an end, a pane and a revision.</summary>
    public bool HasWindow { get; }

    /// <summary>How long the windows of the rows are; null where there are none, or that is not known.</summary>
    public TimeSpan? WindowLength { get; }

    /// <summary>Whether every signal is a <see cref="Kind.Number"/>, so that a step need not look at each row's kind.</summary>
    public bool AllNumbers { get; }

    /// <summary>Most rows of one batch: 4,096, fewer where there are many columns, so that a batch stays near 0.5 MB.</summary>
    public int MaxRows { get; }

    /// <summary>An edge of readings.</summary>
    public static Schema Readings(KeyTable keys, CodeTable codes, IReadOnlyList<Signal> signals) =>
        new(keys, codes, signals, s_value, isRows: false, hasWindow: false, windowLength: null);

    /// <summary>An edge of rows.</summary>
    public static Schema Rows(KeyTable keys, CodeTable codes, IReadOnlyList<Column> columns, bool hasWindow, TimeSpan? windowLength = null) =>
        new(keys, codes, [], columns, isRows: true, hasWindow, windowLength);

    /// <summary>The same readings with their signals changed, as a change of unit does.</summary>
    public Schema With(IReadOnlyList<Signal> signals) => new(Keys, Codes, signals, Columns, IsRows, HasWindow, WindowLength);

    /// <summary>The same rows with further columns behind their own.</summary>
    public Schema Plus(IEnumerable<Column> columns) => new(Keys, Codes, Signals, [.. Columns, .. columns], IsRows, HasWindow, WindowLength);

    /// <summary>What a slot holds: of rows by its column, of readings by the signal of its key.</summary>
    public Kind KindOf(int key, int column = 0) => IsRows ? Columns[column].Kind : Signals[Keys.SignalOf[key]].Kind;

    /// <summary>The number of the column with this name; -1 where there is none.</summary>
    public int ColumnNumber(string name)
    {
        for (var column = 0; column < Columns.Count; column++)
            if (Columns[column].Name == name) return column;
        return -1;
    }

    /// <summary>The number of the signal with this name; -1 where there is none.</summary>
    public int SignalNumber(string name)
    {
        for (var signal = 0; signal < Signals.Count; signal++)
            if (Signals[signal].Name == name) return signal;
        return -1;
    }
}
