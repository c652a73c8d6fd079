using System.Text;

namespace StreamEdge;

/// <summary>One file, opened for reading behind its header.</summary>
sealed class OpenFile : IDisposable
{
    readonly InputFile _file;

    OpenFile(InputFile file)
    {
        _file = file;
        Records = new(file.Stream) { Ended = file.CheckWhole };
    }

    public string Path => _file.Path;

    /// <summary>Its records.</summary>
    public RecordReader Records { get; }

    /// <summary>Takes them apart; null where the file is empty.</summary>
    public Row? Row { get; private set; }

    /// <summary>The names of its columns; empty for JSON.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Bytes of the file that have been read, as it lies on the disk.</summary>
    public long Position => _file.Position;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="wanted">The names of the wanted columns.</param>
    /// <param name="offset">Where to go on, as <see cref="RecordReader.Offset"/> gave it; 0 for the beginning.</param>
    /// <param name="line">The line there, as <see cref="RecordReader.Line"/> gave it.</param>
    public static OpenFile Open(string path, FileSourceOptions options, IReadOnlyList<string> wanted, long offset = 0, long line = 1)
    {
        var open = new OpenFile(InputFile.Open(path));
        try
        {
            open.Begin(options, wanted);
            if (offset > 0 && !open.Records.SkipTo(offset, line))
                throw new IOException($"{path} is shorter than when it was read last: reading stopped at byte {offset}");
            return open;
        }
        catch (Exception error)
        {
            var damaged = error is InvalidDataException ? open.Damaged(error) : null;
            open.Dispose();
            if (damaged is not null) throw damaged;
            throw;
        }
    }

    /// <summary>The same failure with the file and the place in it.</summary>
    public IOException Damaged(Exception error) => _file.Damaged(error);

    public void Dispose() => _file.Dispose();

    /// <summary>Refuses what neither CSV nor JSON lines begin with.</summary>
    void RefuseOther(ReadOnlySpan<byte> first)
    {
        if (first is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw new IOException($"{Path} is UTF-16; save it as UTF-8");
        if (first.IndexOfAnyInRange((byte)0, (byte)8) >= 0) throw new IOException($"{Path} is no text; export it as CSV or JSON lines");
        if (first.TrimStart((byte)' ') is [(byte)'[', ..] && first.TrimStart(" [\t"u8) is [] or [(byte)'{', ..])
            throw new IOException($"{Path} is one JSON array; write an object a line, as 'jq -c .[]' does");
    }

    void Begin(FileSourceOptions options, IReadOnlyList<string> wanted)
    {
        var framed = Records.Peek(out var first);
        while (framed == Framed.Record && first.Trim(" \t"u8).IsEmpty)
        {
            Records.Skip();
            framed = Records.Peek(out first);
        }

        if (framed == Framed.End) return;
        RefuseOther(first);
        if (framed != Framed.Record) throw new InvalidDataException($"its first line is longer than {RecordReader.LongestRecord} bytes");
        if (options.Format == FileFormat.JsonLines || options.Format == FileFormat.Auto && first.TrimStart((byte)' ') is [(byte)'{', ..])
        {
            Row = new JsonRow(wanted);
            return;
        }

        var delimiter = options.DelimiterByte ?? CsvRecord.Detect(first);
        Records.Delimiter = delimiter;
        var fields = new CsvRecord(delimiter);
        if (Records.Peek(out first) != Framed.Record || !fields.Split(first)) throw new InvalidDataException("the quotes of its first line do not match");
        var names = new string[fields.Count];
        var unnamed = 0;
        for (var column = 0; column < names.Length; column++)
            names[column] = options.HasHeader ? Encoding.UTF8.GetString(fields.Field(first, column)).Trim() : $"{column + 1}";
        if (options.HasHeader)
        {
            Records.Skip();
            // R writes no name above its row numbers: the header is then one name shorter than every row.
            if (Records.Peek(out var second) == Framed.Record && fields.Split(second) && fields.Count == names.Length + 1 && !fields.IsEmptyFrom(names.Length)) unnamed = 1;
        }

        Names = names;
        Row = new CsvRow(wanted, names, unnamed, delimiter, options.Decimal ?? DecimalMark.Point);
    }
}
