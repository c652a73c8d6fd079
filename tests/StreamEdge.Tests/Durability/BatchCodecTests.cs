using FsCheck.Fluent;

namespace StreamEdge;

public class BatchCodecTests
{
    static readonly Signal[] s_signals = [Some.Signal("temp", "degC"), Some.Signal("count", kind: Kind.Integer), Some.Signal("state", kind: Kind.Text), Some.Signal("open", kind: Kind.Bool)];

    static readonly Column[] s_columns = [new("temp_mean", Kind.Number), new("count", Kind.Integer), new("state", Kind.Text), new("open", Kind.Bool)];

    readonly BatchPool _pool = new();

    [Fact]
    public void Readings_come_back_bit_for_bit() => Some.Check(Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Same(seed, Readings)));

    [Fact]
    public void Rows_of_windows_come_back_bit_for_bit() => Some.Check(Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Same(seed, Rows)));

    [Fact]
    public void Instants_come_back_whatever_they_are() => Some.Check(Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new Random(seed);
        var times = Times(random, 1 + random.Next(300));
        var bytes = new byte[8 * times.Length + 16];
        var read = new long[times.Length];
        var length = TimeColumnLength(times, bytes, read);
        return length < 0 || (length < 8 * times.Length && times.AsSpan().SequenceEqual(read));
    }));

    [Fact]
    public void A_plain_series_takes_11_bytes_a_reading_and_less()
    {
        var schema = Schema([Some.Signal("temp")]);
        var batch = _pool.Rent(schema);
        for (var n = 0; n < 4000; n++) batch.Append(1_767_225_600_000_000_000 + n / 2 * 1_000_000_000L, schema.Keys.Key(schema.Keys.Device($"m{n % 50}"), 0), n * 0.1);
        using var entry = new ByteBuffer();
        using var definitions = new ByteBuffer();

        new BatchEncoder(schema).Encode(batch, 1, entry, definitions);

        Assert.InRange(entry.Length / 4000.0, 10, 10.4);
    }

    [Fact]
    public void What_this_run_has_no_place_for_is_left_out_and_counted()
    {
        var (before, now) = (Schema(s_signals), Schema([Some.Signal("temp", "K"), s_signals[1]]));
        using var entry = new ByteBuffer();
        using var definitions = new ByteBuffer();
        new BatchEncoder(before).Encode(Random(new Random(4), before, 400), 1, entry, definitions);
        var decoder = new BatchDecoder(now);

        var batch = decoder.Decode(entry.Written, _pool)!;

        Assert.Equal(400, batch.Count + decoder.LostRows);
        Assert.InRange(batch.Count, 60, 140);
        Assert.All(batch.Key.ToArray(), key => Assert.Equal("count", now.Signals[now.Keys.SignalOf[key]].Name));
    }

    [Fact]
    public void One_lost_entry_of_definitions_or_of_a_batch_makes_no_other_unreadable()
    {
        var schema = Schema(s_signals);
        var random = new Random(7);
        var encoder = new BatchEncoder(schema);
        var entries = new List<(bool IsBatch, byte[] Bytes, int Rows)>();
        for (var n = 0; n < 5; n++)
        {
            using var entry = new ByteBuffer();
            using var definitions = new ByteBuffer();
            encoder.Encode(Random(random, schema, 50), 1, entry, definitions);
            encoder.Keep();
            if (definitions.Length > 0) entries.Add((false, definitions.Written.ToArray(), 0));
            entries.Add((true, entry.Written.ToArray(), 50));
        }

        for (var lost = 0; lost < entries.Count; lost++)
        {
            var decoder = new BatchDecoder(Schema(s_signals));
            var rows = 0;
            foreach (var (index, entry) in entries.Index())
            {
                if (index == lost) continue;
                if (entry.IsBatch) rows += decoder.Decode(entry.Bytes, _pool)!.Count;
                else decoder.Define(entry.Bytes);
            }

            Assert.Equal((250 - entries[lost].Rows, 0), (rows, decoder.LostRows));
        }
    }

    /// <summary>Some batches of generations that change go through, into tables that number everything otherwise.</summary>
    bool Same(int seed, Func<Random, (Schema From, Schema To)> make)
    {
        var random = new Random(seed);
        var (from, to) = make(random);
        var (encoder, decoder) = (new BatchEncoder(from), new BatchDecoder(to));
        using var entry = new ByteBuffer();
        using var definitions = new ByteBuffer();
        for (var (round, generation) = (0, 1); round < 5; round++)
        {
            var batch = Random(random, from, random.Next(3) == 0 ? random.Next(3) : random.Next(120));
            if (random.Next(3) == 0) generation++;
            entry.CutTo(0);
            encoder.Encode(batch, generation, entry, definitions);
            if (random.Next(4) > 0) encoder.Keep(); // else it was refused, and the next batch defines all again
            if (definitions.Length > 0 && random.Next(2) == 0) decoder.Define(definitions.Written);
            var read = decoder.Decode(entry.Written, _pool)!;
            if (!Text(batch).SequenceEqual(Text(read)) || decoder.LostRows > 0) return false;
            batch.Release();
            read.Release();
        }

        return true;
    }

    static (Schema, Schema) Readings(Random random) => (Schema(s_signals), Mixed(Schema([.. s_signals.Reverse(), Some.Signal("more")]), random));

    static (Schema, Schema) Rows(Random random) => (
        StreamEdge.Schema.Rows(new KeyTable(["line", "machine"], 0), new CodeTable(), s_columns, hasWindow: true),
        Mixed(StreamEdge.Schema.Rows(new KeyTable(["line", "machine"], 0), new CodeTable(), [.. s_columns.Reverse()], hasWindow: true), random));

    static Schema Schema(IReadOnlyList<Signal> signals) => StreamEdge.Schema.Readings(new KeyTable(signals.Count > 1 ? ["line", "machine"] : ["machine"], signals.Count), new CodeTable(), signals);

    /// <summary>With keys and texts in its tables already, so that their numbers are others.</summary>
    static Schema Mixed(Schema schema, Random random)
    {
        for (var n = 0; n < 5; n++)
        {
            schema.Keys.Device("l1", $"m{random.Next(400)}");
            schema.Codes.Code($"text {random.Next(30)}");
        }

        return schema;
    }

    Batch Random(Random random, Schema schema, int rows)
    {
        var batch = _pool.Rent(schema);
        batch.Source = random.Next(4);
        batch.Grow(rows);
        batch.Count = rows;
        var devices = random.Next(2) == 0 ? 5 : 400;
        var times = Times(random, rows);
        for (var row = 0; row < rows; row++)
        {
            var device = schema.Keys.Device("l1", $"m{random.Next(devices)}");
            (batch.Time[row], batch.Key[row]) = (times[row], schema.IsRows ? device : schema.Keys.Key(device, random.Next(schema.Signals.Count)));
            for (var column = 0; column < schema.Columns.Count; column++)
            {
                batch.Bits(column)[row] = schema.KindOf(batch.Key[row], column) switch
                {
                    _ when random.Next(8) == 0 => Slot.Missing,
                    Kind.Number when random.Next(8) == 0 => 0x7FF0_0000_0000_0000 | random.NextInt64(1L << 51), // NaNs of any payload, also signalling
                    Kind.Text => schema.Codes.Code($"text {random.Next(30)}"),
                    Kind.Bool => random.Next(2),
                    _ => random.NextInt64(),
                };
            }

            if (random.Next(100) == 0) batch.Quality[row] = (Quality)random.Next(3);
            if (!schema.HasWindow) continue;
            batch.End[row] = times[row] + 60_000_000_000;
            (batch.Pane[row], batch.Revision[row]) = random.Next(rows) == 0 ? ((Pane)random.Next(4), random.Next()) : (Pane.OnTime, 0);
        }

        return batch;
    }

    static long[] Times(Random random, int rows)
    {
        var times = new long[rows];
        var (time, stride, way) = (1_767_225_600_000_000_000L, random.NextInt64(2_000_000_000), random.Next(5));
        for (var row = 0; row < rows; row++)
        {
            times[row] = time;
            time = way switch
            {
                0 => time + stride,
                1 => row % 4 == 3 ? time + stride : time,
                2 => time + stride + random.NextInt64(-1000, 1000),
                3 => random.NextInt64(long.MinValue, long.MaxValue),
                _ => random.Next(50) == 0 ? long.MaxValue - time : time + stride,
            };
        }

        return times;
    }

    static int TimeColumnLength(long[] times, byte[] bytes, long[] read)
    {
        var length = TimeColumn.Write(times, bytes);
        if (length >= 0 && TimeColumn.Read(bytes.AsSpan(0, length), read) != length) return int.MaxValue;
        return length;
    }

    /// <summary>The rows as they are without the numbers of a run; values by their bits, columns by name.</summary>
    static IEnumerable<string> Text(Batch batch)
    {
        var schema = batch.Schema;
        var lines = new List<string> { $"{batch.Source} {batch.HasQuality && batch.Quality.ContainsAnyExcept(Quality.Good)}" };
        for (var row = 0; row < batch.Count; row++)
        {
            var key = batch.Key[row];
            var signal = schema.IsRows ? "" : schema.Signals[schema.Keys.SignalOf[key]].Name;
            var values = schema.Columns.Select((column, at) => (column.Name, Kind: schema.KindOf(key, at), Bits: batch.Bits(at)[row])).OrderBy(v => v.Name, StringComparer.Ordinal)
                .Select(v => v.Kind == Kind.Text && v.Bits != Slot.Missing ? schema.Codes.Text(v.Bits) : v.Bits.ToString("x"));
            var window = schema.HasWindow ? $"{batch.End[row]} {batch.Pane[row]} {batch.Revision[row]}" : "";
            lines.Add($"{batch.Time[row]} {schema.Keys.Text(schema.Keys.DeviceOf[key])} {signal} {string.Join(',', values)} {(batch.HasQuality ? batch.Quality[row] : Quality.Good)} {window}");
        }

        return lines;
    }
}
