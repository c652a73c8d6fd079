namespace StreamEdge;

/// <summary>What one would write by hand for each compress step of one signal: the yardsticks of <see cref="OperatorBenchmark"/>.</summary>
static class CompressLoops
{
    const int Devices = OperatorBenchmark.Devices;

    /// <summary>With the heartbeat, late readings and the worst error of each device, which the step tells too.</summary>
    public static OperatorLoop Deadband()
    {
        var (last, lastTime, keptTime, worst) = (new double[Devices], new long[Devices], new long[Devices], new double[Devices]);
        var heartbeat = long.MaxValue;
        return block =>
        {
            var (time, key, value) = block;
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, at) = (key[row], time[row]);
                var error = Math.Abs(value[row] - last[k]);
                if (at > lastTime[k])
                {
                    lastTime[k] = at;
                    if (error <= 5 && at - keptTime[k] < heartbeat)
                    {
                        if (error > worst[k]) worst[k] = error;
                        continue;
                    }

                    (last[k], keptTime[k]) = (value[row], at);
                }

                (time[kept], key[kept], value[kept]) = (at, k, value[row]);
                kept++;
            }

            return kept;
        };
    }

    /// <summary>The last kept reading, the newest, and the slopes between; those left out are kept for the worst error, which the step tells too.</summary>
    public static OperatorLoop SwingingDoor()
    {
        var (doors, passed, worst) = (new Door[Devices], Enumerable.Range(0, Devices).Select(_ => new List<(double Run, double Rise)>()).ToArray(), 0.0);
        var full = Block.Of(2 * Batch.MaxRows);
        return block =>
        {
            var (time, key, value) = block;
            var kept = 0;
            for (var row = 0; row < value.Length; row++)
            {
                ref var door = ref doors[key[row]];
                var (k, at, number) = (key[row], time[row], value[row]);
                if (!door.IsHung || at <= door.NewTime || !double.IsFinite(number))
                {
                    if (at > door.NewTime)
                    {
                        if (door.HasNew) Keep(ref door, k, full, kept++);
                        (door.IsHung, door.Time, door.Value) = (double.IsFinite(number), at, number);
                        (door.HasNew, door.NewTime, door.Low, door.High) = (false, at, double.NegativeInfinity, double.PositiveInfinity);
                    }

                    (full.Time[kept], full.Key[kept], full.Value[kept]) = (at, k, number);
                    kept++;
                    continue;
                }

                if (door.HasNew)
                {
                    var slope = (number - door.Value) / (at - door.Time);
                    if (slope >= door.Low && slope <= door.High) passed[k].Add((door.NewTime - door.Time, door.NewValue - door.Value));
                    else Keep(ref door, k, full, kept++);
                }

                (door.HasNew, door.NewTime, door.NewValue) = (true, at, number);
                double run = at - door.Time;
                door.Low = Math.Max(door.Low, (number - door.Value - 5) / run);
                door.High = Math.Min(door.High, (number - door.Value + 5) / run);
            }

            block.Take(full);
            return kept;
        };

        void Keep(ref Door door, int key, Block full, int kept)
        {
            (full.Time[kept], full.Key[kept], full.Value[kept]) = (door.NewTime, key, door.NewValue);
            var line = (door.NewValue - door.Value) / (door.NewTime - door.Time);
            foreach (var (past, rise) in passed[key]) worst = Math.Max(worst, Math.Abs(rise - line * past));
            passed[key].Clear();
            (door.Time, door.Value, door.Low, door.High) = (door.NewTime, door.NewValue, double.NegativeInfinity, double.PositiveInfinity);
        }
    }

    /// <summary>The mean of ten seconds; what is late or no number passes as it is.</summary>
    public static OperatorLoop Downsample()
    {
        const long Every = 10 * Nanoseconds.Second;
        var (end, newest, first, sum, count) = (new long[Devices], new long[Devices], new long[Devices], new double[Devices], new int[Devices]);
        var full = Block.Of(2 * Batch.MaxRows);
        return block =>
        {
            var (time, key, value) = block;
            var made = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, at, number) = (key[row], time[row], value[row]);
                var (isLate, isNumber) = (at < newest[k], double.IsFinite(number));
                if (!isLate && (at >= end[k] || !isNumber))
                {
                    if (count[k] > 0)
                    {
                        (full.Time[made], full.Key[made], full.Value[made]) = (first[k], k, sum[k] / count[k]);
                        made++;
                    }

                    (end[k], first[k], sum[k], count[k]) = ((at / Every + 1) * Every, at, 0, 0);
                }

                if (isLate || !isNumber)
                {
                    (full.Time[made], full.Key[made], full.Value[made]) = (at, k, number);
                    made++;
                    continue;
                }

                newest[k] = at;
                sum[k] += number;
                count[k]++;
            }

            block.Take(full);
            return made;
        };
    }

    struct Door
    {
        public bool IsHung, HasNew;
        public long Time, NewTime;
        public double Value, NewValue, Low, High;
    }
}
