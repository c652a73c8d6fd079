namespace StreamEdge;

/// <summary>What a file source has said in the log of records and values that it cannot use: where they are, and why.</summary>
public class FileRefusalTests
{
    static readonly Signal[] s_press = [Some.Signal("temp"), Some.Signal("pressure")];

    [Fact]
    public void A_malformed_row_of_CSV_is_told_with_its_line()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,pressure\n1,2\n\n2,\"3\"x,4\n3,\"4\n5,6,7\n");
        rig.Write("b.csv", $"ts,temp,note,pressure\n1,2,\"two\nlines\",3\n2,3,4,5,6\n{new string('9', 2_000_000)}\n");

        Assert.Equal(
            [
                "drops FOLDER/a.csv:2 as malformed, it has 2 fields, not 3: '1,2'",
                "drops FOLDER/a.csv:4 as malformed, text follows a closing quote: '2,\"3\"x,4'",
                "drops FOLDER/a.csv:5 as malformed, a quote of it is never closed: '3,\"4'; more of this file are only counted",
                "drops FOLDER/b.csv:4 as malformed, it has 5 fields, not 4: '2,3,4,5,6'",
                $"drops FOLDER/b.csv:5 as too_long, it has more than 1,048,576 bytes: '{new string('9', 60)}...'",
            ],
            Notices(rig, new FileSourceOptions { Path = ["*.csv"] }));
    }

    [Fact]
    public void A_broken_line_of_JSON_is_told_with_the_byte_where_it_breaks()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.jsonl", "{\"ts\":1,\"temp\":2}\nnot json\n{\"ts\":1,\"temp\":2,}\n[1]\n{\"ts\":1,\"ts\":2}\n");

        Assert.Equal(
            [
                "drops FOLDER/a.jsonl:2 as malformed, its JSON breaks at byte 2: 'not json'",
                "drops FOLDER/a.jsonl:3 as malformed, its JSON breaks at byte 18: '{\"ts\":1,\"temp\":2,}'",
                "drops FOLDER/a.jsonl:4 as malformed, it is no JSON object: '[1]'; more of this file are only counted",
            ],
            Notices(rig, new FileSourceOptions { Path = ["a.jsonl"] }));
    }

    [Fact]
    public void The_first_value_of_each_signal_that_is_none_is_told()
    {
        using var rig = new SourceRig([.. s_press, Some.Signal("open", kind: Kind.Bool)]);
        rig.Write("a.csv", "ts,temp,pressure,open\n1,2,3,yes\n2,1.5C,3,yes\n3,high,4,perhaps\n4,5,\u0007,no\n");

        Assert.Equal(
            [
                "drops a value of FOLDER/a.csv:3 as not_a_number, '1.5C' in column 'temp'; more of this signal are only counted",
                "drops a value of FOLDER/a.csv:4 as malformed, 'perhaps' in column 'open'; more of this signal are only counted",
                "drops a value of FOLDER/a.csv:5 as not_a_number, '\\u0007' in column 'pressure'; more of this signal are only counted",
            ],
            Notices(rig, new FileSourceOptions { Path = ["a.csv"] }));
    }

    [Fact]
    public void A_time_that_is_none_is_told_with_its_columns()
    {
        using var rig = new SourceRig(s_press[..1]) { Time = new TimeOptions { Field = "Date + Time", Format = "d/M/yyyy HH:mm:ss" } };
        rig.Write("a.csv", "Date,Time,temp\n2/1/1970,00:00:01,5\n2/1/1970,noon,5\n31/31/1970,,5\n");

        Assert.Equal(
            [
                "drops FOLDER/a.csv:3 as bad_time, its time is '2/1/1970 noon' in column 'Date + Time': '2/1/1970,noon,5'",
                "drops FOLDER/a.csv:4 as bad_time, its time is '31/31/1970' in column 'Date + Time': '31/31/1970,,5'",
            ],
            Notices(rig, new FileSourceOptions { Path = ["a.csv"] }));
    }

    [Fact]
    public void A_signal_that_is_not_declared_is_told_once()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,signal,value\n1,temp,2\n1,flow,2\n2,flow,2\n");

        Assert.Equal(["drops the undeclared signal 'flow', first in FOLDER/a.csv:3"], Notices(rig, new FileSourceOptions { Path = ["a.csv"], Shape = FileShape.Long }));
    }

    [Fact]
    public void The_line_goes_on_with_the_position()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,temp\n1,2\n2,3\n3\n4,5\n");
        var options = new FileSourceOptions { Path = ["a.csv"] };
        var (source, lines, state) = (rig.Build(options), new List<string>(), new StateWriter());
        SourceRig.Open(source);
        rig.Read(source, lines, 1);
        source.Save(state);

        var again = rig.Build(options);
        again.Restore(new StateReader(state.Written));

        Assert.Equal([".temp@1 = 2"], lines);
        Assert.Equal(["drops FOLDER/a.csv:4 as malformed, it has 1 field, not 2: '3'"], Notices(rig, again));
    }

    static IReadOnlyList<string> Notices(SourceRig rig, FileSourceOptions options) => Notices(rig, rig.Build(options));

    static IReadOnlyList<string> Notices(SourceRig rig, Source source)
    {
        SourceRig.Open(source);
        while (rig.Read(source, [], int.MaxValue))
        {
        }

        return [.. source.Books.Notices.Select(n => n.Replace(rig.Folder, "FOLDER"))];
    }
}
