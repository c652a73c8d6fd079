namespace StreamEdge;

/// <summary>
/// The readings left out since the last kept one, as far as they can be furthest from any line: the upper and the lower
/// side of their convex hull, relative to that reading. So the worst error is measured exactly, without keeping them all.
/// </summary>
sealed class PassedReadings
{
    /// <summary>Most corners of a side. Beyond it the door closes and a reading is kept, one of a thousand at most.</summary>
    const int MostCorners = 1024;

    readonly List<(double Run, double Rise)> _upper = [], _lower = [];

    public bool IsFull => _upper.Count == MostCorners || _lower.Count == MostCorners;

    public void Clear()
    {
        _upper.Clear();
        _lower.Clear();
    }

    public void Add(double run, double rise)
    {
        Add(_upper, run, rise, 1);
        Add(_lower, run, rise, -1);
    }

    /// <summary>How far the furthest of them lies from the line of this slope.</summary>
    public double WorstError(double slope)
    {
        var worst = 0.0;
        foreach (var (run, rise) in _upper) worst = Math.Max(worst, rise - slope * run);
        foreach (var (run, rise) in _lower) worst = Math.Max(worst, slope * run - rise);
        return worst;
    }

    public void Save(StateWriter state)
    {
        foreach (var side in new[] { _upper, _lower })
        {
            state.Write((long)side.Count);
            foreach (var (run, rise) in side) state.Write(run).Write(rise);
        }
    }

    public void Restore(StateReader state)
    {
        foreach (var side in new[] { _upper, _lower })
            for (var left = state.Long(); left > 0; left--) side.Add((state.Double(), state.Double()));
    }

    // The points come in the order of their run: a corner that lies on or inside the line from the one before it to the
    // new point is none any more (Andrew, 1979).
    static void Add(List<(double Run, double Rise)> side, double run, double rise, int sign)
    {
        while (side.Count >= 2)
        {
            var (a, b) = (side[^2], side[^1]);
            if (sign * ((b.Run - a.Run) * (rise - a.Rise) - (b.Rise - a.Rise) * (run - a.Run)) < 0) break;
            side.RemoveAt(side.Count - 1);
        }

        side.Add((run, rise));
    }
}
