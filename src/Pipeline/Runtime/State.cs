using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StreamEdge;

/// <summary>Writes a step's state as bytes: little-endian, texts with their length. Keys go in as text, so that a later run may number them anew.</summary>
public sealed class StateWriter
{
    readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Everything written so far.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Writes a whole number.</summary>
    public StateWriter Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>Writes a number, bit for bit.</summary>
    public StateWriter Write(double value) => Write(Slot.Bits(value));

    /// <summary>Writes true or false.</summary>
    public StateWriter Write(bool value) => Write(value ? 1L : 0L);

    /// <summary>Writes a text.</summary>
    public StateWriter Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Write((long)length);
        Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length));
        _bytes.Advance(length);
        return this;
    }

    /// <summary>Writes a row of numbers with its length.</summary>
    public StateWriter Write(ReadOnlySpan<double> values)
    {
        Write((long)values.Length);
        foreach (var value in values) Write(value);
        return this;
    }

    /// <summary>Writes a row of whole numbers with its length.</summary>
    public StateWriter Write(ReadOnlySpan<long> values)
    {
        Write((long)values.Length);
        foreach (var value in values) Write(value);
        return this;
    }

    /// <summary>Writes bytes with their number.</summary>
    public StateWriter WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Write((long)bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Writes a device (a row's key) as its tags.</summary>
    public StateWriter WriteDevice(KeyTable keys, int device)
    {
        foreach (var tag in keys.Tags(device)) Write(tag);
        return this;
    }

    /// <summary>Writes a reading's key as the device's tags and the signal's name.</summary>
    public StateWriter WriteKey(Schema schema, int key) =>
        WriteDevice(schema.Keys, schema.Keys.DeviceOf[key]).Write(schema.Signals[schema.Keys.SignalOf[key]].Name);

    /// <summary>Writes a slot; a text as itself, since its code belongs to this run.</summary>
    public StateWriter WriteSlot(double slot, Kind kind, CodeTable codes) =>
        kind == Kind.Text && !Slot.IsMissing(slot, kind) ? Write(true).Write(codes.Text(Slot.Bits(slot))) : kind == Kind.Text ? Write(false) : Write(slot);

    /// <summary>Writes the rows of a batch, keys and texts as text.</summary>
    public StateWriter WriteRows(Batch batch)
    {
        var schema = batch.Schema;
        Write((long)batch.Count).Write((long)batch.Source);
        for (var row = 0; row < batch.Count; row++)
        {
            Write(batch.Time[row]);
            if (schema.IsRows) WriteDevice(schema.Keys, batch.Key[row]);
            else WriteKey(schema, batch.Key[row]);
            for (var column = 0; column < schema.Columns.Count; column++)
                WriteSlot(batch.Column(column)[row], schema.KindOf(batch.Key[row], column), schema.Codes);
            Write(batch.HasQuality ? (long)batch.Quality[row] : 0);
            if (schema.HasWindow) Write(batch.End[row]).Write((long)batch.Pane[row]).Write((long)batch.Revision[row]);
        }

        return this;
    }
}

/// <summary>Reads back what a <see cref="StateWriter"/> wrote, in the same order.</summary>
/// <param name="bytes">The written state.</param>
public sealed class StateReader(ReadOnlyMemory<byte> bytes)
{
    int _at;

    /// <summary>Whether everything has been read.</summary>
    public bool AtEnd => _at == bytes.Length;

    /// <summary>Reads a whole number.</summary>
    public long Long()
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[_at..]);
        _at += 8;
        return value;
    }

    /// <summary>Reads a whole number that fits 32 bits.</summary>
    public int Int() => checked((int)Long());

    /// <summary>Reads a number, bit for bit.</summary>
    public double Double() => Slot.Of(Long());

    /// <summary>Reads true or false.</summary>
    public bool Bool() => Long() != 0;

    /// <summary>Reads a text.</summary>
    public string Text()
    {
        var length = Int();
        var text = Encoding.UTF8.GetString(bytes.Span.Slice(_at, length));
        _at += length;
        return text;
    }

    /// <summary>Reads a row of numbers.</summary>
    public double[] Doubles()
    {
        var values = new double[Int()];
        for (var i = 0; i < values.Length; i++) values[i] = Double();
        return values;
    }

    /// <summary>Reads a row of whole numbers.</summary>
    public long[] Longs()
    {
        var values = new long[Int()];
        for (var i = 0; i < values.Length; i++) values[i] = Long();
        return values;
    }

    /// <summary>Reads bytes; they are part of what is read, not a copy.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Int();
        _at += length;
        return bytes[(_at - length).._at];
    }

    /// <summary>Reads a device by its tags; its number in this run.</summary>
    public int Device(KeyTable keys)
    {
        var tags = new string[keys.TagNames.Count];
        for (var i = 0; i < tags.Length; i++) tags[i] = Text();
        return keys.Device(tags);
    }

    /// <summary>Reads a reading's key; its number in this run.</summary>
    public int Key(Schema schema)
    {
        var device = Device(schema.Keys);
        return schema.Keys.Key(device, schema.SignalNumber(Text()));
    }

    /// <summary>Reads a slot.</summary>
    public double ReadSlot(Kind kind, CodeTable codes) =>
        kind != Kind.Text ? Double() : Bool() ? Slot.Of(codes.Code(Text())) : Slot.Of(Slot.Missing);

    /// <summary>Reads the rows of a batch into an empty one.</summary>
    public void ReadRows(Batch batch)
    {
        var schema = batch.Schema;
        var count = Int();
        batch.Source = Int();
        batch.Grow(count);
        batch.Count = count;
        for (var row = 0; row < count; row++)
        {
            batch.Time[row] = Long();
            batch.Key[row] = schema.IsRows ? Device(schema.Keys) : Key(schema);
            for (var column = 0; column < schema.Columns.Count; column++)
                batch.Column(column)[row] = ReadSlot(schema.KindOf(batch.Key[row], column), schema.Codes);
            var quality = (Quality)Long();
            if (quality != Quality.Good) batch.Quality[row] = quality;
            if (!schema.HasWindow) continue;
            batch.End[row] = Long();
            batch.Pane[row] = (Pane)Long();
            batch.Revision[row] = Int();
        }
    }
}
