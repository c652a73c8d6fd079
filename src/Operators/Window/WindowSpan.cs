namespace StreamEdge;

/// <summary>
/// Where windows begin and end, in Unix nanoseconds: <c>[start, start + length)</c> for every start that is a whole
/// number of <c>every</c> from the offset. Floor division throughout, so that instants before 1970 fall right.
/// </summary>
readonly record struct WindowSpan(long Every, long Length, long Offset)
{
    /// <summary>The greatest span that every window holds whole.</summary>
    public long Pane { get; } = Gcd(Every, Length);

    /// <summary>The start of the latest window that could hold the instant.</summary>
    public long LastStart(long time) => Nanoseconds.FloorDiv(time - Offset, Every) * Every + Offset;

    /// <summary>The start of the earliest window that ends behind the instant.</summary>
    public long FirstEndingAfter(long time) => LastStart(time - Length) + Every;

    /// <summary>The number of the pane that holds the instant.</summary>
    public long PaneOf(long time) => Nanoseconds.FloorDiv(time - Offset, Pane);

    /// <summary>The start of a pane.</summary>
    public long StartOf(long pane) => pane * Pane + Offset;

    static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
