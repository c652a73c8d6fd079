namespace StreamEdge;

/// <summary>What a test of a pipeline does: feeds, turns the clock, compares.</summary>
public class RehearsalTests
{
    [Fact]
    public async Task Windows_of_a_steady_feed_are_as_expected() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        ["{ at: 2026-01-01T00:00:00Z..2026-01-01T00:00:20Z every 1s, temp: [80, 82] }"],
        "window:",
        "  - { at: 2026-01-01T00:00:00Z, end: 2026-01-01T00:00:10Z, tags: { machine: m1 }, temp_mean: 81, temp_count: 10, coverage: 100%, pane: on_time, revision: 0, quality: good }",
        "  - { at: +10s, temp_mean: 81 degC }",
        "collect: { readings: 20 }",
        "history: { readings: 20, rows: 2 }",
        "out: { rows: 2 }",
        "ledger: balanced")));

    const string Routed = """
        pipeline: press
        signals:
          temp: { unit: degC }
        steps:
          - collect: { counting: 21 }
          - align: { same_time }
          - route: { hot: temp > 80 degC, cold: temp < 10 degC }
          - transmit: { hot: { from: route.hot, console: text }, cold: { from: route.cold, console: text } }

        """;

    [Fact]
    public async Task Routes_are_looked_into_one_by_one() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        ["{ at: 2026-01-01T00:00:00Z for 4s every 1s, temp: [85, 5, 50, 90] }"],
        "route: { rows: 3, dropped: { not_routed: 1 } }",
        "route.hot:",
        "  - { at: 2026-01-01T00:00:00Z, temp: 85 }",
        "  - { at: +3s, temp: 90 }",
        "route.cold: { emits: [ { temp: 5 } ] }",
        "hot: { rows: 2 }"), Routed));

    [Fact]
    public void The_rows_of_a_step_with_routes_are_expected_of_its_routes() => Assert.Equal(
        "press.yaml:15:14: 'route' has several ways out; expect its rows of each: 'route.hot'",
        Tested.Faults(Tested.Of(["{ at: 2026-01-01T00:00:00Z, temp: 85 }"], "route: { emits: [ { temp: 85 } ] }"), Routed));

    [Fact]
    public async Task Windows_of_two_branches_are_joined_as_in_a_run() => Assert.Equal("", await Tested.RunAsync(
        Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 10s every 1s, temp: 80 }", "{ at: 2026-01-01T00:00:10Z for 10s every 1s, temp: [82, 84], count: 7 }", "{ at: 2026-01-01T00:00:20Z, temp: 81 }", "{ idle: 5m }"],
            "join:",
            "  dropped: { provisional: 4 }",
            "  emits:",
            "  - { at: 2026-01-01T00:00:00Z, heat_temp_mean: 80, work_temp_mean: 80, count_count: 0 }",
            "  - { at: +10s, end: 2026-01-01T00:00:20Z, tags: { machine: m1 }, heat_temp_mean: 83, work_temp_mean: 83, count_count: 10 }",
            "  - { at: +10s, heat_temp_mean: 81 }",
            "heat: { rows: 5 }",
            "out: { rows: 3 }",
            "ledger: balanced"),
        Tested.Press.Replace("  - window: { every: 10s, compute: { temp: [mean, count] } }\n", """
              - window: { name: heat, every: 10s, compute: { temp: [mean] } }
              - window: { name: work, from: clean, every: 10s, compute: { temp: [mean], count: [count] } }
              - join: { from: [heat, work] }

            """).Replace("from: [clean, window]", "from: join")));

    [Fact]
    public async Task Readings_without_a_value_are_fed_and_filled() => Assert.Equal("", await Tested.RunAsync(
        Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 5s every 1s, temp: [80, ~, ~, 82, 83], count: [~, 1, 2, 3, 4], state: [run, ~, stop, ~, run], on: [true, ~, false, ~, true] }"],
            "clean:",
            "  has:",
            "    - { at: 2026-01-01T00:00:01Z, temp: 80, quality: uncertain }",
            "    - { at: 2026-01-01T00:00:01Z, state: ~ }",
            "    - { at: 2026-01-01T00:00:01Z, on: ~ }",
            "    - { at: 2026-01-01T00:00:03Z, temp: 82, quality: good }",
            "clean.fill: { readings: 20 }"),
        Tested.Press.Replace("duplicates: drop", "fill: 10s")));

    [Fact]
    public async Task Rows_that_are_there_in_another_order_are_told_as_that() => Assert.Equal(
        """
        19:69: window: 1 of 2 expected rows is not among its 2 rows, in this order
          - 2026-01-01T00:00:00Z              temp_mean=81
          + 2026-01-01T00:00:00Z  machine=m1  temp_mean=81

        """,
        await Tested.RunAsync(Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 20s every 1s, temp: [80, 82] }"],
            "window: { has: [ { at: 2026-01-01T00:00:10Z, temp_mean: 81 }, { at: 2026-01-01T00:00:00Z, temp_mean: 81 } ] }")));

    [Fact]
    public async Task A_failure_shows_what_came_instead() => Assert.Equal(
        """
        21:11: window: 1 of 2 rows is not as expected
          - 2026-01-01T00:00:10Z  machine=m2  temp_mean=85 ± 1
          + 2026-01-01T00:00:10Z  machine=m1  temp_mean=81
        22:25: clean dropped otherwise than expected
          - dropped: 1
          + dropped: 0
        22:38: clean emitted otherwise than expected
          - readings: > 20
          + readings: 20

        """,
        await Tested.RunAsync(Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 20s every 1s, temp: [80, 82] }"],
            "window:",
            "  - { at: 2026-01-01T00:00:00Z, temp_mean: 81 }",
            "  - { at: 2026-01-01T00:00:10Z, tags: { machine: m2 }, temp_mean: 85 ± 1 }",
            "clean: { dropped: 1, readings: \"> 20\" }")));

    [Fact]
    public async Task Rows_that_are_missing_or_too_many_stand_alone() => Assert.Equal(
        """
        21:11: window emitted 3 rows, not 2
          - 2026-01-01T00:00:05Z              temp_mean=1
          + 2026-01-01T00:00:10Z  machine=m1  temp_mean=80
          + 2026-01-01T00:00:20Z  machine=m1  temp_mean=80

        """,
        await Tested.RunAsync(Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 30s every 1s, temp: 80 }"],
            "window:",
            "  - { at: 2026-01-01T00:00:00Z, temp_mean: 80 }",
            "  - { at: 2026-01-01T00:00:05Z, temp_mean: 1 }")));

    [Fact]
    public async Task Some_of_the_rows_are_found_among_the_others() => Assert.Equal(
        """
        20:43: window: 1 of 2 expected rows is not among its 3 rows
          - 2026-01-01T00:00:20Z              temp_mean=80
          + 2026-01-01T00:00:20Z  machine=m1  temp_mean=90

        """,
        await Tested.RunAsync(Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z for 20s every 1s, temp: 80 }", "{ at: +0s, temp: 90 }"],
            "window: { has: [ { temp_mean: 80 }, { at: 2026-01-01T00:00:20Z, temp_mean: 80 } ] }")));

    [Fact]
    public async Task A_sink_that_should_get_nothing_shows_what_it_got() => Assert.Equal(
        """
        19:7: out was given 1 row, not 0
          + 2026-01-01T00:00:00Z  machine=m1  temp_mean=300.5  temp_count=2  coverage=0.2

        """,
        await Tested.RunAsync(Tested.Of(["{ at: 2026-01-01T00:00:00Z every 1s, temp: [300, 301] }"], "out: []"), Tested.Press.Replace("out_of_range: drop, ", "")));

    [Fact]
    public async Task Readings_are_compared_as_readings_a_record_of_several_signals_as_several() => Assert.Equal(
        """
        22:11: clean: 1 of 4 readings is not as expected
          - 2026-01-01T00:00:01Z              count=8
          + 2026-01-01T00:00:01Z  machine=m1  count=9007199254740993

        """,
        await Tested.RunAsync(Tested.Of(
            ["{ at: 2026-01-01T00:00:00Z, temp: 176 degF, state: hot, on: true }", "{ at: +1s, count: 9007199254740993 }"],
            "clean:",
            "  - { at: 2026-01-01T00:00:00Z, temp: 80 degC, state: hot, on: true }",
            "  - { at: +1s, count: 8 }")));

    [Fact]
    public async Task A_silence_turns_the_clock_and_shows_open_windows() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        ["{ at: 2026-01-01T00:00:00Z for 5s every 1s, temp: 80 }", "{ idle: 1m }", "{ at: +0s, arrives: +0s, temp: 90 }"],
        "window:",
        "  - { at: 2026-01-01T00:00:00Z, pane: early, revision: 0, temp_count: 5 }",
        "  - { at: 2026-01-01T00:00:00Z, pane: on_time, revision: 1, temp_count: 5 }",
        "  - { at: 2026-01-01T00:01:00Z, pane: on_time, temp_count: 1 }")));

    [Fact]
    public async Task What_arrives_late_corrects_its_window_and_what_comes_from_the_future_is_refused() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        [
            "{ at: 2026-01-01T00:00:00Z for 15s every 1s, temp: 80 }",
            "{ at: 2026-01-01T00:00:03.5Z, arrives: 2026-01-01T00:00:13.5Z, temp: 99 }",
            "{ at: 2026-01-01T00:10:00Z, arrives: 2026-01-01T00:00:14Z, temp: 99 }",
        ],
        "collect: { readings: 16, dropped: { ahead: 1 } }",
        "window: [ { temp_count: 10 }, { pane: late, revision: 1, temp_count: 11 }, { temp_count: 5 } ]")));

    [Fact]
    public async Task A_backlog_arrives_at_one_instant_and_is_on_time() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        ["{ at: 2026-01-01T00:00:00Z for 30s every 1s, arrives: 2026-01-01T01:00:00Z, temp: 80 }"],
        "window: [ { temp_count: 10 }, { temp_count: 10 }, { temp_count: 10 } ]")));

    [Fact]
    public async Task Feeds_of_two_machines_run_side_by_side() => Assert.Equal("", await Tested.RunAsync(Tested.Of(
        ["{ at: 2026-01-01T00:00:00Z for 2s every 1s, temp: [1, 2] }", "{ at: 2026-01-01T00:00:00Z for 2s every 1s, tags: { machine: m2 }, temp: [3, 4] }"],
        "clean: [ { tags: { machine: m1 }, temp: 1 }, { tags: { machine: m2 }, temp: 3 }, { tags: { machine: m1 }, temp: 2 }, { tags: { machine: m2 }, temp: 4 } ]")));

    [Fact]
    public async Task Each_source_of_several_gives_in_its_own_units()
    {
        const string two = """
            pipeline: two
            time: { clock: shared }
            signals:
              temp: { unit: degC, rate: 1/s }
            steps:
              - collect: { name: presses, simulate: { machines: 1, tag: machine, length: 1m } }
              - collect: { name: pumps, simulate: { machines: 1, tag: pump, length: 1m } }
              - window: { every: 10s, compute: { temp: [mean] } }
              - transmit: { out: { console: text } }

            """;
        var test = Tested.Of(["{ source: presses, at: 2026-01-01T00:00:00Z for 10s every 1s, temp: 80 }", "{ source: pumps, at: 2026-01-01T00:00:00Z, tags: { machine: '', pump: p1 }, temp: 20 }"],
            "presses: { readings: 10 }", "pumps: { readings: 1 }", "out: [ { tags: { pump: p1 }, temp_mean: 20 }, { tags: { machine: m1 }, temp_mean: 80 } ]");

        Assert.Equal("", await Tested.RunAsync(test, two));
        Assert.Equal("press.yaml:14:9: the item does not say which source gives it; write 'source:' with one of presses, pumps", Tested.Faults(test.Replace("source: presses, ", ""), two));
        Assert.Equal("press.yaml:14:19: there is no source 'pressses'; did you mean 'presses'?", Tested.Faults(test.Replace("source: presses", "source: pressses"), two));
    }

    [Fact]
    public async Task A_model_says_what_the_test_says_in_turn_for_each_machine()
    {
        const string scored = """
            pipeline: scored
            signals:
              temp:      { unit: degC, rate: 1/s }
              pressure:  { unit: bar, rate: 1/s }
              vibration: { unit: mm/s, rate: 1/s }
            steps:
              - collect: { simulate: { machines: 2, length: 1h } }
              - window: { every: 10s, min_coverage: 50%, compute: { temp: [mean, min, max, std], pressure: [mean, min, max, std], vibration: [mean, min, max, rms] } }
              - infer: { model: demo@1, anomaly: { when: score > 0.9, for: 2 windows } }
              - transmit: { up: { only: anomaly, console: text } }

            """;
        var test = Tested.Of(
            [
                "{ at: 2026-01-01T00:00:00Z for 30s every 1s, temp: 80, pressure: 180, vibration: 12 }",
                "{ at: 2026-01-01T00:00:00Z for 30s every 1s, tags: { machine: m2 }, temp: 80, pressure: 180, vibration: 12 }",
                "{ at: +0s, temp: 80, pressure: 180, vibration: 12 }",
            ],
            "infer:",
            "  has:",
            "    - { at: 2026-01-01T00:00:00Z for 30s every 10s, tags: { machine: m1 }, score: [0.1, 0.95, 0.95], anomaly: [false, false, true], error: ~, top: temp_mean }",
            "    - { at: 2026-01-01T00:00:30Z, tags: { machine: m1 }, score: ~, quality: uncertain }",
            "up: [ { tags: { machine: m1 } }, { tags: { machine: m2 } } ]").Replace("    feed:", "    models: { demo@1: { score: [0.1, 0.95], top: temp_mean } }\n    feed:");

        Assert.Equal("", await Tested.RunAsync(test, scored));
    }

    [Fact]
    public async Task Nothing_is_opened_and_nothing_written()
    {
        var state = Path.Combine(Path.GetTempPath(), $"streamedge-test-{Guid.NewGuid():N}");
        var plan = Tested.Compile(Tested.Of(["{ at: 2026-01-01T00:00:00Z, temp: 80 }"], "history: { rows: 1 }"), state: state);

        var outcome = await Rehearsal.RunAsync(plan, plan.Tests[0], CancellationToken.None);

        Assert.True(outcome.Passed);
        Assert.False(Directory.Exists(state));
    }

    [Fact]
    public async Task A_pipeline_that_fails_fails_its_test() => Assert.Equal(
        "14:11: the pipeline failed at step 'clean.odd': 81 is odd\n",
        await Tested.RunAsync(Tested.Of(["{ at: 2026-01-01T00:00:00Z, temp: 81 }"], "history: { rows: 1 }"), Tested.Press.Replace("duplicates: drop", "odd: fail")));

    [Fact]
    public async Task A_test_that_would_never_end_is_stopped() => Assert.Equal(
        "14:11: the test was stopped: more than 5,000,000 timers rang; feed a shorter time\n",
        await Tested.RunAsync(Tested.Of(["{ at: 2026-01-01T00:00:00Z for 3650d every 1d, temp: 80 }"], "window: { rows: 1 }")));

    [Fact]
    public async Task The_same_test_runs_twice_with_the_same_outcome()
    {
        var plan = Tested.Compile(Tested.Of(["{ at: 2026-01-01T00:00:00Z for 20s every 1s, temp: [80, 82], state: a }"], "clean: []"));

        var first = await Rehearsal.RunAsync(plan, plan.Tests[0], CancellationToken.None);
        var second = await Rehearsal.RunAsync(plan, plan.Tests[0], CancellationToken.None);

        Assert.Equal(first.Failures[0].Diff, second.Failures[0].Diff);
        Assert.Equal(0, plan.Context.Readings.Keys.Count);
    }
}
