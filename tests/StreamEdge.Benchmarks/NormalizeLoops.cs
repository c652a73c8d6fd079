namespace StreamEdge;

/// <summary>What one would write by hand for each normalize step of one signal: the yardsticks of <see cref="OperatorBenchmark"/>.</summary>
static class NormalizeLoops
{
    const int Devices = OperatorBenchmark.Devices;

    public static int Units(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] * (5 / 9.0)) - (160 / 9.0);
        return value.Length;
    }

    public static int Scale(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] * 1.0) - 4;
        return value.Length;
    }

    public static int Log(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = value[row] + 1 > 0 ? Math.Log(value[row] + 1) : double.NaN;
        return value.Length;
    }

    /// <summary>One value every two seconds, on the line between the readings around it, which are at most twenty apart.</summary>
    public static OperatorLoop Resample()
    {
        const long Every = 2 * Nanoseconds.Second;
        var (last, lastTime, next) = (new double[Devices], new long[Devices], new long[Devices]);
        var full = Block.Of(20 * Batch.MaxRows);
        return block =>
        {
            var (time, key, value) = block;
            var made = 0;
            for (var row = 0; row < value.Length; row++)
            {
                var (k, at, number) = (key[row], time[row], value[row]);
                if (!double.IsFinite(number) || at < lastTime[k]) continue;
                if (lastTime[k] == 0 || at - lastTime[k] > 10 * Every) next[k] = (at + Every - 1) / Every * Every;
                for (; next[k] < at; next[k] += Every)
                {
                    var share = (next[k] - lastTime[k]) / (double)(at - lastTime[k]);
                    var line = Math.Clamp(last[k] * (1 - share) + number * share, Math.Min(last[k], number), Math.Max(last[k], number)); // never beyond either
                    (full.Time[made], full.Key[made], full.Value[made]) = (next[k], k, line);
                    made++;
                }

                (last[k], lastTime[k]) = (number, at);
            }

            block.Take(full);
            return made;
        };
    }

    public static OperatorLoop TextCodes()
    {
        var numbers = new long[] { 2, 0, 1 };
        return block =>
        {
            var (_, _, value) = block;
            for (var row = 0; row < value.Length; row++)
            {
                var code = BitConverter.DoubleToInt64Bits(value[row]);
                value[row] = BitConverter.Int64BitsToDouble((ulong)code < (ulong)numbers.Length ? numbers[code] : Slot.Missing);
            }

            return value.Length;
        };
    }

    public static int MinMax(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] + 20) / 270;
        return value.Length;
    }

    public static int Standardize(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = (value[row] - 20) / 5;
        return value.Length;
    }

    public static int Robust(Block block)
    {
        var (_, _, value) = block;
        for (var row = 0; row < value.Length; row++) value[row] = Math.Clamp((value[row] - 20) / 5, -10, 10);
        return value.Length;
    }

    /// <summary>A name is not in the block.</summary>
    public static int Rename(Block block) => Batch.MaxRows;
}
