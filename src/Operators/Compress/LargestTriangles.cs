namespace StreamEdge;

/// <summary>
/// Picks readings that look like all of them in a chart: the first, the last, and of each of as many equal parts between
/// them the one that makes the largest triangle with the reading picked before it and the mean of the part behind it.
/// S. Steinarsson, "Downsampling Time Series for Visual Representation", University of Iceland, 2013 (LTTB).
/// </summary>
static class LargestTriangles
{
    /// <summary>Picks so many of more readings than that, in the order of their time.</summary>
    /// <param name="readings">Readings in the order of their time, each with a finite value.</param>
    /// <param name="kind">What their values are.</param>
    /// <param name="points">How many, 3 at least.</param>
    /// <param name="picked">Is given their numbers.</param>
    public static void Pick(List<HeldReading> readings, Kind kind, int points, List<int> picked)
    {
        picked.Clear();
        picked.Add(0);
        for (var part = 0; part < points - 2; part++)
        {
            var (start, end) = (StartOf(part), StartOf(part + 1));
            var behind = part == points - 3 ? readings.Count : StartOf(part + 2);
            var (meanTime, meanValue) = Mean(end, behind);
            var (fromTime, fromValue) = At(picked[^1]);
            var (best, largest) = (start, -1.0);
            for (var number = start; number < end; number++)
            {
                var (time, value) = At(number);
                var area = Math.Abs((fromTime - meanTime) * (value - fromValue) - (fromTime - time) * (meanValue - fromValue));
                if (area > largest) (best, largest) = (number, area);
            }

            picked.Add(best);
        }

        picked.Add(readings.Count - 1);

        int StartOf(int part) => 1 + (int)((long)part * (readings.Count - 2) / (points - 2));

        (double Time, double Value) At(int number) => ((double)(ulong)(readings[number].Time - readings[0].Time), Slot.Number(readings[number].Slot, kind));

        (double Time, double Value) Mean(int from, int to)
        {
            var (times, values) = (0.0, 0.0);
            for (var number = from; number < to; number++)
            {
                var (time, value) = At(number);
                times += time;
                values += value;
            }

            return (times / (to - from), values / (to - from));
        }
    }
}
