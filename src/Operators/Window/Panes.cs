namespace StreamEdge;

/// <summary>
/// The open panes of all groups, in one dense array: a ring of panes, in each pane the groups side by side (what is
/// written together lies together), and for each group one entry per signal.
/// A pane is the greatest span that every window holds whole, so a reading enters one pane, however many windows
/// overlap it (Li et al., "No pane, no gain", SIGMOD Record 2005).
/// </summary>
sealed class Panes(int signals, bool withEnds, int ring)
{
    /// <summary>Most entries of all rings: some 800 MB.</summary>
    const long Limit = 16 * 1024 * 1024;

    int _ring = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ring);
    int _groups;

    public Moments[] Moments { get; private set; } = [];

    /// <summary>Empty unless first and last values are wanted.</summary>
    public Ends[] Ends { get; private set; } = [];

    /// <summary>Panes that one group can have open at once.</summary>
    public int Ring => _ring;

    /// <summary>How many groups there can be while the rings are as long as they are.</summary>
    public int MostGroups => (int)(Limit / ((long)_ring * signals));

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
        if ((long)_groups * wider * signals > Limit) return false;
        Move(wider, _groups, groups);
        return true;
    }

    public void Clear(int group, long pane) => Moments.AsSpan(At(group, pane), signals).Clear();

    public bool HasData(int group, long pane) => CountOf(group, pane) > 0;

    public long CountOf(int group, long pane)
    {
        var count = 0L;
        foreach (ref readonly var moments in Moments.AsSpan(At(group, pane), signals)) count += moments.Count;
        return count;
    }

    /// <summary>The sums of panes FROM..UNTIL of a group, per signal: the pane itself where it is one. False where they are empty.</summary>
    public bool Sum(int group, long from, long until, Moments[] merged, Ends[] mergedEnds, out ReadOnlySpan<Moments> moments, out ReadOnlySpan<Ends> ends)
    {
        if (until - from == 1)
        {
            var at = At(group, from);
            moments = Moments.AsSpan(at, signals);
            ends = withEnds ? Ends.AsSpan(at, signals) : [];
            return HasData(group, from);
        }

        moments = merged;
        ends = mergedEnds;
        return Merge(group, from, until, merged, mergedEnds);
    }

    public void Save(int group, long pane, StateWriter state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < signals; signal++)
        {
            ref readonly var m = ref Moments[At(group, pane) + signal];
            state.Write(m.Count).Write(m.First).Write(m.Sum).Write(m.Squares).Write(m.Min).Write(m.Max);
            if (!withEnds || m.Count == 0) continue;
            ref readonly var e = ref Ends[At(group, pane) + signal];
            state.Write(e.FirstTime).WriteSlot(e.First, kindOf(signal), codes).Write(e.LastTime).WriteSlot(e.Last, kindOf(signal), codes);
        }
    }

    public void Restore(int group, long pane, StateReader state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < signals; signal++)
        {
            ref var m = ref Moments[At(group, pane) + signal];
            (m.Count, m.First, m.Sum, m.Squares, m.Min, m.Max) = (state.Long(), state.Double(), state.Double(), state.Double(), state.Double(), state.Double());
            if (!withEnds || m.Count == 0) continue;
            ref var e = ref Ends[At(group, pane) + signal];
            (e.FirstTime, e.First, e.LastTime, e.Last) = (state.Long(), state.ReadSlot(kindOf(signal), codes), state.Long(), state.ReadSlot(kindOf(signal), codes));
        }
    }

    bool Merge(int group, long from, long until, Span<Moments> moments, Span<Ends> ends)
    {
        moments.Clear();
        var any = false;
        for (var pane = from; pane < until; pane++)
        {
            var at = At(group, pane);
            for (var signal = 0; signal < signals; signal++)
            {
                ref readonly var part = ref Moments[at + signal];
                if (part.Count == 0) continue;
                any = true;
                if (withEnds) ends[signal].Add(Ends[at + signal], moments[signal].Count == 0);
                moments[signal].Add(part);
            }
        }

        return any;
    }

    void Move(int ring, int capacity, ReadOnlySpan<Group> groups)
    {
        var (moments, ends) = (Moments, Ends);
        Moments = new Moments[ring * capacity * signals];
        if (withEnds) Ends = new Ends[ring * capacity * signals];
        for (var group = 0; group < groups.Length; group++)
        {
            for (var pane = groups[group].Oldest; pane <= groups[group].Newest; pane++)
            {
                var (from, to) = (At(group, pane, _ring, _groups), At(group, pane, ring, capacity));
                moments.AsSpan(from, signals).CopyTo(Moments.AsSpan(to));
                if (withEnds) ends.AsSpan(from, signals).CopyTo(Ends.AsSpan(to));
            }
        }

        (_ring, _groups) = (ring, capacity);
    }

    int At(int group, long pane, int ring, int capacity) => ((int)(pane & (ring - 1)) * capacity + group) * signals;
}
