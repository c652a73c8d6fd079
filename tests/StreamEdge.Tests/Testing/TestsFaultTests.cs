namespace StreamEdge;

/// <summary>Mistakes in a <c>tests:</c> block: each with its place and what to write instead.</summary>
public class TestsFaultTests
{
    const string At = "at: 2026-01-01T00:00:00Z";

    [Theory]
    [InlineData("13:1: tests is a list of tests, not a map; write '- name: …' below it, with 'feed:' and 'expect:'", "tests: {}")]
    [InlineData("13:8: tests is a list of tests, not a text; write '- name: …' below it, with 'feed:' and 'expect:'", "tests: yes")]
    [InlineData("13:9: a test has a name, a feed and what to expect; it is not a text; write '- name: …', with 'feed:' and 'expect:' below the name", "tests: [x]")]
    [InlineData("13:1: a pipeline file has no block 'test'; did you mean 'tests'?", "test: []")]
    public void A_block_that_is_none_is_told(string fault, string block)
    {
        var at = block == "tests: {}" ? fault.Replace("13:1:", "13:8:") : fault;

        Assert.Equal($"press.yaml:{at}", Tested.Faults(block + "\n"));
    }

    [Theory]
    [InlineData("17:9: the item does not say when; write 'at: 2026-01-01T00:00:00Z', or 'at: +1s' for a second behind the item before", "{ temp: 1 }")]
    [InlineData("17:9: the item has no signal; write 'temp: 1', or 'idle: 1m' for a time without readings", "{ " + At + " }")]
    [InlineData("17:37: there is no signal 'tmp'; did you mean 'temp'?", "{ " + At + ", tmp: 1 }")]
    [InlineData("17:37: there is no signal 'qualty'; did you mean 'quality'?", "{ " + At + ", qualty: bad, temp: 1 }")]
    [InlineData("17:43: temp: 5 bar is pressure, but it comes in degC; write it in degC", "{ " + At + ", temp: 5 bar }")]
    [InlineData("17:43: temp: 'hot' is no number; write it like 1.5", "{ " + At + ", temp: hot }")]
    [InlineData("17:41: on: 'yes' is neither true nor false; write true", "{ " + At + ", on: yes }")]
    [InlineData("17:44: count: '1.5' is no whole number; write 2", "{ " + At + ", count: 1.5 }")]
    [InlineData("17:43: temp: nothing stands where a value is expected; write one, ~ for a reading without a value, or leave it out", "{ " + At + ", temp: }")]
    [InlineData("17:15: a list of values needs to know how often; write 'at: 2026-01-01T00:00:00Z every 1s'", "{ " + At + ", temp: [1, 2] }")]
    [InlineData("17:9: its lists have 2 and 3 values; write lists of one length", "{ " + At + " every 1s, temp: [1, 2], count: [1, 2, 3] }")]
    [InlineData("17:45: the sources give no tag 'machin'; did you mean 'machine'?", "{ " + At + ", tags: { machin: m2 }, temp: 1 }")]
    [InlineData("17:55: feed.quality: there is no 'god' here; did you mean 'good'?", "{ " + At + ", temp: 1, quality: god }")]
    [InlineData("17:15: a time that begins with '+' is counted from what is written before, and nothing is; write an instant", "{ at: +1s, temp: 1 }")]
    [InlineData("17:17: idle follows readings, and none are written before it; begin the feed with readings", "{ idle: 1m }")]
    [InlineData("17:17: feed.idle: 8d is too large; write 1us to 7d", "{ idle: 8d }")]
    [InlineData("17:15: feed.at: 'noon' is no instant; write it like 2026-01-01T06:30:00Z", "{ at: noon, temp: 1 }")]
    [InlineData("17:15: feed.at: '2026-01-01T00:00:00Z for 1m' does not say how often; write '2026-01-01T00:00:00Z for 1m every 1s'", "{ " + At + " for 1m, temp: 1 }")]
    [InlineData("17:37: feed.at: the end of a range is an instant; write '2026-01-01T00:00:00Z for 1m every 1s'", "{ " + At + "..+1m every 1s, temp: 1 }")]
    [InlineData("17:49: feed.at: '0s' is no time at all; write it like 1s", "{ " + At + " for 1m every 0s, temp: 1 }")]
    [InlineData("17:15: feed.at: '2026-01-01T00:00:00Z..2025-01-01 every 1s' ends before it begins; swap the two", "{ " + At + "..2025-01-01 every 1s, temp: 1 }")]
    [InlineData("17:15: it has 315,360,000,000 instants; write a shorter time or a longer 'every'", "{ " + At + " for 3650d every 1ms, temp: 1 }")]
    [InlineData("17:15: the test feeds 1,000,001 readings, more than 1,000,000; write a shorter time or a longer 'every'", "{ " + At + " for 1000001s every 1s, temp: 1 }")]
    [InlineData("17:15: it lies outside the years 1678 to 2262", "{ at: 2262-01-01 for 3650d every 1d, temp: 1 }")]
    [InlineData("17:46: feed.arrives: 'later' is no instant; write an instant, or a delay like +30s", "{ " + At + ", arrives: later, temp: 1 }")]
    public void A_mistake_in_a_feed_is_told(string fault, string item) =>
        Assert.Equal($"press.yaml:{fault}", Tested.Faults(Tested.Of([item], "window: { rows: 1 }")));

    [Fact]
    public void What_comes_within_an_idle_time_is_told() => Assert.Equal(
        "press.yaml:19:15: it arrives at 2026-01-01T00:00:10Z, within the idle time before it, which lasts until 2026-01-01T00:01:00Z; write a time from 2026-01-01T00:01:00Z on, or 'arrives:'",
        Tested.Faults(Tested.Of(["{ " + At + ", temp: 1 }", "{ idle: 1m }", "{ at: 2026-01-01T00:00:10Z, temp: 1 }"], "window: { rows: 1 }")));

    [Theory]
    [InlineData("19:7: there is no step 'windw'; did you mean 'window'?", "windw: []")]
    [InlineData("19:15: what 'window' emits is a list or a map, not a text; write '- { at: …, COLUMN: VALUE }' below it, or '{ rows: 1 }'", "window: 5")]
    [InlineData("19:15: nothing is expected of 'window'; write 'rows: 1', or the list of them", "window: {}")]
    [InlineData("19:17: window has no option 'row'; did you mean 'rows'?", "window: { row: 1 }")]
    [InlineData("19:27: 'window' emits rows, not readings; write 'rows: 1'", "window: { readings: 1 }")]
    [InlineData("19:23: rows: 'many' is no number; write it like 1.5", "window: { rows: many }")]
    [InlineData("19:28: 'window' drops nothing for a reason 'lat'; did you mean 'late'?", "window: { dropped: { lat: 1 } }")]
    [InlineData("19:27: a sink writes nothing in a test, so it drops nothing; leave it out", "history: { dropped: 1 }")]
    [InlineData("19:19: there is no column 'tmp_mean'; did you mean 'temp_mean'?", "window: [ { tmp_mean: 1 } ]")]
    [InlineData("19:30: temp_mean: 1 bar is pressure, but the column is in degC (temperature); write it in degC", "window: [ { temp_mean: 1 bar } ]")]
    [InlineData("19:30: temp_mean: '2..1' ends below its beginning; swap the two", "window: [ { temp_mean: 2..1 } ]")]
    [InlineData("19:30: temp_mean: the tolerance '-1' is below 0; write it without the sign", "window: [ { temp_mean: 2 ± -1 } ]")]
    [InlineData("19:30: temp_mean: the tolerance '1 bar' is no temperature; write it in degC", "window: [ { temp_mean: 2 degC ± 1 bar } ]")]
    [InlineData("19:27: it has no tag 'machin'; did you mean 'machine'?", "window: [ { tags: { machin: m1 } } ]")]
    [InlineData("19:18: only the rows of windows have 'pane'; leave it out, or put a column of that name into 'values: { pane: … }'", "clean: [ { pane: early } ]")]
    [InlineData("19:15: the ledger of a test is balanced, which is always checked; write 'ledger: balanced', or leave it out", "ledger: odd")]
    public void A_mistake_in_what_is_expected_is_told(string fault, string expected) =>
        Assert.Equal($"press.yaml:{fault}", Tested.Faults(Tested.Of(["{ " + At + ", temp: 1 }"], expected)));

    [Fact]
    public void Two_tests_of_one_name_and_a_model_that_no_step_asks_are_told()
    {
        var test = Tested.Of(["{ " + At + ", temp: 1 }"], "window: { rows: 1 }");

        Assert.Equal("press.yaml:20:11: there are two tests 'it' (the other is in line 14); give one another name\npress.yaml:22:23: no step asks a model 'demo@1'; leave it out",
            Tested.Faults(test + test.Replace("tests:\n", "").Replace("    feed:", "    models: { demo@1: { score: 1 } }\n    feed:")));
    }

    [Fact]
    public void A_block_with_random_slips_has_faults_and_throws_nothing_else()
    {
        var block = Tested.Of(
            ["{ " + At + " for 20s every 1s, temp: [80, 82], arrives: +5s, quality: bad }", "{ idle: 1m }", "{ at: +1s, tags: { machine: m2 }, values: { count: 5 }, state: hot }"],
            "window: [ { at: " + At["at: ".Length..] + "..2026-01-01T00:00:20Z every 10s, temp_mean: 81 ± 0.1, pane: early, end: 2026-01-01T00:00:10Z } ]",
            "clean: { readings: 20..30, dropped: { out_of_range: \"> 2\" }, has: [ { temp: 80 degC }, { state: ~ } ] }");
        string[] pieces = ["{", "}", "[", "]", ":", ",", "~", "+", "..", "±", "every", "at", "9", "-", "\"", " ", "\n", "for 0s", "1e400", "idle", "9999d", "-1"];
        var dice = new Random(20260101);
        for (var round = 0; round < 2_000; round++)
        {
            var typed = block;
            for (var slip = dice.Next(1, 4); slip > 0; slip--)
            {
                var (at, length) = (dice.Next("tests:\n".Length, typed.Length), dice.Next(0, 4));
                typed = typed[..at] + (dice.Next(3) == 0 ? "" : pieces[dice.Next(pieces.Length)]) + typed[Math.Min(typed.Length, at + length)..];
            }

            try
            {
                Tested.Compile(typed);
            }
            catch (PipelineException)
            {
                // a fault with its place, as it should be
            }
        }
    }
}
