namespace StreamEdge;

/// <summary>Reads what a test expects of steps and sinks.</summary>
sealed class ExpectReader(Plan plan, Faults faults)
{
    static readonly string[] s_keys = [.. OptionsShape.Of(typeof(RowOptions)).Options.Where(o => o.Property.Name != nameof(RowOptions.Columns)).Select(o => o.Key)];

    readonly List<StepExpectation> _expectations = [];
    int _rows;

    public IReadOnlyList<StepExpectation> Read(MapNode expect)
    {
        if (expect.Entries.Count == 0) faults.Add(expect.At, "the test expects nothing", "name a step: 'window: { rows: 1 }'");
        foreach (var (key, value) in expect.Entries)
        {
            if (value.Refused) continue;
            if (key.Text == "ledger") CheckLedger(value);
            else if (Find(key) is { } found) ReadStep(found, key, value);
        }

        return _expectations;
    }

    void CheckLedger(Node value)
    {
        if (value is not ScalarNode { Text: "balanced" }) faults.Add(value.At, "the ledger of a test is balanced, which is always checked", "write 'ledger: balanced', or leave it out");
    }

    /// <summary>The step of that name, or the members of the group of that name, the last of which emits.</summary>
    List<PlannedStep>? Find(ScalarNode key)
    {
        if (plan.Steps.FirstOrDefault(s => s.Name == key.Text) is { } step) return [step];
        var members = plan.Steps.Where(s => GroupOf(s) == key.Text).ToList();
        if (members.Count > 0) return members;
        var names = plan.Steps.Select(s => s.Name).Concat(plan.Steps.Select(GroupOf).OfType<string>()).Distinct();
        faults.Add(key.At, $"there is no step {Visible.Quote(key.Text)}", Suggestion.Remedy(key.Text, names, "the steps are"));
        return null;
    }

    static string? GroupOf(PlannedStep step) => step.Line is { Form: StepForm.Grouped } line ? step.Name[..^(line.Key.Length + 1)] : null;

    void ReadStep(List<PlannedStep> steps, ScalarNode key, Node value)
    {
        var step = steps[^1];
        if (step.Operator is { Branches: [var first, ..] } && (value is ListNode || value is MapNode rows && (rows["emits"] ?? rows["has"]) is not null))
        {
            faults.Add(value.At, $"'{step.Name}' has several ways out", $"expect its rows of each: '{step.Name}.{first}'");
            return;
        }

        var expectation = new StepExpectation(key.Text, key.At) { Step = step, Members = [.. steps.Select(s => s.Name)] };
        if (value is ListNode all) _expectations.Add(expectation with { Emits = ReadRows(all, step) });
        else if (value is MapNode map)
        {
            var bound = OptionsBinder.Bind(typeof(StepExpectOptions), key.Text, map, faults);
            if (!bound.Sound) return;
            var options = (StepExpectOptions)bound.Value;
            _expectations.Add(expectation with
            {
                Rows = ReadCount("rows", options.Rows, step),
                Readings = ReadCount("readings", options.Readings, step),
                Emits = options.Emits is null ? null : ReadRows(options.Emits, step),
                Has = options.Has is null ? [] : ReadRows(options.Has, step),
                Dropped = options.Dropped is null ? [] : ReadDrops(options.Dropped, key.Text, steps),
            });
            if (map.Entries.Count == 0) faults.Add(map.At, $"nothing is expected of '{key.Text}'", "write 'rows: 1', or the list of them");
        }
        else faults.Add(value.At, $"what '{key.Text}' emits is a list or a map, not {value.Kind}", "write '- { at: …, COLUMN: VALUE }' below it, or '{ rows: 1 }'");
    }

    (Position, ExpectedValue)? ReadCount(string word, ScalarNode? node, PlannedStep step)
    {
        if (node is null) return null;
        var schemas = StepExpectation.SchemasOf(step);
        var isRows = word == "rows";
        if (schemas.All(s => s.IsRows != isRows))
        {
            faults.Add(node.At, $"'{step.Name}' {(step.Sink is null ? "emits" : "is given")} {(isRows ? "readings" : "rows")}, not {word}", $"write '{(isRows ? "readings" : "rows")}: {node.Text}'");
            return null;
        }

        return ExpectedValue.Read(word, node, Kind.Integer, null, faults) is { } count ? (node.At, count) : null;
    }

    List<(Position, string, ExpectedValue)> ReadDrops(Node node, string name, List<PlannedStep> steps)
    {
        var drops = new List<(Position, string, ExpectedValue)>();
        if (steps[^1].Sink is not null)
        {
            faults.Add(node.At, "a sink writes nothing in a test, so it drops nothing", "leave it out");
            return drops;
        }

        if (node is not MapNode map)
        {
            if (ExpectedValue.Read("dropped", node, Kind.Integer, null, faults) is { } all) drops.Add((node.At, "", all));
            return drops;
        }

        var reasons = steps.SelectMany(s => s.Operator is { } runner ? runner.Books.Drops.Select(d => d.Reason) : ["ahead"]).Distinct().ToList();
        foreach (var (key, value) in map.Entries)
        {
            if (!reasons.Contains(key.Text)) faults.Add(key.At, $"'{name}' drops nothing for a reason {Visible.Quote(key.Text)}", reasons.Count == 0 ? "leave it out" : Suggestion.Remedy(key.Text, reasons, "the reasons are"));
            else if (ExpectedValue.Read(key.Text, value, Kind.Integer, null, faults) is { } count) drops.Add((key.At, key.Text, count));
        }

        return drops;
    }

    List<ExpectedRow> ReadRows(ListNode list, PlannedStep step)
    {
        var rows = new List<ExpectedRow>();
        long? end = null;
        foreach (var item in list.Items)
        {
            if (item.Refused) continue;
            if (item is not MapNode map)
            {
                faults.Add(item.At, $"a row is a map of its columns, not {item.Kind}", "write '- { at: …, COLUMN: VALUE }'");
                continue;
            }

            var bound = OptionsBinder.Bind(typeof(RowOptions), step.Name, map, faults);
            if (bound.Sound) rows.AddRange(ReadRow((RowOptions)bound.Value, map, bound, StepExpectation.SchemasOf(step), ref end));
        }

        return rows;
    }

    List<ExpectedRow> ReadRow(RowOptions options, MapNode map, BoundOptions bound, IReadOnlyList<Schema> schemas, ref long? end)
    {
        CheckPlace(options, map, schemas);
        var columns = ReadValues(options, map, schemas);
        var listed = columns.Select(c => c.Values.Count).DefaultIfEmpty(1).Max();
        var series = new Series(0, 0, 1, 0);
        var place = bound.PositionOf(nameof(RowOptions.At));
        if (columns.Where(c => c.Values.Count > 1).Select(c => c.Values.Count).Distinct().Count() > 1) faults.Add(map.At, "its lists are of several lengths", "write lists of one length");
        if (listed > 1 && options.At?.Every is null) faults.Add(map.At, "a list of values needs to know how often", "write 'at: FROM every 1m'");
        else if (options.At is { } at && !at.TryResolve(end, listed, out series, out var wrong)) faults.Add(place, wrong.What, wrong.Remedy);
        if (options.At is not null) end = series.End;
        // A record of readings is as many readings as it has signals.
        var each = columns.Count > 1 && columns.TrueForAll(c => c.IsReading) ? columns.Count : 1;
        if ((_rows += (int)Math.Min(int.MaxValue / 2, (long)series.Count * each)) > Recording.Most)
        {
            faults.Add(place, $"the test expects more than {Recording.Most:N0} rows", "write fewer of them, or how many there are: '{ rows: 1440 }'");
            _rows = 0;
            return [];
        }

        var rows = new List<ExpectedRow>();
        for (var number = 0; number < series.Count; number++)
        {
            var values = columns.ConvertAll(c => (c.Name, c.Values[number % c.Values.Count]));
            var row = new ExpectedRow(map.At) { Time = options.At is null ? null : series[number], End = options.End?.UnixNanoseconds, Tags = options.Tags, Quality = options.Quality, Pane = options.Pane, Revision = options.Revision };
            if (each == 1) rows.Add(row with { Values = values });
            else rows.AddRange(values.Select(v => row with { Values = [v] }));
        }

        return rows;
    }

    void CheckPlace(RowOptions options, MapNode map, IReadOnlyList<Schema> schemas)
    {
        var tags = schemas.SelectMany(s => s.Keys.TagNames).Distinct().ToList();
        foreach (var (tag, _) in (map["tags"] as MapNode)?.Entries ?? [])
            if (!tags.Contains(tag.Text)) faults.Add(tag.At, $"it has no tag {Visible.Quote(tag.Text)}", tags.Count == 0 ? "leave it out" : Suggestion.Remedy(tag.Text, tags, "its tags are"));
        if (schemas.Any(s => s.HasWindow)) return;
        foreach (var (key, given) in new[] { ("end", options.End is not null), ("pane", options.Pane is not null), ("revision", options.Revision is not null) })
            if (given && map.TryGet(key, out var entry)) faults.Add(entry.Key.At, $"only the rows of windows have '{key}'", $"leave it out, or put a column of that name into 'values: {{ {key}: … }}'");
    }

    List<(string Name, bool IsReading, IReadOnlyList<ExpectedValue> Values)> ReadValues(RowOptions options, MapNode map, IReadOnlyList<Schema> schemas)
    {
        var columns = new List<(string, bool, IReadOnlyList<ExpectedValue>)>();
        var entries = map.Entries.Where(e => options.Columns.ContainsKey(e.Key.Text));
        if (map["values"] is MapNode further) entries = entries.Concat(further.Entries);
        foreach (var (key, node) in entries)
        {
            if (KindOf(key.Text, schemas) is not { } column)
            {
                var names = schemas.SelectMany(s => s.IsRows ? s.Columns.Select(c => c.Name) : s.Signals.Select(g => g.Name)).Distinct().Concat(s_keys);
                faults.Add(key.At, $"there is no {(schemas.All(s => s.IsRows) ? "column" : "signal")} {Visible.Quote(key.Text)}", Suggestion.Remedy(key.Text, names, "there are"));
                continue;
            }

            var values = new List<ExpectedValue>();
            foreach (var item in node is ListNode list ? list.Items : [node])
                if (ExpectedValue.Read(key.Text, item, column.Kind, column.Unit, faults) is { } value) values.Add(value);
            if (node is ListNode { Items.Count: 0 }) faults.Add(node.At, $"{key.Text}: the list is empty", "write one value or more");
            if (values.Count > 0) columns.Add((key.Text, column.IsReading, values));
        }

        return columns;
    }

    static (Kind Kind, Unit? Unit, bool IsReading)? KindOf(string name, IReadOnlyList<Schema> schemas)
    {
        foreach (var rows in schemas.Where(s => s.IsRows))
            if (rows.ColumnNumber(name) is >= 0 and var column) return (rows.Columns[column].Kind, rows.Columns[column].Unit, false);
        foreach (var readings in schemas.Where(s => !s.IsRows))
            if (readings.SignalNumber(name) is >= 0 and var signal) return (readings.Signals[signal].Kind, readings.Signals[signal].Unit, true);
        return null;
    }
}
