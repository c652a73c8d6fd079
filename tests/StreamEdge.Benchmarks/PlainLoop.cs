namespace StreamEdge;

/// <summary>
/// The yardstick: the whole of W1 (or W2) in one hand-written single-threaded loop over the arrays. Keeps two windows of
/// each key open for a second (W2: twelve panes), and drops what is later, as the pipeline does with <c>wait: 1s</c>.
/// </summary>
sealed class PlainLoop(Readings readings)
{
    const double Scale = 5.0 / 9, Offset = -160.0 / 9;
    const long Second = Nanoseconds.Second;

    struct State
    {
        public long Count;
        public double First, Sum, Squares, Min, Max;
    }

    /// <summary>Tumbling windows of a second: count, mean, min, max, standard deviation.</summary>
    public Checksum Tumbling()
    {
        var sum = default(Checksum);
        var (time, key, value) = (readings.Time, readings.Key, readings.Value);
        var states = new State[Readings.Keys * 4];
        var newest = new long[Readings.Keys]; // start of the newest window, in seconds
        var closes = new long[Readings.Keys];
        var open = new long[Readings.Keys];
        for (var i = 0; i < time.Length; i++)
        {
            var v = value[i];
            if (!(v >= Readings.Min && v <= Readings.Max)) continue;
            v = v * Scale + Offset;
            var (k, t) = (key[i], time[i]);
            long second;
            if ((ulong)(t - newest[k]) < Second && t < closes[k])
            {
                second = newest[k] / Second;
            }
            else
            {
                second = t / Second;
                if (t >= closes[k])
                {
                    var until = (t - Second) / Second; // windows that end at or before t - 1 s
                    if (closes[k] > 0)
                        for (var w = open[k]; w < until; w++) Close(ref sum, states, k, w);
                    open[k] = until;
                    closes[k] = (until + 2) * Second;
                }

                if (second < open[k]) continue;
                if (second * Second > newest[k]) newest[k] = second * Second;
            }

            ref var state = ref states[(k * 4) + (second & 3)];
            if (state.Count++ == 0)
            {
                state.First = state.Min = state.Max = v;
                continue;
            }

            var d = v - state.First;
            state.Sum += d;
            state.Squares += d * d;
            if (v < state.Min) state.Min = v;
            if (v > state.Max) state.Max = v;
        }

        for (var k = 0; k < Readings.Keys; k++)
            for (var w = open[k]; w < open[k] + 4; w++) Close(ref sum, states, k, w);
        return sum;
    }

    static void Close(ref Checksum sum, State[] states, int key, long second)
    {
        ref var s = ref states[(key * 4) + (second & 3)];
        if (s.Count == 0) return;
        sum.Add(key, second * Second, s.Count, s.First + s.Sum / s.Count, s.Min, s.Max, Math.Sqrt(Math.Max(0, (s.Squares - s.Sum * s.Sum / s.Count) / s.Count)));
        s = default;
    }
}
