namespace StreamEdge;

/// <summary>Local days, weeks, months or shifts, one after the other. A pane is a window; its number counts from 1970.</summary>
/// <param name="unit">What a window is.</param>
/// <param name="clock">The zone's clock.</param>
/// <param name="name">The same in words, for the shape of saved states.</param>
/// <param name="starts">Where the parts of a day begin, in seconds of the day, ascending.</param>
sealed class CalendarGrid(CalendarUnit unit, LocalClock clock, string name, int[] starts) : Grid
{
    const long DayOfSeconds = 86_400, DayOfNanoseconds = DayOfSeconds * Nanoseconds.Second;

    /// <summary>1970 began on a Thursday; its first ISO week on the Monday before.</summary>
    const int FirstMonday = -3;

    long _number, _start = long.MaxValue, _end = long.MinValue; // the window last looked at

    /// <inheritdoc/>
    public override long PanesOfWindow => 1;

    /// <inheritdoc/>
    public override long Margin => 100 * DayOfNanoseconds;

    /// <inheritdoc/>
    public override long LastStart(long time)
    {
        Find(time);
        return _start;
    }

    /// <inheritdoc/>
    public override long FirstEndingAfter(long time) => LastStart(time);

    /// <inheritdoc/>
    public override long NextStart(long start) => EndOf(start);

    /// <inheritdoc/>
    public override long EndOf(long start)
    {
        Find(start);
        return _end;
    }

    /// <inheritdoc/>
    public override long PaneOf(long time)
    {
        Find(time);
        return _number;
    }

    /// <inheritdoc/>
    public override long StartOf(long pane) => pane == _number && _start < _end ? _start : InstantOf(LocalStart(pane));

    /// <inheritdoc/>
    public override string ToString() => name;

    void Find(long time)
    {
        if (time >= _start && time < _end) return;
        // The local time tells the window but where clocks are set back over its start.
        var number = NumberAt(clock.SecondsAt(time));
        while (InstantOf(LocalStart(number)) > time) number--;
        while (InstantOf(LocalStart(number + 1)) <= time) number++;
        (_number, _start, _end) = (number, InstantOf(LocalStart(number)), InstantOf(LocalStart(number + 1)));
    }

    long NumberAt(long local)
    {
        var day = Nanoseconds.FloorDiv(local, DayOfSeconds);
        switch (unit)
        {
            case CalendarUnit.Day: return day;
            case CalendarUnit.Week: return Nanoseconds.FloorDiv(day - FirstMonday, 7);
            case CalendarUnit.Month:
                var date = DateTime.UnixEpoch.AddDays(day);
                return ((date.Year - 1970) * 12) + date.Month - 1;
            default:
                var part = starts.Length - 1;
                while (part >= 0 && starts[part] > local - (day * DayOfSeconds)) part--;
                return (day * starts.Length) + part; // before the first start it is the last part of the day before
        }
    }

    /// <summary>The local time at which a window starts, in seconds from 1970.</summary>
    long LocalStart(long number) => unit switch
    {
        CalendarUnit.Day => number * DayOfSeconds,
        CalendarUnit.Week => ((number * 7) + FirstMonday) * DayOfSeconds,
        CalendarUnit.Month => (new DateTime(1970 + (int)Nanoseconds.FloorDiv(number, 12), 1 + (int)(number - (Nanoseconds.FloorDiv(number, 12) * 12)), 1) - DateTime.UnixEpoch).Days * DayOfSeconds,
        _ => (Nanoseconds.FloorDiv(number, starts.Length) * DayOfSeconds) + starts[number - (Nanoseconds.FloorDiv(number, starts.Length) * starts.Length)],
    };

    /// <summary>The first instant at which the zone's clocks show a local time; the instant of the change where they skip it.</summary>
    long InstantOf(long local)
    {
        // No zone is further from UTC than 14 hours; within the days around there is one change at most.
        var (before, after) = ((local - (2 * DayOfSeconds)) * Nanoseconds.Second, (local + (2 * DayOfSeconds)) * Nanoseconds.Second);
        var first = (local - AheadAt(before)) * Nanoseconds.Second;
        if (clock.SecondsAt(first) == local) return first;
        var second = (local - AheadAt(after)) * Nanoseconds.Second;
        if (clock.SecondsAt(second) == local) return second;
        var (low, high) = (before / Nanoseconds.Second, after / Nanoseconds.Second);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (AheadAt(middle * Nanoseconds.Second) == AheadAt(before)) low = middle;
            else high = middle;
        }

        return high * Nanoseconds.Second;
    }

    long AheadAt(long time) => clock.SecondsAt(time) - Nanoseconds.FloorDiv(time, Nanoseconds.Second);
}
