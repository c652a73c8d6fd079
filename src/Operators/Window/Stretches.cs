namespace StreamEdge;

/// <summary>
/// The readings of a window as stretches of time. A value holds until the next one, the last one until the window's end.
/// Where the value is known that holds when the window begins, it holds until the first reading; else nothing is known of
/// that time, and it does not count.
/// </summary>
readonly ref struct Stretches(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long end, long start, Carried before)
{
    readonly ReadOnlySpan<long> _times = times;
    readonly ReadOnlySpan<double> _values = values;

    long From => before.IsKnown ? start : _times[0];

    long Until => Math.Max(end, _times[^1]);

    /// <summary>The sum of value times seconds.</summary>
    public double Integral()
    {
        if (_values.IsEmpty) return double.NaN;
        var sum = before.IsKnown ? before.Value * SeriesOf.Seconds(start, _times[0]) : 0;
        for (var at = 0; at < _values.Length; at++) sum += _values[at] * SeriesOf.Seconds(_times[at], Next(at));
        return sum;
    }

    /// <summary>The mean in which a value counts for as long as it held.</summary>
    public double Mean() => _values.IsEmpty ? double.NaN : Until > From ? Integral() / SeriesOf.Seconds(From, Until) : _values[^1];

    /// <summary>For how many seconds it had a value.</summary>
    public double TimeIn(double wanted)
    {
        if (_values.IsEmpty) return double.NaN;
        var sum = before.IsKnown && before.Value == wanted ? SeriesOf.Seconds(start, _times[0]) : 0;
        for (var at = 0; at < _values.Length; at++)
            if (_values[at] == wanted) sum += SeriesOf.Seconds(_times[at], Next(at));
        return sum;
    }

    long Next(int at) => at + 1 < _times.Length ? _times[at + 1] : Until;
}
