namespace StreamEdge;

/// <summary>
/// Finds single values far off their neighbours, by the Hampel filter (F. R. Hampel, 1974; as in R. K. Pearson, 2002): a reading is
/// a spike where it differs from the median of the last <c>readings</c> of its signal by more than <c>above</c> times their
/// spread (1.4826 times the median of the distances from that median: the standard deviation where there are no spikes).
/// So the first of them, until there are so many, are never found.
/// </summary>
/// <example>
/// - clean: { spike: { above: 5, readings: 11 } }
/// </example>
public sealed record SpikeOptions : OperatorOptions
{
    /// <summary>How many spreads a value may lie off the median, 1 to 100. Default: 5.</summary>
    [Short]
    [Between(1, 100)]
    public double Above { get; init; } = 5;

    /// <summary>How many readings of the signal it is compared with, itself among them, 5 to 101. Default: 11.</summary>
    [Between(5, 101)]
    public int Readings { get; init; } = 11;

    /// <summary>What happens to a spike: <c>drop</c> or <c>flag</c> (quality uncertain). Default: drop.</summary>
    public FoundThen Then { get; init; } = FoundThen.Drop;

    /// <summary>The smallest spread that is reckoned with, in the signal's unit, so that a signal that hardly moves has no spikes. Default: the signal's <c>tolerance</c>, or 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double? LeastSpread { get; init; }

    /// <summary>The signals that are looked at. Default: all numbers and whole numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("spike") || context.NumericSignals(nameof(Signals), Signals) is not { } watched) return default(Refusal);
        return new Spike(this, context.Input, watched);
    }
}

sealed class Spike(SpikeOptions options, Schema input, bool[] watched) : Finder(input, options.Then, "spike")
{
    const double NormalSpread = 1.4826;

    readonly double[] _least = [.. input.Signals.Select(s => options.LeastSpread ?? s.Tolerance ?? 0)]; // by signal
    readonly Kind[] _kinds = [.. input.Signals.Select(s => s.Kind)];
    readonly PerKey<Track> _tracks = new(new() { Last = long.MinValue });
    readonly double[] _sorted = new double[options.Readings], _distances = new double[options.Readings];

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _tracks.Save(state, Output, static t => t.Ring is not null,
        (t, _) => state.Write(t.Last).Write((long)t.Next).Write((long)t.Count).Write(t.Ring));

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _tracks.Restore(state, Output, _ => new() { Last = state.Long(), Next = state.Int(), Count = state.Int(), Ring = state.Doubles() });

    /// <inheritdoc/>
    public override string StateShape => $"spike of {options.Readings}";

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
            if (!watched[signal]) continue;
            var number = Slot.Number(value[row], _kinds[signal]);
            ref var track = ref tracks[key[row]];
            if (double.IsNaN(number) || time[row] < track.Last) continue;
            Add(ref track, time[row], number);
            if (track.Count == options.Readings && IsSpike(track.Ring, number, _least[signal])) found[count++] = row;
        }

        return count;
    }

    void Add(ref Track track, long time, double value)
    {
        track.Ring ??= new double[options.Readings];
        track.Last = time;
        track.Ring[track.Next] = value;
        track.Next = track.Next + 1 == options.Readings ? 0 : track.Next + 1;
        if (track.Count < options.Readings) track.Count++;
    }

    bool IsSpike(double[] ring, double value, double least)
    {
        ring.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        var median = Middle(_sorted);
        var distance = Math.Abs(value - median);
        if (distance <= options.Above * least) return false;
        for (var i = 0; i < _sorted.Length; i++) _distances[i] = Math.Abs(_sorted[i] - median);
        Array.Sort(_distances);
        return distance > options.Above * Math.Max(least, NormalSpread * Middle(_distances));
    }

    static double Middle(double[] sorted) => sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;

    /// <summary>The newest values of a key, spikes among them: a median is not moved by a few.</summary>
    struct Track
    {
        public long Last;
        public int Next, Count;
        public double[] Ring;
    }
}
