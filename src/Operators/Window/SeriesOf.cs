using System.Buffers;

namespace StreamEdge;

/// <summary>What aggregates compute of readings in the order of their time. Where there are too few it is NaN.</summary>
static class SeriesOf
{
    /// <summary>The value that came most often; of several the one that came first.</summary>
    public static double Mode(ReadOnlySpan<double> values)
    {
        var rented = ArrayPool<double>.Shared.Rent(values.Length);
        var sorted = rented.AsSpan(0, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        var most = 0;
        for (var from = 0; from < sorted.Length; from += Alike(sorted[from..])) most = Math.Max(most, Alike(sorted[from..]));
        var mode = double.NaN;
        foreach (var value in values)
        {
            var at = sorted.BinarySearch(value);
            while (at > 0 && sorted[at - 1] == value) at--;
            if (Alike(sorted[at..]) != most) continue;
            mode = value;
            break;
        }

        ArrayPool<double>.Shared.Return(rented);
        return mode;

        static int Alike(ReadOnlySpan<double> sorted)
        {
            var count = 1;
            while (count < sorted.Length && sorted[count] == sorted[0]) count++;
            return count;
        }
    }

    /// <summary>How much it changed a second from the first value to the last.</summary>
    public static double Derivative(ReadOnlySpan<long> times, ReadOnlySpan<double> values) =>
        values.Length > 1 && times[^1] > times[0] ? (values[^1] - values[0]) / Seconds(times[0], times[^1]) : double.NaN;

    /// <summary>How much the straight line of least squares rises a second.</summary>
    public static double Slope(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        if (values.Length < 2) return double.NaN;
        var (time, value) = (0.0, 0.0);
        for (var at = 0; at < values.Length; at++) (time, value) = (time + Seconds(times[0], times[at]), value + values[at]);
        (time, value) = (time / values.Length, value / values.Length);
        var (both, square) = (0.0, 0.0);
        for (var at = 0; at < values.Length; at++)
        {
            var off = Seconds(times[0], times[at]) - time;
            (both, square) = (both + (off * (values[at] - value)), square + (off * off));
        }

        return square > 0 ? both / square : double.NaN;
    }

    /// <summary>How much a counter counted; one that falls has begun again at 0.</summary>
    public static double Increase(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return double.NaN;
        var sum = 0.0;
        for (var at = 1; at < values.Length; at++) sum += values[at] >= values[at - 1] ? values[at] - values[at - 1] : values[at];
        return sum;
    }

    /// <summary>How often the sign changed; at 0 it has not yet.</summary>
    public static long ZeroCrossings(ReadOnlySpan<double> values)
    {
        var (crossings, sign) = (0L, 0);
        foreach (var value in values)
        {
            var now = Math.Sign(value);
            if (now == 0) continue;
            if (sign != 0 && now != sign) crossings++;
            sign = now;
        }

        return crossings;
    }

    /// <summary>The fourth moment by the square of the variance: 3 for normal noise, 1.8 for even noise, more where there are shocks.</summary>
    public static double Kurtosis(ReadOnlySpan<double> values)
    {
        var (mean, second, fourth) = (0.0, 0.0, 0.0);
        foreach (var value in values) mean += value / values.Length;
        foreach (var value in values)
        {
            var square = (value - mean) * (value - mean);
            (second, fourth) = (second + square, fourth + (square * square));
        }

        return second > 0 ? fourth * values.Length / (second * second) : double.NaN;
    }

    public static double Seconds(long from, long until) => (until - from) / (double)Nanoseconds.Second;
}
