using System.Text;

namespace StreamEdge;

/// <summary>
/// Names and tags as InfluxDB's line protocol can hold them. Spaces, commas and equals signs are escaped. The format has
/// no way to write a control character, or a backslash at the end, which would join the next token: these become their
/// visible twins (<c>␊</c> for a line feed, <c>＼</c>), so that no point is lost and no two series become one.
/// </summary>
static class LineProtocolText
{
    const string Backslash = "\uff3c";

    /// <summary>Writes a tag's name or value, or a field's name.</summary>
    public static void WriteKey(ByteBuffer to, ReadOnlySpan<char> text) => Write(to, text, " ,=");

    /// <summary>Writes a measurement.</summary>
    public static void WriteMeasurement(ByteBuffer to, ReadOnlySpan<char> text) => Write(to, text, " ,");

    /// <summary>Writes a field's text in quotes. Line breaks stay as they are.</summary>
    public static void WriteText(ByteBuffer to, ReadOnlySpan<char> text)
    {
        to.Write((byte)'"');
        while (text.IndexOfAny('"', '\\') is >= 0 and var special)
        {
            to.Write(text[..special]);
            to.Write((byte)'\\');
            to.Write((byte)text[special]);
            text = text[(special + 1)..];
        }

        to.Write(text);
        to.Write((byte)'"');
    }

    /// <summary>What is wrong with a measurement's name; null where it can be written.</summary>
    public static Wrong? CheckMeasurement(string name) => name switch
    {
        "" => new("the measurement has no name", "write a name, or leave the option out to use the pipeline's"),
        ['#', ..] => new($"a line that starts with # is a comment, so the measurement {Visible.Quote(name)} would be lost", "begin it with a letter"),
        _ when name.Any(char.IsControl) => new($"the measurement {Visible.Quote(name)} has a line break or a control character in it", "take it out"),
        [.., '\\'] => new($"the measurement {Visible.Quote(name)} ends in a backslash", "take it out"),
        _ => Encoding.UTF8.GetByteCount(name) > 256 ? new($"the measurement {Visible.Quote(name)} is longer than 256 bytes", "shorten it") : null,
    };

    static void Write(ByteBuffer to, ReadOnlySpan<char> text, ReadOnlySpan<char> escaped)
    {
        var plain = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (escaped.Contains(c)) Put(to, text[plain..at], '\\', c);
            else if (c < ' ') Put(to, text[plain..at], (char)('\u2400' + c), null);
            else if (c == '\u007f') Put(to, text[plain..at], '\u2421', null);
            else continue;
            plain = at + 1;
        }

        var rest = text[plain..];
        if (!rest.EndsWith('\\'))
        {
            to.Write(rest);
            return;
        }

        to.Write(rest[..^1]);
        to.Write(Backslash);
    }

    static void Put(ByteBuffer to, ReadOnlySpan<char> before, char first, char? second)
    {
        to.Write(before);
        to.Write([first]);
        if (second is { } c) to.Write([c]);
    }
}
