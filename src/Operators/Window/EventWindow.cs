namespace StreamEdge;

/// <summary>
/// What windows share that begin and end with the readings themselves. Each group says at which instant of its clock it
/// next has something to do; a reading is judged against the clock before it moves it.
/// </summary>
abstract class EventWindow : WindowStep
{
    /// <summary>Most readings that a step holds one by one, some 200 MB.</summary>
    const long MostHeld = 4_000_000;

    readonly long _margin;
    readonly Tally _noRoom;
    readonly PriorityQueue<int, (long At, long Start, int Order)> _queue = new();
    long[] _newest = []; // by group, where each has a clock of its own
    long[] _lastInput = []; // by group, of the gateway's clock
    bool[] _shown = []; // by group, since its last input
    int _groups;
    long _dueAt = long.MaxValue; // nothing is to be done before the shared clock reaches it
    long _due = long.MaxValue;

    protected EventWindow(WindowOptions options, string kind, long reach, WindowColumns columns, BuildContext context) : base(options, kind, columns, context) =>
        (_margin, _noRoom) = (Wait + Keep + reach, Books.Reason("no_room"));

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        Enumerable.Range(0, _groups).Count(IsOpen) is > 0 and var open ? [("held in open windows", $"readings of {open:N0} groups")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (Routes.AreBehind) Routes.Meet(static () => int.MaxValue);
        Meet(Output.Keys.Count);
        var now = Clock.Now;
        var deviceOf = Input.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var (key, at, slot) = (batch.Key[row], batch.Time[row], batch.Value[row]);
            var route = Routes.ByKey[key];
            Row = row;
            var kind = Input.AllNumbers ? Kind.Number : Input.KindOf(key);
            var inRange = at > Nanoseconds.Min + _margin && at < Nanoseconds.Max - _margin;
            if ((Refuses(batch, row, route, kind) ?? (!inRange ? Range : Kept >= MostHeld ? _noRoom : null)) is { } refusal)
            {
                refusal.AddOf(Input.Keys.SignalOf[key]);
                if (refusal == Bad && Columns.NeedsQualities) NoteBad(route, at);
            }
            else if (Take(route, new WindowReading(at, slot, kind, batch.HasQuality ? batch.Quality[row] : Quality.Good), batch.Source, output) is { } late) late.AddOf(Input.Keys.SignalOf[key]);
            else Books.Absorbed++;
            if (!inRange || Routes.Refused[key]) continue;
            (_lastInput[route.Group], _shown[route.Group]) = (now, false);
            Move(route.Group, deviceOf[key], batch.Source, at, now, output);
        }

        if (_due == long.MaxValue && batch.Count > 0) _due = now + Math.Max(1, Idle / 4);
        batch.Release();
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.LeaveOutIdle(0, now)) AdvanceAll(0, output);
        var open = false;
        foreach (var group in InOrder())
        {
            if (group >= _groups) continue;
            if (Clocks is { IsShared: false } && Clocks.LeaveOutIdle(group, now)) Advance(group, Watermark(group), 0, output);
            if (!IsOpen(group)) continue;
            open = true;
            if (_shown[group] || now - _lastInput[group] < Idle) continue;
            _shown[group] = true;
            Show(group, output);
        }

        _due = open ? now + Math.Max(1, Idle / 4) : long.MaxValue;
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnSourceEnd(int source, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.End(source)) AdvanceAll(source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnWatermark(int source, long watermark, Output output)
    {
        var given = Math.Clamp(watermark, Nanoseconds.Min + _margin, Nanoseconds.Max - _margin);
        if (Clocks is { IsShared: true } && Clocks.Give(source, given, Clock.Now)) AdvanceAll(source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnIdle(int source, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.LeaveOut(source)) AdvanceAll(source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        if (Clocks is { IsShared: true }) AdvanceTo(long.MaxValue, 0, output);
        else
            foreach (var group in InOrder())
                if (group < _groups) Advance(group, long.MaxValue, 0, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups);
        for (var group = 0; group < _groups; group++)
        {
            state.WriteDevice(Output.Keys, group).Write(_newest[group]).Write(_shown[group]);
            Save(group, state);
        }

        state.Write(Clocks is not null);
        Clocks?.Save(state, Input.Keys, Output.Keys);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var group = state.Device(Output.Keys);
            Meet(group + 1);
            (_newest[group], _shown[group], _lastInput[group]) = (state.Long(), state.Bool(), Clock.Now);
            Restore(group, state);
            _dueAt = long.MinValue; // looked at anew with the next move
        }

        if (state.Bool()) Clocks!.Restore(state, Input.Keys, Output.Keys);
        _due = Clock.Now + Math.Max(1, Idle / 4);
    }

    /// <summary>How many readings are held one by one.</summary>
    protected long Kept { get; set; }

    /// <summary>Makes room for a group that has been met.</summary>
    protected abstract void AddGroup();

    /// <summary>Puts a reading into a group's windows; the reason where none takes it.</summary>
    protected abstract Tally? Take(KeyRoute route, in WindowReading reading, int source, Output output);

    /// <summary>A bad reading counts among those of its window though it is dropped.</summary>
    protected virtual void NoteBad(KeyRoute route, long at)
    {
    }

    /// <summary>The instant of a group's clock at which it next has something to do, and the start of that window; <see cref="long.MaxValue"/> for never.</summary>
    protected abstract (long At, long Start) Next(int group);

    /// <summary>Does it.</summary>
    protected abstract void DoNext(int group, int source, Output output);

    /// <summary>Whether a window of the group holds readings and has not been emitted.</summary>
    protected abstract bool IsOpen(int group);

    /// <summary>Emits the open windows of a group that fell silent, as they stand.</summary>
    protected abstract void Show(int group, Output output);

    protected abstract void Save(int group, StateWriter state);

    protected abstract void Restore(int group, StateReader state);

    /// <summary>Everything of a group before this instant has been seen; <see cref="long.MinValue"/> where nothing is known.</summary>
    protected long Watermark(int group) =>
        Clocks is not null ? Clocks.Watermark(Clocks.IsShared ? 0 : group)
        : _newest[group] == long.MinValue ? long.MinValue
        : Math.Max(_newest[group], Nanoseconds.Min + Wait) - Wait;

    /// <summary>There is something to be done at this instant of the group's clock.</summary>
    protected void Await(long at) => _dueAt = Math.Min(_dueAt, at);

    void Move(int group, int device, int source, long at, long now, Output output)
    {
        if (Clocks is { IsShared: true } shared)
        {
            if (shared.Move(0, source, at, now)) AdvanceAll(source, output);
        }
        else if (Clocks is { } several)
        {
            if (several.Move(group, device, at, now)) Advance(group, Watermark(group), source, output);
        }
        else if (at > _newest[group])
        {
            _newest[group] = at;
            Advance(group, Watermark(group), source, output);
        }
    }

    void Advance(int group, long watermark, int source, Output output)
    {
        while (Next(group).At is var at && at <= watermark && at != long.MaxValue) DoNext(group, source, output);
    }

    void AdvanceAll(int source, Output output)
    {
        var watermark = Clocks!.Watermark(0);
        if (watermark >= _dueAt) AdvanceTo(watermark, source, output);
    }

    /// <summary>What all groups have to do up to an instant of the shared clock: by end, start and key.</summary>
    void AdvanceTo(long watermark, int source, Output output)
    {
        _dueAt = long.MaxValue;
        var order = InOrder();
        for (var place = 0; place < order.Length; place++)
            if (order[place] < _groups) Queue(order[place], place, watermark);
        while (_queue.TryDequeue(out var group, out var priority))
        {
            DoNext(group, source, output);
            Queue(group, priority.Order, watermark);
        }
    }

    void Queue(int group, int place, long watermark)
    {
        var (at, start) = Next(group);
        if (at <= watermark && at != long.MaxValue) _queue.Enqueue(group, (at, start, place));
        else _dueAt = Math.Min(_dueAt, at);
    }

    void Meet(int groups)
    {
        if (_newest.Length < groups)
        {
            var length = Math.Max(groups, 2 * _newest.Length);
            Array.Resize(ref _newest, length);
            Array.Resize(ref _lastInput, length);
            Array.Resize(ref _shown, length);
        }

        for (; _groups < groups; _groups++)
        {
            _newest[_groups] = long.MinValue;
            AddGroup();
        }
    }
}
