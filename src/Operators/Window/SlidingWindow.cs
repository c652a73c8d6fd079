namespace StreamEdge;

/// <summary>
/// One window per reading: the readings of its group from <c>length</c> before it up to it, both ends inside, once the
/// clock has passed it. Their sums are kept for a queue in which readings enter at one end and leave at the other, so a
/// window costs the same however long it is (two stacks; Tangwongsan, Hirzel, Schneider: "Low-latency sliding-window
/// aggregation in worst-case constant time", DEBS 2017, section 2).
/// </summary>
sealed class SlidingWindow : EventWindow
{
    /// <summary>Bytes of a reading that is held.</summary>
    const int EntrySize = 40;

    readonly long _length, _keepSize;
    readonly List<SlidingGroup> _groups = [];
    readonly Moments[] _moments = new Moments[1];
    readonly Ends[] _ends = new Ends[1];
    readonly Detail?[] _details;

    public SlidingWindow(WindowOptions options, WindowColumns columns, BuildContext context)
        : base(options, $"sliding {options.Length}", 2 * Nanoseconds.Of(options.Length!.Value), columns, context) =>
        (_length, _keepSize, _details) = (Nanoseconds.Of(options.Length.Value), context.Pipeline.Time.KeepLateMax.Bytes, columns.NewDetails());

    /// <inheritdoc/>
    protected override void AddGroup() => _groups.Add(new SlidingGroup());

    /// <inheritdoc/>
    protected override Tally? Take(KeyRoute route, in WindowReading reading, int source, Output output)
    {
        var (group, watermark) = (_groups[route.Group], Watermark(route.Group));
        if (reading.Time < watermark && (reading.Time + Keep < watermark || reading.Time - _length < group.KeptFrom)) return Late;
        var place = group.Insert(reading);
        Kept++;
        if (reading.Time >= watermark)
        {
            Await(reading.Time + 1);
            return null;
        }

        // Its own window, and those emitted that it lies in.
        for (; place < group.Next && group[place].Time <= reading.Time + _length; place++) Emit(route.Group, place, Pane.Late, source, output);
        return null;
    }

    /// <inheritdoc/>
    protected override (long At, long Start) Next(int group) =>
        _groups[group] is var of && of.Next < of.Count ? (of[of.Next].Time + 1, of[of.Next].Time - _length) : (long.MaxValue, 0);

    /// <inheritdoc/>
    protected override void DoNext(int group, int source, Output output)
    {
        var of = _groups[group];
        Emit(group, of.Next, Pane.OnTime, source, output);
        of.Next++;
        // Closed windows are corrected as long as there is room for what they hold.
        var keep = Kept * EntrySize > _keepSize ? 0 : Keep;
        Kept -= of.Forget(of[of.Next - 1].Time - _length - keep);
    }

    /// <inheritdoc/>
    protected override bool IsOpen(int group) => _groups[group].Next < _groups[group].Count;

    /// <inheritdoc/>
    protected override void Show(int group, Output output)
    {
        for (var place = _groups[group].Next; place < _groups[group].Count; place++) Emit(group, place, Pane.Early, 0, output);
    }

    /// <inheritdoc/>
    protected override void Save(int group, StateWriter state) => _groups[group].Save(state, KindOf(0), Input.Codes);

    /// <inheritdoc/>
    protected override void Restore(int group, StateReader state)
    {
        _groups[group].Restore(state, KindOf(0), Input.Codes);
        Kept += _groups[group].Count;
    }

    void Emit(int group, int place, Pane pane, int source, Output output)
    {
        var of = _groups[group];
        var time = of[place].Time;
        _moments[0] = pane == Pane.OnTime ? of.SumInOrder(time - _length, time) : of.Sum(time - _length, time, out _ends[0]);
        if (pane == Pane.OnTime && Columns.NeedsEnds) _ends[0] = of.EndsInOrder();
        if (_details is [{ } detail])
        {
            detail.Clear();
            of.AddTo(detail, time - _length, time);
        }

        Add(group, time, time, _length, pane, of.Emit(place), new Summary(_moments, _ends, _details), source, output);
    }
}
