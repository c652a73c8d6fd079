using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace StreamEdge;

public class JoinTests
{
    readonly Plant _plant = new();
    readonly Schema _press, _oven;
    readonly JoinOptions _both = new();

    public JoinTests()
    {
        _press = Rows(["machine"], new("temp", Kind.Number), new("coverage", Kind.Number));
        _oven = Rows(["machine"], new("coverage", Kind.Number), new("state", Kind.Text));
    }

    [Fact]
    public void Rows_of_the_same_tags_and_time_become_one_whichever_comes_first()
    {
        var probe = Start(_both);

        Press(probe, ("a", 1, 20.0), ("b", 1, 30.0));
        Assert.Equal((0, 2), (probe.Lines.Count, probe.Step.Held));
        Oven(probe, ("b", 1, "on"), ("a", 1, "off"), ("a", 2, "on"));
        Press(probe, ("a", 2, 21.0));

        Assert.Equal(["b@1: temp=30 press_coverage=1 oven_coverage=0.5 state=on", "a@1: temp=20 press_coverage=1 oven_coverage=0.5 state=off", "a@2: temp=21 press_coverage=1 oven_coverage=0.5 state=on"], probe.Lines);
        Assert.Equal((6, 3), (probe.Step.Books.Absorbed, probe.Step.Books.Created));
    }

    [Fact]
    public void Columns_can_be_named_in_expressions_whatever_the_name_of_their_step()
    {
        var probe = _plant.Start(_both, ["press-a", "route.hot-end"], _press, _oven);

        Assert.Equal(["temp", "press_a_coverage", "route.hot_end_coverage", "state"], probe.Step.Output.Columns.Select(c => c.Name));
    }

    [Fact]
    public void A_row_is_without_a_partner_when_the_other_input_has_passed_it()
    {
        var probe = Start(_both);

        Press(probe, ("a", 1, 20.0), ("a", 2, 21.0));
        Oven(probe, ("b", 9, "on"));
        Assert.Empty(probe.Drops);
        Oven(probe, ("a", 2, "on"), ("a", 3, "on"));
        probe.Finish();

        Assert.Equal(["a@2: temp=21 press_coverage=1 oven_coverage=0.5 state=on"], probe.Lines);
        Assert.Equal(["unmatched 3"], probe.Drops);
    }

    [Theory]
    [InlineData(JoinKeep.Left, "a@1: temp=20 press_coverage=1 oven_coverage=- state=-", "a@2: temp=21 press_coverage=1 oven_coverage=0.5 state=on")]
    [InlineData(JoinKeep.All, "a@1: temp=20 press_coverage=1 oven_coverage=- state=-", "a@2: temp=21 press_coverage=1 oven_coverage=0.5 state=on", "a@3: temp=- press_coverage=- oven_coverage=0.5 state=off")]
    public void Keep_says_which_rows_leave_without_a_partner(JoinKeep keep, params string[] lines)
    {
        var probe = Start(_both with { Keep = keep });

        Oven(probe, ("a", 2, "on"), ("a", 3, "off"));
        Press(probe, ("a", 1, 20.0), ("a", 2, 21.0), ("a", 4, 22.0));
        probe.Process(_plant.Batch(_oven, new Row("a", null, 5, 0.5, "on")), input: 1);

        Assert.Equal(lines.Append("a@4: temp=22 press_coverage=1 oven_coverage=- state=-"), probe.Lines);
    }

    [Fact]
    public void Within_a_time_each_row_goes_with_the_one_nearest_to_it()
    {
        var probe = Start(_both with { Within = TimeSpan.FromSeconds(2), Keep = JoinKeep.All });

        Press(probe, ("a", 0, 0.0), ("a", 1, 1.0), ("a", 10, 2.0), ("a", 20, 3.0));
        Oven(probe, ("a", 0.9, "on"), ("a", 8, "off"), ("a", 12, "up"), ("a", 23, "down"));
        probe.Finish();

        Assert.Equal(
            [
                "a@0: temp=0 press_coverage=1 oven_coverage=- state=-", "a@1: temp=1 press_coverage=1 oven_coverage=0.5 state=on", "a@10: temp=2 press_coverage=1 oven_coverage=0.5 state=off",
                "a@12: temp=- press_coverage=- oven_coverage=0.5 state=up", "a@20: temp=3 press_coverage=1 oven_coverage=- state=-", "a@23: temp=- press_coverage=- oven_coverage=0.5 state=down",
            ], probe.Lines);
    }

    [Fact]
    public void A_row_waits_for_a_silent_side_no_longer_than_idle_however_long_that_was_silent_before()
    {
        var probe = Start(_both with { Keep = JoinKeep.Left });
        Oven(probe, ("a", 1, "on"));
        Press(probe, ("a", 1, 20.0));
        _plant.Time.Turn(TimeSpan.FromMinutes(10));

        Press(probe, ("a", 2, 21.0));
        probe.FireTimer();
        Assert.Single(probe.Lines);
        _plant.Time.Turn(TimeSpan.FromSeconds(38));
        probe.FireTimer();

        Assert.Equal("a@2: temp=21 press_coverage=1 oven_coverage=- state=-", probe.Lines[^1]);
        Assert.Equal(long.MaxValue, probe.Step.NextDue);
        Oven(probe, ("a", 2, "on"));
        Assert.Equal(["unmatched 1"], probe.Drops);
    }

    [Fact]
    public void A_side_that_has_ended_is_waited_for_no_longer()
    {
        var probe = Start(_both with { Keep = JoinKeep.Left });

        Press(probe, ("a", 1, 20.0));
        probe.EndInput(1);
        Press(probe, ("b", 1, 21.0));

        Assert.Equal(["a@1: temp=20 press_coverage=1 oven_coverage=- state=-", "b@1: temp=21 press_coverage=1 oven_coverage=- state=-"], probe.Lines);
    }

    [Fact]
    public void No_more_rows_of_a_group_wait_than_allowed()
    {
        var probe = Start(_both with { MaxHeld = 2 });

        Press(probe, ("a", 1, 20.0), ("a", 2, 21.0), ("b", 1, 1.0), ("a", 3, 22.0));

        Assert.Equal(["unmatched 1"], probe.Drops);
        Assert.Equal([("let go early", "1, of groups of which more than 2 rows waited")], probe.Step.Report);
    }

    [Fact]
    public void What_comes_twice_or_out_of_order_is_counted()
    {
        var probe = Start(_both);

        Press(probe, ("a", 5, 20.0), ("a", 5, 21.0), ("a", 4, 22.0));
        Oven(probe, ("a", 5, "on"));

        Assert.Equal(["a@5: temp=20 press_coverage=1 oven_coverage=0.5 state=on"], probe.Lines);
        Assert.Equal(["late 1", "duplicate 1"], probe.Drops);
    }

    [Fact]
    public void A_joined_row_is_as_good_as_the_worse_of_the_two()
    {
        var probe = Start(_both);

        probe.Process(_plant.Batch(_press, new Row("a", null, 1, 20.0, 1.0) { Quality = Quality.Uncertain }, new Row("a", null, 2, 20.0, 1.0) { Quality = Quality.Bad }), input: 0);
        Oven(probe, ("a", 1, "on"), ("a", 2, "on"));

        Assert.Equal(["uncertain", "bad"], probe.Lines.Select(l => l.Split(' ')[^1]));
    }

    [Fact]
    public void By_some_of_the_tags_rows_of_different_machines_meet()
    {
        var (press, oven) = (Rows(["line", "press"], new Column("temp", Kind.Number)), Rows(["oven", "line"], new Column("load", Kind.Number)));
        var probe = _plant.Start(_both with { By = ["line"] }, ["press", "oven"], press, oven);

        probe.Process(_plant.Batch(press, new Row("1,p1", null, 1, 20.0), new Row("2,p2", null, 1, 30.0)), input: 0);
        probe.Process(_plant.Batch(oven, new Row("o2", null, 1, 3.0) { Device = "o2,2" }, new Row("o1,1", null, 1, 2.0)), input: 1);

        Assert.Equal(["2@1: temp=30 load=3", "1@1: temp=20 load=2"], probe.Lines);
        Assert.Equal(["line"], probe.Step.Output.Keys.TagNames);
    }

    [Fact]
    public void Windows_are_joined_when_they_are_complete()
    {
        var window = new WindowOptions { Every = TimeSpan.FromSeconds(10), Compute = new Dictionary<string, IReadOnlyList<string>> { ["temp"] = ["mean"] } };
        var plant = new Plant(Some.Signal("temp"));
        var (press, oven) = (plant.Start(window), plant.Start(window));
        var probe = plant.Start(_both, ["press", "oven"], press.Step.Output, oven.Step.Output);

        press.Process(plant.Batch(Some.Reading("a", "temp", 1, 1.0)));
        plant.Time.Turn(TimeSpan.FromSeconds(45));
        press.FireTimer();
        plant.Time.Turn(TimeSpan.FromSeconds(45));
        press.FireTimer();
        press.Process(plant.Batch(Some.Reading("a", "temp", 3, 3.0)));
        press.Finish();
        oven.Process(plant.Batch(Some.Reading("a", "temp", 9, 9.0)));
        oven.Finish();
        foreach (var batch in press.Batches) probe.Process(batch, input: 0);
        foreach (var batch in oven.Batches) probe.Process(batch, input: 1);

        Assert.Equal(["a@0..10 Early 0: temp_mean=1", "a@0..10 OnTime 1: temp_mean=2"], press.Lines);
        Assert.Equal(["a@0..10 OnTime 0: press_temp_mean=2 oven_temp_mean=9"], probe.Lines);
        Assert.Equal(["provisional 1"], probe.Drops);
    }

    [Fact]
    public void The_rows_are_the_same_however_the_inputs_take_turns_and_those_that_a_look_at_all_of_them_finds() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Seed, NonNegativeInt Within, NonNegativeInt Keep)>(), given =>
        {
            var random = new Random(given.Seed.Get);
            var (within, keep) = (given.Within.Get % 5, (JoinKeep)(given.Keep.Get % 3));
            var sides = new[] { Times(random), Times(random) };
            var options = _both with { Within = TimeSpan.FromSeconds(within), Keep = keep };

            var (one, other) = (Joined(options, sides, random, random.NextDouble()), Joined(options, sides, random, random.NextDouble()));

            Assert.Equal(one.Lines, other.Lines);
            Assert.Equal(one.Drops, other.Drops);
            var pairs = sides[0].Select(l => (Left: l, Right: Nearest(l, sides[1]))).Where(p => p.Right is { } r && Nearest(r, sides[0]) == p.Left).Select(p => (Left: (double?)p.Left, p.Right)).ToList();
            var left = sides[0].Where(l => pairs.All(p => p.Left != l)).Select(l => (Left: (double?)l, Right: (double?)null));
            var right = sides[1].Where(r => pairs.All(p => p.Right != r)).Select(r => (Left: (double?)null, Right: (double?)r));
            var rows = pairs.Concat(keep == JoinKeep.Both ? [] : left).Concat(keep == JoinKeep.All ? right : []).OrderBy(r => r.Left ?? r.Right);
            Assert.Equal(rows.Select(r => $"a@{Shown(r.Left ?? r.Right)}: l={Shown(r.Left)} r={Shown(r.Right)}"), one.Lines);

            double? Nearest(double of, List<double> among) => among.Where(t => Math.Abs(t - of) <= within).OrderBy(t => Math.Abs(t - of)).ThenBy(t => t).Select(t => (double?)t).FirstOrDefault();
        }));

    [Fact]
    public void Says_what_is_wrong_with_its_inputs_and_options()
    {
        Assert.Equal(["join needs two steps to read from, not 1; write 'from: [STEP, STEP]'"], _plant.Faults(_both, ["press"], _press));
        Assert.Equal(["join works on rows, but readings come in from 'oven'; put a window or an align before it"], _plant.Faults(_both, ["press", "oven"], _press, new Plant(Some.Signal("temp")).Readings));
        Assert.Equal(["'oven' has no tag 'line'; did you mean 'lines'?", "the tag 'machine' is named twice; name each once"],
            _plant.Faults(_both with { By = ["machine", "line", "machine"] }, ["press", "oven"], Rows(["machine", "line"], new Column("x", Kind.Number)), Rows(["machine", "lines"], new Column("y", Kind.Number))));
        Assert.Equal(["'press' has the tag machine, 'oven' the tags machine, line; say which must be the same: 'by: [machine]'"], _plant.Faults(_both, ["press", "oven"], _press, Rows(["machine", "line"], new Column("y", Kind.Number))));
        Assert.Equal(["the joined rows would have two columns 'oven_x'; give one of the steps another 'name:'"], _plant.Faults(_both, ["press", "oven"], Rows(["machine"], new("x", Kind.Number), new("oven_x", Kind.Number)), Rows(["machine"], new Column("x", Kind.Number))));
        Assert.Equal(["'oven' makes windows and 'press' rows of instants, so their times mean different things; make windows of both, or align both"], _plant.Faults(_both, ["press", "oven"], _press, Windows(TimeSpan.FromMinutes(1))));
        Assert.Equal(["the windows of 'press' are 1m long and those of 'oven' 5m; give both the same length"], _plant.Faults(_both, ["press", "oven"], Windows(TimeSpan.FromMinutes(1)), Windows(TimeSpan.FromMinutes(5))));
    }

    /// <summary>What comes out when the first side's next row is given with that likelihood.</summary>
    (IReadOnlyList<string> Lines, IReadOnlyList<string> Drops) Joined(JoinOptions options, List<double>[] sides, Random random, double share)
    {
        Schema[] inputs = [Rows(["machine"], new Column("l", Kind.Number)), Rows(["machine"], new Column("r", Kind.Number))];
        var probe = _plant.Start(options, ["left", "right"], inputs);
        int[] next = [0, 0];
        while (next[0] < sides[0].Count || next[1] < sides[1].Count)
        {
            var side = next[1] == sides[1].Count || (next[0] < sides[0].Count && random.NextDouble() < share) ? 0 : 1;
            var time = sides[side][next[side]++];
            probe.Process(_plant.Batch(inputs[side], new Row("a", null, time, time)), side);
        }

        probe.Finish();
        return (probe.Lines, probe.Drops);
    }

    static List<double> Times(Random random) => [.. Enumerable.Range(0, 160).Where(_ => random.Next(6) == 0).Select(quarter => quarter / 4.0)];

    static string Shown(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    Probe Start(JoinOptions options) => _plant.Start(options, ["press", "oven"], _press, _oven);

    void Press(Probe probe, params (string Machine, double Time, double Temp)[] rows) => probe.Process(_plant.Batch(_press, [.. rows.Select(r => new Row(r.Machine, null, r.Time, r.Temp, 1.0))]), input: 0);

    void Oven(Probe probe, params (string Machine, double Time, string State)[] rows) => probe.Process(_plant.Batch(_oven, [.. rows.Select(r => new Row(r.Machine, null, r.Time, 0.5, r.State))]), input: 1);

    Schema Rows(string[] tags, params Column[] columns) => Schema.Rows(new KeyTable(tags, 0), _plant.Readings.Codes, columns, hasWindow: false);

    Schema Windows(TimeSpan length) => Schema.Rows(new KeyTable(["machine"], 0), _plant.Readings.Codes, [new Column("x", Kind.Number)], hasWindow: true, length);
}
