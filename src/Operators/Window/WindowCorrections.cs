using System.Numerics;

namespace StreamEdge;

// The half of the window that is about late readings: closed windows are held for a while, and emitted again.
sealed partial class Window
{
    readonly Content _alone;
    long _givenUp;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            if (_givenUp > 0) yield return ("not corrected any more", $"{_givenUp:N0} panes before their keep_late was over, for want of keep_late_max");
            foreach (var open in ReportOpen(Enumerable.Range(0, _groupCount).Sum(ReadingsIn))) yield return open;
        }
    }

    /// <summary>The ring that so many groups can have, for the sake of closed windows alone.</summary>
    int RingFor(int groups)
    {
        var panes = _keepSize / Math.Max(1, groups * (long)Columns.Signals.Count * _panes.EntrySize);
        return 1 << BitOperations.Log2((uint)Math.Clamp(panes, 1, 1 << 20));
    }

    /// <summary>Before there are more groups: their rings are no longer than closed windows may take, unless open ones do.</summary>
    void Narrow(int groups)
    {
        var ring = RingFor(groups);
        if (_panes.Ring <= ring) return;
        var longest = 1L;
        for (var number = 0; number < _groupCount; number++)
        {
            ref var group = ref _groups[number];
            GiveUp(number, ref group, group.Newest + 1 - ring);
            longest = Math.Max(longest, group.Newest - group.Oldest + 1);
        }

        var fits = BitOperations.RoundUpToPowerOf2((uint)Math.Max(longest, Math.Max(ring, _firstRing)));
        if (fits < _panes.Ring) _panes.Narrow((int)fits, _groups.AsSpan(0, _groupCount));
    }

    /// <summary>Start of the earliest window that a late reading can still enter.</summary>
    long HeldFrom(int number, in Group group)
    {
        if (Keep == 0) return group.FirstOpen;
        var watermark = WatermarkOf(number);
        return Math.Max(group.FirstHeld, watermark == long.MinValue ? watermark : HeldAt(watermark));
    }

    /// <summary>Everything of a group before this instant has been seen; before all time where nothing is known. Its own clock is told by its keys, which readings on the short way move too.</summary>
    long WatermarkOf(int number)
    {
        if (Clocks is not null) return Clocks.Watermark(Clocks.IsShared ? 0 : number);
        var watermark = _groups[number].Watermark;
        for (var key = _groups[number].FirstKey; key > 0; key = _short[key - 1].NextKey)
            if (_short[key - 1].Newest is var newest && newest > long.MinValue) watermark = Math.Max(watermark, newest - Wait);
        return watermark;
    }

    /// <summary>The earliest of them by the clock alone: a window is held until <c>keep_late</c> after its end.</summary>
    long HeldAt(long watermark) => _grid.FirstEndingAfter(Math.Max(watermark, Nanoseconds.Min + Margin) - Keep);

    /// <summary>Emits the closed windows from FIRST to LAST, which a late reading has entered, once more; and those behind them at whose beginning its value holds now.</summary>
    void Correct(KeyRoute route, long first, long last, in WindowReading late, int source, Output output)
    {
        ref var group = ref _groups[route.Group];
        var start = Math.Max(first, HeldFrom(route.Group, in group));
        for (; start <= last && start < group.FirstOpen; start = _grid.NextStart(start))
        {
            Sum(route.Group, in group, start, out var summary);
            Correct(route.Group, start, summary.Count == 1 ? 0 : 1, LateReadings == LateReadings.Add ? Alone(route.Signal, late) : summary, source, output); // a window without data was not emitted
        }

        if (!Columns.CarriesOver || LateReadings == LateReadings.Add) return;
        for (; start < group.FirstOpen && late.Time >= OldestCarried(start); start = _grid.NextStart(start))
        {
            if (!Sum(route.Group, in group, start, out var summary)) continue;
            if (summary.CarriedOf(route.Signal).Time != late.Time) return;
            Correct(route.Group, start, 1, summary, source, output);
        }
    }

    void Correct(int number, long start, int first, in Summary summary, int source, Output output)
    {
        if (!_shown.TryGetValue((number, start), out var revision)) revision = first;
        _shown[(number, start)] = revision + 1;
        Add(number, start, Pane.Late, revision, summary, source, output);
    }

    /// <summary>What a window of this one reading would hold.</summary>
    Summary Alone(int signal, in WindowReading late)
    {
        _alone.Clear();
        _alone.Add(signal, late);
        return _alone.Summary;
    }

    /// <summary>Clears the panes of closed windows; where these are still corrected, only when a pane finds no room.</summary>
    void Forget(int number, ref Group group)
    {
        var held = Math.Min(group.FirstOpen, HeldFrom(number, in group));
        if (held <= group.FirstHeld) return;
        ForgetShown(number, in group, held);
        group.FirstHeld = held;
        var kept = held == long.MaxValue ? group.Newest + 1 : _grid.PaneOf(held);
        for (; group.Oldest < kept && group.Oldest < group.Open && group.Oldest <= group.Newest; group.Oldest++) _panes.Clear(number, group.Oldest);
    }

    /// <summary>There is no room for so many panes of closed windows: those before this one are cleared, and their windows corrected no more.</summary>
    void GiveUp(int number, ref Group group, long before)
    {
        before = Math.Min(before, Math.Min(group.Open, group.Newest + 1));
        if (before <= group.Oldest) return;
        // A window that has lost a pane would be emitted without it.
        var held = _grid.FirstEndingAfter(_grid.StartOf(before - 1));
        while (held < group.FirstOpen && _grid.PaneOf(held) < before) held = _grid.NextStart(held);
        ForgetShown(number, in group, held);
        group.FirstHeld = Math.Max(group.FirstHeld, held);
        for (; group.Oldest < before; group.Oldest++, _givenUp++) _panes.Clear(number, group.Oldest);
    }

    /// <summary>A pane does not fit into the group's ring: what need not be held goes, and then, where the rings may not grow for their sake, a quarter of them by the oldest.</summary>
    void MakeRoom(int number, ref Group group, long pane)
    {
        Forget(number, ref group);
        if (group.Oldest > group.Newest || pane < group.Oldest || pane - group.Oldest < _panes.Ring || _panes.Ring < _ringForThese) return;
        GiveUp(number, ref group, pane + 1 - Math.Max(1, _panes.Ring - (_panes.Ring / 4)));
    }

    void ForgetShown(int number, in Group group, long held)
    {
        if (_shown.Count == 0 || group.Oldest > group.Newest) return;
        var start = _grid.FirstEndingAfter(_grid.StartOf(group.Oldest));
        var last = Math.Min(held - 1, _grid.StartOf(group.Newest));
        for (; start <= last; start = _grid.NextStart(start)) _shown.Remove((number, start));
    }
}
