namespace StreamEdge;

/// <summary>
/// Leaves out readings that say nothing new: those within the tolerance of the last one kept. Read the result as steps:
/// a value holds until the next one. Text and true or false are kept when they change; a missing value, a change of
/// quality and the value after it are always kept; so is a reading that comes late, out of its order.
/// </summary>
/// <example>
/// - compress: { deadband: { tolerances: { temp: 0.2 degC, vibration: 2% }, heartbeat: 15m } }
/// </example>
public sealed record DeadbandOptions : CompressOptions
{
    /// <inheritdoc/>
    public override Operator Build(BuildContext context) =>
        ByNumber(context, "deadband") is { } tolerances ? new Deadband(this, tolerances, context.Input) : default(Refusal);
}

sealed class Deadband : Operator
{
    readonly Tolerance?[] _tolerances; // by signal
    readonly Tolerance[] _allowed; // the same for numbers; not a number where a signal has none
    readonly Kind[] _kinds;
    readonly ulong _heartbeat;
    readonly int[] _kept;
    readonly Savings[] _savings; // by signal
    readonly Tally _dropped;
    Last[] _last = []; // by key

    public Deadband(DeadbandOptions options, Tolerance?[] tolerances, Schema input) : base(input)
    {
        (_tolerances, _heartbeat) = (tolerances, options.HeartbeatOrNever);
        _kinds = [.. input.Signals.Select(s => s.Kind)];
        _allowed = [.. tolerances.Select((t, signal) => t is { } given && _kinds[signal] == Kind.Number ? given : new Tolerance(double.NaN, 0))];
        _kept = new int[input.MaxRows];
        _savings = new Savings[tolerances.Length];
        _dropped = Books.Reason("within_tolerance");
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "deadband";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => Savings.Report(_savings, Output.Signals);

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_last.Length < Output.Keys.Count) Grow(Output.Keys.Count);
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Output.Keys.SignalOf;
        var (kept, plain) = (0, !batch.HasQuality);
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            ref var savings = ref _savings[signal];
            savings.In++;
            if (plain && IsLeftOut(ref _last[key[row]], time[row], value[row], _allowed[signal], ref savings)) _dropped.AddOf(signal);
            else if (IsKept(ref _last[key[row]], signal, time[row], value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, ref savings))
            {
                _kept[kept++] = row;
                savings.Kept++;
            }
            else
            {
                _dropped.AddOf(signal);
            }
        }

        if (kept < time.Length)
        {
            batch = batch.Writable();
            batch.Select(_kept.AsSpan(0, kept));
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_last.Count(l => l.Met));
        for (var key = 0; key < _last.Length; key++)
        {
            var last = _last[key];
            if (last.Met) state.WriteKey(Output, key).Write(last.Time).Write(last.KeptTime).WriteSlot(last.Kept, Output.KindOf(key), Output.Codes).Write((long)last.Quality);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(Output);
            if (_last.Length <= key) Grow(Output.Keys.Count);
            _last[key] = new Last { Met = true, Time = state.Long(), KeptTime = state.Long(), Kept = state.ReadSlot(Output.KindOf(key), Output.Codes), Quality = (Quality)state.Long() };
        }
    }

    /// <summary>The usual case at once: a good number near the last one kept. What it is false of is looked at by <see cref="IsKept"/>.</summary>
    bool IsLeftOut(ref Last last, long time, double value, Tolerance allowed, ref Savings savings)
    {
        var error = Math.Abs(value - last.Kept);
        // False for what is missing, and where no tolerance is allowed.
        if (!(error <= allowed.Of(value)) || !last.Met || time <= last.Time || last.Quality != Quality.Good || (ulong)(time - last.KeptTime) >= _heartbeat) return false;
        last.Time = time;
        if (error > savings.WorstError) savings.WorstError = error;
        return true;
    }

    bool IsKept(ref Last last, int signal, long time, double slot, Quality quality, ref Savings savings)
    {
        if (last.Met && time <= last.Time) return true; // late: it passes the state by
        last.Time = time;
        var kind = _kinds[signal];
        if (last.Met && quality == last.Quality && (ulong)(time - last.KeptTime) < _heartbeat && IsNear(last.Kept, slot, kind, _tolerances[signal], ref savings)) return false;
        (last.Met, last.KeptTime, last.Kept, last.Quality) = (true, time, slot, quality);
        return true;
    }

    static bool IsNear(double kept, double slot, Kind kind, Tolerance? tolerance, ref Savings savings)
    {
        if (Slot.IsMissing(slot, kind) || Slot.IsMissing(kept, kind)) return false;
        if (kind is Kind.Text or Kind.Bool) return Slot.Bits(kept) == Slot.Bits(slot);
        if (tolerance is not { } allowed) return false;
        var value = Slot.Number(slot, kind);
        var error = Math.Abs(value - Slot.Number(kept, kind));
        if (!(error <= allowed.Of(value))) return false; // nor is an infinite value near anything
        if (error > savings.WorstError) savings.WorstError = error;
        return true;
    }

    void Grow(int keys) => Array.Resize(ref _last, Math.Max(keys, 2 * _last.Length));

    struct Last
    {
        public long Time, KeptTime;
        public double Kept;
        public Quality Quality;
        public bool Met;
    }
}
