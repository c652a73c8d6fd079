namespace StreamEdge;

/// <summary>The open instants of one group, oldest first: those that wait for signals, and those whose row has left.</summary>
sealed class SameTimeGroup(int number, int columns) : AlignGroup(number)
{
    readonly List<AlignInstant> _instants = [];
    int _closed; // so many at the front are closed; they are taken away in bulk
    int _waiting; // the index of the oldest that waits

    /// <summary>How many instants are open.</summary>
    public int Count => _instants.Count - _closed;

    /// <inheritdoc/>
    public override bool Waits => _waiting < _instants.Count;

    /// <summary>The place of the oldest that waits; <see cref="Count"/> where none does.</summary>
    public int FirstWaiting => _waiting - _closed;

    /// <summary>The newest instant that was closed because too many were open; later than the watermark where there was such.</summary>
    public long ClosedUpTo { get; private set; } = long.MinValue;

    /// <summary>An open instant by its place; 0 is the oldest.</summary>
    public AlignInstant this[int place] => _instants[_closed + place];

    /// <summary>The instant of that time, made where there is none. Most readings belong to the newest, so it looks from there.</summary>
    public AlignInstant At(long time, Stack<AlignInstant> free)
    {
        var place = _instants.Count;
        while (place > _closed && _instants[place - 1].Time > time) place--;
        if (place > _closed && _instants[place - 1].Time == time) return _instants[place - 1];
        if (!free.TryPop(out var instant)) instant = new AlignInstant(columns);
        instant.Begin(time);
        _instants.Insert(place, instant);
        _waiting = Math.Min(_waiting, place);
        return instant;
    }

    /// <summary>The instant's row has left.</summary>
    public void Left(AlignInstant instant)
    {
        instant.HasLeft = true;
        SkipLeft();
    }

    /// <summary>Closes the instants that the watermark has passed, and the oldest where too many are open. All of them have left.</summary>
    public void Close(long watermark, int maxOpen, Stack<AlignInstant> free)
    {
        while (Count > 0 && (this[0].Time < watermark || Count > maxOpen))
        {
            if (this[0].Time >= watermark) ClosedUpTo = this[0].Time;
            free.Push(this[0]);
            _closed++;
        }

        if (_closed <= _instants.Count / 2) return;
        _instants.RemoveRange(0, _closed);
        (_waiting, _closed) = (_waiting - _closed, 0);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state, Schema rows)
    {
        state.Write(ClosedUpTo).Write((long)Count);
        for (var place = 0; place < Count; place++) this[place].Save(state, rows);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state, Schema rows)
    {
        ClosedUpTo = state.Long();
        for (var open = state.Long(); open > 0; open--)
        {
            var instant = new AlignInstant(columns);
            instant.Restore(state, rows);
            _instants.Add(instant);
        }

        SkipLeft();
    }

    void SkipLeft()
    {
        while (Waits && _instants[_waiting].HasLeft) _waiting++;
    }
}

/// <summary>What has come for one instant of a group.</summary>
sealed class AlignInstant(int columns)
{
    public double[] Slots { get; } = new double[columns];

    public bool[] Has { get; } = new bool[columns];

    public long Time { get; private set; }

    /// <summary>How many signals are there.</summary>
    public int Count { get; private set; }

    /// <summary>The worst of them: a row is as good as that.</summary>
    public Quality Quality { get; private set; }

    /// <summary>The source of the first reading.</summary>
    public int Source { get; set; }

    /// <summary>Whether its row has been emitted.</summary>
    public bool HasLeft { get; set; }

    public void Begin(long time)
    {
        (Time, Count, Quality, HasLeft) = (time, 0, Quality.Good, false);
        Has.AsSpan().Clear();
    }

    public void Put(int column, double slot, Quality quality)
    {
        Has[column] = true;
        Slots[column] = slot;
        Count++;
        if (quality > Quality) Quality = quality;
    }

    public void Save(StateWriter state, Schema rows)
    {
        state.Write(Time).Write((long)Quality).Write((long)Source).Write(HasLeft);
        for (var column = 0; column < columns; column++)
        {
            state.Write(Has[column]);
            if (Has[column]) state.WriteSlot(Slots[column], rows.Columns[column].Kind, rows.Codes);
        }
    }

    public void Restore(StateReader state, Schema rows)
    {
        Begin(state.Long());
        (Quality, Source, HasLeft) = ((Quality)state.Long(), state.Int(), state.Bool());
        for (var column = 0; column < columns; column++)
            if (state.Bool()) Put(column, state.ReadSlot(rows.Columns[column].Kind, rows.Codes), Quality);
    }
}
