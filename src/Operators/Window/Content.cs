namespace StreamEdge;

/// <summary>What a window holds that is no grid's: sums of each signal, and first and last values where they are wanted.</summary>
sealed class Content(WindowColumns columns)
{
    readonly Moments[] _moments = new Moments[columns.Signals.Count];
    readonly Ends[] _ends = columns.NeedsEnds ? new Ends[columns.Signals.Count] : [];
    readonly Detail?[] _details = columns.NewDetails();

    public Summary Summary => new(_moments, _ends, _details);

    public bool IsEmpty => Count == 0;

    /// <summary>How many readings it holds.</summary>
    public long Count => Summary.Count;

    public void Add(int signal, in WindowReading reading)
    {
        if (columns.NeedsEnds) _ends[signal].Add(reading.Time, reading.Slot, _moments[signal].Count == 0);
        if (columns.NeedsDetails) _details[signal]?.Add(reading);
        _moments[signal].Add(reading.Number);
    }

    /// <summary>A reading came that was too bad to be taken.</summary>
    public void AddBad(int signal)
    {
        if (columns.NeedsDetails) _details[signal]?.AddBad();
    }

    public void Add(Content other)
    {
        for (var signal = 0; signal < _moments.Length; signal++)
        {
            if (columns.NeedsDetails && other._details[signal] is { } detail) _details[signal]!.Add(detail);
            if (other._moments[signal].Count == 0) continue;
            if (columns.NeedsEnds) _ends[signal].Add(other._ends[signal], _moments[signal].Count == 0);
            _moments[signal].Add(other._moments[signal]);
        }
    }

    public void Clear()
    {
        Array.Clear(_moments);
        Array.Clear(_ends);
        foreach (var detail in _details) detail?.Clear();
    }

    public void Save(StateWriter state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _moments.Length; signal++)
        {
            _moments[signal].Save(state);
            if (columns.NeedsEnds && _moments[signal].Count > 0) _ends[signal].Save(state, kindOf(signal), codes);
            if (columns.NeedsDetails) _details[signal]?.Save(state, kindOf(signal), codes);
        }
    }

    public void Restore(StateReader state, Func<int, Kind> kindOf, CodeTable codes)
    {
        for (var signal = 0; signal < _moments.Length; signal++)
        {
            _moments[signal].Restore(state);
            if (columns.NeedsEnds && _moments[signal].Count > 0) _ends[signal].Restore(state, kindOf(signal), codes);
            if (columns.NeedsDetails) _details[signal]?.Restore(state, kindOf(signal), codes);
        }
    }
}

/// <summary>A reading as a window takes it.</summary>
/// <param name="Time">Its instant.</param>
/// <param name="Slot">Its value as it is kept.</param>
/// <param name="Kind">What the slot holds.</param>
/// <param name="Quality">Its quality.</param>
readonly record struct WindowReading(long Time, double Slot, Kind Kind, Quality Quality)
{
    /// <summary>Its value as a number; 0 for a text.</summary>
    public double Number => StreamEdge.Slot.Number(Slot, Kind) is var number && double.IsNaN(number) ? 0 : number;

    /// <summary>Its value as a number that tells it from all others; of a text its code.</summary>
    public double Value => Kind == Kind.Text ? StreamEdge.Slot.Bits(Slot) : StreamEdge.Slot.Number(Slot, Kind);
}
