namespace StreamEdge;

public class FileSourceTests
{
    static readonly Signal[] s_press = [Some.Signal("temp", "degC"), Some.Signal("pressure", "bar")];

    [Fact]
    public void A_wide_file_gives_a_reading_for_every_value_that_is_there()
    {
        using var rig = new SourceRig(["machine"], s_press);
        rig.Write("press.csv", "ts,machine,note,pressure,temp\n1970-01-01 00:00:01,m1,ok,3.5,71.25\n1970-01-01 00:00:02,m2,,,70\n1970-01-01 00:00:03,m1,late,4,\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["press.csv"], Tags = Map(("machine", "machine")) });

        Assert.Equal(["m1.temp@1 = 71.25", "m1.pressure@1 = 3.5", "m2.temp@2 = 70", "m1.pressure@3 = 4"], lines);
        Assert.Empty(drops);
    }

    [Fact]
    public void A_long_file_names_the_signal_of_each_value()
    {
        using var rig = new SourceRig(["machine"], s_press) { Time = new TimeOptions { Field = "when" } };
        rig.Write("press.csv", "when;unit;what;reading\n1;m1;T;71\n1;m1;pressure;3\n2;m1;humidity;5\n3;m1;T;x\n");

        var (lines, drops) = rig.Read(new FileSourceOptions
        {
            Path = ["press.csv"],
            Shape = FileShape.Long,
            Signal = "what",
            Value = "reading",
            Columns = Map(("temp", "T")),
            Tags = Map(("machine", "unit")),
        });

        Assert.Equal(["m1.temp@1 = 71", "m1.pressure@1 = 3"], lines);
        Assert.Equal(["not_a_number 1 temp:1", "undeclared 1"], drops);
    }

    [Fact]
    public void JSON_lines_are_read_as_wide_and_as_long_records()
    {
        using var rig = new SourceRig(["machine"], s_press);
        rig.Write("wide.jsonl", """
            {"ts":1,"machine":"m1","temp":71.5,"pressure":3}
            {"ts":"1970-01-01T00:00:02Z","machine":"m\u0031","temp":null,"pressure":"3.5","level":7}
            {"ts":3,"machine":"m1","temp":{"v":1},"pressure":1e400}
            {"ts":4,"machine":"m1","temp":1,"temp":2}
            not json
            {"machine":"m1","temp":1}
            {"ts":5,"machine":7,"pressure":4}
            """);
        rig.Write("long.jsonl", """
            {"ts":1,"machine":"m1","signal":"temp","value":71.5}
            {"ts":1,"machine":"m1","signal":"level","value":71.5}
            """);
        var tags = Map(("machine", "machine"));

        var wide = rig.Read(new FileSourceOptions { Path = ["wide.jsonl"], Tags = tags });
        var narrow = rig.Read(new FileSourceOptions { Path = ["long.jsonl"], Tags = tags, Shape = FileShape.Long });

        Assert.Equal(["m1.temp@1 = 71.5", "m1.pressure@1 = 3", "m1.pressure@2 = 3.5", "7.pressure@5 = 4"], wide.Lines);
        Assert.Equal(["malformed 3 temp:1", "not_a_number 1 pressure:1", "bad_time 1 temp:1", "undeclared 1"], wide.Drops);
        Assert.Equal(["m1.temp@1 = 71.5"], narrow.Lines);
        Assert.Equal(["undeclared 1"], narrow.Drops);
    }

    [Fact]
    public void Unix_numbers_are_the_same_instants_in_JSON_as_in_CSV()
    {
        using var rig = new SourceRig(s_press[..1]);
        string[] times = ["0", "-1", "1.5", "1767225600", "1767225600000", "1767225600000000", "1767225600000000001", "1e9", "1767225600.25", "9007199254740993", "-99999999999", "1e30", "1e400"];
        rig.Write("a.jsonl", string.Concat(times.Select(t => $"{{\"ts\":{t},\"temp\":1}}\n")));
        rig.Write("a.csv", "ts,temp\n" + string.Concat(times.Select(t => $"{t},1\n")));

        var (json, csv) = (rig.Read(new FileSourceOptions { Path = ["a.jsonl"] }), rig.Read(new FileSourceOptions { Path = ["a.csv"] }));

        Assert.Equal(csv.Lines, json.Lines);
        Assert.Equal(csv.Drops, json.Drops);
        Assert.Equal([".temp@0 = 1", ".temp@-1 = 1", ".temp@1.5 = 1", ".temp@1767225600 = 1"], json.Lines.Take(4));
        Assert.Equal(["bad_time 1 temp:1", "out_of_time_range 2 temp:2"], json.Drops.Order());
    }

    [Fact]
    public void Signals_of_every_kind_keep_what_they_are()
    {
        using var rig = new SourceRig(Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text), Some.Signal("open", kind: Kind.Bool));
        rig.Write("a.csv", "ts,count,state,open\n1,9007199254740993,running,true\n2,5.0,\"a \"\"b\"\"\",OFF\n3,1.5,running,perhaps\n4,,,1.0\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.csv"] });

        Assert.Equal([".count@1 = 9007199254740993", ".state@1 = running", ".open@1 = true", ".count@2 = 5", ".state@2 = a \"b\"", ".open@2 = false", ".state@3 = running", ".open@4 = true"], lines);
        Assert.Equal(["malformed 1 open:1", "not_a_number 1 count:1"], drops);
    }

    [Fact]
    public void Decimals_may_stand_behind_a_comma()
    {
        using var rig = new SourceRig(Some.Signal("temp"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text));
        rig.Write("a.csv", "ts;temp;count;state\n1;80,5;5,0;a,b.c\n2;-0,25e1;;\n3;1.234,5;1.5;\n4;80.5;;\n5;-200,0;7;\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.csv"], Decimal = DecimalMark.Comma, Missing = ["-200"] });

        Assert.Equal([".temp@1 = 80.5", ".count@1 = 5", ".state@1 = a,b.c", ".temp@2 = -2.5", ".count@5 = 7"], lines);
        Assert.Equal(["not_a_number 3 temp:2 count:1"], drops);
    }

    [Fact]
    public void What_stands_for_missing_gives_no_reading()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,pressure\n1,-200,n/a\n2,-200.0,1\n3, ,2\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.csv"], Missing = ["-200", "n/a"] });

        Assert.Equal([".pressure@2 = 1", ".pressure@3 = 2"], lines);
        Assert.Empty(drops);
    }

    [Fact]
    public void Rows_without_times_get_their_number_times_the_period()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.txt", "1 2\n\n3 4\nbroken\n5 6\n");
        rig.Write("b.txt", "7 8\n");

        var (lines, drops) = rig.Read(new FileSourceOptions
        {
            Path = ["?.txt"],
            Header = false,
            Columns = Map(("temp", "1"), ("pressure", "2")),
            Every = TimeSpan.FromMilliseconds(500),
            Start = new Instant(10 * Nanoseconds.Second),
        });

        Assert.Equal([".temp@10 = 1", ".pressure@10 = 2", ".temp@10.5 = 3", ".pressure@10.5 = 4", ".temp@11.5 = 5", ".pressure@11.5 = 6", ".temp@10 = 7", ".pressure@10 = 8"], lines);
        Assert.Equal(["malformed 2 temp:1 pressure:1"], drops);
    }

    [Fact]
    public void A_files_place_can_be_its_tags()
    {
        using var rig = new SourceRig(["line", "machine", "part"], s_press[..1]);
        rig.Write("line-1/press.1.csv.gz", SourceRig.Gzip("ts,temp,part\n1,10,a\n2,11,b\n"));
        rig.Write("line-2/press.1.csv", "part,ts,temp\na,3,12\n");

        var (lines, _) = rig.Read(new FileSourceOptions { Path = ["**/*.csv*"], Tags = Map(("machine", "{file}"), ("line", "{folder}"), ("part", "part")) });

        Assert.Equal(["line-1,press.1,a.temp@1 = 10", "line-1,press.1,b.temp@2 = 11", "line-2,press.1,a.temp@3 = 12"], lines);
    }

    [Fact]
    public void The_unit_of_the_file_goes_with_the_readings()
    {
        using var rig = new SourceRig(Some.Signal("temp", "degC", new Bounds(0, 100)));
        rig.Write("a.csv", "ts,temp\n1,212\n");

        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"], Units = new Dictionary<string, Unit> { ["temp"] = Some.Unit("degF") } });

        Assert.Equal("degF", source.Output.Signals[0].Unit!.Symbol);
        Assert.Equal(212, source.Output.Signals[0].Range!.Value.Max, 9);
    }

    [Fact]
    public void Quality_words_mark_the_values_of_their_row()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "ts,temp,q\n1,10,good\n2,11,Bad\n3,12,uncertain\n4,13,\n5,14,strange\n");

        var (lines, _) = rig.Read(new FileSourceOptions { Path = ["a.csv"], Quality = "q" });

        Assert.Equal([".temp@1 = 10", ".temp@2 = 11 bad", ".temp@3 = 12 uncertain", ".temp@4 = 13", ".temp@5 = 14 uncertain"], lines);
    }

    [Fact]
    public void Times_that_cannot_be_used_are_counted_by_signal()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", "ts,temp,pressure\nyesterday,1,2\n9999-01-01,3,\n5,4,5\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.csv"] });

        Assert.Equal([".temp@5 = 4", ".pressure@5 = 5"], lines);
        Assert.Equal(["bad_time 2 temp:1 pressure:1", "out_of_time_range 1 temp:1"], drops);
    }

    [Fact]
    public void Date_and_time_may_stand_in_two_columns()
    {
        using var rig = new SourceRig(s_press[..1]) { Time = new TimeOptions { Field = "Date + Time", Format = "d/M/yyyy HH:mm:ss" } };
        rig.Write("a.csv", "Date,Time,temp\n2/1/1970,00:00:01,5\n");

        Assert.Equal([".temp@86401 = 5"], rig.Read(new FileSourceOptions { Path = ["a.csv"] }).Lines);
    }

    [Fact]
    public void A_header_that_lacks_a_name_for_the_row_numbers_is_understood()
    {
        using var rig = new SourceRig(s_press[..1]);
        rig.Write("a.csv", "\"ts\",\"temp\"\n\"1\",5,6\n\"2\",6,7\n");
        rig.Write("b.csv", "ts,temp\n5,6,\n");

        Assert.Equal([".temp@5 = 6", ".temp@6 = 7"], rig.Read(new FileSourceOptions { Path = ["a.csv"] }).Lines);
        Assert.Equal([".temp@5 = 6"], rig.Read(new FileSourceOptions { Path = ["b.csv"] }).Lines);
    }

    [Fact]
    public void Rows_of_another_width_are_malformed_and_cost_nothing_else()
    {
        using var rig = new SourceRig(s_press);
        rig.Write("a.csv", $"ts,temp,pressure\n1,2\n2,3,4,5\n3,4,5,,\n4,\"5\"x,6\n{new string('9', 2_000_000)}\n5,6,\"7\n6,7,8\n");

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.csv"] });

        Assert.Equal([".temp@3 = 4", ".pressure@3 = 5", ".temp@6 = 7", ".pressure@6 = 8"], lines);
        Assert.Equal(["malformed 8 temp:4 pressure:4", "too_long 2 temp:1 pressure:1"], drops);
    }

    [Fact]
    public void A_source_beside_others_feeds_the_signals_that_its_file_has()
    {
        using var rig = new SourceRig(s_press) { Sources = 2 };
        rig.Write("a.csv", "ts,temp\n1,2\n");
        rig.Write("b.csv", "ts,level\n1,2\n");

        Assert.Equal([".temp@1 = 2"], rig.Read(new FileSourceOptions { Path = ["a.csv"] }).Lines);
        Assert.Equal(["b.csv has no column for any signal; name them: 'columns: { SIGNAL: COLUMN }'"], rig.Faults(new FileSourceOptions { Path = ["b.csv"] }));
    }

    [Fact]
    public void A_list_keeps_its_order_and_names_each_file_once()
    {
        using var rig = new SourceRig(["f"], s_press[..1]);
        foreach (var name in "bca") rig.Write($"{name}.csv", "ts,temp\n1,2\n");
        rig.Write("empty.csv", "");

        var (lines, _) = rig.Read(new FileSourceOptions { Path = ["c.csv", "*.csv"], Tags = Map(("f", "{file}")) });

        Assert.Equal(["c.temp@1 = 2", "a.temp@1 = 2", "b.temp@1 = 2"], lines);
    }

    static Dictionary<string, string> Map(params (string, string)[] entries) => entries.ToDictionary(e => e.Item1, e => e.Item2);
}
