namespace StreamEdge;

/// <summary>
/// Finds values that cannot be true, because their signal changed faster than its <c>max_change</c> declares, as after a
/// loose contact. They are not compared with; but after <c>accept_after</c> of them that agree with each other the signal
/// is believed to have moved.
/// </summary>
/// <example>
/// - clean: { max_change: flag }
/// </example>
public sealed record MaxChangeOptions : OperatorOptions
{
    /// <summary>What happens to such a reading: <c>drop</c> or <c>flag</c> (quality uncertain). Default: drop.</summary>
    [Short]
    public FoundThen Then { get; init; } = FoundThen.Drop;

    /// <summary>So many readings of a signal that follow one another, each near enough to the one before, are believed, 1 to 1,000. Default: 3.</summary>
    [Between(1, 1000)]
    public int AcceptAfter { get; init; } = 3;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("max_change")) return default(Refusal);
        return context.Input.Signals.Any(s => s.MaxChange is not null)
            ? new MaxChange(this, context.Input)
            : context.Fault(nameof(Then), "no signal has a max_change", "write 'max_change: 15 degC/s' at a signal in 'signals:'");
    }
}

sealed class MaxChange(MaxChangeOptions options, Schema input) : Finder(input, options.Then, "max_change")
{
    readonly double[] _perSecond = [.. input.Signals.Select(s => s.MaxChange ?? double.PositiveInfinity)]; // by signal
    readonly Kind[] _kinds = [.. input.Signals.Select(s => s.Kind)];
    readonly PerKey<Track> _tracks = new(new() { Time = long.MinValue });

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _tracks.Save(state, Output, static t => t.Time > long.MinValue,
        (t, _) => state.Write(t.Time).Write(t.Value).Write(t.DoubtedTime).Write(t.Doubted).Write((long)t.Agree));

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _tracks.Restore(state, Output,
        _ => new() { Time = state.Long(), Value = state.Double(), DoubtedTime = state.Long(), Doubted = state.Double(), Agree = state.Int() });

    /// <inheritdoc/>
    protected override int Find(Batch batch, int[] found)
    {
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = batch.Schema.Keys.SignalOf;
        var tracks = _tracks.Of(batch.Schema.Keys);
        var count = 0;
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (double.IsInfinity(_perSecond[signal])) continue;
            var number = Slot.Number(value[row], _kinds[signal]);
            if (!IsPossible(ref tracks[key[row]], time[row], number, _perSecond[signal])) found[count++] = row;
        }

        return count;
    }

    bool IsPossible(ref Track track, long time, double value, double perSecond)
    {
        if (double.IsNaN(value) || time < track.Time) return true; // missing, or out of order: nothing to compare with
        if (track.Time == long.MinValue || IsNear(track.Time, track.Value, time, value, perSecond))
        {
            track = new() { Time = time, Value = value };
            return true;
        }

        track.Agree = track.Agree > 0 && IsNear(track.DoubtedTime, track.Doubted, time, value, perSecond) ? track.Agree + 1 : 1;
        (track.DoubtedTime, track.Doubted) = (time, value);
        if (track.Agree < options.AcceptAfter) return false;
        track = new() { Time = time, Value = value };
        return true;
    }

    /// <summary>Whether a signal can get from one value to the other in that time; in no time at all nowhere.</summary>
    static bool IsNear(long before, double from, long time, double to, double perSecond) =>
        Math.Abs(to - from) <= perSecond * ((time - (double)before) / Nanoseconds.Second);

    /// <summary>The last value of a key that was believed, and the last that was not, with how many of those agree.</summary>
    struct Track
    {
        public long Time, DoubtedTime;
        public double Value, Doubted;
        public int Agree;
    }
}
