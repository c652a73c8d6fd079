namespace StreamEdge;

/// <summary>
/// One window per reading: the readings of its group from <c>length</c> before it up to it, both ends inside, once the
/// clock has passed it. Their sums are kept for a queue in which readings enter at one end and leave at the other, so a
/// window costs the same however long it is (two stacks; Tangwongsan, Hirzel, Schneider: "Low-latency sliding-window
/// aggregation in worst-case constant time", DEBS 2017, section 2).
/// </summary>
sealed class SlidingWindow : EventWindow
{
    /// <summary>Bytes of a reading that is held, with the room that its group's array leaves.</summary>
    const int EntrySize = 32;

    readonly long _length, _keepSize;
    readonly List<SlidingGroup> _groups = [];
    readonly Moments[] _moments = new Moments[1];
    readonly Ends[] _ends = new Ends[1];
    readonly Detail?[] _details;

    public SlidingWindow(WindowOptions options, WindowColumns columns, BuildContext context)
        : base(options, $"sliding {options.Length}", 2 * Nanoseconds.Of(options.Length!.Value), columns, context) =>
        (_length, _keepSize, _details) = (Nanoseconds.Of(options.Length.Value), context.Pipeline.Time.KeepLateMax.Bytes, columns.NewDetails());

    /// <inheritdoc/>
    protected override void AddGroup() => _groups.Add(new SlidingGroup(KindOf(0)));

    /// <inheritdoc/>
    protected override Tally? Take(KeyRoute route, in WindowReading reading, int source, Output output)
    {
        var (group, watermark) = (_groups[route.Group], Watermark(route.Group));
        if (reading.Time < watermark && (reading.Time + Keep < watermark || reading.Time - _length < group.KeptFrom)) return Late;
        var place = group.Insert(reading);
        Kept++;
        if (reading.Time >= watermark)
        {
            Await(route.Group, reading.Time + 1);
            return null;
        }

        // Its own window, and those emitted that it lies in.
        for (; place < group.Next && group.TimeOf(place) <= reading.Time + _length; place++) Emit(route.Group, place, Pane.Late, source, output);
        return null;
    }

    /// <inheritdoc/>
    protected override (long At, long Start) Next(int group) =>
        _groups[group].NextTime is var time && time < long.MaxValue ? (time + 1, time - _length) : (long.MaxValue, 0);

    /// <inheritdoc/>
    protected override void DoNext(int group, int source, Output output)
    {
        var of = _groups[group];
        var time = of.NextTime;
        _moments[0] = of.SumNext(_length, out var revision);
        if (Columns.NeedsEnds) _ends[0] = of.EndsOfNext();
        FillDetail(of, time);
        Add(group, time, time, _length, Pane.OnTime, revision, new Summary(_moments, _ends, _details), source, output);
        // Closed windows are corrected as long as there is room for what they hold.
        var keep = Kept * EntrySize > _keepSize ? 0 : Keep;
        Kept -= of.Forget(time - _length - keep);
    }

    /// <inheritdoc/>
    protected override long DoUntil(int group, long watermark, int source, Output output)
    {
        var of = _groups[group];
        while (of.NextTime < watermark) DoNext(group, source, output);
        return of.NextTime is var time && time < long.MaxValue ? time + 1 : time;
    }

    /// <inheritdoc/>
    protected override bool IsOpen(int group) => _groups[group].NextTime < long.MaxValue;

    /// <inheritdoc/>
    protected override void Show(int group, Output output)
    {
        for (var place = _groups[group].Next; place < _groups[group].Count; place++) Emit(group, place, Pane.Early, 0, output);
    }

    /// <inheritdoc/>
    protected override void Save(int group, StateWriter state) => _groups[group].Save(state, Input.Codes);

    /// <inheritdoc/>
    protected override void Restore(int group, StateReader state)
    {
        _groups[group].Restore(state, Input.Codes);
        Kept += _groups[group].Count;
    }

    /// <summary>Emits the window of one reading out of turn.</summary>
    void Emit(int group, int place, Pane pane, int source, Output output)
    {
        var of = _groups[group];
        var time = of.TimeOf(place);
        _moments[0] = of.Sum(time - _length, time, out _ends[0]);
        FillDetail(of, time);
        Add(group, time, time, _length, pane, of.Emit(place), new Summary(_moments, _ends, _details), source, output);
    }

    void FillDetail(SlidingGroup of, long time)
    {
        if (_details is not [{ } detail]) return;
        detail.Clear();
        of.AddTo(detail, time - _length, time);
    }
}
