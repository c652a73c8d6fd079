using System.Text;

namespace StreamEdge;

/// <summary>Where none of the first rows of a file can be read as the pipeline says, that is a mistake in the pipeline, and told before it runs.</summary>
public class FirstRowsTests
{
    static readonly Signal[] s_press = [Some.Signal("temp"), Some.Signal("pressure")];

    [Theory]
    [InlineData("80,5", "'80,5' in column 'temp' is no number, nor is any other in its first rows; write 'decimal: comma'")]
    [InlineData("-1,5e3", "'-1,5e3' in column 'temp' is no number, nor is any other in its first rows; write 'decimal: comma'")]
    [InlineData("1.234,5", "'1.234,5' in column 'temp' is no number, nor is any other in its first rows; only a number may stand there: no unit, no thousands parted")]
    [InlineData("80 degC", "'80 degC' in column 'temp' is no number, nor is any other in its first rows; only a number may stand there: no unit, no thousands parted")]
    [InlineData("n/a", "'n/a' in column 'temp' is no number, nor is any other in its first rows; where it stands for a missing value, write 'missing: [n/a]'; where 'temp' is a text, 'type: text' under 'signals:'")]
    public void A_column_without_any_number_is_told_with_its_first_value(string value, string fault)
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", $"ts;temp;pressure\n1;;3\n\n2;{value};4\n3;{value};n/a\n");

        Assert.Equal([$"a.csv:4: {fault}"], rig.Faults(new FileSourceOptions { Path = ["a.csv"] }));
    }

    [Fact]
    public void A_decimal_point_where_a_comma_is_expected_is_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts;temp\n1;80.5\n");

        Assert.Equal(["a.csv:2: '80.5' in column 'temp' is no number, nor is any other in its first rows; write 'decimal: point'"], rig.Faults(new FileSourceOptions { Path = ["a.csv"], Decimal = DecimalMark.Comma }));
    }

    [Fact]
    public void One_number_among_the_first_hundred_rows_is_enough()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,temp\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{(i == 99 ? "5" : "-")}\n")));
        rig.Write("b.csv", "ts,temp\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},{(i == 100 ? "5" : "-")}\n")));
        rig.Write("c.csv", "ts,temp\n1,\n");

        Assert.Empty(rig.Faults(new FileSourceOptions { Path = ["a.csv", "c.csv"] }));
        Assert.Single(rig.Faults(new FileSourceOptions { Path = ["b.csv"] }));
        Assert.Empty(rig.Faults(new FileSourceOptions { Path = ["b.csv"], Missing = ["-"] }));
    }

    [Fact]
    public void The_same_mistake_of_many_files_is_told_once()
    {
        using var rig = new SourceRig(s_press[..1]);
        foreach (var name in "abc") rig.Write($"{name}.csv", "ts;temp\n1;80,5\n");

        Assert.Equal("a.csv:2: '80,5' in column 'temp' is no number, nor is any other in its first rows; write 'decimal: comma'", Assert.Single(rig.Faults(new FileSourceOptions { Path = ["*.csv"] })));
    }

    [Theory]
    [InlineData("auto", "01.02.2025 06:30", "write 'format: \"dd.MM.yyyy HH:mm\"' under 'time:'")]
    [InlineData("auto", "2/1/2025 6:30:00", "write 'format: \"dd/MM/yyyy HH:mm:ss\"' or 'format: \"MM/dd/yyyy HH:mm:ss\"' under 'time:'")]
    [InlineData("d/M/yyyy", "2025-02-01T06:30:00Z", "write 'format: auto' under 'time:'")]
    [InlineData("auto", "Monday", "write how it is written, such as 'format: \"dd.MM.yyyy HH:mm:ss\"', under 'time:'")]
    public void A_time_that_the_format_never_reads_is_told_with_one_that_does(string format, string time, string remedy)
    {
        using var rig = new SourceRig(s_press[..1]) { Time = new TimeOptions { Format = format } };
        rig.Write("a.csv", $"ts,temp\n{time},5\n");

        Assert.Equal([$"a.csv:2: its time is '{time}' in column 'ts', which 'format: {format}' does not read; {remedy}"], rig.Faults(new FileSourceOptions { Path = ["a.csv"] }));
    }

    [Fact]
    public void A_file_without_any_time_is_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.jsonl", "{\"time\":1,\"temp\":2}\n");

        Assert.Equal(["a.jsonl:1: its time is missing in column 'ts', and none of its first rows has one; name the field of the time in 'time.field', or give 'every' where rows have no time"],
            rig.Faults(new FileSourceOptions { Path = ["a.jsonl"] }));
    }

    [Fact]
    public void What_is_neither_CSV_nor_JSON_lines_is_told()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", Encoding.Unicode.GetBytes("\uFEFFts,temp\n1,2\n"));
        rig.Write("b.csv", "PK\u0003\u0004,\n1,2\n");
        rig.Write("c.csv", "[\n{\"ts\":1,\"temp\":2}\n]\n");
        rig.Write("d.csv", "[{\"ts\":1,\"temp\":2}]\n");
        rig.Write("e.csv", "ts,temp,[note]\n1,2,x\n");

        Assert.Equal(
            [
                "a file cannot be read: FOLDER/a.csv is UTF-16; save it as UTF-8; check it, and the right to read it",
                "a file cannot be read: FOLDER/b.csv is no text; export it as CSV or JSON lines; check it, and the right to read it",
                "a file cannot be read: FOLDER/c.csv is one JSON array; write an object a line, as 'jq -c .[]' does; check it, and the right to read it",
                "a file cannot be read: FOLDER/d.csv is one JSON array; write an object a line, as 'jq -c .[]' does; check it, and the right to read it",
            ],
            rig.Faults(new FileSourceOptions { Path = ["*.csv"] }));
    }

    [Fact]
    public void A_file_of_nothing_but_malformed_rows_is_told()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,pressure\n1,80,5,3,5\n2,80,5,4\n");
        rig.Write("b.jsonl", "{'ts':1,'temp':2}\n");

        Assert.Equal(["a.csv:2: it has 5 fields, not 3, and none of its first rows can be read; name its 'delimiter', or mend the file"], rig.Faults(new FileSourceOptions { Path = ["a.csv"] }));
        Assert.Equal(["b.jsonl:1: its JSON breaks at byte 2, and none of its first rows can be read; mend the file"], rig.Faults(new FileSourceOptions { Path = ["b.jsonl"] }));
    }
}
