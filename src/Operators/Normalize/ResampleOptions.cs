namespace StreamEdge;

/// <summary>What a resampled value is made of.</summary>
public enum ResampleHow
{
    /// <summary>The last value at that instant.</summary>
    Hold,

    /// <summary>What lies on the line between the value before and the one after.</summary>
    Linear,

    /// <summary>The mean of the values from that instant to the next.</summary>
    Mean,
}

/// <summary>
/// Gives every signal of every device one value at each multiple of a period, counted from 1970-01-01 UTC, whenever its
/// readings came: <c>resample: { every: 1s, how: linear, limit: 10s }</c>. Where nothing is known within <c>limit</c>
/// there is no value. Missing, infinite and bad values are passed over. A device's values leave in the order of their
/// time; signals that are not resampled wait for the others.
/// </summary>
/// <example>
/// - normalize: { resample: { every: 1s, how: linear, limit: 10s } }
/// </example>
public sealed record ResampleOptions : OperatorOptions
{
    /// <summary>Most values in a row that are made of one reading.</summary>
    const long MostOfOne = 100_000;

    /// <summary>The time from one value to the next, 1ms to 1d.</summary>
    [Short]
    [Between("1ms", "1d")]
    public required TimeSpan Every { get; init; }

    /// <summary>What a value is made of: <c>hold</c> (the last one), <c>linear</c> (the one before and the one after) or <c>mean</c> (those until the next period). Default: linear.</summary>
    public ResampleHow How { get; init; } = ResampleHow.Linear;

    /// <summary>With <c>hold</c>, how old the last value may be; with <c>linear</c>, how far apart the two may be; at most 365d and 100,000 periods. Default: 10 periods.</summary>
    [Between("1ms", "365d")]
    public TimeSpan? Limit { get; init; }

    /// <summary>The signals that are resampled; others pass unchanged. Default: all numbers and whole numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Most readings of a device that wait, 2 to 100,000,000. Beyond it a value that is not known yet is left out. Default: 65,536.</summary>
    [Between(2, 100_000_000)]
    public int MaxHeld { get; init; } = 65_536;

    /// <summary>The limit in nanoseconds.</summary>
    internal ulong LimitOrDefault => (ulong)Nanoseconds.Of(Limit ?? 10 * Every);

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("resample") || context.NumericSignals(nameof(Signals), Signals) is not { } resampled) return default(Refusal);
        if (How == ResampleHow.Mean && Limit is not null) return context.Fault(nameof(Limit), "a mean is made of the readings of its own period, and has no limit", "leave it out");
        if (Limit is { } limit && limit.Ticks / Every.Ticks > MostOfOne)
            return context.Fault(nameof(Limit), $"within {Duration.Text(limit)} there are more than {MostOfOne:N0} periods of {Duration.Text(Every)}", "lower limit, or raise every");
        // What is computed of whole numbers may have decimals.
        var output = context.Input.Signals.Select((s, signal) => resampled[signal] && How != ResampleHow.Hold ? s with { Kind = Kind.Number } : s).Select((s, signal) => resampled[signal] ? s with { Period = Every } : s);
        return new Resample(this, resampled, context, context.Input.With([.. output]));
    }
}
