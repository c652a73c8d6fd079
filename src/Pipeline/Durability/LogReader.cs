namespace StreamEdge;

/// <summary>
/// Reads a log forward, from a sequence on. Its buffer is used again, so an entry is valid until the next. What is
/// damaged or gone is left out and counted by the gap in the sequences.
/// </summary>
public sealed class LogReader : IDisposable
{
    readonly FileStore _files;
    readonly SegmentLog _log;
    readonly FrameScan _scan = new();
    readonly long _from;
    Segment? _segment;
    StoredFile? _file;
    long _seen = -1;

    internal LogReader(FileStore files, SegmentLog log, long from, bool whole = false)
    {
        (_files, _log, _from, Expected) = (files, log, from, from);
        IsWhole = whole;
    }

    /// <summary>The sequence that the next entry has, where none is missing.</summary>
    public long Expected { get; private set; }

    /// <summary>Entries that were appended and are not there any more: damaged, or in a file that is gone.</summary>
    public long Skipped { get; private set; }

    /// <summary>The entry's sequence.</summary>
    public long Sequence { get; private set; }

    /// <summary>The entry's kind.</summary>
    public byte Kind => Frame.Kind(_scan.Sound);

    /// <summary>What the entry holds, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Payload => _scan.Sound[Frame.HeaderBytes..];

    /// <summary>Whether it also gives the entries of the same generation before the first, which that one may refer to.</summary>
    bool IsWhole { get; }

    /// <summary>Goes to the next entry. False where there is none yet.</summary>
    public bool Next()
    {
        while (true)
        {
            if (_file is null && !Open()) return AtEnd();
            var (readable, end) = _log.Segments.Extent(_segment!);
            if (_scan.Next(readable) && Frame.Sequence(_scan.Sound) < end)
            {
                if (!IsNext(Frame.Sequence(_scan.Sound))) continue;
                return true;
            }

            if (_log.Segments.Behind(_segment!) is null) return AtEnd();
            if (_log.Segments.Extent(_segment!).Readable == readable) Close(); // else it grew meanwhile
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    bool IsNext(long sequence)
    {
        if (sequence <= _seen || (sequence < _from && !IsWhole)) return false;
        _seen = Sequence = sequence;
        if (sequence < Expected) return true;
        Skipped += sequence - Expected;
        Expected = sequence + 1;
        return true;
    }

    /// <summary>What is durable and did not come was lost behind the last entry that did.</summary>
    bool AtEnd()
    {
        var missing = Math.Max(0, _log.DurableSequence - Expected);
        Skipped += missing;
        Expected += missing;
        return false;
    }

    bool Open()
    {
        var segments = _log.Segments;
        for (var next = _segment is null ? segments.StartAt(_from) : segments.Behind(_segment); next is not null; next = segments.Behind(next))
        {
            _segment = next;
            try
            {
                _file = _files.Open(next.Name);
            }
            catch (FileNotFoundException)
            {
                continue; // removed meanwhile; the gap is counted
            }

            _scan.Begin(_file, next.Number, next.First);
            return true;
        }

        return false;
    }

    void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
