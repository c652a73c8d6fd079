using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace StreamEdge;

/// <summary>Text as UTF-8 bytes in one pooled array that grows, is emptied and used again; so that writing a row allocates nothing.</summary>
public sealed class ByteBuffer : IDisposable
{
    static readonly SearchValues<char> s_jsonSpecial = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '"', '\\']);

    byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    int _length;

    /// <summary>How many bytes are written.</summary>
    public int Length => _length;

    /// <summary>What is written.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>What is written, to look at or to correct.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Room for so many bytes behind the text; taken with <see cref="Advance"/>.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes) Grow(bytes);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Counts bytes that were put into <see cref="Room"/>.</summary>
    public void Advance(int bytes) => _length += bytes;

    /// <summary>Cuts the text to this length.</summary>
    public void CutTo(int length) => _length = length;

    /// <summary>Takes bytes away from the front.</summary>
    public void RemoveFirst(int bytes)
    {
        _bytes.AsSpan(bytes, _length - bytes).CopyTo(_bytes);
        _length -= bytes;
    }

    /// <summary>Writes one byte.</summary>
    public void Write(byte value)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = value;
    }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes a text as it is.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    /// <summary>Writes the shortest number that reads back as the same double: <c>71.3</c>, <c>1E+21</c>, <c>-0</c>. Finite ones only.</summary>
    public void Write(double value) => _length += NumberText.Write(value, Room(NumberText.Longest));

    /// <summary>Writes a whole number.</summary>
    public void Write(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var written);
        _length += written;
    }

    /// <summary>Writes a text in quotes, as JSON wants it.</summary>
    public void WriteJson(string text)
    {
        Write((byte)'"');
        if (text.AsSpan().IndexOfAny(s_jsonSpecial) < 0) Write(text.AsSpan());
        else Write(JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Write((byte)'"');
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * _bytes.Length, checked(_length + bytes)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
