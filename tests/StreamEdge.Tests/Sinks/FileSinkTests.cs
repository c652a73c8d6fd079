using System.IO.Compression;

namespace StreamEdge;

public sealed class FileSinkTests : IDisposable
{
    const long Noon = SinkRun.Noon;

    readonly SinkRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task JSON_lines_hold_every_kind_of_value_and_say_only_what_is_unusual()
    {
        var batch = _run.Reading(null, Noon, "m1", "temp", 71.3);
        _run.Reading(batch, Noon + 250_000_000, "m1", "count", 9007199254740993);
        _run.Reading(batch, Noon + 1, "say \"hi\"\n", "mode", "a\\b\tµ");
        _run.Reading(batch, Noon, "m1", "open", true, Quality.Uncertain);
        _run.Reading(batch, Noon, "m1", "temp", null, Quality.Bad);
        _run.Reading(batch, Noon, "m1", "temp", double.PositiveInfinity);

        var books = await _run.WriteAsync(new FileSinkOptions { Path = "out.jsonl" }, batch);

        Assert.Equal(
            """
            {"time":"2026-01-01T12:00:00Z","machine":"m1","signal":"temp","value":71.3}
            {"time":"2026-01-01T12:00:00.250Z","machine":"m1","signal":"count","value":9007199254740993}
            {"time":"2026-01-01T12:00:00.000000001Z","machine":"say \"hi\"\n","signal":"mode","value":"a\\b\tµ"}
            {"time":"2026-01-01T12:00:00Z","machine":"m1","signal":"open","value":true,"quality":"uncertain"}
            {"time":"2026-01-01T12:00:00Z","machine":"m1","signal":"temp","value":null,"quality":"bad"}
            {"time":"2026-01-01T12:00:00Z","machine":"m1","signal":"temp","value":null}

            """,
            Text("out.jsonl"));
        Assert.Equal([$"file: {_run.PathOf("out.jsonl")}"], _run.Report);
        Assert.Equal([("not_finite", "temp", 1L)], books.LeftOut);
    }

    [Theory]
    [InlineData("out.jsonl", """
        {"quality":"good","value":71.3,"machine":"m1","time":"2026-01-01T12:00:00Z"}
        {"quality":"bad","value":null,"machine":"a,\"b","time":"2026-01-01T12:00:00Z"}
        {"quality":"good","value":"on","machine":"","time":"2026-01-01T12:00:00Z"}

        """)]
    [InlineData("out.csv", """
        quality,value,machine,time
        good,71.3,m1,2026-01-01T12:00:00Z
        bad,,"a,""b",2026-01-01T12:00:00Z
        good,on,,2026-01-01T12:00:00Z

        """)]
    public async Task Columns_that_are_chosen_stand_in_every_line_in_their_order(string file, string text)
    {
        var batch = _run.Reading(null, Noon, "m1", "temp", 71.3);
        _run.Reading(batch, Noon, "a,\"b", "count", null, Quality.Bad);
        _run.Reading(batch, Noon, "", "mode", "on");

        await _run.WriteAsync(new FileSinkOptions { Path = file, Columns = ["quality", "value", "machine", "time"] }, batch);

        Assert.Equal(text, Text(file));
    }

    [Theory]
    [InlineData("out.jsonl", """
        {"pane":"late","revision":1,"signal":7.5,"end":1767268860000,"start":1767268800000,"n":61}

        """)]
    [InlineData("out.csv", """
        pane,revision,signal,end,start,n
        late,1,7.5,1767268860000,1767268800000,61

        """)]
    public async Task Columns_of_windows_are_chosen_by_the_names_of_CSV(string file, string text)
    {
        var windows = _run.Rows(window: true, new("signal", Kind.Number), new("n", Kind.Integer));

        await _run.WriteAsync(new FileSinkOptions { Path = file, Time = TimeForm.Ms, Columns = ["pane", "revision", "signal", "end", "start", "n"] },
            _run.Row(null, windows, Noon, "m1", Pane.Late, 1, Quality.Uncertain, 7.5, 61));

        Assert.Equal(text, Text(file));
    }

    [Fact]
    public async Task JSON_lines_of_windows_have_start_and_end_and_tell_a_correction()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("count", Kind.Integer));
        var batch = _run.Row(null, windows, Noon, "m1", values: [71.3, 60]);
        _run.Row(batch, windows, Noon, "m1", Pane.Late, 1, Quality.Uncertain, 71.4, 61);
        _run.Row(batch, windows, Noon, "m2", Pane.Early, values: [null, 0]);

        await _run.WriteAsync(new FileSinkOptions { Path = "out.jsonl", Time = TimeForm.Ms }, batch);

        Assert.Equal(
            """
            {"time":1767268800000,"end":1767268860000,"machine":"m1","temp_mean":71.3,"count":60}
            {"time":1767268800000,"end":1767268860000,"machine":"m1","temp_mean":71.4,"count":61,"pane":"late","revision":1,"quality":"uncertain"}
            {"time":1767268800000,"end":1767268860000,"machine":"m2","temp_mean":null,"count":0,"pane":"early"}

            """,
            Text("out.jsonl"));
    }

    [Fact]
    public async Task CSV_of_readings_is_long_and_tells_missing_from_empty()
    {
        var batch = _run.Reading(null, Noon, "m1", "temp", -0.5);
        _run.Reading(batch, Noon, "a, \"b\"", "mode", "");
        _run.Reading(batch, Noon, "m1", "mode", null);
        _run.Reading(batch, Noon, "m1", "temp", double.NegativeInfinity, Quality.Bad);

        await _run.WriteAsync(new FileSinkOptions { Path = "out.csv" }, batch);

        Assert.Equal(
            """"
            time,machine,signal,value,quality
            2026-01-01T12:00:00Z,m1,temp,-0.5,good
            2026-01-01T12:00:00Z,"a, ""b""",mode,"",good
            2026-01-01T12:00:00Z,m1,mode,,good
            2026-01-01T12:00:00Z,m1,temp,-inf,bad

            """",
            Text("out.csv"));
    }

    [Fact]
    public async Task CSV_of_windows_has_a_column_each_behind_start_end_and_pane()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("anomaly", Kind.Bool));
        var batch = _run.Row(null, windows, Noon, "m1", values: [71.25, false]);
        _run.Row(batch, windows, Noon, "m1", Pane.Late, 2, values: [1e-7, true]);

        await _run.WriteAsync(new FileSinkOptions { Path = "out.csv", Time = TimeForm.Ns }, batch);

        Assert.Equal(
            """
            machine,start,end,pane,revision,temp_mean,anomaly,quality
            m1,1767268800000000000,1767268860000000000,on_time,0,71.25,false,good
            m1,1767268800000000000,1767268860000000000,late,2,1E-07,true,good

            """,
            Text("out.csv"));
    }

    [Theory]
    [InlineData("out.jsonl")]
    [InlineData("out.csv")]
    [InlineData("out.lp")]
    public async Task The_bytes_do_not_depend_on_how_the_input_came_in_batches(string file)
    {
        var signals = new[] { "temp", "count" };
        Batch Make(int from, int until)
        {
            Batch? batch = null;
            for (var i = from; i < until; i++) batch = _run.Reading(batch, Noon + i / 2 * 1_000_000, "m" + i / 2 % 3, signals[i % 2], i % 2 == 0 ? i / 8.0 : i);
            return batch!;
        }

        await _run.WriteAsync(new FileSinkOptions { Path = "whole" + file }, Make(0, 4000));
        await _run.WriteAsync(new FileSinkOptions { Path = "parts" + file }, [.. Enumerable.Range(0, 160).Select(i => Make(25 * i, 25 * i + 25))]);

        Assert.Equal(Text("whole" + file), Text("parts" + file));
        Assert.Equal(file.EndsWith(".lp") ? 2000 : file.EndsWith(".csv") ? 4001 : 4000, Text("whole" + file).Count(c => c == '\n'));
    }

    [Fact]
    public async Task Compressed_text_is_the_text()
    {
        await _run.WriteAsync(new FileSinkOptions { Path = "deep/out.lp.gz", Measurement = "valve" }, _run.Reading(null, Noon, "m1", "temp", 1.5));

        await using var unpacked = new GZipStream(File.OpenRead(_run.PathOf("deep/out.lp.gz")), CompressionMode.Decompress);
        Assert.Equal("valve,machine=m1 temp=1.5 1767268800000000000\n", await new StreamReader(unpacked).ReadToEndAsync());
    }

    [Fact]
    public async Task Without_append_a_run_begins_anew_and_keeps_the_files_of_the_runs_before()
    {
        for (var run = 1; run <= 3; run++)
            await _run.WriteAsync(new FileSinkOptions { Path = "out.csv", Append = false }, _run.Reading(null, Noon, "m1", "temp", (double)run));

        Assert.EndsWith("m1,temp,3,good\n", Text("out.csv"));
        Assert.EndsWith("m1,temp,1,good\n", Text("out.csv.1"));
        Assert.EndsWith("m1,temp,2,good\n", Text("out.csv.2"));
    }

    [Fact]
    public async Task A_CSV_of_two_inputs_writes_each_signal_as_its_own_input_has_it()
    {
        var numbers = _run.Readings.With([.. _run.Readings.Signals.Select(s => s with { Kind = Kind.Number })]);
        var other = _run.Reading(null, Noon, "m1", "temp", 1.5).As(numbers);
        other.Key[0] = numbers.Keys.Key(numbers.Keys.Device("m1"), numbers.SignalNumber("count"));

        await _run.WriteAsync(new FileSinkOptions { Path = "out.csv" }, _run.Reading(null, Noon, "m1", "count", 3), other);

        Assert.EndsWith("m1,count,3,good\n2026-01-01T12:00:00Z,m1,count,1.5,good\n", Text("out.csv"));
    }

    [Fact]
    public async Task A_compressed_file_is_never_gone_on_with()
    {
        for (var run = 1; run <= 2; run++) await _run.WriteAsync(new FileSinkOptions { Path = "out.lp.gz" }, _run.Reading(null, Noon, "m1", "temp", (double)run));

        Assert.True(File.Exists(_run.PathOf("out.lp.gz.1")));
    }

    [Fact]
    public async Task Append_goes_on_with_one_header_and_behind_a_torn_line()
    {
        var options = new FileSinkOptions { Path = "out.csv" };
        await _run.WriteAsync(options, _run.Reading(null, Noon, "m1", "temp", 1.0));
        File.AppendAllText(_run.PathOf("out.csv"), "2026-01-01T12:0");

        await _run.WriteAsync(options, _run.Reading(null, Noon, "m1", "temp", 2.0));

        Assert.Equal(
            """
            time,machine,signal,value,quality
            2026-01-01T12:00:00Z,m1,temp,1,good
            2026-01-01T12:0
            2026-01-01T12:00:00Z,m1,temp,2,good

            """,
            Text("out.csv"));
    }

    [Fact]
    public async Task Append_refuses_a_CSV_with_other_columns()
    {
        File.WriteAllText(_run.PathOf("out.csv"), "time,valve,value\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _run.WriteAsync(new FileSinkOptions { Path = "out.csv" }, _run.Reading(null, Noon, "m1", "temp", 2.0)));

        Assert.Equal($"{_run.PathOf("out.csv")} begins with 'time,valve,value', which are other columns than this pipeline would append; move it away, or write 'append: false'", error.Message);
        Assert.Equal("time,valve,value\n", Text("out.csv"));
    }

    [Fact]
    public async Task Two_sinks_cannot_write_one_file()
    {
        await using var first = new FileSinkOptions { Path = "out.csv" }.Build(_run.Context());
        await first.OpenAsync(default);
        await first.FlushAsync(default);

        await Assert.ThrowsAsync<IOException>(() => _run.WriteAsync(new FileSinkOptions { Path = "out.csv" }, _run.Reading(null, Noon, "m1", "temp", 2.0)));

        Assert.False(File.Exists(_run.PathOf("out.csv.1")));
    }

    [Fact]
    public async Task What_is_not_yet_flushed_is_held()
    {
        await using var sink = new FileSinkOptions { Path = "out.jsonl" }.Build(_run.Context());
        await sink.OpenAsync(default);

        await sink.WriteAsync(_run.Reading(null, Noon, "m1", "temp", 2.0), default);

        Assert.Equal((1, 0), (sink.Held, sink.Books.Absorbed));
    }

    [Fact]
    public void Every_fault_is_told_at_check_time()
    {
        var windows = _run.Rows(window: true, new Column("end", Kind.Number), new Column("quality", Kind.Number));

        new FileSinkOptions { Path = "out.txt" }.Build(_run.Context());
        new FileSinkOptions { Path = "" }.Build(_run.Context());
        new FileSinkOptions { Path = "out.lp", Time = TimeForm.Iso, Measurement = "#1" }.Build(_run.Context());
        new FileSinkOptions { Path = "out.csv", Measurement = "m" }.Build(_run.Context(_run.Readings, windows));
        new FileSinkOptions { Path = "out.jsonl" }.Build(_run.Context(windows));

        Assert.Equal(
            [
                "'' names no file; write a name such as anomalies.jsonl",
                "'end' would stand twice in each line of JSON; give the tag, signal or column 'end' another name",
                "'quality' would stand twice in each line of JSON; give the tag, signal or column 'quality' another name",
                "a line that starts with # is a comment, so the measurement '#1' would be lost; begin it with a letter",
                "its inputs have different columns, and a CSV file has one header; give each its own file, or write JSON lines",
                "line protocol has its times in nanoseconds; take 'time' out",
                "only line protocol has a measurement; take 'measurement' out, or add 'format: line_protocol'",
                "the ending of 'out.txt' does not say how to write it; end it in .jsonl, .csv or .lp, or add 'format: json_lines'",
            ],
            _run.Faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_console_prints_lines_to_read()
    {
        using var run = new SinkRun(signals: [new("temp", Kind.Number, Unit.TryParse("degC", out var unit, out _) ? unit : null), new("mode", Kind.Text, null)]);
        var windows = run.Rows(window: true, new Column("temp_mean", Kind.Number, unit), new Column("state", Kind.Text));
        var readings = run.Reading(null, Noon, "m1", "temp", 71.3);
        run.Reading(readings, Noon, "m1", "mode", "up\u001b[2J", Quality.Uncertain);
        run.Reading(readings, Noon, "m1", "temp", null);

        var books = await run.WriteAsync(new ConsoleSinkOptions(), readings, run.Row(null, windows, Noon, "m1", Pane.Late, 1, Quality.Bad, 70.0, "idle"));

        Assert.Equal(
            """
            2026-01-01T12:00:00Z  machine=m1  temp=71.3 degC
            2026-01-01T12:00:00Z  machine=m1  mode=up\u001B[2J  uncertain
            2026-01-01T12:00:00Z  machine=m1  temp=-
            2026-01-01T12:00:00Z..2026-01-01T12:01:00Z  machine=m1  temp_mean=70 degC  state=idle  bad  late  revision 1

            """,
            run.Console.ToString());
        Assert.Equal(4, books.Absorbed);
    }

    [Fact]
    public async Task The_console_prints_JSON_to_be_piped_on()
    {
        await _run.WriteAsync(new ConsoleSinkOptions { Format = ConsoleFormat.JsonLines }, _run.Reading(null, Noon, "Zürich", "temp", 71.3));

        Assert.Equal("""{"time":"2026-01-01T12:00:00Z","machine":"Zürich","signal":"temp","value":71.3}""" + "\n", _run.Console.ToString());
    }

    string Text(string file) => File.ReadAllText(_run.PathOf(file));
}
