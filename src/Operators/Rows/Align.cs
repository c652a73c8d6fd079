namespace StreamEdge;

/// <summary>
/// Turns readings into rows: what a group's signals say at one instant becomes one row, a column per signal, as soon as
/// all of them are there. A row that stays incomplete leaves, with its missing values, when the group's clock (its newest
/// time less <c>wait</c>) has passed its instant, or after <c>idle</c> without data. The rows of a group leave in the order
/// of their time, so a reading that comes for an instant before the last one that left is late, and dropped.
/// </summary>
public sealed record AlignOptions : OperatorOptions
{
    /// <summary>Readings of the same instant make a row: <c>align: { same_time }</c>. There is no other way yet, and it must be written.</summary>
    public bool SameTime { get; init; }

    /// <summary>The tags whose values make a group. Default: all tags, a group per device.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>The signals of a row, in the order of its columns; readings of others are dropped. Default: all, as declared.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Most instants of a group that wait for missing signals, 1 to 100,000; beyond it the oldest leaves incomplete. Default: 1024.</summary>
    [Between(1, 100_000)]
    public int MaxOpen { get; init; } = 1024;

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

sealed partial class Align : Operator
{
    readonly Schema _input;
    readonly Clock _clock;
    readonly long _wait, _idle;
    readonly int _maxOpen;
    readonly int[] _tags; // of a group, among the tags of a device
    readonly int[] _signals; // by column
    readonly int[] _columnOf; // by signal; -1 for one that is left out
    readonly GroupClocks? _clocks; // null where each group is one device with a clock of its own
    readonly List<Group> _groups = [];
    readonly Stack<Instant> _free = [];
    readonly Outgoing _outgoing = new();
    readonly Tally _late, _duplicate, _conflict, _unused;
    int[] _groupOf = []; // by device; -1 until it is met
    long _due = long.MaxValue;

    public Align(BuildContext context, IReadOnlyList<int> tags, IReadOnlyList<int> signals, int maxOpen) : base(RowsOf(context.Input, tags, signals))
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
        StateShape = $"align {string.Join(',', Output.Columns.Select(c => c.Name))} by {string.Join(',', Output.Keys.TagNames)}, {_maxOpen} open";
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
        var (device, group, instant) = (-1, (Group?)null, (Instant?)null);
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
            if (instant is null || instant.Time != time[row] || deviceOf[key[row]] != device)
            {
                device = deviceOf[key[row]];
                group = GroupOf(device);
                group.LastInput = now;
                instant = InstantAt(group, time[row], column, signal, value[row]);
                instant?.Source = batch.Source;
                var moved = Move(group, device, batch.Source, time[row], now);
                if (instant is null)
                {
                    if (moved) Advance(group, output);
                    continue;
                }

                Put(instant, column, signal, value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good);
                if (moved || group.Open.Count > _maxOpen || instant.Count == _signals.Length) Advance(group, output);
            }
            else
            {
                Put(instant, column, signal, value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good);
                if (instant.Count < _signals.Length) continue;
                Advance(group!, output);
            }

            if (instant.Time <= group!.LastTime) instant = null; // it has left
        }

        if (_due == long.MaxValue && _groups.Exists(g => g.Open.Count > 0)) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        if (_clocks is { IsShared: true } && _clocks.LeaveOutIdle(0, now)) AdvanceAll(output);
        var open = false;
        foreach (var group in InOrder())
        {
            if (_clocks is { IsShared: false } && _clocks.LeaveOutIdle(group.Number, now)) Advance(group, output);
            if (group.Open.Count > 0 && group.LastInput + _idle <= now) LetGo(group, group.Open.Count, output);
            open |= group.Open.Count > 0;
        }

        _due = open ? now + Math.Max(1, _idle / 4) : long.MaxValue;
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
        foreach (var group in InOrder()) LetGo(group, group.Open.Count, output);
        _outgoing.Flush(output);
    }

    /// <summary>The open instant that a reading belongs to, a new one where there is none; null when it comes too late, which is counted.</summary>
    Instant? InstantAt(Group group, long time, int column, int signal, double slot)
    {
        if (time <= group.LastTime || time < Watermark(group))
        {
            if (group.Last is { } last && last.Time == time && last.Has[column]) Again(last, column, signal, slot);
            else _late.AddOf(signal);
            return null;
        }

        var open = group.Open;
        var at = open.Count;
        while (at > 0 && open[at - 1].Time > time) at--;
        if (at > 0 && open[at - 1].Time == time) return open[at - 1];
        if (!_free.TryPop(out var instant)) instant = new Instant(_signals.Length);
        instant.Begin(time);
        open.Insert(at, instant);
        return instant;
    }

    void Put(Instant instant, int column, int signal, double slot, Quality quality)
    {
        if (instant.Has[column])
        {
            Again(instant, column, signal, slot);
            return;
        }

        instant.Has[column] = true;
        instant.Slots[column] = slot;
        instant.Count++;
        if (quality > instant.Quality) instant.Quality = quality; // a row is as good as the worst of its values
        Books.Absorbed++;
    }

    /// <summary>A second reading of one signal and instant: the first is kept.</summary>
    void Again(Instant instant, int column, int signal, double slot)
    {
        var first = instant.Slots[column];
        var same = Slot.Bits(first) == Slot.Bits(slot) || (Output.Columns[column].Kind == Kind.Number && first.Equals(slot));
        (same ? _duplicate : _conflict).AddOf(signal);
    }

    /// <summary>Takes a reading's time into account, after the reading was judged; true when the group's watermark moved.</summary>
    bool Move(Group group, int device, int source, long time, long now)
    {
        if (_clocks is not null) return _clocks.Move(_clocks.IsShared ? 0 : group.Number, _clocks.IsShared ? source : device, time, now);
        var watermark = Math.Max(time, Nanoseconds.Min + _wait) - _wait;
        if (watermark <= group.Watermark) return false;
        group.Watermark = watermark;
        return true;
    }

    long Watermark(Group group) => _clocks is null ? group.Watermark : _clocks.Watermark(_clocks.IsShared ? 0 : group.Number);
}
