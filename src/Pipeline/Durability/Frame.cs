using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// One entry of a log on the disk: CRC-32C (4 bytes), length of the payload (4), sequence (8), kind (1), payload;
/// little-endian. The CRC begins with the number of the segment, so that a frame in a wrong place, as one inside a
/// payload, is none.
/// </summary>
static class Frame
{
    public const int HeaderBytes = 17;

    /// <summary>Most bytes of a payload.</summary>
    public const int MostPayload = 16 * 1024 * 1024;

    /// <summary>Writes all but the CRC, which needs to know the segment.</summary>
    public static void Write(Span<byte> frame, byte kind, long sequence, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], sequence);
        frame[16] = kind;
        payload.CopyTo(frame[HeaderBytes..]);
    }

    public static int PayloadBytes(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame[4..]);

    public static int Bytes(ReadOnlySpan<byte> frame) => HeaderBytes + PayloadBytes(frame);

    public static long Sequence(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[8..]);

    public static byte Kind(ReadOnlySpan<byte> frame) => frame[16];

    /// <summary>Writes the CRC of a whole frame.</summary>
    public static void Seal(Span<byte> frame, long segment) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc(segment, frame[4..]));

    public static bool IsSound(ReadOnlySpan<byte> frame, long segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame) == Crc(segment, frame[4..]);

    /// <summary>CRC-32C, by the processor's own instruction where it has one.</summary>
    public static uint Crc(long seed, ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)seed);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (var last in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
