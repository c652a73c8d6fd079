namespace StreamEdge;

/// <summary>What happens to a reading that came before.</summary>
public enum DuplicatesThen
{
    /// <summary>It is dropped.</summary>
    Drop,
}

/// <summary>
/// Drops readings that came before, as when a broker or a gateway sends again: same device, signal, time and value are
/// a <c>duplicate</c>; another value for the same instant is a <c>conflict</c>, of which the first is kept. Both are
/// counted. Readings in the order of their time cost the least; an instant older than those remembered passes.
/// </summary>
/// <example>
/// - clean: { duplicates: drop }
/// </example>
public sealed record DuplicatesOptions : OperatorOptions
{
    /// <summary>What happens to a reading that came before: <c>drop</c>. Default: drop.</summary>
    [Short]
    public DuplicatesThen Then { get; init; } = DuplicatesThen.Drop;

    /// <summary>Two values of one instant that differ by no more than this, in the signal's unit, are the same. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double Tolerance { get; init; }

    /// <summary>How many of the newest instants of each signal are remembered, 1 to 1,024; 16 bytes each. Default: 16.</summary>
    [Between(1, 1024)]
    public int Remember { get; init; } = 16;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context) =>
        context.WantsReadings("duplicates") ? new Duplicates(context.Input, Tolerance, Remember) : default(Refusal);
}

/// <summary>Keeps a ring of instants per key, the newest at its head and the others behind it in the order of time.</summary>
sealed class Duplicates : Operator
{
    readonly double _tolerance;
    readonly int _remember;
    readonly int[] _found;
    readonly Tally _duplicate, _conflict;
    Ring[] _rings = []; // by key
    long[] _times = []; // by key, then place in its ring
    double[] _slots = [];

    public Duplicates(Schema input, double tolerance, int remember) : base(input)
    {
        (_tolerance, _remember) = (tolerance, remember);
        _found = new int[input.MaxRows];
        _duplicate = Books.Reason("duplicate");
        _conflict = Books.Reason("conflict");
        StateShape = $"duplicates of {remember}";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_rings.Length < Output.Keys.Count) Grow(Output.Keys.Count);
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var found = 0;
        for (var row = 0; row < time.Length; row++)
        {
            ref var ring = ref _rings[key[row]];
            if (time[row] > ring.Newest) Push(ref ring, key[row], time[row], value[row]);
            else if (Known(ref ring, key[row], time[row], value[row])) _found[found++] = row;
        }

        if (found > 0)
        {
            batch = batch.Writable();
            batch.Remove(_found.AsSpan(0, found));
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        var met = 0L;
        foreach (ref readonly var ring in _rings.AsSpan()) met += ring.Count > 0 ? 1 : 0;
        state.Write(met);
        for (var key = 0; key < _rings.Length; key++)
        {
            ref readonly var ring = ref _rings[key];
            if (ring.Count == 0) continue;
            state.WriteKey(Output, key).Write((long)ring.Count);
            for (var back = ring.Count - 1; back >= 0; back--)
            {
                var at = At(in ring, key, back);
                state.Write(_times[at]).WriteSlot(_slots[at], Output.KindOf(key), Output.Codes);
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(Output);
            if (_rings.Length <= key) Grow(Output.Keys.Count);
            for (var count = state.Long(); count > 0; count--) Push(ref _rings[key], key, state.Long(), state.ReadSlot(Output.KindOf(key), Output.Codes));
        }
    }

    void Push(ref Ring ring, int key, long time, double slot)
    {
        ring.Newest = time;
        if (++ring.Head == _remember) ring.Head = 0;
        if (ring.Count < _remember) ring.Count++;
        var at = key * _remember + ring.Head;
        _times[at] = time;
        _slots[at] = slot;
    }

    /// <summary>Whether a reading of an instant that is not new came before, which is counted; where it did not, it is remembered.</summary>
    bool Known(ref Ring ring, int key, long time, double slot)
    {
        var back = 0;
        while (back < ring.Count && _times[At(in ring, key, back)] > time) back++;
        if (back < ring.Count && _times[At(in ring, key, back)] == time)
        {
            var signal = Output.Keys.SignalOf[key];
            (Same(_slots[At(in ring, key, back)], slot, Output.KindOf(key)) ? _duplicate : _conflict).AddOf(signal);
            return true;
        }

        if (back == _remember) return false; // older than all that is remembered
        // The older ones move back by one, and the oldest is forgotten where the ring is full.
        if (ring.Count < _remember) ring.Count++;
        for (var older = ring.Count - 1; older > back; older--)
        {
            var (to, from) = (At(in ring, key, older), At(in ring, key, older - 1));
            (_times[to], _slots[to]) = (_times[from], _slots[from]);
        }

        var at = At(in ring, key, back);
        (_times[at], _slots[at]) = (time, slot);
        return false;
    }

    bool Same(double first, double second, Kind kind)
    {
        if (Slot.Bits(first) == Slot.Bits(second)) return true;
        if (kind == Kind.Number && double.IsNaN(first) && double.IsNaN(second)) return true;
        return Math.Abs(Slot.Number(first, kind) - Slot.Number(second, kind)) <= _tolerance
            && kind is Kind.Number or Kind.Integer && !(kind == Kind.Integer && _tolerance == 0); // whole numbers may be too large for a double
    }

    /// <summary>Where the instant lies that is so many behind the newest.</summary>
    int At(in Ring ring, int key, int back) => key * _remember + (ring.Head - back + _remember) % _remember;

    void Grow(int keys)
    {
        var known = _rings.Length;
        Array.Resize(ref _rings, Math.Max(keys, 2 * known));
        _rings.AsSpan(known).Fill(new Ring { Newest = long.MinValue, Head = -1 });
        Array.Resize(ref _times, _rings.Length * _remember);
        Array.Resize(ref _slots, _rings.Length * _remember);
    }

    struct Ring
    {
        public long Newest;
        public int Head, Count;
    }
}
