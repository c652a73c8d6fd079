using System.Collections;
using System.Reflection;
using System.Text;

namespace StreamEdge;

/// <summary>Writes an options record as it would stand in a file, with every default shown; what is not set is "none", or what its absence means.</summary>
public static class OptionsText
{
    const string None = "none";

    /// <summary>The options, a line each, in the order they are declared.</summary>
    /// <param name="options">The options record.</param>
    /// <param name="indent">How many spaces begin each line.</param>
    /// <param name="absent">What an option means that is not set; null for "none".</param>
    public static string Write(object options, int indent = 0, Func<PropertyInfo, string?>? absent = null)
    {
        var text = new StringBuilder();
        Record(text, options, indent, absent);
        return text.ToString();
    }

    /// <summary>One option's value in the file's words, where it fits on a line; nothing where it is not set.</summary>
    public static string Value(object? value) => value is null ? "" : OnLine(value, inBrackets: false) ?? "";

    static void Record(StringBuilder text, object options, int indent, Func<PropertyInfo, string?>? absent)
    {
        var shape = OptionsShape.Of(options.GetType());
        foreach (var option in shape.Options)
        {
            if (option == shape.RestOption) Below(text, option.Property.GetValue(options)!, indent, absent);
            else if (option.Property.GetValue(options) is { } value) Entry(text, option.Key, value, indent, absent);
            else if (options is not StepOptions step || step.Concerns(option.Property.Name)) text.Append(' ', indent).Append(option.Key).Append(": ").Append(absent?.Invoke(option.Property) ?? None).Append('\n');
        }
    }

    static void Entry(StringBuilder text, string key, object? value, int indent, Func<PropertyInfo, string?>? absent)
    {
        text.Append(' ', indent).Append(Text(key, inBrackets: false)).Append(':');
        if (OnLine(value, inBrackets: false) is { } line) text.Append(' ').Append(line).Append('\n');
        else
        {
            text.Append('\n');
            Below(text, value!, indent + 2, absent);
        }
    }

    /// <summary>A value that needs lines of its own.</summary>
    static void Below(StringBuilder text, object value, int indent, Func<PropertyInfo, string?>? absent)
    {
        switch (value)
        {
            case MapNode map:
                foreach (var (key, node) in map.Entries) Entry(text, key.Text, node, indent, absent);
                break;
            case ListNode list:
                Items(text, list.Items, indent, absent);
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map) Entry(text, (string)entry.Key, entry.Value, indent, absent);
                break;
            case IEnumerable list:
                Items(text, list, indent, absent);
                break;
            default:
                Record(text, value, indent, absent);
                break;
        }
    }

    static void Items(StringBuilder text, IEnumerable items, int indent, Func<PropertyInfo, string?>? absent)
    {
        foreach (var item in items)
        {
            if (OnLine(item, inBrackets: false) is { } line)
            {
                text.Append(' ', indent).Append("- ").Append(line).Append('\n');
                continue;
            }
            var block = new StringBuilder();
            Below(block, item!, indent + 2, absent);
            block[indent] = '-'; // the first line's indentation holds the dash
            text.Append(block);
        }
    }

    /// <summary>The value on one line, or null where it holds keys or longer lists.</summary>
    static string? OnLine(object? value, bool inBrackets)
    {
        switch (value)
        {
            case null:
                return None;
            case ScalarNode scalar:
                return scalar.IsNull ? None : Text(scalar.Text, inBrackets);
            case MapNode map:
                return map.Entries.Count == 0 ? "{}" : null;
            case ListNode list:
                return List(list.Items);
            case string text:
                return Text(text, inBrackets);
            case IDictionary map when map.Count == 1 && map.Contains(""):
                return OnLine(map[""], inBrackets); // the one unnamed entry is written as its list
            case IDictionary map:
                return map.Count == 0 ? "{}" : null;
            case IEnumerable list when ScalarType.Of(value.GetType()) is null:
                return List(list);
            default:
                return ScalarType.Of(value.GetType())?.Write(value);
        }
    }

    static string? List(IEnumerable list)
    {
        var items = new List<string>();
        foreach (var item in list)
        {
            if (OnLine(item, inBrackets: true) is not { } text) return null;
            items.Add(text);
        }
        return $"[{string.Join(", ", items)}]";
    }

    static string Text(string text, bool inBrackets)
    {
        if (!NeedsQuotes(text, inBrackets)) return text;
        return text.Any(char.IsControl) || text.Contains('\'')
            ? $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t")}\""
            : $"'{text}'";
    }

    static bool NeedsQuotes(string text, bool inBrackets) =>
        text.Length == 0 || text is "~" or "null" or "Null" or "NULL" or None || text != text.Trim() || text.Any(char.IsControl)
        || "&*!|>%@`'\"#{[]},".Contains(text[0]) || (text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' ' || inBrackets && text[0] != '-'))
        || text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal) || text.EndsWith(':')
        || (inBrackets && text.AsSpan().ContainsAny("[]{},"));
}
