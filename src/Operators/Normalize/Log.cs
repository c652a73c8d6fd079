namespace StreamEdge;

/// <summary>
/// Takes the natural logarithm of values, so that those that spread over powers of ten can be compared. The values that
/// leave have no unit. What has no logarithm, 0 and below, becomes missing, and is counted by signal.
/// </summary>
/// <example>
/// - normalize: { log: { signals: [vibration], offset: 1 } }
/// </example>
public sealed record LogOptions : OperatorOptions
{
    /// <summary>The signals of whose values it is taken: <c>log: vibration</c> or <c>[vibration, flow]</c>.</summary>
    [Short]
    public required IReadOnlyList<string> Signals { get; init; }

    /// <summary>What is added to a value before, in the signal's unit here; 1 for values that begin at 0. Default: 0.</summary>
    public double Offset { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("log") || context.NumericSignals(nameof(Signals), Signals) is not { } chosen) return default(Refusal);
        var output = context.Input.Signals.Select((s, number) => chosen[number] ? s with { Kind = Kind.Number, Unit = null, Range = null, MaxChange = null, Tolerance = null } : s);
        return new Log(Offset, chosen, context.Input, context.Input.With([.. output]));
    }
}

sealed class Log(double offset, bool[] chosen, Schema input, Schema output) : Operator(output)
{
    readonly Kind[] _kinds = [.. input.Signals.Select(s => s.Kind)];
    readonly long[] _missing = new long[chosen.Length]; // by signal

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _missing.Length; signal++)
                if (_missing[signal] > 0) yield return (Output.Signals[signal].Name, $"{_missing[signal]:N0} not above 0, now missing");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        batch = batch.Writable().As(Output);
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Output.Keys.SignalOf;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (!chosen[signal]) continue;
            var number = Slot.Number(value[row], _kinds[signal]) + offset;
            if (number <= 0) _missing[signal]++;
            value[row] = number > 0 ? Math.Log(number) : double.NaN;
        }

        output.Emit(batch);
    }
}
