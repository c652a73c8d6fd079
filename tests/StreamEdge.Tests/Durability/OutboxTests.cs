namespace StreamEdge;

/// <summary>What stands between the pipeline and a sink that delivers over a network.</summary>
public class OutboxTests
{
    static readonly BufferOptions s_small = new() { Disk = new(400_000) };

    /// <summary>Lives of up to five crashes: 200, with ./test --long 10,000.</summary>
    static int Lives => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") == "1" ? 10_000 : 200;

    [Fact]
    public async Task What_is_flushed_is_safe_while_the_other_side_hangs_and_is_delivered_in_order_when_it_is_back()
    {
        await using var rig = await OutboxRig.OpenAsync(new SimulatedDisk(1));
        for (var n = 0; n < 100; n += 10)
        {
            await rig.GiveAsync(n, 10, anomaly: n % 30 == 0);
            await rig.FlushAsync();
        }

        Assert.Equal((100, 0), (rig.Outbox.Held, rig.Outbox.Books.Absorbed));
        Assert.StartsWith("100 rows wait, the oldest for 0s; ", Assert.Single(rig.Outbox.Report, r => r.Name == "outbox").Value);
        rig.Far.Let();
        await rig.FinishAsync();

        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), rig.Far.Taken);
        Assert.Equal(("outbox", "empty"), Assert.Single(rig.Outbox.Report));
    }

    [Fact]
    public async Task Whatever_is_lost_at_a_crash_everything_that_was_safe_is_delivered_in_order_and_nothing_is_invented()
    {
        for (var seed = 0; seed < Lives; seed++)
        {
            var random = new Random(seed);
            var disk = new SimulatedDisk(seed);
            var delivered = new HashSet<long>();
            var (next, saved) = (0, 0);
            ReadOnlyMemory<byte>? state = null;
            for (var crashes = random.Next(1, 6); crashes >= 0; crashes--)
            {
                var rig = await OutboxRig.OpenAsync(disk, state, saved);
                next = saved; // the sources give again what came since the checkpoint
                state = rig.Save(); // every run begins with one
                rig.Outbox.Kept();
                for (var steps = random.Next(30); steps > 0; steps--)
                {
                    switch (random.Next(5))
                    {
                        case 0 or 1:
                            var rows = random.Next(1, 40);
                            await rig.GiveAsync(next, rows, anomaly: random.Next(4) == 0);
                            next += rows;
                            break;
                        case 2:
                            rig.Far.Let(random.Next(1, 3));
                            break;
                        case 3:
                            await rig.FlushAsync();
                            break;
                        default:
                            await rig.FlushAsync();
                            (state, saved) = (rig.Save(), next);
                            rig.Outbox.Kept();
                            break;
                    }
                }

                rig.Far.Let();
                if (crashes == 0) await rig.FinishAsync();
                await rig.DisposeAsync();
                Assert.Equal(rig.Far.Taken.Distinct().Order(), rig.Far.Taken);
                delivered.UnionWith(rig.Far.Taken);
                disk.Crash();
            }

            Assert.Equal(Enumerable.Range(0, next).Select(n => (long)n), delivered.Order().Where(n => n < next));
        }
    }

    [Fact]
    public async Task When_it_is_full_the_oldest_rows_are_given_up_and_anomalies_last()
    {
        await using var rig = await OutboxRig.OpenAsync(new SimulatedDisk(1), buffer: s_small);
        for (var n = 0; n < 40_000; n += 100)
        {
            await rig.GiveAsync(n, 100, anomaly: n % 1000 == 0);
            await rig.FlushAsync();
        }

        Assert.InRange(rig.Dropped("outbox_full"), 1, 39_999);
        rig.Far.Let();
        await rig.FinishAsync();
        var taken = rig.Far.Taken;
        Assert.Equal(taken.Order(), taken);
        Assert.Equal(40_000 - taken.Count, rig.Dropped("outbox_full"));
        Assert.Equal(4_000, taken.Count(n => n % 1000 < 100)); // every anomaly
        Assert.Equal(39_999, taken[^1]);
    }

    [Fact]
    public async Task Anomalies_are_given_up_where_there_is_nothing_else()
    {
        await using var rig = await OutboxRig.OpenAsync(new SimulatedDisk(1), buffer: s_small);
        for (var n = 0; n < 40_000; n += 100)
        {
            await rig.GiveAsync(n, 100, anomaly: n > 0);
            await rig.FlushAsync();
        }

        rig.Far.Let();
        await rig.FinishAsync();
        Assert.Equal(40_000 - rig.Far.Taken.Count, rig.Dropped("outbox_full"));
        Assert.InRange(rig.Far.Taken.Count, 5_000, 35_000);
    }

    [Fact]
    public async Task With_block_the_pipeline_waits_at_the_bound_and_nothing_is_lost()
    {
        await using var rig = await OutboxRig.OpenAsync(new SimulatedDisk(1), buffer: s_small with { WhenFull = WhenBufferFull.Block });
        var n = 0;
        Task writing;
        Batch batch;
        while (true)
        {
            batch = rig.Batch(n, 100);
            writing = rig.Outbox.WriteAsync(batch, default).AsTask();
            n += 100;
            if (!writing.IsCompleted) break;
            batch.Release();
            await rig.Outbox.FlushAsync(default);
        }

        Assert.Equal(n - 100, rig.Outbox.Held);
        rig.Far.Let();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));
        batch.Release();
        await rig.Outbox.FinishAsync(default);
        Assert.Equal(Enumerable.Range(0, n).Select(i => (long)i), rig.Far.Taken);
        Assert.Equal((n, 0L), (rig.Outbox.Books.Absorbed, rig.Outbox.Books.Dropped));
    }

    [Fact]
    public async Task Told_to_leave_it_takes_what_is_under_way_beyond_its_bound_and_waits_for_nobody()
    {
        await using var rig = await OutboxRig.OpenAsync(new SimulatedDisk(1), buffer: s_small with { WhenFull = WhenBufferFull.Block });
        rig.Outbox.Leave();
        for (var n = 0; n < 40_000; n += 100) await rig.GiveAsync(n, 100);

        await rig.Outbox.FinishAsync(default);

        Assert.Equal(40_000, rig.Outbox.Held);
    }

    [Fact]
    public async Task Rows_are_too_old_by_the_time_that_the_pipeline_ran_over_all_its_runs()
    {
        var (disk, time) = (new SimulatedDisk(1), new FakeTime());
        ReadOnlyMemory<byte> state;
        await using (var first = await OutboxRig.OpenAsync(disk, time: time))
        {
            await first.GiveAsync(0, 10);
            await first.FlushAsync();
            time.Advance(TimeSpan.FromDays(4));
            await first.FlushAsync();
            await first.GiveAsync(10, 10);
            await first.FlushAsync();
            state = first.Save();
        }

        time.Advance(TimeSpan.FromDays(1000)); // it does not run, or its clock jumps
        await using var rig = await OutboxRig.OpenAsync(disk, state, 20, time);
        await rig.FlushAsync();
        Assert.Equal((20, 0), (rig.Outbox.Held, rig.Dropped("too_old")));
        time.Advance(TimeSpan.FromDays(3.5));
        await rig.FlushAsync();
        Assert.Equal(10, rig.Dropped("too_old"));
        time.Advance(TimeSpan.FromDays(4));
        await rig.FlushAsync();

        Assert.Equal((0, 20), (rig.Outbox.Held - rig.Far.Held, rig.Dropped("too_old") + rig.Far.Held));
    }

    [Fact]
    public async Task A_full_disk_holds_the_pipeline_up_and_loses_nothing()
    {
        var time = new FakeTime();
        var disk = new SimulatedDisk(1);
        await using var rig = await OutboxRig.OpenAsync(disk, time: time);
        await rig.GiveAsync(0, 100);
        disk.Capacity = 100;
        var flush = rig.Outbox.FlushAsync(default).AsTask();
        Assert.False(flush.IsCompleted);
        Assert.StartsWith("cannot keep what is to be sent: ", Assert.Single(rig.Outbox.Books.Notices));

        disk.Capacity = long.MaxValue;
        time.Advance(TimeSpan.FromSeconds(1));
        await flush.WaitAsync(TimeSpan.FromSeconds(30));
        rig.Far.Let();
        await rig.FinishAsync();

        Assert.Equal(100, rig.Far.Taken.Count);
    }

    [Fact]
    public async Task A_damaged_entry_costs_its_own_rows_and_is_counted()
    {
        var disk = new SimulatedDisk(1);
        ReadOnlyMemory<byte> state;
        await using (var first = await OutboxRig.OpenAsync(disk))
        {
            for (var n = 0; n < 30; n += 10) await first.GiveAsync(n, 10);
            await first.FlushAsync();
            state = first.Save();
        }

        var name = disk.Names().Single(n => n.StartsWith("outbox.far%2Fside-", StringComparison.Ordinal) && disk[n].Length > 100);
        var bytes = disk[name];
        bytes[^20] ^= 1;
        disk[name] = bytes;
        await using var rig = await OutboxRig.OpenAsync(disk, state, 30);
        rig.Far.Let();
        await rig.FinishAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(n => (long)n), rig.Far.Taken);
        Assert.Equal((20, 10), (rig.Outbox.Books.Absorbed, rig.Outbox.Books.Dropped));
    }

    [Fact]
    public async Task A_sink_that_fails_fails_its_step_and_its_rows_are_for_the_next_run()
    {
        var disk = new SimulatedDisk(1);
        ReadOnlyMemory<byte> state;
        await using (var first = await OutboxRig.OpenAsync(disk))
        {
            await first.GiveAsync(0, 10);
            await first.FlushAsync();
            state = first.Save();
            first.Far.Failure = new FormatException("odd");
            first.Far.Let();

            var failure = await Assert.ThrowsAsync<FormatException>(() => first.Outbox.FinishAsync(default).AsTask());
            Assert.Equal("odd", failure.Message);
        }

        await using var rig = await OutboxRig.OpenAsync(disk, state, 10);
        rig.Far.Let();
        await rig.FinishAsync();
        Assert.Equal(10, rig.Far.Taken.Count);
    }
}
