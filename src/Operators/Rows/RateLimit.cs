namespace StreamEdge;

/// <summary>
/// Lets so many rows, or readings of a signal, of each machine pass in a stretch of time, as of an alarm that flaps:
/// <c>rate_limit: { most: 1, every: 10s }</c>. The first ones pass, by their own time; the others are dropped, and counted
/// as <c>rate_limited</c>. In no stretch of <c>every</c>, wherever it begins, do more than <c>most</c> pass. All that comes
/// in counts: a <c>filter</c> before it leaves only the alarms. What comes after <c>time.wait</c> and is older than the last
/// that passed is dropped as <c>late</c>. A window counts once: where its first row passed, a provisional one too, the rows
/// that complete and correct it pass also, and no other rows of it do.
/// </summary>
/// <example>
/// - window: { every: 10s, compute: { temp: [mean] } }
/// - infer: { model: press@1, anomaly: { when: score > 0.99 } }
/// - filter: anomaly
/// - rate_limit: { most: 1, every: 10m }
/// </example>
public sealed record RateLimitOptions : OperatorOptions
{
    /// <summary>How many pass in the time, 1 to 1,000; 8 bytes each for every machine or signal of one. Default: 1.</summary>
    [Between(1, 1000)]
    public int Most { get; init; } = 1;

    /// <summary>The time, 1ms to 365d.</summary>
    [Short]
    [Between("1ms", "365d")]
    public required TimeSpan Every { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context) => new RateLimit(context.Input, Most, (ulong)Nanoseconds.Of(Every));
}

/// <summary>Keeps a ring per key of the times that passed last. What passes is never older than what passed before it.</summary>
sealed class RateLimit : Operator
{
    /// <summary>So many windows more than the limit needs are remembered, for the rows that complete or correct them.</summary>
    const int FurtherWindows = 16;

    readonly int _most, _remember;
    readonly ulong _every;
    readonly int[] _kept;
    readonly Tally _limited, _late;
    readonly PerKey<Passed> _passed = new(default);

    public RateLimit(Schema input, int most, ulong every) : base(input)
    {
        (_most, _every) = (most, every);
        _remember = input.HasWindow ? most + FurtherWindows : most;
        _kept = new int[input.MaxRows];
        (_limited, _late) = (Books.Reason("rate_limited"), Books.Reason("late"));
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "rate_limit";

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var passed = _passed.Of(Output.Keys);
        var key = batch.Key;
        var time = batch.Time;
        var signalOf = Output.Keys.SignalOf;
        var kept = 0;
        for (var row = 0; row < time.Length; row++)
        {
            if (Refuses(ref passed[key[row]], time[row]) is { } reason) reason.AddOf(signalOf[key[row]]);
            else _kept[kept++] = row;
        }

        if (kept < time.Length)
        {
            batch = batch.Writable();
            batch.Select(_kept.AsSpan(0, kept));
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _passed.Save(state, Output, static p => p.Count > 0, (p, _) =>
    {
        state.Write((long)p.Count);
        for (var back = p.Count; back > 0; back--) state.Write(p.Back(back));
    });

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _passed.Restore(state, Output, _ =>
    {
        // Saved, maybe, under another limit: the newest stay.
        var passed = new Passed();
        for (var count = state.Long(); count > 0; count--) passed.Add(state.Long(), _remember);
        return passed;
    });

    /// <summary>Why a row does not pass; null where it does, which is remembered.</summary>
    Tally? Refuses(ref Passed passed, long time)
    {
        if (passed.Count > 0 && time <= passed.Back(1))
        {
            if (Output.HasWindow && passed.Has(time)) return null;
            if (time < passed.Back(1)) return Output.HasWindow ? _limited : _late; // an older window was judged before
        }

        // The difference of two times may take 64 bits without a sign.
        if (passed.Count >= _most && (ulong)(time - passed.Back(_most)) < _every) return _limited;
        passed.Add(time, _remember);
        return null;
    }

    struct Passed
    {
        long[]? _times;
        int _next;

        public int Count { get; private set; }

        /// <summary>The time that passed so many before; 1 for the last.</summary>
        public readonly long Back(int back) => _times![_next >= back ? _next - back : _next - back + _times.Length];

        public readonly bool Has(long time) => _times.AsSpan(0, Count).Contains(time);

        public void Add(long time, int remember)
        {
            _times ??= new long[remember];
            _times[_next] = time;
            _next = _next + 1 == remember ? 0 : _next + 1;
            if (Count < remember) Count++;
        }
    }
}
