namespace StreamEdge;

/// <summary>Goes through the sound frames of a segment; where one is damaged, it looks for the next at every byte behind its begin.</summary>
sealed class FrameScan
{
    const int MostAhead = 64 * 1024;

    byte[] _buffer = [];
    StoredFile? _file;
    long _number, _from, _least;
    int _filled, _frame;

    /// <summary>Behind the last sound frame.</summary>
    public long At { get; private set; }

    /// <summary>The last sound frame, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Sound => _buffer.AsSpan(0, _filled).Slice((int)(At - _frame - _from), _frame);

    /// <summary>Begins at the first frame of a segment.</summary>
    /// <param name="file">Its file, which stays the caller's.</param>
    /// <param name="number">Its number.</param>
    /// <param name="least">What claims to be a frame of a lower sequence is none; from the first frame on, they rise.</param>
    public void Begin(StoredFile file, long number, long least)
    {
        (_file, _number, _least) = (file, number, least);
        (_from, _filled, _frame, At) = (0, 0, 0, Segment.HeaderBytes);
        if (_buffer.Length < MostAhead) _buffer = new byte[Math.Min(MostAhead, Math.Max(4096, file.Length))];
    }

    /// <summary>Finds the next sound frame in the file's first bytes. False where there is none.</summary>
    public bool Next(long bytes)
    {
        for (var at = At; at + Frame.HeaderBytes <= bytes; at++)
        {
            var header = Window(at, Frame.HeaderBytes);
            if (header.IsEmpty) return false; // the file is shorter than it was
            var length = Frame.PayloadBytes(header);
            if ((uint)length > Frame.MostPayload || at + Frame.HeaderBytes + length > bytes || Frame.Sequence(header) < _least) continue;
            var frame = Window(at, Frame.HeaderBytes + length);
            if (frame.IsEmpty || !Frame.IsSound(frame, _number)) continue;
            (_least, _frame, At) = (Frame.Sequence(frame) + 1, frame.Length, at + frame.Length);
            return true;
        }

        return false;
    }

    /// <summary>So many bytes of the file from an offset on, read anew where they are not in the buffer; none where it ends before.</summary>
    ReadOnlySpan<byte> Window(long at, int bytes)
    {
        if (at < _from || at + bytes > _from + _filled)
        {
            if (_buffer.Length < bytes) _buffer = new byte[bytes];
            (_from, _filled) = (at, 0);
            while (_filled < bytes)
            {
                var read = _file!.Read(at + _filled, _buffer.AsSpan(_filled));
                if (read == 0) return [];
                _filled += read;
            }
        }

        return _buffer.AsSpan((int)(at - _from), bytes);
    }
}
