namespace StreamEdge;

/// <summary>
/// Keeps a ring of panes per group, and the instant at which the group's next window closes: a reading costs one look
/// at its group and one at its pane. A group of one device is judged by its rows alone; groups of several devices, and
/// all groups under a shared clock, by <see cref="GroupClocks"/>.
/// </summary>
sealed partial class Window : ClockedWindow
{
    /// <summary>Panes of a ring at first, where so many may be open; it is widened when they are.</summary>
    const int FirstRing = 64;

    /// <summary>More groups than the near caches hold; and for how many rows at once far memory is then asked.</summary>
    const int ManyGroups = 32_768, Block = 16;

    readonly Grid _grid;
    readonly long _keepSize;
    readonly int _firstRing;
    readonly Panes _panes;
    readonly Tally _between, _apart;
    Group[] _groups = [];
    Silence[] _silences = []; // by group
    ShortWay[] _short = []; // by key
    int _groupCount, _keyCount, _ringForThese;
    long _seen; // so that what is only looked at is not left out

    public Window(WindowOptions options, Grid grid, WindowColumns columns, BuildContext context) : base(options, $"{grid}", grid.Margin, columns, context)
    {
        _grid = grid;
        _keepSize = context.Pipeline.Time.KeepLateMax.Bytes;
        _firstRing = (int)Math.Min(grid.PanesOfWindow + 2, FirstRing);
        _panes = new Panes(columns, _firstRing);
        _alone = new(columns);
        _between = Books.Reason("between_windows");
        _apart = Books.Reason("too_far_apart");
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (Routes.AreBehind) MeetKeys();
        AwaitSilence(Clock.Now);
        if (Clocks is null) ProcessDevices(batch, output);
        else ProcessGroups(batch, Clocks, output);
        batch.Release();
        Flush(output);
    }

    /// <summary>The common case: a group is a device, and its rows alone move its clock.</summary>
    void ProcessDevices(Batch batch, Output output)
    {
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var plain = Input.AllNumbers && !batch.HasQuality && !Columns.NeedsEnds && !Columns.NeedsDetails;
        var (ways, moments) = (_short, _panes.Moments);
        var taken = 0;
        var isMany = _groupCount > ManyGroups;
        for (var row = 0; row < time.Length; row++)
        {
            if (isMany && row % Block == 0) Touch(time[row..], key[row..]);
            ref var way = ref ways[key[row]];
            if (plain && (ulong)(time[row] - way.From) < way.Span && !double.IsNaN(value[row]))
            {
                moments[way.Entry].Add(value[row]);
                if (time[row] > way.Newest) way.Newest = time[row];
                taken++;
                continue;
            }

            // Judged per row: whatever the batches are, the same rows close the same windows.
            var (route, at) = (Routes.ByKey[key[row]], time[row]);
            Row = row;
            var moves = at > way.Newest && InRange(at) && !Routes.Refused[key[row]];
            if (moves && at >= _groups[route.Group].ClosesAt) Close(route.Group, at - Wait, batch.Source, output);
            TakeOne(batch, row, route, null, output);
            if (moves) way.Newest = at;
            moments = _panes.Moments; // the rings may have been widened
        }

        Books.Absorbed += taken;
    }

    /// <summary>Looks at what the next rows will need, so that memory is asked for all of it at once, and not by each row in turn.</summary>
    void Touch(ReadOnlySpan<long> time, ReadOnlySpan<int> key)
    {
        var (ways, moments) = (_short, _panes.Moments);
        var routes = Routes.ByKey;
        var seen = 0L;
        for (var row = 0; row < time.Length && row < Block; row++)
        {
            ref readonly var way = ref ways[key[row]];
            if ((ulong)(time[row] - way.From) < way.Span)
            {
                seen += moments[way.Entry].Count;
                continue;
            }

            var number = routes[key[row]].Group;
            ref readonly var group = ref _groups[number];
            if (group.HasOpen) seen += moments[_panes.At(number, group.Open)].Count;
        }

        _seen = seen;
    }

    /// <summary>Groups of several devices, or one clock for all: a row is judged against the clock before it moves it.</summary>
    void ProcessGroups(Batch batch, GroupClocks clocks, Output output)
    {
        var now = Clock.Now;
        var deviceOf = Input.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var route = Routes.ByKey[batch.Key[row]];
            Row = row;
            TakeOne(batch, row, route, null, output);
            var at = batch.Time[row];
            if (!InRange(at) || Routes.Refused[batch.Key[row]]) continue;
            if (clocks.IsShared)
            {
                if (clocks.Move(0, batch.Source, at, now)) CloseAll(clocks.Watermark(0), batch.Source, output);
            }
            else if (clocks.Move(route.Group, deviceOf[batch.Key[row]], at, now))
            {
                Close(route.Group, clocks.Watermark(route.Group), batch.Source, output);
            }
        }
    }

    /// <inheritdoc/>
    protected override Tally? Take(int key, KeyRoute route, in WindowReading reading, int source, Output output)
    {
        var at = reading.Time;
        if (!InRange(at)) return Range;
        ref var group = ref _groups[route.Group];
        var (start, pane) = (_grid.LastStart(at), _grid.PaneOf(at));
        if (at >= _grid.EndOf(start)) return _between;
        if (start < group.FirstOpen && start < HeldFrom(route.Group, in group)) return Late;
        if (!HasRoom(route.Group, ref group, pane)) return _apart;

        var first = _grid.FirstEndingAfter(at); // of the windows that it is in
        group.Add(pane, isOpen: group.FirstOpen == long.MinValue || pane >= _grid.PaneOf(group.FirstOpen));
        var entry = _panes.At(route.Group, pane);
        if (pane == group.Newest && Clocks is null && first >= group.FirstOpen) SetShortWay(key, group.ClosesAt, pane, entry + route.Signal);
        ref var moments = ref _panes.Moments[entry + route.Signal];
        if (Columns.NeedsEnds) _panes.Ends[entry + route.Signal].Add(at, reading.Slot, moments.Count == 0);
        _panes.DetailAt(entry + route.Signal, route.Signal)?.Add(reading);
        moments.Add(reading.Number);
        if (first < group.FirstOpen) Correct(route, first, start, reading, source, output);
        return null;
    }

    /// <inheritdoc/>
    protected override void NoteBad(KeyRoute route, long at)
    {
        if (!InRange(at)) return;
        ref var group = ref _groups[route.Group];
        var (start, pane) = (_grid.LastStart(at), _grid.PaneOf(at));
        if (at >= _grid.EndOf(start) || start < group.FirstOpen || !HasRoom(route.Group, ref group, pane)) return;
        group.Add(pane, isOpen: true);
        _panes.DetailAt(_panes.At(route.Group, pane) + route.Signal, route.Signal)?.AddBad();
    }

    void SetShortWay(int key, long closesAt, long pane, int entry)
    {
        var from = _grid.StartOf(pane);
        ref var way = ref _short[key];
        (way.From, way.Span, way.Entry) = (from, (ulong)Math.Clamp(closesAt - from, 0, _grid.StartOf(pane + 1) - from), entry);
    }

    /// <summary>Panes of the group have closed or moved: its next readings look anew.</summary>
    void ForgetShortWays(int group)
    {
        for (var key = _groups[group].FirstKey; key > 0; key = _short[key - 1].NextKey) _short[key - 1].Span = 0;
    }

    /// <summary>Makes the rings longer where this pane and the group's others do not fit in one; false at the limit.</summary>
    bool HasRoom(int number, ref Group group, long pane)
    {
        if (group.Oldest > group.Newest) return true;
        var panes = Math.Max(group.Newest, pane) - Math.Min(group.Oldest, pane) + 1;
        if (panes <= _panes.Ring) return true;
        MakeRoom(number, ref group, pane);
        if (group.Oldest > group.Newest) return true;
        panes = Math.Max(group.Newest, pane) - Math.Min(group.Oldest, pane) + 1;
        if (panes <= _panes.Ring) return true;
        // Nor do rings grow beyond that for a reading so late that only closed windows hold it.
        if (pane < group.Oldest && panes > _ringForThese && group.FirstOpen > long.MinValue && pane < _grid.PaneOf(group.FirstOpen)) return false;
        if (panes > int.MaxValue / 2 || !_panes.Widen((int)panes, _groups.AsSpan(0, _groupCount))) return false;
        for (var other = 0; other < _groupCount; other++) ForgetShortWays(other);
        return true;
    }

    void MeetKeys()
    {
        var count = Input.Keys.Count; // once: the source's stage may be adding some
        if (_short.Length < count) Array.Resize(ref _short, Math.Max(count, 2 * _short.Length));
        Routes.Meet(count, () =>
        {
            MeetGroups();
            return _groupCount;
        });
        MeetGroups();
        for (; _keyCount < count; _keyCount++)
        {
            _short[_keyCount].Newest = long.MinValue;
            if (Routes.Refused[_keyCount]) continue;
            ref var group = ref _groups[Routes.ByKey[_keyCount].Group];
            (_short[_keyCount].NextKey, group.FirstKey) = (group.FirstKey, _keyCount + 1);
        }
    }

    void MeetGroups()
    {
        if (Output.Keys.Count > _groups.Length) Narrow(Math.Max(Output.Keys.Count, 2 * _groups.Length));
        var most = Math.Max(_groupCount, Math.Max(1, _panes.MostGroups));
        var count = Math.Clamp(Output.Keys.Count, 1, most);
        if (count <= _groupCount) return;
        if (_groups.Length < count)
        {
            Array.Resize(ref _groups, Math.Max(count, Math.Min(2 * _groups.Length, most)));
            Array.Resize(ref _silences, _groups.Length);
            _panes.Grow(_groups.Length, _groups.AsSpan(0, _groupCount));
            for (var group = 0; group < _groupCount; group++) ForgetShortWays(group);
        }

        for (; _groupCount < count; _groupCount++)
            _groups[_groupCount] = new Group { Watermark = long.MinValue, ClosesAt = long.MinValue, FirstOpen = _firstOpen, FirstHeld = long.MinValue, Oldest = 0, Open = 0, Newest = -1 };

        _ringForThese = RingFor(_groupCount);
    }
}
