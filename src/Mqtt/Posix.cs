using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>Waits for a socket and for other threads at once, by poll(2) and eventfd(2).</summary>
static unsafe partial class Posix
{
    public const short Readable = 1, Writable = 4, Broken = 8 | 16 | 32; // POLLERR, POLLHUP, POLLNVAL

    public const int TryAgain = 11, ProtocolError = 71; // EAGAIN, EPROTO

    const int NonBlocking = 0x800 | 0x80000; // EFD_NONBLOCK | EFD_CLOEXEC
    const int NoSignalDoNotWait = 0x4000 | 0x40; // MSG_NOSIGNAL | MSG_DONTWAIT

    [StructLayout(LayoutKind.Sequential)]
    struct Waiting
    {
        public int File;
        public short Wanted, Came;
    }

    /// <summary>Makes a counter that other threads raise to end a wait.</summary>
    public static int NewEvent() => EventFile(0, NonBlocking) is >= 0 and var file ? file : throw new IOException($"no event can be made: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>Ends the wait of the thread that waits for the event, or the next one.</summary>
    public static void Raise(int file)
    {
        var one = 1UL;
        _ = WriteFile(file, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Waits until the event is raised, the socket is ready for what is wanted of it, or the time is over; returns what the socket is ready for.</summary>
    /// <param name="raised">The event.</param>
    /// <param name="socket">The socket; -1 for none.</param>
    /// <param name="wanted">What of it is waited for.</param>
    /// <param name="milliseconds">How long at most.</param>
    public static short Wait(int raised, int socket, short wanted, int milliseconds)
    {
        var files = stackalloc Waiting[2];
        files[0] = new() { File = raised, Wanted = Readable };
        files[1] = new() { File = wanted == 0 ? -1 : socket, Wanted = wanted };
        if (Poll(files, 2, milliseconds) <= 0) return 0; // time is over, or a signal: whoever calls looks anew at everything
        if (files[0].Came != 0)
        {
            ulong count;
            _ = ReadFile(raised, (byte*)&count, sizeof(ulong));
        }

        return files[1].Came;
    }

    /// <summary>Sends bytes; false where they did not go out whole.</summary>
    public static bool Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) return SendBytes(socket, first, bytes.Length, NoSignalDoNotWait) == bytes.Length;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFile(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(Waiting* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadFile(int file, byte* to, nint bytes);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteFile(int file, byte* from, nint bytes);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint SendBytes(int socket, byte* from, nint bytes, int flags);
}
