namespace StreamEdge;

/// <summary>One thing that can be computed of a signal in a window.</summary>
/// <param name="Name">Its word in the file.</param>
/// <param name="Numbers">Whether it needs numbers; the others take texts and booleans too.</param>
/// <param name="Value">Its value, of at least one reading.</param>
sealed record Aggregate(string Name, bool Numbers, Aggregate.Of Value)
{
    public delegate double Of(in Moments moments, in Ends ends);

    /// <summary>All of them. A new one is one line here.</summary>
    public static readonly Aggregate[] Table =
    [
        new("count", Numbers: false, static (in m, in _) => Slot.Of(m.Count)) { Kind = static _ => StreamEdge.Kind.Integer, Unit = static _ => null },
        new("sum", Numbers: true, static (in m, in _) => m.Total),
        new("mean", Numbers: true, static (in m, in _) => m.Mean),
        new("min", Numbers: true, static (in m, in _) => m.Min),
        new("max", Numbers: true, static (in m, in _) => m.Max),
        new("std", Numbers: true, static (in m, in _) => Math.Sqrt(m.Variance)) { Unit = static u => u?.Difference },
        new("rms", Numbers: true, static (in m, in _) => Math.Sqrt(m.Variance + m.Mean * m.Mean)),
        new("first", Numbers: false, static (in _, in e) => e.First) { Kind = static k => k, NeedsEnds = true },
        new("last", Numbers: false, static (in _, in e) => e.Last) { Kind = static k => k, NeedsEnds = true },
    ];

    /// <summary>The kind of the result, by the signal's kind.</summary>
    public Func<Kind, Kind> Kind { get; init; } = static _ => StreamEdge.Kind.Number;

    /// <summary>The unit of the result, by the signal's unit.</summary>
    public Func<Unit?, Unit?> Unit { get; init; } = static unit => unit;

    /// <summary>Whether it looks at the first and last value.</summary>
    public bool NeedsEnds { get; init; }

    public static Aggregate? Find(string name) => Array.Find(Table, a => a.Name == name);
}
