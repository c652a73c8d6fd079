using System.Reactive.Linq;

namespace StreamEdge;

/// <summary>W1 as an Rx user would write it with bounded memory: a group per key and second that ends two seconds of event time later.</summary>
static class RxWindows
{
    readonly record struct Reading(int Key, long Time, double Value);

    sealed class State
    {
        public int Key;
        public long Second, Count;
        public double Mean, Squares, Min = double.MaxValue, Max = double.MinValue;

        public State Add(Reading reading)
        {
            (Key, Second) = (reading.Key, reading.Time / Nanoseconds.Second);
            Count++;
            var difference = reading.Value - Mean;
            Mean += difference / Count;
            Squares += difference * (reading.Value - Mean);
            Min = Math.Min(Min, reading.Value);
            Max = Math.Max(Max, reading.Value);
            return this;
        }
    }

    public static Checksum Tumbling(Readings readings)
    {
        var sum = default(Checksum);
        var source = new System.Reactive.Subjects.Subject<Reading>();
        var clocks = new System.Reactive.Subjects.Subject<long>[readings.Keys]; // each key's newest second
        for (var key = 0; key < clocks.Length; key++) clocks[key] = new();
        var newest = new long[readings.Keys];
        using var running = source
            .Where(r => r.Value is >= Readings.Min and <= Readings.Max)
            .Select(r => r with { Value = r.Value * (5.0 / 9) + -160.0 / 9 })
            .Where(r => r.Time >= (newest[r.Key] - Nanoseconds.Second) / Nanoseconds.Second * Nanoseconds.Second)
            .GroupByUntil(r => (r.Key, Second: r.Time / Nanoseconds.Second), group => clocks[group.Key.Key].Where(second => second >= group.Key.Second + 2))
            .SelectMany(group => group.Aggregate(new State(), (state, reading) => state.Add(reading)))
            .Subscribe(s => sum.Add(s.Key, s.Second * Nanoseconds.Second, s.Count, s.Mean, s.Min, s.Max, Math.Sqrt(s.Squares / s.Count)));
        for (var i = 0; i < readings.Time.Length; i++)
        {
            var (key, time) = (readings.Key[i], readings.Time[i]);
            if (readings.Value[i] is >= Readings.Min and <= Readings.Max && time > newest[key])
            {
                var second = time / Nanoseconds.Second;
                var turned = second != newest[key] / Nanoseconds.Second;
                newest[key] = time;
                if (turned) clocks[key].OnNext(second);
            }

            source.OnNext(new Reading(key, time, readings.Value[i]));
        }

        source.OnCompleted();
        return sum;
    }
}
