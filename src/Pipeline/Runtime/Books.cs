namespace StreamEdge;

/// <summary>
/// One step's page of the ledger, in readings or rows:
/// <c>in + created = passed + absorbed + dropped (each reason) + held</c>.
/// Written by the step's own stage only; read from anywhere, a moment old.
/// </summary>
/// <param name="signals">The signals by which drops are counted; none for rows.</param>
public sealed class Books(IReadOnlyList<Signal> signals)
{
    const int MostNotices = 100;
    readonly List<Tally> _drops = [];
    readonly OrderedDictionary<(string Reason, string Column), long> _leftOut = [];
    readonly HashSet<string> _noticed = new(StringComparer.Ordinal);
    string[] _notices = [];
    readonly long[] _bySignal = new long[signals.Count];
    Tally[] _published = [];

    internal IReadOnlyList<Signal> Signals => signals;

    /// <summary>What came in. Counted by the engine.</summary>
    public long In { get; internal set; }

    /// <summary>What went out, once, however many edges lead on. Counted by the engine.</summary>
    public long Passed { get; internal set; }

    /// <summary>What the step made itself, such as the rows of windows.</summary>
    public long Created { get; set; }

    /// <summary>What the step used up, such as the readings in windows, or a sink handed over.</summary>
    public long Absorbed { get; set; }

    /// <summary>What was dropped, by reason.</summary>
    public IReadOnlyList<Tally> Drops => Volatile.Read(ref _published);

    /// <summary>What was dropped for all reasons.</summary>
    public long Dropped
    {
        get
        {
            var dropped = 0L;
            foreach (var tally in Volatile.Read(ref _published)) dropped += tally.Total;
            return dropped;
        }
    }

    /// <summary>How much passed by signal number: kept by sources and sinks. Empty for rows.</summary>
    public IReadOnlyList<long> BySignal => _bySignal;

    /// <summary>Opens a count for one reason to drop; a reason that is open already is shared.</summary>
    /// <param name="reason">A word of snake_case, as the ledger and the metrics show it: <c>out_of_range</c>.</param>
    public Tally Reason(string reason)
    {
        lock (_drops)
        {
            foreach (var open in _drops)
                if (open.Reason == reason) return open;
            var tally = new Tally(reason, signals);
            _drops.Add(tally);
            Volatile.Write(ref _published, [.. _drops]);
            return tally;
        }
    }

    /// <summary>What rows and readings were written without, by reason and column or signal: values that the other side cannot take.</summary>
    public IReadOnlyList<(string Reason, string Column, long Count)> LeftOut
    {
        get
        {
            lock (_leftOut) return [.. _leftOut.Select(l => (l.Key.Reason, l.Key.Column, l.Value))];
        }
    }

    /// <summary>Counts a value that a row or reading is written without. For what is rare: it takes a lock.</summary>
    /// <param name="reason">A word of snake_case: <c>not_finite</c>.</param>
    /// <param name="column">The value's column or signal.</param>
    /// <param name="count">How many.</param>
    public void LeaveOut(string reason, string column, long count = 1)
    {
        lock (_leftOut) _leftOut[(reason, column)] = _leftOut.GetValueOrDefault((reason, column)) + count;
    }

    /// <summary>What the step wants said in the log, in the order it came up.</summary>
    public IReadOnlyList<string> Notices => Volatile.Read(ref _notices);

    /// <summary>
    /// Has something said once in the log, such as the name of an undeclared signal: the same text is not said again,
    /// and a step has at most 100 of them. Not for what happens with every batch: that is a count.
    /// </summary>
    /// <param name="text">A clause that follows the step's name: <c>drops the undeclared signal 'flow'</c>.</param>
    public void Notice(string text)
    {
        lock (_noticed)
            if (_noticed.Count < MostNotices && _noticed.Add(text)) Volatile.Write(ref _notices, [.. _notices, text]);
    }

    /// <summary>Takes over what another account made, used up and dropped; that one then begins anew. For a step that is made of several.</summary>
    public void Take(Books other)
    {
        (Created, Absorbed) = (Created + other.Created, Absorbed + other.Absorbed);
        (other.Created, other.Absorbed) = (0, 0);
        foreach (var tally in other._published)
            if (tally.Total > 0) Reason(tally.Reason).Take(tally);
        foreach (var text in other._notices) Notice(text);
        if (other._leftOut.Count == 0) return;
        foreach (var (reason, column, count) in other.LeftOut) LeaveOut(reason, column, count);
        other._leftOut.Clear();
    }

    /// <summary>What the two sides of the account differ by; 0 when the books balance.</summary>
    /// <param name="held">What the step holds undecided.</param>
    public long Difference(long held) => In + Created - Passed - Absorbed - Dropped - held;

    /// <summary>Counts a batch of readings by signal.</summary>
    internal void CountSignals(Batch batch)
    {
        var counts = _bySignal;
        if (counts.Length == 0 || batch.Schema.IsRows) return;
        if (counts.Length == 1)
        {
            counts[0] += batch.Count;
            return;
        }

        var signalOf = batch.Schema.Keys.SignalOf;
        foreach (var key in batch.Key) counts[signalOf[key]]++;
    }

    internal void Save(StateWriter state) => Save(state, In, Passed);

    /// <summary>Writes the account of an edge as it will be when all of the first rows are through.</summary>
    internal void SaveSettled(StateWriter state, long rows) => Save(state, rows, rows - Dropped);

    void Save(StateWriter state, long came, long passed)
    {
        state.Write(came).Write(passed).Write(Created).Write(Absorbed);
        Tally.SaveBySignal(state, signals, _bySignal);
        state.Write((long)_drops.Count);
        foreach (var tally in _drops) tally.Save(state);
        var leftOut = LeftOut;
        state.Write((long)leftOut.Count);
        foreach (var (reason, column, count) in leftOut) state.Write(reason).Write(column).Write(count);
    }

    internal void Restore(StateReader state)
    {
        (In, Passed, Created, Absorbed) = (state.Long(), state.Long(), state.Long(), state.Long());
        Tally.RestoreBySignal(state, signals, _bySignal);
        for (var left = state.Int(); left > 0; left--) Reason(state.Text()).Restore(state);
        for (var left = state.Int(); left > 0; left--) LeaveOut(state.Text(), state.Text(), state.Long());
    }
}

/// <summary>How much was dropped for one reason, in all and by signal.</summary>
public sealed class Tally
{
    readonly IReadOnlyList<Signal> _signals;
    readonly long[] _bySignal;

    internal Tally(string reason, IReadOnlyList<Signal> signals) => (Reason, _signals, _bySignal) = (reason, signals, new long[signals.Count]);

    /// <summary>Why, in snake_case.</summary>
    public string Reason { get; }

    /// <summary>How many in all.</summary>
    public long Total { get; private set; }

    /// <summary>Counts drops that belong to no signal.</summary>
    public void Add(long count = 1) => Total += count;

    /// <summary>Counts drops of one signal.</summary>
    public void AddOf(int signal, long count = 1)
    {
        Total += count;
        if ((uint)signal < (uint)_bySignal.Length) _bySignal[signal] += count;
    }

    /// <summary>Takes over what another tally counted, which then begins anew.</summary>
    internal void Take(Tally other)
    {
        Total += other.Total;
        other.Total = 0;
        for (var signal = 0; signal < _bySignal.Length; signal++) _bySignal[signal] += other._bySignal[signal];
        Array.Clear(other._bySignal);
    }

    /// <summary>The signals that lost something, with how much.</summary>
    public IEnumerable<(string Signal, long Count)> BySignal()
    {
        for (var signal = 0; signal < _bySignal.Length; signal++)
            if (_bySignal[signal] > 0) yield return (_signals[signal].Name, _bySignal[signal]);
    }

    internal void Save(StateWriter state)
    {
        state.Write(Reason).Write(Total);
        SaveBySignal(state, _signals, _bySignal);
    }

    internal void Restore(StateReader state)
    {
        Total = state.Long();
        RestoreBySignal(state, _signals, _bySignal);
    }

    /// <summary>Writes the counts with the signals' names, since a later file may declare others.</summary>
    internal static void SaveBySignal(StateWriter state, IReadOnlyList<Signal> signals, long[] counts)
    {
        state.Write((long)counts.Length);
        for (var signal = 0; signal < counts.Length; signal++) state.Write(signals[signal].Name).Write(counts[signal]);
    }

    internal static void RestoreBySignal(StateReader state, IReadOnlyList<Signal> signals, long[] counts)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var (name, count) = (state.Text(), state.Long());
            for (var signal = 0; signal < counts.Length; signal++)
                if (signals[signal].Name == name) counts[signal] = count;
        }
    }
}
