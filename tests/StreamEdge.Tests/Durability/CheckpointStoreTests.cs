namespace StreamEdge;

public class CheckpointStoreTests
{
    [Fact]
    public void The_last_two_are_kept_and_the_newest_comes_back_whole()
    {
        var disk = new SimulatedDisk(1);
        var store = new CheckpointStore(disk);

        Assert.Null(store.ReadNewest());
        Assert.Equal([0, 10, 20], new[] { 10L, 20, 30 }.Select(position => store.Write(Made(position))));

        Assert.Equal(["checkpoint-0000000002", "checkpoint-0000000003"], disk.Names());
        var read = store.ReadNewest()!;
        Assert.Equal(("press", 3, 30, "window 30"), (read.Pipeline, read.Number, read.Position, StateOf(read)));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), read.Time);
    }

    [Fact]
    public void Whatever_byte_of_the_newest_is_damaged_the_one_before_is_taken_and_it_is_told()
    {
        var disk = new SimulatedDisk(1);
        var store = new CheckpointStore(disk);
        store.Write(Made(10));
        store.Write(Made(20));
        var whole = disk["checkpoint-0000000002"];
        for (var at = 0; at < whole.Length; at++)
        {
            var spoiled = whole.ToArray();
            spoiled[at] ^= 4;
            disk["checkpoint-0000000002"] = at % 2 == 0 ? spoiled : whole[..at];
            var told = new List<string>();
            var again = new CheckpointStore(disk, told.Add);

            Assert.Equal("window 10", StateOf(again.ReadNewest()!));
            Assert.Equal((1, "disk/checkpoint-0000000002 is damaged; the pipeline goes on from the checkpoint before it"), (again.Damaged, told.Single()));
        }
    }

    [Fact]
    public void Where_both_are_damaged_it_says_so_and_does_not_start_empty()
    {
        var disk = new SimulatedDisk(1);
        var store = new CheckpointStore(disk);
        store.Write(Made(10));
        store.Write(Made(20));
        foreach (var name in disk.Names()) disk[name] = disk[name][..^1];

        var error = Assert.Throws<InvalidDataException>(() => store.ReadNewest());

        Assert.Equal("disk/checkpoint-0000000002 and disk/checkpoint-0000000001: damaged, and there is no other checkpoint; nothing was touched: move the folder away to start with empty steps", error.Message);
        Assert.Equal(2, disk.Names().Count);
    }

    [Fact]
    public void A_file_of_length_0_counts_as_absent()
    {
        var disk = new SimulatedDisk(1);
        var store = new CheckpointStore(disk);
        store.Write(Made(10));
        disk["checkpoint-0000000002"] = [];

        Assert.Equal((1, 0), (store.ReadNewest()!.Number, store.Damaged));
        store.Write(Made(30));
        Assert.Equal("window 30", StateOf(store.ReadNewest()!));
    }

    [Fact]
    public void Whichever_call_fails_one_of_the_last_two_is_there_after_a_crash()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimulatedDisk(seed);
            var store = new CheckpointStore(disk);
            store.Write(Made(10));
            disk.FailAfter = seed % 12;
            var written = 10L;
            for (var position = 20; position <= 40; position += 10)
            {
                try
                {
                    store.Write(Made(position));
                    written = position;
                }
                catch (IOException)
                {
                    // The one before holds.
                }
            }

            disk.Crash();
            var read = new CheckpointStore(disk).ReadNewest()!;
            Assert.InRange(read.Position, written, 40);
            Assert.Equal($"window {read.Position}", StateOf(read));
        }
    }

    [Fact]
    public void Files_of_format_1_are_read_and_newer_ones_refused()
    {
        var folder = Path.Combine(Repository.Root, "tests/StreamEdge.Tests/Durability/Format1");
        if (Environment.GetEnvironmentVariable("STREAMEDGE_NEW_FORMAT") == "1") WriteFormat(folder);
        var disk = new SimulatedDisk(1);
        foreach (var path in Directory.GetFiles(folder)) disk[Path.GetFileName(path)] = File.ReadAllBytes(path);

        var read = new CheckpointStore(disk).ReadNewest()!;
        Assert.Equal(("press", 1, 1, "window 1"), (read.Pipeline, read.Number, read.Position, StateOf(read)));
        using (var journal = new Journal(disk))
        {
            var pool = new BatchPool();
            using var replay = journal.Replay(0, new Dictionary<string, Schema> { ["plc"] = Schema() }, pool);
            Assert.True(replay.Next());
            Assert.Equal((3, 1_500_000_000, 21.5), (replay.Current.Batch!.Count, replay.Current.Batch.Time[1], replay.Current.Batch.Value[2]));
            Assert.False(replay.Next());
        }

        var newer = disk["checkpoint-0000000001"];
        newer[8] = 2;
        BitConverter.TryWriteBytes(newer.AsSpan(16), Crc(newer));
        disk["checkpoint-0000000001"] = newer;
        var error = Assert.Throws<InvalidDataException>(() => new CheckpointStore(disk).ReadNewest());
        Assert.Equal("disk/checkpoint-0000000001 was written by a newer StreamEdge (format 2, this one reads 1); nothing was touched: run the newer one, or move the folder away", error.Message);
    }

    static uint Crc(byte[] file)
    {
        var crc = System.Numerics.BitOperations.Crc32C(uint.MaxValue, BitConverter.ToUInt64(file, 8));
        foreach (var one in file[20..]) crc = System.Numerics.BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    /// <summary>How the files came to be; a new format gets a folder of its own, and this one stays.</summary>
    static void WriteFormat(string folder)
    {
        var files = new DiskFiles(folder);
        new CheckpointStore(files).Write(Made(1));
        using var journal = new Journal(files);
        var schema = Schema();
        var batch = new BatchPool().Rent(schema);
        for (var n = 0; n < 3; n++) batch.Append(1_000_000_000 + n * 500_000_000L, schema.Keys.Key(schema.Keys.Device($"m{n}"), 0), 20.5 + 0.5 * n);
        journal.Append("plc", batch);
        journal.Sync();
    }

    static Schema Schema() => StreamEdge.Schema.Readings(new KeyTable(["machine"], 1), new CodeTable(), [Some.Signal("temp", "degC")]);

    static Checkpoint Made(long position)
    {
        var snapshot = new Snapshot();
        snapshot.Add("window", "1m", state => state.Write($"window {position}"));
        snapshot.Add("plc", "", state => state.Write(3L));
        return new("press", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), position, snapshot);
    }

    static string StateOf(Checkpoint checkpoint)
    {
        var text = "";
        checkpoint.Snapshot.Restore("window", "1m", state => text = state.Text());
        return text;
    }
}
