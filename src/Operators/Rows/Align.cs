namespace StreamEdge;

/// <summary>
/// Turns readings into rows: what a group's signals say at one instant becomes one row, a column per signal, as soon as
/// all of them are there and no earlier row waits. A row that stays incomplete leaves, with its missing values, when the
/// group's clock (its newest time less <c>wait</c>) has passed its instant, or after <c>idle</c> without data. Rows leave
/// in the order of their time, but for those whose first reading came only after later rows had left. What comes for an
/// instant that the clock has passed, or whose row has left incomplete, is late, and dropped.
/// </summary>
/// <example>
/// - align: { same_time }
/// </example>
public sealed record AlignOptions : OperatorOptions
{
    /// <summary>Readings of the same instant make a row: <c>align: { same_time }</c>. There is no other way yet, and it must be written.</summary>
    public bool SameTime { get; init; }

    /// <summary>The tags whose values make a group. Default: all tags, a group per device.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>The signals of a row, in the order of its columns; readings of others are dropped. Default: all, as declared.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Most instants of a group that are open, 1 to 1,000,000: those that the group's clock has not passed. Beyond it the oldest is closed, and what comes for it or an earlier one is late. Default: 10,000.</summary>
    [Between(1, 1_000_000)]
    public int MaxOpen { get; init; } = 10_000;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("align")) return default(Refusal);
        var sound = true;
        if (!SameTime)
        {
            context.Fault(nameof(SameTime), "align does not say which readings make a row", "write 'align: { same_time }'");
            sound = false;
        }

        var tagNames = context.Input.Keys.TagNames;
        var by = By ?? tagNames;
        var tags = new List<int>();
        for (var item = 0; item < by.Count; item++)
        {
            var tag = tagNames.ToList().IndexOf(by[item]);
            if (tag < 0) context.Fault(nameof(By), $"there is no tag '{by[item]}'", Suggestion.Remedy(by[item], tagNames, "the tags are"), item: item);
            else if (tags.Contains(tag)) context.Fault(nameof(By), $"the tag '{by[item]}' is named twice", "name each once", item: item);
            sound &= tag >= 0 && !tags.Contains(tag);
            tags.Add(tag);
        }

        var signals = new List<int>();
        if (Signals is null) signals.AddRange(Enumerable.Range(0, context.Input.Signals.Count));
        for (var item = 0; item < (Signals?.Count ?? 0); item++)
        {
            var signal = context.SignalNumber(nameof(Signals), Signals![item], item: item);
            if (signal >= 0 && signals.Contains(signal)) context.Fault(nameof(Signals), $"the signal '{Signals[item]}' is named twice", "name each once", item: item);
            sound &= signal >= 0 && !signals.Contains(signal);
            signals.Add(signal);
        }

        if (signals.Count == 0) return context.Fault(nameof(Signals), "a row needs at least one signal", "name some, or leave the option out");
        return sound ? new Align(context, tags, signals, MaxOpen) : default(Refusal);
    }
}

/// <summary>
/// Keeps the open instants of each group, also those whose row has left: by them a repeated reading is told from a new
/// one, and an earlier instant may still come.
/// </summary>
sealed class Align : Operator
{
    readonly Schema _input;
    readonly Clock _clock;
    readonly long _wait, _idle;
    readonly int _maxOpen;
    readonly int[] _tags; // of a group, among the tags of a device
    readonly int[] _signals; // by column
    readonly int[] _columnOf; // by signal; -1 for one that is left out
    readonly GroupClocks? _clocks; // null where each group is one device with a clock of its own
    readonly List<AlignGroup> _groups = [];
    readonly Stack<AlignInstant> _free = [];
    readonly Outgoing _outgoing = new();
    readonly Tally _late, _duplicate, _conflict, _unused;
    int[] _groupOf = []; // by device; -1 until it is met
    AlignGroup[] _inOrder = [];
    long _due = long.MaxValue;

    public Align(BuildContext context, IReadOnlyList<int> tags, IReadOnlyList<int> signals, int maxOpen) : base(RowsOf(context.Input, tags, signals), context.Input.Signals)
    {
        (_input, _clock, _tags, _signals, _maxOpen) = (context.Input, context.Clock, [.. tags], [.. signals], maxOpen);
        _columnOf = [.. Enumerable.Range(0, _input.Signals.Count).Select(s => Array.IndexOf(_signals, s))];
        var time = context.Pipeline.Time;
        _wait = Nanoseconds.Of(time.Wait);
        _idle = Nanoseconds.Of(time.Idle);
        var shared = time.Clock == ClockKind.Shared;
        if (shared || tags.Count < _input.Keys.TagNames.Count) _clocks = new GroupClocks(shared ? context.Pipeline.Sources : 0, _wait, _idle);
        _late = Books.Reason("late");
        _duplicate = Books.Reason("duplicate");
        _conflict = Books.Reason("conflict");
        _unused = Books.Reason("not_aligned");
        StateShape = $"align {string.Join(',', Output.Columns.Select(c => c.Name))} by {string.Join(',', Output.Keys.TagNames)}, {(shared ? "shared" : "device")} clock";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = _clock.Now;
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = _input.Keys.SignalOf;
        var deviceOf = _input.Keys.DeviceOf;
        var (device, group, instant) = (-1, (AlignGroup?)null, (AlignInstant?)null);
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            var column = _columnOf[signal];
            if (column < 0)
            {
                _unused.AddOf(signal);
                continue;
            }

            // The readings of a wide record follow one another: same device, same instant.
            var moved = false;
            if (instant is null || instant.Time != time[row] || deviceOf[key[row]] != device)
            {
                device = deviceOf[key[row]];
                group = GroupOf(device);
                group.LastInput = now;
                instant = InstantAt(group, time[row], column, signal, value[row]);
                instant?.Source = batch.Source;
                moved = Move(group, device, batch.Source, time[row], now);
            }

            if (instant is not null) Put(instant, column, signal, value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good);
            if (moved || group!.Count > _maxOpen || instant?.Count == _signals.Length) Advance(group!, output);
            if (instant is { HasLeft: true }) instant = null;
        }

        if (_due == long.MaxValue && _groups.Exists(g => g.Waits)) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        _outgoing.Flush(output);
    }

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
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnSourceEnd(int source, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.End(source)) AdvanceAll(output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var group in InOrder()) LetGo(group, all: true, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups.Count);
        foreach (var group in _groups)
        {
            state.WriteDevice(Output.Keys, group.Number);
            group.Save(state, Output);
        }

        _clocks?.Save(state, _input.Keys, Output.Keys);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var groups = state.Long(); groups > 0; groups--)
        {
            var group = GroupNumber(state.Device(Output.Keys));
            group.Restore(state, Output);
            group.LastInput = _clock.Now;
            if (group.Waits) _due = _clock.Now + Math.Max(1, _idle / 4);
        }

        _clocks?.Restore(state, _input.Keys, Output.Keys);
    }

    static Schema RowsOf(Schema input, IReadOnlyList<int> tags, IReadOnlyList<int> signals)
    {
        var keys = new KeyTable([.. tags.Select(t => input.Keys.TagNames[t])], signals: 0);
        return Schema.Rows(keys, input.Codes, [.. signals.Select(s => input.Signals[s]).Select(s => new Column(s.Name, s.Kind, s.Unit))], hasWindow: false);
    }

    /// <summary>The open instant that a reading belongs to, a new one where there is none; null when the reading is dropped, which is counted.</summary>
    AlignInstant? InstantAt(AlignGroup group, long time, int column, int signal, double slot)
    {
        var closed = time <= group.ClosedUpTo || time < Watermark(group);
        var instant = closed ? null : group.At(time, _free);
        if (instant is { HasLeft: false }) return instant;
        if (instant is not null && instant.Has[column]) Again(instant, column, signal, slot);
        else _late.AddOf(signal);
        return null;
    }

    void Put(AlignInstant instant, int column, int signal, double slot, Quality quality)
    {
        if (instant.Has[column])
        {
            Again(instant, column, signal, slot);
            return;
        }

        instant.Put(column, slot, quality);
        Books.Absorbed++;
    }

    /// <summary>A second reading of one signal and instant: the first is kept.</summary>
    void Again(AlignInstant instant, int column, int signal, double slot)
    {
        var first = instant.Slots[column];
        var same = Slot.Bits(first) == Slot.Bits(slot) || (Output.Columns[column].Kind == Kind.Number && first.Equals(slot));
        (same ? _duplicate : _conflict).AddOf(signal);
    }

    /// <summary>Takes a reading's time into account, after the reading was judged; true when the group's watermark moved.</summary>
    bool Move(AlignGroup group, int device, int source, long time, long now)
    {
        if (_clocks is not null) return _clocks.Move(_clocks.IsShared ? 0 : group.Number, _clocks.IsShared ? source : device, time, now);
        var watermark = Math.Max(time, Nanoseconds.Min + _wait) - _wait;
        if (watermark <= group.Watermark) return false;
        group.Watermark = watermark;
        return true;
    }

    long Watermark(AlignGroup group) => _clocks is null ? group.Watermark : _clocks.Watermark(_clocks.IsShared ? 0 : group.Number);

    /// <summary>Emits what can leave now that a row is complete, a watermark has moved, or too many are open.</summary>
    void Advance(AlignGroup group, Output output)
    {
        if (_clocks is { IsShared: true }) AdvanceAll(output);
        else LetGo(group, all: false, output);
    }

    /// <summary>The same for all groups, whose clock is one.</summary>
    void AdvanceAll(Output output)
    {
        foreach (var group in InOrder()) LetGo(group, all: false, output);
    }

    /// <summary>Emits the rows of a group that are complete, waited out or too many, oldest first, up to the first that must wait.</summary>
    void LetGo(AlignGroup group, bool all, Output output)
    {
        var watermark = Watermark(group);
        // A row of an instant that not all members have reached would run ahead of the rows of the others.
        var reached = watermark == long.MinValue ? watermark : watermark + _wait;
        for (var place = group.FirstWaiting; place < group.Count; place++)
        {
            var instant = group[place];
            if (instant.HasLeft) continue;
            var complete = instant.Count == _signals.Length && instant.Time <= reached;
            if (!all && !complete && instant.Time >= watermark && group.Count - place <= _maxOpen) break;
            Emit(group, instant, output);
            group.Left(instant);
        }

        group.Close(watermark, _maxOpen, _free);
    }

    void Emit(AlignGroup group, AlignInstant instant, Output output)
    {
        var rows = _outgoing.Next(output, instant.Source);
        var row = rows.Count - 1;
        rows.Time[row] = instant.Time;
        rows.Key[row] = group.Number;
        for (var column = 0; column < _signals.Length; column++)
            rows.Column(column)[row] = instant.Has[column] ? instant.Slots[column] : Slot.MissingOf(Output.Columns[column].Kind);
        if (rows.HasQuality || instant.Quality != Quality.Good) rows.Quality[row] = instant.Quality;
        Books.Created++;
    }

    AlignGroup GroupOf(int device)
    {
        if (device >= _groupOf.Length)
        {
            var known = _groupOf.Length;
            Array.Resize(ref _groupOf, Math.Max(device + 1, 2 * known));
            Array.Fill(_groupOf, -1, known, _groupOf.Length - known);
        }

        if (_groupOf[device] >= 0) return _groups[_groupOf[device]];
        var of = new string[_tags.Length];
        for (var tag = 0; tag < of.Length; tag++) of[tag] = _input.Keys.Tags(device)[_tags[tag]];
        // There are never more groups than devices, so the table of groups is never full.
        var group = GroupNumber(Output.Keys.Device(of));
        _groupOf[device] = group.Number;
        return group;
    }

    AlignGroup GroupNumber(int number)
    {
        while (_groups.Count <= number) _groups.Add(new AlignGroup(_groups.Count, _signals.Length));
        return _groups[number];
    }

    /// <summary>The groups in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    AlignGroup[] InOrder()
    {
        if (_inOrder.Length == _groups.Count) return _inOrder;
        _inOrder = [.. _groups];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a.Number), Output.Keys.Text(b.Number)));
        return _inOrder;
    }
}
