using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public sealed class LineProtocolTests : IDisposable
{
    const long Noon = SinkRun.Noon;

    readonly SinkRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Readings_of_one_device_and_time_become_one_point()
    {
        var batch = _run.Reading(null, Noon, "m1", "temp", 71.3);
        _run.Reading(batch, Noon, "m1", "count", 9007199254740993);
        _run.Reading(batch, Noon, "m1", "mode", "on", Quality.Uncertain);
        _run.Reading(batch, Noon, "m1", "open", false);
        _run.Reading(batch, Noon, "m2", "open", true, Quality.Bad);
        _run.Reading(batch, Noon + 1, "m2", "temp", -0.0);
        _run.Reading(batch, Noon + 1, "m2", "temp", 5.0);

        Assert.Equal(
            """
            press,machine=m1 temp=71.3,count=9007199254740993i,mode="on",open=F,quality="uncertain" 1767268800000000000
            press,machine=m2 open=T,quality="bad" 1767268800000000000
            press,machine=m2 temp=-0 1767268800000000001
            press,machine=m2 temp=5 1767268800000000001

            """,
            Text(batch));
    }

    [Fact]
    public void A_window_that_is_written_again_says_so_and_takes_its_quality_back()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("count", Kind.Integer));
        var batch = _run.Row(null, windows, Noon, "m1", quality: Quality.Uncertain, values: [71.3, 7]);
        _run.Row(batch, windows, Noon, "m1", Pane.Late, 1, values: [71.25, 60]);
        _run.Row(batch, windows, Noon, "m2", values: [null, 0]);

        Assert.Equal(
            """
            press,machine=m1 temp_mean=71.3,count=7i,quality="uncertain" 1767268800000000000
            press,machine=m1 temp_mean=71.25,count=60i,revision=1i,quality="good" 1767268800000000000
            press,machine=m2 count=0i 1767268800000000000

            """,
            Text(batch));
    }

    [Fact]
    public void A_window_that_is_no_more_is_marked()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("count", Kind.Integer));
        var batch = _run.Row(null, windows, Noon, "m1", Pane.Withdrawn, 1, values: [null, 0L]);
        _run.Row(batch, windows, Noon, "m2", Pane.Withdrawn, 2, values: [null, null]);

        Assert.Equal(
            """
            press,machine=m1 count=0i,withdrawn=true,revision=1i,quality="good" 1767268800000000000
            press,machine=m2 withdrawn=true,revision=2i,quality="good" 1767268800000000000

            """,
            Text(batch));
    }

    [Fact]
    public void Tags_are_sorted_and_escaped_and_keep_apart_what_the_format_cannot_hold()
    {
        using var run = new SinkRun(["unit", "line", "a b,c=d"]);
        var batch = run.Reading(null, 0, "x y,z=1|c:\\data\\|", "temp", 1.0);
        run.Reading(batch, 1, "||", "temp", 1.0);
        run.Reading(batch, 2, "a\nb\t\u007f|\\|\"q\" µ", "temp", 1.0);

        Assert.Equal(
            """
            press,line=c:\data＼,unit=x\ y\,z\=1 temp=1 0
            press temp=1 1
            press,a\ b\,c\=d="q"\ µ,line=＼,unit=a␊b␉␡ temp=1 2

            """,
            Text(run, batch));
    }

    [Fact]
    public void What_a_point_cannot_hold_is_dropped_with_its_reason()
    {
        var books = new Books(_run.Readings.Signals);
        var batch = _run.Reading(null, Noon, "m1", "temp", double.PositiveInfinity);
        _run.Reading(batch, Noon, "m1", "temp", double.NegativeInfinity);
        _run.Reading(batch, Noon, "m1", "temp", null);
        _run.Reading(batch, Noon, "m1", "count", null);
        _run.Reading(batch, Noon, "m1", "mode", new string('x', 64 * 1024 + 1));
        _run.Reading(batch, Noon, "m1", "mode", new string('x', 64 * 1024));
        _run.Reading(batch, long.MinValue, "m1", "temp", 1.0);
        _run.Reading(batch, long.MaxValue, "m1", "temp", 1.0);
        _run.Reading(batch, Nanoseconds.Min, "m1", "temp", 1.0);
        _run.Reading(batch, Nanoseconds.Max, "m1", "temp", 1.0);
        using var writer = new LineProtocolWriter("press", books, int.MaxValue);

        writer.Write(batch);
        writer.Close();

        Assert.Equal(["missing temp 1", "missing count 1", "not_finite temp 2", "text_too_long mode 1", "time_out_of_range temp 2"],
            books.Drops.SelectMany(d => d.BySignal().Select(s => $"{d.Reason} {s.Signal} {s.Count}")));
        Assert.Equal([$"{new string('x', 65536)}", "1", "1"], LineParser.Parse(Encoding.UTF8.GetString(writer.Lines.Span)).Select(p => $"{p.Fields[0].Value}"));
        Assert.Equal((3, 3), (writer.Written, writer.Points.Length));
    }

    [Fact]
    public void Of_a_row_only_the_value_is_left_out_and_counted()
    {
        var rows = _run.Rows(window: false, new("a", Kind.Number), new("b", Kind.Text));
        var books = new Books([]);
        var batch = _run.Row(null, rows, 1, "m1", values: [double.NegativeInfinity, "ok"]);
        _run.Row(batch, rows, 2, "m1", values: [1.5, new string('x', 1 << 20)]);
        _run.Row(batch, rows, 3, "m1", values: [double.PositiveInfinity, null]);
        _run.Row(batch, rows, long.MinValue, "m1", values: [1.0, null]);
        using IBatchWriter writer = new LineProtocolWriter("press", books);

        writer.Write(batch);

        Assert.Equal("press,machine=m1 b=\"ok\" 1\npress,machine=m1 a=1.5 2\n", Encoding.UTF8.GetString(writer.Lines.Span));
        Assert.Equal([("not_finite", "a", 1L), ("text_too_long", "b", 1L)], books.LeftOut); // a row that is dropped counts as that
        Assert.Equal(["no_fields 1", "time_out_of_range 1"], books.Drops.Where(d => d.Total > 0).Select(d => $"{d.Reason} {d.Total}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# x")]
    [InlineData("a\nb")]
    [InlineData("a\\")]
    public void A_measurement_that_would_break_the_line_is_refused(string measurement) =>
        Assert.False(LineProtocolWriter.Check(_run.Context(), "measurement", measurement));

    [Fact]
    public void Tags_of_one_name_are_refused()
    {
        using var run = new SinkRun(["line", "line", ""]);

        Assert.False(LineProtocolWriter.Check(run.Context(), "measurement", "press"));
        Assert.Equal(["'line' would stand twice in each line of line protocol; give the tag, signal or column 'line' another name", "a tag has no name; give it one"], run.Faults);
    }

    [Theory]
    [InlineData("_internal")]
    [InlineData("a\\b, c=\"d\"")]
    public void A_strange_measurement_is_written_as_it_is(string measurement)
    {
        Assert.True(LineProtocolWriter.Check(_run.Context(), "measurement", measurement));
        Assert.Equal(measurement, Assert.Single(LineParser.Parse(Text(_run, _run.Reading(null, Noon, "m1", "temp", 1.0), measurement))).Measurement);
    }

    [Theory]
    [InlineData(5e-324, "5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(1.0 / 3, "0.3333333333333333")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(-1e-6, "-0.000001")]
    [InlineData(1e-7, "1E-07")]
    [InlineData(999999999.999999, "999999999.999999")]
    [InlineData(1e9, "1000000000")]
    [InlineData(1e21, "1E+21")]
    [InlineData(100, "100")]
    [InlineData(-20.25, "-20.25")]
    public void Numbers_are_written_as_short_as_they_read_back(double value, string expected)
    {
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };

        Assert.Equal($"press,machine=m1 temp={expected} 0\n", Text(_run.Reading(null, 0, "m1", "temp", value)));
    }

    [Fact]
    public void Any_number_is_the_shortest_text_that_reads_back() => Prop.ForAll(Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>(),
        Gen.Choose(int.MinValue, int.MaxValue).Zip(Gen.Choose(0, 9), (digits, decimals) => digits / Math.Pow(10, decimals)),
        ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble)).ToArbitrary(), value =>
    {
        if (!double.IsFinite(value)) return true;
        Span<byte> text = stackalloc byte[NumberText.Longest];
        var written = Encoding.ASCII.GetString(text[..NumberText.Write(value, text)]);
        var plain = value.ToString("R", CultureInfo.InvariantCulture);
        return BitConverter.DoubleToInt64Bits(double.Parse(written, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(value)
            && (written == plain || plain.Contains('E') && Math.Abs(value) < 1e-4);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Anything_that_is_written_reads_back() => Prop.ForAll(ArbMap.Default.GeneratorFor<(string, string, string, string, double, long)>().ToArbitrary(), drawn =>
    {
        var (name, tag, tagValue, text, number, time) = drawn;
        if (string.IsNullOrEmpty(tag) || string.IsNullOrEmpty(name) || name == "number" || name == "quality") return;
        var rows = Schema.Rows(new KeyTable([tag], 0), new CodeTable(), [new(name, Kind.Text), new("number", Kind.Number), new("whole", Kind.Integer)], hasWindow: false);
        var value = Valid(text ?? "");
        time = Math.Clamp(time, Nanoseconds.Min, Nanoseconds.Max);
        number = double.IsFinite(number) ? number : 0;

        var point = Assert.Single(LineParser.Parse(Text(_run, _run.Row(null, rows, time, tagValue ?? "", values: [value, number, time]))));

        var tags = string.IsNullOrEmpty(tagValue) ? Array.Empty<(string, string)>() : [(Held(tag), Held(tagValue.Split('|')[0]))];
        Assert.Equal(new ReadPoint("press", tags.Where(t => t.Item2.Length > 0).ToList(), [(Held(name), value), ("number", number), ("whole", time)], time).ToString(), point.ToString());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [SharedFact]
    public void The_test_parser_reads_the_published_corpus()
    {
        var cases = Corpus("decode").Where(c => c.GetProperty("input").GetProperty("precision").GetString() == "1ns").ToList();
        // The corpus keeps -0 as 0.
        var good = cases.Where(c => c.GetProperty("output").TryGetProperty("result", out _) && c.GetProperty("input").GetProperty("text").GetString() != "u e=-0.").ToList();

        Assert.All(good, c => Assert.Equal(
            c.GetProperty("output").GetProperty("result").EnumerateArray().Select(p => PointOf(p).ToString()),
            LineParser.Parse(c.GetProperty("input").GetProperty("text").GetString()!).Select(p => (p with { Tags = Sorted(p.Tags), Time = p.Time ?? c.GetProperty("input").GetProperty("defaultTime").GetInt64() }).ToString())));
        Assert.True(good.Count > 150, $"{good.Count} good cases");
    }

    [SharedFact]
    public void Every_encode_case_of_the_published_corpus_reads_back()
    {
        var cases = Corpus("encode").Where(c => c.GetProperty("output").TryGetProperty("result", out _)).ToList();

        Assert.All(cases, c =>
        {
            var point = PointOf(c.GetProperty("input").GetProperty("point"));
            using var run = new SinkRun(tags: [.. point.Tags.Select(t => t.Key)]);
            var rows = run.Rows(window: false, [.. point.Fields.Select(f => new Column(f.Key, f.Value switch { double => Kind.Number, string => Kind.Text, bool => Kind.Bool, _ => Kind.Integer }))]);

            var written = Text(run, run.Row(null, rows, point.Time!.Value, string.Join('|', point.Tags.Select(t => t.Value)), values: [.. point.Fields.Select(f => f.Value)]), point.Measurement);

            Assert.Equal((point with { Tags = Sorted(point.Tags) }).ToString(), Assert.Single(LineParser.Parse(written)).ToString());
        });
        Assert.True(cases.Count > 50, $"{cases.Count} cases");
    }

    static IEnumerable<JsonElement> Corpus(string part)
    {
        using var packed = new GZipStream(File.OpenRead(Path.Combine(Repository.Shared!, "corpora/line-protocol/corpus.json.gz")), CompressionMode.Decompress);
        return [.. JsonDocument.Parse(packed).RootElement.GetProperty(part).EnumerateObject().Select(c => c.Value)
            .Where(c => !c.GetProperty("input").TryGetProperty("text", out var text) || text.ValueKind == JsonValueKind.String)];
    }

    static IReadOnlyList<(string Key, string Value)> Sorted(IReadOnlyList<(string Key, string Value)> tags) => [.. tags.OrderBy(t => t.Key, StringComparer.Ordinal)];

    static ReadPoint PointOf(JsonElement point) => new(
        point.GetProperty("name").GetString()!,
        [.. point.GetProperty("tags").EnumerateArray().Select(t => (t.GetProperty("key").GetString()!, t.GetProperty("value").GetString()!))],
        [.. point.GetProperty("fields").EnumerateArray().Select(f => (f.GetProperty("key").GetString()!, ValueOf(f.GetProperty("value").EnumerateObject().Single())))],
        point.GetProperty("time").ValueKind == JsonValueKind.Number ? point.GetProperty("time").GetInt64() : null);

    static object ValueOf(JsonProperty value) => value.Name switch
    {
        "float" => value.Value.GetDouble(),
        "int" => value.Value.GetInt64(),
        "uint" => value.Value.GetUInt64(),
        "bool" => value.Value.GetBoolean(),
        _ => value.Value.GetString()!,
    };

    /// <summary>A name or tag as it comes back: what the format cannot hold has become its visible twin.</summary>
    static string Held(string text)
    {
        var held = string.Concat(Valid(text).Select(c => c < ' ' ? (char)('\u2400' + c) : c == '\u007f' ? '\u2421' : c));
        return held.EndsWith('\\') ? held[..^1] + '\uff3c' : held;
    }

    // A lone half of a surrogate pair has no bytes in UTF-8.
    static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    string Text(Batch batch) => Text(_run, batch);

    static string Text(SinkRun run, Batch batch, string measurement = "press")
    {
        var books = new Books(run.Readings.Signals);
        using var writer = new LineProtocolWriter(measurement, books, int.MaxValue);
        Assert.Equal(batch.Count, writer.Write(batch));
        writer.Close();
        Assert.Equal(0, books.Dropped);
        return Encoding.UTF8.GetString(writer.Lines.Span);
    }
}
