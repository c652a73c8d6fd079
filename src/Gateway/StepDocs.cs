using System.Reflection;
using System.Xml.Linq;

namespace StreamEdge;

/// <summary>What the comments of options records say: the documentation that the compiler writes beside each assembly.</summary>
public static class StepDocs
{
    static readonly Dictionary<Assembly, Dictionary<string, XElement>> s_members = [];
    static readonly Lock s_reading = new();

    /// <summary>What a step or a record of options is for, a paragraph each.</summary>
    public static IReadOnlyList<string> Of(Type type) => Paragraphs(Member(type, $"T:{type.FullName}")?.Element("summary"));

    /// <summary>What an option is for.</summary>
    public static string Of(PropertyInfo property) =>
        string.Join(' ', Paragraphs(Member(property.DeclaringType!, $"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary")));

    /// <summary>What an option is where it is not written, as its comment says; null where that says nothing.</summary>
    public static string? DefaultOf(PropertyInfo property)
    {
        const string lead = "Default: ";
        var text = Of(property);
        return text.IndexOf(lead, StringComparison.Ordinal) is >= 0 and var at ? text[(at + lead.Length)..].Split(". ")[0].TrimEnd('.').Replace("`", "") : null;
    }

    /// <summary>An example of a step as it stands in a file; null where there is none.</summary>
    public static string? ExampleOf(Type type) => (string?)Member(type, $"T:{type.FullName}")?.Element("example") is { } example ? Outdented(example) : null;

    /// <summary>The first sentence of what a step is for.</summary>
    public static string FirstSentence(Type type)
    {
        var text = string.Join(' ', Of(type));
        // "F. R. Hampel" ends no sentence.
        for (var end = text.IndexOf(". ", StringComparison.Ordinal); end > 0; end = text.IndexOf(". ", end + 1, StringComparison.Ordinal))
            if (end < 2 || char.IsLetterOrDigit(text[end - 2]) || !char.IsUpper(text[end - 1])) return text[..(end + 1)];
        return text;
    }

    static XElement? Member(Type type, string name)
    {
        lock (s_reading)
        {
            if (!s_members.TryGetValue(type.Assembly, out var members))
            {
                var file = Path.ChangeExtension(type.Assembly.Location, ".xml");
                s_members[type.Assembly] = members = File.Exists(file)
                    ? XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!)
                    : [];
            }

            return members.GetValueOrDefault(name);
        }
    }

    static IReadOnlyList<string> Paragraphs(XElement? text)
    {
        if (text is null) return [];
        var paragraphs = new List<string> { "" };
        foreach (var node in text.Nodes())
        {
            if (node is XElement { Name.LocalName: "para" } para) paragraphs.Add(string.Concat(para.Nodes().Select(Words)));
            else paragraphs[^1] += Words(node);
        }

        return [.. paragraphs.Select(p => string.Join(' ', p.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Where(p => p.Length > 0)];
    }

    static string Words(XNode node) => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element => (string?)element.Attribute("cref") is { } cref ? OptionsShape.Snake(cref[(cref.LastIndexOf('.') + 1)..]) : element.Value,
        XText text => text.Value,
        _ => "",
    };

    static string Outdented(string example)
    {
        var lines = example.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0).ToList();
        var indent = lines.Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l[indent..]));
    }
}
