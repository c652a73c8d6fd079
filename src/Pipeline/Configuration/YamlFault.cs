using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>Ends the reading of a file whose rest cannot be trusted; puts the parser's message into the user's words.</summary>
sealed partial class YamlFault(Position at, string what, string? remedy) : Exception(what)
{
    public Position At => at;

    public string What => Message;

    public string? Remedy => remedy;

    // A hint is for lines that a person can read, and the patterns below are quadratic in a line's length.
    const int LongestLine = 400;

    /// <summary>Translates a message of the parser.</summary>
    /// <param name="message">What the parser says.</param>
    /// <param name="at">Where it says so.</param>
    /// <param name="source">The file.</param>
    /// <param name="open">Brackets that are open there, the innermost first.</param>
    public static YamlFault Of(string message, Position at, SourceText source, IReadOnlyCollection<Position> open)
    {
        if (message.Contains("tab", StringComparison.Ordinal) && TabFrom(at.Line, source) is { } tab)
            return new(tab, "a tab indents this line", "indent with spaces");
        if (message.Contains("quoted scalar", StringComparison.Ordinal)) return Quote(message, at);
        if (open.Count > 0 && AtEnd(at, source)) return Unclosed(open.First(), source);
        if (message.Contains("cannot start any token", StringComparison.Ordinal))
            return new(at, $"a value cannot begin with {Visible.Quote(source.CharacterAt(at))}", "put it in quotes");
        if (message.Contains("invalid mapping", StringComparison.Ordinal) || message.Contains("apping values are not allowed", StringComparison.Ordinal)) return SecondColon(at, source);
        if (message.Contains("expected ',' or", StringComparison.Ordinal)) return InsideBrackets(at, source, open);
        if (message.Contains("expected key", StringComparison.Ordinal) || message.Contains("expected ':'", StringComparison.Ordinal) || message.Contains("'-' indicator", StringComparison.Ordinal)) return Misfit(message, at, source);
        if (message.Contains("sequence entries are not allowed", StringComparison.Ordinal))
            return new(at, "'-' begins a list in the middle of a line", "begin the list on the next line");
        if (message.Contains("expected node content", StringComparison.Ordinal))
            return new(at, $"a value is missing before {Visible.Quote(source.CharacterAt(at))}", "write a value, or put the character in quotes");
        if (message.Contains("block scalar", StringComparison.Ordinal))
            return new(at, $"{Visible.Quote(source.CharacterAt(at))} begins a block of text", "put the value in quotes");
        return new(at, $"this is not YAML ({message.TrimEnd('.')})", "look for a missing quote, bracket or space");
    }

    static YamlFault Quote(string message, Position at) =>
        message.Contains("escape", StringComparison.Ordinal)
            ? new(at, "a backslash in double quotes begins a code that YAML does not know", "use single quotes")
            : new(at, "the quote that opens here is never closed", "close it, and indent its further lines");

    static YamlFault Unclosed(Position at, SourceText source) =>
        source.CharacterAt(at) == "{" ? new(at, "'{' is never closed", "add '}'") : new(at, "'[' is never closed", "add ']'");

    // "keep: a ? b : c" and "a: 1" with "b: 2" indented below it look the same to the parser.
    static YamlFault SecondColon(Position at, SourceText source)
    {
        var line = Line(at.Line, source);
        if (KeyAndValue.Match(line) is { Success: true } match && match.Groups["value"].Index < at.Column - 1)
            return new(at, "a second ': ' stands in this value", $"write {match.Groups["key"].Value}: \"{match.Groups["value"].Value.Replace("\"", "'")}\"");
        if (ColonWithoutSpaceAbove(at.Line, source) is { } above) return above;
        return new(at, "this line is indented below a line that has a value already", "indent it like that line, or take the value away");
    }

    // "pipeline:press" is one word to YAML, and swallows the line below it.
    static YamlFault? ColonWithoutSpaceAbove(int line, SourceText source)
    {
        while (--line > 0 && string.IsNullOrWhiteSpace(Line(line, source))) continue;
        if (WordWithColon.Match(Line(line, source)) is not { Success: true } match) return null;
        var (key, value) = (match.Groups["key"], match.Groups["value"].Value);
        return new(new(line, key.Index + 1), $"{Visible.Quote($"{key.Value}:{value}")} has no space after ':'", $"write '{key.Value}: {value.Trim()}'");
    }

    static YamlFault InsideBrackets(Position at, SourceText source, IReadOnlyCollection<Position> open)
    {
        var found = source.CharacterAt(at);
        return found is "{" or "[" or "\"" or "'"
            ? new(at, $"{Visible.Quote(found)} stands in a text inside brackets", $"write {CutExpression.Around(at, source) ?? "the whole text in quotes"}")
            : open.Count > 0
                ? new(at, $"',' or a closing bracket is missing before {Visible.Quote(found)}", $"the bracket was opened at {open.First()}")
                : new(at, $"',' is missing before {Visible.Quote(found)}", null);
    }

    static YamlFault Misfit(string message, Position at, SourceText source)
    {
        var line = Line(at.Line, source);
        var found = source.CharacterAt(at);
        if (found is "}" or "]") return new(at, $"'{found}' closes nothing", "delete it, or put the whole text in quotes");
        if (KeyAndValue.Match(line) is { Success: true } match && match.Groups["value"].Index < at.Column - 1)
        {
            var (key, value) = (match.Groups["key"].Value, match.Groups["value"].Value);
            return value[0] == '"' || value[0] == '\''
                ? new(at, "text follows the closing quote", $"put all of it in quotes: {key}: {(value.Contains('\'') ? $"\"{value.Replace("\"", "\\\"")}\"" : $"'{value}'")}")
                : new(at, "text follows the closing bracket", $"put all of it in quotes: {key}: {(value.Contains('"') ? $"'{value}'" : $"\"{value}\"")}");
        }
        if (message.Contains("'-' indicator", StringComparison.Ordinal))
            return new(at, "this line stands among list entries and is none", "begin it with '- ', or change its indentation");
        if (found == "-") return new(at, "a list entry stands among keys", "indent the list below its key");
        if (line.Contains(": ", StringComparison.Ordinal) || line.EndsWith(':'))
            return new(at, "this key is indented neither like the keys above it nor like the values below them", "align it with the key it stands beside");
        return new(at, "this line has no ':'", "write 'key: value'");
    }

    static Position? TabFrom(int line, SourceText source)
    {
        for (; line <= source.Lines; line++)
            if (source.TabIn(line) is { } tab) return tab;
        return null;
    }

    static string Line(int number, SourceText source) => source.Line(number) is { Length: <= LongestLine } line ? line : "";

    static bool AtEnd(Position at, SourceText source) => string.IsNullOrWhiteSpace(source.Text[source.OffsetOf(at)..]);

    [GeneratedRegex(@"^[\s-]*(?<key>\w+):(?<value>[^ :/].*)$")]
    static partial Regex WordWithColon { get; }

    [GeneratedRegex(@"^[\s-]*(?<key>[^\s:'""{\[#][^:]*):\s+(?<value>\S.*?)\s*$")]
    static partial Regex KeyAndValue { get; }
}
