using System.Text;

namespace StreamEdge;

/// <summary>Puts a table together of its lines, and finds what is wrong with them.</summary>
/// <param name="layout">The wanted columns.</param>
/// <param name="place">How messages name a line by its number.</param>
/// <param name="faults">Takes what is wrong.</param>
sealed class LookupBuilder(TableLayout layout, Func<long, string> place, TableFaults faults)
{
    /// <summary>Longest text, in characters.</summary>
    const int LongestText = 1000;

    readonly Dictionary<string, int>[] _texts = [.. layout.Keys.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))];
    readonly Dictionary<long, int>[] _wholes = [.. layout.Keys.Select(_ => new Dictionary<long, int>())];
    readonly Dictionary<(int, int), int>[] _joined = [.. layout.Keys.Select(_ => new Dictionary<(int, int), int>())];
    readonly List<double>[] _slots = [.. layout.Added.Select(_ => new List<double>())];
    readonly OrderedDictionary<string, int> _words = new(StringComparer.Ordinal);
    readonly List<(int Group, long From, long Line)> _lines = [];
    readonly TimeFormat _time = TimeFormat.TryCreate("auto", out var format, out _) ? format : throw new InvalidOperationException("there is no format auto");
    readonly byte[] _bytes = new byte[LongestText * 3];

    /// <summary>Takes a line: a text for each wanted column, empty where it has no value.</summary>
    public void Add(long line, ReadOnlySpan<string> fields)
    {
        var group = 0;
        for (var key = 0; key < layout.Keys.Count; key++)
        {
            var id = Id(line, key, fields[key]);
            if (id < 0) group = -1;
            else if (group >= 0) group = key == 0 ? id : Number(_joined[key], (group, id));
        }

        var from = long.MinValue;
        var sound = group >= 0 && (layout.ValidFrom is null || ReadInstant(line, fields[^1], out from));
        for (var added = 0; added < layout.Added.Count; added++)
        {
            sound &= Read(line, layout.Added[added], fields[layout.Keys.Count + added], out var slot);
            _slots[added].Add(slot);
        }

        _lines.Add((sound ? group : -1, from, line)); // one with a fault is in no group
    }

    /// <summary>The table; null after a fault.</summary>
    public Lookup? Build()
    {
        var order = Enumerable.Range(0, _lines.Count).OrderBy(n => _lines[n].Group).ThenBy(n => _lines[n].From).ThenBy(n => _lines[n].Line).ToArray();
        foreach (var (first, second) in order.Zip(order.Skip(1)).Select(p => (_lines[p.First], _lines[p.Second])).Where(p => p.Item1.Group >= 0 && p.Item1.Group == p.Item2.Group && p.Item1.From == p.Item2.From))
            faults.Add($"{place(second.Line)}: its {string.Join(" and ", layout.Keys.Select(k => k.Name))} stand{(layout.Keys.Count == 1 ? "s" : "")} in line {first.Line} already",
                layout.ValidFrom is null ? "take one of them out, or name the column that says from when on each holds in 'valid_from'" : $"take one of them out, or correct '{layout.ValidFrom}'");
        if (faults.Any) return null;

        var begins = new int[order.Length == 0 ? 1 : _lines[order[^1]].Group + 2];
        foreach (var (group, _, _) in _lines) begins[group + 1]++;
        for (var group = 1; group < begins.Length; group++) begins[group] += begins[group - 1];
        return new(_texts, _wholes, _joined, begins, [.. order.Select(n => _lines[n].From)], [.. _slots.Select(s => order.Select(n => s[n]).ToArray())], [.. _words.Keys]);
    }

    static int Number<T>(Dictionary<T, int> known, T value) where T : notnull
    {
        if (!known.TryGetValue(value, out var number)) known[value] = number = known.Count;
        return number;
    }

    /// <summary>The number of a key's value; -1 after a fault.</summary>
    int Id(long line, int key, string text)
    {
        var name = layout.Keys[key].Name;
        if (text.Length == 0) faults.Add($"{place(line)}: it has no '{name}'", "give it one, or take the line out");
        else if (text.Length > LongestText || text[0] == '\0') faults.Add($"{place(line)}: its '{name}' is no text of up to {LongestText:N0} characters", "correct it");
        else if (layout.Keys[key].Kind == Kind.Text) return Number(_texts[key], text);
        else if (Utf8Number.TryRead(Bytes(WithPoint(text)), out long whole)) return Number(_wholes[key], whole);
        else faults.Add($"{place(line)}: {Visible.Quote(text)} in '{name}' is no whole number, as the rows have there", "correct it");
        return -1;
    }

    bool ReadInstant(long line, string text, out long from)
    {
        from = long.MinValue;
        if (text.Length == 0) return true;
        if (text.Length <= LongestText && _time.Read(Bytes(text), out from) == TimeReading.Good) return true;
        faults.Add($"{place(line)}: {Visible.Quote(text)} in '{layout.ValidFrom}' is no instant", "write it like 2026-01-31T06:00:00Z, or leave it empty");
        return false;
    }

    /// <summary>Reads a value as the slot of its column; false after a fault.</summary>
    bool Read(long line, Column column, string text, out double slot)
    {
        slot = Slot.MissingOf(column.Kind);
        if (text.Length == 0) return true;
        var (number, noun) = (WithPoint(text), "a number");
        switch (column.Kind)
        {
            case Kind.Text when text.Length <= LongestText && text[0] != '\0':
                _words.TryAdd(text, _words.Count, out var word);
                slot = Slot.Of(word);
                return true;
            case Kind.Text:
                noun = $"a text of up to {LongestText:N0} characters";
                break;
            case Kind.Integer when text.Length <= LongestText && Utf8Number.TryRead(Bytes(number), out long whole):
                slot = Slot.Of(whole);
                return true;
            case Kind.Integer:
                noun = "a whole number";
                break;
            case Kind.Bool when text.Length <= LongestText && Utf8Truth.TryRead(Bytes(number), out var yes):
                slot = Slot.Of(yes ? 1 : 0);
                return true;
            case Kind.Bool:
                noun = "true or false";
                break;
            case Kind.Number when text.Length <= LongestText && Utf8Number.TryRead(Bytes(number), out slot):
                return true;
        }

        faults.Add($"{place(line)}: {Visible.Quote(text)} in '{column.Name}' is not {noun}",
            column.Kind == Kind.Number && layout.Decimal == DecimalMark.Point && text.Contains(',', StringComparison.Ordinal) ? "write 80.5, or 'decimal: comma' beside the file" : "correct it, or leave it empty");
        return false;
    }

    /// <summary>A number with a point for its decimals. Where a comma parts those, a point parts thousands, which no number may have.</summary>
    string WithPoint(string text) => layout.Decimal == DecimalMark.Point ? text : text.Replace('.', ';').Replace(',', '.');

    ReadOnlySpan<byte> Bytes(string text) => _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
}
