namespace StreamEdge;

/// <summary>
/// The two doors of one key, hung on the last kept reading: between <see cref="Low"/> and <see cref="High"/> lie the
/// slopes of all lines from it that pass within the tolerance of everything since.
/// </summary>
sealed class Door(int key, int signal, Tolerance tolerance, Kind kind)
{
    /// <summary>The last kept reading, and the newest one, which is kept where the next lies beyond the doors.</summary>
    public TimedValue Pivot, Candidate;
    public double PivotValue, CandidateValue, Low, High;
    public bool HasPivot, HasCandidate;
    public long LastTime = long.MinValue, LastInput;

    public int Key => key;

    public int Signal => signal;

    public PassedReadings Passed { get; } = new();

    /// <summary>Hangs the doors on a reading; on none where its value is missing or infinite.</summary>
    public void Begin(in TimedValue pivot, double value)
    {
        (Pivot, PivotValue, HasPivot, HasCandidate) = (pivot, value, double.IsFinite(value), false);
        (Low, High) = (double.NegativeInfinity, double.PositiveInfinity);
        Passed.Clear();
    }

    /// <summary>Lets no line pass any more, so that the candidate is kept.</summary>
    public void Shut() => (Low, High) = (double.PositiveInfinity, double.NegativeInfinity);

    /// <summary>Whether the line to this reading passes between the doors; one too steep for a number does not.</summary>
    public bool LeadsTo(long time, double value) => (value - PivotValue) / (ulong)(time - Pivot.Time) is var slope && double.IsFinite(slope) && slope >= Low && slope <= High;

    /// <summary>The usual case at once: the candidate is not needed, and a good number takes its place. What it is false of is looked at one by one.</summary>
    public bool Passes(in TimedValue reading, ulong heartbeat)
    {
        if (!HasCandidate || kind != Kind.Number || Pivot.Quality != Quality.Good || reading.Time <= LastTime || Since(Pivot, reading) >= heartbeat) return false;
        if (!LeadsTo(reading.Time, reading.Slot) || Passed.IsFull) return false;
        PassCandidate();
        (Candidate, CandidateValue, LastTime) = (reading, reading.Slot, reading.Time);
        Narrow();
        return true;
    }

    /// <summary>The candidate is left out.</summary>
    public void PassCandidate() => Passed.Add(Since(Pivot, Candidate), CandidateValue - PivotValue);

    /// <summary>Closes the doors as far as the candidate allows.</summary>
    public void Narrow()
    {
        var (rise, run, off) = (CandidateValue - PivotValue, (double)Since(Pivot, Candidate), tolerance.Of(CandidateValue));
        var (low, high) = ((rise - off) / run, (rise + off) / run);
        if (low > Low) Low = low;
        if (high < High) High = high;
    }

    /// <summary>Nanoseconds, right also where a long would overflow.</summary>
    public static ulong Since(in TimedValue from, in TimedValue to) => (ulong)(to.Time - from.Time);
}
