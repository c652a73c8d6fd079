using System.Collections.Concurrent;

namespace StreamEdge;

/// <summary>
/// The texts of one pipeline and their codes: a text is hashed once, when it is first met, and is a number from
/// then on. Thread-safe; bounded, for a text column fed with ids would grow for ever.
/// </summary>
/// <param name="limit">Most texts that it holds; a further one is refused with -1, and its reading counted as <c>too_many_texts</c>.</param>
public sealed class CodeTable(int limit = 100_000)
{
    readonly ConcurrentDictionary<string, int> _codes = new(StringComparer.Ordinal);
    readonly Lock _growing = new();
    string[] _texts = new string[16];
    int _count;

    /// <summary>The code of the text, a new one where it is new; -1 when the table is full.</summary>
    public long Code(string text)
    {
        if (_codes.TryGetValue(text, out var code)) return code;
        lock (_growing)
        {
            if (_codes.TryGetValue(text, out code)) return code;
            if (_count >= limit) return -1;
            if (_count == _texts.Length) Array.Resize(ref _texts, 2 * _count);
            _texts[_count] = text;
            return _codes[text] = _count++; // published last: whoever finds the code finds its text
        }
    }

    /// <summary>The text of a code that this table gave.</summary>
    public string Text(long code) => Volatile.Read(ref _texts)[code];
}
