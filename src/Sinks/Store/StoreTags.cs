using System.Text;

namespace StreamEdge;

/// <summary>Tags as one text, by which a series is found: <c>line=1,machine=m7</c>, sorted by name, empty ones left out; <c>\</c> stands before a comma, an equals sign or itself.</summary>
static class StoreTags
{
    public static string Text(IReadOnlyList<string> names, ReadOnlySpan<string> values)
    {
        var tags = new List<(string Name, string Value)>();
        for (var tag = 0; tag < values.Length; tag++)
            if (values[tag].Length > 0) tags.Add((names[tag], values[tag]));
        tags.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return string.Join(',', tags.Select(t => $"{Escape(t.Name)}={Escape(t.Value)}"));
    }

    public static IReadOnlyList<(string Name, string Value)> Parse(string text)
    {
        var tags = new List<(string, string)>();
        var (name, part) = ("", new StringBuilder());
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\') part.Append(text[++at]);
            else if (text[at] == '=') (name, part) = (part.ToString(), new StringBuilder());
            else if (text[at] == ',') Add();
            else part.Append(text[at]);
        }

        if (text.Length > 0) Add();
        return tags;

        void Add()
        {
            tags.Add((name, part.ToString()));
            part.Clear();
        }
    }

    static string Escape(string text) => text.Replace("\\", "\\\\").Replace(",", "\\,").Replace("=", "\\=");
}
