namespace StreamEdge;

/// <summary>
/// What every way to make rows shares: the groups, their clocks, and that all of a group leaves after <c>idle</c> and at
/// the end. A group of one device with a clock of its own is judged by its rows alone; groups of several devices, and
/// all groups under a shared clock, by <see cref="GroupClocks"/>.
/// </summary>
abstract class Align<TGroup> : Operator where TGroup : AlignGroup
{
    readonly int[] _tags; // of a group, among the tags of a device
    readonly long _idle;
    readonly GroupClocks? _clocks; // null where each group is one device with a clock of its own
    readonly List<TGroup> _groups = [];
    readonly PerKey<int> _groupOf = new(-1); // by device; -1 until it is met
    TGroup[] _inOrder = [];
    long _due = long.MaxValue;

    protected Align(BuildContext context, IReadOnlyList<int> tags, IReadOnlyList<int> signals, string way) : base(RowsOf(context.Input, tags, signals), context.Input.Signals)
    {
        (Input, Clock, _tags) = (context.Input, context.Clock, [.. tags]);
        ColumnOf = [.. Enumerable.Range(0, Input.Signals.Count).Select(s => signals.ToList().IndexOf(s))];
        var time = context.Pipeline.Time;
        Wait = Nanoseconds.Of(time.Wait);
        _idle = Nanoseconds.Of(time.Idle);
        _clocks = GroupClocks.Of(context.Pipeline, severalDevices: tags.Count < Input.Keys.TagNames.Count);
        Late = Books.Reason("late");
        Duplicate = Books.Reason("duplicate");
        Conflict = Books.Reason("conflict");
        Unused = Books.Reason("not_aligned");
        StateShape = $"align {way} {string.Join(',', Output.Columns.Select(c => c.Name))} by {string.Join(',', Output.Keys.TagNames)}, {OptionsShape.Snake($"{time.Clock}")} clock";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override bool HasClock => true;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        _groups.Count(g => g.Waits) is > 0 and var open ? [("held in open rows", $"readings of {open:N0} groups")] : [];

    protected Schema Input { get; }

    protected Clock Clock { get; }

    protected long Wait { get; }

    /// <summary>The column of each signal; -1 for one that is left out.</summary>
    protected int[] ColumnOf { get; }

    protected Outgoing Outgoing { get; } = new();

    protected Tally Late { get; }

    protected Tally Duplicate { get; }

    protected Tally Conflict { get; }

    protected Tally Unused { get; }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.LeaveOutIdle(0, now)) AdvanceAll(output);
        var waiting = false;
        foreach (var group in InOrder())
        {
            if (_clocks is { IsShared: false } && _clocks.LeaveOutIdle(group.Number, now)) Advance(group, output);
            if (group.LastInput + _idle <= now) LetGo(group, all: true, output);
            waiting |= group.Waits;
        }

        _due = waiting ? now + Math.Max(1, _idle / 4) : long.MaxValue;
        Outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnSourceEnd(int source, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.End(source)) AdvanceAll(output);
        Outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnWatermark(int source, long watermark, Output output)
    {
        var given = Math.Clamp(watermark, Nanoseconds.Min + Wait, Nanoseconds.Max - Wait);
        if (_clocks is { IsShared: true } && _clocks.Give(source, given, Clock.Now)) AdvanceAll(output);
        Outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnIdle(int source, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.LeaveOut(source)) AdvanceAll(output);
        Outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var group in InOrder()) LetGo(group, all: true, output);
        Outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups.Count);
        foreach (var group in _groups)
        {
            state.WriteDevice(Output.Keys, group.Number).Write(group.Watermark);
            group.Save(state, Output);
        }

        _clocks?.Save(state, Input.Keys, Output.Keys);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var groups = state.Long(); groups > 0; groups--)
        {
            var group = GroupNumber(state.Device(Output.Keys));
            group.Watermark = state.Long();
            group.Restore(state, Output);
            group.LastInput = Clock.Now;
            if (group.Waits) _due = Clock.Now + Math.Max(1, _idle / 4);
        }

        _clocks?.Restore(state, Input.Keys, Output.Keys);
    }

    /// <summary>Makes a group that has just been met.</summary>
    protected abstract TGroup Group(int number);

    /// <summary>Emits the rows of a group that can leave, or all of them.</summary>
    protected abstract void LetGo(TGroup group, bool all, Output output);

    /// <summary>Ends the work on a batch.</summary>
    protected void Done(Batch batch, long now, Output output)
    {
        if (_due == long.MaxValue && _groups.Exists(static g => g.Waits)) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        Outgoing.Flush(output);
    }

    /// <summary>A second reading of one signal and instant: the first is kept.</summary>
    protected void Again(int column, int signal, double first, double slot)
    {
        var same = Slot.Bits(first) == Slot.Bits(slot) || (Output.Columns[column].Kind == Kind.Number && first.Equals(slot));
        (same ? Duplicate : Conflict).AddOf(signal);
    }

    /// <summary>Takes a reading's time into account, after the reading was judged; true when the group's watermark moved.</summary>
    protected bool Move(TGroup group, int device, int source, long time, long now)
    {
        if (_clocks is not null) return _clocks.Move(_clocks.IsShared ? 0 : group.Number, _clocks.IsShared ? source : device, time, now);
        var watermark = Math.Max(time, Nanoseconds.Min + Wait) - Wait;
        if (watermark <= group.Watermark) return false;
        group.Watermark = watermark;
        return true;
    }

    protected long Watermark(TGroup group) => _clocks is null ? group.Watermark : _clocks.Watermark(_clocks.IsShared ? 0 : group.Number);

    /// <summary>Emits what can leave now that something of the group has changed.</summary>
    protected void Advance(TGroup group, Output output)
    {
        if (_clocks is { IsShared: true }) AdvanceAll(output);
        else LetGo(group, all: false, output);
    }

    protected TGroup GroupOf(int device)
    {
        ref var number = ref _groupOf[device];
        if (number >= 0) return _groups[number];
        var of = new string[_tags.Length];
        for (var tag = 0; tag < of.Length; tag++) of[tag] = Input.Keys.Tags(device)[_tags[tag]];
        // There are never more groups than devices, so the table of groups is never full.
        number = Output.Keys.Device(of);
        return GroupNumber(number);
    }

    static Schema RowsOf(Schema input, IReadOnlyList<int> tags, IReadOnlyList<int> signals)
    {
        var keys = new KeyTable([.. tags.Select(t => input.Keys.TagNames[t])], signals: 0);
        return Schema.Rows(keys, input.Codes, [.. signals.Select(s => input.Signals[s]).Select(s => new Column(s.Name, s.Kind, s.Unit))], hasWindow: false);
    }

    /// <summary>Emits what can leave of all groups, whose clock is one.</summary>
    void AdvanceAll(Output output)
    {
        foreach (var group in InOrder()) LetGo(group, all: false, output);
    }

    TGroup GroupNumber(int number)
    {
        while (_groups.Count <= number) _groups.Add(Group(_groups.Count));
        return _groups[number];
    }

    /// <summary>The groups in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    TGroup[] InOrder()
    {
        if (_inOrder.Length == _groups.Count) return _inOrder;
        _inOrder = [.. _groups];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a.Number), Output.Keys.Text(b.Number)));
        return _inOrder;
    }
}
