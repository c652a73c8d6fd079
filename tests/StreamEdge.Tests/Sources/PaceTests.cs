namespace StreamEdge;

public class PaceTests
{
    [Fact]
    public async Task Recorded_time_passes_at_the_speed_that_was_asked_for()
    {
        using var rig = new SourceRig(Some.Signal("temp"));
        rig.Write("a.csv", "ts,temp\n100,1\n100,2\n160,3\n100,4\n220,5\n");
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"], Speed = new Speed(60) });
        SourceRig.Open(source);
        var lines = new List<string>();

        // The first two are due at once; the next one, 60 s later, a second from now.
        Assert.True(await rig.Start(source, int.MaxValue, out var batch));
        SourceRig.Take(batch, int.MaxValue, lines);
        Assert.Equal([".temp@100 = 1", ".temp@100 = 2"], lines);

        var reading = rig.Start(source, int.MaxValue, out batch);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(reading.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await reading);
        SourceRig.Take(batch, int.MaxValue, lines);
        Assert.Equal([".temp@160 = 3", ".temp@100 = 4"], lines[2..]); // what is older is due too

        reading = rig.Start(source, int.MaxValue, out batch);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await reading); // the file has ended behind it
        SourceRig.Take(batch, int.MaxValue, lines);
        Assert.Equal([".temp@220 = 5"], lines[4..]);
    }

    [Fact]
    public async Task Readings_that_fall_due_within_20_ms_share_a_batch()
    {
        using var rig = new SourceRig(Some.Signal("temp"));
        rig.Write("a.csv", "ts,temp\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"0.0{i:D2},{i}\n").Append("0.050,6\n")));
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"], Speed = new Speed(1) });
        SourceRig.Open(source);
        var lines = new List<string>();

        var reading = rig.Start(source, int.MaxValue, out var batch);
        for (var milliseconds = 0; milliseconds < 5; milliseconds++) rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await reading);
        SourceRig.Take(batch, int.MaxValue, lines);

        Assert.Equal(6, lines.Count); // the seventh would keep the first one waiting for longer
    }

    [Fact]
    public async Task A_wait_that_is_cut_short_gives_what_it_has_or_nothing_at_all()
    {
        using var rig = new SourceRig(Some.Signal("temp"));
        rig.Write("a.csv", "ts,temp\n0,1\n0.01,2\n9,3\n");
        var source = rig.Build(new FileSourceOptions { Path = ["a.csv"], Speed = new Speed(1) });
        SourceRig.Open(source);
        var lines = new List<string>();

        using var first = new CancellationTokenSource();
        var reading = rig.Start(source, int.MaxValue, out var batch, first.Token);
        first.Cancel();
        Assert.True(await reading);
        SourceRig.Take(batch, int.MaxValue, lines);

        rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(await rig.Start(source, int.MaxValue, out batch));
        SourceRig.Take(batch, int.MaxValue, lines);

        using var second = new CancellationTokenSource();
        reading = rig.Start(source, int.MaxValue, out batch, second.Token);
        second.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, batch.Count);
        batch.Release();

        reading = rig.Start(source, int.MaxValue, out batch);
        rig.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(await reading);
        SourceRig.Take(batch, int.MaxValue, lines);
        Assert.Equal([".temp@0 = 1", ".temp@0.01 = 2", ".temp@9 = 3"], lines);
        Assert.Equal(0, rig.Clock.Alarms);
    }

    [Fact]
    public async Task Each_file_without_times_begins_when_the_one_before_has_ended()
    {
        using var rig = new SourceRig(Some.Signal("temp"));
        rig.Write("a.csv", "temp\n1\n2\n");
        rig.Write("b.csv", "temp\n3\n4\n");
        var source = rig.Build(new FileSourceOptions { Path = ["*.csv"], Every = TimeSpan.FromSeconds(1), Speed = new Speed(1) });
        SourceRig.Open(source);
        var counts = new List<int>();
        for (var more = true; more;)
        {
            var reading = rig.Start(source, int.MaxValue, out var batch);
            while (!reading.IsCompleted) rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
            more = await reading;
            counts.Add(batch.Count);
            batch.Release();
        }

        Assert.Equal([1, 2, 1], counts);
        Assert.Equal(TimeSpan.FromSeconds(2), rig.Clock.GetUtcNow() - new FakeTime().GetUtcNow());
    }
}
