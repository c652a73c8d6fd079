using System.Globalization;

namespace StreamEdge;

/// <summary>One thing that can be computed of a signal in a window.</summary>
/// <param name="Name">Its word in the file, and in its column's name.</param>
/// <param name="Numbers">Whether it needs numbers; the others take texts and booleans too.</param>
/// <param name="Of">Its value, of at least one reading.</param>
sealed record Aggregate(string Name, bool Numbers, Aggregate.Value Of)
{
    public delegate double Value(in Held held);

    /// <summary>All of them. A new one is one line here.</summary>
    public static readonly Aggregate[] Table =
    [
        Sums<CountOf>("count", numbers: false) with { Kind = static _ => StreamEdge.Kind.Integer, Unit = static _ => null },
        Sums<SumOf>("sum", numbers: true),
        Sums<MeanOf>("mean", numbers: true),
        Sums<MinOf>("min", numbers: true),
        Sums<MaxOf>("max", numbers: true),
        Sums<DeviationOf>("std", numbers: true) with { Unit = static u => u?.Difference },
        Sums<RmsOf>("rms", numbers: true),
        Sums<CrestFactorOf>("crest_factor", numbers: true) with { Unit = static _ => null },
        new("first", Numbers: false, static (in h) => h.Ends.First) { Kind = static k => k, NeedsEnds = true },
        new("last", Numbers: false, static (in h) => h.Ends.Last) { Kind = static k => k, NeedsEnds = true },
        new("median", Numbers: true, static (in h) => h.Quantile(0.5)) { Needs = DetailParts.Quantiles },
        new("mode", Numbers: false, static (in h) => SeriesOf.Mode(h.Values)) { Kind = static k => k, Needs = DetailParts.Series, IsValue = true },
        new("delta", Numbers: true, static (in h) => h.Values is [var first, ..] all ? all[^1] - first : double.NaN) { Unit = static u => u?.Difference, Needs = DetailParts.Series },
        new("derivative", Numbers: true, static (in h) => SeriesOf.Derivative(h.Times, h.Values)) { Unit = static u => u?.PerSecond, Needs = DetailParts.Series },
        new("slope", Numbers: true, static (in h) => SeriesOf.Slope(h.Times, h.Values)) { Unit = static u => u?.PerSecond, Needs = DetailParts.Series },
        new("time_mean", Numbers: true, static (in h) => h.Stretches.Mean()) { Needs = DetailParts.Series, CarriesOver = true },
        new("integral", Numbers: true, static (in h) => h.Stretches.Integral()) { CarriesOver = true, Unit = static u => u?.OverTime?.Unit, Scale = static u => 1 / (u?.OverTime?.Seconds ?? 1), Needs = DetailParts.Series },
        new("increase", Numbers: true, static (in h) => SeriesOf.Increase(h.Values)) { Unit = static u => u?.Difference, Needs = DetailParts.Series },
        new("zero_crossings", Numbers: true, static (in h) => Slot.Of(SeriesOf.ZeroCrossings(h.Values))) { Kind = static _ => StreamEdge.Kind.Integer, Unit = static _ => null, Needs = DetailParts.Series },
        new("kurtosis", Numbers: true, static (in h) => SeriesOf.Kurtosis(h.Values)) { Unit = static _ => null, Needs = DetailParts.Series },
        new("good_pct", Numbers: false, static (in h) => 100 * h.GoodShare) { Unit = static _ => Percent, Needs = DetailParts.Qualities },
    ];

    /// <summary>Those of which there are many: their word, and what makes one of what the file says.</summary>
    public static readonly (string Word, Func<string, CodeTable, Aggregate?> Read)[] Families = [("p95", Quantile), ("time_in(TEXT)", TimeIn)];

    static readonly Unit? s_percent = StreamEdge.Unit.TryParse("%", out var percent) ? percent : null;
    static readonly Unit? s_second = StreamEdge.Unit.TryParse("s", out var second) ? second : null;

    /// <summary>The kind of the result, by the signal's kind.</summary>
    public Func<Kind, Kind> Kind { get; init; } = static _ => StreamEdge.Kind.Number;

    /// <summary>The unit of the result, by the signal's unit.</summary>
    public Func<Unit?, Unit?> Unit { get; init; } = static unit => unit;

    /// <summary>What a result is multiplied by, by the signal's unit.</summary>
    public Func<Unit?, double> Scale { get; init; } = static _ => 1;

    /// <summary>Its values of many windows at once, where sums are all that it needs.</summary>
    public OfSums? OfSums { get; init; }

    /// <summary>Whether it looks at the first and last value.</summary>
    public bool NeedsEnds { get; init; }

    /// <summary>Whether it looks at the value that holds when the window begins.</summary>
    public bool CarriesOver { get; init; }

    /// <summary>What it needs beside sums.</summary>
    public DetailParts Needs { get; init; }

    /// <summary>Whether its value is one of the readings', as a series keeps them: a number that becomes a slot of the signal's kind.</summary>
    public bool IsValue { get; init; }

    static Unit? Percent => s_percent;

    /// <summary>Its value of a signal, as the slot of its column.</summary>
    public Value OfA(Signal signal)
    {
        var (of, scale, kind) = (Of, Scale(signal.Unit), Kind(signal.Kind));
        if (IsValue && kind != StreamEdge.Kind.Number) return (in h) => of(h) is var value && double.IsNaN(value) ? Slot.MissingOf(kind) : Slot.Of((long)value);
        return scale == 1 ? of : (in h) => of(h) * scale;
    }

    /// <summary>The one that the file's word names.</summary>
    public static Aggregate? Find(string name, CodeTable codes) =>
        Array.Find(Table, a => a.Name == name) ?? Families.Select(f => f.Read(name, codes)).FirstOrDefault(a => a is not null);

    /// <summary>The remedy for a word that others use for one of them.</summary>
    public static string? Meant(string name) => name switch
    {
        "avg" or "average" => "did you mean 'mean'?",
        "stddev" or "stdev" or "sd" => "did you mean 'std'?",
        "minimum" => "did you mean 'min'?",
        "maximum" => "did you mean 'max'?",
        "total" => "did you mean 'sum'?",
        "percentile" or "quantile" => "write p95",
        "peak" or "crest" => "did you mean 'crest_factor'?",
        "rate" or "change_rate" => "did you mean 'derivative'?",
        _ => null,
    };

    static Aggregate Sums<T>(string name, bool numbers) where T : struct, IOfMoments => new(name, numbers, static (in h) => T.Of(h.Moments)) { OfSums = OfMoments.Fill<T> };

    /// <summary><c>p95</c>, <c>p99.9</c>.</summary>
    static Aggregate? Quantile(string name, CodeTable codes)
    {
        if (name is not ['p', >= '0' and <= '9', ..] || !double.TryParse(name[1..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent >= 100) return null;
        return new(name.Replace('.', '_'), Numbers: true, (in h) => h.Quantile(percent / 100)) { Needs = DetailParts.Quantiles };
    }

    /// <summary><c>time_in(run)</c>: for how long a text was that one.</summary>
    static Aggregate? TimeIn(string name, CodeTable codes)
    {
        if (!name.StartsWith("time_in(", StringComparison.Ordinal) || !name.EndsWith(')')) return null;
        var text = name["time_in(".Length..^1].Trim('"');
        if (text.Length == 0) return null;
        var code = (double)(text switch { "true" => 1, "false" => 0, _ => codes.Code(text) });
        return new($"time_in_{string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}", Numbers: false, (in h) => h.Stretches.TimeIn(code)) { CarriesOver = true, Unit = static _ => s_second, Needs = DetailParts.Series };
    }
}
