namespace StreamEdge;

/// <summary>The results do not depend on how rows are split into batches, nor on being stopped and started.</summary>
public sealed class InferStateTests : IDisposable
{
    // Looks at three rows of two columns and gives their mean back: what it cannot see coming is an error.
    const string Sequence = """
        name: three
        version: 1
        sha256: SHA
        input: rows
        shape: [batch, 6]
        rows: 3
        columns: [{ column: a, mean: 1 }, { column: b }]
        output: back
        result: reconstruction
        """;

    const string Options = "{ model: three@1, batch: { max: 5, wait: 50ms }, anomaly: { when: error > 2, for: 2 windows, clear: error < 1 } }";

    readonly TempModels _models = new();

    public InferStateTests() => _models.Add("three@1", Sequence, OnnxFile.Network("rows", "back", Averaging()));

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_sequence_begins_again_behind_a_row_that_cannot_be_used()
    {
        var rig = Rig().Give([.. new double[] { 1, 2, 6, double.NaN, 1, 2, 6, 3 }.Select((a, i) => new WideRow("m1", i, a, 0))]).Finish();

        // The mean of 1, 2, 6 is 3: squares 4, 1, 9 over six inputs. Then 2, 6, 3: mean 11/3.
        Assert.Equal([double.NaN, double.NaN, 2.333333, double.NaN, double.NaN, double.NaN, 2.333333, 1.444444], rig.Numbers("error").Select(e => Math.Round(e, 6)));
        Assert.Contains(("not scored, too few rows before", "4"), rig.Step.Report);
        Assert.Contains(("not scored, a value is missing", "1"), rig.Step.Report);
    }

    [Fact]
    public void Each_machine_has_its_own_sequence()
    {
        var rig = Rig().Give(new("m1", 1, 1, 0), new("m2", 1, 9, 0), new("m1", 2, 2, 0), new("m2", 2, 9, 0), new("m1", 3, 6, 0), new("m2", 3, 9, 0)).Finish();

        Assert.Equal([2.333333, 0], rig.Numbers("error").Skip(4).Select(e => Math.Round(e, 6)));
    }

    [Fact]
    public void Corrections_are_scored_with_the_rows_before_them_and_change_no_sequence()
    {
        var rig = Rig().GiveOneByOne(
            new("m1", 0, 1, 0),
            new("m1", 60, 2, 0),
            new("m1", 120, 3, 0) { Pane = Pane.Early },  // 1 2 3
            new("m1", 120, 6, 0),                        // 1 2 6
            new("m1", 120, 2, 0) { Pane = Pane.Late },   // 1 2 2
            new("m1", 60, 9, 0) { Pane = Pane.Late },    // its sequence is gone
            new("m1", 180, 3, 0)).Finish();              // 2 6 3

        Assert.Equal([double.NaN, double.NaN, 0.333333, 2.333333, 0.111111, double.NaN, 1.444444], rig.Numbers("error").Select(e => Math.Round(e, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_split_into_batches_does_not_show(int seed)
    {
        var rows = Rows(seed);
        var whole = Rig().Give(rows).Finish();
        var dice = new Random(seed);

        var split = Rig();
        for (var from = 0; from < rows.Length;)
        {
            var until = Math.Min(rows.Length, from + dice.Next(1, 9));
            split.Give(rows[from..until]);
            if (dice.Next(3) == 0) split.Wait(TimeSpan.FromMilliseconds(50));
            from = until;
        }

        Assert.Equal(whole.Lines, split.Finish().Lines);
        Assert.Contains('+', whole.Marks);
    }

    [Fact]
    public void Stopped_after_any_row_and_started_again_it_goes_on_as_if_nothing_had_been()
    {
        var rows = Rows(seed: 7);
        var through = Rig().Give(rows).Finish();

        for (var stop = 0; stop <= rows.Length; stop++)
        {
            var (before, after) = (Rig().Give(rows[..stop]), Rig(otherKey: true));
            before.MoveTo(after);
            after.Give(rows[stop..]).Finish();

            Assert.Equal(through.Lines, [.. before.Lines, .. after.Lines]);
            Assert.Equal(through.Step.Report, after.Step.Report);
        }
    }

    [Fact]
    public void Rows_that_were_held_for_a_larger_call_are_scored_in_several()
    {
        var rows = Rows(seed: 7)[..10];
        var before = new InferRig(_models, InferRig.Wide(true, "a", "b"), Options.Replace("max: 5", "max: 20")).Give(rows[..9]);
        var after = new InferRig(_models, InferRig.Wide(true, "a", "b"), Options.Replace("max: 5", "max: 4"));

        before.MoveTo(after);
        after.Give(rows[9..]).Finish();

        Assert.Equal(Rig().Give(rows).Finish().Lines, after.Lines);
        Assert.Equal([4, 4, 1, 1], after.Sizes);
    }

    [Fact]
    public void An_anomaly_that_needs_fewer_rows_than_before_begins_with_the_next()
    {
        var suspicious = Enumerable.Range(0, 6).Select(i => new WideRow("m1", i, i % 3 == 0 ? 90 : -90, 0)).ToArray();
        var before = new InferRig(_models, InferRig.Wide(true, "a", "b"), Options.Replace("2 windows", "9 windows")).Give(suspicious[..5]).Wait(TimeSpan.FromMilliseconds(50));
        var after = new InferRig(_models, InferRig.Wide(true, "a", "b"), Options);

        before.MoveTo(after);
        after.Give(suspicious[5..]).Finish();

        Assert.Equal("??---", before.Marks);
        Assert.Equal("+", after.Marks);
    }

    [Fact]
    public void A_state_belongs_to_its_model()
    {
        _models.Add("three@2", Sequence.Replace("version: 1", "version: 2"), OnnxFile.Network("rows", "back", new double[6, 6]));
        var other = new InferRig(_models, InferRig.Wide(true, "a", "b"), Options.Replace("three@1", "three@2"));

        Assert.NotEqual(Rig().Step.StateShape, other.Step.StateShape);
        Assert.Equal(Rig().Step.StateShape, Rig().Step.StateShape);
    }

    // A step that has met another machine first numbers its keys otherwise.
    InferRig Rig(bool otherKey = false)
    {
        var rows = InferRig.Wide(true, "a", "b");
        if (otherKey) rows.Keys.Device("m9");
        return new(_models, rows, Options);
    }

    static WideRow[] Rows(int seed)
    {
        var dice = new Random(seed);
        return [.. Enumerable.Range(0, 60).Select(i => new WideRow($"m{dice.Next(3)}", i, dice.Next(10), dice.Next(20) == 0 ? double.NaN : dice.Next(3))
        {
            Quality = dice.Next(20) == 0 ? Quality.Uncertain : Quality.Good,
            Pane = (Pane)Math.Max(0, dice.Next(12) - 9),
        })];
    }

    static double[,] Averaging()
    {
        var weights = new double[6, 6];
        for (var i = 0; i < 6; i++)
            for (var j = i % 2; j < 6; j += 2) weights[i, j] = 1 / 3.0;
        return weights;
    }
}
