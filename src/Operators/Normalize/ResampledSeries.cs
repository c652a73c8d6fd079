namespace StreamEdge;

/// <summary>What is known of one signal of a device: the value before the next instant that is made, those behind it, and the sum of the period under way.</summary>
sealed class ResampledSeries(ResampledDevice device, int signal, int key)
{
    readonly Queue<TimedValue> _ahead = [];
    TimedValue _from, _last; // of the period under way
    double _sum;
    long _count;

    public ResampledDevice Device => device;

    public int Signal => signal;

    public int Key => key;

    /// <summary>The time of the newest value; the smallest instant where there is none.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>How many values wait behind the next instant.</summary>
    public int Waiting => _ahead.Count;

    /// <summary>The time of the first value that waits.</summary>
    public long? FirstAhead => _ahead.TryPeek(out var first) ? first.Time : null;

    /// <summary>Whether a good value of that time can be taken at once.</summary>
    public bool Takes(long time) => time >= Newest && time >= device.First && time <= device.Last;

    /// <summary>Whether the last value is that of an instant.</summary>
    public bool IsAt(long at) => _from.Time == at;

    /// <summary>Whether the last value is not so far from that time that no line can be drawn.</summary>
    public bool IsWithin(ulong limit, long time) => (ulong)(time - _from.Time) <= limit;

    /// <summary>Takes a good value that is not behind the next instant.</summary>
    public void Know(long time, double slot, int source) => (_from, Newest) = (new TimedValue(time, slot, Quality.Good, source), time);

    /// <summary>Takes a value that is not older than the newest.</summary>
    public void Add(in TimedValue point, long next)
    {
        if (_ahead.Count == 0 && point.Time <= next) _from = point;
        else _ahead.Enqueue(point);
        Newest = point.Time;
    }

    /// <summary>Adds a value to the sum of the period under way.</summary>
    public void AddToSum(in TimedValue point)
    {
        _last = point with { Quality = _count > 0 && _last.Quality > point.Quality ? _last.Quality : point.Quality };
        _sum += point.Slot;
        _count++;
    }

    /// <summary>The last value, unless it is too old.</summary>
    public TimedValue? Held(long at, ulong limit) => Newest > long.MinValue && (ulong)(at - _from.Time) <= limit ? _from : null;

    /// <summary>The value at that instant, or on the line between its neighbours, unless they are too far apart.</summary>
    public TimedValue? Between(long at, ulong limit)
    {
        Reach(at);
        if (Newest == long.MinValue || _from.Time > at) return null;
        if (_from.Time == at) return _from;
        return _ahead.TryPeek(out var to) && (ulong)(to.Time - _from.Time) <= limit ? _from.OnLineTo(to, at) : null;
    }

    /// <summary>The value at an instant on the line from the last value to a later one.</summary>
    public TimedValue LineTo(in TimedValue to, long at) => _from.Time == at ? _from : _from.OnLineTo(to, at);

    /// <summary>The values until that instant do not wait any more; how many those were.</summary>
    public int Reach(long at)
    {
        var reached = 0;
        for (; _ahead.TryPeek(out var first) && first.Time <= at; reached++) _from = _ahead.Dequeue();
        return reached;
    }

    /// <summary>The mean of the period, which is over.</summary>
    public TimedValue? TakeMean()
    {
        if (_count == 0) return null;
        var mean = _last with { Slot = _sum / _count };
        (_sum, _count) = (0, 0);
        return mean;
    }

    public void Save(StateWriter state)
    {
        state.Write(Newest).Write(_sum).Write(_count);
        Write(state, _from);
        Write(state, _last);
        state.Write((long)_ahead.Count);
        foreach (var point in _ahead) Write(state, point);
    }

    public void Restore(StateReader state)
    {
        (Newest, _sum, _count) = (state.Long(), state.Double(), state.Long());
        (_from, _last) = (Read(state), Read(state));
        for (var left = state.Long(); left > 0; left--) _ahead.Enqueue(Read(state));
    }

    static void Write(StateWriter state, in TimedValue point) => state.Write(point.Time).Write(point.Slot).Write((long)point.Quality).Write((long)point.Source);

    static TimedValue Read(StateReader state) => new(state.Long(), state.Double(), (Quality)state.Long(), state.Int());
}
