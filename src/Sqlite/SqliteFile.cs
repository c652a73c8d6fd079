using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>Opens SQLite files, and runs statements in them.</summary>
public static class SqliteFile
{
    const int Busy = 5, Locked = 6, DiskTrouble = 10, Damaged = 11, CannotOpen = 14, NoDatabase = 26;

    /// <summary>Opens a file: a connection of its own to each who asks, closed for good. A pool would keep the file open.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is read, written, made.</param>
    /// <param name="patience">How many seconds a statement waits while another program has the file for itself.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, int patience)
    {
        var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = patience }.ToString());
        try
        {
            file.Open();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that answer nothing.</summary>
    public static void Run(SqliteConnection file, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(file, sql, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>The whole number that a statement answers.</summary>
    public static long Number(SqliteConnection file, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(file, sql, parameters);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>A statement with its parameters.</summary>
    public static SqliteCommand Command(SqliteConnection file, string sql, params (string Name, object Value)[] parameters)
    {
        var command = file.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    /// <summary>Whether trying again may help: another program has the file, or the disk did not answer.</summary>
    public static bool MayPass(SqliteException error) => error.SqliteErrorCode is Busy or Locked or DiskTrouble or CannotOpen;

    /// <summary>What an error says of a file, as a clause that follows its name, and what to do.</summary>
    public static (string What, string Remedy) Trouble(SqliteException error) => error.SqliteErrorCode switch
    {
        Busy or Locked => ("is in use by another program", "try again when that has let go of it"),
        Damaged => ("is damaged", "bring back a copy of it"),
        CannotOpen => ("cannot be opened", "check that it is a file, and the right to read it"),
        NoDatabase => ("is no SQLite database", "name another file"),
        _ => ($"cannot be used: {error.Message}", "mend it, or name another file"),
    };
}
