using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StreamEdge;

/// <summary>
/// A topic of the file: <c>plant/{line}/{machine}/{signal}</c>. A name in braces stands for one level, as does <c>+</c>;
/// <c>#</c> at the end stands for all further ones.
/// </summary>
sealed class TopicPattern
{
    /// <summary>The name that picks the signal; every other one is a tag.</summary>
    public const string Signal = "signal";

    const string SharedPrefix = "$share/";

    readonly List<(byte[]? Literal, string? Name)> _levels = [];
    bool _open; // ends in '#'

    /// <summary>What is subscribed to.</summary>
    public required string Filter { get; init; }

    /// <summary>The names in it, in their order.</summary>
    public IEnumerable<string> Names => _levels.Where(l => l.Name is not null).Select(l => l.Name!);

    /// <summary>Whether it says of which signal a message is.</summary>
    public bool HasSignal => Names.Contains(Signal);

    /// <summary>Reads a topic of the file; says what is wrong with one that is none.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out TopicPattern pattern, out string what, out string remedy)
    {
        (pattern, what, remedy) = (null, "", "write it like plant/{line}/{machine}/{signal}");
        if (MqttLogin.WrongText(text) is { } wrong)
        {
            what = $"the topic {wrong}";
            return false;
        }

        var body = text;
        if (text.StartsWith(SharedPrefix, StringComparison.Ordinal))
        {
            var slash = text.IndexOf('/', SharedPrefix.Length);
            if (slash <= SharedPrefix.Length || slash == text.Length - 1)
            {
                (what, remedy) = ("a shared subscription has a group and a topic", "write it like $share/gateways/plant/{machine}/{signal}");
                return false;
            }

            body = text[(slash + 1)..];
        }

        var levels = body.Split('/');
        var made = new TopicPattern { Filter = text[..^body.Length] + string.Join('/', levels.Select(l => l.StartsWith('{') ? "+" : l)) };
        for (var at = 0; at < levels.Length; at++)
        {
            var level = levels[at];
            if (level == "#" && at == levels.Length - 1) made._open = true;
            else if (level.Contains('#')) (what, remedy) = ("'#' stands for all further levels, and only at the end", "write it as the last level, or '+' for one level");
            else if (level == "+") made._levels.Add((null, null));
            else if (level.Contains('+')) (what, remedy) = ($"'+' stands for a whole level, and not for a part of {Visible.Quote(level)}", "write '+' alone between two '/'");
            else if (level is ['{', .. var name, '}'] && IsName(name))
            {
                if (made.Names.Contains(name)) (what, remedy) = ($"the topic names '{{{name}}}' twice", "give each level a name of its own, or write '+'");
                made._levels.Add((null, name));
            }
            else if (level.AsSpan().ContainsAny('{', '}')) (what, remedy) = ($"{Visible.Quote(level)} is no name of a level", "write one word of letters, digits and '_' in braces, as {machine}, between two '/'");
            else made._levels.Add((Encoding.UTF8.GetBytes(level), null));
        }

        pattern = what.Length == 0 ? made : null;
        return pattern is not null;
    }

    /// <summary>Whether a message's topic fits, and what stands for each of <see cref="Names"/>.</summary>
    public bool Match(ReadOnlySpan<byte> topic, List<string> values)
    {
        values.Clear();
        var rest = topic;
        for (var at = 0; at < _levels.Count; at++)
        {
            var slash = rest.IndexOf((byte)'/');
            var level = slash < 0 ? rest : rest[..slash];
            var (literal, name) = _levels[at];
            if (literal is not null && !level.SequenceEqual(literal)) return false;
            // What begins with '$' is the broker's own, and meant only where the topic says so.
            if (literal is null && at == 0 && level is [(byte)'$', ..]) return false;
            if (name is not null) values.Add(Encoding.UTF8.GetString(level));
            if (slash < 0) return at == _levels.Count - 1;
            rest = rest[(slash + 1)..];
        }

        return _open && !(_levels.Count == 0 && topic is [(byte)'$', ..]);
    }

    static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-');
}
