namespace StreamEdge;

/// <summary>
/// Brings raw values to what they mean: <c>{ pressure: { from: [4, 20], to: [0, 16], unit: bar } }</c> for a sensor of
/// 4-20 mA, or a factor and an offset. The signal's range, tolerance and speed change with it; other signals pass
/// unchanged.
/// </summary>
/// <example>
/// - normalize: { scale: { signals: { vibration: { from: [4, 20], to: [0, 50], unit: mm/s } } } }
/// </example>
public sealed record ScaleOptions : OperatorOptions
{
    /// <summary>How each signal is scaled: <c>{ temp: { factor: 0.1, offset: -40, unit: degC } }</c>.</summary>
    public required IReadOnlyDictionary<string, SignalScale> Signals { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("scale")) return default(Refusal);
        var signals = context.Input.Signals.ToArray();
        var factors = new (double Scale, double Offset)[signals.Length];
        Array.Fill(factors, (1, 0));
        var sound = Signals.Count > 0;
        if (!sound) context.Fault(nameof(Signals), "no signal is scaled", "name one");
        foreach (var (name, scale) in Signals)
        {
            if (!LearnedOptions.IsNumber(context, nameof(Signals), name, "scale", name))
            {
                sound = false;
                continue;
            }

            if (scale.Mistake is var (what, remedy))
            {
                context.Fault(nameof(Signals), $"the scale of '{name}' {what}", remedy, name);
                sound = false;
                continue;
            }

            var number = context.Input.SignalNumber(name);
            factors[number] = scale.ScaleAndOffset;
            signals[number] = scale.Of(signals[number]);
        }

        return sound ? new LinearMaps(context.Input, context.Input.With(signals), factors) : default(Refusal);
    }
}

/// <summary>How one signal is scaled: multiplied by a factor, then an offset added; or so that two values become two others.</summary>
public sealed record SignalScale
{
    /// <summary>What the value is multiplied by. Default: 1.</summary>
    public double? Factor { get; init; }

    /// <summary>What is added after that, in the new unit. Default: 0.</summary>
    public double? Offset { get; init; }

    /// <summary>Two values as they come, in place of <c>factor</c> and <c>offset</c>: <c>[4, 20]</c>.</summary>
    public IReadOnlyList<double>? From { get; init; }

    /// <summary>What these two become: <c>[0, 16]</c>; the first may be the larger one.</summary>
    public IReadOnlyList<double>? To { get; init; }

    /// <summary>The unit that the signal is in from here on. Default: the one before.</summary>
    public Unit? Unit { get; init; }

    internal (string What, string Remedy)? Mistake
    {
        get
        {
            if ((Factor ?? Offset) is not null && (From ?? To) is not null) return ("has a factor or an offset, and a from or a to", "write the one or the other");
            if (From is null != To is null) return ("has only one of from and to", "write 'from: [4, 20], to: [0, 16]'");
            if (From is not null && (From.Count != 2 || To!.Count != 2 || From[0] == From[1] || To[0] == To[1])) return ("needs two different values in from and in to", "write 'from: [4, 20], to: [0, 16]'");
            if (Factor == 0) return ("has the factor 0, which makes all values the same", "write another factor");
            return (Factor ?? Offset) is null && From is null && Unit is null ? ("changes nothing", "write a factor, an offset, or from and to") : null;
        }
    }

    internal (double Scale, double Offset) ScaleAndOffset
    {
        get
        {
            if (From is null) return (Factor ?? 1, Offset ?? 0);
            var scale = (To![1] - To[0]) / (From[1] - From[0]);
            return (scale, To[0] - From[0] * scale);
        }
    }

    /// <summary>The signal as it leaves. A whole number that is multiplied may have decimals.</summary>
    internal Signal Of(Signal signal)
    {
        var (scale, offset) = ScaleAndOffset;
        return signal with
        {
            Kind = (scale, offset) == (1, 0) ? signal.Kind : Kind.Number,
            Unit = Unit ?? signal.Unit,
            Range = signal.Range is { } range ? new Bounds(Math.Min(range.Min * scale, range.Max * scale) + offset, Math.Max(range.Min * scale, range.Max * scale) + offset) : null,
            MaxChange = signal.MaxChange * Math.Abs(scale),
            Tolerance = signal.Tolerance * Math.Abs(scale),
        };
    }
}
