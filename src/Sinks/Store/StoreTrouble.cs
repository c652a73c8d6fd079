using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>What is wrong with a store's file, in plain words with a remedy.</summary>
public static class StoreTrouble
{
    const int Busy = 5, Damaged = 11, CannotOpen = 14, NoDatabase = 26;

    /// <summary>Whether an error says that a file cannot be read or written, or is no store.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException or InvalidDataException or DbException;

    /// <summary>The error in plain words.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="error">What was thrown while it was read or written.</param>
    public static string Text(string path, Exception error) => error is not SqliteException { SqliteErrorCode: var code } ? error.Message : code switch
    {
        Busy => $"{path} is in use by another program; try again when that has let go of it",
        Damaged => $"{path} is damaged; move it away, and the next run begins a new one",
        CannotOpen => $"{path} cannot be opened; check that it is a file and may be written",
        NoDatabase => NoStore(path),
        _ => $"{path} cannot be used: {error.Message}",
    };

    internal static string NoStore(string path) => $"{path} is no StreamEdge store; move it away, or name another file";

    internal static string Folder(string path) => $"{path} is a folder, not a store; move it away, or name another file";

    internal static string Empty(string path) => $"{path} is an empty file, not a store; remove it, and the next run makes one";
}
