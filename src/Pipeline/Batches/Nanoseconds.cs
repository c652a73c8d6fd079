namespace StreamEdge;

/// <summary>Instants as Unix nanoseconds, 1678 to 2262; and durations as nanoseconds.</summary>
public static class Nanoseconds
{
    /// <summary>Nanoseconds of a second.</summary>
    public const long Second = 1_000_000_000;

    /// <summary>The smallest instant a reading may have (InfluxDB's own limit).</summary>
    public const long Min = -9_223_372_036_854_775_806;

    /// <summary>The largest instant a reading may have.</summary>
    public const long Max = 9_223_372_036_854_775_806;

    /// <summary>The instant as Unix nanoseconds; clamped to <see cref="Min"/>..<see cref="Max"/>.</summary>
    public static long Of(DateTimeOffset instant) =>
        Math.Clamp(instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, Min / 100, Max / 100) * 100;

    /// <summary>The duration in nanoseconds; clamped to the range of a long (292 years).</summary>
    public static long Of(TimeSpan duration) => Math.Clamp(duration.Ticks, long.MinValue / 100, long.MaxValue / 100) * 100;

    /// <summary>The instant, cut to the 100 ns that .NET keeps.</summary>
    public static DateTimeOffset ToInstant(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.DivRem(nanoseconds, 100, out var rest) - (rest < 0 ? 1 : 0));

    /// <summary>Floor division: -1 / 60 is -1, so instants before 1970 fall into the right window.</summary>
    public static long FloorDiv(long value, long by)
    {
        var quotient = value / by;
        return value - quotient * by < 0 ? quotient - 1 : quotient; // by the product: a second division would cost as much as the first
    }

    /// <summary>The last multiple of a period, counted from 1970-01-01 UTC, that is not after an instant; <see cref="Min"/> where there is none.</summary>
    public static long MultipleUntil(long time, long every) => time < Min + every ? Min : FloorDiv(time, every) * every;

    /// <summary>The first multiple of a period that is not before an instant; the greatest long where there is none.</summary>
    public static long MultipleFrom(long time, long every)
    {
        var before = MultipleUntil(time, every);
        return before == time ? time : before > Max - every ? long.MaxValue : before + every;
    }
}
