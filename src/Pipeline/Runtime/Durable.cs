using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StreamEdge;

/// <summary>Makes written bytes survive a power cut, and says so when the disk refuses: .NET's own flush hides a failed fsync.</summary>
public static partial class Durable
{
    /// <summary>Returns when the file's bytes are on the disk.</summary>
    /// <exception cref="IOException">The disk did not take them; they may be lost even if a second try succeeds.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file); // checked there
        else if (Fsync(file) != 0) throw new IOException($"{path} could not be brought to the disk: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Returns when the names in a file's folder are on the disk: without it a new file may be gone after a power cut, whatever was synced of it.</summary>
    /// <exception cref="IOException">The disk did not take them.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return; // a folder cannot be opened there, and its journal keeps names
        using var folder = Open(Path.GetDirectoryName(Path.GetFullPath(path))!, 0, 0); // 0: for reading
        if (folder.IsInvalid || Fsync(folder) != 0) throw new IOException($"the folder of {path} could not be brought to the disk: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(SafeFileHandle file);
}
