using System.Buffers.Binary;
using System.Globalization;

namespace StreamEdge;

/// <summary>
/// One file of a log: <c>NAME-0000000001</c>. Its header, 32 bytes little-endian, is "SEDGELOG", the format (4 bytes),
/// the generation (8), the first sequence (8) and their CRC-32C (4); it stands there twice, for a damaged one could
/// bring entries back that were taken away. It keeps its place and length in every format, so that each can refuse a
/// newer one.
/// </summary>
/// <param name="name">The name of its file.</param>
/// <param name="number">Its number in that name; a later segment has a higher one, and none is used again.</param>
/// <param name="generation">Its run of segments that may refer to one another: they are removed together. Mostly a segment is one.</param>
/// <param name="first">No sequence in it is lower, and every higher one of an earlier segment is void.</param>
sealed class Segment(string name, long number, long generation, long first)
{
    public const int HeaderBytes = 2 * Copy, Format = 1;

    const int Copy = 32;

    static ReadOnlySpan<byte> Magic => "SEDGELOG"u8;

    public string Name { get; } = name;

    public long Number { get; } = number;

    public long Generation { get; } = generation;

    public long First { get; } = first;

    /// <summary>Sequences from here on are void in it: a later segment has them.</summary>
    public long End { get; set; } = long.MaxValue;

    /// <summary>Bytes that may be read, for they are on the disk.</summary>
    public long Readable { get; set; }

    /// <summary>Bytes that the file has.</summary>
    public long Bytes { get; set; }

    public static string NameOf(string log, long number) => string.Create(CultureInfo.InvariantCulture, $"{log}-{number:D10}");

    /// <summary>The number in the name of a segment of this log; -1 where it is another file.</summary>
    public static long NumberOf(string log, string name) =>
        name.Length > log.Length + 1 && name.StartsWith(log, StringComparison.Ordinal) && name[log.Length] == '-'
        && long.TryParse(name.AsSpan(log.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    public void WriteHeader(Span<byte> header)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(header[20..], First);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Frame.Crc(0, header[..28]));
        header[..Copy].CopyTo(header[Copy..]);
    }

    /// <summary>Reads a header; null where both copies are damaged.</summary>
    public static (int Format, long Generation, long First)? ReadHeader(StoredFile file)
    {
        Span<byte> header = stackalloc byte[Copy];
        for (var at = 0; at < HeaderBytes; at += Copy)
        {
            if (file.Read(at, header) == Copy && header.StartsWith(Magic) && BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) == Frame.Crc(0, header[..28]))
                return (BinaryPrimitives.ReadInt32LittleEndian(header[8..]), BinaryPrimitives.ReadInt64LittleEndian(header[12..]), BinaryPrimitives.ReadInt64LittleEndian(header[20..]));
        }

        return null;
    }
}
