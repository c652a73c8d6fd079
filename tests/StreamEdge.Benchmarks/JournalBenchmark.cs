using System.Diagnostics;

namespace StreamEdge;

/// <summary>The journal on the real disk: writing, with and without syncs, reading back, and the codec alone; beside them the disk's own fdatasync.</summary>
static class JournalBenchmark
{
    const int Rows = 2_000_000, Keys = 1000;

    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-journal").FullName;
        try
        {
            var schema = Schema();
            var batches = Batches(schema);
            Codec(schema, batches);
            Write(folder, "append without sync", batches, syncEvery: 0);
            Write(folder, "sync every 16 batches", batches, syncEvery: 16);
            Write(folder, "sync after each batch", batches, syncEvery: 1);
            Replay(folder);
            Disk(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Codec(Schema schema, List<Batch> batches)
    {
        var pool = new BatchPool();
        var (encode, decode, bytes) = (new TimeSpan[batches.Count], new TimeSpan[batches.Count], 0L);
        Array.Fill(encode, TimeSpan.MaxValue);
        Array.Fill(decode, TimeSpan.MaxValue);
        using var definitions = new ByteBuffer();
        using var entry = new ByteBuffer();
        for (var round = 0; round < 25; round++)
        {
            var (encoder, decoder) = (new BatchEncoder(schema), new BatchDecoder(schema));
            bytes = 0;
            for (var n = 0; n < batches.Count; n++)
            {
                entry.CutTo(0);
                var start = Stopwatch.GetTimestamp();
                encoder.Encode(batches[n], 1, entry, definitions);
                encoder.Keep();
                if (Stopwatch.GetElapsedTime(start) is var encoding && encoding < encode[n]) encode[n] = encoding;
                bytes += entry.Length;
                start = Stopwatch.GetTimestamp();
                decoder.Decode(entry.Written, pool)!.Release();
                if (Stopwatch.GetElapsedTime(start) is var decoding && decoding < decode[n]) decode[n] = decoding;
            }
        }

        Console.WriteLine($"journal codec: encode {encode.Sum(t => t.TotalNanoseconds) / Rows:0.00} ns, decode {decode.Sum(t => t.TotalNanoseconds) / Rows:0.00} ns a reading, each batch's least of 25 (goal: <= 6 together); {(double)bytes / Rows:0.00} bytes a reading (goal: <= 12)");
    }

    static void Write(string folder, string what, List<Batch> batches, int syncEvery)
    {
        var rates = new List<(double Rows, double Bytes)>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var file in Directory.GetFiles(folder)) File.Delete(file);
            using var journal = new Journal(new DiskFiles(folder));
            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < batches.Count; n++)
            {
                journal.Append("plc", batches[n]);
                if (syncEvery > 0 && n % syncEvery == syncEvery - 1) journal.Sync();
            }

            if (syncEvery > 0) journal.Sync();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            rates.Add((Rows / seconds, journal.Log.Bytes / seconds));
            journal.Sync();
        }

        Console.WriteLine($"journal {what}: {Measure.Median(rates.Select(r => r.Rows)) / 1e6:0.0} M readings/s, {Measure.Median(rates.Select(r => r.Bytes)) / 1e6:0} MB/s");
    }

    static void Replay(string folder)
    {
        var rates = new List<double>();
        var bytes = 0L;
        for (var round = 0; round < 3; round++)
        {
            using var journal = new Journal(new DiskFiles(folder));
            var (pool, rows) = (new BatchPool(), 0);
            var start = Stopwatch.GetTimestamp();
            using var replay = journal.Replay(0, new Dictionary<string, Schema> { ["plc"] = Schema() }, pool);
            for (; replay.Next(); replay.Current.Batch!.Release()) rows += replay.Current.Batch!.Count;
            if (rows != Rows) throw new InvalidOperationException($"{rows} readings came back");
            rates.Add(Rows / Stopwatch.GetElapsedTime(start).TotalSeconds);
            bytes = journal.Log.Bytes;
        }

        Console.WriteLine($"journal replay: {Measure.Median(rates) / 1e6:0.0} M readings/s, {Measure.Median(rates) * bytes / Rows / 1e6:0} MB/s");
    }

    static void Disk(string folder)
    {
        using var file = new DiskFiles(folder).Create("disk");
        var (block, took) = (new byte[4096], new List<double>());
        for (var n = 0; n < 200; n++)
        {
            file.Append(block);
            var start = Stopwatch.GetTimestamp();
            file.Sync();
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        took.Sort();
        Console.WriteLine($"journal disk alone: {1000 * took.Count / took.Sum():0} fdatasync/s of 4 KB; p50 {took[took.Count / 2]:0.00} ms, p99 {took[took.Count * 99 / 100]:0.00} ms");
    }

    static Schema Schema() => StreamEdge.Schema.Readings(new KeyTable(["machine"], 1), new CodeTable(), [new("temp", Kind.Number, null)]);

    static List<Batch> Batches(Schema schema)
    {
        var (readings, pool, batches) = (new Readings(Rows), new BatchPool(), new List<Batch>());
        var keys = Enumerable.Range(0, Keys).Select(n => schema.Keys.Key(schema.Keys.Device($"pump-{n:000}"), 0)).ToArray();
        for (var n = 0; n < Rows; n++)
        {
            if (n % Batch.MaxRows == 0) batches.Add(pool.Rent(schema));
            batches[^1].Append(readings.Time[n], keys[readings.Key[n]], readings.Value[n]);
        }

        return batches;
    }
}
