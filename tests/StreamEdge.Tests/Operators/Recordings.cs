using System.Globalization;
using System.IO.Compression;

namespace StreamEdge;

/// <summary>A reading of a public recording, its time in seconds.</summary>
sealed record Reading(string Signal, double Time, double Value);

/// <summary>Public recordings of plants, and a step run on them.</summary>
static class Recordings
{
    /// <summary>What a step makes readings of.</summary>
    public static List<Reading> Run(Plant plant, OperatorOptions options, IEnumerable<Reading> readings, Schema? input = null)
    {
        var probe = Feed(plant, options, readings, input);
        var (keys, signals) = (probe.Step.Output.Keys, probe.Step.Output.Signals);
        return [.. probe.Batches.SelectMany(b => Enumerable.Range(0, b.Count).Select(row => new Reading(signals[keys.SignalOf[b.Key[row]]].Name, b.Time[row] / 1e9, b.Value[row])))];
    }

    /// <summary>A step that was given readings in batches of a thousand, up to the end.</summary>
    public static Probe Feed(Plant plant, OperatorOptions options, IEnumerable<Reading> readings, Schema? input = null)
    {
        var schema = input ?? plant.Readings;
        var probe = plant.Start(options, schema);
        foreach (var chunk in readings.Chunk(1000)) probe.Process(plant.Batch(schema, [.. chunk.Select(r => Some.Reading("m", r.Signal, r.Time, double.IsNaN(r.Value) ? null : r.Value))]));
        probe.Finish();
        return probe;
    }

    public static Plant WaterPlant() => new([.. s_sensors.Select(s => Some.Signal(s))]);

    static readonly string[] s_sensors = ["Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage", "Volume Flow RateRMS"];

    public static List<Reading> WaterLoop() =>
        [.. Lines("skab/other/1.csv.gz").Skip(1).Select(l => l.Split(';')).SelectMany(f => s_sensors.Select((s, i) => new Reading(s, Time(f[0]), Figure(f[i + 1]))))];

    public static List<Reading> Oil() => [.. Lines("ett/ETTh1.csv.gz").Skip(1).Select(l => l.Split(',')).Select(f => new Reading("OT", Time(f[0]), Figure(f[7])))];

    public static double Time(string text) => (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).TotalSeconds;

    public static double Figure(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static IEnumerable<string> Lines(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Repository.Shared!, "data", file)), CompressionMode.Decompress));
        while (text.ReadLine() is { } line) yield return line;
    }

    public static Expression Written(string text) => Expression.TryParse(text, out var expression, out var wrong) ? expression : throw new ArgumentException(wrong.ToString());

    public static List<Reading> Light() =>
        [.. Lines("occupancy/datatraining.txt.gz").Skip(1).Select(l => l.Replace("\"", "").Split(',')).Select(f => new Reading("Light", Time(f[1]), Figure(f[4])))];

    /// <summary>An electrocardiogram at 360 Hz.</summary>
    public static List<Reading> Heart(int count) =>
        [.. Lines("ecg/mitbih100_first10min.csv.gz").Skip(1).Take(count).Select(l => l.Split(',')).Select(f => new Reading("ecg", Figure(f[0]) / 360, Figure(f[1])))];

    /// <summary>Hourly means of a sensor beside a road; the value -200 says that there is none.</summary>
    public static List<Reading> Air(string column)
    {
        var lines = Lines("airquality/AirQualityUCI_first60.csv.gz").Select(l => l.Split(',')).ToList();
        var number = Array.IndexOf(lines[0], column);
        return [.. lines.Skip(1).Select(f => new Reading(column, Time(f[0], f[1]), Figure(f[number]) is var value && value == -200 ? double.NaN : value))];

        static double Time(string day, string hour) => (DateTime.ParseExact($"{day} {hour}Z", "d/M/yyyy H:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) - DateTime.UnixEpoch).TotalSeconds;
    }

    /// <summary>A column of a milling machine's log, a row a second.</summary>
    public static List<(double Time, string Text)> Milling(string column)
    {
        var lines = Lines("ai4i2020/ai4i2020_dev.csv.gz").Select(l => l.Split(',')).ToList();
        var number = Array.IndexOf(lines[0], column);
        return [.. lines.Skip(1).Select((f, second) => ((double)second, f[number]))];
    }

    /// <summary>The one-sided powers of the lines of a burst without its mean behind a Hann window, by the sum that defines the transform.</summary>
    public static double[] PowerOfLines(double[] burst)
    {
        var count = burst.Length;
        var window = burst.Select((_, j) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * j / count))).ToArray();
        var (mean, squares) = (burst.Zip(window, (v, w) => v * w).Sum() / window.Sum(), window.Sum(w => w * w));
        var power = new double[(count / 2) + 1];
        for (var line = 0; line < power.Length; line++)
        {
            var sum = System.Numerics.Complex.Zero;
            for (var j = 0; j < count; j++) sum += System.Numerics.Complex.FromPolarCoordinates(window[j] * (burst[j] - mean), -2 * Math.PI * line * j / count);
            power[line] = (line == 0 || line == count / 2 ? 1 : 2) * sum.Magnitude * sum.Magnitude / (count * squares);
        }

        return power;
    }
}

/// <summary>Equal but for rounding.</summary>
sealed class Near : IEqualityComparer<double>
{
    public bool Equals(double x, double y) => x.Equals(y) || Math.Abs(x - y) < 1e-9;

    public int GetHashCode(double value) => 0;
}
