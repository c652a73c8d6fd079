using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>Which units signals are brought to.</summary>
public enum UnitsTo
{
    /// <summary>Each signal's unit in the file's <c>signals:</c> block.</summary>
    Declared,
}

/// <summary>
/// Brings every signal from the unit that its source gives it in to the unit that <c>signals:</c> declares, its range
/// and tolerance with it. A signal without a unit, text and true or false pass unchanged.
/// </summary>
/// <example>
/// - normalize: { units: declared }
/// </example>
public sealed record UnitsOptions : OperatorOptions
{
    /// <summary>Which units signals are brought to: <c>declared</c>, those of the <c>signals:</c> block. Default: declared.</summary>
    [Short]
    public UnitsTo To { get; init; } = UnitsTo.Declared;

    /// <summary>Units for single signals, in place of the declared ones: <c>{ temp: degF }</c>.</summary>
    public IReadOnlyDictionary<string, Unit> Signals { get; init; } = ReadOnlyDictionary<string, Unit>.Empty;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("units")) return default(Refusal);
        var sound = true;
        var targets = context.Pipeline.Readings.Signals.Select(s => s.Unit).ToArray();
        foreach (var (name, unit) in Signals)
        {
            var signal = context.SignalNumber(nameof(Signals), name, name);
            if (signal >= 0) targets[signal] = unit;
            sound &= signal >= 0;
        }

        var signals = context.Input.Signals.ToArray();
        for (var number = 0; number < signals.Length; number++)
        {
            var (from, to, name) = (signals[number].Unit, targets[number], signals[number].Name);
            if (from is null && Signals.ContainsKey(name))
            {
                context.Fault(nameof(Signals), $"'{name}' has no unit to convert from", "write its unit in 'signals:'", name);
                sound = false;
            }

            if (from is null || to is null || from == to) continue;
            if (!Unit.CanConvert(from, to))
            {
                context.Fault(Signals.ContainsKey(name) ? nameof(Signals) : nameof(To), $"'{name}' comes in {from} ({from.Dimension}) and cannot be told in {to} ({to.Dimension})",
                    $"write a unit of {from.Dimension}, or correct the unit where '{name}' is collected", name);
                sound = false;
                continue;
            }

            // A whole number that is converted becomes a number with decimals.
            var kind = Unit.Conversion(from, to) == (1, 0) ? signals[number].Kind : Kind.Number;
            signals[number] = signals[number].In(to) with { Kind = kind };
        }

        if (!sound) return default(Refusal);
        var output = signals.SequenceEqual(context.Input.Signals) ? context.Input : context.Input.With(signals);
        return new LinearMaps(context.Input, output, [.. context.Input.Signals.Zip(signals, Factors)]);
    }

    static (double Scale, double Offset) Factors(Signal from, Signal to) =>
        from.Unit is null || to.Unit is null ? (1, 0) : Unit.Conversion(from.Unit, to.Unit);
}
