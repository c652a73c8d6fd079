namespace StreamEdge;

/// <summary>What a window holds, by signal. First and last values, and details, are there where a column needs them.</summary>
readonly ref struct Summary(ReadOnlySpan<Moments> moments, ReadOnlySpan<Ends> ends, ReadOnlySpan<Detail?> details, long start = 0, ReadOnlySpan<Carried> carried = default)
{
    static readonly Ends s_noEnds;

    public ReadOnlySpan<Moments> Moments { get; } = moments;

    readonly ReadOnlySpan<Ends> _ends = ends;
    readonly ReadOnlySpan<Detail?> _details = details;
    readonly ReadOnlySpan<Carried> _carried = carried;
    readonly long _start = start;

    /// <summary>How many readings it holds.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (ref readonly var of in Moments) count += of.Count;
            return count;
        }
    }

    /// <summary>The same of a window that begins at an instant at which these values hold.</summary>
    public Summary After(long start, ReadOnlySpan<Carried> carried) => new(Moments, _ends, _details, start, carried);

    /// <summary>The value of a signal that holds when the window begins.</summary>
    public Carried CarriedOf(int signal) => _carried.IsEmpty ? default : _carried[signal];

    /// <summary>What it holds of one signal.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="end">The window's exclusive end.</param>
    public Held Of(int signal, long end) =>
        new(in Moments[signal], in _ends.IsEmpty ? ref s_noEnds : ref _ends[signal], _details.IsEmpty ? null : _details[signal], end, _start, CarriedOf(signal));
}

/// <summary>What a window holds of one signal: what aggregates are computed of.</summary>
readonly ref struct Held(ref readonly Moments moments, ref readonly Ends ends, Detail? detail, long end, long start, Carried carried)
{
    public readonly ref readonly Moments Moments = ref moments;

    public readonly ref readonly Ends Ends = ref ends;

    readonly Detail? _detail = detail;

    /// <summary>The window's exclusive end.</summary>
    public long End { get; } = end;

    /// <summary>The readings as stretches of time in which a value held.</summary>
    public Stretches Stretches => new(Times, Values, End, start, carried);

    public ReadOnlySpan<long> Times => _detail is { Series: { } series } ? series.Times : [];

    /// <summary>The values in the order of their time; none where there were too many to keep.</summary>
    public ReadOnlySpan<double> Values => _detail is { Series: { } series } ? series.Values : [];

    public double Quantile(double share) => _detail?.Quantiles?.At(share) ?? double.NaN;

    /// <summary>The share of the good among all readings that came, bad ones too.</summary>
    public double GoodShare => _detail is { All: > 0 } of ? of.Good / (double)of.All : double.NaN;
}
