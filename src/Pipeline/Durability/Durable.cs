using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamEdge;

/// <summary>Makes written bytes survive a power cut, and says so when the disk refuses: .NET's own flush hides a failed fsync.</summary>
public static partial class Durable
{
    const int Interrupted = 4, NoSpace = 28, OverQuota = 122; // Linux's EINTR, ENOSPC and EDQUOT

    /// <summary>Returns when the file's bytes are on the disk, and all that is known of the file.</summary>
    /// <exception cref="DiskFullException">The disk has no room for them.</exception>
    /// <exception cref="IOException">The disk did not take them; they may be lost even if a second try succeeds.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file); // checked there
        else Check(() => Fsync(file), path);
    }

    /// <summary>As <see cref="Sync"/>, but leaves out what is not needed to read the bytes again, as the time of the last change.</summary>
    /// <exception cref="DiskFullException">The disk has no room for them.</exception>
    /// <exception cref="IOException">The disk did not take them; they may be lost even if a second try succeeds.</exception>
    public static void SyncBytes(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux()) Check(() => Fdatasync(file), path);
        else Sync(file, path);
    }

    /// <summary>Returns when the names in a file's folder are on the disk: without it a new file may be gone after a power cut, whatever was synced of it.</summary>
    /// <exception cref="IOException">The disk did not take them.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return; // a folder cannot be opened there, and its journal keeps names
        using var folder = Open(Path.GetDirectoryName(Path.GetFullPath(path))!, 0, 0); // 0: for reading
        Check(() => folder.IsInvalid ? -1 : Fsync(folder), $"the folder of {path}");
    }

    /// <summary>Whether the disk, or the share of it that this user may have, is full.</summary>
    internal static bool IsDiskFull(IOException error) => error.HResult is NoSpace or OverQuota or unchecked((int)0x80070070);

    static void Check(Func<int> sync, string what)
    {
        while (sync() != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue; // nothing was given up
            var message = $"{what} could not be brought to the disk: {Marshal.GetPInvokeErrorMessage(error)}";
            throw error is NoSpace or OverQuota ? new DiskFullException(message) : new IOException(message, error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);
}
