using Microsoft.Data.Sqlite;

namespace StreamEdge;

// The store: a pipeline's time series and its books in one SQLite file.
//
//   point    a value of a field (a signal or column of one series) at one time. Keyed by both, so that what is written
//            again, as a corrected window is, replaces itself; WITHOUT ROWID, so that a field's values lie side by side.
//   WAL      readers never wait for the writer, nor it for them.
//   FULL     a commit is on the disk when it returns. With NORMAL a power cut could take back what was called safe; the
//            sinks commit once a second or every 32,768 values, so the fsync costs next to nothing.

/// <summary>Opens the store's file: makes it, or says in plain words why it cannot be used.</summary>
static class StoreFile
{
    const int Application = 0x53456467; // "SEdg"
    const int Version = 2;
    const int Patience = 30;

    const string Field = "CREATE TABLE field (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (series, name, unit)) STRICT;";

    const string LeftOut = """
        CREATE TABLE left_out (run INTEGER NOT NULL, account INTEGER NOT NULL, reason TEXT NOT NULL, field TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (run, account, reason, field)) STRICT, WITHOUT ROWID;
        """;

    const string Tables = $"""
        CREATE TABLE series (id INTEGER PRIMARY KEY, measurement TEXT NOT NULL, tags TEXT NOT NULL, UNIQUE (measurement, tags)) STRICT;
        {Field}
        CREATE TABLE point (field INTEGER NOT NULL, time INTEGER NOT NULL, value ANY NOT NULL, quality INTEGER, PRIMARY KEY (field, time)) STRICT, WITHOUT ROWID;
        CREATE TABLE run (id INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL, state TEXT NOT NULL, UNIQUE (pipeline, started)) STRICT;
        CREATE TABLE account (run INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL, came INTEGER NOT NULL,
            created INTEGER NOT NULL, passed INTEGER NOT NULL, absorbed INTEGER NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID;
        CREATE TABLE tally (run INTEGER NOT NULL, account INTEGER NOT NULL, number INTEGER NOT NULL, reason TEXT NOT NULL, signal TEXT NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (run, account, number)) STRICT, WITHOUT ROWID;
        {LeftOut}
        """;

    // What version 2 brought: values left out; and a field of its own for each unit, so that no value changes its unit afterwards.
    const string FromVersion1 = $"""
        {LeftOut}
        ALTER TABLE field RENAME TO former;
        {Field}
        INSERT INTO field SELECT id, series, name, kind, unit FROM former;
        DROP TABLE former;
        """;

    /// <summary>Opens the store for writing; makes it where there is none.</summary>
    public static SqliteConnection OpenForWriting(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return Open(path, SqliteOpenMode.ReadWriteCreate, store =>
        {
            SqliteFile.Run(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000");
            if (VersionOf(store) == Version) return;
            // Two sinks of one file may come here at once: the second waits, and then finds the tables.
            using var transaction = store.BeginTransaction(deferred: false);
            if (VersionOf(store) == Version) return;
            SqliteFile.Run(store, $"{(VersionOf(store) == 0 ? Tables : FromVersion1)} PRAGMA application_id = {Application}; PRAGMA user_version = {Version};");
            transaction.Commit();
        });
    }

    /// <summary>Opens an existing store for reading.</summary>
    public static SqliteConnection OpenForReading(string path)
    {
        if (!Path.Exists(path)) throw new FileNotFoundException($"there is no store at {path}; run a pipeline with a 'store:' sink first", path);
        // A read-only WAL file cannot be read while nobody writes it.
        return Open(path, SqliteOpenMode.ReadWrite, store =>
        {
            if (VersionOf(store) == 0) throw new InvalidDataException(StoreTrouble.Empty(path));
        });
    }

    /// <summary>The version of the format; 0 for an empty file.</summary>
    public static long VersionOf(SqliteConnection store) => SqliteFile.Number(store, "PRAGMA user_version");

    static SqliteConnection Open(string path, SqliteOpenMode mode, Action<SqliteConnection> prepare)
    {
        if (Directory.Exists(path)) throw new InvalidDataException(StoreTrouble.Folder(path));
        SqliteConnection? store = null;
        try
        {
            store = SqliteFile.Open(path, mode, Patience);
            Check(store, path);
            prepare(store);
            return store;
        }
        catch (SqliteException error)
        {
            store?.Dispose();
            throw new InvalidDataException(StoreTrouble.Text(path, error), error);
        }
        catch
        {
            store?.Dispose();
            throw;
        }
    }

    static void Check(SqliteConnection store, string path)
    {
        // One look: between two, another writer may make the file a store.
        using var look = store.BeginTransaction(deferred: true);
        var (application, version) = (SqliteFile.Number(store, "PRAGMA application_id"), VersionOf(store));
        if (application == Application && version > Version)
            throw new InvalidDataException($"{path} was written by a newer StreamEdge (format {version}; this one knows {Version}); update this one, or name another file");
        var mayBecomeOne = application == 0 && SqliteFile.Number(store, "SELECT count(*) FROM sqlite_schema") == 0;
        if (application != Application && !mayBecomeOne) throw new InvalidDataException(StoreTrouble.NoStore(path));
    }
}
