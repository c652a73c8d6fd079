namespace StreamEdge;

/// <summary>What infer does with the rows that it is given. The networks here are single matrices, so that every figure can be checked by hand.</summary>
public sealed class InferTests : IDisposable
{
    // Gives zero for all: the error of a row is the mean of its squared scaled values.
    const string Zero = """
        name: zero
        version: 1
        sha256: SHA
        input: row
        shape: [batch, 2]
        columns:
          - { column: temp, unit: degC, mean: 20, std: 10, range: [0, 40] }
          - { column: pressure, unit: bar, mean: 1, std: 2 }
        output: back
        result: reconstruction
        calibration: { rows: 99, shares: [0, 0.5, 1], errors: [0, 1, 2] }
        """;

    readonly TempModels _models = new();

    public InferTests() => _models.Add("zero@1", Zero, OnnxFile.Network("row", "back", new double[2, 2]));

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Tells_the_error_the_score_and_what_each_column_has_in_it()
    {
        var rig = Rig("{ model: zero@1, batch: { wait: 0s } }");

        rig.Give(new("m1", 1, 20, 1), new("m1", 2, 30, 1), new("m1", 3, 30, 7));

        Assert.Equal([0, 0.5, 5], rig.Numbers("error"));
        Assert.Equal([0, 0.99 * 0.25, 1 - 0.01 * 2 / 5], rig.Numbers("score"), Near);
        Assert.Equal([double.NaN, 1, 0.1], rig.Numbers("contribution_temp"), Near);
        Assert.Equal([double.NaN, 0, 0.9], rig.Numbers("contribution_pressure"), Near);
        Assert.Equal([null, "temp", "pressure"], rig.Texts("top"));
        Assert.Equal([20, 30, 30], rig.Numbers("temp"));
    }

    [Fact]
    public void Converts_the_units_of_the_rows_into_those_of_the_model()
    {
        var rig = new InferRig(_models, InferRig.Wide(false, "pressure:kPa", "temp:degF"), "{ model: zero@1, batch: { wait: 0s } }");

        rig.Give(new WideRow("m1", 1, 300, 86)); // 3 bar, 30 degC

        Assert.Equal([1.0], rig.Numbers("error"), Near);
    }

    [Fact]
    public void Many_rows_at_once_get_what_each_alone_gets()
    {
        var dice = new Random(3);
        var rows = Enumerable.Range(0, 203).Select(i => new WideRow($"m{i % 7}", i, dice.Next(12) == 0 ? double.NaN : dice.Next(0, 50), dice.Next(25) == 0 ? 1e300 : dice.NextDouble() * 5)).ToArray();
        const string Options = "{ model: zero@1, batch: { max: 256, wait: 0s }, anomaly: { when: score > 0.9, for: 2 windows } }";

        var together = Rig(Options).Give(rows);
        var alone = Rig(Options).GiveOneByOne(rows);

        Assert.Equal([203], together.Sizes);
        Assert.Equal(alone.Lines, together.Lines);
        Assert.Equal(alone.Step.Report, together.Step.Report);
    }

    [Fact]
    public void The_ends_of_the_training_range_lie_inside()
    {
        var rig = new InferRig(_models, InferRig.Wide(true, "temp:degF", "pressure:bar"), "{ model: zero@1, batch: { wait: 0s } }");

        rig.Give(new("m1", 1, 32, 1), new("m1", 2, 104, 1), new("m1", 3, 104.01, 1));

        Assert.Contains(("outside the training range", "1"), rig.Step.Report);
    }

    [Fact]
    public void Rows_that_cannot_be_scored_pass_without_results_and_are_counted()
    {
        var rig = Rig("{ model: zero@1, batch: { wait: 0s }, anomaly: { when: error >= 0 } }");

        rig.Give(new("m1", 1, double.NaN, 1), new("m1", 2, 50, 1), new("m1", 3, 20, 1) { Quality = Quality.Uncertain }, new("m1", 4, 30, 1e300), new("m1", 5, 30, 1));

        Assert.Equal([double.NaN, 4.5, double.NaN, double.NaN, 0.5], rig.Numbers("error"));
        Assert.Equal([null, "temp", null, null, "temp"], rig.Texts("top"));
        Assert.Equal("?+??+", rig.Marks);
        Assert.Equal(
            [("scored", "3"), ("not scored, a value is missing", "1"), ("not scored, quality too low", "1"), ("scored, but no finite result", "1"), ("outside the training range", "1")],
            rig.Step.Report);
    }

    [Fact]
    public void Of_rows_without_a_window_only_the_bad_are_not_scored()
    {
        var rig = new InferRig(_models, InferRig.Wide(false, "temp:degC", "pressure:bar"), "{ model: zero@1, batch: { wait: 0s } }");

        rig.Give(new("m1", 1, 30, 1) { Quality = Quality.Uncertain }, new("m1", 2, 30, 1) { Quality = Quality.Bad });

        Assert.Equal([0.5, double.NaN], rig.Numbers("error"));
    }

    [Fact]
    public void An_anomaly_begins_after_enough_windows_in_a_row_and_ends_when_it_clears()
    {
        var rig = Rig("{ model: zero@1, batch: { wait: 0s }, anomaly: { when: error > 1, for: 2 windows, clear: error < 0.1 } }");

        // m1: errors 2, 0.5, 2, 2, 0.5, 0, 2 with windows of m2 (always quiet) between them
        var at = 0;
        foreach (var temp in new double[] { 40, 30, 40, 40, 30, 20, 40 }) rig.Give(new("m1", at, temp, 1), new("m2", at++, 20, 1));

        Assert.Equal("---++--", string.Concat(rig.Marks.Where((_, i) => i % 2 == 0)));
        Assert.Equal("-------", string.Concat(rig.Marks.Where((_, i) => i % 2 == 1)));
    }

    [Fact]
    public void Provisional_and_corrected_windows_are_marked_but_do_not_count()
    {
        var rig = Rig("{ model: zero@1, batch: { wait: 0s }, anomaly: { when: error > 1, for: 2 windows } }");

        rig.GiveOneByOne(
            new("m1", 0, 40, 1),                            // the first suspicious window
            new("m1", 60, 40, 1) { Pane = Pane.Early },     // would be the second
            new("m1", 60, 20, 1),                           // but complete it is not: the row of suspicious ones is broken
            new("m1", 60, 40, 1) { Pane = Pane.Late },      // corrected, it is: marked, in the place of the second
            new("m1", 0, 20, 1) { Pane = Pane.Late },       // too old to tell
            new("m1", 120, 40, 1));                         // the first again, for the correction did not count

        Assert.Equal("-+-+?-", rig.Marks);
    }

    [Fact]
    public void Without_a_memory_even_an_old_correction_is_marked()
    {
        var rig = Rig("{ model: zero@1, batch: { wait: 0s }, anomaly: { when: score > 0.6 } }");

        rig.GiveOneByOne(new("m1", 0, 20, 1), new("m1", 60, 20, 1), new("m1", 0, 40, 1) { Pane = Pane.Late });

        Assert.Equal("--+", rig.Marks);
    }

    [Fact]
    public void Rows_of_all_machines_wait_for_each_other_until_the_deadline()
    {
        var rig = Rig("{ model: zero@1, batch: { max: 4, wait: 50ms } }");

        rig.Give(new WideRow("m1", 1, 20, 1)).Wait(TimeSpan.FromMilliseconds(30)).Give(new WideRow("m2", 1, 20, 1)).Wait(TimeSpan.FromMilliseconds(19));
        Assert.Empty(rig.Sizes);
        rig.Wait(TimeSpan.FromMilliseconds(1));

        Assert.True(rig.Step.OwnStage);
        Assert.Equal([2], rig.Sizes);
        Assert.Equal(long.MaxValue, rig.Step.NextDue);
    }

    [Fact]
    public void Enough_rows_do_not_wait()
    {
        var rig = Rig("{ model: zero@1, batch: { max: 4, wait: 50ms } }");

        rig.Give([.. Enumerable.Range(0, 9).Select(i => new WideRow($"m{i}", 1, 20, 1))]);
        Assert.Equal([4, 4], rig.Sizes);
        rig.Finish();

        Assert.Equal([4, 4, 1], rig.Sizes);
    }

    [Fact]
    public void The_label_is_the_most_probable_one()
    {
        var yaml = """
            name: wear
            version: 3
            sha256: SHA
            input: x
            shape: [batch, 3]
            columns:
              - { column: torque }
              - { column: type, equals: L }
              - { column: type, equals: H }
            output: p
            result: classes
            labels: [fine, worn]
            """;
        _models.Add("wear@3", yaml, OnnxFile.Network("x", "p", new double[,] { { 0.5, 0.25 }, { 0, 0.5 }, { 0, 0 } }));
        var rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("torque", Kind.Integer), new("type", Kind.Text)], hasWindow: false);
        var rig = new InferRig(_models, rows, "{ model: wear@3, batch: { wait: 0s }, anomaly: { when: label == \"worn\" } }");
        double Text(string text) => Slot.Of(rows.Codes.Code(text));

        rig.Give(new("m1", 1, Slot.Of(1), Text("L")), new("m1", 2, Slot.Of(1), Text("H")), new("m1", 3, Slot.Of(Slot.Missing), Text("H")), new("m1", 4, Slot.Of(1), Slot.Of(Slot.Missing)));

        Assert.Equal(["worn", "fine", null, null], rig.Texts("label"));
        Assert.Equal([0.75, 0.5, double.NaN, double.NaN], rig.Numbers("probability"));
        Assert.Equal("+-??", rig.Marks);
    }

    [Fact]
    public void Where_the_pipeline_does_not_say_when_the_models_threshold_decides()
    {
        var yaml = """
            name: sum
            version: 1
            sha256: SHA
            input: x
            shape: [batch, 2]
            columns: [{ column: a }, { column: b }]
            clip: 5
            output: y
            result: value
            threshold: 4
            """;
        _models.Add("sum@1", yaml, OnnxFile.Network("x", "y", new double[,] { { 1 }, { 1 } }));
        var rig = new InferRig(_models, InferRig.Wide(false, "a", "b"), "{ model: sum@1, batch: { wait: 0s }, anomaly: {} }");

        rig.Give(new("m1", 1, 1, 3), new("m1", 2, 2, 3), new("m1", 3, 100, -7));

        Assert.Equal([4, 5, 0], rig.Numbers("value"));
        Assert.Equal("-+-", rig.Marks);
    }

    [Fact]
    public void Before_its_model_is_trained_rows_pass_with_the_columns_that_it_will_add()
    {
        var rig = new InferRig(_models, InferRig.Wide(true, "temp", "pressure", Columns.Coverage), "{ model: new@1, anomaly: { when: score > 0.9 } }", withoutModels: true);

        rig.Give(new WideRow("m1", 1, 20, 1, 1));

        Assert.Equal(["temp", "pressure", "coverage", "error", "score", "contribution_temp", "contribution_pressure", "top", "anomaly"], rig.Step.Output.Columns.Select(c => c.Name));
        Assert.Equal(["1000000000 m1 20 1 1 NaN NaN NaN NaN ? ?"], rig.Lines);
    }

    InferRig Rig(string options) => new(_models, InferRig.Wide(true, "temp:degC", "pressure:bar"), options);

    static bool Near(double expected, double actual) => double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) < 1e-6;
}
