using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>
/// What a pane knows of one signal: enough for count, sum, mean, std, rms, min and max. Sums are of differences to the
/// pane's first value, which keeps the variance of large values with small spread exact (Chan, Golub and LeVeque,
/// "Algorithms for computing the sample variance", 1983).
/// </summary>
struct Moments
{
    public long Count;
    public double First, Sum, Squares, Min, Max;

    public readonly double Total => Count * First + Sum;

    public readonly double Mean => First + Sum / Count;

    /// <summary>Population variance; 0 for one value.</summary>
    public readonly double Variance => Math.Max(0, (Squares - Sum * Sum / Count) / Count);

    public readonly double Rms => Math.Sqrt(Variance + Mean * Mean);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        if (Count++ == 0)
        {
            First = Min = Max = value;
            Sum = Squares = 0;
            return;
        }

        var difference = value - First;
        Sum += difference;
        Squares += difference * difference;
        if (value < Min) Min = value;
        if (value > Max) Max = value;
    }

    public readonly void Save(StateWriter state) => state.Write(Count).Write(First).Write(Sum).Write(Squares).Write(Min).Write(Max);

    public void Restore(StateReader state) =>
        (Count, First, Sum, Squares, Min, Max) = (state.Long(), state.Double(), state.Double(), state.Double(), state.Double(), state.Double());

    /// <summary>Adds all values of a later pane; its sums are moved to this pane's first value.</summary>
    public void Add(in Moments other)
    {
        if (other.Count == 0) return;
        if (Count == 0)
        {
            this = other;
            return;
        }

        var shift = other.First - First;
        Squares += other.Squares + 2 * shift * other.Sum + other.Count * shift * shift;
        Sum += other.Sum + other.Count * shift;
        Count += other.Count;
        if (other.Min < Min) Min = other.Min;
        if (other.Max > Max) Max = other.Max;
    }
}

/// <summary>The first and last value of a pane by event time; of equal times the first and the last to come.</summary>
struct Ends
{
    public long FirstTime, LastTime;
    public double First, Last;

    public void Add(long time, double slot, bool isFirst)
    {
        if (isFirst || time < FirstTime) (FirstTime, First) = (time, slot);
        if (isFirst || time >= LastTime) (LastTime, Last) = (time, slot);
    }

    public void Add(in Ends other, bool isFirst)
    {
        if (isFirst || other.FirstTime < FirstTime) (FirstTime, First) = (other.FirstTime, other.First);
        if (isFirst || other.LastTime >= LastTime) (LastTime, Last) = (other.LastTime, other.Last);
    }

    public readonly void Save(StateWriter state, Kind kind, CodeTable codes) =>
        state.Write(FirstTime).WriteSlot(First, kind, codes).Write(LastTime).WriteSlot(Last, kind, codes);

    public void Restore(StateReader state, Kind kind, CodeTable codes) =>
        (FirstTime, First, LastTime, Last) = (state.Long(), state.ReadSlot(kind, codes), state.Long(), state.ReadSlot(kind, codes));
}
