using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Makes values comparable: from each its signal's mean is taken, and the rest divided by the standard deviation
/// (the population's). Both are given, or learned from the first readings of each signal of each device and then kept.
/// While they are learned, a device's readings are held; then they leave in the order they came. The values that leave
/// have no unit. A signal that never changed is divided by 1.
/// </summary>
/// <example>
/// - normalize: { standardize: { first: 400, signals: [temp, vibration], clip: 10 } }
/// </example>
public sealed record StandardizeOptions : LearnedOptions
{
    /// <summary>The mean of each signal, in its unit here: <c>{ temp: 71.5 }</c>. With <c>std</c>, in place of <c>first</c>.</summary>
    public IReadOnlyDictionary<string, double> Mean { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The standard deviation of each signal, in its unit here: <c>{ temp: 2.5 }</c>. With <c>mean</c>.</summary>
    public IReadOnlyDictionary<string, double> Std { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The standard deviation is at least this, plus <c>floor_relative</c>, in the signal's unit here. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double Floor { get; init; }

    /// <summary>The standard deviation is at least this many times the size of the mean, plus <c>floor</c>. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double FloorRelative { get; init; }

    /// <summary>Values that leave are kept between minus and plus this. Default: none.</summary>
    [Between(0.001, double.PositiveInfinity)]
    public double? Clip { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context) => FromPair(context, "standardize", (nameof(Mean), Mean, "mean"), (nameof(Std), Std, "standard deviation"));

    /// <inheritdoc/>
    internal override string Shape => $"standardize, floor {Floor} {FloorRelative}";

    /// <inheritdoc/>
    internal override string Told(double center, double divisor, Unit? unit) => $"mean {Amount(center, unit)}, divided by {Amount(divisor, unit?.Difference)}";

    /// <inheritdoc/>
    internal override (double Low, double High) Limits => Clip is { } clip ? (-clip, clip) : base.Limits;

    /// <inheritdoc/>
    internal override (double Center, double Spread) Learn(List<double> values)
    {
        // Twice through the values: a sum of squares would lose the digits that a small deviation needs.
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values) sum += value;
        var mean = sum / values.Count;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(squares / values.Count));
    }

    /// <inheritdoc/>
    internal override double Floored(double center, double spread) => base.Floored(center, Math.Max(spread, FloorRelative * Math.Abs(center) + Floor));
}
