namespace StreamEdge;

/// <summary>The two times of the gateway, both from one <see cref="TimeProvider"/>, so that tests turn the hands.</summary>
/// <param name="time">Where time comes from.</param>
public sealed class Clock(TimeProvider time)
{
    readonly long _start = time.GetTimestamp();
    readonly double _toNanoseconds = 1e9 / time.TimestampFrequency;

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Nanoseconds since the pipeline was made; never goes back. For timers, ages and deadlines.</summary>
    public long Now => (long)((Time.GetTimestamp() - _start) * _toNanoseconds);

    /// <summary>Waits so many nanoseconds: a millisecond at least, for timers count whole ones; 24 days at most, for they do not reach much further.</summary>
    public Task DelayAsync(long nanoseconds, CancellationToken cancel) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(nanoseconds / 1e6), 1, int.MaxValue)), Time, cancel);

    /// <summary>Unix nanoseconds UTC of the wall clock, which may jump. For stamps only.</summary>
    public long Wall => Nanoseconds.Of(Time.GetUtcNow());
}
