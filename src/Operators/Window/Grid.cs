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
sealed class FixedGrid(long every, long length, long offset) : Grid
{
    readonly long _pane = Gcd(every, length);

    /// <inheritdoc/>
    public override long PanesOfWindow => length / _pane;

    /// <inheritdoc/>
    public override long Margin => Math.Abs(offset) + 2 * (every + length);

    /// <inheritdoc/>
    public override long LastStart(long time) => Nanoseconds.FloorDiv(time - offset, every) * every + offset;

    /// <inheritdoc/>
    public override long FirstEndingAfter(long time) => LastStart(time - length) + every;

    /// <inheritdoc/>
    public override long NextStart(long start) => start + every;

    /// <inheritdoc/>
    public override long EndOf(long start) => start + length;

    /// <inheritdoc/>
    public override long PaneOf(long time) => Nanoseconds.FloorDiv(time - offset, _pane);

    /// <inheritdoc/>
    public override long StartOf(long pane) => pane * _pane + offset;

    /// <inheritdoc/>
    public override string ToString() => $"{every} {length} {offset}";

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
