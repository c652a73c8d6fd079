namespace StreamEdge;

/// <summary>Treats a block of readings in place; tells how many are left.</summary>
delegate int OperatorLoop(Span<long> time, Span<int> key, Span<double> value);

/// <summary>What one would write by hand for one step of one signal: the yardsticks of <see cref="OperatorBenchmark"/>.</summary>
static class OperatorLoops
{
    const int Devices = OperatorBenchmark.Devices;

    public static int OutOfRange(Span<long> time, Span<int> key, Span<double> value)
    {
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (value[row] < -20 || value[row] > 250) continue;
            (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
            kept++;
        }

        return kept;
    }

    public static int Keep(Span<long> time, Span<int> key, Span<double> value)
    {
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (!(value[row] > 15 && value[row] < 100)) continue;
            (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
            kept++;
        }

        return kept;
    }

    public static OperatorLoop Duplicates()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (lastTime[key[row]] == time[row] && lastValue[key[row]] == value[row]) continue;
                (lastTime[key[row]], lastValue[key[row]]) = (time[row], value[row]);
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    public static OperatorLoop MaxChange()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var seconds = (time[row] - lastTime[key[row]]) / 1e9;
                if (lastTime[key[row]] > 0 && Math.Abs(value[row] - lastValue[key[row]]) > 50 * seconds) continue;
                (lastTime[key[row]], lastValue[key[row]]) = (time[row], value[row]);
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    public static OperatorLoop Stuck()
    {
        var (since, last) = (new long[Devices], new double[Devices]);
        var after = 600 * Nanoseconds.Second;
        return (time, key, value) =>
        {
            var stuck = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (value[row] != last[key[row]]) (since[key[row]], last[key[row]]) = (time[row], value[row]);
                else if (time[row] - since[key[row]] >= after) stuck++;
            }

            return stuck;
        };
    }

    public static int Units(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] * (5 / 9.0)) - (160 / 9.0);
        return value.Length;
    }

    public static int Standardize(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] - 20) / 5;
        return value.Length;
    }

    /// <summary>With the heartbeat and the worst error of each device, which the step tells too.</summary>
    public static OperatorLoop Deadband()
    {
        var (last, keptTime, worst) = (new double[Devices], new long[Devices], new double[Devices]);
        var heartbeat = long.MaxValue;
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var error = Math.Abs(value[row] - last[key[row]]);
                if (error <= 5 && time[row] - keptTime[key[row]] < heartbeat)
                {
                    if (error > worst[key[row]]) worst[key[row]] = error;
                    continue;
                }

                (last[key[row]], keptTime[key[row]]) = (value[row], time[row]);
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    /// <summary>The median of the last eleven and their median distance from it, by insertion into order.</summary>
    public static OperatorLoop Spike()
    {
        const int Length = 11;
        var (rings, counts) = (new double[Devices * Length], new int[Devices]);
        var (sorted, distances) = (new double[Length], new double[Length]);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var ring = rings.AsSpan(key[row] * Length, Length);
                ring[counts[key[row]]++ % Length] = value[row];
                if (counts[key[row]] >= Length)
                {
                    Sort(ring, sorted);
                    var median = sorted[Length / 2];
                    for (var i = 0; i < Length; i++) distances[i] = Math.Abs(ring[i] - median);
                    Sort(distances, sorted);
                    if (Math.Abs(value[row] - median) > 5 * 1.4826 * sorted[Length / 2]) continue;
                }

                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };

        static void Sort(ReadOnlySpan<double> from, double[] to)
        {
            for (var i = 0; i < from.Length; i++)
            {
                var at = i;
                for (; at > 0 && to[at - 1] > from[i]; at--) to[at] = to[at - 1];
                to[at] = from[i];
            }
        }
    }

    public static OperatorLoop CounterReset()
    {
        var (last, added) = (new double[Devices], new double[Devices]);
        return (time, key, value) =>
        {
            for (var row = 0; row < value.Length; row++)
            {
                var raw = value[row];
                if (raw < last[key[row]]) added[key[row]] += last[key[row]];
                last[key[row]] = raw;
                value[row] = raw + added[key[row]];
            }

            return value.Length;
        };
    }

    public static OperatorLoop Fill()
    {
        var (last, lastTime) = (new double[Devices], new long[Devices]);
        return (time, key, value) =>
        {
            for (var row = 0; row < value.Length; row++)
            {
                if (double.IsNaN(value[row])) value[row] = last[key[row]];
                else (last[key[row]], lastTime[key[row]]) = (value[row], time[row]);
            }

            return value.Length;
        };
    }

    public static int Scale(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] * 1.0) - 4;
        return value.Length;
    }

    public static int Log(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = value[row] + 1 > 0 ? Math.Log(value[row] + 1) : double.NaN;
        return value.Length;
    }

    /// <summary>One value every two seconds, on the line between the readings around it.</summary>
    public static OperatorLoop Resample()
    {
        const long Every = 2 * Nanoseconds.Second;
        var (last, lastTime, next) = (new double[Devices], new long[Devices], new long[Devices]);
        var (times, keys, values) = (new long[4 * Batch.MaxRows], new int[4 * Batch.MaxRows], new double[4 * Batch.MaxRows]);
        return (time, key, value) =>
        {
            var made = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var k = key[row];
                if (lastTime[k] == 0 || time[row] - lastTime[k] > 10 * Every) next[k] = (time[row] + Every - 1) / Every * Every;
                for (; next[k] <= time[row]; next[k] += Every)
                {
                    var part = next[k] == time[row] ? 1 : (next[k] - lastTime[k]) / (double)(time[row] - lastTime[k]);
                    (times[made], keys[made], values[made]) = (next[k], k, last[k] + (part * (value[row] - last[k])));
                    made++;
                }

                (last[k], lastTime[k]) = (value[row], time[row]);
            }

            return made;
        };
    }

    public static int MinMax(Span<long> time, Span<int> key, Span<double> value)
    {
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] + 20) / 270;
        return value.Length;
    }

    /// <summary>The last kept reading, the newest, and the slopes between; those left out are kept for the worst error, which the step tells too.</summary>
    public static OperatorLoop SwingingDoor()
    {
        var doors = new (long Time, double Value, long NewTime, double NewValue, double Low, double High)[Devices];
        Array.Fill(doors, (0, 0, 0, 0, double.NegativeInfinity, double.PositiveInfinity));
        var (passed, worst) = (Enumerable.Range(0, Devices).Select(_ => new List<(double Run, double Rise)>()).ToArray(), 0.0);
        return (time, key, value) =>
        {
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                ref var door = ref doors[key[row]];
                var slope = (value[row] - door.Value) / (time[row] - door.Time);
                if (!(slope >= door.Low && slope <= door.High))
                {
                    (time[kept], value[kept], key[kept]) = (door.NewTime, door.NewValue, key[row]);
                    kept++;
                    var line = (door.NewValue - door.Value) / (door.NewTime - door.Time);
                    foreach (var (past, rise) in passed[key[row]]) worst = Math.Max(worst, Math.Abs(rise - line * past));
                    passed[key[row]].Clear();
                    (door.Time, door.Value, door.Low, door.High) = (door.NewTime, door.NewValue, double.NegativeInfinity, double.PositiveInfinity);
                }
                else
                {
                    passed[key[row]].Add((door.NewTime - door.Time, door.NewValue - door.Value));
                }

                (door.NewTime, door.NewValue) = (time[row], value[row]);
                double run = time[row] - door.Time;
                door.Low = Math.Max(door.Low, (value[row] - door.Value - 5) / run);
                door.High = Math.Min(door.High, (value[row] - door.Value + 5) / run);
            }

            return kept;
        };
    }

    public static OperatorLoop Downsample()
    {
        const long Every = 10 * Nanoseconds.Second;
        var (end, first, sum, count) = (new long[Devices], new long[Devices], new double[Devices], new int[Devices]);
        return (time, key, value) =>
        {
            var made = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var k = key[row];
                var (at, number) = (time[row], value[row]);
                if (at >= end[k])
                {
                    if (count[k] > 0)
                    {
                        (time[made], key[made], value[made]) = (first[k], k, sum[k] / count[k]);
                        made++;
                    }

                    (end[k], first[k], sum[k], count[k]) = ((at / Every + 1) * Every, at, 0, 0);
                }

                sum[k] += number;
                count[k]++;
            }

            return made;
        };
    }
}
