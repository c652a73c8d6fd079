namespace StreamEdge;

/// <summary>
/// Windows that a condition begins and ends. Readings come in the order of their time (the compiler sees to it), so a
/// window is emitted with the reading that ends it; one that comes out of order is late.
/// </summary>
sealed class ConditionWindow : WindowStep
{
    readonly bool _isUntil;
    readonly BoundExpression _condition;
    readonly HeldRows _held;
    readonly List<Open> _groups = [];
    readonly double[] _truth;
    readonly bool[] _decides; // by signal: a reading of another one ends nothing, though what it finds may be true still
    long _due = long.MaxValue;
    long _now; // of the gateway's clock, when the batch came

    public ConditionWindow(WindowOptions options, BoundExpression condition, Schema rows, WindowColumns columns, BuildContext context)
        : base(options, $"{(options.While is null ? "until" : "while")} {options.While ?? options.Until}", columns, context)
    {
        (_isUntil, _condition, _held) = (options.While is null, condition, new(rows, Input));
        _decides = [.. Input.Signals.Select((_, signal) => condition.Reads(signal))];
        if (Array.TrueForAll(_decides, static decides => !decides)) Array.Fill(_decides, true); // as of a time of day
        _truth = new double[Math.Max(Input.MaxRows, rows.MaxRows)];
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <summary>Of one instant that which decides comes first, so that it is true of the others; where it ends the window they are in, last.</summary>
    public override IReadOnlyList<byte>? Ranks => [.. Input.Signals.Select((_, signal) => (byte)(_decides[signal] == _isUntil ? 1 : 0))];

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => ReportOpen(_groups.Where(g => g.IsOpen).Sum(g => g.Content.Count));

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (Routes.AreBehind) Routes.Meet(static () => int.MaxValue);
        while (_groups.Count < Output.Keys.Count) _groups.Add(new(new(Columns)));
        _now = Clock.Now;
        for (var from = 0; from < batch.Count;)
        {
            var held = _held.After(batch, from, Routes.ByKey);
            _condition.Compute(held, _truth.AsSpan(from));
            from += held.Count;
            held.Release();
        }

        TakeEach(batch, output);
        if (_due == long.MaxValue && batch.Count > 0) _due = _now + Math.Max(1, Idle / 4);
        batch.Release();
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        var open = false;
        foreach (var number in InOrder())
        {
            if (number >= _groups.Count || !_groups[number].IsOpen) continue;
            open = true;
            var group = _groups[number];
            if (group.IsShown || now - group.LastInput < Idle) continue;
            group.IsShown = true;
            if (!group.Content.IsEmpty) Emit(number, group.Newest, Pane.Early, 0, output);
        }

        _due = open ? now + Math.Max(1, Idle / 4) : long.MaxValue;
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var number in InOrder())
            if (number < _groups.Count && _groups[number].IsOpen) End(number, _groups[number].Newest, 0, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        _condition.Save(state);
        state.Write((long)_groups.Count);
        for (var number = 0; number < _groups.Count; number++)
        {
            var group = _groups[number];
            state.WriteDevice(Output.Keys, number).Write(group.Newest).Write(group.IsOpen).Write(group.Start).Write((long)group.Shown);
            group.Content.Save(state, KindOf, Input.Codes);
            _held.Save(number, state);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        _condition.Restore(state);
        for (var left = state.Long(); left > 0; left--)
        {
            var number = state.Device(Output.Keys);
            while (_groups.Count <= number) _groups.Add(new(new(Columns)));
            var group = _groups[number];
            (group.Newest, group.IsOpen, group.Start, group.Shown, group.LastInput) = (state.Long(), state.Bool(), state.Long(), state.Int(), Clock.Now);
            group.Content.Restore(state, KindOf, Input.Codes);
            _held.Restore(number, state);
        }

        _due = Clock.Now + Math.Max(1, Idle / 4);
    }

    /// <inheritdoc/>
    protected override Tally? Before(Batch batch, int row, KeyRoute route, Output output)
    {
        var (group, at) = (_groups[route.Group], batch.Time[row]);
        if (at < group.Newest) return Late;
        (group.Newest, group.LastInput, group.IsShown) = (at, _now, false);
        // Where it cannot be told, because a value is missing, all stays as it was.
        if (!_isUntil && _truth[row] == 0 && group.IsOpen) End(route.Group, at, batch.Source, output);
        if (!group.IsOpen && (_isUntil || _truth[row] == 1)) (group.IsOpen, group.Start) = (true, at);
        return null;
    }

    /// <inheritdoc/>
    protected override Tally? Take(int key, KeyRoute route, in WindowReading reading, int source, Output output)
    {
        if (!_groups[route.Group].IsOpen) return Between;
        _groups[route.Group].Content.Add(route.Signal, reading);
        return null;
    }

    /// <inheritdoc/>
    protected override void NoteBad(KeyRoute route, long at)
    {
        if (_groups[route.Group].IsOpen) _groups[route.Group].Content.AddBad(route.Signal);
    }

    /// <inheritdoc/>
    protected override void After(Batch batch, int row, KeyRoute route, Output output)
    {
        if (_isUntil && _truth[row] == 1 && _decides[Input.Keys.SignalOf[batch.Key[row]]] && batch.Time[row] == _groups[route.Group].Newest) End(route.Group, batch.Time[row], batch.Source, output);
    }

    Tally Between => field ??= Books.Reason("between_windows");

    /// <summary>The window is over. One in which nothing was computed has no row.</summary>
    void End(int number, long at, int source, Output output)
    {
        var group = _groups[number];
        if (!group.Content.IsEmpty) Emit(number, at, Pane.OnTime, source, output);
        group.Content.Clear();
        (group.IsOpen, group.Shown) = (false, 0);
    }

    void Emit(int number, long end, Pane pane, int source, Output output)
    {
        var group = _groups[number];
        Add(number, group.Start, end, end - group.Start, pane, group.Shown++, group.Content.Summary, source, output);
    }

    /// <summary>One group: its newest reading, and its window if it is in one.</summary>
    sealed class Open(Content content)
    {
        public Content Content { get; } = content;

        public long Newest { get; set; } = long.MinValue;

        public long LastInput { get; set; }

        public long Start { get; set; }

        public bool IsOpen { get; set; }

        public bool IsShown { get; set; }

        public int Shown { get; set; }
    }
}
