using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace StreamEdge;

// The side of the log that faces the disk: everything here is done under _writing.
public sealed partial class SegmentLog
{
    const int Tries = 2; // a disk that refuses two files in a row is broken, and that is for the caller to say

    // Frames that are not on the disk for sure; of their bytes, the first _written are in the file.
    ByteBuffer _unsynced = new();
    Segment? _segment;
    StoredFile? _file;
    bool _unnamed, _isUncertain;
    int _written, _unwritten;
    long _durable;

    /// <summary>Hands all that was appended to the system, and where it is asked for to the disk; once more in a new file where that fails.</summary>
    void Persist(Func<bool> durably)
    {
        if (_isUncertain) throw new IOException($"{Path.Combine(_files.Place, _options.Name)}: entries could not be taken back; it must be opened anew");
        Take();
        for (var tries = 1; ; tries++)
        {
            try
            {
                WriteOut();
                if (durably()) Settle();
                return;
            }
            catch (GivenUpException error)
            {
                if (tries == Tries) ExceptionDispatchInfo.Throw(error.InnerException!);
            }
        }
    }

    /// <summary>Takes over what was appended.</summary>
    void Take()
    {
        lock (_appending)
        {
            if (_unsynced.Length == 0) (_pending, _unsynced) = (_unsynced, _pending);
            else
            {
                _unsynced.Write(_pending.Written);
                _pending.CutTo(0);
            }

            Written(_written);
        }
    }

    /// <summary>Hands all frames to the system, each generation in files of its own.</summary>
    void WriteOut()
    {
        while (_written < _unsynced.Length)
        {
            var first = Frame.Sequence(_unsynced.Written[_written..]);
            var (generation, end) = Planned(first);
            if (_segment is not null && _segment.Generation != generation)
            {
                Settle(); // so that at most one file holds frames that are not on the disk
                Close();
            }

            if (_file is null) Begin(first, generation);
            var to = SealUpTo(end);
            try
            {
                _file!.Append(_unsynced.Written[_written..to]);
            }
            catch (IOException error) when (error is not DiskFullException)
            {
                GiveUp(error);
            }

            Written(to);
            _segments.Grow(_segment!, _file!.Length);
        }
    }

    (long Generation, long End) Planned(long sequence)
    {
        lock (_appending)
        {
            while (_plan.Count > 1 && _plan[1].First <= _durable) _plan.RemoveAt(0);
            var at = _plan.FindLastIndex(p => p.First <= sequence);
            return (_plan[at].Generation, at + 1 < _plan.Count ? _plan[at + 1].First : long.MaxValue);
        }
    }

    int SealUpTo(long sequence)
    {
        var frames = _unsynced.Written;
        var at = _written;
        while (at < frames.Length && Frame.Sequence(frames[at..]) < sequence)
        {
            var frame = frames.Slice(at, Frame.Bytes(frames[at..]));
            Frame.Seal(frame, _segment!.Number);
            at += frame.Length;
        }

        return at;
    }

    void Begin(long first, long generation)
    {
        var number = _segments.LastNumber + 1;
        var segment = new Segment(Segment.NameOf(_options.Name, number), number, generation, first) { Bytes = Segment.HeaderBytes };
        var file = _files.Create(segment.Name);
        try
        {
            Span<byte> header = stackalloc byte[Segment.HeaderBytes];
            segment.WriteHeader(header);
            file.Append(header);
        }
        catch (IOException)
        {
            file.Dispose();
            _segments.Remove(segment);
            throw;
        }

        _segments.Add(segment);
        (_segment, _file, _unnamed) = (segment, file, true);
    }

    /// <summary>Brings what is in the file to the disk, and forgets it.</summary>
    void Settle()
    {
        if (_file is null || (_written == 0 && !_unnamed)) return;
        try
        {
            _file.Sync();
            if (_unnamed) _files.SyncFolder();
        }
        catch (IOException error)
        {
            GiveUp(error);
        }

        _unnamed = false;
        _segments.Extend(_segment!, _file.Length);
        if (_written == 0) return;
        var last = 0;
        for (var at = 0; at < _written; at += Frame.Bytes(_unsynced.Written[at..])) last = at;
        Volatile.Write(ref _durable, Frame.Sequence(_unsynced.Written[last..]) + 1);
        _unsynced.RemoveFirst(_written);
        Written(0);
    }

    void Written(int bytes)
    {
        _written = bytes;
        Volatile.Write(ref _unwritten, _unsynced.Length - bytes);
    }

    /// <summary>The file is never written again: the system may have thrown away what it could not write, and says so only once.</summary>
    [DoesNotReturn]
    void GiveUp(IOException error)
    {
        Debug.Assert(_segment is not null);
        Failures++;
        _options.Notice?.Invoke($"{error.Message}; what was not safe there is written to a new file");
        var segment = _segment;
        Close();
        if (segment.Readable == 0) _segments.Remove(segment); // nothing in it is on the disk for sure
        throw new GivenUpException(error);
    }

    void Close()
    {
        _file?.Dispose();
        (_file, _segment, _unnamed) = (null, null, false);
        Written(0);
    }

    /// <summary>What the program before this one wrote and did not sync is in the system's memory only, yet will be read and believed.</summary>
    void Secure(Segment last)
    {
        try
        {
            using var file = _files.Open(last.Name);
            file.Sync();
            _files.SyncFolder();
        }
        catch (IOException error)
        {
            Failures++;
            _options.Notice?.Invoke($"{error.Message}; it is written to a new file");
            var scan = new FrameScan();
            using var file = _files.Open(last.Name);
            scan.Begin(file, last.Number, last.First);
            while (scan.Next(last.Readable)) _unsynced.Write(scan.Sound);
            _plan.Add((last.First, last.Generation));
            _durable = last.First;
        }
    }

    sealed class GivenUpException(IOException error) : IOException(error.Message, error);
}
