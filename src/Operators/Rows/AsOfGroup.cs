namespace StreamEdge;

/// <summary>
/// What is known of one group: of each column the readings in the order of their time, from the last one that the next
/// row may be made of; and the next row's instant.
/// </summary>
sealed class AsOfGroup : AlignGroup
{
    readonly AsOfRule _rule;
    readonly AsOfColumn[] _columns;

    public AsOfGroup(int number, int columns, AsOfRule rule) : base(number)
    {
        (_rule, _columns) = (rule, new AsOfColumn[columns]);
        for (var column = 0; column < columns; column++) _columns[column] = new AsOfColumn();
    }

    /// <summary>The instant of the next row; the greatest long while none is known.</summary>
    public long Next { get; private set; } = long.MaxValue;

    /// <summary>Rows up to this instant have left, or are given up.</summary>
    public long Made { get; private set; } = long.MinValue;

    /// <summary>The newest reading of all.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>How many readings are kept.</summary>
    public int Held { get; private set; }

    /// <inheritdoc/>
    public override bool Waits => Next <= Newest;

    /// <summary>Takes a reading; where there is one of its column and instant, that one comes back.</summary>
    public TimedValue? Add(int column, in TimedValue reading, long decided)
    {
        if (_columns[column].Add(reading) is { } first) return first;
        Held++;
        Newest = Math.Max(Newest, reading.Time);
        var next = _rule.To < 0 ? Nanoseconds.MultipleFrom(reading.Time, _rule.Every) : column == _rule.To ? reading.Time : long.MaxValue;
        Next = Math.Min(Next, next);
        Held -= _columns[column].Forget(Math.Min(Next, decided));
        return null;
    }

    /// <summary>Whether what comes from an instant on may still change the next row.</summary>
    public bool IsOpen(long decided)
    {
        if (_rule.How == AlignHow.Hold) return false;
        for (var column = 0; column < _columns.Length; column++)
            if (column != _rule.To && _columns[column].IsOpen(Next, decided, _rule)) return true;
        return false;
    }

    /// <summary>A column's value in the next row; null where it has none.</summary>
    public TimedValue? ValueOf(int column) => column == _rule.To ? _columns[column].At(Next, AlignHow.Hold, 0) : _columns[column].At(Next, _rule.How, _rule.Limit);

    /// <summary>The row of an instant has been made; what no later one needs is forgotten.</summary>
    public void Pass(long made, long watermark)
    {
        Made = made;
        FindNext();
        Forget(Math.Max(watermark, made + 1));
    }

    /// <summary>Gives up the instants before the second reading of a column, so that its first can be forgotten; false where no column has two.</summary>
    public bool ForgetFirst()
    {
        var least = long.MaxValue;
        foreach (var column in _columns) least = Math.Min(least, column.SecondTime);
        if (least == long.MaxValue) return false;
        Made = Math.Max(Made, least - 1);
        Forget(least);
        return true;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state, Schema rows)
    {
        state.Write(Made).Write(Newest);
        for (var column = 0; column < _columns.Length; column++) _columns[column].Save(state, rows.Columns[column].Kind, rows.Codes);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state, Schema rows)
    {
        (Made, Newest) = (state.Long(), state.Long());
        for (var column = 0; column < _columns.Length; column++) Held += _columns[column].Restore(state, rows.Columns[column].Kind, rows.Codes);
        FindNext();
    }

    void FindNext()
    {
        Next = long.MaxValue;
        if (_rule.To >= 0)
        {
            Next = _columns[_rule.To].TimeAfter(Made);
            return;
        }

        var from = Made == long.MinValue ? Nanoseconds.Min : Nanoseconds.MultipleFrom(Made + 1, _rule.Every);
        if (from == long.MaxValue) return;
        foreach (var column in _columns) Next = Math.Min(Next, column.FirstInstant(from, _rule));
    }

    void Forget(long decided)
    {
        foreach (var column in _columns) Held -= column.Forget(Math.Min(Next, decided));
    }
}

/// <summary>The readings of one column of a group, one per instant, in the order of their time.</summary>
sealed class AsOfColumn
{
    readonly List<TimedValue> _values = [];
    int _first; // those before it are forgotten, and taken away in bulk

    /// <summary>The time of the second reading; the greatest long where there is none.</summary>
    public long SecondTime => _first + 1 < _values.Count ? _values[_first + 1].Time : long.MaxValue;

    /// <summary>Takes a reading, most of which are the newest; where there is one of its instant, that one comes back.</summary>
    public TimedValue? Add(in TimedValue reading)
    {
        var place = _values.Count;
        while (place > _first && _values[place - 1].Time > reading.Time) place--;
        if (place > _first && _values[place - 1].Time == reading.Time) return _values[place - 1];
        _values.Insert(place, reading);
        return null;
    }

    /// <summary>The value as of an instant.</summary>
    public TimedValue? At(long at, AlignHow how, ulong limit)
    {
        var place = LastUntil(at);
        var before = place < _first ? (TimedValue?)null : _values[place];
        var after = place + 1 < _values.Count ? _values[place + 1] : (TimedValue?)null;
        if (how == AlignHow.Linear && before is { } from && from.Time < at)
            return after is { } to && (ulong)(to.Time - from.Time) <= limit ? from.OnLineTo(to, at) : null;
        if (before is { } last && (ulong)(at - last.Time) > limit) before = null;
        if (how != AlignHow.Nearest || after is not { } next || (ulong)(next.Time - at) > limit) return before;
        return before is { } near && (ulong)(at - near.Time) <= (ulong)(next.Time - at) ? near : next;
    }

    /// <summary>Whether the value as of an instant may still be changed by what comes from another one on.</summary>
    public bool IsOpen(long at, long decided, AsOfRule rule)
    {
        var place = LastUntil(at);
        if (place + 1 < _values.Count && _values[place + 1].Time <= decided) return false;
        var known = place >= _first ? (ulong)(at - _values[place].Time) : ulong.MaxValue;
        var ahead = (ulong)(decided - at);
        if (rule.How == AlignHow.Linear) return known > 0 && known <= rule.Limit && ahead <= rule.Limit - known;
        return ahead < known && ahead <= rule.Limit;
    }

    /// <summary>The time of the first reading behind an instant; the greatest long where there is none.</summary>
    public long TimeAfter(long instant)
    {
        var place = LastUntil(instant) + 1;
        return place < _values.Count ? _values[place].Time : long.MaxValue;
    }

    /// <summary>The first multiple of the period, from a given one on, at which there can be a value.</summary>
    public long FirstInstant(long from, AsOfRule rule)
    {
        var place = LastUntil(from);
        if (place >= _first && (ulong)(from - _values[place].Time) <= rule.Limit) return from;
        return place + 1 < _values.Count ? Nanoseconds.MultipleFrom(_values[place + 1].Time, rule.Every) : long.MaxValue;
    }

    /// <summary>Forgets what comes before the last reading until an instant; how many that were.</summary>
    public int Forget(long instant)
    {
        var was = _first;
        while (SecondTime <= instant) _first++;
        var forgotten = _first - was;
        if (_first > _values.Count / 2)
        {
            _values.RemoveRange(0, _first);
            _first = 0;
        }

        return forgotten;
    }

    public void Save(StateWriter state, Kind kind, CodeTable codes)
    {
        state.Write((long)(_values.Count - _first));
        for (var place = _first; place < _values.Count; place++)
            state.Write(_values[place].Time).WriteSlot(_values[place].Slot, kind, codes).Write((long)_values[place].Quality).Write((long)_values[place].Source);
    }

    /// <summary>Takes up what was saved; how many that were.</summary>
    public int Restore(StateReader state, Kind kind, CodeTable codes)
    {
        for (var left = state.Long(); left > 0; left--) _values.Add(new TimedValue(state.Long(), state.ReadSlot(kind, codes), (Quality)state.Long(), state.Int()));
        return _values.Count;
    }

    /// <summary>The place of the last reading until an instant, near the front; one before the first where there is none.</summary>
    int LastUntil(long instant)
    {
        var place = _first;
        while (place < _values.Count && _values[place].Time <= instant) place++;
        return place - 1;
    }
}
