using System.IO.Compression;

namespace StreamEdge;

/// <summary>One file to read, unpacked where its first bytes say that it is gzip. What is wrong with it is told with its name and the place.</summary>
sealed class InputFile : IDisposable
{
    const int MostCandidates = 32;

    readonly FileStream _file;
    readonly Stream _unpacked;

    InputFile(string path, FileStream file, bool packed)
    {
        (Path, _file) = (path, file);
        _unpacked = packed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
    }

    static ReadOnlySpan<byte> Magic => [0x1f, 0x8b, 0x08];

    public string Path { get; }

    /// <summary>What the file holds.</summary>
    public Stream Stream => _unpacked;

    /// <summary>Bytes of the file, as it lies on the disk, that have been read.</summary>
    public long Position => _file.Position;

    public static InputFile Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        Span<byte> first = stackalloc byte[3];
        var read = file.ReadAtLeast(first, 3, throwOnEndOfStream: false);
        file.Position = 0;
        return new(path, file, first[..read].SequenceEqual(Magic));
    }

    /// <summary>Refuses a gzip file that ends too early: the run-time library takes any end for a good one.</summary>
    /// <param name="unpacked">How many bytes came out of it.</param>
    public void CheckWhole(long unpacked)
    {
        if (_unpacked == _file) return;
        // The last four bytes say how much the last member holds. Most files have one member; with several, the last
        // one is looked for, and counts as whole where it unpacks to just what it says.
        using var file = File.OpenRead(Path);
        if (file.Length >= 18)
        {
            Span<byte> trailer = stackalloc byte[4];
            file.Position = file.Length - 4;
            file.ReadExactly(trailer);
            var last = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(trailer);
            if (last == (uint)unpacked || HasMember(file, last)) return;
        }

        throw new EndOfStreamException($"{Path} breaks off: after {unpacked} bytes, unpacked, its gzip data end without their check");
    }

    /// <summary>The same failure with the file and the place in it.</summary>
    public IOException Damaged(Exception error) => new($"{Path} is damaged near byte {_file.Position}: {error.Message}", error);

    public void Dispose()
    {
        _unpacked.Dispose();
        _file.Dispose();
    }

    // From the end, for a file may be a thousand small members, and each unpacks together with all behind it.
    static bool HasMember(FileStream file, uint holds)
    {
        var bytes = new byte[64 * 1024];
        var candidates = 0;
        for (var until = file.Length; until > 0;)
        {
            var from = Math.Max(0, until - bytes.Length + Magic.Length);
            var block = bytes.AsSpan(0, (int)(Math.Min(until + Magic.Length - 1, file.Length) - from));
            file.Position = from;
            file.ReadExactly(block);
            for (; block.LastIndexOf(Magic) is >= 0 and var at; block = block[..(at + Magic.Length - 1)])
            {
                if (Unpacks(file, from + at, holds)) return true;
                if (++candidates == MostCandidates) return false;
            }

            until = from;
        }

        return false;
    }

    static bool Unpacks(FileStream file, long from, uint holds)
    {
        file.Position = from;
        using var member = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var bytes = new byte[64 * 1024];
        var count = 0L;
        try
        {
            for (var read = 1; read > 0; count += read) read = member.Read(bytes);
        }
        catch (InvalidDataException)
        {
            return false; // three bytes that only look like the beginning of a member
        }

        return (uint)count == holds && count > 0;
    }
}
