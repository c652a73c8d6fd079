namespace StreamEdge;

/// <summary>
/// Keeps the rows of each group and input in the order of their time, and decides about the oldest as soon as nothing
/// that may still come can change it: so the joined rows are the same however the two inputs take turns.
/// </summary>
sealed class Join : Operator
{
    readonly Schema[] _inputs;
    readonly int[][] _tags; // by input: of a group, among the tags of a row
    readonly ulong _within;
    readonly JoinKeep _keep;
    readonly int _maxHeld;
    readonly Clock _clock;
    readonly long _idle;
    readonly bool[] _ended = new bool[2];
    readonly List<JoinGroup> _groups = [];
    readonly PerKey<int>[] _groupOf = [new(-1), new(-1)]; // by input and key: -1 until it is met, -2 where the table is full
    readonly Stack<double[]>[] _free = [[], []]; // by input: slots of rows that have left
    readonly Outgoing _outgoing = new();
    readonly Tally _unmatched, _late, _duplicate, _provisional, _full;
    JoinGroup[] _inOrder = [];
    long _held, _early, _due = long.MaxValue;

    public Join(JoinOptions options, BuildContext context, Schema rows, IReadOnlyList<string> tags) : base(rows)
    {
        (_inputs, _within, _keep, _maxHeld) = ([.. context.Inputs], (ulong)Nanoseconds.Of(options.Within), options.Keep, options.MaxHeld);
        _tags = [.. _inputs.Select(i => tags.Select(t => i.Keys.TagNames.ToList().IndexOf(t)).ToArray())];
        (_clock, _idle) = (context.Clock, Nanoseconds.Of(context.Pipeline.Time.Idle));
        _unmatched = Books.Reason("unmatched");
        _late = Books.Reason("late");
        _duplicate = Books.Reason("duplicate");
        _provisional = Books.Reason("provisional");
        _full = Books.Reason("too_many_keys");
        StateShape = $"join {string.Join(',', rows.Columns.Select(c => c.Name))} by {string.Join(',', tags)} within {_within}";
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override bool EmitsInOrder => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => _early > 0 ? [("let go early", $"{_early:N0}, of groups of which more than {_maxHeld:N0} rows waited")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output) => Process(batch, 0, output);

    /// <inheritdoc/>
    public override void Process(Batch batch, int input, Output output)
    {
        var now = _clock.Now;
        _ended[input] = false;
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.Schema.HasWindow && batch.Pane[row] == Pane.Early) _provisional.Add();
            else if (GroupOf(input, batch.Key[row]) is not { } group) _full.Add();
            else if (batch.Time[row] < group.Sides[input].Newest) _late.Add();
            else if (batch.Time[row] == group.Sides[input].Newest) _duplicate.Add();
            else Take(batch, row, input, group, now, output);
        }

        if (_held > 0 && _due == long.MaxValue) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        foreach (var group in InOrder()) LetGo(group, now, output);
        _due = _held > 0 ? now + Math.Max(1, _idle / 4) : long.MaxValue;
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnInputEnd(int input, Output output)
    {
        _ended[input] = true;
        foreach (var group in InOrder()) LetGo(group, 0, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        OnInputEnd(0, output);
        OnInputEnd(1, output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups.Count);
        foreach (var group in _groups)
        {
            state.WriteDevice(Output.Keys, group.Number).Write(group.LastOut);
            for (var input = 0; input < 2; input++) group.Sides[input].Save(state, _inputs[input]);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var groups = state.Long(); groups > 0; groups--)
        {
            var group = GroupNumber(state.Device(Output.Keys));
            group.LastOut = state.Long();
            for (var input = 0; input < 2; input++) group.Sides[input].Restore(state, _inputs[input], _clock.Now);
            _held += group.Held;
        }

        if (_held > 0) _due = _clock.Now + Math.Max(1, _idle / 4);
    }

    void Take(Batch batch, int row, int input, JoinGroup group, long now, Output output)
    {
        if (!_free[input].TryPop(out var slots)) slots = new double[batch.Schema.Columns.Count];
        for (var column = 0; column < slots.Length; column++) slots[column] = batch.Column(column)[row];
        var end = batch.Schema.HasWindow ? batch.End[row] : 0;
        group.Sides[input].Add(new JoinRow(batch.Time[row], end, batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source, slots, now));
        _held++;
        LetGo(group, 0, output);
        if (group.Held <= _maxHeld) return;
        _early++;
        var oldest = group.Oldest;
        LetGoOne(group, oldest, group.Sides[oldest].Judge(group.Sides[1 - oldest], _within, isOver: true, otherIsOver: true), output);
        LetGo(group, 0, output);
    }

    /// <summary>Lets the rows of a group go that are decided, oldest first, up to the first that must wait.</summary>
    /// <param name="group">The group.</param>
    /// <param name="now">The time by which a silent side is told; 0 where that is not looked at.</param>
    /// <param name="output">Where to emit.</param>
    void LetGo(JoinGroup group, long now, Output output)
    {
        while (group.Held > 0)
        {
            var side = group.Oldest;
            var verdict = group.Sides[side].Judge(group.Sides[1 - side], _within, IsOver(group, side, side, now), IsOver(group, 1 - side, side, now));
            if (verdict == JoinVerdict.Wait) return;
            LetGoOne(group, side, verdict, output);
        }
    }

    /// <summary>Whether nothing is expected on a side: its input has ended, or neither has it given anything for long nor has the oldest row just come.</summary>
    bool IsOver(JoinGroup group, int side, int oldest, long now) =>
        _ended[side] || now > 0 && now - Math.Max(group.Sides[side].LastInput, group.Sides[oldest].First.Came) >= _idle;

    /// <summary>Lets the oldest row of a group go, alone or with its partner.</summary>
    void LetGoOne(JoinGroup group, int side, JoinVerdict verdict, Output output)
    {
        var row = group.Sides[side].Take();
        var isPair = verdict == JoinVerdict.Pair;
        JoinRow? partner = isPair ? group.Sides[1 - side].Take() : null;
        _held -= isPair ? 2 : 1;
        var (left, right) = side == 0 ? (row, partner) : (partner, (JoinRow?)row);
        var time = (left ?? right)!.Value.Time;
        if (!isPair && (_keep == JoinKeep.Both || (_keep == JoinKeep.Left && side == 1))) _unmatched.Add();
        else if (time <= group.LastOut) _late.Add(isPair ? 2 : 1); // it was waited for in vain, and what is behind it has left
        else
        {
            Emit(group, time, left, right, output);
            Books.Absorbed += isPair ? 2 : 1;
            Books.Created++;
        }

        if (left is { } l) _free[0].Push(l.Slots);
        if (right is { } r) _free[1].Push(r.Slots);
    }

    void Emit(JoinGroup group, long time, in JoinRow? left, in JoinRow? right, Output output)
    {
        var first = (left ?? right)!.Value;
        var rows = _outgoing.Next(output, first.Source);
        var row = rows.Count - 1;
        (rows.Time[row], rows.Key[row], group.LastOut) = (time, group.Number, time);
        if (Output.HasWindow) (rows.End[row], rows.Pane[row], rows.Revision[row]) = (first.End, Pane.OnTime, 0);
        var split = _inputs[0].Columns.Count;
        for (var column = 0; column < Output.Columns.Count; column++)
        {
            var slots = column < split ? left?.Slots : right?.Slots;
            rows.Column(column)[row] = slots?[column < split ? column : column - split] ?? Slot.MissingOf(Output.Columns[column].Kind);
        }

        var quality = left is { } l && right is { } r && r.Quality > l.Quality ? r.Quality : first.Quality;
        if (rows.HasQuality || quality != Quality.Good) rows.Quality[row] = quality;
    }

    /// <summary>The group of a row's key; null where the table of groups is full.</summary>
    JoinGroup? GroupOf(int input, int key)
    {
        ref var number = ref _groupOf[input][key];
        if (number >= 0) return _groups[number];
        if (number == -2) return null;
        var of = new string[_tags[input].Length];
        for (var tag = 0; tag < of.Length; tag++) of[tag] = _inputs[input].Keys.Tags(key)[_tags[input][tag]];
        var group = Output.Keys.Device(of);
        number = group < 0 ? -2 : group;
        return group < 0 ? null : GroupNumber(group);
    }

    JoinGroup GroupNumber(int number)
    {
        while (_groups.Count <= number) _groups.Add(new JoinGroup(_groups.Count));
        return _groups[number];
    }

    /// <summary>The groups in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    JoinGroup[] InOrder()
    {
        if (_inOrder.Length == _groups.Count) return _inOrder;
        _inOrder = [.. _groups];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a.Number), Output.Keys.Text(b.Number)));
        return _inOrder;
    }
}
