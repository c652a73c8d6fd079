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
    double _run, _rise; // from the pivot to the candidate

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
    public bool LeadsTo(long time, double value) => LeadsTo((value - PivotValue) / (ulong)(time - Pivot.Time));

    /// <summary>The usual case at once: the candidate is not needed, and a good number takes its place. What it is false of is looked at one by one.</summary>
    public bool Passes(long time, double value, int source, ulong heartbeat)
    {
        if (!HasCandidate || kind != Kind.Number || Pivot.Quality != Quality.Good || time <= LastTime || Passed.IsFull) return false;
        var (run, rise) = ((ulong)(time - Pivot.Time), value - PivotValue);
        if (run >= heartbeat || !LeadsTo(rise / run)) return false;
        PassCandidate();
        Candidate = new TimedValue(time, value, Quality.Good, source);
        (CandidateValue, LastTime) = (value, time);
        Narrow(run, rise);
        return true;
    }

    /// <summary>The candidate is left out.</summary>
    public void PassCandidate() => Passed.Add(_run, _rise);

    /// <summary>Takes a candidate, and closes the doors as far as it allows.</summary>
    public void Take(in TimedValue candidate, double value)
    {
        (Candidate, CandidateValue, HasCandidate) = (candidate, value, true);
        Narrow(Since(Pivot, candidate), value - PivotValue);
    }

    /// <summary>Takes up a candidate that was saved; the doors are as it left them.</summary>
    public void Restore(in TimedValue candidate, double value)
    {
        (Candidate, CandidateValue) = (candidate, value);
        (_run, _rise) = (Since(Pivot, candidate), value - PivotValue);
    }

    bool LeadsTo(double slope) => double.IsFinite(slope) && slope >= Low && slope <= High;

    void Narrow(double run, double rise)
    {
        (_run, _rise) = (run, rise);
        var off = tolerance.Of(CandidateValue);
        var (low, high) = ((rise - off) / run, (rise + off) / run);
        if (low > Low) Low = low;
        if (high < High) High = high;
    }

    /// <summary>Nanoseconds, right also where a long would overflow.</summary>
    public static ulong Since(in TimedValue from, in TimedValue to) => (ulong)(to.Time - from.Time);
}
