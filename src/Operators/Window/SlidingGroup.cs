namespace StreamEdge;

/// <summary>
/// The readings of a group in the order of their time, those first whose windows have been emitted; and the sums of the
/// newest window in two parts: those from each reading of the older part up to its end, and those of the newer part. A
/// reading that leaves takes the sums that began with it away, so nothing is ever subtracted: a window's sums are added
/// up from its own readings alone. Their error does not grow with what came before: of a mean and a variance it is some
/// 1e-16 times the number of readings in the window.
/// </summary>
sealed class SlidingGroup(Kind kind)
{
    Entry[] _entries = [];
    Note[] _notes = []; // beside the entries, once one is not as the rest
    int _head, _tail; // of the entries
    int _low, _middle, _high; // the window: older part LOW..MIDDLE, newer part MIDDLE..HIGH
    Moments[] _front = []; // of the older part, from each reading on
    int _first; // the reading that the first of them began with
    Moments _back; // of the newer part

    /// <summary>How many readings there are.</summary>
    public int Count => _tail - _head;

    /// <summary>The first one whose window has not been emitted.</summary>
    public int Next { get; private set; }

    /// <summary>Its time; <see cref="long.MaxValue"/> where there is none.</summary>
    public long NextTime => Next < Count ? _entries[_head + Next].Time : long.MaxValue;

    /// <summary>Readings before this instant may have been forgotten.</summary>
    public long KeptFrom { get; private set; } = long.MinValue;

    public long TimeOf(int place) => _entries[_head + place].Time;

    /// <summary>Takes a reading; its place, behind those of the same time.</summary>
    public int Insert(in WindowReading reading)
    {
        if (_tail == _entries.Length) MakeRoom();
        var at = _tail++;
        while (at > _head && _entries[at - 1].Time > reading.Time) at--;
        if (at < _tail - 1) MoveUp(at);
        _entries[at] = new(reading.Time, reading.Slot);
        if (_notes.Length > 0) _notes[at] = default;
        if (reading.Quality != Quality.Good) NoteOf(at).Quality = reading.Quality;
        if (at < _high) BeginAnew(at < _low ? _low + 1 : _low);
        if (at - _head < Next)
        {
            Next++;
            NoteOf(at).Further = -1;
        }

        return at - _head;
    }

    /// <summary>How often the window of a reading was emitted before; counts one more.</summary>
    public int Emit(int place)
    {
        ref var note = ref NoteOf(_head + place);
        return (place < Next ? 1 : 0) + note.Further++;
    }

    /// <summary>The window of the next reading: the sums of those from so long before it up to it. The reading counts as emitted.</summary>
    /// <param name="length">How long, the same every time.</param>
    /// <param name="revision">How often it was emitted before.</param>
    public Moments SumNext(long length, out int revision)
    {
        var until = _entries[_head + Next].Time;
        var from = until - length;
        for (; _high < _tail && _entries[_high].Time <= until; _high++) _back.Add(Number(_high));
        for (; _entries[_low].Time < from; _low++)
            if (_low == _middle) Turn();
        revision = _notes.Length > 0 ? _notes[_head + Next].Further : 0;
        Next++;
        if (_low == _middle) return _back;
        var sum = _front[_low - _first];
        sum.Add(_back);
        return sum;
    }

    /// <summary>The first and the last value of the window of which the sum was last asked.</summary>
    public Ends EndsOfNext() => EndsOf(_low, _high);

    /// <summary>The sums of all readings between two instants, both inside, added one by one.</summary>
    public Moments Sum(long from, long until, out Ends ends)
    {
        var sum = default(Moments);
        var (first, last) = (FirstFrom(from), FirstFrom(until + 1));
        for (var at = first; at < last; at++) sum.Add(Number(at));
        ends = EndsOf(first, last);
        return sum;
    }

    /// <summary>Adds all readings between two instants, both inside, to what is kept beside sums.</summary>
    public void AddTo(Detail detail, long from, long until)
    {
        for (var at = FirstFrom(from); at < _tail && _entries[at].Time <= until; at++)
            detail.Add(new WindowReading(_entries[at].Time, _entries[at].Slot, kind, _notes.Length > 0 ? _notes[at].Quality : Quality.Good));
    }

    /// <summary>Forgets the readings before an instant; returns how many.</summary>
    public int Forget(long before)
    {
        var forgotten = _head;
        KeptFrom = Math.Max(KeptFrom, before);
        for (; _head < _low && Next > 0 && _entries[_head].Time < before; _head++) Next--;
        return _head - forgotten;
    }

    public void Save(StateWriter state, CodeTable codes)
    {
        state.Write(KeptFrom).Write((long)Count).Write((long)Next).Write((long)_low - _head).Write((long)_middle - _head).Write((long)_high - _head).Write(_notes.Length > 0);
        for (var at = _head; at < _tail; at++)
        {
            state.Write(_entries[at].Time).WriteSlot(_entries[at].Slot, kind, codes);
            if (_notes.Length > 0) state.Write((long)_notes[at].Quality).Write((long)_notes[at].Further);
        }
    }

    public void Restore(StateReader state, CodeTable codes)
    {
        KeptFrom = state.Long();
        var (count, next, low, middle, high, hasNotes) = (state.Int(), state.Int(), state.Int(), state.Int(), state.Int(), state.Bool());
        for (var at = 0; at < count; at++)
        {
            Insert(new WindowReading(state.Long(), state.ReadSlot(kind, codes), kind, Quality.Good));
            if (hasNotes) NoteOf(at) = new() { Quality = (Quality)state.Long(), Further = state.Int() };
        }

        // The same parts are summed up in the same order, so that the sums are the same to the last bit.
        (Next, _low, _middle, _high) = (next, low, low, middle);
        Turn();
        for (_high = high; _middle < high; _middle++) _back.Add(Number(_middle));
        _middle = middle;
    }

    double Number(int at) => kind == Kind.Number ? _entries[at].Slot : new WindowReading(0, _entries[at].Slot, kind, Quality.Good).Number;

    /// <summary>The first reading of an instant or a later one.</summary>
    int FirstFrom(long time)
    {
        var (low, high) = (_head, _tail);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].Time < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    ref Note NoteOf(int at)
    {
        if (_notes.Length == 0) _notes = new Note[_entries.Length];
        return ref _notes[at];
    }

    Ends EndsOf(int first, int last)
    {
        if (first >= last) return default;
        var (oldest, newest) = (_entries[first], _entries[last - 1]);
        return new() { FirstTime = oldest.Time, First = oldest.Slot, LastTime = newest.Time, Last = newest.Slot };
    }

    /// <summary>The older part is used up: the newer one takes its place, summed up from its end.</summary>
    void Turn()
    {
        if (_front.Length < _high - _middle) _front = new Moments[Math.Max(_high - _middle, 2 * _front.Length)];
        _first = _middle;
        var sum = default(Moments);
        for (var at = _high - 1; at >= _middle; at--)
        {
            ref var one = ref _front[at - _first];
            one = default;
            one.Add(Number(at));
            one.Add(sum);
            sum = one;
        }

        (_middle, _back) = (_high, default);
    }

    /// <summary>A reading came among those that are summed up, or before them: they are summed up again.</summary>
    void BeginAnew(int low) => (_low, _middle, _high, _back) = (low, low, low, default);

    void MoveUp(int at)
    {
        Array.Copy(_entries, at, _entries, at + 1, _tail - 1 - at);
        if (_notes.Length > 0) Array.Copy(_notes, at, _notes, at + 1, _tail - 1 - at);
    }

    /// <summary>Moves the readings to the beginning, or where they fill most of the room into twice as much.</summary>
    void MakeRoom()
    {
        var count = Count;
        var isRoomy = _head > 0 && _head >= _entries.Length / 4;
        _entries = Moved(_entries, _head, count, isRoomy);
        if (_notes.Length > 0) _notes = Moved(_notes, _head, count, isRoomy);
        (_low, _middle, _high, _first, _head, _tail) = (_low - _head, _middle - _head, _high - _head, _first - _head, 0, count);

        static T[] Moved<T>(T[] old, int from, int count, bool isRoomy)
        {
            var moved = isRoomy ? old : new T[Math.Max(8, 2 * count)];
            Array.Copy(old, from, moved, 0, count);
            return moved;
        }
    }

    readonly record struct Entry(long Time, double Slot);

    /// <summary>What is rare.</summary>
    struct Note
    {
        public Quality Quality;

        /// <summary>How often its window was emitted besides the one time when the clock had passed it.</summary>
        public int Further;
    }
}
