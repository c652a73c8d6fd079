namespace StreamEdge;

/// <summary>
/// Turns readings into one row per group and window of event time: tumbling (<c>every: 1m</c>), or hopping where
/// <c>length</c> is longer than <c>every</c>. A row carries its window's start as its time; it leaves when the
/// device's clock (its newest time less <c>wait</c>) has passed the window's end.
/// </summary>
/// <example>
/// - window: { every: 1m, by: [machine], compute: { temp: [mean, max], vibration: [rms] }, min_coverage: 80% }
/// </example>
public sealed record WindowOptions : OperatorOptions
{
    const long MaxPanes = 10_000;

    /// <summary>A window starts this often, at most 3650d apart.</summary>
    [Between("0s", "3650d")]
    public required TimeSpan Every { get; init; }

    /// <summary>How long a window is, at most 3650d. Default: <c>every</c>, so that each reading is in one window.</summary>
    [Between("0s", "3650d")]
    public TimeSpan? Length { get; init; }

    /// <summary>Shifts the starts of all windows, by at most 3650d. Default: 0s, so that a window of an hour starts at the full hour, UTC.</summary>
    [Between("0s", "3650d")]
    public TimeSpan Offset { get; init; }

    /// <summary>The tags whose values make a group. Default: all tags, a group per device.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>What is computed of which signal: <c>{ temp: [mean, max], pressure: [std] }</c>; a list alone where the file declares one signal. There are count, sum, mean, min, max, std (of all values, not of a sample), rms, first and last.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Compute { get; init; }

    /// <summary>Windows that got a smaller share of the readings that the signals' <c>rate</c> promises are marked uncertain, and not scored. Default: 0%.</summary>
    [Between("0%", "100%")]
    public Percent MinCoverage { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("window")) return default(Refusal);
        var length = Length ?? Every;
        if (Every <= TimeSpan.Zero) return context.Fault(nameof(Every), "windows that start every 0s never end", "write 'every: 1m'");
        if (length <= TimeSpan.Zero) return context.Fault(nameof(Length), "a window must have a length", "write 'length: 5m'");
        var span = new WindowSpan(Nanoseconds.Of(Every), Nanoseconds.Of(length), Nanoseconds.Of(Offset));
        if (span.Length / span.Pane > MaxPanes)
            return context.Fault(nameof(Length), $"windows of {Duration.Text(length)} every {Duration.Text(Every)} have {span.Length / span.Pane:N0} parts, more than {MaxPanes:N0}", "let one be a multiple of the other");
        return WindowColumns.Read(this, context) is { } columns ? new Window(this, span, columns, context) : default(Refusal);
    }
}

/// <summary>
/// Keeps a ring of panes per group, and the instant at which the group's next window closes: a reading costs one look
/// at its group and one at its pane. A group of one device is judged by its rows alone; groups of several devices, and
/// all groups under a shared clock, by <see cref="GroupClocks"/>.
/// </summary>
sealed partial class Window : Operator
{
    /// <summary>Panes of a ring at first, where so many may be open; it is widened when they are.</summary>
    const int FirstRing = 64;

    readonly Schema _input;
    readonly WindowSpan _span;
    readonly WindowColumns _columns;
    readonly Clock _clock;
    readonly long _wait, _margin;
    readonly GroupClocks? _clocks;
    readonly Panes _panes;
    readonly Tally _late, _between, _missing, _bad, _unused, _full, _apart, _range;
    Group[] _groups = [];
    ShortWay[] _short = []; // by key
    List<int>[] _keysOf = []; // by group
    Route[] _routes = [];
    bool[] _refused = [];
    int _groupCount, _keyCount;

    public Window(WindowOptions options, WindowSpan span, WindowColumns columns, BuildContext context) : base(columns.Schema, context.Input.Signals)
    {
        (_input, _span, _columns, _clock, _minCoverage) = (context.Input, span, columns, context.Clock, options.MinCoverage.Fraction);
        var time = context.Pipeline.Time;
        _wait = Nanoseconds.Of(time.Wait);
        _idle = Nanoseconds.Of(time.Idle);
        _margin = _wait + Math.Abs(span.Offset) + 2 * (span.Every + span.Length);
        var shared = time.Clock == ClockKind.Shared;
        if (shared || columns.SeveralDevices) _clocks = new GroupClocks(shared ? context.Pipeline.Sources : 0, _wait, _idle);
        _panes = new Panes(columns.Signals.Count, columns.NeedsEnds, (int)Math.Min((span.Length + _wait) / span.Pane + 2, FirstRing));
        (_merged, _mergedEnds) = (new Moments[columns.Signals.Count], new Ends[columns.Signals.Count]);
        _late = Books.Reason("late");
        _between = Books.Reason("between_windows");
        _missing = Books.Reason("missing");
        _bad = Books.Reason("bad_quality");
        _unused = Books.Reason("not_computed");
        _full = Books.Reason("too_many_keys");
        _apart = Books.Reason("too_far_apart");
        _range = Books.Reason("out_of_time_range");
        StateShape = $"window {span.Every} {span.Length} {span.Offset} of {string.Join(',', Output.Columns.Select(c => c.Name))} by {string.Join(',', Output.Keys.TagNames)}, {(shared ? "shared" : "device")} clock";
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_keyCount < _input.Keys.Count) MeetKeys();
        if (_due == long.MaxValue) _due = _clock.Now + _idle / 4;
        if (_clocks is null) ProcessDevices(batch, output);
        else ProcessGroups(batch, _clocks, output);
        batch.Release();
        Flush(output);
    }

    /// <summary>The common case: a group is a device, and its rows alone move its clock.</summary>
    void ProcessDevices(Batch batch, Output output)
    {
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var plain = _input.AllNumbers && !batch.HasQuality && !_columns.NeedsEnds;
        var (ways, moments) = (_short, _panes.Moments);
        var taken = 0;
        for (var row = 0; row < time.Length; row++)
        {
            ref var way = ref ways[key[row]];
            if (plain && (ulong)(time[row] - way.From) < way.Span && !double.IsNaN(value[row]))
            {
                moments[way.Entry].Add(value[row]);
                taken++;
                continue;
            }

            // Judged per row: whatever the batches are, the same rows close the same windows.
            var (route, at) = (_routes[key[row]], time[row]);
            if (at >= _groups[route.Group].ClosesAt && InRange(at) && !_refused[key[row]]) Close(route.Group, _span.FirstEndingAfter(at - _wait), batch.Source, output);
            if (Take(batch, row, route)) taken++;
            moments = _panes.Moments; // the rings may have been widened
        }

        Books.Absorbed += taken;
    }

    /// <summary>Groups of several devices, or one clock for all: a row is judged against the clock before it moves it.</summary>
    void ProcessGroups(Batch batch, GroupClocks clocks, Output output)
    {
        var now = _clock.Now;
        var deviceOf = _input.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var route = _routes[batch.Key[row]];
            if (Take(batch, row, route)) Books.Absorbed++;
            var at = batch.Time[row];
            if (!InRange(at) || _refused[batch.Key[row]]) continue;
            if (clocks.IsShared)
            {
                if (clocks.Move(0, batch.Source, at, now)) CloseAll(batch.Source, output);
            }
            else if (clocks.Move(route.Group, deviceOf[batch.Key[row]], at, now))
            {
                Close(route.Group, _span.FirstEndingAfter(clocks.Watermark(route.Group)), batch.Source, output);
            }
        }
    }

    /// <summary>Puts a reading into its pane; false when it is dropped, which is counted.</summary>
    bool Take(Batch batch, int row, Route route)
    {
        ref var group = ref _groups[route.Group];
        var (at, key, slot) = (batch.Time[row], batch.Key[row], batch.Value[row]);
        var kind = _input.AllNumbers ? Kind.Number : _input.KindOf(key);
        var inRange = InRange(at);
        var (start, pane) = inRange ? (_span.LastStart(at), _span.PaneOf(at)) : (0, 0);
        var refused = _refused[key] ? _full
            : route.Signal < 0 ? _unused
            : Slot.IsMissing(slot, kind) ? _missing
            : batch.HasQuality && batch.Quality[row] == Quality.Bad ? _bad
            : !inRange ? _range
            : at - start >= _span.Length ? _between
            : start < group.FirstOpen ? _late
            : !HasRoom(route.Group, ref group, pane) ? _apart
            : null;
        if (refused is not null)
        {
            refused.AddOf(_input.Keys.SignalOf[key]);
            return false;
        }

        var entry = _panes.At(route.Group, pane);
        if (group.Oldest > group.Newest) (group.Oldest, group.Newest) = (pane, pane);
        else (group.Oldest, group.Newest) = (Math.Min(group.Oldest, pane), Math.Max(group.Newest, pane));
        if (pane == group.Newest && _clocks is null) SetShortWay(key, group.ClosesAt, pane, entry + route.Signal);
        ref var moments = ref _panes.Moments[entry + route.Signal];
        if (_columns.NeedsEnds) _panes.Ends[entry + route.Signal].Add(at, slot, moments.Count == 0);
        moments.Add(Slot.Number(slot, kind) is var number && double.IsNaN(number) ? 0 : number);
        return true;
    }

    void SetShortWay(int key, long closesAt, long pane, int entry)
    {
        var from = _span.StartOf(pane);
        _short[key] = new ShortWay { From = from, Span = (ulong)Math.Clamp(closesAt - from, 0, _span.Pane), Entry = entry };
    }

    /// <summary>Panes of the group have closed or moved: its next readings look anew.</summary>
    void ForgetShortWays(int group)
    {
        foreach (var key in _keysOf[group]) _short[key].Span = 0;
    }

    /// <summary>Makes the rings longer where this pane and the group's others do not fit in one; false at the limit.</summary>
    bool HasRoom(int number, ref Group group, long pane)
    {
        if (group.Oldest > group.Newest) return true;
        var panes = Math.Max(group.Newest, pane) - Math.Min(group.Oldest, pane) + 1;
        if (panes <= _panes.Ring) return true;
        if (panes > int.MaxValue / 2 || !_panes.Widen((int)panes, _groups.AsSpan(0, _groupCount))) return false;
        for (var other = 0; other < _groupCount; other++) ForgetShortWays(other);
        return true;
    }

    /// <summary>Instants so near the ends of time that a window around them would not fit are refused.</summary>
    bool InRange(long time) => time > Nanoseconds.Min + _margin && time < Nanoseconds.Max - _margin;

    /// <summary>Finds the group of every new key.</summary>
    void MeetKeys()
    {
        var keys = _input.Keys;
        var count = keys.Count;
        if (_routes.Length < count)
        {
            Array.Resize(ref _routes, Math.Max(count, 2 * _routes.Length));
            Array.Resize(ref _refused, _routes.Length);
            Array.Resize(ref _short, _routes.Length);
        }

        for (; _keyCount < count; _keyCount++)
        {
            var tags = keys.Tags(keys.DeviceOf[_keyCount]);
            var of = new string[_columns.Tags.Count];
            for (var tag = 0; tag < of.Length; tag++) of[tag] = tags[_columns.Tags[tag]];
            var group = Output.Keys.Device(of);
            MeetGroups();
            if (group >= _groupCount) group = -1;
            if (group >= 0) _keysOf[group].Add(_keyCount);
            var signal = keys.SignalOf[_keyCount];
            // Group 0 stands in for none, so that the row loop need not ask; no signal of it is taken.
            _routes[_keyCount] = new Route(Math.Max(0, group), group < 0 ? -1 : _columns.Signals.IndexOf(signal));
            _refused[_keyCount] = group < 0;
        }

        MeetGroups();
    }

    void MeetGroups()
    {
        var most = Math.Max(_groupCount, Math.Max(1, _panes.MostGroups));
        var count = Math.Clamp(Output.Keys.Count, 1, most);
        if (count <= _groupCount) return;
        if (_groups.Length < count)
        {
            Array.Resize(ref _groups, Math.Max(count, Math.Min(2 * _groups.Length, most)));
            _panes.Grow(_groups.Length, _groups.AsSpan(0, _groupCount));
            for (var group = 0; group < _groupCount; group++) ForgetShortWays(group);
            Array.Resize(ref _keysOf, _groups.Length);
        }

        for (; _groupCount < count; _groupCount++)
        {
            _groups[_groupCount] = new Group { ClosesAt = long.MinValue, FirstOpen = _firstOpen, Oldest = 0, Newest = -1 };
            _keysOf[_groupCount] = [];
        }
    }

    /// <summary>Where the readings of a key go: its group, its place among the computed signals (-1 for none).</summary>
    readonly record struct Route(int Group, int Signal);
}
