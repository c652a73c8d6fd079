namespace StreamEdge;

/// <summary>
/// Gives signals other names, as a model or a database expects them: <c>rename: { Temp_1: temp }</c>. The steps behind this
/// one know the new names only. It comes last in its group, so the other keys of the group still use the old ones.
/// </summary>
/// <example>
/// - normalize: { rename: { temp: T1, vibration: V1 } }
/// </example>
public sealed record RenameOptions : OperatorOptions
{
    /// <summary>Each key is a signal, with the new name behind it, which no signal has yet.</summary>
    [Rest]
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("rename")) return default(Refusal);
        var signals = context.Input.Signals.ToArray();
        var sound = true;
        foreach (var (old, name) in Names)
        {
            var number = context.SignalNumber(nameof(Names), old, old);
            var taken = Array.Exists(signals, s => s.Name == name) || context.Input.SignalNumber(name) >= 0;
            if (number >= 0 && name.Length == 0) context.Fault(nameof(Names), $"the new name of '{old}' is empty", "write one", old);
            else if (number >= 0 && taken) context.Fault(nameof(Names), $"there is a signal '{name}' already", $"give '{old}' another name", old);
            sound &= number >= 0 && name.Length > 0 && !taken;
            if (number >= 0) signals[number] = signals[number] with { Name = name };
        }

        return sound ? new Rename(context.Input.With(signals)) : default(Refusal);
    }
}

sealed class Rename(Schema output) : Operator(output)
{
    /// <inheritdoc/>
    public override void Process(Batch batch, Output output) => output.Emit(batch.Writable().As(Output));
}
