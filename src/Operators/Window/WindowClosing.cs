namespace StreamEdge;

// The half of the window that emits: closing, showing what is open when a device falls silent, saving.
sealed partial class Window
{
    /// <summary>How often an open window was shown already, for the few that were.</summary>
    readonly Dictionary<(int Group, long Start), int> _shown = [];

    /// <summary>Start of the earliest window that the shared clock has not closed, for groups that it has not met.</summary>
    long _firstOpen = long.MinValue;

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write(_firstOpen).Write((long)_groupCount);
        for (var number = 0; number < _groupCount; number++)
        {
            ref readonly var group = ref _groups[number];
            var known = number < Output.Keys.Count;
            state.Write(known);
            if (!known) continue;
            state.WriteDevice(Output.Keys, number).Write(WatermarkOf(number)).Write(group.FirstOpen).Write(group.FirstHeld).Write(group.ClosesAt).Write(group.Oldest).Write(group.Open).Write(group.Newest).Write(_silences[number].Shown);
            for (var pane = group.Oldest; pane <= group.Newest; pane++) _panes.Save(number, pane, state, KindOf, Input.Codes);
            if (Columns.CarriesOver) _panes.SaveCarried(number, state, KindOf, Input.Codes);
        }

        state.Write((long)_shown.Count);
        foreach (var ((group, start), times) in _shown.OrderBy(s => s.Key)) state.WriteDevice(Output.Keys, group).Write(start).Write((long)times);
        state.Write(Clocks is not null);
        Clocks?.Save(state, Input.Keys, Output.Keys);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        _firstOpen = state.Long();
        for (var left = state.Long(); left > 0; left--)
        {
            if (!state.Bool()) continue;
            var number = state.Device(Output.Keys);
            MeetGroups();
            if (number >= _groupCount) throw new InvalidOperationException("its saved state holds more groups than a window can have");
            ref var group = ref _groups[number];
            (group.Watermark, group.FirstOpen, group.FirstHeld, group.ClosesAt) = (state.Long(), state.Long(), state.Long(), state.Long());
            var (oldest, open, newest) = (state.Long(), state.Long(), state.Long());
            _silences[number].Shown = state.Long();
            if (newest - oldest >= _panes.Ring && !_panes.Widen((int)(newest - oldest + 1), _groups.AsSpan(0, _groupCount)))
                throw new InvalidOperationException("its saved state holds more panes than a window can have");
            (group.Oldest, group.Open, group.Newest) = (oldest, open, newest);
            for (var pane = group.Oldest; pane <= group.Newest; pane++) _panes.Restore(number, pane, state, KindOf, Input.Codes);
            if (Columns.CarriesOver) _panes.RestoreCarried(number, state, KindOf, Input.Codes);
        }

        for (var left = state.Long(); left > 0; left--) _shown[(state.Device(Output.Keys), state.Long())] = state.Int();
        if (state.Bool()) Clocks!.Restore(state, Input.Keys, Output.Keys);
        AwaitSilence(Clock.Now);
    }

    /// <inheritdoc/>
    protected override void Close(int number, long watermark, int source, Output output)
    {
        if (number >= _groupCount) return;
        ref var group = ref _groups[number];
        var before = watermark == long.MaxValue ? watermark : _grid.FirstEndingAfter(watermark);
        if (before <= group.FirstOpen) return;
        while (group.HasOpen && NextStart(in group) is var start && start < before) CloseOne(number, ref group, start, source, output);
        group.FirstOpen = before;
        group.ClosesAt = before == long.MaxValue ? long.MaxValue : _grid.EndOf(before) + Wait;
        group.Watermark = Math.Max(group.Watermark, watermark);
        if (Keep == 0) Forget(number, ref group);
        ForgetShortWays(number);
    }

    /// <inheritdoc/>
    protected override void CloseAll(long watermark, int source, Output output)
    {
        var before = watermark == long.MaxValue ? watermark : _grid.FirstEndingAfter(watermark);
        if (before <= _firstOpen) return;
        var order = InOrder();
        while (true)
        {
            var start = long.MaxValue;
            for (var number = 0; number < _groupCount; number++)
                if (_groups[number].HasOpen) start = Math.Min(start, NextStart(in _groups[number]));
            if (start >= before) break;
            foreach (var number in order)
            {
                ref var group = ref _groups[number];
                if (group.HasOpen && NextStart(in group) == start) CloseOne(number, ref group, start, source, output);
            }
        }

        _firstOpen = before;
        for (var number = 0; number < _groupCount; number++)
        {
            ref var group = ref _groups[number];
            group.FirstOpen = Math.Max(group.FirstOpen, before);
            if (Keep == 0) Forget(number, ref group);
        }
    }

    /// <inheritdoc/>
    protected override bool ShowSilent(long now, Output output)
    {
        var open = false;
        for (var number = 0; number < _groupCount; number++)
        {
            ref var group = ref _groups[number];
            LeaveOutIdle(number, now, output);
            var readings = ReadingsIn(number);
            ref var silence = ref _silences[number];
            if (readings != silence.Seen) (silence.Seen, silence.ChangedAt) = (readings, now);
            else if (group.HasOpen && silence.Shown != readings && now - silence.ChangedAt >= Idle) Show(number, output);
            open |= group.HasOpen;
        }

        return open;
    }

    /// <summary>The start of the earliest open window that holds data of the group.</summary>
    long NextStart(in Group group) => Math.Max(group.FirstOpen, _grid.FirstEndingAfter(_grid.StartOf(group.Open)));

    void CloseOne(int number, ref Group group, long start, int source, Output output)
    {
        var revision = 0;
        var isShown = _shown.Count > 0 && _shown.Remove((number, start), out revision);
        Emit(number, in group, start, Pane.OnTime, revision, source, output);
        if (isShown && Keep > 0) _shown[(number, start)] = revision + 1;
        var next = _grid.PaneOf(_grid.NextStart(start));
        // The newest pane holds data, or a bad reading alone, and then its window makes no row.
        while (group.HasOpen && (group.Open < next || (group.Open < group.Newest && !_panes.HasData(number, group.Open)))) group.Open++;
        group.FirstOpen = Math.Max(group.FirstOpen, _grid.NextStart(start));
    }

    /// <summary>Emits the open windows of a group that fell silent, as they stand. Its clock does not move, so what comes later is on time.</summary>
    void Show(int number, Output output)
    {
        ref var group = ref _groups[number];
        for (var start = NextStart(in group); start <= _grid.StartOf(group.Newest); start = _grid.NextStart(start))
        {
            var revision = _shown.GetValueOrDefault((number, start));
            if (Emit(number, in group, start, Pane.Early, revision, 0, output)) _shown[(number, start)] = revision + 1;
        }

        _silences[number].Shown = _silences[number].Seen;
    }

    /// <summary>How many readings the open panes of a group hold: by it the timer sees whether any came.</summary>
    long ReadingsIn(int number)
    {
        var readings = 0L;
        for (var pane = _groups[number].Open; pane <= _groups[number].Newest; pane++) readings += _panes.CountOf(number, pane);
        return readings;
    }

    bool Emit(int number, in Group group, long start, Pane pane, int revision, int source, Output output)
    {
        if (!Sum(number, in group, start, out var summary)) return false;
        Add(number, start, pane, revision, summary, source, output);
        return true;
    }

    /// <summary>What a window of the group holds, with the values that hold when it begins; false where it has no reading.</summary>
    bool Sum(int number, in Group group, long start, out Summary summary)
    {
        var until = Math.Min(_grid.PaneOf(_grid.EndOf(start)), group.Newest + 1);
        if (!_panes.Sum(number, Math.Max(_grid.PaneOf(start), group.Oldest), until, out summary)) return false;
        if (Columns.CarriesOver) summary = summary.After(start, _panes.Before(number, _grid.PaneOf(start), group.Oldest, OldestCarried(start)));
        return true;
    }

    /// <summary>A value is carried over no longer than a window is long.</summary>
    long OldestCarried(long start) => start - (_grid.EndOf(start) - start);

    void Add(int number, long start, Pane pane, int revision, in Summary summary, int source, Output output)
    {
        var end = _grid.EndOf(start);
        Add(number, start, end, end - start, pane, revision, summary, source, output);
    }
}
