using System.Globalization;
using System.Text;

namespace StreamEdge;

/// <summary>A point as it was read: fields are double, long, ulong, bool or string.</summary>
sealed record ReadPoint(string Measurement, IReadOnlyList<(string Key, string Value)> Tags, IReadOnlyList<(string Key, object Value)> Fields, long? Time)
{
    public override string ToString() =>
        $"{Measurement}|{string.Join('|', Tags.Select(t => $"{t.Key}={t.Value}"))}|{string.Join('|', Fields.Select(f => $"{f.Key}={Shown(f.Value)}"))}|{Time}";

    static string Shown(object value) => value switch
    {
        double number => "f" + BitConverter.DoubleToInt64Bits(number).ToString("x"),
        string text => $"\"{text}\"",
        _ => $"{value}:{value.GetType().Name}",
    };
}

/// <summary>Reads line protocol by its published grammar, and knows nothing of the writer under test.</summary>
sealed class LineParser(string text)
{
    int _at;

    public static IReadOnlyList<ReadPoint> Parse(string text) => new LineParser(text).Lines();

    IReadOnlyList<ReadPoint> Lines()
    {
        var points = new List<ReadPoint>();
        while (true)
        {
            Skip(' ');
            if (Peek == '#') while (Peek is not ('\n' or '\r' or '\0')) _at++;
            else if (Peek is not ('\n' or '\r' or '\0')) points.Add(Point());
            if (Peek == '\r') _at++;
            if (Peek == '\0' && _at == text.Length) return points;
            Expect('\n');
        }
    }

    ReadPoint Point()
    {
        var measurement = Key(", ");
        var tags = new List<(string, string)>();
        while (Peek == ',')
        {
            _at++;
            var key = Key(",= ");
            Expect('=');
            tags.Add((key, Key(",= ")));
        }

        Expect(' ');
        Skip(' ');
        var fields = new List<(string, object)>();
        do
        {
            if (fields.Count > 0) _at++;
            var key = Key(",= ");
            Expect('=');
            fields.Add((key, Value()));
        }
        while (Peek == ',');

        long? time = null;
        if (Peek == ' ')
        {
            Skip(' ');
            if (Peek is '-' or (>= '0' and <= '9')) time = long.Parse(While(c => c is '-' or (>= '0' and <= '9')), CultureInfo.InvariantCulture);
            Skip(' ');
        }

        return new(measurement, tags, fields, time);
    }

    /// <summary>A name up to one of these; of a run of backslashes the last one escapes what can be escaped.</summary>
    string Key(string ends)
    {
        var key = new StringBuilder();
        while (true)
        {
            var c = Peek;
            if (c < ' ' || c == '\u007f') break;
            if (ends.Contains(c)) break;
            _at++;
            if (c == '\\' && Peek is var next && next != '\0' && ends.Contains(next))
            {
                c = next;
                _at++;
            }

            key.Append(c);
        }

        return key.Length > 0 && key[0] != '\0' ? key.ToString() : throw Wrong("a name");
    }

    object Value()
    {
        if (Peek == '"') return Text();
        var word = While(c => c is not (',' or ' ' or '\n' or '\r' or '\0'));
        if (word is "t" or "T" or "true" or "True" or "TRUE") return true;
        if (word is "f" or "F" or "false" or "False" or "FALSE") return false;
        if (word.EndsWith('i')) return long.Parse(word[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (word.EndsWith('u')) return ulong.Parse(word[..^1], NumberStyles.None, CultureInfo.InvariantCulture);
        var digits = word.StartsWith('-') ? word[1..] : word;
        if (digits.Length == 0 || digits[0] is not ('.' or (>= '0' and <= '9'))) throw Wrong("a value");
        var number = double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw Wrong("a finite number");
    }

    string Text()
    {
        Expect('"');
        var value = new StringBuilder();
        for (; Peek != '"'; _at++)
        {
            if (_at == text.Length) throw Wrong("a closing quote");
            var escaped = Peek == '\\' && _at + 1 < text.Length && text[_at + 1] is '"' or '\\' or 'n' or 'r' or 't';
            if (escaped) _at++;
            value.Append(escaped && Peek is 'n' or 'r' or 't' ? "\n\r\t"["nrt".IndexOf(Peek)] : Peek);
        }

        _at++;
        return value.ToString();
    }

    char Peek => _at < text.Length ? text[_at] : '\0';

    string While(Func<char, bool> wanted)
    {
        var from = _at;
        while (_at < text.Length && wanted(text[_at])) _at++;
        return text[from.._at];
    }

    void Skip(char c)
    {
        while (Peek == c && _at < text.Length) _at++;
    }

    void Expect(char c)
    {
        if (Peek != c || _at == text.Length) throw Wrong($"'{c}'");
        _at++;
    }

    FormatException Wrong(string expected) => new($"{expected} is missing at {_at} of {text}");
}
