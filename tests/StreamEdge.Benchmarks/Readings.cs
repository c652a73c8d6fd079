namespace StreamEdge;

/// <summary>
/// The readings of W1 and W2: in memory, 1,000 keys, in time order but 1 % up to a second late; 100,000 a second of
/// event time, so 100 a second and key.
/// </summary>
sealed class Readings
{
    public const int Keys = 1000;
    public const double Min = -20, Max = 250;

    public Readings(int count)
    {
        (Time, Key, Value) = (new long[count], new int[count], new double[count]);
        const long start = 1_767_225_600_000_000_000; // 2026-01-01
        var random = new Random(42);
        for (var i = 0; i < count; i++)
        {
            var late = random.Next(100) == 0 ? random.NextInt64(1_000_000_000) : 0;
            Time[i] = start + i * 10_000L - late;
            Key[i] = random.Next(Keys);
            Value[i] = random.Next(50) == 0 ? 400 : Math.Round(20 + 60 * random.NextDouble(), 2);
        }
    }

    public long[] Time { get; }

    public int[] Key { get; }

    public double[] Value { get; }
}
