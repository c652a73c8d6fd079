namespace StreamEdge;

/// <summary>Control rows among the lines of a file, and rows of several logical sources.</summary>
public class FileControlTests
{
    static readonly Signal[] s_value = [Some.Signal("v")];
    static readonly TimeOptions s_shared = new() { Clock = ClockKind.Shared };
    readonly FileSourceOptions _options = new() { Path = ["*.jsonl"], Control = true, Sources = new() { Field = "src", Names = ["x", "y"] } };

    [Fact]
    public void Says_what_stands_between_the_readings_and_gives_each_source_batches_of_its_own()
    {
        using var rig = new SourceRig(s_value) { Time = s_shared };
        rig.Write("a.jsonl", """
            {"ts":1,"src":"x","v":1}
            {"ts":2,"src":"x","v":2}
            {"ts":3,"src":"y","v":3}
            {"watermark":2}
            {"watermark":"1970-01-01T00:00:03Z","src":"y"}
            {"idle":"x"}

            {"ts":4,"src":"y","v":4}
            """);
        rig.Write("b.jsonl", """
            {"ts":5,"src":"y","v":5}
            {"end":"none"}
            """);

        Assert.Equal(
            [
                "0: .v@1 = 1", "0: .v@2 = 2", "1: .v@3 = 3", "Watermark of -1 at 2", "Watermark of 1 at 3", "Idle of 0 at 0",
                "1: .v@4 = 4", "1: .v@5 = 5", "Hold of -1 at 0",
            ], Read(rig.Build(_options)));
    }

    [Fact]
    public void Without_the_option_the_fields_are_fields_like_others()
    {
        using var rig = new SourceRig(Some.Signal("watermark"));
        rig.Write("a.jsonl", """
            {"ts":1,"watermark":2}
            {"ts":2,"end":"none"}
            """);

        var (lines, drops) = rig.Read(new FileSourceOptions { Path = ["a.jsonl"] });

        Assert.Equal([".watermark@1 = 2"], lines);
        Assert.Equal(["undeclared 1"], drops);
    }

    [Fact]
    public void Goes_on_behind_what_it_said_before_it_stopped()
    {
        using var rig = new SourceRig(s_value) { Time = s_shared };
        rig.Write("a.jsonl", string.Concat(Enumerable.Range(0, 30).Select(i => i % 7 == 3 ? $$"""{"watermark":{{i}}}""" + "\n" : i % 11 == 5 ? """{"idle":"x"}""" + "\n" : $$"""{"ts":{{i}},"src":"{{"xy"[i / 4 % 2]}}","v":{{i}}}""" + "\n")) + """{"end":"none"}""" + "\n");
        var whole = Read(rig.Build(_options));

        Assert.Equal(31, whole.Count);
        for (var stopAt = 0; stopAt < 40; stopAt++)
        {
            var first = rig.Build(_options);
            var lines = Read(first, stopAt);
            var state = new StateWriter();
            first.Save(state);
            var second = rig.Build(_options);
            second.Restore(new StateReader(state.Written));
            var rest = Read(second);
            // The end is said again, for those who were restored with it.
            Assert.Equal(whole, lines.Count == whole.Count ? [.. lines, .. rest[1..]] : lines.Concat(rest));
        }
    }

    [Fact]
    public void Ill_formed_rows_are_refused_and_told_with_their_line()
    {
        var notices = Notices(_options, """
            {"ts":1,"src":"x","v":1}
            {"watermark":"soon"}
            {"watermark":99999999999999999}
            {"watermark":1,"v":2}
            """, """
            {"ts":1,"src":"x","v":1}
            {"watermark":1,"note":2}
            {"watermark":1,"src":"z"}
            {"idle":"z"}
            """, """
            {"ts":1,"src":"x","v":1}
            {"end":"flush"}
            {"idle":"x","end":"none"}
            {"watermark":{"at":1}}
            """);

        Assert.Equal(
            [
                "a.jsonl:2 as bad_control, its watermark is not written as 'time.format' says: '{\"watermark\":\"soon\"}'",
                "a.jsonl:3 as bad_control, its watermark is before 1678 or after 2262: '{\"watermark\":99999999999999999}'",
                "a.jsonl:4 as bad_control, it has 'v' beside 'watermark': '{\"watermark\":1,\"v\":2}'; more of this file are only counted",
                "b.jsonl:2 as bad_control, it has more than 'watermark': '{\"watermark\":1,\"note\":2}'",
                "b.jsonl:3 as bad_control, 'sources' does not name its source: '{\"watermark\":1,\"src\":\"z\"}'",
                "b.jsonl:4 as bad_control, 'sources' does not name the source that is idle: '{\"idle\":\"z\"}'; more of this file are only counted",
                "c.jsonl:2 as bad_control, the only end that is written is 'none': '{\"end\":\"flush\"}'",
                "c.jsonl:3 as bad_control, it has 'idle' beside 'end': '{\"idle\":\"x\",\"end\":\"none\"}'",
                "c.jsonl:4 as bad_control, its watermark is no value: '{\"watermark\":{\"at\":1}}'; more of this file are only counted",
            ], notices);
    }

    [Fact]
    public void Rows_of_no_source_and_rows_behind_the_end_are_refused()
    {
        Assert.Equal(
            [
                "a.jsonl:2 as unknown_source, 'sources' does not name 'z': '{\"ts\":2,\"src\":\"z\",\"v\":2}'",
                "a.jsonl:3 as unknown_source, it does not say its source: '{\"ts\":3,\"v\":3}'",
                "a.jsonl:5 as after_end, it stands behind the end: '{\"ts\":4,\"src\":\"x\",\"v\":4}'",
                "a.jsonl:6 as after_end, it stands behind the end: '{\"watermark\":1}'",
            ],
            Notices(_options, """
                {"ts":1,"src":"x","v":1}
                {"ts":2,"src":"z","v":2}
                {"ts":3,"v":3}
                {"end":"none"}
                {"ts":4,"src":"x","v":4}
                {"watermark":1}
                """));
        Assert.Equal(["a.jsonl:1 as bad_control, the pipeline names no 'sources' of the file: '{\"idle\":\"x\"}'"], Notices(_options with { Sources = null }, """{"idle":"x"}"""));
    }

    [Fact]
    public void The_column_of_the_source_may_be_one_of_CSV()
    {
        using var rig = new SourceRig(s_value) { Time = s_shared };
        rig.Write("a.csv", "ts,src,v\n1,y,1\n2,x,2\n");

        Assert.Equal(["1: .v@1 = 1", "0: .v@2 = 2"], Read(rig.Build(_options with { Path = ["a.csv"], Control = false })));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        using var rig = new SourceRig(Some.Signal("idle")) { Time = s_shared };
        using var device = new SourceRig(s_value);
        rig.Write("a.jsonl", "");
        device.Write("a.csv", "ts,v\n1,1\n");

        Assert.Equal(
            [
                "a logical source has no name; name each once",
                "control rows are lines of JSON, not of CSV; leave it out",
                "rows without times of their own have no watermarks; leave it out",
                "the column of the logical source has no name; write 'field: COLUMN'",
                "the field 'idle' makes a row a control row, and cannot be part of a reading; give the other field another name, or leave 'control' out",
                "the logical source 'x' is named twice; name each once",
            ], rig.Faults(_options with { Format = FileFormat.Csv, Every = TimeSpan.FromSeconds(1), Sources = new() { Field = "", Names = ["x", "x", ""] } }));
        Assert.Equal(["there are 0 logical sources; name 1 to 1,000"], rig.Faults(_options with { Control = false, Sources = new() { Field = "src", Names = [] } }));
        Assert.Equal(
            [
                "control rows move a clock that all share, but each device has its own; write 'clock: given' or 'clock: shared' under 'time:'",
                "each device has its own clock, so that logical sources have no part in one; write 'clock: shared' under 'time:', or leave them out",
            ], device.Faults(_options with { Path = ["a.csv"] }));
    }

    [Fact]
    public void A_file_of_CSV_cannot_hold_control_rows()
    {
        using var rig = new SourceRig(s_value) { Time = s_shared };
        rig.Write("a.csv", "ts,v\n1,1\n");

        Assert.Equal(["a.csv is CSV, but control rows are lines of JSON; leave it out"], rig.Faults(_options with { Path = ["a.csv"], Sources = null }));
    }

    static List<string> Notices(FileSourceOptions options, params string[] files)
    {
        using var rig = new SourceRig(s_value) { Time = s_shared };
        foreach (var (number, text) in files.Index()) rig.Write($"{"abc"[number]}.jsonl", text);
        var source = rig.Build(options);
        Read(source);
        return [.. source.Books.Notices.Select(n => n.Replace($"drops {rig.Folder}/", ""))];
    }

    static List<string> Read(Source source, int batches = int.MaxValue)
    {
        var pool = new BatchPool();
        var lines = new List<string>();
        SourceRig.Open(source);
        for (var more = true; more && batches > 0; batches--)
        {
            var batch = pool.Rent(source.Output);
            more = source.ReadAsync(batch, default).AsTask().Result;
            for (var row = 0; row < batch.Count; row++) lines.Add($"{batch.Source}: {Probe.Line(batch, row)}");
            if (source.Remark is { Kind: not RemarkKind.None } said) lines.Add($"{said.Kind} of {said.Source} at {said.Time / Nanoseconds.Second}");
            batch.Release();
        }

        source.DisposeAsync().AsTask().Wait();
        return lines;
    }
}
