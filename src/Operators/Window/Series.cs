namespace StreamEdge;

/// <summary>The readings of a window in the order of their time, of equal times as they came. Bounded: of more than <see cref="Most"/> none are kept, and what is computed of them is missing.</summary>
sealed class Series
{
    /// <summary>Most readings of one signal in one window, or pane of one.</summary>
    public const int Most = 100_000;

    long[] _times = [];
    double[] _values = [];
    int _count;
    bool _tooMany;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, _count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count);

    public void Add(long time, double value)
    {
        if (_tooMany) return;
        if (_count == Most)
        {
            (_tooMany, _count) = (true, 0);
            return;
        }

        if (_count == _times.Length)
        {
            var length = Math.Max(32, 2 * _count);
            Array.Resize(ref _times, length);
            Array.Resize(ref _values, length);
        }

        var at = _count++;
        for (; at > 0 && _times[at - 1] > time; at--) (_times[at], _values[at]) = (_times[at - 1], _values[at - 1]);
        (_times[at], _values[at]) = (time, value);
    }

    public void Add(Series other)
    {
        if (other._tooMany) (_tooMany, _count) = (true, 0);
        for (var at = 0; at < other._count; at++) Add(other._times[at], other._values[at]);
    }

    public void Clear() => (_count, _tooMany) = (0, false);

    /// <summary>Texts are written as such, for their codes are another run's.</summary>
    public void Save(StateWriter state, Kind kind, CodeTable codes)
    {
        state.Write(_tooMany).Write(Times);
        for (var at = 0; at < _count; at++) state.WriteSlot(kind == Kind.Text ? Slot.Of((long)_values[at]) : _values[at], kind, codes);
    }

    public void Restore(StateReader state, Kind kind, CodeTable codes)
    {
        _tooMany = state.Bool();
        _times = state.Longs();
        _count = _times.Length;
        _values = new double[_count];
        for (var at = 0; at < _count; at++)
        {
            var slot = state.ReadSlot(kind, codes);
            _values[at] = kind == Kind.Text ? Slot.Bits(slot) : slot;
        }
    }
}
