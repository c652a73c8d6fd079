namespace StreamEdge;

/// <summary>
/// Entries in the order they were appended, each with a sequence number, in files that are only appended to. What
/// <see cref="Sync"/> has returned for survives kill -9 and power cut. Rules that hold whatever happens:
/// a frame is delivered whole and unchanged or not at all; sequences rise; a file that was found at the start, or whose
/// sync failed, is never written again; frames stay in memory until they are synced, so that a failed sync loses none.
/// <para>
/// Threads: <see cref="Append"/> may be called by many, also while <see cref="Sync"/> waits for the disk (group
/// commit). Locks are taken in the order writing, appending.
/// </para>
/// </summary>
public sealed partial class SegmentLog : IDisposable
{
    readonly Lock _writing = new(), _appending = new();
    readonly FileStore _files;
    readonly SegmentLogOptions _options;
    readonly SegmentList _segments;

    // Under _appending.
    readonly List<(long First, long Generation)> _plan = [];
    ByteBuffer _pending = new();
    long _next, _generation, _planned;

    /// <summary>Opens the log of a folder, or begins one.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote it. Nothing has been touched.</exception>
    public SegmentLog(FileStore files, SegmentLogOptions? options = null)
    {
        (_files, _options) = (files, options ?? new());
        _segments = new SegmentList(files, _options.Name);
        _segments.Recover();
        _next = _durable = _segments.Next;
        var generation = _segments.Last?.Generation ?? 0;
        if (_segments.Last is { } last) Secure(last);
        _generation = Math.Max(generation, _segments.LastNumber) + 1; // of no earlier start, for each has had a file with its number
        _plan.Add((_next, _generation));
        if (_unsynced.Length > 0) Sync();
    }

    /// <summary>Bytes of the files and of what waits to be written.</summary>
    public long Bytes
    {
        get
        {
            lock (_appending) return Held;
        }
    }

    /// <summary>The sequence of the first entry that may still be there.</summary>
    public long FirstSequence => _segments.First ?? _durable;

    /// <summary>The sequence of the next entry.</summary>
    public long NextSequence
    {
        get
        {
            lock (_appending) return _next;
        }
    }

    /// <summary>All entries before this sequence are on the disk.</summary>
    public long DurableSequence => Volatile.Read(ref _durable);

    /// <summary>What an entry may refer to: those of its own generation. They are kept and given up together.</summary>
    public long Generation
    {
        get
        {
            lock (_appending) return _generation;
        }
    }

    /// <summary>How often the disk failed to write or to sync, and a new file was begun.</summary>
    public long Failures { get; private set; }

    /// <summary>Whether the log ended in bytes that were no entry when it was opened: what a power cut leaves of a write.</summary>
    public bool WasTorn => _segments.IsTorn;

    internal SegmentList Segments => _segments;

    long Held => _segments.Bytes + _pending.Length + Volatile.Read(ref _unwritten);

    /// <summary>Adds an entry, in memory, and returns its sequence.</summary>
    /// <exception cref="DiskFullException">The entry was not taken: the disk is full, or the log is at <see cref="SegmentLogOptions.MostBytes"/>.</exception>
    /// <exception cref="IOException">The entry was not taken: the disk does not work.</exception>
    public long Append(byte kind, ReadOnlySpan<byte> payload)
    {
        long sequence;
        while (!TryAppend(Generation, kind, payload, out sequence)) { }
        return sequence;
    }

    /// <summary>Adds an entry that refers to others of this generation. False where there is no room left in it: a new one has begun.</summary>
    /// <inheritdoc cref="Append" path="/exception"/>
    public bool TryAppend(long generation, byte kind, ReadOnlySpan<byte> payload, out long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, Frame.MostPayload);
        var bytes = Frame.HeaderBytes + payload.Length;
        while (true)
        {
            lock (_appending)
            {
                if (_planned > 0 && _planned + bytes > _options.SegmentBytes) BeginGeneration();
                sequence = _next;
                if (generation != _generation) return false;
                if (Held + bytes > _options.MostBytes)
                    throw new DiskFullException($"{Path.Combine(_files.Place, _options.Name)} holds the {_options.MostBytes:N0} bytes that it may");
                // What the disk does not take must not pile up in memory.
                var waiting = Volatile.Read(ref _unwritten);
                if (waiting + _pending.Length == 0 || (waiting <= _options.PendingBytes && _pending.Length + bytes <= _options.PendingBytes))
                {
                    Frame.Write(_pending.Room(bytes), kind, sequence, payload);
                    _pending.Advance(bytes);
                    _planned += bytes;
                    _next++;
                    return true;
                }
            }

            lock (_writing) Persist(() => _unsynced.Length > _options.UnsyncedBytes);
        }
    }

    /// <summary>Brings all that was appended to the disk. Returns the sequence before which all is there.</summary>
    /// <exception cref="DiskFullException">There is no room; call again when there is.</exception>
    /// <exception cref="IOException">The disk does not work. Nothing is lost yet: what it did not take is still in memory.</exception>
    public long Sync()
    {
        lock (_writing)
        {
            Persist(() => true);
            return _durable;
        }
    }

    /// <summary>Reads the entries from a sequence on. It sees what is synced; at the end it can be asked again later.</summary>
    public LogReader Read(long fromSequence) => new(_files, this, fromSequence);

    /// <summary>Removes the files that hold only entries before a sequence. The newest generation stays.</summary>
    public void TrimBefore(long sequence)
    {
        lock (_writing)
        {
            foreach (var segment in _segments.Before(Math.Min(sequence, _durable)))
                if (segment != _segment) _segments.Remove(segment);
        }
    }

    /// <summary>Makes all entries behind a sequence void, on the disk too. Not to be called while others append.</summary>
    /// <exception cref="IOException">The disk does not work. Whether the entries are still there only a new start can tell; until then the log takes no more.</exception>
    public void TruncateAfter(long sequence)
    {
        Sync();
        lock (_writing)
        {
            if (sequence + 1 >= _next) return;
            Close();
            long generation;
            lock (_appending)
            {
                BeginGeneration();
                generation = _generation;
            }

            // One step: a segment that begins before the end of an earlier one makes the rest of that one void.
            _isUncertain = true;
            Begin(sequence + 1, generation);
            Settle();
            _isUncertain = false;
            lock (_appending)
            {
                _next = sequence + 1;
                _plan.Clear();
                _plan.Add((_next, generation));
            }

            Volatile.Write(ref _durable, sequence + 1);
            foreach (var segment in _segments.Void()) _segments.Remove(segment);
        }
    }

    /// <summary>Numbers the next entry no lower than this: where another file remembers entries that this log has lost, their numbers must not come again.</summary>
    public void SkipTo(long sequence)
    {
        Sync();
        lock (_writing)
        {
            lock (_appending)
            {
                if (sequence <= _next) return;
                _next = sequence;
                BeginGeneration();
            }

            Volatile.Write(ref _durable, sequence);
        }
    }

    /// <summary>Lets the next entry begin a new file, so that what is there can be given up without it.</summary>
    public void BeginFile()
    {
        lock (_appending)
        {
            if (_planned > 0) BeginGeneration();
        }
    }

    /// <summary>Closes the files. What was not synced may be lost.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            Close();
            _pending.Dispose();
            _unsynced.Dispose();
        }
    }

    void BeginGeneration()
    {
        _planned = 0;
        _plan.Add((_next, ++_generation));
    }
}
