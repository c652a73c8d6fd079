using System.Buffers.Binary;

namespace StreamEdge;

/// <summary>
/// Batches that wait to be sent, in a log of their own. Every entry begins with its stamp (8 bytes) and the number of the
/// input it came by (1). Nothing here is thread-safe: the outbox has the lock.
/// </summary>
sealed class OutboxLane : IDisposable
{
    const byte Definitions = 1, Rows = 2;
    const int PrefixBytes = 9;

    readonly FileStore _files;
    readonly SegmentLog _log;
    readonly int _segmentBytes;
    readonly BatchEncoder[] _encoders;
    readonly BatchDecoder[] _decoders;
    readonly List<Piece> _pieces = []; // with what is unread; as many as files
    readonly ByteBuffer _entry = new(), _definitions = new(), _defining = new();
    LogReader _reader;
    long _position, _sent, _saved, _kept, _trim;
    bool _isAtEntry;

    public OutboxLane(FileStore files, string name, long mostBytes, IReadOnlyList<Schema> inputs, Action<string> notice)
    {
        _files = files;
        _segmentBytes = (int)Math.Clamp(mostBytes / 8, 64 * 1024, 16 * 1024 * 1024);
        _log = new SegmentLog(files, new() { Name = name, SegmentBytes = _segmentBytes, MostBytes = long.MaxValue, Notice = notice });
        _encoders = [.. inputs.Select(schema => new BatchEncoder(schema))];
        _decoders = [.. inputs.Select(schema => new BatchDecoder(schema))];
        _reader = _log.Read(_position = Cursor = _sent = _log.FirstSequence);
    }

    /// <summary>All before this sequence is delivered, and known to be by the stage.</summary>
    public long Cursor { get; private set; }

    /// <summary>The sequence of the next entry.</summary>
    public long Next => _log.NextSequence;

    /// <summary>Bytes on the disk, also of what is delivered and not yet given up.</summary>
    public long Bytes => _log.Bytes;

    /// <summary>The stamp of the oldest batch that waits; <see cref="long.MaxValue"/> where none does.</summary>
    public long Oldest => _pieces.Count == 0 ? long.MaxValue : _pieces[0].Oldest;

    /// <summary>The stamp of the newest batch in the oldest file; <see cref="long.MaxValue"/> where nothing waits.</summary>
    public long OldestFile => _pieces.Count == 0 ? long.MaxValue : _pieces[0].Newest;

    /// <summary>Takes up where an earlier run was: everything behind NEXT comes again.</summary>
    public void Restore(long cursor, long next)
    {
        _log.TruncateAfter(next - 1);
        _log.SkipTo(next);
        _position = Cursor = _sent = _saved = cursor;
    }

    /// <summary>Looks what waits behind the cursor; how many rows, and the newest stamp.</summary>
    public (long Rows, long Newest) Recover()
    {
        var (rows, newest) = (0L, 0L);
        using (var reader = _log.Read(Cursor))
        {
            while (reader.Next())
            {
                if (reader.Kind != Rows) continue;
                var encoded = reader.Payload[PrefixBytes..];
                newest = StampOf(reader.Payload);
                rows += BatchDecoder.RowsOf(encoded);
                Count(BatchDecoder.GenerationOf(encoded), reader.Sequence, BatchDecoder.RowsOf(encoded), newest);
            }
        }

        ReadFrom(_position);
        return (rows, newest);
    }

    /// <summary>Adds a batch. False where it takes more room than there is.</summary>
    /// <exception cref="IOException">The batch was not taken: the disk is full, or does not work.</exception>
    public bool TryAppend(Batch batch, int input, long stamp, long room)
    {
        while (true)
        {
            var generation = _log.Generation;
            Begin(_entry, input, stamp);
            _encoders[input].Encode(batch, generation, _entry, _definitions);
            Begin(_defining, input, stamp);
            _defining.Write(_definitions.Written);
            var bytes = _entry.Length + _defining.Length + 2 * Frame.HeaderBytes + Segment.HeaderBytes;
            if (bytes > room) return false;
            // They stand behind the batch as well, so that they may be left out where both would never fit one file.
            if (_definitions.Length > 0 && bytes <= _segmentBytes && !_log.TryAppend(generation, Definitions, _defining.Written, out _)) continue;
            if (!_log.TryAppend(generation, Rows, _entry.Written, out var sequence)) continue;
            _encoders[input].Keep();
            Count(generation, sequence, batch.Count, stamp);
            return true;
        }
    }

    public void Sync() => _log.Sync();

    /// <summary>Lets the next batch begin a new file where the oldest of this one is older than that.</summary>
    public void BeginFile(long before)
    {
        if (_pieces.Count > 0 && _pieces[^1].Oldest < before) _log.BeginFile();
    }

    /// <summary>The stamp of the next batch. False where none can be read; LOST rows are then known to be damaged.</summary>
    public bool TryPeek(out long stamp, out long lost)
    {
        (stamp, lost) = (0, 0);
        while (!_isAtEntry)
        {
            if (!_reader.Next())
            {
                if (_reader.Expected >= _log.NextSequence) lost = Forget(_pieces.Count);
                return false;
            }

            var input = _reader.Payload[8];
            var held = _reader.Payload[PrefixBytes..];
            if (_reader.Sequence >= _position && _reader.Kind == Rows) _isAtEntry = true;
            else if (input >= _decoders.Length) continue;
            else if (_reader.Kind == Definitions) _decoders[input].Define(held);
            else _decoders[input].Pass(held);
        }

        stamp = StampOf(_reader.Payload);
        return true;
    }

    /// <summary>Takes the batch that was peeked at; null where this run has no place for it.</summary>
    /// <param name="pool">Where it comes from.</param>
    /// <param name="rows">The rows that wait no more.</param>
    public Batch? Take(BatchPool pool, out long rows)
    {
        (_isAtEntry, _position) = (false, _reader.Sequence + 1);
        var input = _reader.Payload[8];
        var encoded = _reader.Payload[PrefixBytes..];
        var generation = BatchDecoder.GenerationOf(encoded);
        rows = BatchDecoder.RowsOf(encoded);
        var damaged = Forget(_pieces.FindIndex(p => p.Generation == generation)); // what is left of earlier files
        _pieces[0].Rows -= rows;
        _pieces[0].Oldest = StampOf(_reader.Payload);
        rows += damaged;
        if (_pieces[0].Rows == 0) Forget(1);
        return input < _decoders.Length ? _decoders[input].Decode(encoded, pool) : null;
    }

    /// <summary>Gives up the oldest file with what waits in it, and returns how many rows that was; null where nothing waits.</summary>
    public long? Shed()
    {
        if (_pieces.Count == 0) return null;
        _log.Sync();
        if (_pieces.Count > 1) _log.TrimBefore(_pieces[1].First);
        else
        {
            var next = _log.NextSequence;
            _log.TruncateAfter(_pieces[0].First - 1);
            _log.SkipTo(next); // the checkpoint knows the numbers
        }

        var rows = Forget(1);
        ReadFrom(Math.Max(_position, _pieces.Count > 0 ? _pieces[0].First : _log.NextSequence));
        return rows;
    }

    /// <summary>What was taken so far is delivered.</summary>
    public void Sent() => _sent = _position;

    /// <summary>The stage knows of what is delivered.</summary>
    public void Settle() => Cursor = _sent;

    /// <summary>The cursor goes into a checkpoint.</summary>
    public void Save() => _saved = Cursor;

    /// <summary>The checkpoint is on the disk; the one before may still be needed.</summary>
    public void Kept() => (_trim, _kept) = (_kept, _saved);

    /// <summary>Gives up what no checkpoint needs; with all, what is delivered.</summary>
    public void Trim(bool all)
    {
        var before = all ? Cursor : _trim;
        if (before > _log.FirstSequence) _log.TrimBefore(before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _log.Dispose();
        _entry.Dispose();
        _definitions.Dispose();
        _defining.Dispose();
    }

    static long StampOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt64LittleEndian(entry);

    static void Begin(ByteBuffer entry, int input, long stamp)
    {
        entry.CutTo(0);
        BinaryPrimitives.WriteInt64LittleEndian(entry.Room(PrefixBytes), stamp);
        entry.Room(PrefixBytes)[8] = checked((byte)input);
        entry.Advance(PrefixBytes);
    }

    void Count(long generation, long sequence, int rows, long stamp)
    {
        if (_pieces.Count == 0 || _pieces[^1].Generation != generation) _pieces.Add(new(generation, sequence) { Oldest = stamp });
        _pieces[^1].Rows += rows;
        _pieces[^1].Newest = stamp;
    }

    /// <summary>Forgets the oldest files, and returns how many rows still waited in them.</summary>
    long Forget(int pieces)
    {
        var rows = 0L;
        for (var at = 0; at < pieces; at++) rows += _pieces[at].Rows;
        _pieces.RemoveRange(0, pieces);
        return rows;
    }

    void ReadFrom(long position)
    {
        _reader.Dispose();
        _reader = new LogReader(_files, _log, _position = position, whole: true);
        _isAtEntry = false;
    }

    /// <summary>A file of the log, as far as it is not read.</summary>
    sealed class Piece(long generation, long first)
    {
        public long Generation { get; } = generation;

        public long First { get; } = first;

        public long Rows { get; set; }

        public long Oldest { get; set; }

        public long Newest { get; set; }
    }
}
