using System.IO.Compression;

namespace StreamEdge;

/// <summary>How a file is written.</summary>
public enum FileSinkFormat
{
    /// <summary>As the file's ending says: <c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c>, <c>.csv</c>, <c>.lp</c> or <c>.line</c>; each also with <c>.gz</c>.</summary>
    Auto,

    /// <summary>A JSON object a line.</summary>
    JsonLines,

    /// <summary>Comma-separated, with a header.</summary>
    Csv,

    /// <summary>InfluxDB's line protocol, to be loaded later.</summary>
    LineProtocol,
}

/// <summary>
/// Writes to a file. What was taken is on the disk after a second at the latest, and whole lines only. The same input
/// gives the same bytes; of a <c>.gz</c> file, the same text.
/// </summary>
/// <example>
/// - transmit: { trend: { file: trend.csv, append: false } }
/// </example>
public sealed record FileSinkOptions : SinkOptions
{
    /// <summary>The file, relative to the state folder; compressed where its name ends in <c>.gz</c>.</summary>
    [Short]
    public required string Path { get; init; }

    /// <summary>How it is written: <c>auto</c> (by the file's ending), <c>json_lines</c>, <c>csv</c> or <c>line_protocol</c>. Default: auto.</summary>
    public FileSinkFormat Format { get; init; }

    /// <summary>
    /// Whether a run goes on behind what the file holds. With false, and where the file is compressed, it begins a new
    /// one; the former is kept as <c>NAME.1</c>, or the next number that is free. Default: true.
    /// </summary>
    public bool Append { get; init; } = true;

    /// <summary>How instants are written: <c>iso</c>, <c>ns</c> or <c>ms</c> (Unix time). Default: iso. Line protocol has nanoseconds only.</summary>
    public TimeForm? Time { get; init; }

    /// <summary>The columns of CSV or the fields of JSON lines, in their order, for a reader that wants just these: tags, columns, and <c>time</c>, <c>signal</c>, <c>value</c>, <c>quality</c>, of windows <c>start</c>, <c>end</c>, <c>pane</c>, <c>revision</c>. Each stands in every line. Default: all; JSON lines then leave out what is usual.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The measurement of every point, for line protocol. Default: the pipeline's name.</summary>
    public string? Measurement { get; init; }

    /// <inheritdoc/>
    public override bool Concerns(string option) => option switch
    {
        nameof(Time) => (Format == FileSinkFormat.Auto ? ByEnding(Path) : Format) != FileSinkFormat.LineProtocol,
        nameof(Measurement) => (Format == FileSinkFormat.Auto ? ByEnding(Path) : Format) == FileSinkFormat.LineProtocol,
        _ => true,
    };

    /// <inheritdoc/>
    public override Sink Build(BuildContext context)
    {
        var format = Format == FileSinkFormat.Auto ? ByEnding(Path) : Format;
        var sound = true;
        if (Path.Length == 0 || Path.EndsWith('/') || Path.Contains('\0')) Wrong(nameof(Path), $"{Visible.Quote(Path)} names no file", "write a name such as anomalies.jsonl");
        else if (format is null) Wrong(nameof(Path), $"the ending of {Visible.Quote(Path)} does not say how to write it", "end it in .jsonl, .csv or .lp, or add 'format: json_lines'");
        else sound = Check(context, format.Value);
        return sound ? new FileSink(this, format!.Value, context) : default(Refusal);

        void Wrong(string option, string what, string remedy)
        {
            context.Fault(option, what, remedy);
            sound = false;
        }
    }

    bool Check(BuildContext context, FileSinkFormat format)
    {
        var sound = true;
        var schemas = context.Inputs;
        if (format == FileSinkFormat.LineProtocol)
        {
            sound &= LineProtocolWriter.Check(context, nameof(Measurement), Measurement ?? context.Pipeline.Name);
            if (Columns is not null) Wrong(nameof(Columns), "line protocol has fields for all columns", "take 'columns' out, or choose them with a step before");
            if (Time is not (null or TimeForm.Ns)) Wrong(nameof(Time), "line protocol has its times in nanoseconds", "take 'time' out");
        }
        else if (Measurement is not null) Wrong(nameof(Measurement), "only line protocol has a measurement", "take 'measurement' out, or add 'format: line_protocol'");

        if (format == FileSinkFormat.Csv && schemas.Any(s => !HaveOneHeader(s, schemas[0])))
            Wrong(nameof(Path), "its inputs have different columns, and a CSV file has one header", "give each its own file, or write JSON lines");
        else if (format == FileSinkFormat.Csv) sound &= OutputNames.AreDistinct(context, nameof(Format), "CSV", CsvWriter.Names(schemas[0]));

        if (sound && Columns is not null && format != FileSinkFormat.LineProtocol) sound &= ChosenColumns.Check(context, nameof(Columns), Columns);
        return format == FileSinkFormat.JsonLines ? sound & JsonLinesWriter.Check(context, nameof(Format)) : sound;

        void Wrong(string option, string what, string remedy)
        {
            context.Fault(option, what, remedy);
            sound = false;
        }
    }

    /// <summary>Whether two inputs fill the same cells with the same: all readings do, and rows of the same columns, as those of the routes of a step.</summary>
    static bool HaveOneHeader(Schema one, Schema other) =>
        one.Keys == other.Keys && one.IsRows == other.IsRows && one.HasWindow == other.HasWindow
        && one.Columns.Select(c => (c.Name, c.Kind, c.Unit)).SequenceEqual(other.Columns.Select(c => (c.Name, c.Kind, c.Unit)));

    static FileSinkFormat? ByEnding(string path) => System.IO.Path.GetExtension(path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path) switch
    {
        ".jsonl" or ".ndjson" or ".json" => FileSinkFormat.JsonLines,
        ".csv" => FileSinkFormat.Csv,
        ".lp" or ".line" => FileSinkFormat.LineProtocol,
        _ => null,
    };
}

/// <summary>Writes whole lines; counts them as safe when the disk has them.</summary>
sealed class FileSink : Sink
{
    readonly FileSinkOptions _options;
    readonly string _path;
    readonly IBatchWriter _writer;
    FileStream? _file;
    Stream? _stream;
    long _safe, _goOn = -1;

    public FileSink(FileSinkOptions options, FileSinkFormat format, BuildContext context) : base(context.Inputs)
    {
        _options = options;
        _path = context.Pipeline.OutputPath(options.Path);
        _writer = format switch
        {
            FileSinkFormat.Csv => new CsvWriter(context.Inputs[0], options.Time ?? TimeForm.Iso, options.Columns),
            FileSinkFormat.LineProtocol => new LineProtocolWriter(options.Measurement ?? context.Pipeline.Name, Books),
            _ => new JsonLinesWriter(Books, options.Time ?? TimeForm.Iso, options.Columns),
        };
    }

    /// <inheritdoc/>
    public override long Held => _writer.Written - _safe;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => [("file", _path)];

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _file = Open();
        var empty = _file.Length == 0;
        // Behind a compressed file that a power cut has torn, nothing could be unpacked any more.
        var packed = _path.EndsWith(".gz", StringComparison.Ordinal);
        if (_goOn >= 0 && !packed)
        {
            // What was written behind the checkpoint comes again. A file that has been moved away is begun anew.
            if (_file.Length > _goOn) _file.SetLength(_goOn);
            empty = _file.Length == 0;
        }
        else if (!empty && (packed || !_options.Append))
        {
            // Opened first: another sink that writes this file holds it, and it must not be moved away under that one.
            _file.Dispose();
            Keep();
            _file = Open();
            empty = true;
        }

        Durable.SyncFolder(_path); // a new file's name is the folder's
        _stream = packed ? new GZipStream(_file, CompressionLevel.Fastest) : _file;
        if (empty && _writer is CsvWriter csv) csv.WriteHeader();
        else if (!empty) GoOn(_file);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        for (var row = 0; row < batch.Count;)
        {
            row = _writer.Write(batch, row);
            if (_writer.IsFull) await DrainAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        _writer.Close();
        await DrainAsync(cancel);
        await _stream!.FlushAsync(cancel);
        Durable.Sync(_file!.SafeFileHandle, _path);
        Books.Absorbed += Held;
        _safe = _writer.Written;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => state.Write(_path).Write(_file?.Length ?? _goOn);

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        var (path, length) = (state.Text(), state.Long());
        _goOn = path == _path ? length : -1; // of another file it says nothing
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_stream is not null) await _stream.DisposeAsync();
        _writer.Dispose();
        await base.DisposeAsync();
    }

    async ValueTask DrainAsync(CancellationToken cancel)
    {
        await _stream!.WriteAsync(_writer.Lines, cancel);
        _writer.Clear();
    }

    /// <summary>Moves the former file out of the way, onto nothing.</summary>
    void Keep()
    {
        var number = 1;
        while (Path.Exists($"{_path}.{number}")) number++;
        File.Move(_path, $"{_path}.{number}");
    }

    FileStream Open() => new(_path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None, // the only mode that .NET locks on Linux; tail and cat read on
        BufferSize = 0, // the writer has its own
    });

    /// <summary>Goes behind what the file holds. A power cut may have left a piece of a line, which must not spoil the next one.</summary>
    void GoOn(FileStream file)
    {
        if (_writer is CsvWriter csv) CheckHeader(file, csv);
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
    }

    void CheckHeader(FileStream file, CsvWriter csv)
    {
        csv.WriteHeader();
        var found = new byte[csv.Lines.Length];
        var length = file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false);
        var same = csv.Lines.Span.SequenceEqual(found);
        csv.Clear();
        if (same) return;
        var line = System.Text.Encoding.UTF8.GetString(found, 0, length).Split('\n')[0];
        throw new InvalidDataException($"{_path} begins with {Visible.Quote(line)}, which are other columns than this pipeline would append; move it away, or write 'append: false'");
    }
}
