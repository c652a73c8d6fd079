namespace StreamEdge;

/// <summary>
/// Readings in memory, 100,000 a second of event time, in time order but 1 % up to a window late. Those of W1 and W2:
/// 1,000 keys in windows of a second, so 100 of a key in each.
/// </summary>
sealed class Readings
{
    const long Apart = 10_000; // nanoseconds
    public const double Min = -20, Max = 250;

    /// <param name="count">How many.</param>
    /// <param name="keys">Of how many keys.</param>
    /// <param name="inWindow">How many of a key there are in a window, on average.</param>
    public Readings(int count, int keys = 1000, int inWindow = 100)
    {
        (Keys, Window) = (keys, keys * inWindow * Apart);
        (Time, Key, Value) = (new long[count], new int[count], new double[count]);
        const long start = 1_767_225_600_000_000_000; // 2026-01-01
        var random = new Random(42);
        for (var i = 0; i < count; i++)
        {
            var late = random.Next(100) == 0 ? random.NextInt64(Window) : 0;
            Time[i] = start + i * Apart - late;
            Key[i] = random.Next(keys);
            Value[i] = random.Next(50) == 0 ? 400 : Math.Round(20 + 60 * random.NextDouble(), 2);
        }
    }

    public int Keys { get; }

    /// <summary>How long a window is, and how late a reading at most, nanoseconds.</summary>
    public long Window { get; }

    public long[] Time { get; }

    public int[] Key { get; }

    public double[] Value { get; }
}
