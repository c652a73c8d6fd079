namespace StreamEdge;

/// <summary>A session: <c>[start, end)</c>.</summary>
sealed class Session(Content content)
{
    public long Start { get; set; }

    public long End { get; set; }

    public Content Content { get; } = content;

    /// <summary>Whether it holds what has not been emitted.</summary>
    public bool IsOpen { get; set; }

    /// <summary>How often a row of this start was emitted.</summary>
    public int Emitted { get; set; }
}

/// <summary>The sessions of one group in the order of their start, and the readings that wait for the clock.</summary>
sealed class SessionGroup
{
    readonly List<(int Signal, WindowReading Reading)> _waiting = []; // in the order of their time, of equal ones as they came

    public List<Session> Sessions { get; } = [];

    public long? FirstWaiting => _waiting.Count > 0 ? _waiting[0].Reading.Time : null;

    /// <summary>Adds a reading to the newest session where that is open and the reading lies within it: no other can hold it, and none ends before.</summary>
    public bool TryJoin(int signal, in WindowReading reading, long gap)
    {
        if (Sessions.Count == 0 || Sessions[^1] is not { IsOpen: true } newest || reading.Time < newest.Start || reading.Time >= newest.End) return false;
        newest.Content.Add(signal, reading);
        newest.End = Math.Max(newest.End, reading.Time + gap);
        return true;
    }

    public void Wait(int signal, in WindowReading reading)
    {
        var at = _waiting.Count;
        while (at > 0 && _waiting[at - 1].Reading.Time > reading.Time) at--;
        _waiting.Insert(at, (signal, reading));
    }

    public (int Signal, WindowReading Reading) TakeWaiting()
    {
        var first = _waiting[0];
        _waiting.RemoveAt(0);
        return first;
    }

    public void SaveWaiting(StateWriter state, Func<int, Kind> kindOf, CodeTable codes)
    {
        state.Write((long)_waiting.Count);
        foreach (var (signal, reading) in _waiting) state.Write((long)signal).Write(reading.Time).WriteSlot(reading.Slot, kindOf(signal), codes).Write((long)reading.Quality);
    }

    public int RestoreWaiting(StateReader state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var signal = state.Int();
            _waiting.Add((signal, new WindowReading(state.Long(), state.ReadSlot(kindOf(signal), codes), kindOf(signal), (Quality)state.Long())));
        }

        return _waiting.Count;
    }
}
