namespace StreamEdge;

/// <summary>
/// What windows share that begin and end with the readings themselves. Each group says at which instant of its clock it
/// next has something to do; a reading is judged against the clock before it moves it.
/// </summary>
abstract class EventWindow : ClockedWindow
{
    /// <summary>Most readings that a step holds one by one, some 200 MB.</summary>
    const long MostHeld = 4_000_000;

    readonly Tally _noRoom;
    readonly PriorityQueue<int, (long At, long Start, int Order)> _queue = new();
    GroupClock[] _clocks = []; // by group
    int _groups;
    long _dueAt = long.MaxValue; // nothing is to be done before the shared clock reaches it
    long _now; // of the gateway's clock, when the batch came

    protected EventWindow(WindowOptions options, string kind, long reach, WindowColumns columns, BuildContext context) : base(options, kind, reach, columns, context) =>
        _noRoom = Books.Reason("no_room");

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        Enumerable.Range(0, _groups).Count(IsOpen) is > 0 and var open ? [("held in open windows", $"readings of {open:N0} groups")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (Routes.AreBehind) Routes.Meet(static () => int.MaxValue);
        Meet(Output.Keys.Count);
        _now = Clock.Now;
        TakeEach(batch, output);
        if (batch.Count > 0) AwaitSilence(_now);
        batch.Release();
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups);
        for (var group = 0; group < _groups; group++)
        {
            state.WriteDevice(Output.Keys, group).Write(_clocks[group].Newest).Write(_clocks[group].IsShown);
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
            // Its next duty is looked at anew with the next move.
            _clocks[group] = new() { Newest = state.Long(), IsShown = state.Bool(), LastInput = Clock.Now, DueAt = long.MinValue };
            Restore(group, state);
            _dueAt = long.MinValue;
        }

        if (state.Bool()) Clocks!.Restore(state, Input.Keys, Output.Keys);
        AwaitSilence(Clock.Now);
    }

    /// <inheritdoc/>
    protected sealed override Tally? Take(int key, KeyRoute route, in WindowReading reading, int source, Output output) =>
        !InRange(reading.Time) ? Range : Kept >= MostHeld ? _noRoom : Take(route, reading, source, output);

    /// <inheritdoc/>
    protected override void After(Batch batch, int row, KeyRoute route, Output output)
    {
        var (key, at) = (batch.Key[row], batch.Time[row]);
        if (!InRange(at) || Routes.Refused[key]) return;
        ref var clock = ref _clocks[route.Group];
        (clock.LastInput, clock.IsShown) = (_now, false);
        if (Clocks is { IsShared: true } shared)
        {
            if (shared.Move(0, batch.Source, at, _now)) CloseAll(shared.Watermark(0), batch.Source, output);
        }
        else if (Clocks is { } several)
        {
            if (several.Move(route.Group, Input.Keys.DeviceOf[key], at, _now)) Close(route.Group, Watermark(route.Group), batch.Source, output);
        }
        else if (at > clock.Newest)
        {
            clock.Newest = at;
            if (at - Wait >= clock.DueAt) Close(route.Group, at - Wait, batch.Source, output);
        }
    }

    /// <inheritdoc/>
    protected override void Close(int group, long watermark, int source, Output output)
    {
        if (group < _groups && watermark >= _clocks[group].DueAt) _clocks[group].DueAt = DoUntil(group, watermark, source, output);
    }

    /// <inheritdoc/>
    protected override void CloseAll(long watermark, int source, Output output)
    {
        if (watermark < _dueAt) return;
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

    /// <inheritdoc/>
    protected override bool ShowSilent(long now, Output output)
    {
        var open = false;
        foreach (var group in InOrder())
        {
            if (group >= _groups) continue;
            LeaveOutIdle(group, now, output);
            if (!IsOpen(group)) continue;
            open = true;
            if (_clocks[group].IsShown || now - _clocks[group].LastInput < Idle) continue;
            _clocks[group].IsShown = true;
            Show(group, output);
        }

        return open;
    }

    /// <summary>How many readings are held one by one.</summary>
    protected long Kept { get; set; }

    /// <summary>Makes room for a group that has been met.</summary>
    protected abstract void AddGroup();

    /// <summary>Puts a reading into a group's windows; the reason where none takes it.</summary>
    protected abstract Tally? Take(KeyRoute route, in WindowReading reading, int source, Output output);

    /// <summary>The instant of a group's clock at which it next has something to do, and the start of that window; <see cref="long.MaxValue"/> for never.</summary>
    protected abstract (long At, long Start) Next(int group);

    /// <summary>Does it.</summary>
    protected abstract void DoNext(int group, int source, Output output);

    /// <summary>Does all that a group has to do up to an instant of its clock; the instant at which it next has something to do, or one before.</summary>
    protected virtual long DoUntil(int group, long watermark, int source, Output output)
    {
        long at;
        while ((at = Next(group).At) <= watermark && at != long.MaxValue) DoNext(group, source, output);
        return at;
    }

    /// <summary>Whether a window of the group holds readings and has not been emitted.</summary>
    protected abstract bool IsOpen(int group);

    /// <summary>Emits the open windows of a group that fell silent, as they stand.</summary>
    protected abstract void Show(int group, Output output);

    protected abstract void Save(int group, StateWriter state);

    protected abstract void Restore(int group, StateReader state);

    /// <summary>Everything of a group before this instant has been seen; <see cref="long.MinValue"/> where nothing is known.</summary>
    protected long Watermark(int group) =>
        Clocks is not null ? Clocks.Watermark(Clocks.IsShared ? 0 : group)
        : _clocks[group].Newest == long.MinValue ? long.MinValue
        : _clocks[group].Newest - Wait;

    /// <summary>There is something to be done at this instant of the group's clock.</summary>
    protected void Await(int group, long at)
    {
        _dueAt = Math.Min(_dueAt, at);
        ref var clock = ref _clocks[group];
        clock.DueAt = Math.Min(clock.DueAt, at);
    }

    void Queue(int group, int place, long watermark)
    {
        var (at, start) = Next(group);
        if (at <= watermark && at != long.MaxValue) _queue.Enqueue(group, (at, start, place));
        else _dueAt = Math.Min(_dueAt, at);
    }

    void Meet(int groups)
    {
        if (_clocks.Length < groups) Array.Resize(ref _clocks, Math.Max(groups, 2 * _clocks.Length));
        for (; _groups < groups; _groups++)
        {
            _clocks[_groups] = new() { Newest = long.MinValue, DueAt = long.MaxValue };
            AddGroup();
        }
    }

    struct GroupClock
    {
        /// <summary>The newest time, where the group has a clock of its own.</summary>
        public long Newest;

        /// <summary>Nothing is to be done before that clock reaches it.</summary>
        public long DueAt;

        /// <summary>When the last reading came, by the gateway's clock.</summary>
        public long LastInput;

        /// <summary>Whether its open windows were shown since.</summary>
        public bool IsShown;
    }
}
