namespace StreamEdge;

/// <summary>Compares what a test expects with what came, and shows where they differ: a line with a minus for what is missing, with a plus for what came instead.</summary>
sealed class RowDiff(IReadOnlyList<ExpectedRow> expected, Recording actual)
{
    /// <summary>Differences that are shown.</summary>
    public const int MostShown = 12;

    /// <summary>Pairs that are compared to find the best alignment; beyond, rows are compared one by one in order.</summary>
    const long MostPairs = 1_000_000;

    /// <summary>Rows that differ: the place of an expected one and of the one that came for it, either -1 where there is none.</summary>
    public IReadOnlyList<(int Expected, int Actual)> Differences()
    {
        var (from, toExpected, toActual) = (0, expected.Count, actual.Count);
        while (from < toExpected && from < toActual && Matches(from, from)) from++;
        while (toExpected > from && toActual > from && Matches(toExpected - 1, toActual - 1)) (toExpected, toActual) = (toExpected - 1, toActual - 1);
        var differences = new List<(int, int)>();
        if ((long)(toExpected - from) * (toActual - from) > MostPairs)
        {
            for (var row = from; row < Math.Max(toExpected, toActual); row++)
                if (row >= toExpected || row >= toActual || !Matches(row, row)) differences.Add((row < toExpected ? row : -1, row < toActual ? row : -1));
            return differences;
        }

        var (e, a) = (from, from);
        foreach (var (nextExpected, nextActual) in Common(from, toExpected, toActual).Append((toExpected, toActual)))
        {
            Pair(e, nextExpected, a, nextActual, differences);
            (e, a) = (nextExpected + 1, nextActual + 1);
        }

        return differences;
    }

    /// <summary>What of the expected was not found in this order, as much of it as is shown: each with the rows that came at its time and place.</summary>
    public IReadOnlyList<(int Expected, int Actual)> NotFound()
    {
        var differences = new List<(int, int)>();
        var (next, missing) = (0, 0);
        for (var row = 0; row < expected.Count && missing < MostShown; row++)
        {
            var found = next;
            while (found < actual.Count && !Matches(row, found)) found++;
            if (found < actual.Count)
            {
                next = found + 1;
                continue;
            }

            missing++;
            var instead = Enumerable.Range(0, actual.Count).Where(a => expected[row].MatchesPlace(actual[a].Batch, actual[a].Row)).Take(MostShown).ToList();
            differences.Add((row, instead.Count > 0 ? instead[0] : -1));
            differences.AddRange(instead.Skip(1).Select(a => (-1, a)));
        }

        return differences;
    }

    /// <summary>Whether one of the rows that were not found is there, but before those that are expected before it.</summary>
    public bool IsOutOfOrder(IEnumerable<(int Expected, int Actual)> notFound) =>
        notFound.Any(d => d.Expected >= 0 && Enumerable.Range(0, actual.Count).Any(came => Matches(d.Expected, came)));

    /// <summary>The lines that show differences, in columns.</summary>
    public IReadOnlyList<string> Show(IReadOnlyList<(int Expected, int Actual)> differences)
    {
        var cells = new RowCells(expected, actual);
        var lines = new List<string[]>();
        var signs = new List<char>();
        foreach (var (wanted, came) in differences.Take(MostShown))
        {
            if (wanted >= 0) Add('-', cells.Of(expected[wanted]));
            if (came >= 0) Add('+', cells.Of(actual[came].Batch, actual[came].Row, wanted >= 0 ? expected[wanted] : null));
        }

        var widths = Enumerable.Range(0, lines.Select(l => l.Length).DefaultIfEmpty(0).Max()).Select(c => lines.Max(l => l[c].Length)).ToArray();
        var shown = lines.Zip(signs, (line, sign) => $"{sign} {string.Join("  ", line.Where((_, c) => widths[c] > 0).Zip(widths.Where(w => w > 0), (cell, width) => cell.PadRight(width)))}".TrimEnd()).Take(2 * MostShown).ToList();
        if (differences.Count > MostShown) shown.Add($"… and {differences.Count - MostShown:N0} more");
        return shown;

        void Add(char sign, string[] line)
        {
            signs.Add(sign);
            lines.Add(line);
        }
    }

    bool Matches(int row, int came) => expected[row].Matches(actual[came].Batch, actual[came].Row);

    /// <summary>The longest common run of matching rows, by dynamic programming.</summary>
    List<(int, int)> Common(int from, int toExpected, int toActual)
    {
        var (rows, columns) = (toExpected - from, toActual - from);
        var longest = new int[rows + 1, columns + 1];
        for (var e = rows - 1; e >= 0; e--)
            for (var a = columns - 1; a >= 0; a--)
                longest[e, a] = Matches(from + e, from + a) ? longest[e + 1, a + 1] + 1 : Math.Max(longest[e + 1, a], longest[e, a + 1]);

        var common = new List<(int, int)>();
        for (var (e, a) = (0, 0); e < rows && a < columns;)
        {
            if (longest[e, a] == longest[e + 1, a + 1] + 1 && Matches(from + e, from + a))
            {
                common.Add((from + e, from + a));
                (e, a) = (e + 1, a + 1);
            }
            else if (longest[e + 1, a] >= longest[e, a + 1]) e++;
            else a++;
        }

        return common;
    }

    /// <summary>Sets rows side by side that differ but are of one time.</summary>
    void Pair(int e, int toExpected, int a, int toActual, List<(int, int)> differences)
    {
        while (e < toExpected || a < toActual)
        {
            var order = e == toExpected ? 1 : a == toActual ? -1 : expected[e].Time is { } time ? time.CompareTo(actual[a].Batch.Time[actual[a].Row]) : 0;
            differences.Add((order <= 0 ? e : -1, order >= 0 ? a : -1));
            if (order <= 0) e++;
            if (order >= 0) a++;
        }
    }
}

/// <summary>Writes expected and actual rows in the same cells: time, tags, the columns that a test names, and what else it asks for or is out of the ordinary.</summary>
sealed class RowCells
{
    /// <summary>Letters of a row that is shown whole.</summary>
    const int LongestCell = 120;

    readonly List<string> _tags, _columns;
    readonly bool _allColumns, _end, _quality, _pane, _revision;

    public RowCells(IReadOnlyList<ExpectedRow> expected, Recording actual)
    {
        var schemas = Enumerable.Range(0, actual.Count).Select(n => actual[n].Batch.Schema).Distinct().ToList();
        _tags = [.. schemas.SelectMany(s => s.Keys.TagNames).Concat(expected.SelectMany(e => e.Tags.Keys)).Distinct()];
        _columns = [.. expected.SelectMany(e => e.Values).Select(v => v.Name).Distinct()];
        // Readings have one value each, whichever signal it is of; rows of which no column is named are shown whole.
        _allColumns = schemas.Exists(s => !s.IsRows) || _columns.Count == 0;
        _end = expected.Any(e => e.End is not null);
        _quality = expected.Any(e => e.Quality is not null);
        _pane = expected.Any(e => e.Pane is not null);
        _revision = expected.Any(e => e.Revision is not null);
    }

    public string[] Of(ExpectedRow row) =>
    [
        row.Time is { } time ? $"{new Instant(time)}" : "",
        row.End is { } end ? $"end={new Instant(end)}" : "",
        .. _tags.Select(t => row.Tags.TryGetValue(t, out var tag) ? $"{t}={Visible.Text(tag)}" : ""),
        .. Columns(row.Values.Select(v => (v.Name, $"{v.Name}={v.Value}"))),
        row.Quality is { } quality ? $"quality={OptionsShape.Snake($"{quality}")}" : "",
        row.Pane is { } pane ? $"pane={OptionsShape.Snake($"{pane}")}" : "",
        row.Revision is { } revision ? $"revision={revision}" : "",
    ];

    public string[] Of(Batch batch, int row, ExpectedRow? beside)
    {
        var (schema, keys) = (batch.Schema, batch.Schema.Keys);
        var tags = keys.Tags(keys.DeviceOf[batch.Key[row]]).ToArray();
        var window = schema.HasWindow;
        var quality = batch.HasQuality ? batch.Quality[row] : Quality.Good;
        return
        [
            $"{new Instant(batch.Time[row])}",
            _end && window ? $"end={new Instant(batch.End[row])}" : "",
            .. _tags.Select(t => keys.TagNames.ToList().IndexOf(t) is >= 0 and var tag ? $"{t}={Visible.Text(tags[tag])}" : ""),
            .. Columns(ValuesOf(batch, row, beside)),
            _quality || quality != Quality.Good ? $"quality={OptionsShape.Snake($"{quality}")}" : "",
            window && (_pane || batch.Pane[row] != Pane.OnTime) ? $"pane={OptionsShape.Snake($"{batch.Pane[row]}")}" : "",
            window && (_revision || batch.Revision[row] > 0) ? $"revision={batch.Revision[row]}" : "",
        ];
    }

    IEnumerable<(string, string)> ValuesOf(Batch batch, int row, ExpectedRow? beside)
    {
        var schema = batch.Schema;
        var names = !schema.IsRows ? [schema.Signals[schema.Keys.SignalOf[batch.Key[row]]].Name] : _allColumns ? schema.Columns.Select(c => c.Name) : _columns;
        foreach (var name in names)
        {
            var column = ExpectedRow.ColumnOf(batch, row, name);
            if (column < 0) continue;
            var unit = schema.IsRows ? schema.Columns[column].Unit : schema.Signals[schema.Keys.SignalOf[batch.Key[row]]].Unit;
            var value = beside?.Values.FirstOrDefault(v => v.Name == name).Value;
            yield return (name, $"{name}={ExpectedValue.Show(batch.Column(column)[row], schema.KindOf(batch.Key[row], column), unit, schema.Codes, value)}");
        }
    }

    static string Cut(string text) => text.Length <= LongestCell ? text : $"{text[..LongestCell]} …";

    /// <summary>A cell for each column that is named; all in one where not only those are shown.</summary>
    IEnumerable<string> Columns(IEnumerable<(string Name, string Text)> values)
    {
        var all = values.ToList();
        return _allColumns ? [Cut(string.Join("  ", all.Select(v => v.Text)))] : _columns.Select(c => all.Find(v => v.Name == c).Text ?? "");
    }
}
