using System.Collections.ObjectModel;
using System.Numerics;

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
        return new ConvertUnits(context.Input, signals.SequenceEqual(context.Input.Signals) ? context.Input : context.Input.With(signals));
    }
}

sealed class ConvertUnits : Operator
{
    readonly double[] _scale, _offset; // by signal; an offset of -0.0 leaves every number, -0.0 too, as it is
    readonly bool[] _converts, _fromWhole;
    readonly bool _allNumbers, _any;

    public ConvertUnits(Schema input, Schema output) : base(output)
    {
        var factors = input.Signals.Zip(output.Signals, Factors).ToList();
        _converts = [.. factors.Select(f => f != (1, 0))];
        _scale = [.. factors.Select(f => f.Scale)];
        _offset = [.. factors.Select(f => f.Offset == 0 ? -0.0 : f.Offset)];
        _fromWhole = [.. input.Signals.Select(s => s.Kind == Kind.Integer)];
        _allNumbers = input.AllNumbers;
        _any = _converts.Contains(true);
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (batch.Schema != Output) batch = batch.Writable().As(Output);
        if (_any)
        {
            if (!_allNumbers) ConvertMixed(batch);
            else if (_scale.Length == 1) ConvertAlike(batch.Value);
            else ConvertNumbers(batch);
        }

        output.Emit(batch);
    }

    static (double Scale, double Offset) Factors(Signal from, Signal to) =>
        from.Unit is null || to.Unit is null ? (1, 0) : Unit.Conversion(from.Unit, to.Unit);

    /// <summary>One signal: whole vectors. Multiplied, then added, each rounded: the same on every machine.</summary>
    void ConvertAlike(Span<double> value)
    {
        var (scale, offset) = (_scale[0], _offset[0]);
        var (scales, offsets) = (new Vector<double>(scale), new Vector<double>(offset));
        var row = 0;
        for (; row <= value.Length - Vector<double>.Count; row += Vector<double>.Count)
        {
            var block = value[row..];
            (new Vector<double>(block) * scales + offsets).CopyTo(block);
        }

        for (; row < value.Length; row++) value[row] = value[row] * scale + offset;
    }

    void ConvertNumbers(Batch batch)
    {
        var (scale, offset) = (_scale, _offset);
        var value = batch.Value;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            value[row] = value[row] * scale[signal] + offset[signal];
        }
    }

    void ConvertMixed(Batch batch)
    {
        var value = batch.Value;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (!_converts[signal]) continue;
            var number = _fromWhole[signal] ? Slot.Number(value[row], Kind.Integer) : value[row];
            value[row] = number * _scale[signal] + _offset[signal];
        }
    }
}
