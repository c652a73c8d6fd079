using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>CPU and wall seconds of one run, with what it computed, so that runs can be compared and checked.</summary>
readonly record struct Timed(double Cpu, double Wall, long Allocated, int Gen2, Checksum Sum);

/// <summary>Times runs by the operating system's own account of this process.</summary>
static partial class Measure
{
    /// <summary>Runs the action once and accounts for it.</summary>
    /// <param name="action">What to run.</param>
    /// <param name="times">How often; a short run says little.</param>
    public static Timed Of(Func<Checksum> action, int times = 1)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var (cpu, wall, allocated, gen2) = (Cpu(), Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(2));
        var sum = action();
        for (var again = 1; again < times; again++) action();
        return new((Cpu() - cpu) / times, Stopwatch.GetElapsedTime(wall).TotalSeconds / times, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / times, GC.CollectionCount(2) - gen2, sum);
    }

    /// <summary>
    /// The cost of <paramref name="subject"/> relative to <paramref name="yardstick"/>, as medians of paired runs: each
    /// subject run is held against the yardstick runs just before and after it, so that a machine that changes its speed
    /// changes both.
    /// </summary>
    public static Ratio Paired(Func<Checksum> yardstick, Func<Checksum> subject, int pairs = 7, int times = 3)
    {
        Of(yardstick, times);
        var first = Of(subject, times); // warm-up: compiles both
        var (cpu, wall, allocated) = (new List<double>(), new List<double>(), new List<double>());
        var gen2 = 0;
        var before = Of(yardstick, times);
        if (!before.Sum.Agrees(first.Sum)) throw new InvalidOperationException($"the results differ: {before.Sum} and {first.Sum}");
        for (var pair = 0; pair < pairs; pair++)
        {
            var run = Of(subject, times);
            var after = Of(yardstick, times);
            if (!before.Sum.Agrees(run.Sum)) throw new InvalidOperationException($"the results differ: {before.Sum} and {run.Sum}");
            cpu.Add(run.Cpu / ((before.Cpu + after.Cpu) / 2));
            wall.Add(run.Wall / ((before.Wall + after.Wall) / 2));
            allocated.Add(run.Allocated);
            gen2 = Math.Max(gen2, run.Gen2);
            before = after;
        }

        return new(Median(cpu), Median(wall), Median(allocated), gen2, before.Cpu);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Resident memory of this process, in MB.</summary>
    public static double ResidentMegabytes() => Status("VmRSS:");

    /// <summary>Peak of that since <see cref="ForgetPeak"/>, in MB.</summary>
    public static double PeakMegabytes() => Status("VmHWM:");

    /// <summary>Sets the peak back to what is resident now.</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    // "VmRSS:     12345 kB"
    static double Status(string name) =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;

    /// <summary>CPU seconds of all threads of this process, to the microsecond.</summary>
    public static double Cpu()
    {
        _ = GetUsage(0, out var usage);
        return usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out Usage usage);

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    struct Usage
    {
        public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds;
    }
}

/// <summary>Medians of paired runs: how many times the yardstick's cost.</summary>
readonly record struct Ratio(double Cpu, double Wall, double Allocated, int Gen2, double YardstickCpu);

/// <summary>What a workload computed, so that every engine can be held to the same result whatever the order of its rows.</summary>
record struct Checksum(long Rows, ulong Hash, double Means, double Deviations)
{
    /// <summary>Adds one window row; the hash does not depend on the order.</summary>
    public void Add(int key, long start, long count, double mean, double min, double max, double std)
    {
        var hash = (ulong)key * 0x9E3779B97F4A7C15 ^ (ulong)start * 0xC2B2AE3D27D4EB4F ^ (ulong)count * 0x165667B19E3779F9
            ^ (ulong)BitConverter.DoubleToInt64Bits(min) * 0x27D4EB2F165667C5 ^ (ulong)BitConverter.DoubleToInt64Bits(max) * 0x85EBCA77C2B2AE63;
        hash ^= hash >> 29;
        Hash += hash * 0xBF58476D1CE4E5B9;
        Means += mean;
        Deviations += std;
        Rows++;
    }

    /// <summary>Counts and extremes agree exactly, sums of means and deviations to a billionth.</summary>
    public readonly bool Agrees(Checksum other) => Rows == other.Rows && Hash == other.Hash && Near(Means, other.Means) && Near(Deviations, other.Deviations);

    static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a));
}
