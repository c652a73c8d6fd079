namespace StreamEdge;

/// <summary>
/// Finds signals that stand still, as a frozen transmitter's does: readings whose value has not changed for <c>after</c>.
/// The first readings of such a stretch have gone by then; all further ones are found until the value changes.
/// </summary>
/// <example>
/// - clean: { stuck: { after: 10m, then: flag, signals: [temp] } }
/// </example>
public sealed record StuckOptions : OperatorOptions
{
    /// <summary>How long a value may stay the same, by the readings' time.</summary>
    [Short]
    [Between("1ms", "365d")]
    public required TimeSpan After { get; init; }

    /// <summary>What happens to a reading after that: <c>flag</c> (quality uncertain) or <c>drop</c>. Default: flag.</summary>
    public FoundThen Then { get; init; } = FoundThen.Flag;

    /// <summary>A value that moved by no more than this, in the signal's unit, stands still. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double Tolerance { get; init; }

    /// <summary>The signals that are looked at. Default: all numbers and whole numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("stuck") || context.NumericSignals(nameof(Signals), Signals) is not { } watched) return default(Refusal);
        return new Stuck(this, context.Input, watched);
    }
}

sealed class Stuck(StuckOptions options, Schema input, bool[] watched) : Finder(input, options.Then, "stuck")
{
    readonly long _after = Nanoseconds.Of(options.After);
    readonly Kind[] _kinds = [.. input.Signals.Select(s => s.Kind)];
    readonly PerKey<Track> _tracks = new(new() { Since = long.MinValue });

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _tracks.Save(state, Output, static t => t.Since > long.MinValue,
        (t, _) => state.Write(t.Since).Write(t.Last).Write(t.Value));

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _tracks.Restore(state, Output, _ => new() { Since = state.Long(), Last = state.Long(), Value = state.Double() });

    /// <inheritdoc/>
    protected override int Find(Batch batch, int[] found)
    {
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = batch.Schema.Keys.SignalOf;
        var tracks = _tracks.Of(batch.Schema.Keys);
        var (kinds, tolerance, after) = (_kinds, options.Tolerance, _after);
        var count = 0;
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (!watched[signal]) continue;
            var number = Slot.Number(value[row], kinds[signal]);
            ref var track = ref tracks[key[row]];
            if (double.IsNaN(number) || time[row] < track.Last) continue;
            track.Last = time[row];
            if (track.Since == long.MinValue || !(Math.Abs(number - track.Value) <= tolerance)) (track.Since, track.Value) = (time[row], number);
            else if (time[row] - track.Since >= after) found[count++] = row;
        }

        return count;
    }

    /// <summary>The value that a key has, and since when.</summary>
    struct Track
    {
        public long Since, Last;
        public double Value;
    }
}
