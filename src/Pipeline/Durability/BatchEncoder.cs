using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Writes batches of one step as bytes, by column: some 11 bytes a reading. Keys and texts are small numbers, defined
/// where their generation (a segment of the log) first has them: beside the batch and, a second time, behind it, so that
/// no single damaged entry makes others unreadable. Times are as in <see cref="TimeColumn"/>, values bit for bit.
/// </summary>
/// <param name="schema">What the batches are.</param>
public sealed class BatchEncoder(Schema schema)
{
    /// <summary>Flags, rows, bytes before the definitions, source, generation.</summary>
    internal const int HeaderBytes = 1 + 2 + 4 + 4 + 8;

    internal const byte PlainTimes = 1, PlainEnds = 2, HasQuality = 4, Corrected = 8, Narrow = 16, Wide = 32;

    readonly bool[] _isText = [.. schema.IsRows ? schema.Columns.Select(c => c.Kind == Kind.Text) : schema.Signals.Select(s => s.Kind == Kind.Text)];
    readonly LocalNumbers _keys = new(), _texts = new();
    long _generation = -1;
    bool _isDescribed;

    /// <summary>Writes a batch.</summary>
    /// <param name="batch">One of the step's.</param>
    /// <param name="generation">The generation of the entry it becomes; with another one than the last, everything is defined anew.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="definitions">Emptied; holds then what has to be an entry before this one, or nothing.</param>
    public void Encode(Batch batch, long generation, ByteBuffer to, ByteBuffer definitions)
    {
        if (generation != _generation) Forget(generation);
        var start = to.Length;
        to.Room(HeaderBytes);
        to.Advance(HeaderBytes);
        var flags = (byte)(WriteTimes(batch.Time, PlainTimes, to) | WriteKeys(batch.Key, to));
        for (var column = 0; column < schema.Columns.Count; column++) WriteValues(batch, column, to);
        if (batch.HasQuality && batch.Quality.ContainsAnyExcept(Quality.Good))
        {
            flags |= HasQuality;
            to.Write(MemoryMarshal.AsBytes(batch.Quality));
        }

        if (schema.HasWindow) flags |= WriteWindow(batch, to);
        WriteHeader(to.Written[start..], flags, batch, to.Length - start);

        definitions.CutTo(0);
        if (_isDescribed && _keys.New.IsEmpty && _texts.New.IsEmpty) return;
        Definitions.WriteGeneration(definitions, generation);
        Definitions.Write(definitions, schema, _keys, _texts, describe: !_isDescribed);
        to.Write(definitions.Written[sizeof(long)..]);
    }

    /// <summary>Says that the last batch and its definitions have become entries. Without it the next batch defines them again.</summary>
    public void Keep()
    {
        _keys.AllAreDefined();
        _texts.AllAreDefined();
        _isDescribed = true;
    }

    void Forget(long generation)
    {
        _keys.Clear();
        _texts.Clear();
        (_generation, _isDescribed) = (generation, false);
    }

    void WriteHeader(Span<byte> header, byte flags, Batch batch, int bytes)
    {
        header[0] = flags;
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)batch.Count);
        BinaryPrimitives.WriteInt32LittleEndian(header[3..], bytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[7..], batch.Source);
        BinaryPrimitives.WriteInt64LittleEndian(header[11..], _generation);
    }

    static byte WriteTimes(ReadOnlySpan<long> times, byte plain, ByteBuffer to)
    {
        if (times.IsEmpty) return 0;
        var bytes = TimeColumn.Write(times, to.Room(8 * times.Length + 16));
        if (bytes >= 0) to.Advance(bytes);
        else to.Write(MemoryMarshal.AsBytes(times));
        return bytes >= 0 ? (byte)0 : plain;
    }

    byte WriteKeys(ReadOnlySpan<int> keys, ByteBuffer to)
    {
        if (TryWriteKeys<byte>(keys, to, byte.MaxValue + 1)) return Narrow;
        if (TryWriteKeys<ushort>(keys, to, ushort.MaxValue + 1)) return 0;
        TryWriteKeys<int>(keys, to, int.MaxValue);
        return Wide;
    }

    bool TryWriteKeys<T>(ReadOnlySpan<int> keys, ByteBuffer to, int most) where T : unmanaged, IBinaryInteger<T>
    {
        if (_keys.Count > most) return false;
        var bytes = keys.Length * Unsafe.SizeOf<T>();
        _keys.Of(keys, MemoryMarshal.Cast<byte, T>(to.Room(bytes)[..bytes]));
        if (_keys.Count > most) return false;
        to.Advance(bytes);
        return true;
    }

    void WriteValues(Batch batch, int column, ByteBuffer to)
    {
        var bytes = to.Room(8 * batch.Count)[..(8 * batch.Count)];
        MemoryMarshal.AsBytes(batch.Bits(column)).CopyTo(bytes);
        to.Advance(bytes.Length);
        if (!(schema.IsRows ? _isText[column] : _isText.AsSpan().Contains(true))) return;
        var slots = MemoryMarshal.Cast<byte, long>(bytes);
        var key = batch.Key;
        var signalOf = schema.Keys.SignalOf;
        for (var row = 0; row < slots.Length; row++)
            if (slots[row] != Slot.Missing && (schema.IsRows || _isText[signalOf[key[row]]])) slots[row] = _texts.Of((int)slots[row]);
    }

    static byte WriteWindow(Batch batch, ByteBuffer to)
    {
        var flags = WriteTimes(batch.End, PlainEnds, to);
        if (!batch.Pane.ContainsAnyExcept(Pane.OnTime) && !batch.Revision.ContainsAnyExcept(0)) return flags;
        to.Write(MemoryMarshal.AsBytes(batch.Pane));
        to.Write(MemoryMarshal.AsBytes(batch.Revision));
        return (byte)(flags | Corrected);
    }
}
