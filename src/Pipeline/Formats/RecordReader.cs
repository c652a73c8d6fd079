namespace StreamEdge;

/// <summary>What a <see cref="RecordReader"/> has found.</summary>
public enum Framed
{
    /// <summary>A whole record.</summary>
    Record,

    /// <summary>A line longer than <see cref="RecordReader.LongestRecord"/>; counted as <c>too_long</c>.</summary>
    TooLong,

    /// <summary>A line with a quote that nothing closes; counted as <c>malformed</c>. Reading goes on at the next line.</summary>
    Unclosed,

    /// <summary>The stream has ended.</summary>
    End,
}

/// <summary>
/// Reads a stream record by record: lines, or CSV records, whose quoted fields may hold newlines. LF or CR LF; the last
/// one may lack it; a byte order mark at the beginning is skipped. Reads in large blocks and hands out spans of them.
/// </summary>
/// <param name="stream">What it reads; not closed by it.</param>
/// <param name="block">Bytes that it reads at once.</param>
public sealed class RecordReader(Stream stream, int block = 128 * 1024)
{
    /// <summary>Most bytes of a record.</summary>
    public const int LongestRecord = 1024 * 1024;

    byte[] _bytes = new byte[block];
    int _from, _until;
    int _length; // of the record that Peek found, with its line end
    int _lines = 1; // that it has
    bool _cut; // the line that Peek found goes on behind what is in memory
    bool _ended;

    /// <summary>The delimiter of CSV; null where quotes mean nothing. May be set once the first line has been looked at.</summary>
    public byte? Delimiter { get; set; }

    /// <summary>Called when the stream has ended, before the last record is handed out: may refuse it as incomplete.</summary>
    public Action<long>? Ended { get; init; }

    /// <summary>Bytes of the stream before the next record.</summary>
    public long Offset { get; private set; }

    /// <summary>The line of the stream on which the next record begins, counted from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Finds the next record, without taking it.</summary>
    /// <param name="record">The record, without its line end; of a line that is none, its beginning. Good until the next call.</param>
    public Framed Peek(out ReadOnlySpan<byte> record)
    {
        record = default;
        _lines = 1;
        if (Offset == 0) SkipMark();

        while (true)
        {
            var unread = _bytes.AsSpan(_from, _until - _from);
            var end = unread.IndexOf((byte)'\n');
            var line = end < 0 ? unread : unread[..end];
            var open = false;
            if (Delimiter is { } parted && line.Contains((byte)'"'))
            {
                var whole = CsvRecord.End(unread, parted);
                open = whole < 0;
                _lines = whole > line.Length ? 1 + unread[..whole].Count((byte)'\n') : 1;
                if (!open) end = whole < unread.Length ? whole : -1;
            }

            if (end >= 0 && !open) return Found(unread[..end], end + 1, out record);
            if (_ended)
            {
                if (unread.IsEmpty) return Framed.End;
                if (!open) return Found(unread, unread.Length, out record);
                record = line;
                _length = end < 0 ? unread.Length : end + 1;
                return Framed.Unclosed;
            }

            if (unread.Length > LongestRecord)
            {
                // A long line is cut here, and thrown away up to its end. An open quote costs its own line only.
                record = line;
                _length = end < 0 ? unread.Length : end + 1;
                _cut = end < 0;
                return end < 0 ? Framed.TooLong : Framed.Unclosed;
            }

            Fill();
        }
    }

    /// <summary>Takes the record that <see cref="Peek"/> found; of a line that was too long, all of it.</summary>
    public void Skip()
    {
        if (_length > 0) Line += _lines;
        Advance(_length);
        while (_cut)
        {
            if (_from == _until) Fill();
            var unread = _bytes.AsSpan(_from, _until - _from);
            var end = unread.IndexOf((byte)'\n');
            _cut = end < 0 && !_ended;
            Advance(end < 0 ? unread.Length : end + 1);
        }
    }

    /// <summary>Goes on to a place further on, which <see cref="Offset"/> and <see cref="Line"/> gave; false where the stream is shorter.</summary>
    public bool SkipTo(long offset, long line)
    {
        Line = line;
        if (stream.CanSeek)
        {
            if (offset > stream.Length) return false;
            stream.Position = Offset = offset;
            (_from, _until, _length) = (0, 0, 0);
            return true;
        }

        while (Offset < offset)
        {
            if (_from == _until) Fill();
            if (_from == _until) return false;
            Advance((int)Math.Min(_until - _from, offset - Offset));
        }

        return true;
    }

    Framed Found(ReadOnlySpan<byte> line, int length, out ReadOnlySpan<byte> record)
    {
        record = line is [.., (byte)'\r'] ? line[..^1] : line;
        _length = length;
        return record.Length > LongestRecord ? Framed.TooLong : Framed.Record;
    }

    void SkipMark()
    {
        while (_until - _from < 3 && !_ended) Fill();
        if (!_bytes.AsSpan(_from, _until - _from).StartsWith("\uFEFF"u8)) return;
        Advance(3);
    }

    void Advance(int length)
    {
        _from += length;
        Offset += length;
        _length = 0;
    }

    void Fill()
    {
        if (_from > 0)
        {
            _bytes.AsSpan(_from, _until - _from).CopyTo(_bytes);
            (_from, _until) = (0, _until - _from);
        }

        if (_until == _bytes.Length) Array.Resize(ref _bytes, 2 * _bytes.Length);
        var read = stream.Read(_bytes.AsSpan(_until));
        _until += read;
        if (read > 0) return;
        _ended = true;
        Ended?.Invoke(Offset + _until - _from);
    }
}
