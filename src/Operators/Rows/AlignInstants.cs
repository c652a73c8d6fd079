namespace StreamEdge;

// The half of align that emits: what leaves when, groups, saving.
sealed partial class Align
{
    Group[] _inOrder = [];

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_groups.Count);
        foreach (var group in _groups)
        {
            state.WriteDevice(Output.Keys, group.Number).Write(group.Watermark).Write(group.Last is not null).Write((long)group.Open.Count);
            if (group.Last is { } last) WriteInstant(state, last);
            foreach (var instant in group.Open) WriteInstant(state, instant);
        }

        _clocks?.Save(state, _input.Keys, Output.Keys);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var groups = state.Long(); groups > 0; groups--)
        {
            var group = GroupNumber(state.Device(Output.Keys));
            (group.Watermark, group.LastInput) = (state.Long(), _clock.Now);
            var (left, open) = (state.Bool(), state.Long());
            if (left) group.Last = ReadInstant(state);
            for (; open > 0; open--) group.Open.Add(ReadInstant(state));
            if (group.Open.Count > 0) _due = _clock.Now + Math.Max(1, _idle / 4);
        }

        _clocks?.Restore(state, _input.Keys, Output.Keys);
    }

    static Schema RowsOf(Schema input, IReadOnlyList<int> tags, IReadOnlyList<int> signals)
    {
        var keys = new KeyTable([.. tags.Select(t => input.Keys.TagNames[t])], signals: 0);
        return Schema.Rows(keys, input.Codes, [.. signals.Select(s => input.Signals[s]).Select(s => new Column(s.Name, s.Kind, s.Unit))], hasWindow: false);
    }

    /// <summary>Emits what can leave now that a row is complete, a watermark has moved, or too many wait.</summary>
    void Advance(Group group, Output output)
    {
        if (_clocks is { IsShared: true }) AdvanceAll(output);
        else LetGo(group, Ready(group), output);
    }

    /// <summary>The same for all groups, whose clock is one.</summary>
    void AdvanceAll(Output output)
    {
        foreach (var group in InOrder()) LetGo(group, Ready(group), output);
    }

    /// <summary>How many of the oldest instants are complete, waited out, or too many.</summary>
    int Ready(Group group)
    {
        var (open, watermark, ready) = (group.Open, Watermark(group), 0);
        while (ready < open.Count && (open[ready].Count == _signals.Length || open[ready].Time < watermark || open.Count - ready > _maxOpen)) ready++;
        return ready;
    }

    void LetGo(Group group, int count, Output output)
    {
        if (count == 0) return;
        for (var at = 0; at < count; at++) Emit(group, group.Open[at], output);
        if (group.Last is { } last) _free.Push(last);
        group.Last = group.Open[count - 1];
        for (var at = 0; at < count - 1; at++) _free.Push(group.Open[at]);
        group.Open.RemoveRange(0, count);
    }

    void Emit(Group group, Instant instant, Output output)
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

    Group GroupOf(int device)
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

    Group GroupNumber(int number)
    {
        while (_groups.Count <= number) _groups.Add(new Group(_groups.Count));
        return _groups[number];
    }

    /// <summary>The groups in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    Group[] InOrder()
    {
        if (_inOrder.Length == _groups.Count) return _inOrder;
        _inOrder = [.. _groups];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a.Number), Output.Keys.Text(b.Number)));
        return _inOrder;
    }

    void WriteInstant(StateWriter state, Instant instant)
    {
        state.Write(instant.Time).Write((long)instant.Quality).Write((long)instant.Source);
        for (var column = 0; column < _signals.Length; column++)
        {
            state.Write(instant.Has[column]);
            if (instant.Has[column]) state.WriteSlot(instant.Slots[column], Output.Columns[column].Kind, Output.Codes);
        }
    }

    Instant ReadInstant(StateReader state)
    {
        var instant = new Instant(_signals.Length);
        instant.Begin(state.Long());
        (instant.Quality, instant.Source) = ((Quality)state.Long(), state.Int());
        for (var column = 0; column < _signals.Length; column++)
        {
            if (!state.Bool()) continue;
            instant.Has[column] = true;
            instant.Slots[column] = state.ReadSlot(Output.Columns[column].Kind, Output.Codes);
            instant.Count++;
        }

        return instant;
    }

    sealed class Group(int number)
    {
        public int Number => number;

        /// <summary>Instants that wait for signals, oldest first.</summary>
        public List<Instant> Open { get; } = [];

        /// <summary>The last one that left, by which a repeated reading is told from a late one.</summary>
        public Instant? Last { get; set; }

        public long LastTime => Last?.Time ?? long.MinValue;

        /// <summary>Of a group that is one device.</summary>
        public long Watermark { get; set; } = long.MinValue;

        /// <summary>When, by the gateway's clock, it was last heard of.</summary>
        public long LastInput { get; set; }
    }

    /// <summary>What has come for one instant.</summary>
    sealed class Instant(int columns)
    {
        public double[] Slots { get; } = new double[columns];

        public bool[] Has { get; } = new bool[columns];

        public long Time { get; private set; }

        public int Count { get; set; }

        public Quality Quality { get; set; }

        public int Source { get; set; }

        public void Begin(long time)
        {
            (Time, Count, Quality) = (time, 0, Quality.Good);
            Has.AsSpan().Clear();
        }
    }
}
