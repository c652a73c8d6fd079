using System.Runtime.Intrinsics;

namespace StreamEdge;

/// <summary>
/// Splits one record of a CSV file into its fields: RFC 4180 quoting, any delimiter of one byte, or runs of blanks.
/// Used again for every record; only a quoted field with doubled quotes is copied.
/// </summary>
/// <param name="delimiter">The byte between two fields; <see cref="Blanks"/> for runs of blanks and tabs.</param>
public sealed class CsvRecord(byte delimiter)
{
    /// <summary>The delimiter of files whose fields are parted by any number of blanks or tabs.</summary>
    public const byte Blanks = (byte)' ';

    /// <summary>Most fields of a record.</summary>
    public const int MostFields = 16_384;

    const byte Quote = (byte)'"';

    // Where each field is; a start below zero is ~start in _unescaped.
    int[] _starts = new int[32], _lengths = new int[32];
    byte[] _unescaped = [];
    int _unescapedUsed;

    /// <summary>How many fields the last record has.</summary>
    public int Count { get; private set; }

    /// <summary>The delimiter of a file, by its first line: a tab, semicolon, comma or bar where there is one, else blanks.</summary>
    public static byte Detect(ReadOnlySpan<byte> line)
    {
        Span<int> found = stackalloc int[4];
        var candidates = "\t;,|"u8;
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == Quote) quoted = !quoted;
            else if (!quoted && candidates.IndexOf(letter) is >= 0 and var candidate) found[candidate]++;
        }

        var first = found.IndexOfAnyExcept(0);
        return first >= 0 ? candidates[first] : line.Trim(Blanks).IndexOf(Blanks) > 0 ? Blanks : (byte)',';
    }

    /// <summary>
    /// Where the record that begins here ends: the place of its newline; the length of the text where the text ends
    /// before it, and -1 where it ends inside quotes.
    /// </summary>
    public static int End(ReadOnlySpan<byte> text, byte delimiter)
    {
        var at = 0;
        while (true)
        {
            // At the beginning of a field: only here does a quote open.
            if (delimiter == Blanks)
                while (at < text.Length && text[at] is (byte)' ' or (byte)'\t') at++;
            if (at < text.Length && text[at] == Quote)
            {
                at = Close(text, at);
                if (at < 0) return -1;
            }

            var rest = text[at..];
            var next = delimiter == Blanks ? rest.IndexOfAny((byte)' ', (byte)'\t', (byte)'\n') : rest.IndexOfAny(delimiter, (byte)'\n');
            if (next < 0) return text.Length;
            at += next;
            if (text[at] == (byte)'\n') return at;
            at++;
        }
    }

    /// <summary>Splits a record, which must stay as it is while its fields are used. False where something stands behind a closing quote, or there are too many fields.</summary>
    public bool Split(ReadOnlySpan<byte> record)
    {
        Count = 0;
        _unescapedUsed = 0;
        if (delimiter == Blanks) return SplitAtBlanks(record);
        return record.Contains(Quote) ? SplitQuoted(record) : SplitPlain(record);
    }

    /// <summary>The text of a field, without its quotes.</summary>
    /// <param name="record">The record that was split.</param>
    /// <param name="field">The field's number, from 0.</param>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> record, int field)
    {
        var start = _starts[field];
        return start >= 0 ? record.Slice(start, _lengths[field]) : _unescaped.AsSpan(~start, _lengths[field]);
    }

    /// <summary>Whether all fields from this one on are empty: trailing delimiters are no fields of their own.</summary>
    public bool IsEmptyFrom(int field)
    {
        for (; field < Count; field++)
            if (_lengths[field] > 0) return false;
        return true;
    }

    // 16 bytes at a time become 16 bits, one for each delimiter.
    bool SplitPlain(ReadOnlySpan<byte> record)
    {
        var start = 0;
        var at = 0;
        var delimiters = Vector128.Create(delimiter);
        for (; at + Vector128<byte>.Count <= record.Length; at += Vector128<byte>.Count)
        {
            var bits = Vector128.Equals(Vector128.Create(record[at..]), delimiters).ExtractMostSignificantBits();
            for (; bits != 0; bits &= bits - 1)
            {
                var end = at + System.Numerics.BitOperations.TrailingZeroCount(bits);
                if (!Add(start, end - start)) return false;
                start = end + 1;
            }
        }

        for (; at < record.Length; at++)
        {
            if (record[at] != delimiter) continue;
            if (!Add(start, at - start)) return false;
            start = at + 1;
        }

        return Add(start, record.Length - start);
    }

    bool SplitQuoted(ReadOnlySpan<byte> record)
    {
        var at = 0;
        while (true)
        {
            if (at < record.Length && record[at] == Quote)
            {
                var close = Close(record, at);
                if (close < 0 || close < record.Length && record[close] != delimiter) return false;
                if (!AddQuoted(record, at + 1, close - 1)) return false;
                at = close;
            }
            else
            {
                var length = record[at..].IndexOf(delimiter);
                if (length < 0) length = record.Length - at;
                if (!Add(at, length)) return false;
                at += length;
            }

            if (at == record.Length) return true;
            at++;
        }
    }

    bool SplitAtBlanks(ReadOnlySpan<byte> record)
    {
        for (var at = 0; ;)
        {
            while (at < record.Length && record[at] is (byte)' ' or (byte)'\t') at++;
            if (at == record.Length) return true;
            if (record[at] == Quote)
            {
                var close = Close(record, at);
                if (close < 0 || close < record.Length && record[close] is not ((byte)' ' or (byte)'\t')) return false;
                if (!AddQuoted(record, at + 1, close - 1)) return false;
                at = close;
                continue;
            }

            var length = record[at..].IndexOfAny((byte)' ', (byte)'\t');
            if (length < 0) length = record.Length - at;
            if (!Add(at, length)) return false;
            at += length;
        }
    }

    /// <summary>The place behind the quote that closes the one here; -1 where none does.</summary>
    static int Close(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            var quote = text[(at + 1)..].IndexOf(Quote);
            if (quote < 0) return -1;
            at += quote + 2;
            if (at == text.Length || text[at] != Quote) return at;
        }
    }

    bool AddQuoted(ReadOnlySpan<byte> record, int from, int until)
    {
        var inside = record[from..until];
        if (!inside.Contains(Quote)) return Add(from, inside.Length);

        if (_unescapedUsed + inside.Length > _unescaped.Length) Array.Resize(ref _unescaped, Math.Max(256, 2 * (_unescapedUsed + inside.Length)));
        var start = _unescapedUsed;
        for (var at = 0; at < inside.Length; at++)
        {
            _unescaped[_unescapedUsed++] = inside[at];
            if (inside[at] == Quote) at++; // of two quotes one is kept
        }

        return Add(~start, _unescapedUsed - start);
    }

    bool Add(int start, int length)
    {
        if (Count == _starts.Length)
        {
            if (Count == MostFields) return false;
            Array.Resize(ref _starts, 2 * Count);
            Array.Resize(ref _lengths, 2 * Count);
        }

        (_starts[Count], _lengths[Count]) = (start, length);
        Count++;
        return true;
    }
}
