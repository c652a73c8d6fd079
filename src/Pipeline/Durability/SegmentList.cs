namespace StreamEdge;

/// <summary>
/// The segments of a log, oldest first. One thread adds and removes, others read: a lock that nobody holds while the disk works.
/// </summary>
sealed class SegmentList(FileStore files, string log)
{
    readonly Lock _looking = new();
    readonly List<Segment> _segments = [];

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; private set; }

    /// <summary>The highest number that a file had.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Behind the highest sequence that was found.</summary>
    public long Next { get; private set; }

    /// <summary>Whether bytes that are no frame, as of a write that a power cut has torn, lay behind the last frame.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>The newest segment; null where there is none.</summary>
    public Segment? Last => _segments.Count == 0 ? null : _segments[^1];

    /// <summary>The first sequence of the oldest segment; null where there is none.</summary>
    public long? First
    {
        get
        {
            lock (_looking) return _segments.Count == 0 ? null : _segments[0].First;
        }
    }

    /// <summary>Looks what is there.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote a segment. Nothing has been touched.</exception>
    public void Recover()
    {
        var found = files.Names().Select(name => (Name: name, Number: Segment.NumberOf(log, name))).Where(f => f.Number >= 0).OrderBy(f => f.Number).ToList();
        var scan = new FrameScan();
        var empty = new List<string>();
        foreach (var (name, number) in found)
        {
            using var file = files.Open(name);
            if (Read(file, name, number, scan) is { } segment) Add(segment);
            else empty.Add(name);
            LastNumber = number;
        }

        // Only now: a newer format may have shown itself behind them.
        foreach (var name in empty) TryRemove(name);
        if (Last is { } last) FindEnd(last, scan);
    }

    public void Add(Segment segment)
    {
        lock (_looking)
        {
            LastNumber = segment.Number;
            Bytes += segment.Bytes;
            _segments.Add(segment);
            FindEnds();
        }
    }

    /// <summary>Says how far a segment can be read.</summary>
    public void Extend(Segment segment, long readable)
    {
        lock (_looking) segment.Readable = readable;
    }

    public void Grow(Segment segment, long bytes)
    {
        lock (_looking)
        {
            Bytes += bytes - segment.Bytes;
            segment.Bytes = bytes;
        }
    }

    /// <summary>The oldest segments that a reader from this sequence on can do without.</summary>
    public List<Segment> Before(long sequence)
    {
        lock (_looking) return _segments[..StartOf(sequence)];
    }

    /// <summary>The segments that a truncation has made void.</summary>
    public List<Segment> Void()
    {
        lock (_looking) return _segments.FindAll(s => s.First >= s.End);
    }

    public void Remove(Segment segment)
    {
        TryRemove(segment.Name);
        lock (_looking)
        {
            if (!_segments.Remove(segment)) return;
            Bytes -= segment.Bytes;
            FindEnds();
        }
    }

    /// <summary>The segment where a reader from this sequence on begins: the first of its generation, so that it meets all that its entries refer to.</summary>
    public Segment? StartAt(long sequence)
    {
        lock (_looking) return _segments.Count == 0 ? null : _segments[StartOf(sequence)];
    }

    /// <summary>The next segment; null behind the newest.</summary>
    public Segment? Behind(Segment segment)
    {
        lock (_looking) return _segments.Find(s => s.Number > segment.Number);
    }

    /// <summary>How far a segment can be read, and the sequence where it ends.</summary>
    public (long Readable, long End) Extent(Segment segment)
    {
        lock (_looking) return (segment.Readable, segment.End);
    }

    int StartOf(long sequence)
    {
        var start = 0;
        for (var at = 1; at < _segments.Count && _segments[at].First <= sequence; at++)
            if (_segments[at].Generation != _segments[at - 1].Generation) start = at;
        return start;
    }

    void FindEnds()
    {
        var end = long.MaxValue;
        for (var at = _segments.Count - 1; at >= 0; at--) (_segments[at].End, end) = (end, Math.Min(end, _segments[at].First));
    }

    Segment? Read(StoredFile file, string name, long number, FrameScan scan)
    {
        if (file.Length == 0) return null; // a power cut between its name and its first bytes
        var header = Segment.ReadHeader(file);
        if (header is { Format: > Segment.Format and var format })
            throw new InvalidDataException($"{Path.Combine(files.Place, name)} was written by a newer StreamEdge (format {format}, this one reads {Segment.Format}); nothing was touched: run the newer one, or move the folder away");
        var first = header?.First ?? -1;
        var generation = header?.Generation ?? Last?.Generation ?? number;
        if (header is null)
        {
            // The header is damaged, but each frame says what it is.
            scan.Begin(file, number, 0);
            if (!scan.Next(file.Length)) return null;
            first = Frame.Sequence(scan.Sound);
        }

        return new(name, number, generation, first) { Readable = file.Length, Bytes = file.Length };
    }

    void FindEnd(Segment last, FrameScan scan)
    {
        using var file = files.Open(last.Name);
        scan.Begin(file, last.Number, last.First);
        Next = last.First;
        while (scan.Next(file.Length)) Next = Frame.Sequence(scan.Sound) + 1;
        IsTorn = scan.At < file.Length;
        last.Readable = scan.At;
    }

    void TryRemove(string name)
    {
        try
        {
            files.Remove(name);
        }
        catch (IOException)
        {
            // It is looked at again, and found to be of no use again, at the next start.
        }
    }
}
