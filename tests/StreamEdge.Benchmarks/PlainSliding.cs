namespace StreamEdge;

/// <summary>
/// The yardstick of windows of one reading each: the whole workload with <c>length: 1s</c> in one hand-written
/// single-threaded loop that gives the same rows. Each key has a ring in which readings are put in the order of their
/// time and wait a second; the sums are those of two stacks, as differences to the key's first value.
/// </summary>
sealed class PlainSliding(Readings readings)
{
    const double Scale = 5.0 / 9, Offset = -160.0 / 9;
    const long Second = Nanoseconds.Second;
    const int Ring = 1024, Mask = Ring - 1; // of a key, which has 200 readings in two seconds

    struct Sums
    {
        public double Sum, Squares, Min, Max;

        public static readonly Sums None = new() { Min = double.PositiveInfinity, Max = double.NegativeInfinity };

        public void Add(double value, double difference)
        {
            Sum += difference;
            Squares += difference * difference;
            Min = Math.Min(Min, value);
            Max = Math.Max(Max, value);
        }
    }

    struct State
    {
        public long Newest;
        public double First;
        public int Tail, Next, Low, Middle, High;
        public Sums Back;
        public bool IsMet;
    }

    /// <summary>One row per reading: count, mean, min, max, standard deviation of the second up to it.</summary>
    public Checksum Run()
    {
        var sum = default(Checksum);
        var (time, key, value) = (readings.Time, readings.Key, readings.Value);
        var states = new State[readings.Keys];
        var (times, values, front) = (new long[readings.Keys * Ring], new double[readings.Keys * Ring], new Sums[readings.Keys * Ring]);
        for (var i = 0; i < time.Length; i++)
        {
            var v = value[i];
            if (!(v >= Readings.Min && v <= Readings.Max)) continue;
            v = v * Scale + Offset;
            var (k, t) = (key[i], time[i]);
            ref var s = ref states[k];
            var ring = k * Ring;
            if (!s.IsMet) (s.IsMet, s.First, s.Back) = (true, v, Sums.None);
            else if (t < s.Newest - Second) continue;
            var at = s.Tail++;
            for (; at > s.Next && times[ring + ((at - 1) & Mask)] > t; at--)
                (times[ring + (at & Mask)], values[ring + (at & Mask)]) = (times[ring + ((at - 1) & Mask)], values[ring + ((at - 1) & Mask)]);
            (times[ring + (at & Mask)], values[ring + (at & Mask)]) = (t, v);
            if (t <= s.Newest) continue;
            s.Newest = t;
            Emit(ref sum, ref s, k, times.AsSpan(ring, Ring), values.AsSpan(ring, Ring), front.AsSpan(ring, Ring), t - Second);
        }

        for (var k = 0; k < readings.Keys; k++) Emit(ref sum, ref states[k], k, times.AsSpan(k * Ring, Ring), values.AsSpan(k * Ring, Ring), front.AsSpan(k * Ring, Ring), long.MaxValue);
        return sum;
    }

    static void Emit(ref Checksum sum, ref State s, int key, Span<long> times, Span<double> values, Span<Sums> front, long before)
    {
        for (; s.Next < s.Tail && times[s.Next & Mask] < before; s.Next++)
        {
            var until = times[s.Next & Mask];
            for (; s.High < s.Tail && times[s.High & Mask] <= until; s.High++) s.Back.Add(values[s.High & Mask], values[s.High & Mask] - s.First);
            for (; times[s.Low & Mask] < until - Second; s.Low++)
            {
                if (s.Low < s.Middle) continue;
                var from = Sums.None;
                for (var at = s.High - 1; at >= s.Middle; at--)
                {
                    from.Add(values[at & Mask], values[at & Mask] - s.First);
                    front[at & Mask] = from;
                }

                (s.Middle, s.Back) = (s.High, Sums.None);
            }

            var all = s.Back;
            if (s.Low < s.Middle)
            {
                ref var older = ref front[s.Low & Mask];
                (all.Sum, all.Squares, all.Min, all.Max) = (all.Sum + older.Sum, all.Squares + older.Squares, Math.Min(all.Min, older.Min), Math.Max(all.Max, older.Max));
            }

            var count = s.High - s.Low;
            sum.Add(key, until, count, s.First + all.Sum / count, all.Min, all.Max, Math.Sqrt(Math.Max(0, (all.Squares - all.Sum * all.Sum / count) / count)));
        }
    }
}
