using System.Buffers.Binary;

namespace StreamEdge;

/// <summary>
/// A pipeline's state at one instant, with the position in the journal from which on it is to be given what came after.
/// In its file: "SEDGECHK", the format (4 bytes), the length of the rest (4), the CRC-32C of format, length and rest (4),
/// the rest; little-endian.
/// </summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Time">When it was made, by the clock on the wall: for people.</param>
/// <param name="Position">The journal's position: no entry before it is needed any more, every one from it on is.</param>
/// <param name="Snapshot">The state of every step.</param>
public sealed record Checkpoint(string Pipeline, DateTimeOffset Time, long Position, Snapshot Snapshot)
{
    const int Format = 1, HeaderBytes = 20;

    /// <summary>Its number: each is one higher than the one before. Given when it is written.</summary>
    public long Number { get; init; }

    static ReadOnlySpan<byte> Magic => "SEDGECHK"u8;

    internal byte[] ToBytes()
    {
        var state = new StateWriter();
        state.Write(Number).Write(Pipeline).Write(Time.ToUnixTimeMilliseconds()).Write(Position);
        Snapshot.Write(state);
        var bytes = new byte[HeaderBytes + state.Written.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Format);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), state.Written.Length);
        state.Written.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Crc(bytes));
        return bytes;
    }

    /// <summary>Reads a checkpoint; null where the bytes are damaged.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    internal static Checkpoint? Read(ReadOnlyMemory<byte> file, string path)
    {
        var bytes = file.Span;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) != Crc(bytes)) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) is > Format and var newer)
            throw new InvalidDataException($"{path} was written by a newer StreamEdge (format {newer}, this one reads {Format}); nothing was touched: run the newer one, or move the folder away");
        var state = new StateReader(file[HeaderBytes..]);
        var number = state.Long();
        return new(state.Text(), DateTimeOffset.FromUnixTimeMilliseconds(state.Long()), state.Long(), Snapshot.Read(state)) { Number = number };
    }

    // The length is covered too, and with it whether the file is whole.
    static uint Crc(ReadOnlySpan<byte> bytes) =>
        Frame.Crc(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), bytes[HeaderBytes..]);
}
