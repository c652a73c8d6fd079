namespace StreamEdge;

/// <summary>A clock that stands still until it is turned, and then jumps. Nothing waits by it: whoever turns it looks what is due.</summary>
/// <param name="begin">Where it stands at first, Unix nanoseconds.</param>
sealed class VirtualTime(long begin) : TimeProvider
{
    long _ticks = TicksOf(begin);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);

    public override long GetTimestamp() => _ticks;

    /// <summary>Turns it to an instant, Unix nanoseconds; never back.</summary>
    public void TurnTo(long instant) => _ticks = Math.Max(_ticks, TicksOf(instant));

    /// <summary>Turns it on by a duration in nanoseconds.</summary>
    public void TurnBy(long nanoseconds) => _ticks += TicksOf(nanoseconds);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("nothing waits in a test");

    // Up, so that what is due at an instant is due when the clock has been turned to it.
    static long TicksOf(long nanoseconds) => Nanoseconds.FloorDiv(nanoseconds, 100) + (nanoseconds % 100 == 0 ? 0 : 1);
}
