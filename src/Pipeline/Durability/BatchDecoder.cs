using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Reads back the batches that a <see cref="BatchEncoder"/> wrote, in their order, into a schema of the same step in this
/// run: keys and texts are numbered anew, columns found by name. What this run has no place for (a signal that is no more,
/// or has another unit or kind; a key or text beyond the bound) is left out and counted.
/// </summary>
/// <param name="schema">What the step's batches are in this run.</param>
public sealed class BatchDecoder(Schema schema)
{
    readonly Dictionary<string, int> _signals = schema.Signals.Index().ToDictionary(s => Definitions.TextOf(s.Item), s => s.Index, StringComparer.Ordinal);
    readonly List<int> _keys = [];     // of each local number this run's; -1: none
    readonly List<long> _texts = [];
    int[] _columns = [];               // of each written column this run's; -1: none
    long _generation = -1;
    int _tags;
    bool _isUsable;

    /// <summary>Rows that were left out.</summary>
    public long LostRows { get; private set; }

    /// <summary>How many rows an encoded batch has.</summary>
    public static int RowsOf(ReadOnlySpan<byte> batch) => BinaryPrimitives.ReadUInt16LittleEndian(batch[1..]);

    /// <summary>The generation of an encoded batch.</summary>
    public static long GenerationOf(ReadOnlySpan<byte> batch) => BinaryPrimitives.ReadInt64LittleEndian(batch[11..]);

    /// <summary>Takes the definitions before a batch.</summary>
    public void Define(ReadOnlySpan<byte> definitions)
    {
        var reader = new Definitions.Reader(definitions);
        Enter(reader.Long());
        Define(ref reader);
    }

    /// <summary>Takes the definitions of a batch that is not wanted itself.</summary>
    public void Pass(ReadOnlySpan<byte> encoded)
    {
        Enter(GenerationOf(encoded));
        var definitions = new Definitions.Reader(encoded[BinaryPrimitives.ReadInt32LittleEndian(encoded[3..])..]);
        if (!definitions.AtEnd) Define(ref definitions);
    }

    /// <summary>Reads a batch; null where nothing of it can be used.</summary>
    public Batch? Decode(ReadOnlySpan<byte> encoded, BatchPool pool)
    {
        Pass(encoded);
        var rows = RowsOf(encoded);
        if (!_isUsable || rows > schema.MaxRows)
        {
            LostRows += rows;
            return null;
        }

        var batch = pool.Rent(schema);
        batch.Source = BinaryPrimitives.ReadInt32LittleEndian(encoded[7..]);
        batch.Grow(rows);
        batch.Count = rows;
        var flags = encoded[0];
        var from = encoded[BatchEncoder.HeaderBytes..];
        ReadTimes(flags & BatchEncoder.PlainTimes, ref from, batch.Time);
        var isWhole = ReadKeys(flags, ref from, batch.Key);
        isWhole &= ReadValues(ref from, batch);
        if ((flags & BatchEncoder.HasQuality) != 0) Take(ref from, rows).CopyTo(MemoryMarshal.AsBytes(batch.Quality));
        if (schema.HasWindow) ReadWindow(flags, ref from, batch);
        if (!isWhole) LeaveOut(batch);
        return batch;
    }

    void Enter(long generation)
    {
        if (generation == _generation) return;
        (_generation, _isUsable) = (generation, false);
        _keys.Clear();
        _texts.Clear();
    }

    void Define(ref Definitions.Reader reader)
    {
        if (reader.Int() != 0) Describe(ref reader);
        if (!_isUsable) return; // written for something else, or its description is lost: it cannot be read
        var at = reader.Int();
        for (var left = reader.Int(); left > 0; left--) Put(_keys, at++, Key(ref reader), -1);
        at = reader.Int();
        for (var left = reader.Int(); left > 0; left--) Put(_texts, at++, Code(schema.Codes, reader.Text()), -1);

        // The second copy says the same; where the first of an earlier batch is lost, its numbers stand for nothing.
        static void Put<T>(List<T> list, int at, T value, T none)
        {
            while (list.Count <= at) list.Add(none);
            list[at] = value;
        }

        static long Code(CodeTable codes, string text) => codes.Code(text);
    }

    void Describe(ref Definitions.Reader reader)
    {
        _isUsable = (reader.Int() != 0) == schema.IsRows;
        _isUsable &= (reader.Int() != 0) == schema.HasWindow;
        var tags = new string[reader.Int()];
        foreach (ref var tag in tags.AsSpan()) tag = reader.Text();
        _isUsable &= tags.AsSpan().SequenceEqual(schema.Keys.TagNames.ToArray());
        _tags = tags.Length;
        _columns = new int[reader.Int()];
        foreach (ref var column in _columns.AsSpan())
        {
            var text = reader.Text();
            column = schema.Columns.Index().FirstOrDefault(c => Definitions.TextOf(c.Item) == text, (-1, null!)).Item1;
        }
    }

    int Key(ref Definitions.Reader reader)
    {
        var tags = new string[_tags];
        foreach (ref var tag in tags.AsSpan()) tag = reader.Text();
        var signal = schema.IsRows ? 0 : _signals.GetValueOrDefault(reader.Text(), -1);
        if (signal < 0) return -1;
        var device = schema.Keys.Device(tags);
        return schema.IsRows || device < 0 ? device : schema.Keys.Key(device, signal);
    }

    static void ReadTimes(int plain, ref ReadOnlySpan<byte> from, Span<long> times)
    {
        if (times.IsEmpty) return;
        if (plain != 0) Take(ref from, 8 * times.Length).CopyTo(MemoryMarshal.AsBytes(times));
        else from = from[TimeColumn.Read(from, times)..];
    }

    /// <summary>False where some key stands for nothing in this run.</summary>
    bool ReadKeys(byte flags, ref ReadOnlySpan<byte> from, Span<int> keys)
    {
        var known = CollectionsMarshal.AsSpan(_keys);
        if ((flags & BatchEncoder.Narrow) != 0) return Translate(Take(ref from, keys.Length), known, keys);
        if ((flags & BatchEncoder.Wide) != 0) return Translate(MemoryMarshal.Cast<byte, int>(Take(ref from, 4 * keys.Length)), known, keys);
        return Translate(MemoryMarshal.Cast<byte, ushort>(Take(ref from, 2 * keys.Length)), known, keys);
    }

    static bool Translate<T>(ReadOnlySpan<T> local, ReadOnlySpan<int> known, Span<int> keys) where T : unmanaged, IBinaryInteger<T>
    {
        var all = 0;
        for (var row = 0; row < local.Length && row < keys.Length; row++)
        {
            var number = int.CreateTruncating(local[row]);
            var key = (uint)number < (uint)known.Length ? known[number] : -1;
            keys[row] = key;
            all |= key;
        }

        return all >= 0;
    }

    bool ReadValues(ref ReadOnlySpan<byte> from, Batch batch)
    {
        if (schema.IsRows)
            for (var column = 0; column < schema.Columns.Count; column++) batch.Column(column).Fill(Slot.MissingOf(schema.Columns[column].Kind));
        var isWhole = true;
        foreach (var column in _columns)
        {
            var bytes = Take(ref from, 8 * batch.Count);
            if (column < 0) continue;
            bytes.CopyTo(MemoryMarshal.AsBytes(batch.Bits(column)));
            if (schema.IsRows ? schema.Columns[column].Kind == Kind.Text : !schema.AllNumbers) isWhole &= ReadTexts(batch, column);
        }

        return isWhole;
    }

    /// <summary>Makes the local numbers of texts this run's codes. Rows with one that stands for nothing lose their key, and so are left out.</summary>
    bool ReadTexts(Batch batch, int column)
    {
        var isWhole = true;
        var slots = batch.Bits(column);
        var key = batch.Key;
        for (var row = 0; row < slots.Length; row++)
        {
            if (key[row] < 0 || slots[row] == Slot.Missing || schema.KindOf(key[row], column) != Kind.Text) continue;
            slots[row] = (ulong)slots[row] < (ulong)_texts.Count ? _texts[(int)slots[row]] : -1;
            if (slots[row] >= 0) continue;
            key[row] = -1;
            isWhole = false;
        }

        return isWhole;
    }

    static void ReadWindow(byte flags, ref ReadOnlySpan<byte> from, Batch batch)
    {
        ReadTimes(flags & BatchEncoder.PlainEnds, ref from, batch.End);
        var corrected = (flags & BatchEncoder.Corrected) != 0;
        batch.Pane.Clear();
        batch.Revision.Clear();
        if (!corrected) return;
        Take(ref from, batch.Count).CopyTo(MemoryMarshal.AsBytes(batch.Pane));
        Take(ref from, 4 * batch.Count).CopyTo(MemoryMarshal.AsBytes(batch.Revision));
    }

    void LeaveOut(Batch batch)
    {
        var kept = new List<int>();
        for (var row = 0; row < batch.Count; row++)
            if (batch.Key[row] >= 0) kept.Add(row);
        LostRows += batch.Count - kept.Count;
        batch.Select(CollectionsMarshal.AsSpan(kept));
    }

    static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int bytes)
    {
        var taken = from[..bytes];
        from = from[bytes..];
        return taken;
    }
}
