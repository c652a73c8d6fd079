using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>
/// The open panes of all groups, in one dense array: a ring of panes, in each pane the groups side by side (what is
/// written together lies together), and for each group one entry per signal.
/// A pane is the greatest span that every window holds whole, so a reading enters one pane, however many windows
/// overlap it (Li et al., "No pane, no gain", SIGMOD Record 2005).
/// </summary>
sealed class Panes(WindowColumns columns, int ring)
{
    /// <summary>Most entries of all rings: some 800 MB.</summary>
    const long Limit = 16 * 1024 * 1024;

    readonly int _signals = columns.Signals.Count;
    readonly bool _withEnds = columns.NeedsEnds;
    readonly Moments[] _merged = new Moments[columns.Signals.Count];
    readonly Ends[] _mergedEnds = new Ends[columns.Signals.Count];
    readonly Detail?[] _mergedDetails = columns.NewDetails();
    readonly Stack<Detail>[] _free = [.. columns.Signals.Select(_ => new Stack<Detail>())]; // by signal
    readonly Carried[] _before = new Carried[columns.Signals.Count]; // what was asked last
    Detail?[] _details = []; // empty unless a column needs them
    Carried[] _carried = []; // by group and signal, the last of the panes that were cleared; empty unless a column needs them

    int _ring = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ring);
    int _groups;

    public Moments[] Moments { get; private set; } = [];

    /// <summary>Empty unless first and last values are wanted.</summary>
    public Ends[] Ends { get; private set; } = [];

    /// <summary>Bytes of one group's signal in one pane.</summary>
    public int EntrySize { get; } = Unsafe.SizeOf<Moments>() + (columns.NeedsEnds ? Unsafe.SizeOf<Ends>() : 0) + (columns.NeedsDetails ? 256 : 0);

    /// <summary>Panes that one group can have open at once.</summary>
    public int Ring => _ring;

    /// <summary>How many groups there can be while the rings are as long as they are.</summary>
    public int MostGroups => (int)(Limit / ((long)_ring * _signals));

    /// <summary>The first entry of a group's pane.</summary>
    public int At(int group, long pane) => At(group, pane, _ring, _groups);

    /// <summary>Makes room for further groups, at most <see cref="MostGroups"/>; entries move.</summary>
    public void Grow(int groups, ReadOnlySpan<Group> old)
    {
        if (groups > _groups) Move(_ring, Math.Max(groups, Math.Min(2 * _groups, MostGroups)), old);
    }

    /// <summary>Makes every ring hold this many panes, and entries move; false at the limit.</summary>
    public bool Widen(int panes, ReadOnlySpan<Group> groups)
    {
        var wider = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)panes);
        if ((long)_groups * wider * _signals > Limit) return false;
        Move(wider, _groups, groups);
        return true;
    }

    /// <summary>Makes every ring hold only this many panes, a power of 2, no fewer than any group has; entries move.</summary>
    public void Narrow(int panes, ReadOnlySpan<Group> groups) => Move(panes, _groups, groups);

    public void Clear(int group, long pane)
    {
        var at = At(group, pane);
        for (var signal = 0; signal < _signals && columns.NeedsDetails; signal++)
        {
            if (_details[at + signal] is not { } detail) continue;
            if (columns.CarriesOver && Moments[at + signal].Count > 0) _carried[(group * _signals) + signal].Take(LastOf(detail));
            detail.Clear();
            _free[signal].Push(detail);
            _details[at + signal] = null;
        }

        Moments.AsSpan(at, _signals).Clear();
    }

    /// <summary>The last value of each signal before a pane, where it is no older than an instant.</summary>
    public ReadOnlySpan<Carried> Before(int group, long pane, long oldestPane, long oldest)
    {
        for (var signal = 0; signal < _signals; signal++)
        {
            var before = pane - 1;
            while (before >= oldestPane && Moments[At(group, before) + signal].Count == 0) before--;
            var last = before >= oldestPane ? LastOf(_details[At(group, before) + signal]) : _carried[(group * _signals) + signal];
            _before[signal] = last.IsKnown && last.Time >= oldest ? last : default;
        }

        return _before;
    }

    /// <summary>What is kept of an entry beside sums and ends; null where no column needs it.</summary>
    public Detail? DetailAt(int entry, int signal)
    {
        if (!columns.NeedsDetails) return null;
        ref var detail = ref _details[entry];
        return detail ??= _free[signal].TryPop(out var free) ? free : columns.NewDetail(signal);
    }

    public bool HasData(int group, long pane) => CountOf(group, pane) > 0;

    public long CountOf(int group, long pane)
    {
        var count = 0L;
        foreach (ref readonly var moments in Moments.AsSpan(At(group, pane), _signals)) count += moments.Count;
        return count;
    }

    /// <summary>The sums of panes FROM..UNTIL of a group, per signal: the pane itself where it is one. False where they are empty.</summary>
    public bool Sum(int group, long from, long until, out Summary summary)
    {
        if (until - from == 1)
        {
            var at = At(group, from);
            summary = new(Moments.AsSpan(at, _signals), _withEnds ? Ends.AsSpan(at, _signals) : [], columns.NeedsDetails ? _details.AsSpan(at, _signals) : []);
            return HasData(group, from);
        }

        summary = new(_merged, _mergedEnds, _mergedDetails);
        return Merge(group, from, until, _merged, _mergedEnds);
    }

    public void Save(int group, long pane, StateWriter state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _signals; signal++)
        {
            ref readonly var m = ref Moments[At(group, pane) + signal];
            m.Save(state);
            if (_withEnds && m.Count > 0) Ends[At(group, pane) + signal].Save(state, kindOf(signal), codes);
            DetailAt(At(group, pane) + signal, signal)?.Save(state, kindOf(signal), codes);
        }
    }

    public void Restore(int group, long pane, StateReader state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _signals; signal++)
        {
            ref var m = ref Moments[At(group, pane) + signal];
            m.Restore(state);
            if (_withEnds && m.Count > 0) Ends[At(group, pane) + signal].Restore(state, kindOf(signal), codes);
            DetailAt(At(group, pane) + signal, signal)?.Restore(state, kindOf(signal), codes);
        }
    }

    public void SaveCarried(int group, StateWriter state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _signals; signal++) _carried[(group * _signals) + signal].Save(state, kindOf(signal), codes);
    }

    public void RestoreCarried(int group, StateReader state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _signals; signal++) _carried[(group * _signals) + signal].Restore(state, kindOf(signal), codes);
    }

    static Carried LastOf(Detail? detail) =>
        detail is { Series: { Times: [.., var time], Values: [.., var value] } } ? new() { IsKnown = true, Time = time, Value = value } : default;

    bool Merge(int group, long from, long until, Span<Moments> moments, Span<Ends> ends)
    {
        moments.Clear();
        foreach (var detail in _mergedDetails) detail?.Clear();
        var any = false;
        for (var pane = from; pane < until; pane++)
        {
            var at = At(group, pane);
            for (var signal = 0; signal < _signals; signal++)
            {
                ref readonly var part = ref Moments[at + signal];
                if (columns.NeedsDetails && _details[at + signal] is { } detail) _mergedDetails[signal]!.Add(detail);
                if (part.Count == 0) continue;
                any = true;
                if (_withEnds) ends[signal].Add(Ends[at + signal], moments[signal].Count == 0);
                moments[signal].Add(part);
            }
        }

        return any;
    }

    void Move(int ring, int capacity, ReadOnlySpan<Group> groups)
    {
        var (moments, ends, details) = (Moments, Ends, _details);
        Moments = new Moments[ring * capacity * _signals];
        if (_withEnds) Ends = new Ends[ring * capacity * _signals];
        if (columns.NeedsDetails) _details = new Detail?[ring * capacity * _signals];
        for (var group = 0; group < groups.Length; group++)
        {
            for (var pane = groups[group].Oldest; pane <= groups[group].Newest; pane++)
            {
                var (from, to) = (At(group, pane, _ring, _groups), At(group, pane, ring, capacity));
                moments.AsSpan(from, _signals).CopyTo(Moments.AsSpan(to));
                if (_withEnds) ends.AsSpan(from, _signals).CopyTo(Ends.AsSpan(to));
                if (columns.NeedsDetails) details.AsSpan(from, _signals).CopyTo(_details.AsSpan(to));
            }
        }

        if (columns.CarriesOver) Array.Resize(ref _carried, capacity * _signals);
        (_ring, _groups) = (ring, capacity);
    }

    int At(int group, long pane, int ring, int capacity) => ((int)(pane & (ring - 1)) * capacity + group) * _signals;
}
