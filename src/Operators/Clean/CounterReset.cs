using System.Numerics;

namespace StreamEdge;

/// <summary>
/// Lets counters grow for ever that start again at 0, as after a power cut of the device: from the fall on, what was
/// counted before it is added. With <c>wraps_at</c>, a fall by more than half of that is the counter's own overflow, and
/// <c>wraps_at</c> is added. Resets are counted by signal. Bad readings are not compared; a late one is given what was
/// added at its time, and is uncertain; a value below 0 or infinite counts nothing and becomes missing.
/// </summary>
/// <example>
/// - clean: { counter_reset: { signals: [strokes], wraps_at: 65536 } }
/// </example>
public sealed record CounterResetOptions : OperatorOptions
{
    /// <summary>The signals that are counters, numbers or whole numbers: <c>counter_reset: strokes</c> or <c>[strokes, energy]</c>.</summary>
    [Short]
    public required IReadOnlyList<string> Signals { get; init; }

    /// <summary>The first value that the counters cannot show: 65536 for 16 bits, 100000 for five digits. Default: none; every fall is a start at 0.</summary>
    [Between(1, 9e18)]
    public double? WrapsAt { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("counter_reset") || context.NumericSignals(nameof(Signals), Signals) is not { } counters) return default(Refusal);
        if (WrapsAt is { } wraps && double.Floor(wraps) != wraps && context.Input.Signals.Index().Any(s => counters[s.Index] && s.Item.Kind == Kind.Integer))
            return context.Fault(nameof(WrapsAt), $"whole numbers cannot wrap at {Number.Text(wraps)}", "write a whole number");
        // What grows for ever has no range.
        var output = context.Input.Signals.Select((s, number) => counters[number] ? s with { Range = null } : s);
        return new CounterReset(WrapsAt, counters, context.Input.With([.. output]));
    }
}

sealed class CounterReset(double? wrapsAt, bool[] counters, Schema output) : Operator(output)
{
    readonly bool[] _isNumber = [.. output.Signals.Select(s => s.Kind == Kind.Number)];
    readonly PerKey<Track<double>> _numbers = new(new() { Time = long.MinValue });
    readonly PerKey<Track<long>> _wholes = new(new() { Time = long.MinValue });
    readonly (long Resets, long Wraps, long NoCounts)[] _met = new (long, long, long)[output.Signals.Count]; // by signal

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "counter_reset";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _met.Length; signal++)
            {
                var (resets, wraps, noCounts) = _met[signal];
                if (counters[signal]) yield return (Output.Signals[signal].Name, $"{resets:N0} resets{(wrapsAt is null ? "" : $", {wraps:N0} wraps")}{(noCounts == 0 ? "" : $", {noCounts:N0} that count nothing")}");
            }
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        batch = batch.Writable().As(Output);
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Output.Keys.SignalOf;
        var numbers = _numbers.Of(Output.Keys);
        var plain = !batch.HasQuality;
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (!counters[signal]) continue;
            ref var track = ref numbers[key[row]];
            // The usual case at once: a good number that has grown.
            if (plain && _isNumber[signal] && value[row] >= track.Last && time[row] >= track.Time && value[row] + track.Added is var sum && sum <= double.MaxValue)
                (track.Time, track.Last, value[row]) = (time[row], value[row], sum);
            else
                Take(batch, row, signal);
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        _numbers.Save(state, Output, static t => t.Time > long.MinValue, (t, _) => state.Write(t.Time).Write(t.Last).Write(t.Added).Write(t.Before));
        _wholes.Save(state, Output, static t => t.Time > long.MinValue, (t, _) => state.Write(t.Time).Write(t.Last).Write(t.Added).Write(t.Before));
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        _numbers.Restore(state, Output, _ => new() { Time = state.Long(), Last = state.Double(), Added = state.Double(), Before = state.Double() });
        _wholes.Restore(state, Output, _ => new() { Time = state.Long(), Last = state.Long(), Added = state.Long(), Before = state.Long() });
    }

    void Take(Batch batch, int row, int signal)
    {
        var (time, key) = (batch.Time[row], batch.Key[row]);
        ref var slot = ref batch.Value[row];
        if (Slot.IsMissing(slot, Output.Signals[signal].Kind)) return;
        var isLate = time < (_isNumber[signal] ? _numbers[key].Time : _wholes[key].Time);
        var isPassed = isLate || (batch.HasQuality && batch.Quality[row] == Quality.Bad);
        slot = _isNumber[signal]
            ? Grown(ref _numbers[key], time, slot, wrapsAt, isPassed, ref _met[signal]) ?? double.NaN
            : Slot.Of(Grown(ref _wholes[key], time, Slot.Bits(slot), (long?)wrapsAt, isPassed, ref _met[signal]) ?? Slot.Missing);
        if (isLate && batch.Quality[row] == Quality.Good) batch.Quality[row] = Quality.Uncertain;
    }

    /// <summary>What the counter has counted in all; nothing for what is no count, or more than a number can hold.</summary>
    static T? Grown<T>(ref Track<T> track, long time, T raw, T? wrapsAt, bool isPassed, ref (long Resets, long Wraps, long NoCounts) met) where T : struct, INumber<T>, IMinMaxValue<T>
    {
        var isCount = (T.IsZero(raw) || !T.IsNegative(raw)) && !T.IsInfinity(raw);
        // Of a reading out of order, more than the last says that it is from before the fall.
        if (isCount && isPassed) return raw + (raw > track.Last ? track.Before : track.Added);
        var (falls, wraps) = (raw < track.Last, false);
        if (falls && wrapsAt is { } at) wraps = track.Last - raw > at / (T.One + T.One);
        var more = wraps ? wrapsAt!.Value : falls ? track.Last : T.Zero;
        if (!isCount || track.Added > T.MaxValue - more - raw)
        {
            met.NoCounts++;
            return null;
        }

        if (falls)
        {
            if (wraps) met.Wraps++;
            else met.Resets++;
            (track.Before, track.Added) = (track.Added, track.Added + more);
        }

        (track.Time, track.Last) = (time, raw);
        return raw + track.Added;
    }

    /// <summary>The last value of a key as it came, what is added to it, and what was added before the last fall.</summary>
    struct Track<T>
    {
        public long Time;
        public T Last, Added, Before;
    }
}
