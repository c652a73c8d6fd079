namespace StreamEdge;

public class FileSourceFaultTests
{
    static readonly Signal[] s_press = [Some.Signal("temp", "degC"), Some.Signal("mode", kind: Kind.Text)];

    [Fact]
    public void A_file_that_is_not_there_is_a_fault()
    {
        using var rig = new SourceRig(s_press);

        Assert.Equal(["there is no file 'a.csv'; paths are relative to the pipeline's file", "there is no file 'data/*.csv'; paths are relative to the pipeline's file"],
            rig.Faults(new FileSourceOptions { Path = ["a.csv", "data/*.csv"] }));
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_told_with_the_pattern_of_its_files()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("readings/b.csv", "");
        rig.Write("readings/notes.txt", "");
        Directory.CreateDirectory(Path.Combine(rig.Folder, "empty"));

        Assert.Equal(["'empty/' is a folder; write empty/*", "'readings' is a folder; write readings/*.csv"], rig.Faults(new FileSourceOptions { Path = ["readings", "empty/"] }));
    }

    [Fact]
    public void A_file_of_a_misspelled_name_is_found()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("data/readings.csv", "");

        Assert.Equal(["there is no file 'data/reading.csv'; did you mean 'readings.csv'?"], rig.Faults(new FileSourceOptions { Path = ["data/reading.csv"] }));
    }

    [Fact]
    public void A_path_of_another_system_is_told_with_the_one_to_write()
    {
        using var rig = new SourceRig(s_press);

        Assert.Equal([@"there is no file 'data\a.csv'; write data/a.csv"], rig.Faults(new FileSourceOptions { Path = [@"data\a.csv"] }));
    }

    [Fact]
    public void Columns_written_the_wrong_way_round_are_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,T7\n");

        Assert.Equal(["there is no signal 'T7'; the signal stands first: write 'temp: T7'"], rig.Faults(new FileSourceOptions { Path = ["a.csv"], Columns = Map(("T7", "temp")) }));
    }

    [Fact]
    public void Columns_that_the_file_lacks_are_told_with_those_it_has()
    {
        using var rig = new SourceRig(["machine"], s_press);
        rig.Write("a.csv", "time,Temp,mode,machin\n");

        Assert.Equal(
            [
                "a.csv has no column 'machine' for the tag 'machine'; did you mean 'machin'?",
                "a.csv has no column 'q' for the quality; its columns are time, Temp, mode, machin",
                "a.csv has no column 'temp' for the signal 'temp'; did you mean 'Temp'?",
                "a.csv has no column 'ts' for the time; name it in 'time.field', or give 'every' where rows have no time; its columns are time, Temp, mode, machin",
            ],
            rig.Faults(new FileSourceOptions { Path = ["a.csv"], Tags = Map(("machine", "machine")), Quality = "q" }));
    }

    [Fact]
    public void Every_file_must_have_the_columns()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,mode\n");
        rig.Write("b.csv", "ts,temp,mode,temp\n");
        rig.Write("c.csv", "ts,temp\n");

        Assert.Equal(["b.csv has 2 columns 'temp'; give each a name of its own, or write 'header: false' and positions", "c.csv has no column 'mode' for the signal 'mode'; its columns are ts, temp"],
            rig.Faults(new FileSourceOptions { Path = ["*.csv"] }));
    }

    [Fact]
    public void A_column_that_a_later_start_does_not_find_fails_when_the_file_is_opened()
    {
        using var rig = new SourceRig(s_press[..1]);
        var path = rig.Write("a.csv", "ts,temp\n1,2\n");
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"] });
        File.WriteAllText(path, "ts,level\n1,2\n");
        SourceRig.Open(source);

        Assert.Equal($"{path} has no column 'temp'; its columns are ts, level", Assert.Throws<InvalidDataException>(() => rig.Read(source, [], 1)).Message);
    }

    [Fact]
    public void Options_without_effect_are_faults()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,temp\n");

        Assert.Equal(
            [
                "JSON lines have no delimiter; leave it out",
                "JSON lines have no header; leave it out",
                "only a file of long form has one column of values; write 'shape: long', or leave it out",
                "only a file of long form names signals in a column; write 'shape: long', or leave it out",
                "start is the time of the first row where rows have no time of their own; give 'every' too, or leave it out",
            ],
            rig.Faults(new FileSourceOptions { Path = ["a.csv"], Format = FileFormat.JsonLines, Delimiter = ";", Header = true, Signal = "s", Value = "v", Start = new Instant(0) }));
    }

    [Theory]
    [InlineData(FileFormat.Csv, ",", "a comma cannot part both fields and decimals; write the delimiter of the file, or leave it out")]
    [InlineData(FileFormat.JsonLines, null, "JSON writes decimals with a point; leave it out")]
    public void A_decimal_comma_is_for_files_that_can_have_one(FileFormat format, string? delimiter, string fault)
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,temp\n");

        Assert.Equal([fault], rig.Faults(new FileSourceOptions { Path = ["a.csv"], Format = format, Delimiter = delimiter, Decimal = DecimalMark.Comma }));
    }

    [Fact]
    public void Words_that_mean_nothing_are_faults()
    {
        using var rig = new SourceRig(["machine"], s_press) { Time = new TimeOptions { Format = "HH:mm" } };
        rig.Write("a.csv", "ts,temp,mode\n");

        Assert.Equal(
            [
                "'ab' cannot part fields; write one of ';', ',', '|', tab, blank or auto",
                "bar is pressure, but 'temp' is declared in degC, which is temperature; write the unit that the file has 'temp' in",
                "signal 'mode' is text and has no unit; leave it out",
                "the time format 'HH:mm' has no year; write auto, s, ms, us, ns or a pattern such as 'yyyy-MM-dd HH:mm:ss'",
                "there is no '{fille}' of a file; write {file} or {folder}, or the name of a column",
                "there is no signal 'tmp'; did you mean 'temp'?",
            ],
            rig.Faults(new FileSourceOptions
            {
                Path = ["a.csv"],
                Delimiter = "ab",
                Columns = Map(("tmp", "temp")),
                Tags = Map(("machine", "{fille}")),
                Units = new Dictionary<string, Unit> { ["temp"] = Some.Unit("bar"), ["mode"] = Some.Unit("bar") },
            }));
    }

    [Fact]
    public void Two_signals_of_one_name_in_a_long_file_are_a_fault()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,signal,value\n");

        Assert.Equal(["'temp' and 'mode' are both called 'mode'; give each signal a name of its own"],
            rig.Faults(new FileSourceOptions { Path = ["a.csv"], Shape = FileShape.Long, Columns = Map(("temp", "mode")) }));
    }

    [Fact]
    public void A_header_that_cannot_be_read_is_a_fault()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "\"ts,temp\n1,2\n");

        Assert.Equal(["a file cannot be read: FOLDER/a.csv is damaged near byte 13: the quotes of its first line do not match; check it, and the right to read it"],
            rig.Faults(new FileSourceOptions { Path = ["a.csv"] }));
    }

    [Theory]
    [InlineData("max", "max")]
    [InlineData("60x", "60x")]
    [InlineData("0.5x", "0.5x")]
    [InlineData("60", "'60' has no x behind it; write 60x")]
    [InlineData("fast", "'fast' is no speed; write max, 1x or 60x")]
    [InlineData("-1x", "'-1x' is out of reach; write 0.001x to 1000000x, or max")]
    public void A_speed_is_max_or_a_multiple_of_real_time(string text, string expected) =>
        Assert.Equal(expected, Speed.TryParse(text, out var speed, out var wrong) ? speed.ToString() : wrong.ToString());

    [Fact]
    public void Patterns_find_files_in_the_order_of_their_paths()
    {
        using var rig = new SourceRig(["file", "folder"], Some.Signal("temp"));
        foreach (var name in new[] { "b/2.csv", "b/10.csv", "a/x/y/1.csv", "a/.hidden.csv", "B.csv", "a/1.txt" }) rig.Write(name, "ts,temp\n0,0\n");
        Directory.CreateSymbolicLink(Path.Combine(rig.Folder, "a/up"), rig.Folder);
        var folder = Path.GetFileName(rig.Folder);

        Assert.Equal([$"{folder}/B", "y/1", "b/10", "b/2"], Find("**/*.csv"));
        Assert.Equal(["b/10", "b/2"], Find("b/*"));
        Assert.Equal(["b/2"], Find("?/?.csv"));
        Assert.Equal(["y/1"], Find("a/**/1.csv"));
        Assert.Equal(["b/10", "b/2"], Find("b/**"));
        Assert.Equal(["a/1"], Find("?/1.txt"));
        Assert.Equal(["there is no file 'c/*/x'; paths are relative to the pipeline's file"], rig.Faults(new FileSourceOptions { Path = ["c/*/x"] }));

        IEnumerable<string> Find(string pattern) =>
            rig.Read(new FileSourceOptions { Path = [pattern], Tags = Map(("file", "{file}"), ("folder", "{folder}")) }).Lines
                .Select(line => line[..line.IndexOf(".temp", StringComparison.Ordinal)].Split(',') is var parts ? $"{parts[1]}/{parts[0]}" : "");
    }

    static Dictionary<string, string> Map(params (string, string)[] entries) => entries.ToDictionary(e => e.Item1, e => e.Item2);
}
