using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Makes values comparable, whatever a few of them say: from each its signal's median is taken, and the rest divided by
/// the distance between the quartiles (IQR). Both are given, or learned from the first readings of each signal of each
/// device and then kept; while they are learned, a device's readings are held. The values that leave have no unit. Where
/// the quartiles are the same, the rest is divided by 1.
/// </summary>
/// <example>
/// - normalize: { robust: { first: 400, signals: [temp, vibration], clip: 10 } }
/// </example>
public sealed record RobustOptions : LearnedOptions
{
    /// <summary>The median of each signal, in its unit here: <c>{ temp: 71.5 }</c>. With <c>iqr</c>, in place of <c>first</c>.</summary>
    public IReadOnlyDictionary<string, double> Median { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The distance between the quartiles of each signal, in its unit here: <c>{ temp: 3 }</c>. With <c>median</c>.</summary>
    public IReadOnlyDictionary<string, double> Iqr { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The distance between the quartiles is at least this, in the signal's unit here. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double Floor { get; init; }

    /// <summary>Values that leave are kept between minus and plus this. Default: none.</summary>
    [Between(0.001, double.PositiveInfinity)]
    public double? Clip { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context) => FromPair(context, "robust", (nameof(Median), Median, "median"), (nameof(Iqr), Iqr, "distance between the quartiles"));

    /// <inheritdoc/>
    internal override string Shape => $"robust, floor {Floor}";

    /// <inheritdoc/>
    internal override string Told(double center, double divisor, Unit? unit) => $"median {Amount(center, unit)}, divided by {Amount(divisor, unit?.Difference)}";

    /// <inheritdoc/>
    internal override (double Low, double High) Limits => Clip is { } clip ? (-clip, clip) : base.Limits;

    /// <inheritdoc/>
    internal override (double Center, double Spread) Learn(List<double> values)
    {
        values.Sort();
        return (Quantile(values, 0.5), Quantile(values, 0.75) - Quantile(values, 0.25));
    }

    /// <inheritdoc/>
    internal override double Floored(double center, double spread) => base.Floored(center, Math.Max(spread, Floor));

    /// <summary>The value at that share of the way, on the line between two where it lies between them (Hyndman and Fan, 1996, type 7).</summary>
    static double Quantile(List<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var (below, rest) = ((int)place, place - (int)place);
        return rest == 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest;
    }
}
