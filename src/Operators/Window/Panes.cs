namespace StreamEdge;

/// <summary>
/// The open panes of all groups, in one dense array: a ring of panes per group, and in each pane one entry per signal.
/// A pane is the greatest span that every window holds whole, so a reading enters one pane, however many windows
/// overlap it (Li et al., "No pane, no gain", SIGMOD Record 2005).
/// </summary>
sealed class Panes(int signals, bool withEnds, int ring)
{
    /// <summary>Most entries that rings are widened to: some 400 MB.</summary>
    const long Limit = 8 * 1024 * 1024;

    int _ring = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ring);
    int _groups;

    public Moments[] Moments { get; private set; } = [];

    /// <summary>Empty unless first and last values are wanted.</summary>
    public Ends[] Ends { get; private set; } = [];

    /// <summary>Panes that one group can have open at once.</summary>
    public int Ring => _ring;

    /// <summary>The first entry of a group's pane.</summary>
    public int At(int group, long pane) => At(group, pane, _ring);

    public void Grow(int groups)
    {
        if (groups <= _groups) return;
        _groups = Math.Max(groups, 2 * _groups);
        var (moments, ends) = (Moments, Ends);
        Array.Resize(ref moments, _groups * _ring * signals);
        if (withEnds) Array.Resize(ref ends, _groups * _ring * signals);
        (Moments, Ends) = (moments, ends);
    }

    /// <summary>Makes every ring hold this many panes; false at the limit.</summary>
    public bool Widen(int panes, ReadOnlySpan<Group> groups)
    {
        var wider = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)panes);
        if ((long)_groups * wider * signals > Limit) return false;
        var (moments, ends) = (Moments, Ends);
        Moments = new Moments[_groups * wider * signals];
        if (withEnds) Ends = new Ends[_groups * wider * signals];
        for (var group = 0; group < groups.Length; group++)
        {
            for (var pane = groups[group].Oldest; pane <= groups[group].Newest; pane++)
            {
                moments.AsSpan(At(group, pane, _ring), signals).CopyTo(Moments.AsSpan(At(group, pane, wider)));
                if (withEnds) ends.AsSpan(At(group, pane, _ring), signals).CopyTo(Ends.AsSpan(At(group, pane, wider)));
            }
        }

        _ring = wider;
        return true;
    }

    public void Clear(int group, long pane) => Moments.AsSpan(At(group, pane), signals).Clear();

    public bool HasData(int group, long pane)
    {
        foreach (ref readonly var moments in Moments.AsSpan(At(group, pane), signals))
            if (moments.Count > 0) return true;
        return false;
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

    int At(int group, long pane, int ring) => ((group * ring) + (int)(pane & (ring - 1))) * signals;
}
