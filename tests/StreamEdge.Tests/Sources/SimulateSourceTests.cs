using System.Globalization;
using System.Text.Json;

namespace StreamEdge;

public class SimulateSourceTests
{
    static readonly Signal[] s_press =
    [
        Some.Signal("temp", "degC", new Bounds(0, 200)),
        Some.Signal("pressure", "bar", new Bounds(0, 400)) with { Period = TimeSpan.FromSeconds(5) },
        Some.Signal("strokes", kind: Kind.Integer),
    ];

    static readonly SimulatedFaults s_faults = new()
    {
        Spike = new() { Per = TimeSpan.FromMinutes(40) },
        Stuck = new() { Per = TimeSpan.FromHours(3) },
        Drift = new() { Per = TimeSpan.FromHours(4) },
        Step = new() { Per = TimeSpan.FromHours(3), Size = 9, For = TimeSpan.FromMinutes(5) },
        Dropout = new() { Per = TimeSpan.FromHours(1) },
        WrongUnit = new() { Per = TimeSpan.FromHours(4) },
    };

    [Fact]
    public void Machines_send_their_signals_at_their_rates()
    {
        using var rig = new SourceRig(["line", "machine"], s_press);

        var (lines, drops) = rig.Read(new SimulateSourceOptions { Machines = 2, Length = TimeSpan.FromSeconds(6), Start = new Instant(0) });

        Assert.Equal(28, lines.Count);
        Assert.Equal([",m1.temp@0", ",m1.pressure@0", ",m1.strokes@0", ",m2.temp@0", ",m2.pressure@0", ",m2.strokes@0", ",m1.temp@1", ",m1.strokes@1"], lines.Take(8).Select(l => l.Split(" = ")[0]));
        Assert.Equal(4, lines.Count(l => l.Contains("pressure")));
        Assert.Empty(drops);
    }

    [Fact]
    public void The_same_seed_gives_the_same_readings_and_another_seed_others()
    {
        using var rig = new SourceRig(["machine"], s_press);
        using var seeded = new SourceRig(["machine"], s_press) { Seed = 2 };
        var options = new SimulateSourceOptions { Length = TimeSpan.FromMinutes(10), Faults = s_faults };

        var first = rig.Read(options).Lines;

        Assert.Equal(first, rig.Read(options).Lines);
        Assert.NotEqual(first, rig.Read(options with { Seed = 2 }).Lines);
        Assert.Equal(seeded.Read(options).Lines, rig.Read(options with { Seed = 2 }).Lines); // from outside the file
    }

    [Fact]
    public void Stopping_after_any_batch_and_going_on_gives_the_same_readings_and_labels()
    {
        using var rig = new SourceRig(["machine"], s_press);
        var options = new SimulateSourceOptions
        {
            Machines = 3,
            Length = TimeSpan.FromMinutes(30),
            Labels = "labels.jsonl",
            Disorder = new() { Share = new Percent(0.1), UpTo = TimeSpan.FromSeconds(7) },
            Faults = s_faults with { Spike = new() { Per = TimeSpan.FromMinutes(8) }, Dropout = new() { Per = TimeSpan.FromMinutes(9), For = TimeSpan.FromSeconds(20) } },
            Every = TimeSpan.FromSeconds(6),
        };
        var whole = rig.Read(options).Lines;
        var labels = File.ReadAllText(Path.Combine(rig.Folder, "state/labels.jsonl"));

        Assert.True(labels.Split('\n').Length > 5, labels);
        foreach (var most in new[] { 1, 2, 7, 64, 1000 })
        {
            Assert.Equal(whole, rig.ReadInParts(options, most));
            Assert.Equal(labels, File.ReadAllText(Path.Combine(rig.Folder, "state/labels.jsonl")));
        }
    }

    [Fact]
    public void Signals_follow_their_process()
    {
        using var rig = new SourceRig(["machine"], Some.Signal("a"), Some.Signal("b"), Some.Signal("c"), Some.Signal("d"));
        var readings = Values(rig, new SimulateSourceOptions
        {
            Machines = 1,
            Length = TimeSpan.FromHours(24),
            Every = TimeSpan.FromSeconds(10),
            Signals = new Dictionary<string, SimulatedSignal>
            {
                ["a"] = new() { Mean = 20, Noise = 0.5, Load = 4 },
                ["b"] = new() { Mean = 5, Noise = 0.01, Load = -1 },
                ["c"] = new() { Mean = 0, Noise = 0, Load = 0, Cycle = new() { Amplitude = 3, Period = TimeSpan.FromMinutes(10) } },
                ["d"] = new() { Mean = 0, Noise = 2, Load = 0, Drift = 1 },
            },
        });
        var (a, b, c, d) = (readings["a"], readings["b"], readings["c"], readings["d"]);

        Assert.Equal(20, a.Average(), 0.2);
        Assert.Equal(4 * Math.Sqrt(0.26), Deviation(a), 0.2);
        Assert.True(Correlation(a, b) < -0.95, $"{Correlation(a, b)}");
        Assert.Equal(3, c.Max(), 0.01);
        Assert.Equal(c[0], c[60], 1e-9);
        Assert.Equal(12, d.Average(), 0.2);
        Assert.Equal(24, d[^360..].Average() - d[..360].Average() + 1, 0.5);
        Assert.All(a.Take(100), value => Assert.Equal(value, Math.Round(value, 3)));
    }

    [Fact]
    public void A_fault_changes_what_its_label_says_and_nothing_else()
    {
        using var rig = new SourceRig(["machine"], s_press);
        var well = new SimulateSourceOptions { Machines = 2, Length = TimeSpan.FromHours(24), Every = TimeSpan.FromSeconds(4), Start = new Instant(0) };
        var ill = well with { Faults = s_faults, Labels = "truth/labels.jsonl" };

        var healthy = rig.Read(well).Lines.Select(Parse).ToDictionary(r => (r.Machine, r.Signal, r.Time), r => r.Value);
        var faulty = rig.Read(ill).Lines.Select(Parse).ToDictionary(r => (r.Machine, r.Signal, r.Time), r => r.Value);
        var labels = File.ReadLines(Path.Combine(rig.Folder, "state/truth/labels.jsonl")).Select(Label.Parse).ToList();
        var kinds = labels.GroupBy(l => l.Fault).ToDictionary(g => g.Key, g => g.Count());

        // Each kind comes about as often as it should; two faults of a machine lie two minutes apart.
        Assert.Equal(["drift", "dropout", "spike", "step", "stuck", "wrong_unit"], kinds.Keys.Order());
        Assert.InRange(kinds["spike"], 50, 75);
        Assert.Contains(labels, l => l is { Fault: "dropout", Signal: "all" });
        Assert.Contains(labels, l => l is { Fault: "dropout", Signal: "pressure" });
        foreach (var machine in labels.GroupBy(l => l.Machine))
            Assert.All(machine.OrderBy(l => l.Start).Zip(machine.OrderBy(l => l.Start).Skip(1)), pair => Assert.True(pair.Second.Start - pair.First.End >= 120));

        var byMachine = labels.ToLookup(l => l.Machine);
        var touched = new HashSet<Label>();
        foreach (var (key, value) in healthy)
        {
            var label = byMachine[key.Machine].SingleOrDefault(l => l.Start <= key.Time && key.Time < l.End && (l.Signal == key.Signal || l.Signal == "all"));
            var comes = faulty.TryGetValue(key, out var bent);
            if (label is not null) touched.Add(label);
            var deviation = key.Signal switch { "temp" => Math.Sqrt(4 + 0.26 * 144), "pressure" => Math.Sqrt(16 + 0.26 * 576), _ => Math.Sqrt(0.25 + 0.26 * 9) };
            var slack = key.Signal == "strokes" ? 1 : 0.02;
            switch (label?.Fault)
            {
                case null: Assert.Equal(value, bent); break;
                case "dropout": Assert.False(comes); break;
                case "spike": Assert.Equal(8 * deviation, Math.Abs(bent - value), slack); break;
                case "step": Assert.Equal(9 * deviation, Math.Abs(bent - value), slack); break;
                case "drift": Assert.Equal(6 * deviation * (key.Time - label.Start) / (label.End - label.Start), Math.Abs(bent - value), slack); break;
                case "stuck": Assert.Equal(faulty[(key.Machine, key.Signal, label.Start)], bent); break;
                case "wrong_unit" when key.Signal == "temp": Assert.NotInRange(bent, value - 4 * deviation, value + 4 * deviation); break;
                default: Assert.NotEqual(value, bent); break;
            }
        }

        Assert.Equal(labels.Count, touched.Count);
        Assert.True(faulty.Count < healthy.Count);
    }

    [Fact]
    public void A_share_of_the_readings_comes_late_and_none_is_lost()
    {
        using var rig = new SourceRig(["machine"], s_press[..1]);
        var options = new SimulateSourceOptions { Machines = 1, Length = TimeSpan.FromMinutes(100), Every = TimeSpan.FromMilliseconds(100), Start = new Instant(0) };

        var inOrder = rig.Read(options).Lines;
        var late = rig.Read(options with { Disorder = new() { Share = new Percent(0.01), UpTo = TimeSpan.FromSeconds(1) } }).Lines;
        var times = late.Select(l => Parse(l).Time).ToList();
        var newest = double.MinValue;
        var behind = times.Select(time => newest - (newest = Math.Max(newest, time)) + newest - time).ToList();

        Assert.Equal(inOrder.Order(StringComparer.Ordinal), late.Order(StringComparer.Ordinal));
        Assert.InRange(behind.Count(b => b > 0), 400, 700);
        Assert.InRange(behind.Max(), 0.8, 1.0001);
    }

    [Fact]
    public async Task Simulated_time_passes_at_its_speed_and_need_not_end()
    {
        using var rig = new SourceRig(["machine"], s_press[..1]);
        var source = rig.Build(new SimulateSourceOptions { Machines = 2, Speed = new Speed(2) });
        SourceRig.Open(source);
        var counts = new List<int>();
        for (var batch = 0; batch < 3; batch++)
        {
            var reading = rig.Start(source, int.MaxValue, out var given);
            for (var wait = 0; !reading.IsCompleted && wait < 10; wait++) rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(await reading);
            counts.Add(given.Count);
            given.Release();
        }

        Assert.Equal([2, 2, 2], counts);
        Assert.Equal(TimeSpan.FromSeconds(1), rig.Clock.GetUtcNow() - new FakeTime().GetUtcNow());
        Assert.True(double.IsNaN(source.Progress));
    }

    [Fact]
    public void What_cannot_be_simulated_is_a_fault()
    {
        using var rig = new SourceRig(["machine"], [.. s_press, Some.Signal("mode", kind: Kind.Text)]);

        Assert.Equal(
            [
                "a simulation without length never ends, and at full speed it floods everything; write 'length: 6h', or 'speed: 1x'",
                "signal 'mode' is text, and only numbers can be simulated; read it from another source",
                "there are no faults to write down; give 'faults' too, or leave it out",
                "there is no signal 'tmp'; did you mean 'temp'?",
            ],
            rig.Faults(new SimulateSourceOptions { Labels = "a", Signals = new Dictionary<string, SimulatedSignal> { ["tmp"] = new() } }));
    }

    [Fact]
    public void More_faults_than_time_are_a_fault()
    {
        using var rig = new SourceRig(["machine"], s_press);

        Assert.Equal(["the faults of a machine, with 2m between them, fill more time than there is; give them longer 'per', or shorter 'for'"],
            rig.Faults(new SimulateSourceOptions { Length = TimeSpan.FromHours(1), Faults = new() { Stuck = new() { Per = TimeSpan.FromMinutes(11) } } }));
    }

    [Fact]
    public void A_state_of_another_simulation_is_refused()
    {
        using var rig = new SourceRig(["machine"], s_press[..1]);
        var options = new SimulateSourceOptions { Length = TimeSpan.FromHours(1) };
        var state = new StateWriter();
        rig.Build(options).Save(state);

        var error = Assert.Throws<InvalidOperationException>(() => rig.Build(options with { Seed = 3 }).Restore(new StateReader(state.Written)));

        Assert.Equal("its saved state is of another simulation (seed, start, machines and signals 1 1767225600000000000 4 temp, now 3 1767225600000000000 4 temp); put it back, or begin anew with 'run --fresh'", error.Message);
    }

    [Fact]
    public void Beside_another_source_it_makes_what_it_is_told_of()
    {
        using var rig = new SourceRig(["machine"], s_press) { Sources = 2 };

        var (lines, _) = rig.Read(new SimulateSourceOptions { Machines = 1, Length = TimeSpan.FromSeconds(2), Signals = new Dictionary<string, SimulatedSignal> { ["strokes"] = new() } });

        Assert.All(lines, line => Assert.StartsWith("m1.strokes@", line));
        Assert.Equal(2, lines.Count);
    }

    static Dictionary<string, double[]> Values(SourceRig rig, SimulateSourceOptions options) =>
        rig.Read(options).Lines.Select(Parse).GroupBy(r => r.Signal).ToDictionary(g => g.Key, g => g.Select(r => r.Value).ToArray());

    static (string Machine, string Signal, double Time, double Value) Parse(string line)
    {
        var parts = line.Split(['.', '@', ' '], 3);
        var rest = parts[2].Split(" = ");
        return (parts[0], parts[1], double.Parse(rest[0], CultureInfo.InvariantCulture), double.Parse(rest[1], CultureInfo.InvariantCulture));
    }

    static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    static double Correlation(double[] left, double[] right)
    {
        var (a, b) = (left.Average(), right.Average());
        return left.Zip(right).Average(p => (p.First - a) * (p.Second - b)) / Deviation(left) / Deviation(right);
    }

    sealed record Label(string Machine, string Signal, string Fault, double Start, double End)
    {
        public static Label Parse(string line)
        {
            var json = JsonDocument.Parse(line).RootElement;
            return new(Text("machine"), Text("signal"), Text("fault"), Seconds("start"), Seconds("end"));

            string Text(string name) => json.GetProperty(name).GetString()!;

            double Seconds(string name) => Instant.TryParse(Text(name), out var instant, out _) ? instant.UnixNanoseconds / 1e9 : throw new FormatException(line);
        }
    }
}
