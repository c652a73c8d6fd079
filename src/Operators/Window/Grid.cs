namespace StreamEdge;

/// <summary>
/// Where windows begin and end, in Unix nanoseconds, and the panes that they are made of: spans that every window holds
/// whole. A start lies inside its window, an end outside.
/// </summary>
abstract class Grid
{
    /// <summary>Panes of the longest window.</summary>
    public abstract long PanesOfWindow { get; }

    /// <summary>So near the ends of time no window fits, nanoseconds.</summary>
    public abstract long Margin { get; }

    /// <summary>The start of the latest window that could hold the instant.</summary>
    public abstract long LastStart(long time);

    /// <summary>The start of the earliest window that ends behind the instant.</summary>
    public abstract long FirstEndingAfter(long time);

    /// <summary>The start of the next window.</summary>
    public abstract long NextStart(long start);

    /// <summary>The exclusive end of the window that starts there.</summary>
    public abstract long EndOf(long start);

    /// <summary>The number of the pane that holds the instant.</summary>
    public abstract long PaneOf(long time);

    /// <summary>The start of a pane.</summary>
    public abstract long StartOf(long pane);
}

/// <summary>
/// <c>[start, start + length)</c> for every start that is a whole number of <c>every</c> from the offset. Floor division
/// throughout, so that instants before 1970 fall right.
/// </summary>
sealed class FixedGrid : Grid
{
    readonly long _every, _length, _offset, _pane;
    readonly double _ofEvery, _ofPane; // one by these

    public FixedGrid(long every, long length, long offset)
    {
        (_every, _length, _offset, _pane) = (every, length, offset, Gcd(every, length));
        (_ofEvery, _ofPane) = (1.0 / every, 1.0 / _pane);
    }

    /// <inheritdoc/>
    public override long PanesOfWindow => _length / _pane;

    /// <inheritdoc/>
    public override long Margin => Math.Abs(_offset) + 2 * (_every + _length);

    /// <inheritdoc/>
    public override long LastStart(long time) => Number(time - _offset, _every, _ofEvery) * _every + _offset;

    /// <inheritdoc/>
    public override long FirstEndingAfter(long time) => LastStart(time - _length) + _every;

    /// <inheritdoc/>
    public override long NextStart(long start) => start + _every;

    /// <inheritdoc/>
    public override long EndOf(long start) => start + _length;

    /// <inheritdoc/>
    public override long PaneOf(long time) => Number(time - _offset, _pane, _ofPane);

    /// <inheritdoc/>
    public override long StartOf(long pane) => pane * _pane + _offset;

    /// <inheritdoc/>
    public override string ToString() => $"{_every} {_length} {_offset}";

    /// <summary>Floor division by multiplying, which costs a third: what rounding is off by, a few at most, is put right.</summary>
    static long Number(long time, long by, double ofBy)
    {
        if (by < 1000) return Nanoseconds.FloorDiv(time, by);
        var number = (long)(time * ofBy);
        var rest = time - number * by;
        for (; rest < 0; rest += by) number--;
        for (; rest >= by; rest -= by) number++;
        return number;
    }

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
