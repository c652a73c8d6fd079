namespace StreamEdge;

/// <summary>What a missing value is filled with.</summary>
public enum FillHow
{
    /// <summary>The last known value.</summary>
    Hold,

    /// <summary>What lies on the line between the last known value and the next.</summary>
    Linear,
}

/// <summary>
/// Fills missing values: of readings that came without one, as when a sensor did not answer. An empty cell of a file
/// makes no reading, so there is nothing to fill: <c>resample</c> gives gaps between readings their values. What is filled is uncertain,
/// and counted by signal; a gap longer than <c>limit</c> stays missing. A value that is bad or infinite fills nothing and
/// is left as it is. With <c>linear</c>, a device's readings wait for the next known value, at most for <c>limit</c>.
/// </summary>
/// <example>
/// - clean: { fill: { limit: 10s, how: linear, signals: [temp] } }
/// </example>
public sealed record FillOptions : OperatorOptions
{
    /// <summary>The longest gap that is filled, by the readings' time, 1ms to 365d: <c>fill: 10s</c>. With <c>hold</c> from the last known value, with <c>linear</c> between two known ones.</summary>
    [Short]
    [Between("1ms", "365d")]
    public required TimeSpan Limit { get; init; }

    /// <summary>What is filled in: <c>hold</c> (the last known value) or <c>linear</c> (between the last and the next). Default: hold.</summary>
    public FillHow How { get; init; } = FillHow.Hold;

    /// <summary>The signals that are filled. Default: all numbers and whole numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Most readings of a device that wait with <c>linear</c>, 2 to 100,000,000. Beyond it the oldest go on as they are. Default: 65,536.</summary>
    [Between(2, 100_000_000)]
    public int MaxHeld { get; init; } = 65_536;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("fill") || context.NumericSignals(nameof(Signals), Signals) is not { } filled) return default(Refusal);
        return How == FillHow.Hold ? new FillHold(this, filled, context.Input) : new FillLinear(this, filled, context);
    }
}

/// <summary>What filling the missing values of one signal came to.</summary>
struct Filled
{
    public long Values, Missing;

    /// <summary>For the closing summary.</summary>
    public static IEnumerable<(string Name, string Value)> Report(Filled[] filled, IReadOnlyList<Signal> signals)
    {
        for (var signal = 0; signal < filled.Length; signal++)
            if (filled[signal] is { } of && of.Values + of.Missing > 0) yield return (signals[signal].Name, $"{of.Values:N0} filled, {of.Missing:N0} still missing");
    }
}

sealed class FillHold(FillOptions options, bool[] filled, Schema input) : Operator(input)
{
    readonly ulong _limit = (ulong)Nanoseconds.Of(options.Limit);
    readonly Kind[] _kinds = [.. input.Signals.Select(s => s.Kind)];
    readonly bool[] _numbers = [.. input.Signals.Select((s, signal) => filled[signal] && s.Kind == Kind.Number)];
    readonly PerKey<Known> _known = new(new() { Time = long.MaxValue });
    readonly Filled[] _filled = new Filled[filled.Length]; // by signal

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "fill hold";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => Filled.Report(_filled, Output.Signals);

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        batch = batch.Writable();
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Output.Keys.SignalOf;
        var known = _known.Of(Output.Keys);
        var plain = !batch.HasQuality;
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            // The usual case at once: a good number.
            if (plain && _numbers[signal] && double.IsFinite(value[row])) Know(ref known[key[row]], time[row], value[row]);
            else if (filled[signal]) Take(batch, row, signal, ref known[key[row]]);
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _known.Save(state, Output, static k => !k.IsNone, (k, _) => state.Write(k.Time).Write(k.Slot));

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _known.Restore(state, Output, _ => new() { Time = state.Long(), Slot = state.Double() });

    void Take(Batch batch, int row, int signal, ref Known known)
    {
        var (time, slot) = (batch.Time[row], batch.Value[row]);
        if (!Slot.IsMissing(slot, _kinds[signal]))
        {
            var isBad = batch.HasQuality && batch.Quality[row] == Quality.Bad;
            if (!isBad && double.IsFinite(Slot.Number(slot, _kinds[signal]))) Know(ref known, time, slot);
        }
        else if (time >= known.Time && (ulong)(time - known.Time) <= _limit)
        {
            batch.Value[row] = known.Slot;
            if (batch.Quality[row] == Quality.Good) batch.Quality[row] = Quality.Uncertain;
            _filled[signal].Values++;
        }
        else
        {
            _filled[signal].Missing++;
        }
    }

    static void Know(ref Known known, long time, double slot)
    {
        if (time >= known.Time || known.IsNone) known = new() { Time = time, Slot = slot };
    }

    /// <summary>The last known value of a key.</summary>
    struct Known
    {
        public long Time;
        public double Slot;

        public readonly bool IsNone => Time == long.MaxValue;
    }
}
