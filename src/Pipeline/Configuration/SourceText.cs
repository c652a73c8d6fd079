using System.Buffers;
using System.Text;

namespace StreamEdge;

/// <summary>The decoded text of a pipeline file with its lines.</summary>
sealed class SourceText
{
    readonly List<int> _starts = [0];

    /// <summary>Notes where the lines begin; a line ends with LF, CR LF or CR, as in YAML.</summary>
    public SourceText(string text)
    {
        Text = text;
        for (var at = 0; at < text.Length; at++)
            if (text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.Length || text[at + 1] != '\n'))) _starts.Add(at + 1);
    }

    public string Text { get; }

    public int Lines => _starts.Count;

    /// <summary>Decodes UTF-8 and refuses what no editor writes on purpose; null after a fault.</summary>
    public static SourceText? Decode(ReadOnlySpan<byte> bytes, Faults faults)
    {
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]))
            return Refuse(faults, Position.Start, "the file is UTF-16", "save it as UTF-8");

        var source = new SourceText(Encoding.UTF8.GetString(bytes));
        var wrong = FirstInvalid(bytes);
        if (wrong >= 0)
        {
            var at = source.PositionOf(Encoding.UTF8.GetCharCount(bytes[..wrong]));
            return Refuse(faults, at, $"byte 0x{bytes[wrong]:X2} is not UTF-8", "save the file as UTF-8");
        }

        var control = source.Text.AsSpan().IndexOfAny(s_forbidden);
        if (control < 0) return source;
        var code = (int)source.Text[control];
        return Refuse(faults, source.PositionOf(control), $"the character U+{code:X4} cannot stand in a pipeline file",
            code == 0 ? "save the file as UTF-8" : "delete it");
    }

    public Position PositionOf(int offset)
    {
        var line = _starts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new(line + 1, offset - _starts[line] + 1);
    }

    public int OffsetOf(Position at) =>
        at.Line > Lines ? Text.Length : Math.Min(_starts[at.Line - 1] + at.Column - 1, Text.Length);

    /// <summary>A line without its end, or empty text beyond the last one.</summary>
    public string Line(int number)
    {
        if (number < 1 || number > Lines) return "";
        var until = number == Lines ? Text.Length : _starts[number];
        return Text[_starts[number - 1]..until].TrimEnd('\r', '\n');
    }

    /// <summary>The character at a place, or words for the end of a line.</summary>
    public string CharacterAt(Position at)
    {
        var offset = OffsetOf(at);
        return offset < Text.Length && Text[offset] is not ('\r' or '\n') ? Text[offset].ToString() : "end of line";
    }

    /// <summary>The text between two places.</summary>
    public string Between(Position from, Position until)
    {
        var start = OffsetOf(from);
        return Text[start..Math.Max(start, OffsetOf(until))];
    }

    /// <summary>Place of a tab among the white space a line begins with, or null.</summary>
    public Position? TabIn(int line)
    {
        var start = line < 1 || line > Lines ? Text.Length : _starts[line - 1];
        for (var at = start; at < Text.Length && Text[at] is ' ' or '\t'; at++)
            if (Text[at] == '\t') return new(line, at - start + 1);
        return null;
    }

    // Control characters but tab and line ends; line separators that YAML 1.1 and 1.2 count differently; a second byte-order mark.
    static readonly SearchValues<char> s_forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat(Enumerable.Range(0x7F, 33)).Except([9, 10, 13]).Select(code => (char)code), '\u2028', '\u2029', '\uFEFF', '\uFFFE', '\uFFFF']);

    static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) != OperationStatus.Done) return at;
            at += length;
        }
        return -1;
    }

    static SourceText? Refuse(Faults faults, Position at, string what, string remedy)
    {
        faults.Add(at, what, remedy);
        return null;
    }
}
