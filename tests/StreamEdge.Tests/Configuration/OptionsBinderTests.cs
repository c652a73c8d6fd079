namespace StreamEdge;

public class OptionsBinderTests
{
    public enum Then
    {
        Drop,
        Clamp,
        FlagIt,
    }

    public sealed record BatchingOptions
    {
        [Between(1, 4096)]
        public int Max { get; init; } = 32;

        [Between("1ms", "10s")]
        public TimeSpan Wait { get; init; } = TimeSpan.FromMilliseconds(50);
    }

    public record InheritedOptions
    {
        public string? Note { get; init; }
    }

    public sealed record PressOptions : InheritedOptions
    {
        public required string Topic { get; init; }

        public double Min { get; init; } = double.NegativeInfinity;

        public double Max { get; init; } = 100;

        public bool Retain { get; init; }

        public long Offset { get; init; }

        public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

        public TimeSpan? Heartbeat { get; init; }

        public Then OutOfRange { get; init; } = Then.FlagIt;

        public ByteSize Buffer { get; init; } = new(512_000_000);

        public Percent MinCoverage { get; init; } = new(0.8);

        public Bounds? Range { get; init; }

        public Rate? Rate { get; init; }

        public Unit? Unit { get; init; }

        public Quantity? Tolerance { get; init; }

        public Occurrences For { get; init; } = new(2, "window");

        public Instant? From { get; init; }

        public Uri? Server { get; init; }

        public IReadOnlyList<string> By { get; init; } = [];

        [Between(1, 65535)]
        public int[] Ports { get; init; } = [];

        public IReadOnlyDictionary<string, IReadOnlyList<string>> Compute { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

        public BatchingOptions Batch { get; init; } = new();

        public IReadOnlyList<BatchingOptions> Stages { get; init; } = [];

        [Key("keep")]
        public string? Condition { get; init; }

        public Node? Payload { get; init; }

        public string Computed => Topic + Min;
    }

    public sealed record OutOfRangeOptions
    {
        [Short]
        public Then Then { get; init; }

        public TimeSpan After { get; init; } = TimeSpan.FromSeconds(1);
    }

    public sealed record OuterOptions
    {
        public OutOfRangeOptions OutOfRange { get; init; } = new();

        [Short]
        public required IReadOnlyList<string> Of { get; init; }
    }

    [Fact]
    public void Every_kind_of_option_is_read()
    {
        var press = Bind<PressOptions>("""
            topic: 007
            note: true
            min: -20
            max: 1.5e2
            retain: true
            offset: 0x1F
            max_age: 1m30s
            heartbeat: 15m
            out_of_range: flag_it
            buffer: 64KiB
            min_coverage: 95%
            range: [-20, 250]
            rate: 10/min
            unit: °C
            tolerance: 0.2 degC
            for: 3 rows
            from: 2026-01-01
            server: http://localhost:8086
            by: [line, machine]
            ports: 502
            compute: { temp: [mean, max], pressure: std, a: rms }
            batch: { max: 8, wait: 20ms }
            stages: [{ max: 1 }, { max: 2 }]
            keep: quality == "good"
            payload: { v: [1, 2] }
            """);

        Assert.Equal(("007", "true", -20, 150, true, 31), (press.Topic, press.Note, press.Min, press.Max, press.Retain, press.Offset));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(15), Then.FlagIt), (press.MaxAge, press.Heartbeat, press.OutOfRange));
        Assert.Equal((new ByteSize(65536), new Percent(0.95), new Bounds(-20, 250)), (press.Buffer, press.MinCoverage, press.Range));
        Assert.Equal((new Rate(10, "min"), "degC", "0.2 degC", new Occurrences(3, "row")), (press.Rate, press.Unit?.Symbol, press.Tolerance.ToString(), press.For));
        Assert.Equal(("2026-01-01T00:00:00Z", "http://localhost:8086/"), (press.From.ToString(), press.Server?.ToString()));
        Assert.Equal(["line", "machine"], press.By);
        Assert.Equal([502], press.Ports);
        Assert.Equal(["temp", "pressure", "a"], press.Compute.Keys);
        Assert.Equal(["std"], press.Compute["pressure"]);
        Assert.Equal(new BatchingOptions { Max = 8, Wait = TimeSpan.FromMilliseconds(20) }, press.Batch);
        Assert.Equal([1, 2], press.Stages.Select(stage => stage.Max));
        Assert.Equal("quality == \"good\"", press.Condition);
        Assert.IsType<MapNode>(press.Payload);
    }

    [Fact]
    public void What_is_not_written_keeps_its_default() =>
        Assert.Equal(OptionsText.Write(new PressOptions { Topic = "a" }), OptionsText.Write(Bind<PressOptions>("topic: a")));

    [Fact]
    public void Null_unsets_an_option_that_may_be_unset() => Assert.Null(Bind<PressOptions>("{ topic: a, heartbeat: ~, note: null }").Heartbeat);

    [Fact]
    public void Naming_a_switch_turns_it_on() => Assert.True(Bind<PressOptions>("{ topic: a, retain }").Retain);

    [Fact]
    public void A_list_for_a_map_of_lists_is_its_one_unnamed_entry()
    {
        var press = Bind<PressOptions>("{ topic: a, compute: [count, mean] }");

        Assert.Equal(["count", "mean"], press.Compute[""]);
        Assert.Contains("\ncompute: [count, mean]\n", OptionsText.Write(press));
    }

    [Theory]
    [InlineData("topic: a\nmaximum: 5", "2:1: press has no option 'maximum'; did you mean 'max'?")]
    [InlineData("topic: a\nmaxAge: 5s", "2:1: press has no option 'maxAge'; did you mean 'max_age'?")]
    [InlineData("topic: a\nsink\u200Bs: 1", "2:1: press has no option 'sink\\u200Bs'; its options are topic, min, max, retain, offset, max_age, heartbeat, out_of_range, buffer, min_coverage, range, rate and 13 more")]
    [InlineData("max: 5", "1:1: press needs 'topic'; write topic: TEXT")]
    [InlineData("topic: ", "1:7: press.topic has no value; write topic: TEXT")]
    [InlineData("topic: [a]", "1:8: press.topic: a list stands where a text is expected; write one, such as a")]
    [InlineData("topic: a\nmax: high", "2:6: press.max: 'high' is no number; write it like 1.5")]
    [InlineData("topic: a\nmax: 0,5", "2:6: press.max: '0,5' has a decimal comma; write 0.5 with a point")]
    [InlineData("topic: a\nmax: .inf", "2:6: press.max: '.inf' is not finite; write a number")]
    [InlineData("topic: a\nmax: 1e999", "2:6: press.max: '1e999' is larger than any number a computer keeps")]
    [InlineData("topic: a\nmax: {}", "2:6: press.max: a map stands where a number is expected; write it like 1.5")]
    [InlineData("topic: a\nmax:", "2:5: press.max has no value; write max: 1.5")]
    [InlineData("topic: a\noffset: 1_000", "2:9: press.offset: '1_000' is no number; write 1000")]
    [InlineData("topic: a\noffset: 1.5", "2:9: press.offset: '1.5' is no whole number; write 2")]
    [InlineData("topic: a\noffset: 99999999999999999999", "2:9: press.offset: '99999999999999999999' is too large; write -9223372036854775808 to 9223372036854775807")]
    [InlineData("topic: a\nretain: yes", "2:9: press.retain: 'yes' is neither true nor false; write true")]
    [InlineData("topic: a\nretain: maybe", "2:9: press.retain: 'maybe' is neither true nor false; write true or false")]
    [InlineData("topic: a\nmax_age: 5", "2:10: press.max_age: '5' has no unit; write 5s")]
    [InlineData("topic: a\nout_of_range: dorp", "2:15: press.out_of_range: there is no 'dorp' here; did you mean 'drop'?")]
    [InlineData("topic: a\nout_of_range: ignore", "2:15: press.out_of_range: there is no 'ignore' here; write one of drop, clamp, flag_it")]
    [InlineData("topic: a\nrange: [5, 1]", "2:8: press.range: the range begins at 5, above its end 1; write [1, 5]")]
    [InlineData("topic: a\nunit: degX", "2:7: press.unit: 'degX' is no unit; did you mean 'degC'?")]
    [InlineData("topic: a\nserver: localhost", "2:9: press.server: 'localhost' is no address; write it like http://HOST:8086")]
    [InlineData("topic: a\nports: [502, 70000]", "2:14: press.ports[1]: 70000 is too large; write 1 to 65535")]
    [InlineData("topic: a\nbatch: { max: 0 }", "2:15: press.batch.max: 0 is too small; write 1 to 4096")]
    [InlineData("topic: a\nbatch: { wait: 1m }", "2:16: press.batch.wait: 1m is too large; write 1ms to 10s")]
    [InlineData("topic: a\nbatch: { mx: 1 }", "2:10: press.batch has no option 'mx'; its options are max, wait")]
    [InlineData("topic: a\nbatch: 5", "2:8: press.batch: a text stands where options are expected; its options are max, wait")]
    [InlineData("topic: a\nretain: ~", "2:9: press.retain has no value; write retain: true")]
    [InlineData("topic: a\ncompute: mean", "2:10: press.compute: a text stands where a map is expected; write it like { NAME: [TEXT] }")]
    [InlineData("topic: a\ncompute: { temp: [{}] }", "2:19: press.compute.temp[0]: a map stands where a text is expected; write it like TEXT")]
    [InlineData("topic: a\nstages: [{ max: x }]", "2:17: press.stages[0].max: 'x' is no number; write it like 10")]
    public void A_mistake_is_told_with_its_place_and_what_to_write(string yaml, string expected)
    {
        var faults = new Faults(Yaml.File);

        var bound = OptionsBinder.Bind(typeof(PressOptions), "press", Yaml.Read(yaml), faults);

        Assert.Equal($"press.yaml:{expected}", string.Join('\n', faults.Items));
        Assert.False(bound.Sound);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var faults = new Faults(Yaml.File);

        OptionsBinder.Bind(typeof(PressOptions), "press", Yaml.Read("max: high\nmaximum: 5\nbatch: { max: 0, wait: 5 }\n"), faults);

        Assert.Equal("""
            press.yaml:1:1: press needs 'topic'; write topic: TEXT
            press.yaml:1:6: press.max: 'high' is no number; write it like 1.5
            press.yaml:2:1: press has no option 'maximum'; did you mean 'max'?
            press.yaml:3:15: press.batch.max: 0 is too small; write 1 to 4096
            press.yaml:3:24: press.batch.wait: '5' has no unit; write 5s
            """, string.Join('\n', faults.Items));
    }

    [Theory]
    [InlineData("flag_it", Then.FlagIt, 1)]
    [InlineData("{ then: flag_it, after: 2s }", Then.FlagIt, 2)]
    [InlineData("", Then.Drop, 1)]
    public void A_short_option_stands_for_its_map(string written, Then then, int seconds)
    {
        var options = Bind<OutOfRangeOptions>(Yaml.Read($"out_of_range: {written}\n")["out_of_range"]!);

        Assert.Equal((then, TimeSpan.FromSeconds(seconds)), (options.Then, options.After));
    }

    [Fact]
    public void A_short_option_may_be_a_list_and_lie_inside_another_record()
    {
        Assert.Equal(["a", "b"], Bind<OuterOptions>(Yaml.Read("x: [a, b]")["x"]!).Of);
        Assert.Equal(["a"], Bind<OuterOptions>(Yaml.Read("x: a")["x"]!).Of);
        Assert.Equal(Then.Clamp, Bind<OuterOptions>("{ of: a, out_of_range: clamp }").OutOfRange.Then);
    }

    [Fact]
    public void A_required_short_option_is_asked_for()
    {
        var faults = new Faults(Yaml.File);

        OptionsBinder.Bind(typeof(OuterOptions), "outer", Yaml.Read("outer:\n")["outer"]!, faults);

        Assert.Equal("press.yaml:1:7: outer needs 'of'; write of: [TEXT]", string.Join('\n', faults.Items));
    }

    [Fact]
    public void Keys_that_the_caller_reads_are_no_mistake_and_are_listed()
    {
        var faults = new Faults(Yaml.File);

        OptionsBinder.Bind(typeof(BatchingOptions), "infer", Yaml.Read("from: clean\nform: x\nmax: 5\n"), faults, ["name", "from"]);

        Assert.Equal("press.yaml:2:1: infer has no option 'form'; did you mean 'from'?", string.Join('\n', faults.Items));
    }

    [Fact]
    public void What_the_reader_refused_is_not_told_twice_but_is_not_sound()
    {
        var faults = new Faults(Yaml.File);
        var root = YamlReader.Read("max: *x\nwait: 5s\n"u8.ToArray(), faults)!;

        var bound = OptionsBinder.Bind(typeof(BatchingOptions), "infer", root, faults);

        Assert.Equal("press.yaml:1:6: the alias '*x' is refused; write the value out again", string.Join('\n', faults.Items));
        Assert.Equal((false, new BatchingOptions { Wait = TimeSpan.FromSeconds(5) }), (bound.Sound, bound.Value));
    }

    [Fact]
    public void Every_option_knows_where_it_is_written()
    {
        var root = Yaml.Read("""
            topic: a
            by: [line, machine]
            compute: { temp: [mean, max] }
            batch: { max: 8 }
            keep: "a > b"
            """);

        var bound = OptionsBinder.Bind(typeof(PressOptions), "press", root, new Faults(Yaml.File));

        Assert.Equal(new(1, 8), bound.PositionOf(nameof(PressOptions.Topic)));
        Assert.Equal(new(2, 12), bound.PositionOf(nameof(PressOptions.By), item: 1));
        Assert.Equal(new(3, 18), bound.PositionOf(nameof(PressOptions.Compute), "temp"));
        Assert.Equal(new(3, 25), bound.PositionOf(nameof(PressOptions.Compute), "temp", 1));
        Assert.Equal(new(4, 15), bound.PositionOf(nameof(PressOptions.Batch), nameof(BatchingOptions.Max)));
        Assert.Equal(new(4, 8), bound.PositionOf(nameof(PressOptions.Batch), nameof(BatchingOptions.Wait)));
        Assert.Equal(new(1, 1), bound.PositionOf(nameof(PressOptions.Rate)));
        Assert.Null(bound.NodeOf(nameof(PressOptions.Rate)));
        Assert.Equal(new(5, 10), Assert.IsType<ScalarNode>(bound.NodeOf(nameof(PressOptions.Condition))).PositionOf(2));
    }

    static T Bind<T>(string yaml) => Bind<T>(Yaml.Read(yaml));

    static T Bind<T>(Node node)
    {
        var faults = new Faults(Yaml.File);
        var bound = OptionsBinder.Bind(typeof(T), "press", node, faults);
        Assert.Empty(faults.Items);
        Assert.True(bound.Sound);
        return (T)bound.Value;
    }
}
