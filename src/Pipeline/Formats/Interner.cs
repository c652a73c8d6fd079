using System.Numerics;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Numbers texts from 0 in the order they are first met, straight from their UTF-8 bytes: a tag value or a text is
/// compared and hashed, but becomes a string only once, when it is new.
/// </summary>
/// <param name="limit">Most texts that it holds; together they have at most <see cref="MostBytes"/>.</param>
public sealed class Interner(int limit)
{
    /// <summary>Most bytes that all texts together may have.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    (int Start, int Length, uint Hash)[] _texts = new (int, int, uint)[16];
    byte[] _bytes = new byte[256];
    int[] _slots = new int[32]; // 1 + the number of a text; twice as many slots as texts, so that a search ends soon
    int _used;

    /// <summary>How many texts it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of a text, by its number.</summary>
    public ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_texts[number].Start, _texts[number].Length);

    /// <summary>The number of a text; -1 where it was never added.</summary>
    public int Find(ReadOnlySpan<byte> text) => _slots[Slot(text, Hash(text))] - 1;

    /// <summary>The number of a text, added where it is new; -1 when there is no room for a new one.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        var hash = Hash(text);
        var slot = Slot(text, hash);
        if (_slots[slot] > 0) return _slots[slot] - 1;
        if (Count == limit || _used + text.Length > MostBytes) return -1;
        if (Count == _texts.Length)
        {
            Grow();
            slot = Slot(text, hash);
        }

        if (_used + text.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + text.Length));
        text.CopyTo(_bytes.AsSpan(_used));
        _texts[Count] = (_used, text.Length, hash);
        _used += text.Length;
        _slots[slot] = ++Count;
        return Count - 1;
    }

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        (Count, _used) = (0, 0);
    }

    /// <summary>The slot of the text, or the empty one where it belongs.</summary>
    int Slot(ReadOnlySpan<byte> text, uint hash)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var number = _slots[slot] - 1;
            if (number < 0) return slot;
            ref readonly var known = ref _texts[number];
            if (known.Hash == hash && text.SequenceEqual(_bytes.AsSpan(known.Start, known.Length))) return slot;
        }
    }

    void Grow()
    {
        Array.Resize(ref _texts, 2 * _texts.Length);
        _slots = new int[2 * _texts.Length];
        var mask = _slots.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var slot = (int)_texts[number].Hash & mask;
            while (_slots[slot] > 0) slot = (slot + 1) & mask;
            _slots[slot] = number + 1;
        }
    }

    // Multiply and rotate over words of 8 bytes; the upper half of a product depends on all bits below it.
    static uint Hash(ReadOnlySpan<byte> text)
    {
        const ulong odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)text.Length * odd;
        while (text.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(text)) * odd, 29);
            text = text[8..];
        }

        var rest = 0UL;
        foreach (var letter in text) rest = rest << 8 | letter;
        hash = (hash ^ rest) * odd;
        return (uint)(hash >> 32);
    }
}
