namespace StreamEdge;

/// <summary>
/// The little that durable state needs of a disk, so that tests can put one in its place that loses, tears and refuses.
/// Nothing is safe from a power cut before <see cref="StoredFile.Sync"/> (its bytes) and <see cref="SyncFolder"/> (its
/// name) have returned.
/// </summary>
public abstract class FileStore
{
    /// <summary>Where it lies, as messages call it.</summary>
    public abstract string Place { get; }

    /// <summary>The names of its files, in ordinal order.</summary>
    public abstract IReadOnlyList<string> Names();

    /// <summary>A new, empty file, in place of one that had the name.</summary>
    public abstract StoredFile Create(string name);

    /// <summary>A file that is there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    public abstract StoredFile Open(string name);

    /// <summary>Gives a file another name, in one step, in place of the file that had it.</summary>
    public abstract void Rename(string from, string to);

    /// <summary>Removes a file. Whoever has it open can read on.</summary>
    public abstract void Remove(string name);

    /// <summary>Returns when names given, changed and removed are on the disk.</summary>
    public abstract void SyncFolder();
}

/// <summary>An open file that grows at its end.</summary>
public abstract class StoredFile : IDisposable
{
    /// <summary>How many bytes it has.</summary>
    public abstract long Length { get; }

    /// <summary>Reads from an offset on, as many bytes as there are and fit.</summary>
    public abstract int Read(long offset, Span<byte> bytes);

    /// <summary>Adds bytes. Where it throws, <see cref="Length"/> is what it was and the next bytes are written in the same place; after a crash some of the refused ones may be there.</summary>
    /// <exception cref="DiskFullException">There is no room for them.</exception>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when the bytes are on the disk.</summary>
    /// <exception cref="IOException">They are not, and may be lost: a second try that succeeds says nothing about them.</exception>
    public abstract void Sync();

    /// <inheritdoc/>
    public abstract void Dispose();
}
