namespace StreamEdge;

// The half of the window that emits: closing, showing what is open when a device falls silent, saving.
sealed partial class Window
{
    readonly double _minCoverage;
    readonly long _idle;
    readonly Moments[] _merged;
    readonly Ends[] _mergedEnds;

    /// <summary>How often an open window was shown already, for the few that were.</summary>
    readonly Dictionary<(int Group, long Start), int> _shown = [];
    int[] _inOrder = [];

    /// <summary>Start of the earliest window that the shared clock has not closed, for groups that it has not met.</summary>
    long _firstOpen = long.MinValue;
    long _due = long.MaxValue;
    Batch? _rows;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.LeaveOutIdle(0, now)) CloseAll(0, output);
        var open = false;
        for (var number = 0; number < _groupCount; number++)
        {
            ref var group = ref _groups[number];
            if (_clocks is { IsShared: false } && _clocks.LeaveOutIdle(number, now))
                Close(number, _span.FirstEndingAfter(_clocks.Watermark(number)), 0, output);
            var readings = ReadingsIn(number);
            if (readings != group.Seen) (group.Seen, group.ChangedAt) = (readings, now);
            else if (group.HasData && group.Shown != readings && now - group.ChangedAt >= _idle) Show(number, output);
            open |= group.HasData;
        }

        _due = open ? now + Math.Max(1, _idle / 4) : long.MaxValue;
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnSourceEnd(int source, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.End(source)) CloseAll(source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var group in InOrder()) Close(group, long.MaxValue, 0, output);
        Flush(output);
    }

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
            state.WriteDevice(Output.Keys, number).Write(group.FirstOpen).Write(group.ClosesAt).Write(group.Oldest).Write(group.Newest).Write(group.Shown);
            for (var pane = group.Oldest; pane <= group.Newest; pane++) _panes.Save(number, pane, state, KindOf, _input.Codes);
        }

        state.Write((long)_shown.Count);
        foreach (var ((group, start), times) in _shown.OrderBy(s => s.Key)) state.WriteDevice(Output.Keys, group).Write(start).Write((long)times);
        state.Write(_clocks is not null);
        _clocks?.Save(state, _input.Keys, Output.Keys);
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
            (group.FirstOpen, group.ClosesAt) = (state.Long(), state.Long());
            var (oldest, newest) = (state.Long(), state.Long());
            group.Shown = state.Long();
            if (newest - oldest >= _panes.Ring && !_panes.Widen((int)(newest - oldest + 1), _groups.AsSpan(0, _groupCount)))
                throw new InvalidOperationException("its saved state holds more panes than a window can have");
            (group.Oldest, group.Newest) = (oldest, newest);
            for (var pane = group.Oldest; pane <= group.Newest; pane++) _panes.Restore(number, pane, state, KindOf, _input.Codes);
        }

        for (var left = state.Long(); left > 0; left--) _shown[(state.Device(Output.Keys), state.Long())] = state.Int();
        if (state.Bool()) _clocks!.Restore(state, _input.Keys, Output.Keys);
        _due = _clock.Now + _idle / 4;
    }

    Kind KindOf(int signal) => _input.Signals[_columns.Signals[signal]].Kind;

    /// <summary>Emits every window of a group that starts before an instant, earliest first, and forgets its panes.</summary>
    void Close(int number, long before, int source, Output output)
    {
        ref var group = ref _groups[number];
        if (before <= group.FirstOpen) return;
        while (group.HasData && NextStart(in group) is var start && start < before) CloseOne(number, ref group, start, source, output);
        group.FirstOpen = before;
        group.ClosesAt = before == long.MaxValue ? long.MaxValue : before + _span.Length + _wait;
        ForgetShortWays(number);
    }

    /// <summary>The same for all groups under the shared clock: by end, then by key.</summary>
    void CloseAll(int source, Output output)
    {
        var before = _span.FirstEndingAfter(_clocks!.Watermark(0));
        if (before <= _firstOpen) return;
        var order = InOrder();
        while (true)
        {
            var start = long.MaxValue;
            for (var number = 0; number < _groupCount; number++)
                if (_groups[number].HasData) start = Math.Min(start, NextStart(in _groups[number]));
            if (start >= before) break;
            foreach (var number in order)
            {
                ref var group = ref _groups[number];
                if (group.HasData && NextStart(in group) == start) CloseOne(number, ref group, start, source, output);
            }
        }

        _firstOpen = before;
        for (var number = 0; number < _groupCount; number++) _groups[number].FirstOpen = Math.Max(_groups[number].FirstOpen, before);
    }

    /// <summary>The start of the earliest open window that holds data of the group.</summary>
    long NextStart(in Group group) => Math.Max(group.FirstOpen, _span.FirstEndingAfter(_span.StartOf(group.Oldest)));

    void CloseOne(int number, ref Group group, long start, int source, Output output)
    {
        _shown.Remove((number, start), out var revision);
        Emit(number, in group, start, Pane.OnTime, revision, source, output);
        var next = _span.PaneOf(start + _span.Every);
        for (; group.Oldest < next && group.HasData; group.Oldest++) _panes.Clear(number, group.Oldest);
        while (group.HasData && !_panes.HasData(number, group.Oldest)) group.Oldest++;
        group.FirstOpen = Math.Max(group.FirstOpen, start + _span.Every);
    }

    /// <summary>Emits the open windows of a group that fell silent, as they stand. Its clock does not move, so what comes later is on time.</summary>
    void Show(int number, Output output)
    {
        ref var group = ref _groups[number];
        for (var start = NextStart(in group); start <= _span.StartOf(group.Newest); start += _span.Every)
        {
            var revision = _shown.GetValueOrDefault((number, start));
            if (Emit(number, in group, start, Pane.Early, revision, 0, output)) _shown[(number, start)] = revision + 1;
        }

        group.Shown = group.Seen;
    }

    /// <summary>How many readings the open panes of a group hold: by it the timer sees whether any came.</summary>
    long ReadingsIn(int number)
    {
        var readings = 0L;
        for (var pane = _groups[number].Oldest; pane <= _groups[number].Newest; pane++) readings += _panes.CountOf(number, pane);
        return readings;
    }

    bool Emit(int number, in Group group, long start, Pane pane, int revision, int source, Output output)
    {
        var first = _span.PaneOf(start);
        var until = Math.Min(_span.PaneOf(start + _span.Length), group.Newest + 1);
        if (!_panes.Sum(number, Math.Max(first, group.Oldest), until, _merged, _mergedEnds, out var moments, out var ends)) return false;
        if (_rows is not null && (_rows.Count == Output.MaxRows || _rows.Source != source)) Flush(output);
        _rows ??= output.Rent(source);
        var row = _rows.Count;
        _rows.Grow(row + 1);
        _rows.Count = row + 1;
        (_rows.Time[row], _rows.Key[row], _rows.End[row], _rows.Pane[row], _rows.Revision[row]) = (start, number, start + _span.Length, pane, revision);
        var coverage = _columns.Fill(_rows, row, moments, ends);
        if (_rows.HasQuality || coverage < _minCoverage) _rows.Quality[row] = coverage < _minCoverage ? Quality.Uncertain : Quality.Good;
        Books.Created++;
        return true;
    }

    void Flush(Output output)
    {
        if (_rows is not { } rows) return;
        _rows = null;
        output.Emit(rows);
    }

    /// <summary>The groups in the order of their tags, so that what closes together leaves in the same order in every run.</summary>
    int[] InOrder()
    {
        if (_inOrder.Length == Output.Keys.Count) return _inOrder;
        _inOrder = [.. Enumerable.Range(0, Output.Keys.Count)];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a), Output.Keys.Text(b)));
        return _inOrder;
    }
}
