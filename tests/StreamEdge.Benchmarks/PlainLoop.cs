namespace StreamEdge;

/// <summary>
/// The yardstick: the whole of W1 (or W2) in one hand-written single-threaded loop over the arrays. Keeps two windows of
/// each key open for a second (W2: twelve panes), and drops what is later, as the pipeline does with <c>wait: 1s</c>.
/// </summary>
sealed class PlainLoop(Readings readings)
{
    const double Scale = 5.0 / 9, Offset = -160.0 / 9;

    struct State
    {
        public long Count;
        public double First, Sum, Squares, Min, Max;
    }

    /// <summary>Tumbling windows: count, mean, min, max, standard deviation.</summary>
    /// <param name="mark">Called when so many readings have been taken.</param>
    public Checksum Tumbling((int At, Action Do) mark = default)
    {
        var length = readings.Window;
        var sum = default(Checksum);
        var (time, key, value) = (readings.Time, readings.Key, readings.Value);
        var states = new State[readings.Keys * 4];
        var newest = new long[readings.Keys]; // start of the newest window
        var closes = new long[readings.Keys];
        var open = new long[readings.Keys];
        for (var i = 0; i < time.Length; i++)
        {
            if (i == mark.At) mark.Do?.Invoke();
            var v = value[i];
            if (!(v >= Readings.Min && v <= Readings.Max)) continue;
            v = v * Scale + Offset;
            var (k, t) = (key[i], time[i]);
            long number;
            if ((ulong)(t - newest[k]) < (ulong)length && t < closes[k])
            {
                number = newest[k] / length;
            }
            else
            {
                number = t / length;
                if (t >= closes[k])
                {
                    var until = (t - length) / length; // windows that end at or before the clock
                    if (closes[k] > 0)
                        for (var w = open[k]; w < until; w++) Close(ref sum, states, k, w, length);
                    open[k] = until;
                    closes[k] = (until + 2) * length;
                }

                if (number < open[k]) continue;
                if (number * length > newest[k]) newest[k] = number * length;
            }

            ref var state = ref states[(k * 4) + (number & 3)];
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

        for (var k = 0; k < readings.Keys; k++)
            for (var w = open[k]; w < open[k] + 4; w++) Close(ref sum, states, k, w, length);
        return sum;
    }

    static void Close(ref Checksum sum, State[] states, int key, long number, long length)
    {
        ref var s = ref states[(key * 4) + (number & 3)];
        if (s.Count == 0) return;
        sum.Add(key, number * length, s.Count, s.First + s.Sum / s.Count, s.Min, s.Max, Math.Sqrt(Math.Max(0, (s.Squares - s.Sum * s.Sum / s.Count) / s.Count)));
        s = default;
    }
}
