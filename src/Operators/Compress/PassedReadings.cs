namespace StreamEdge;

/// <summary>
/// The readings left out since the last kept one, as far as they can be furthest from any line: the upper and the lower
/// side of their convex hull, relative to that reading. So the worst error is measured exactly, without keeping them all.
/// </summary>
sealed class PassedReadings
{
    /// <summary>From so many corners of a side on the door closes and a reading is kept, one of a thousand at most.</summary>
    const int MostCorners = 1024;

    /// <summary>So many are kept as they are before the hull is built, as most lines are shorter; room for them is made as they come.</summary>
    const int LeastNew = 8, MostNew = 64;

    /// <summary>So many are gathered before they are added to a hull that there is.</summary>
    const int Further = 16;

    readonly Side _upper = new(1), _lower = new(-1);
    (double Run, double Rise)[] _new = [];
    int _count, _room; // there is a hull where the room is less than the array

    public bool IsFull { get; private set; }

    public void Clear()
    {
        _count = _upper.Count = _lower.Count = 0;
        (_room, IsFull) = (_new.Length, false);
    }

    public void Add(double run, double rise)
    {
        if (_count == _room) MakeRoom();
        _new[_count++] = (run, rise);
    }

    /// <summary>How far the furthest of them lies from the line of this slope.</summary>
    public double WorstError(double slope)
    {
        var worst = 0.0;
        foreach (var (run, rise) in _new.AsSpan(0, _count)) worst = Math.Max(worst, Math.Abs(rise - slope * run));
        return Math.Max(worst, Math.Max(_upper.WorstError(slope), _lower.WorstError(slope)));
    }

    void MakeRoom()
    {
        if (_room == _new.Length && _room < MostNew)
        {
            _room = Math.Max(LeastNew, 2 * _room);
            Array.Resize(ref _new, _room);
            return;
        }

        foreach (var (run, rise) in _new.AsSpan(0, _count))
        {
            _upper.Add(run, rise);
            _lower.Add(run, rise);
        }

        (_count, _room) = (0, Further);
        IsFull = _upper.Count >= MostCorners || _lower.Count >= MostCorners;
    }

    public void Save(StateWriter state)
    {
        _upper.Save(state);
        _lower.Save(state);
        state.Write((long)_count);
        foreach (var (run, rise) in _new.AsSpan(0, _count)) state.Write(run).Write(rise);
    }

    public void Restore(StateReader state)
    {
        _upper.Restore(state);
        _lower.Restore(state);
        IsFull = _upper.Count >= MostCorners || _lower.Count >= MostCorners;
        if (_upper.Count > 0) (_new, _room) = (new (double, double)[MostNew], Further);
        for (var left = state.Long(); left > 0; left--) Add(state.Double(), state.Double());
    }

    sealed class Side(int sign)
    {
        (double Run, double Rise)[] _corners = new (double, double)[4];

        public int Count { get; set; }

        // The points come in the order of their run: a corner that lies on or inside the line from the one before it to
        // the new point is none any more (Andrew, 1979).
        public void Add(double run, double rise)
        {
            var (corners, count) = (_corners, Count);
            for (; count >= 2; count--)
            {
                ref readonly var a = ref corners[count - 2];
                ref readonly var b = ref corners[count - 1];
                if (sign * ((b.Run - a.Run) * (rise - a.Rise) - (b.Rise - a.Rise) * (run - a.Run)) < 0) break;
            }

            if (count == corners.Length)
            {
                Array.Resize(ref _corners, 2 * count);
                corners = _corners;
            }

            corners[count] = (run, rise);
            Count = count + 1;
        }

        public double WorstError(double slope)
        {
            var worst = 0.0;
            foreach (var (run, rise) in _corners.AsSpan(0, Count)) worst = Math.Max(worst, sign * (rise - slope * run));
            return worst;
        }

        public void Save(StateWriter state)
        {
            state.Write((long)Count);
            foreach (var (run, rise) in _corners.AsSpan(0, Count)) state.Write(run).Write(rise);
        }

        public void Restore(StateReader state)
        {
            Count = 0;
            for (var left = state.Long(); left > 0; left--) Add(state.Double(), state.Double());
        }
    }
}
