using System.Globalization;
using System.IO.Compression;

namespace StreamEdge;

/// <summary>Public recordings, read whole and compared with the lines split by hand.</summary>
public class RealFileTests
{
    [SharedFact]
    public void A_water_loop_with_semicolons()
    {
        var signals = new[] { "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage", "Volume Flow RateRMS" };
        using var rig = new SourceRig(["experiment"], [.. signals.Select(s => Some.Signal(s)), Some.Signal("anomaly", kind: Kind.Bool)]) { Time = new TimeOptions { Field = "datetime" } };

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = [Data("skab/other/*.csv.gz")], Tags = Map(("experiment", "{file}")) });

        var expected = Directory.GetFiles(Data("skab/other")).Order(StringComparer.Ordinal).SelectMany(file => Lines(file).Skip(1).SelectMany(line =>
        {
            var fields = line.Split(';');
            var at = $"@{Seconds(fields[0], "yyyy-MM-dd HH:mm:ss")} = ";
            var device = Path.GetFileName(file).Split('.')[0];
            return signals.Select((s, i) => $"{device}.{s}{at}{Shown(fields[i + 1])}").Append($"{device}.anomaly{at}{(fields[9] == "1.0" ? "true" : "false")}");
        }));
        Assert.Equal(expected, lines);
        Assert.Empty(drops);
        Assert.Equal("1.Pressure@1583077446 = 0.054711", lines[3]);
    }

    [SharedFact]
    public void A_road_side_with_missing_values_and_two_columns_of_time()
    {
        using var rig = new SourceRig(Some.Signal("co", "mg/m3"), Some.Signal("T", "degC")) { Time = new TimeOptions { Field = "Date + Time", Format = "d/M/yyyy HH:mm:ss" } };

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = [Data("airquality/*.gz")], Columns = Map(("co", "CO_GT")), Missing = ["-200"] });

        var expected = Lines(Data("airquality/AirQualityUCI_first60.csv.gz")).Skip(1).Select(line => line.Split(',')).SelectMany(fields =>
        {
            var at = $"@{Seconds($"{fields[0]} {fields[1]}", "d/M/yyyy H:mm:ss")} = ";
            return new[] { ("co", fields[2]), ("T", fields[12]) }.Where(v => v.Item2 != "-200").Select(v => $".{v.Item1}{at}{Shown(v.Item2)}");
        });
        Assert.Equal(expected, lines);
        Assert.Empty(drops);
        Assert.Equal([".co@1078941600 = 2.6", ".T@1078941600 = 13.6"], lines.Take(2));
    }

    [SharedFact]
    public void An_office_whose_header_lacks_a_name()
    {
        using var rig = new SourceRig(Some.Signal("Temperature", "degC"), Some.Signal("Light"), Some.Signal("Occupancy", kind: Kind.Integer)) { Time = new TimeOptions { Field = "date" } };

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = [Data("occupancy/datatraining.txt.gz"), Data("occupancy/datatest.txt.gz")] });

        Assert.Equal((8143 + 2665) * 3, lines.Count);
        Assert.Equal([".Temperature@1423072260 = 23.18", ".Light@1423072260 = 426", ".Occupancy@1423072260 = 1"], lines.Take(3));
        Assert.Empty(drops);
    }

    [SharedFact]
    public void Machines_without_times_and_with_texts()
    {
        using var rig = new SourceRig(Some.Signal("type", kind: Kind.Text), Some.Signal("air", "K"), Some.Signal("torque"), Some.Signal("wear", kind: Kind.Integer));

        var (lines, drops) = rig.Read(new FileSourceOptions
        {
            Path = [Data("ai4i2020/*.gz")],
            Every = TimeSpan.FromMinutes(1),
            Columns = Map(("type", "Type"), ("air", "Air temperature"), ("torque", "Torque"), ("wear", "Tool wear")),
        });

        var expected = Lines(Data("ai4i2020/ai4i2020_dev.csv.gz")).Skip(1).Select(line => line.Split(',')).SelectMany((fields, row) => new[]
        {
            $".type@{row * 60} = {fields[2]}", $".air@{row * 60} = {Shown(fields[3])}", $".torque@{row * 60} = {Shown(fields[6])}", $".wear@{row * 60} = {fields[7]}",
        });
        Assert.Equal(expected, lines);
        Assert.Empty(drops);
        Assert.Equal([".type@0 = M", ".air@0 = 298.1", ".torque@0 = 42.8", ".wear@0 = 0"], lines.Take(4));
    }

    [SharedFact]
    public void A_chemical_process_in_columns_parted_by_blanks()
    {
        using var rig = new SourceRig(Some.Signal("feed"), Some.Signal("valve"));

        var (lines, _) = rig.Read(new FileSourceOptions
        {
            Path = [Data("tep/d01_te.dat.gz")],
            Header = false,
            Columns = Map(("feed", "1"), ("valve", "52")),
            Every = TimeSpan.FromMinutes(3),
        });

        var expected = Lines(Data("tep/d01_te.dat.gz")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).SelectMany((fields, row) => new[]
        {
            $".feed@{row * 180} = {Shown(fields[0])}", $".valve@{row * 180} = {Shown(fields[51])}",
        });
        Assert.Equal(expected, lines);
        Assert.Equal(1920, lines.Count);
    }

    static string Data(string path) => Path.Combine(Repository.Shared!, "data", path);

    static List<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd('\r'))];
    }

    static long Seconds(string text, string format) =>
        new DateTimeOffset(DateTime.ParseExact(text, format, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeSeconds();

    static string Shown(string number) => double.Parse(number, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);

    static Dictionary<string, string> Map(params (string, string)[] entries) => entries.ToDictionary(e => e.Item1, e => e.Item2);
}
