using System.Text;

namespace StreamEdge;

public class SegmentLogTests
{
    static readonly SegmentLogOptions s_small = new() { SegmentBytes = 24 * 1024 };

    /// <summary>20,000 crashes, with ./test --long a million.</summary>
    static int Lives => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") == "1" ? 200_000 : 4_000;

    [Fact]
    public void After_any_crash_all_that_was_acknowledged_is_there_in_order_and_nothing_else()
    {
        var crashes = 0;
        for (var seed = 0; seed < Lives; seed++)
        {
            using var model = new LogModel(seed);
            crashes += model.Run();
            Assert.True(model.Fault is null, model.Fault);
        }

        Assert.Equal(5 * Lives, crashes);
    }

    [Fact]
    public void On_a_disk_that_ignores_syncs_the_same_test_finds_losses()
    {
        var losses = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            using var model = new LogModel(seed, ignoresSync: true);
            model.Run();
            if (model.Fault is { } fault && fault.EndsWith("gone", StringComparison.Ordinal)) losses++;
        }

        Assert.InRange(losses, 100, 200);
    }

    [Fact]
    public void A_tail_torn_at_any_byte_is_cut_behind_the_last_whole_entry()
    {
        var (whole, ends) = Filled(5, 20);
        for (var length = ends[2]; length < ends[4]; length++)
        {
            var disk = new SimulatedDisk(1) { ["log-0000000001"] = whole[..length] };

            using var log = new SegmentLog(disk);

            var left = length >= ends[3] ? 4 : 3;
            Assert.Equal(Enumerable.Range(0, left).Select(n => (long)n), Read(log).Select(e => e.Sequence));
            Assert.Equal(length != ends[left - 1], log.WasTorn);
            Assert.Equal(left, log.Append(1, [9]));
            Assert.Equal(left + 1, log.Sync());
            Assert.Equal(left + 1, Read(log).Count);
        }
    }

    [Fact]
    public void A_bit_flipped_anywhere_costs_the_entry_it_is_in_and_no_other()
    {
        var disk = new SimulatedDisk(1);
        var payloads = Enumerable.Range(0, 64).Select(n => Payload(n, 980)).ToArray();
        using (var log = new SegmentLog(disk, s_small))
        {
            foreach (var payload in payloads) log.Append(1, payload);
            log.Sync();
        }

        var names = disk.Names();
        Assert.Equal(3, names.Count);
        var other = new SimulatedDisk(1);
        foreach (var name in names)
        {
            foreach (var file in names) other[file] = disk[file];
            var spoiled = disk[name];
            other[name] = spoiled; // the array itself
            for (var at = 0; at < spoiled.Length; at++)
            {
                spoiled[at] ^= (byte)(1 << (at % 8));

                using var log = new SegmentLog(other, s_small);
                using var reader = log.Read(0);
                var next = 0;
                for (; reader.Next(); next = (int)reader.Sequence + 1)
                    if (!reader.Payload.SequenceEqual(payloads[reader.Sequence])) Assert.Fail($"byte {at} of {name}: entry {reader.Sequence} is wrong");

                var (lost, cut) = ((int)reader.Skipped, 64 - next);
                if (lost + cut != (at < 64 ? 0 : 1) || cut > 0 != log.WasTorn) Assert.Fail($"byte {at} of {name}: {lost} skipped, {cut} cut");
                spoiled[at] ^= (byte)(1 << (at % 8));
            }
        }
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    public void A_segment_that_is_gone_is_skipped_and_counted(int gone, long lost)
    {
        var disk = new SimulatedDisk(1);
        using (var log = new SegmentLog(disk, new() { SegmentBytes = 4 * 117 }))
        {
            for (var n = 0; n < 12; n++) log.Append(1, Payload(n, 100));
            log.Sync();
        }

        disk.Delete(disk.Names()[gone]);

        using var again = new SegmentLog(disk);
        using var reader = again.Read(0);
        var read = 0;
        while (reader.Next()) read++;
        Assert.Equal((8, lost, 12), (read, reader.Skipped, again.NextSequence));
    }

    [Fact]
    public void A_file_of_length_0_counts_as_absent()
    {
        var (whole, _) = Filled(3, 20);
        var disk = new SimulatedDisk(1) { ["log-0000000001"] = whole, ["log-0000000002"] = [] };

        using var log = new SegmentLog(disk);

        Assert.Equal(3, Read(log).Count);
        Assert.Equal((3, 3), (log.Append(1, []), log.Sync() - 1));
        Assert.Equal(4, Read(log).Count);
    }

    [Fact]
    public void A_newer_format_is_refused_and_nothing_touched()
    {
        var (whole, _) = Filled(3, 20);
        var newer = whole.ToArray();
        newer[8] = 2;
        BitConverter.TryWriteBytes(newer.AsSpan(28), Crc(newer.AsSpan(0, 28)));
        var disk = new SimulatedDisk(1) { ["log-0000000001"] = [], ["log-0000000002"] = newer };

        var error = Assert.Throws<InvalidDataException>(() => new SegmentLog(disk));

        Assert.Equal("disk/log-0000000002 was written by a newer StreamEdge (format 2, this one reads 1); nothing was touched: run the newer one, or move the folder away", error.Message);
        Assert.Equal(0, disk.Calls);
        Assert.Equal(["log-0000000001", "log-0000000002"], disk.Names());
        static uint Crc(ReadOnlySpan<byte> bytes)
        {
            var crc = System.Numerics.BitOperations.Crc32C(uint.MaxValue, 0UL);
            foreach (var one in bytes) crc = System.Numerics.BitOperations.Crc32C(crc, one);
            return ~crc;
        }
    }

    [Fact]
    public void What_a_failed_sync_lost_is_written_to_a_new_file_and_told()
    {
        var disk = new SimulatedDisk(1);
        var told = new List<string>();
        using var log = new SegmentLog(disk, new() { Notice = told.Add });
        log.Append(1, Payload(0, 50));
        log.Sync();
        log.Append(1, Payload(1, 50));

        disk.FailAfter = 1; // the append works, the sync fails
        Assert.Equal(2, log.Sync());

        Assert.Equal(1, log.Failures);
        Assert.Equal(["log-0000000001", "log-0000000002"], disk.Names());
        Assert.Equal(["simulated: the device does not answer; what was not safe there is written to a new file"], told);
        disk.Crash();
        Assert.Equal([0, 1], Read(new SegmentLog(disk)).Select(e => e.Sequence));
    }

    [Fact]
    public void A_full_disk_refuses_and_once_there_is_room_the_log_goes_on()
    {
        var disk = new SimulatedDisk(1) { Capacity = 300 };
        using var log = new SegmentLog(disk);
        log.Append(1, Payload(0, 100));
        log.Sync();
        log.Append(1, Payload(1, 300));

        Assert.Throws<DiskFullException>(() => log.Sync());
        Assert.Equal(1, log.DurableSequence);
        disk.Capacity = 1000;
        Assert.Equal((2, 0), (log.Sync(), log.Failures));

        Assert.Equal([100, 300], Read(log).Select(e => e.Text.Length));
    }

    [Fact]
    public void What_a_full_disk_does_not_take_does_not_pile_up_in_memory()
    {
        var disk = new SimulatedDisk(1) { Capacity = 2000 };
        using var log = new SegmentLog(disk, new() { PendingBytes = 1000 });
        var (taken, refused) = (0, 0);
        for (var n = 0; n < 100; n++)
        {
            try
            {
                log.Append(1, Payload(n, 100));
                taken++;
            }
            catch (DiskFullException)
            {
                refused++;
            }
        }

        Assert.InRange(taken, 16, 40);
        disk.Capacity = 20_000;
        Assert.Equal((taken, 100 - taken), (log.Sync(), refused));
        Assert.Equal(taken, Read(log).Count);
    }

    [Fact]
    public void Beyond_its_bound_it_refuses_until_it_is_trimmed()
    {
        using var log = new SegmentLog(new SimulatedDisk(1), new() { SegmentBytes = 500, MostBytes = 1200 });
        while (log.Bytes + 117 <= 1200) log.Append(1, Payload(1, 100));

        Assert.Equal("disk/log holds the 1,200 bytes that it may", Assert.Throws<DiskFullException>(() => log.Append(1, Payload(1, 100))).Message);
        log.Sync();
        log.TrimBefore(log.NextSequence);

        var next = log.NextSequence;
        Assert.Equal(next, log.Append(1, Payload(1, 100)));
    }

    [Fact]
    public void Trimming_keeps_what_is_asked_for_and_truncating_takes_back_the_rest()
    {
        var disk = new SimulatedDisk(1);
        using var log = new SegmentLog(disk, new() { SegmentBytes = 4 * 117 });
        for (var n = 0; n < 12; n++) log.Append(1, Payload(n, 100));
        log.Sync();

        log.TrimBefore(6);
        Assert.Equal(4, log.FirstSequence);
        log.TruncateAfter(8);
        Assert.Equal(9, log.Append(1, [42]));
        log.Sync();

        disk.Crash();
        using var again = new SegmentLog(disk);
        Assert.Equal([4, 5, 6, 7, 8, 9], Read(again, 4).Select(e => e.Sequence));
        Assert.Equal("*", Read(again, 9).Single().Text);
    }

    [Fact]
    public void A_reader_follows_what_is_synced_across_segments()
    {
        using var log = new SegmentLog(new SimulatedDisk(1), new() { SegmentBytes = 250 });
        using var reader = log.Read(0);
        for (var n = 0; n < 50; n++)
        {
            Assert.False(reader.Next());
            log.Append(1, Payload(n, 30 + n));
            Assert.False(reader.Next());
            log.Sync();
            Assert.True(reader.Next());
            Assert.Equal((n, true), (reader.Sequence, reader.Payload.SequenceEqual(Payload(n, 30 + n))));
        }

        Assert.Equal(0, reader.Skipped);
    }

    [Fact]
    public async Task Many_append_while_another_syncs()
    {
        using var folder = new TempFolder();
        const int writers = 3, each = 5_000;
        using (var log = new SegmentLog(new DiskFiles(folder.Path), new() { SegmentBytes = 100_000, PendingBytes = 4_000 }))
        {
            using var done = new CancellationTokenSource();
            var syncing = Task.Run(() =>
            {
                while (!done.IsCancellationRequested) log.Sync();
            });
            await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
            {
                for (var n = 0; n < each; n++) log.Append((byte)writer, Payload(n, 40));
            })));
            await done.CancelAsync();
            await syncing;
            Assert.Equal(writers * each, log.Sync());
        }

        using var again = new SegmentLog(new DiskFiles(folder.Path));
        using var reader = again.Read(0);
        var next = new int[writers];
        while (reader.Next())
            if (!reader.Payload.SequenceEqual(Payload(next[reader.Kind]++, 40))) Assert.Fail($"entry {reader.Sequence} is wrong");
        Assert.Equal((each, each, each, 0), (next[0], next[1], next[2], reader.Skipped));
    }

    [Fact]
    public void Numbers_that_another_file_remembers_do_not_come_again()
    {
        using var log = new SegmentLog(new SimulatedDisk(1));
        log.SkipTo(500);

        Assert.Equal((500, 501), (log.Append(1, [1]), log.Sync()));
        Assert.Equal([500], Read(log, 500).Select(e => e.Sequence));
    }

    static byte[] Payload(int n, int length) => [.. Enumerable.Range(0, length).Select(at => (byte)('0' + (n * 7 + at) % 70))];

    static List<(long Sequence, string Text)> Read(SegmentLog log, long from = 0)
    {
        var entries = new List<(long, string)>();
        using var reader = log.Read(from);
        while (reader.Next()) entries.Add((reader.Sequence, Encoding.UTF8.GetString(reader.Payload)));
        return entries;
    }

    /// <summary>The file of a log of so many entries, and where each ends.</summary>
    static (byte[] File, int[] Ends) Filled(int entries, int payload)
    {
        var disk = new SimulatedDisk(1);
        using var log = new SegmentLog(disk);
        for (var n = 0; n < entries; n++) log.Append(1, Payload(n, payload));
        log.Sync();
        return (disk["log-0000000001"], [.. Enumerable.Range(1, entries).Select(n => 64 + n * (17 + payload))]);
    }
}
