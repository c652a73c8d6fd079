namespace StreamEdge;

/// <summary>The readings of a group in the order of their time, those first whose windows have been emitted; and the sums of the newest window.</summary>
sealed class SlidingGroup
{
    readonly List<Moments> _front = []; // the sums from each reading of the older part up to its end, the last reading first
    Entry[] _entries = [];
    int _head, _tail; // of the entries
    int _low, _middle, _high; // the window: older part LOW..MIDDLE, newer part MIDDLE..HIGH
    Moments _back; // of the newer part

    /// <summary>How many readings there are.</summary>
    public int Count => _tail - _head;

    /// <summary>The first one whose window has not been emitted.</summary>
    public int Next { get; set; }

    public WindowReading this[int place] => _entries[_head + place].Reading;

    /// <summary>Readings before this instant may have been forgotten.</summary>
    public long KeptFrom { get; private set; } = long.MinValue;

    /// <summary>Takes a reading; its place, behind those of the same time.</summary>
    public int Insert(in WindowReading reading)
    {
        if (_tail == _entries.Length) MakeRoom();
        var at = _tail++;
        for (; at > _head && _entries[at - 1].Reading.Time > reading.Time; at--) _entries[at] = _entries[at - 1];
        _entries[at] = new() { Reading = reading };
        if (at < _high) BeginAnew();
        if (at - _head < Next) Next++;
        return at - _head;
    }

    /// <summary>How often the window of a reading was emitted before; counts one more.</summary>
    public int Emit(int place) => _entries[_head + place].Emitted++;

    /// <summary>The sums of all readings between two instants, both inside, neither earlier than when last asked.</summary>
    public Moments SumInOrder(long from, long until)
    {
        for (; _high < _tail && _entries[_high].Reading.Time <= until; _high++) _back.Add(_entries[_high].Reading.Number);
        for (; _low < _high && _entries[_low].Reading.Time < from; _low++)
        {
            if (_low == _middle) Turn();
            _front.RemoveAt(_front.Count - 1);
        }

        if (_front.Count == 0) return _back;
        var sum = _front[^1];
        sum.Add(_back);
        return sum;
    }

    /// <summary>The first and the last value of the window of which the sum was last asked.</summary>
    public Ends EndsInOrder() => EndsOf(_low, _high);

    /// <summary>The same as <see cref="SumInOrder"/> for any two instants, one by one.</summary>
    public Moments Sum(long from, long until, out Ends ends)
    {
        var sum = default(Moments);
        var (first, last) = (-1, -1);
        for (var at = _head; at < _tail && _entries[at].Reading.Time <= until; at++)
        {
            if (_entries[at].Reading.Time < from) continue;
            sum.Add(_entries[at].Reading.Number);
            (first, last) = (first < 0 ? at : first, at + 1);
        }

        ends = EndsOf(first, last);
        return sum;
    }

    /// <summary>Adds all readings between two instants, both inside, to what is kept beside sums.</summary>
    public void AddTo(Detail detail, long from, long until)
    {
        for (var at = _head; at < _tail && _entries[at].Reading.Time <= until; at++)
            if (_entries[at].Reading.Time >= from) detail.Add(_entries[at].Reading);
    }

    /// <summary>Forgets the readings before an instant; returns how many.</summary>
    public int Forget(long before)
    {
        var forgotten = _head;
        KeptFrom = Math.Max(KeptFrom, before);
        for (; _head < _low && Next > 0 && _entries[_head].Reading.Time < before; _head++) Next--;
        return _head - forgotten;
    }

    public void Save(StateWriter state, Kind kind, CodeTable codes)
    {
        state.Write(KeptFrom).Write((long)Count).Write((long)Next).Write((long)_low - _head).Write((long)_middle - _head).Write((long)_high - _head);
        for (var at = _head; at < _tail; at++)
        {
            var reading = _entries[at].Reading;
            state.Write(reading.Time).WriteSlot(reading.Slot, kind, codes).Write((long)reading.Quality).Write((long)_entries[at].Emitted);
        }
    }

    public void Restore(StateReader state, Kind kind, CodeTable codes)
    {
        KeptFrom = state.Long();
        var (count, next, low, middle, high) = (state.Int(), state.Int(), state.Int(), state.Int(), state.Int());
        for (; count > 0; count--)
        {
            var place = Insert(new WindowReading(state.Long(), state.ReadSlot(kind, codes), kind, (Quality)state.Long()));
            _entries[_head + place].Emitted = state.Int();
        }

        // The same parts are summed up in the same order, so that the sums are the same to the last bit.
        (Next, _low, _middle, _high) = (next, low, low, middle);
        Turn();
        for (_high = high; _middle < high; _middle++) _back.Add(_entries[_middle].Reading.Number);
        _middle = middle;
    }

    Ends EndsOf(int first, int last)
    {
        if (first < 0 || first >= last) return default;
        var (oldest, newest) = (_entries[first].Reading, _entries[last - 1].Reading);
        return new() { FirstTime = oldest.Time, First = oldest.Slot, LastTime = newest.Time, Last = newest.Slot };
    }

    /// <summary>The older part is used up: the newer one takes its place, summed up from its end.</summary>
    void Turn()
    {
        var sum = default(Moments);
        for (var at = _high - 1; at >= _middle; at--)
        {
            var one = default(Moments);
            one.Add(_entries[at].Reading.Number);
            one.Add(sum);
            _front.Add(sum = one);
        }

        (_middle, _back) = (_high, default);
    }

    /// <summary>A reading came among those that are summed up.</summary>
    void BeginAnew()
    {
        _front.Clear();
        (_middle, _high, _back) = (_low, _low, default);
        if (_low > _head) _low = _middle = _high = _head;
    }

    void MakeRoom()
    {
        var count = Count;
        var entries = _head > 0 && _head >= _entries.Length / 4 ? _entries : new Entry[Math.Max(8, 2 * count)];
        Array.Copy(_entries, _head, entries, 0, count);
        (_low, _middle, _high, _head, _tail, _entries) = (_low - _head, _middle - _head, _high - _head, 0, count, entries);
    }

    struct Entry
    {
        public WindowReading Reading;
        public int Emitted;
    }
}
