namespace StreamEdge;

/// <summary>What a log is called and how much it may hold.</summary>
public sealed record SegmentLogOptions
{
    /// <summary>What the names of its files begin with. Several logs can share a folder.</summary>
    public string Name { get; init; } = "log";

    /// <summary>Bytes after which a new file is begun: the least that can be given back at once.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most bytes in all; beyond, an entry is refused with <see cref="DiskFullException"/>.</summary>
    public long MostBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes in memory at which they are handed to the system without being asked to.</summary>
    public int PendingBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may lie between two syncs, kept in memory for the case that the sync fails; with more, it syncs by itself.</summary>
    public int UnsyncedBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Is told in a sentence of each failure that the log has got over.</summary>
    public Action<string>? Notice { get; init; }
}
