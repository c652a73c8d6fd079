using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Makes values comparable: the smallest value becomes 0 and the largest 1, and the others lie in between. Both are the
/// signal's <c>range</c>, or given, or learned from the first readings of each signal of each device and then kept; while
/// they are learned, a device's readings are held. The values that leave have no unit. A signal that never changed
/// becomes 0. Signals without a range pass unchanged.
/// </summary>
/// <example>
/// - normalize: { min_max: { ranges: { temp: [0, 120] }, to: [-1, 1], clip: true } }
/// </example>
public sealed record MinMaxOptions : LearnedOptions
{
    /// <summary>Smallest and largest value of a signal, in its unit here, in place of its declared range: <c>{ temp: [0, 120] }</c>.</summary>
    public IReadOnlyDictionary<string, Bounds> Ranges { get; init; } = ReadOnlyDictionary<string, Bounds>.Empty;

    /// <summary>What the smallest and the largest value become: <c>[-1, 1]</c>. Default: [0, 1].</summary>
    public Bounds To { get; init; } = new(0, 1);

    /// <summary>Whether values beyond the smallest and the largest are set to these. Default: false, they leave as numbers beyond <c>to</c>.</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("min_max")) return default(Refusal);
        if (First is not null) return Ranges.Count == 0 ? Learning(context, "range") : context.Fault(nameof(First), "min_max has ranges and learns them too", "write 'ranges:' by signal, or 'first: 400'");
        var sound = true;
        foreach (var name in Ranges.Keys) sound &= IsNumber(context, nameof(Ranges), name, "range", name);
        if (Signals is not null)
        {
            context.Fault(nameof(Signals), "signals says what is learned, but nothing is", "leave it out, or write 'first: 400'");
            sound = false;
        }

        var constants = new Dictionary<int, (double, double)>();
        foreach (var (number, signal) in context.Input.Signals.Index())
            if (Ranges.TryGetValue(signal.Name, out var range) || (signal.Range is { } declared && (range = declared) == declared)) constants[number] = CenterAndSpread(range.Min, range.Max);
        if (constants.Count == 0 && sound) return context.Fault(nameof(Ranges), "no signal has a range", "write 'range: [MIN, MAX]' at a signal in 'signals:', or 'first: 400' to learn them");
        return sound ? WithConstants(context.Input, constants) : default(Refusal);
    }

    /// <inheritdoc/>
    internal override string Shape => $"min_max to {To}";

    /// <inheritdoc/>
    internal override string Told(double center, double divisor, Unit? unit) =>
        $"{Amount(center + (To.Min * divisor), unit)} becomes {Number.Text(To.Min)}, {Amount(center + (To.Max * divisor), unit)} becomes {Number.Text(To.Max)}";

    /// <inheritdoc/>
    internal override (double Low, double High) Limits => Clip ? (To.Min, To.Max) : base.Limits;

    /// <inheritdoc/>
    internal override (double Center, double Spread) Learn(List<double> values) => CenterAndSpread(values.Min(), values.Max());

    /// <summary>What is taken from a value, and what the rest is divided by, so that the smallest becomes the one end and the largest the other.</summary>
    (double Center, double Spread) CenterAndSpread(double min, double max)
    {
        var spread = Floored(min, (max / (To.Max - To.Min)) - (min / (To.Max - To.Min)));
        return (min - To.Min * spread, spread);
    }
}
