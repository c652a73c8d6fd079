namespace StreamEdge;

/// <summary>A value of a signal at an instant, as steps keep it that tell a signal's value between its readings.</summary>
/// <param name="Time">Its instant, Unix nanoseconds UTC.</param>
/// <param name="Slot">The value.</param>
/// <param name="Quality">Its quality.</param>
/// <param name="Source">The pipeline's source that it came from.</param>
public readonly record struct TimedValue(long Time, double Slot, Quality Quality, int Source)
{
    /// <summary>The number that lies at an instant on the line from this one to a later one, never beyond either; as good as the worse of the two.</summary>
    public TimedValue OnLineTo(in TimedValue to, long at)
    {
        var share = (ulong)(at - Time) / (double)(ulong)(to.Time - Time);
        var value = Slot * (1 - share) + to.Slot * share;
        value = double.MinNative(double.MaxNative(Slot, to.Slot), double.MaxNative(double.MinNative(Slot, to.Slot), value));
        return new TimedValue(at, value, Quality > to.Quality ? Quality : to.Quality, to.Source);
    }
}
