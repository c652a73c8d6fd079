using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>
/// The file of a table: reads it, and again when it has changed. A CSV file may be half written, so a new version is read
/// when it has stood still from one look to the next, and thrown away if it changed meanwhile; SQLite shows none but whole
/// versions, and may be written all the time for other tables.
/// </summary>
sealed class TableFile(TableOptions options, string path, TableLayout layout, Clock clock)
{
    /// <summary>Reading takes no more than a share of the time: after a long one the next look waits so many times as long.</summary>
    const int Rest = 20;

    Stamp _taken, _seen;
    long _nextLook;
    bool _unreadable; // for now: nothing is known of the lines

    /// <summary>The file, as messages show it.</summary>
    public string Name { get; } = Visible.Text(options.Path);

    /// <summary>How many new versions were taken up.</summary>
    public int TakenUp { get; private set; }

    /// <summary>How many new versions had a mistake.</summary>
    public int Refused { get; private set; }

    /// <summary>Reads the file as it is; null after a fault.</summary>
    public Lookup? Read(TableFaults faults)
    {
        var began = clock.Now;
        _taken = _seen = Stamp.Of(path);
        var lookup = ReadNow(faults);
        _nextLook = clock.Now + Math.Max(Nanoseconds.Second, Rest * (clock.Now - began));
        return lookup;
    }

    /// <summary>A new version of the table, where there is one without a mistake. Looks at the file once a second.</summary>
    public Lookup? Newer(Books books)
    {
        if (clock.Now < _nextLook) return null;
        _nextLook = clock.Now + Nanoseconds.Second;
        var (stamp, before) = (Stamp.Of(path), _seen);
        _seen = stamp;
        if (stamp == _taken || options.Sqlite is null && stamp != before) return null;
        var faults = new TableFaults();
        var lookup = Read(faults);
        if (options.Sqlite is null && Stamp.Of(path) != stamp)
        {
            _taken = default; // written meanwhile: read again when it stands still
            return null;
        }

        if (lookup is not null)
        {
            TakenUp++;
            books.Notice($"has taken up a new version of {Name}, with {lookup.Size}");
            return lookup;
        }

        if (_unreadable) _taken = default; // tried again
        else Refused++;
        books.Notice($"keeps the lines of before: {faults.Items[0].What}");
        return null;
    }

    Lookup? ReadNow(TableFaults faults)
    {
        _unreadable = false;
        var lines = new LookupBuilder(layout, line => options.Sqlite is null ? $"{Name}:{line}" : $"{Name}: {Visible.Text(options.Name!)}, row {line}", faults);
        try
        {
            if (Directory.Exists(path)) faults.Add($"{Name} is a folder", "name a file");
            else if (!File.Exists(path)) faults.Add($"there is no file {Visible.Quote(options.Path)}", NearestFile());
            else if (options.Sqlite is null) CsvTable.Read(path, Name, layout, lines, faults);
            else SqliteTable.Read(path, options.Name!, Name, layout, lines, faults);
        }
        catch (SqliteException error)
        {
            var (what, remedy) = SqliteFile.Trouble(error);
            faults.Add($"{Name} {what}", remedy);
            _unreadable = SqliteFile.MayPass(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{Name} cannot be read: {error.Message}", "check it, and the right to read it");
            _unreadable = true;
        }

        return lines.Build();
    }

    string NearestFile()
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return $"there is no folder {Visible.Text(folder)} either";
        return Suggestion.Nearest(Path.GetFileName(path), Directory.EnumerateFiles(folder).Take(1000).Select(f => Path.GetFileName(f)!)) is { } near ? $"did you mean '{near}'?" : $"it is looked for in {Visible.Text(folder)}";
    }

    /// <summary>What tells one version of a file from another; SQLite writes beside it first. All 0 where there is none.</summary>
    readonly record struct Stamp(long Written, long Length, long WrittenBeside, long LengthBeside)
    {
        public static Stamp Of(string path)
        {
            var (file, beside) = (new FileInfo(path), new FileInfo($"{path}-wal"));
            var stamp = file.Exists ? new Stamp(file.LastWriteTimeUtc.Ticks, file.Length, 0, 0) : default;
            return beside is { Exists: true, Length: > 0 } ? stamp with { WrittenBeside = beside.LastWriteTimeUtc.Ticks, LengthBeside = beside.Length } : stamp;
        }
    }
}
