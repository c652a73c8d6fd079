namespace StreamEdge;

public class JournalTests
{
    static readonly Signal[] s_signals = [Some.Signal("temp", "degC"), Some.Signal("state", kind: Kind.Text)];

    readonly BatchPool _pool = new();

    /// <summary>1,000 lives of four crashes, with ./test --long 50,000.</summary>
    static int Lives => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") == "1" ? 50_000 : 1_000;

    [Fact]
    public void Batches_remarks_and_ends_come_back_in_their_order_and_in_the_numbers_of_the_new_run()
    {
        var disk = new SimulatedDisk(1);
        using (var journal = new Journal(disk))
        {
            var schema = Schema();
            journal.Append("plc", Batch(schema, ("m1", 1), ("m2", 2)));
            journal.AppendRemark("plc", new Remark(RemarkKind.Watermark, 3, 77));
            journal.Append("gone", Batch(Schema(), ("m9", 9)));
            journal.Append("plc", Batch(schema, ("m2", 3)));
            journal.AppendEnd("plc");
            Assert.Equal(7, journal.Sync()); // with two entries of definitions
        }

        disk.Crash();
        using var again = new Journal(disk);
        var now = Schema();
        now.Keys.Device("another");
        using var replay = again.Replay(0, new Dictionary<string, Schema> { ["plc"] = now }, _pool);
        var lines = new List<string>();
        for (; replay.Next(); replay.Current.Batch?.Release())
            lines.Add($"{replay.Current.Step} {replay.Current.Kind} {(replay.Current.Batch is { } batch ? Text(batch) : replay.Current.Remark.Time)}");

        Assert.Equal(["plc Batch m1=1 m2=2", "plc Remark 77", "plc Batch m2=3", "plc End 0"], lines);
        Assert.Equal((1, 1, 0, 0), (replay.UnknownEntries, replay.UnknownRows, replay.LostEntries, replay.LostRows));
    }

    [Fact]
    public void A_position_within_a_segment_is_enough_to_go_on_from()
    {
        var disk = new SimulatedDisk(1);
        var schema = Schema();
        using var journal = new Journal(disk, new() { SegmentBytes = 700 });
        var positions = new List<long>();
        for (var n = 0; n < 40; n++)
        {
            positions.Add(journal.Position);
            journal.Append("plc", Batch(schema, ($"m{n % 4}", n)));
        }

        journal.Sync();
        for (var n = 0; n < 40; n++)
        {
            journal.TrimBefore(positions[n]);
            using var replay = journal.Replay(positions[n], new Dictionary<string, Schema> { ["plc"] = Schema() }, _pool);
            for (var next = n; next < 40; next++)
            {
                Assert.True(replay.Next());
                Assert.Equal($"m{next % 4}={next}", Text(replay.Current.Batch!));
            }

            Assert.Equal((false, 0, 0), (replay.Next(), replay.LostEntries, replay.LostRows));
        }
    }

    [Fact]
    public void After_any_crash_the_checkpoint_and_the_journal_give_exactly_what_was_acknowledged()
    {
        for (var seed = 0; seed < Lives; seed++)
            if (Lose(seed, ignoresSync: false) is { } fault) Assert.Fail(fault);
    }

    [Fact]
    public void On_a_disk_that_ignores_syncs_that_test_finds_losses() =>
        Assert.InRange(Enumerable.Range(0, 100).Count(seed => Lose(seed, ignoresSync: true) is not null), 50, 100);

    /// <summary>A source that gives 0, 1, 2 … and a step that remembers them all; null where nothing went wrong.</summary>
    string? Lose(int seed, bool ignoresSync)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(seed) { IgnoresSync = ignoresSync };
        var (given, acknowledged) = (new List<double>(), 0);
        for (var crash = 0; crash < 4; crash++)
        {
            disk.FailAfter = -1;
            var schema = Schema();
            var store = new CheckpointStore(disk);
            Checkpoint? checkpoint;
            try
            {
                checkpoint = store.ReadNewest();
            }
            catch (InvalidDataException error)
            {
                return $"seed {seed}: {error.Message}";
            }

            double[] came = [];
            checkpoint?.Snapshot.Restore("step", "", state => came = state.Doubles());
            using var journal = new Journal(disk, new() { Name = "journal", SegmentBytes = 900, PendingBytes = 300 }, checkpoint?.Position ?? 0);
            using (var replay = journal.Replay(checkpoint?.Position ?? 0, new Dictionary<string, Schema> { ["plc"] = schema }, _pool))
            {
                for (; replay.Next(); replay.Current.Batch!.Release()) came = [.. came, .. replay.Current.Batch!.Value];
            }

            // All that was acknowledged, in order; of what was not, some may be there.
            if (!came.Take(acknowledged).SequenceEqual(given.Take(acknowledged))) return $"seed {seed}: of {acknowledged} acknowledged other ones came back";
            if (came.Except(given).Any() || !came.SequenceEqual(came.Order().Distinct())) return $"seed {seed}: what came back was not given so";
            (given, acknowledged) = ([.. came], came.Length);
            var next = given.LastOrDefault(-1) + 1;
            if (random.Next(2) == 0) (disk.FailAfter, disk.Failure) = (random.Next(60), random.Next(2) == 0 ? () => new IOException("simulated", 5) : () => new DiskFullException("simulated"));
            for (var act = random.Next(25); act >= 0; act--)
            {
                try
                {
                    if (random.Next(6) > 0)
                    {
                        var batch = Batch(schema, Enumerable.Range(0, 1 + random.Next(4)).Select(n => ($"m{(next + n) % 7}", next + n)));
                        journal.Append("plc", batch);
                        given.AddRange(batch.Value);
                        next = given[^1] + 1;
                        batch.Release();
                    }
                    else
                    {
                        journal.Sync();
                        acknowledged = given.Count;
                        if (random.Next(2) == 0) continue;
                        var snapshot = new Snapshot();
                        snapshot.Add("step", "", state => state.Write(given.ToArray()));
                        journal.TrimBefore(store.Write(new("p", DateTimeOffset.UnixEpoch, journal.Position, snapshot)));
                    }
                }
                catch (IOException)
                {
                    // Refused: the source keeps it, and gives it again.
                }
            }

            disk.Crash();
        }

        return null;
    }

    static Schema Schema() => StreamEdge.Schema.Readings(new KeyTable(["machine"], s_signals.Length), new CodeTable(), s_signals);

    Batch Batch(Schema schema, params IEnumerable<(string Machine, double Value)> readings)
    {
        var batch = _pool.Rent(schema);
        foreach (var (machine, value) in readings) batch.Append(1_000_000_000, schema.Keys.Key(schema.Keys.Device(machine), 0), value);
        return batch;
    }

    static string Text(Batch batch) =>
        string.Join(' ', Enumerable.Range(0, batch.Count).Select(row => $"{batch.Schema.Keys.Text(batch.Schema.Keys.DeviceOf[batch.Key[row]])}={batch.Value[row]}"));
}
