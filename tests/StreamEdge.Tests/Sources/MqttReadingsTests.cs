using System.Runtime.InteropServices;
using System.Text;

namespace StreamEdge;

/// <summary>What the MQTT source makes of messages, and what it counts and tells of those that it cannot use.</summary>
public class MqttReadingsTests
{
    static readonly string[] s_topic = ["plant/{line}/{machine}/{signal}"];

    [Fact]
    public void A_message_of_one_value_says_its_device_and_signal_in_its_topic()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic });

        rig.Read("plant/l1/m1/temp", """{"v": 71.5, "ts": 1000}""");
        rig.Read("plant/l1/m2/temp", """{"ts": 2000, "v": "72.5", "quality": "bad", "serial": 7}""");
        rig.Read("plant/l2/m1/strokes", """{"v": 9007199254740993, "ts": "3000"}""");
        rig.Read("plant/l1/m1/state", """{"v": "run", "ts": 4000, "quality": "GOOD"}""");
        rig.Read("plant/l1/m1/open", """{"v": true, "ts": 5000, "quality": "simulated"}""");
        rig.Read("plant/l1/m1/temp", """{"v": null, "ts": 6000}""");

        Assert.Equal(["l1,m1.temp@1 = 71.5", "l1,m2.temp@2 = 72.5 bad", "l2,m1.strokes@3 = 9007199254740993", "l1,m1.state@4 = run", "l1,m1.open@5 = true uncertain"], rig.Lines());
        Assert.Equal(["no_value 1 temp:1"], rig.Drops);
    }

    [Fact]
    public void A_message_of_several_values_has_a_field_for_each_signal()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = ["plant/{line}/{machine}"], Names = new Dictionary<string, string> { ["temp"] = "data.Temperature" } });

        rig.Read("plant/l1/m1", """{"ts": 1000, "data": {"Temperature": 71.5, "inner": {"x": [1]}}, "state": "run", "rssi": -70}""");

        Assert.Equal(["l1,m1.temp@1 = 71.5", "l1,m1.state@1 = run"], rig.Lines());
        Assert.Equal(["undeclared 2"], rig.Drops);
    }

    [Fact]
    public void Fields_may_lie_in_objects_and_have_other_names()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic, Payload = new() { Value = "data.value", Unit = "data.unit", Quality = "meta.q" } }, field: "meta.time");

        rig.Read("plant/l1/m1/temp", """{"data": {"value": 50, "unit": "degF"}, "meta": {"q": "bad", "time": 1000}}""");

        Assert.Equal(["l1,m1.temp@1 = 10 bad"], rig.Lines());
    }

    [Fact]
    public void A_unit_of_the_signals_family_is_converted_and_any_other_refused()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic });

        foreach (var unit in new[] { "degC", "K", "°C", "bar", "furlong", "" }) rig.Read("plant/l1/m1/temp", $$"""{"v": 300, "unit": "{{unit}}", "ts": 1000}""");
        rig.Read("plant/l1/m1/state", """{"v": "run", "unit": "bar", "ts": 2000}""");

        Assert.Equal([300, Math.Round(300 - 273.15, 9), 300, 300], rig.Values().Take(4).Select(v => Math.Round(v, 9)));
        Assert.Equal(["wrong_unit 2 temp:2"], rig.Drops);
        Assert.Equal(["drops a message of 'plant/l1/m1/temp' as wrong_unit, its unit is 'bar': '{\"v\": 300, \"unit\": \"bar\", \"ts\": 1000}'", "drops a message of 'plant/l1/m1/temp' as wrong_unit, its unit is 'furlong': '{\"v\": 300, \"unit\": \"furlong\", \"ts\": 1000}'"], rig.Said);
    }

    [Fact]
    public void A_bare_value_is_taken_when_it_arrives()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic, Payload = new() { Format = MqttFormat.Number }, Time = MqttTime.Arrival });

        rig.Read("plant/l1/m1/temp", " 71.5\n");
        rig.Read("plant/l1/m1/state", "run");
        rig.Read("plant/l1/m1/strokes", "5");
        rig.Read("plant/l1/m1/open", "off");
        rig.Read("plant/l1/m1/temp", "71.5 degC");
        rig.Read("plant/l1/m1/temp", "1e400");
        rig.Read("plant/l1/m1/temp", "70", retained: true);

        Assert.Equal(["l1,m1.temp@1767225600 = 71.5", "l1,m1.state@1767225600 = run", "l1,m1.strokes@1767225600 = 5", "l1,m1.open@1767225600 = false"], rig.Lines());
        Assert.Equal(["retained 1 temp:1", "not_a_number 2 temp:2"], rig.Drops);
    }

    [Fact]
    public void What_cannot_be_used_is_counted_by_reason_and_the_first_of_each_told()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic, MaxMessage = new(60) });

        rig.Read("plant/l1/m1/temp", "{\"v\": 1");
        rig.Read("plant/l1/m1/temp", "");
        rig.Read("plant/l1/m1/temp", new string(' ', 61));
        rig.Read("plant/l1/m1/temp", """{"v": "high", "ts": 1000}""");
        rig.Read("plant/l1/m1/temp", """{"v": 1}""");
        rig.Read("plant/l1/m1/temp", """{"v": 1, "ts": "noon"}""");
        rig.Read("plant/l1/m1/temp", """{"v": 1, "ts": 1e30}""");
        rig.Read("plant/l1/m1/tempo", """{"v": 1, "ts": 1000}""");
        rig.Read("plant/l1/m1/tempo", """{"v": 1, "ts": 1000}""");
        rig.Read("plant/l1/m1", """{"v": 1, "ts": 1000}""");
        rig.Read("plant/l1/m1/open", """{"v": "perhaps", "ts": 1000}""");
        rig.Read("plant/l1/m1/temp", """{"v": {"x": 1}, "ts": 1000}""");

        Assert.Equal([], rig.Lines());
        Assert.Equal(["malformed 3 temp:2 open:1", "empty 1 temp:1", "too_large 1 temp:1", "other_topic 1", "not_a_number 1 temp:1", "bad_time 2 temp:2", "out_of_time_range 1 temp:1", "undeclared 2"], rig.Drops);
        Assert.Equal(
            [
                "drops a message of 'plant/l1/m1/temp' as malformed, its JSON breaks at byte 8: '{\"v\": 1'",
                $"drops a message of 'plant/l1/m1/temp' as too_large, it has 61 bytes, more than 60: '{new string(' ', 60)}...'",
                "drops a message of 'plant/l1/m1/temp' as not_a_number, its value is 'high': '{\"v\": \"high\", \"ts\": 1000}'",
                "drops a message of 'plant/l1/m1/temp' as bad_time, its time is missing in field 'ts': '{\"v\": 1}'",
                "drops a message of 'plant/l1/m1/temp' as bad_time, its time is 'noon' in field 'ts': '{\"v\": 1, \"ts\": \"noon\"}'",
                "drops a message of 'plant/l1/m1/temp' as out_of_time_range, its time is '1e30' in field 'ts': '{\"v\": 1, \"ts\": 1e30}'",
                "drops the undeclared signal 'tempo', first of 'plant/l1/m1/tempo'",
                "drops a message of 'plant/l1/m1' as other_topic, its topic is none of the source's: '{\"v\": 1, \"ts\": 1000}'",
                "drops a message of 'plant/l1/m1/open' as malformed, its value is 'perhaps': '{\"v\": \"perhaps\", \"ts\": 1000}'",
                "drops a message of 'plant/l1/m1/temp' as malformed, its value is '': '{\"v\": {\"x\": 1}, \"ts\": 1000}'; more of them are only counted",
            ],
            rig.Said);
    }

    [SharedFact]
    public void Hostile_JSON_costs_its_own_message_alone()
    {
        var rig = new Rig(new() { Url = "mqtt://broker", Topic = s_topic });
        var files = Directory.GetFiles(Path.Combine(Repository.Shared!, "corpora", "json-test-suite", "test_parsing"), "n_*.json").Order(StringComparer.Ordinal).ToList();
        Assert.InRange(files.Count, 180, 200);

        foreach (var file in files)
        {
            rig.Read("plant/l1/m1/temp", File.ReadAllBytes(file));
            rig.Read("plant/l1/m1/temp", """{"v": 1, "ts": 1000}"""u8);
        }

        Assert.Equal(files.Count, rig.Lines().Count);
        Assert.Equal(files.Count, rig.Dropped);
    }

    [Fact]
    public void A_topic_fits_as_the_library_says_it_does_and_gives_what_stands_for_each_name()
    {
        var random = new Random(7);
        string[] words = ["a", "b", "ü", "", "$SYS", "temp"];
        var fitting = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var topic = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => words[random.Next(words.Length)]));
            var levels = Enumerable.Range(0, random.Next(1, 5)).Select(n => random.Next(5) switch { 0 => "+", 1 => $"{{n{n}}}", 2 => topic.Split('/').ElementAtOrDefault(n) ?? "a", _ => words[random.Next(words.Length)] }).ToList();
            if (random.Next(3) == 0) levels.Add("#");
            var pattern = string.Join('/', levels);
            if (topic.Length == 0 || pattern.Length == 0) continue;
            Assert.Equal(0, Matches(System.Text.RegularExpressions.Regex.Replace(pattern, "{n[0-9]}", "+"), topic, out var fits));
            var names = levels.Where(l => l.StartsWith('{')).Select(l => l[1..^1]).ToArray();
            var rig = new Rig(new() { Url = "mqtt://broker", Topic = [pattern], Signal = "temp" }, names);

            rig.Read(topic, """{"v": 1, "ts": 1000}""");

            Assert.Equal(fits != 0 ? [] : ["other_topic 1"], rig.Drops);
            if (fits == 0) continue;
            fitting++;
            Assert.Equal([$"{string.Join(',', levels.Zip(topic.Split('/')).Where(l => l.First.StartsWith('{')).Select(l => l.Second))}.temp@1 = 1"], rig.Lines());
        }

        Assert.InRange(fitting, 1_000, 20_000);
    }

    [DllImport("libmosquitto.so.1", EntryPoint = "mosquitto_topic_matches_sub", CharSet = CharSet.Ansi)]
    static extern int Matches([MarshalAs(UnmanagedType.LPUTF8Str)] string filter, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, out byte fits);

    /// <summary>The source's own decoding, without a broker.</summary>
    sealed class Rig
    {
        readonly Batch _batch;
        readonly Books _books;
        readonly MqttReadings _readings;

        public Rig(MqttSourceOptions options, string[]? tags = null, string field = "ts")
        {
            Assert.True(Unit.TryParse("degC", out var degC));
            Signal[] signals = [new("temp", Kind.Number, degC), new("strokes", Kind.Integer, null), new("state", Kind.Text, null), new("open", Kind.Bool, null)];
            var faults = new Faults("plant.yaml");
            var time = new FakeTime();
            var pipeline = new PipelineContext("plant", "plant.yaml", new TimeOptions { Field = field, Format = "ms" }, signals, new KeyTable(tags ?? ["line", "machine"], signals.Length), new Clock(time), new Surroundings { Time = time });
            _books = new(signals);
            _readings = options.Readings(new BuildContext("collect", [], pipeline, faults), _books, Said.Add)!;
            faults.ThrowIfAny();
            _batch = new BatchPool().Rent(pipeline.Readings);
        }

        public List<string> Said { get; } = [];

        public long Dropped => _books.Dropped;

        public IReadOnlyList<string> Drops => [.. _books.Drops.Where(d => d.Total > 0).Select(d => $"{d.Reason} {d.Total}{string.Concat(d.BySignal().Select(s => $" {s.Signal}:{s.Count}"))}")];

        public void Read(string topic, string message, bool retained = false) => _readings.Read(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(message), retained, _batch);

        public void Read(string topic, ReadOnlySpan<byte> message) => _readings.Read(Encoding.UTF8.GetBytes(topic), message, false, _batch);

        public IReadOnlyList<string> Lines() => [.. Enumerable.Range(0, _batch.Count).Select(row => Probe.Line(_batch, row))];

        public IReadOnlyList<double> Values() => _batch.Value.ToArray();
    }
}
