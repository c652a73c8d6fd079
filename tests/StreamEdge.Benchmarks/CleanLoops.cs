namespace StreamEdge;

/// <summary>What one would write by hand for each clean step of one signal: the yardsticks of <see cref="OperatorBenchmark"/>.</summary>
static class CleanLoops
{
    const int Devices = OperatorBenchmark.Devices;

    public static int OutOfRange(Block block)
    {
        var (time, key, value) = block;
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (value[row] < -20 || value[row] > 250) continue;
            (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
            kept++;
        }

        return kept;
    }

    /// <summary>With those that are missing counted apart.</summary>
    public static OperatorLoop Keep()
    {
        var unknown = 0L;
        return block =>
        {
            var (time, key, value) = block;
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (!(value[row] > 15 && value[row] < 100))
                {
                    if (double.IsNaN(value[row])) unknown++;
                    continue;
                }

                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    public static int Quality(Block block)
    {
        var (time, key, value) = block;
        var quality = block.Quality.AsSpan(0, value.Length);
        var kept = 0;
        for (var row = 0; row < value.Length; row++)
        {
            if (quality[row] > StreamEdge.Quality.Good) continue;
            (time[kept], key[kept], value[kept], quality[kept]) = (time[row], key[row], value[row], quality[row]);
            kept++;
        }

        return kept;
    }

    public static OperatorLoop Duplicates()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        return block =>
        {
            var (time, key, value) = block;
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

    /// <summary>A ring of each device, in the order of time; a reading leaves when the newest is five seconds ahead of it, one that comes later at once.</summary>
    public static OperatorLoop Reorder()
    {
        const int Most = 64;
        const long Wait = 5 * Nanoseconds.Second;
        var (times, values) = (new long[Devices * Most], new double[Devices * Most]);
        var (head, count, passed) = (new int[Devices], new int[Devices], new long[Devices]);
        Array.Fill(passed, long.MinValue);
        var made = Block.Of(2 * Batch.MaxRows);
        return block =>
        {
            var (time, key, value) = block;
            var left = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, at) = (key[row], time[row]);
                if (at < passed[k])
                {
                    (made.Time[left], made.Key[left], made.Value[left]) = (at, k, value[row]);
                    left++;
                    continue;
                }

                var ringTime = times.AsSpan(k * Most, Most);
                var ringValue = values.AsSpan(k * Most, Most);
                var place = count[k]++;
                for (; place > 0 && ringTime[(head[k] + place - 1) % Most] > at; place--)
                    (ringTime[(head[k] + place) % Most], ringValue[(head[k] + place) % Most]) = (ringTime[(head[k] + place - 1) % Most], ringValue[(head[k] + place - 1) % Most]);
                (ringTime[(head[k] + place) % Most], ringValue[(head[k] + place) % Most]) = (at, value[row]);
                if (at - Wait <= passed[k] && count[k] < Most) continue;
                passed[k] = Math.Max(passed[k], at - Wait);
                for (; count[k] > 0 && (ringTime[head[k]] <= passed[k] || count[k] == Most); count[k]--)
                {
                    (made.Time[left], made.Key[left], made.Value[left]) = (ringTime[head[k]], k, ringValue[head[k]]);
                    left++;
                    head[k] = (head[k] + 1) % Most;
                }
            }

            block.Take(made);
            return left;
        };
    }

    /// <summary>Three that agree with each other are believed.</summary>
    public static OperatorLoop MaxChange()
    {
        var (lastTime, lastValue) = (new long[Devices], new double[Devices]);
        var (doubtedTime, doubted, agree) = (new long[Devices], new double[Devices], new int[Devices]);
        return block =>
        {
            var (time, key, value) = block;
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, at, number) = (key[row], time[row], value[row]);
                if (!double.IsNaN(number) && at >= lastTime[k])
                {
                    if (lastTime[k] > 0 && Math.Abs(number - lastValue[k]) > 50 * ((at - lastTime[k]) / 1e9))
                    {
                        agree[k] = agree[k] > 0 && Math.Abs(number - doubted[k]) <= 50 * ((at - doubtedTime[k]) / 1e9) ? agree[k] + 1 : 1;
                        (doubtedTime[k], doubted[k]) = (at, number);
                        if (agree[k] < 3) continue;
                    }

                    (lastTime[k], lastValue[k], agree[k]) = (at, number, 0);
                }

                (time[kept], key[kept], value[kept]) = (at, k, number);
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
        return block =>
        {
            var (time, key, value) = block;
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

    public static OperatorLoop Stuck()
    {
        var (since, last) = (new long[Devices], new double[Devices]);
        var after = 600 * Nanoseconds.Second;
        return block =>
        {
            var (time, key, value) = block;
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                if (value[row] != last[key[row]]) (since[key[row]], last[key[row]]) = (time[row], value[row]);
                else if (time[row] - since[key[row]] >= after) continue;
                (time[kept], key[kept], value[kept]) = (time[row], key[row], value[row]);
                kept++;
            }

            return kept;
        };
    }

    /// <summary>A late reading is given what was added at its time; what is no count becomes missing.</summary>
    public static OperatorLoop CounterReset()
    {
        var (last, lastTime, added, before) = (new double[Devices], new long[Devices], new double[Devices], new double[Devices]);
        return block =>
        {
            var (time, key, value) = block;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, raw) = (key[row], value[row]);
                if (double.IsNaN(raw)) continue;
                if (!(raw >= 0 && raw <= double.MaxValue))
                {
                    value[row] = double.NaN;
                    continue;
                }

                if (time[row] < lastTime[k])
                {
                    value[row] = raw + (raw > last[k] ? before[k] : added[k]);
                    continue;
                }

                if (raw < last[k]) (before[k], added[k]) = (added[k], added[k] + last[k]);
                (last[k], lastTime[k]) = (raw, time[row]);
                value[row] = raw + added[k];
            }

            return value.Length;
        };
    }

    /// <summary>The last known value, for a minute.</summary>
    public static OperatorLoop Fill()
    {
        const long Limit = 60 * Nanoseconds.Second;
        var (last, lastTime, filled) = (new double[Devices], new long[Devices], 0L);
        return block =>
        {
            var (time, key, value) = block;
            for (var row = 0; row < value.Length; row++)
            {
                var k = key[row];
                if (double.IsFinite(value[row]))
                {
                    if (time[row] >= lastTime[k]) (last[k], lastTime[k]) = (value[row], time[row]);
                }
                else if (double.IsNaN(value[row]) && time[row] - lastTime[k] is >= 0 and <= Limit)
                {
                    value[row] = last[k];
                    filled++;
                }
            }

            return value.Length;
        };
    }
}
