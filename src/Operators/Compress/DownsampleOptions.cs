namespace StreamEdge;

/// <summary>What is kept of the readings of a period.</summary>
public enum DownsampleKeep
{
    /// <summary>The first one.</summary>
    First,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>Their mean, at the time of the first one.</summary>
    Mean,

    /// <summary>The smallest and the largest, in the order of their time.</summary>
    MinMax,

    /// <summary>Those that a chart needs to look the same.</summary>
    Lttb,
}

/// <summary>
/// Keeps a few readings of each period: <c>downsample: { every: 1m, keep: min_max }</c>. Periods are counted from
/// 1970-01-01 UTC, for each signal of each device. Missing and infinite values and late readings are always kept; at
/// them, and where the quality changes, the readings before are treated by themselves. Text and true or false pass
/// unchanged.
/// </summary>
/// <example>
/// - compress: { downsample: { every: 1h, keep: lttb, points: 100 } }
/// </example>
public sealed record DownsampleOptions : OperatorOptions
{
    /// <summary>How long a period is, 1ms to 365d.</summary>
    [Short]
    [Between("1ms", "365d")]
    public required TimeSpan Every { get; init; }

    /// <summary>What is kept of a period: <c>first</c>, <c>last</c>, <c>mean</c>, <c>min_max</c> (two readings) or <c>lttb</c> (largest triangles, S. Steinarsson, 2013: <c>points</c> readings that look like all of them). Default: last.</summary>
    public DownsampleKeep Keep { get; init; } = DownsampleKeep.Last;

    /// <summary>With <c>lttb</c>, how many readings of a period are kept, its first and last among them, 3 to 10,000.</summary>
    [Between(3, 10_000)]
    public int? Points { get; init; }

    /// <summary>The signals that are thinned; others pass unchanged. Default: all numbers and whole numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>With <c>lttb</c>, most readings of a signal that wait for the end of their period, 4 to 10,000,000. Beyond it the period is cut in two, which is counted. Default: 65,536.</summary>
    [Between(4, 10_000_000)]
    public int MaxHeld { get; init; } = 65_536;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("downsample") || context.NumericSignals(nameof(Signals), Signals) is not { } thinned) return default(Refusal);
        if (Keep == DownsampleKeep.Lttb && Points is null) return context.Fault(nameof(Keep), "lttb is not told how many readings to keep", "write 'points: 100'");
        if (Keep != DownsampleKeep.Lttb && Points is not null) return context.Fault(nameof(Points), $"only lttb keeps a number of points, not {OptionsShape.Snake(Keep.ToString())}", "write 'keep: lttb', or leave it out");
        if (Points > MaxHeld) return context.Fault(nameof(Points), $"of the {MaxHeld:N0} readings that may wait no {Points:N0} can be kept", "lower points, or raise max_held");
        return new Downsample(this, thinned, context, context.Input.With([.. context.Input.Signals.Select((s, signal) => thinned[signal] ? Thinned(s) : s)]));
    }

    /// <summary>A signal as it leaves: less often, and as a number where a mean of whole ones may have decimals.</summary>
    Signal Thinned(Signal signal) => signal with
    {
        Kind = Keep == DownsampleKeep.Mean ? Kind.Number : signal.Kind,
        Period = !(signal.Period < Every) ? signal.Period : Keep is DownsampleKeep.MinMax or DownsampleKeep.Lttb ? null : Every,
    };
}
