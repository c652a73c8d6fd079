using System.Runtime.CompilerServices;

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
    readonly Kind[] _kinds;
    readonly ulong _heartbeat;
    readonly int[] _kept;
    readonly Tally _dropped;
    readonly PerKey<Last> _last = new(new() { Allowed = s_none });

    /// <summary>Nothing lies within it, for it is no number.</summary>
    static readonly Tolerance s_none = new(double.NaN, 0);

    public Deadband(DeadbandOptions options, Tolerance?[] tolerances, Schema input) : base(input)
    {
        (_tolerances, _heartbeat) = (tolerances, options.HeartbeatOrNever);
        _kinds = [.. input.Signals.Select(s => s.Kind)];
        _kept = new int[input.MaxRows];
        _dropped = Books.Reason("within_tolerance");
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "deadband";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            var savings = new Savings[_tolerances.Length];
            for (var key = 0; key < Output.Keys.Count; key++)
            {
                ref readonly var last = ref _last[key];
                savings[Output.Keys.SignalOf[key]].Add(last.LeftOut, last.KeptCount, last.WorstError);
            }

            return Savings.Report(savings, Output.Signals);
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var kept = Find(batch);
        if (kept < batch.Count)
        {
            Count(batch.Key, _kept.AsSpan(0, kept));
            batch = batch.Writable();
            batch.Select(_kept.AsSpan(0, kept));
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _last.Save(state, Output, static l => l.Met,
        (last, key) => state.Write(last.Time).Write(last.KeptTime).WriteSlot(last.Kept, Output.KindOf(key), Output.Codes).Write((long)last.Quality));

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _last.Restore(state, Output, key =>
    {
        var last = new Last { Met = true, Time = state.Long(), KeptTime = state.Long(), Kept = state.ReadSlot(Output.KindOf(key), Output.Codes), Quality = (Quality)state.Long() };
        return last with { Allowed = AllowedBeside(last, Output.Keys.SignalOf[key]) };
    });

    /// <summary>Finds the rows to keep; returns how many.</summary>
    int Find(Batch batch)
    {
        var key = batch.Key;
        var time = batch.Time[..key.Length];
        var value = batch.Value[..key.Length];
        var lasts = _last.Of(Output.Keys);
        var plain = !batch.HasQuality;
        var kept = 0;
        for (var row = 0; row < key.Length; row++)
        {
            ref var last = ref lasts[key[row]];
            if (plain && IsLeftOut(ref last, time[row], value[row])) continue;
            if (IsKept(ref last, batch, row)) _kept[kept++] = row;
        }

        return kept;
    }

    /// <summary>The usual case at once: a good number near the last one kept. What it is false of is looked at by <see cref="IsKept"/>.</summary>
    bool IsLeftOut(ref Last last, long time, double value)
    {
        var error = Math.Abs(value - last.Kept);
        // False for what is missing, and where nothing may be left out.
        if (!(error <= last.Allowed.Of(value)) || time <= last.Time || (ulong)(time - last.KeptTime) >= _heartbeat) return false;
        last.Time = time;
        last.LeftOut++;
        if (error > last.WorstError) last.WorstError = error;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // it is the rarer way, and would take the registers of the usual one
    bool IsKept(ref Last last, Batch batch, int row)
    {
        var (time, slot, signal) = (batch.Time[row], batch.Value[row], Output.Keys.SignalOf[batch.Key[row]]);
        var quality = batch.HasQuality ? batch.Quality[row] : Quality.Good;
        last.KeptCount++;
        if (last.Met && time <= last.Time) return true; // late: it passes the state by
        last.Time = time;
        if (last.Met && quality == last.Quality && (ulong)(time - last.KeptTime) < _heartbeat && IsNear(ref last, slot, _kinds[signal], _tolerances[signal]))
        {
            last.KeptCount--;
            last.LeftOut++;
            return false;
        }

        (last.Met, last.KeptTime, last.Kept, last.Quality) = (true, time, slot, quality);
        last.Allowed = AllowedBeside(last, signal);
        return true;
    }

    /// <summary>How far a good number may lie from the last one kept to be left out at once.</summary>
    Tolerance AllowedBeside(in Last last, int signal) =>
        last.Quality == Quality.Good && _kinds[signal] == Kind.Number && _tolerances[signal] is { } tolerance ? tolerance : s_none;

    static bool IsNear(ref Last last, double slot, Kind kind, Tolerance? tolerance)
    {
        if (Slot.IsMissing(slot, kind) || Slot.IsMissing(last.Kept, kind)) return false;
        if (kind is Kind.Text or Kind.Bool) return Slot.Bits(last.Kept) == Slot.Bits(slot);
        if (tolerance is not { } allowed) return false;
        var value = Slot.Number(slot, kind);
        var error = Math.Abs(value - Slot.Number(last.Kept, kind));
        if (!(error <= allowed.Of(value))) return false; // nor is an infinite value near anything
        if (error > last.WorstError) last.WorstError = error;
        return true;
    }

    void Count(ReadOnlySpan<int> key, ReadOnlySpan<int> kept)
    {
        if (_tolerances.Length == 1)
        {
            _dropped.AddOf(0, key.Length - kept.Length);
            return;
        }

        var signalOf = Output.Keys.SignalOf;
        var next = 0;
        for (var row = 0; row < key.Length; row++)
        {
            if (next < kept.Length && kept[next] == row) next++;
            else _dropped.AddOf(signalOf[key[row]]);
        }
    }

    /// <summary>The last reading kept of a key, and what was saved since the start. All of it is counted here, where a row looks anyway.</summary>
    record struct Last
    {
        public long Time, KeptTime, LeftOut, KeptCount;
        public double Kept, WorstError;
        public Tolerance Allowed;
        public Quality Quality;
        public bool Met;
    }
}
