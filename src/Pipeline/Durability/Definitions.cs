using System.Buffers.Binary;
using System.Text;

namespace StreamEdge;

/// <summary>
/// What the numbers in encoded batches stand for: first, where it is not known yet, what the batches are; then keys and
/// texts, as text, from a number on. Little-endian, texts behind their length.
/// </summary>
static class Definitions
{
    public static void WriteGeneration(ByteBuffer to, long generation) => Write(to, generation);

    public static void Write(ByteBuffer to, Schema schema, LocalNumbers keys, LocalNumbers texts, bool describe)
    {
        Write(to, describe ? 1 : 0);
        if (describe)
        {
            Write(to, schema.IsRows ? 1 : 0);
            Write(to, schema.HasWindow ? 1 : 0);
            Write(to, schema.Keys.TagNames.Count);
            foreach (var tag in schema.Keys.TagNames) Write(to, tag);
            Write(to, schema.Columns.Count);
            foreach (var column in schema.Columns) Write(to, TextOf(column));
        }

        Write(to, keys.Defined);
        Write(to, keys.New.Length);
        foreach (var key in keys.New)
        {
            foreach (var tag in schema.Keys.Tags(schema.Keys.DeviceOf[key])) Write(to, tag);
            if (!schema.IsRows) Write(to, TextOf(schema.Signals[schema.Keys.SignalOf[key]]));
        }

        Write(to, texts.Defined);
        Write(to, texts.New.Length);
        foreach (var code in texts.New) Write(to, schema.Codes.Text(code));
    }

    /// <summary>A signal with all that its slots need to be read again: one of the same name in another unit is another.</summary>
    public static string TextOf(Signal signal) => $"{signal.Kind}|{signal.Unit?.Symbol}|{signal.Name}";

    /// <summary>A column, as a signal.</summary>
    public static string TextOf(Column column) => $"{column.Kind}|{column.Unit?.Symbol}|{column.Name}";

    static void Write(ByteBuffer to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.Room(8), value);
        to.Advance(8);
    }

    static void Write(ByteBuffer to, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.Room(4), value);
        to.Advance(4);
    }

    static void Write(ByteBuffer to, string text)
    {
        Write(to, Encoding.UTF8.GetByteCount(text));
        to.Write(text.AsSpan());
    }

    /// <summary>Reads what <see cref="Definitions"/> wrote, in the same order.</summary>
    public ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> _left = bytes;

        public readonly bool AtEnd => _left.IsEmpty;

        public long Long()
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(_left);
            _left = _left[8..];
            return value;
        }

        public int Int()
        {
            var value = BinaryPrimitives.ReadInt32LittleEndian(_left);
            _left = _left[4..];
            return value;
        }

        public string Text()
        {
            var length = Int();
            var text = Encoding.UTF8.GetString(_left[..length]);
            _left = _left[length..];
            return text;
        }
    }
}
