namespace StreamEdge;

/// <summary>Reads the <c>tests:</c> block against the checked pipeline: signals, tags, units, steps, columns, models.</summary>
sealed class TestsReader(Plan plan, Faults faults)
{
    const int LongestName = 200;

    public IReadOnlyList<PipelineTest> Read(Node block)
    {
        if (block is not ListNode list)
        {
            if (!block.Refused) faults.Add(block.At, $"tests is a list of tests, not {block.Kind}", "write '- name: …' below it, with 'feed:' and 'expect:'");
            return [];
        }

        var tests = new List<PipelineTest>();
        var names = new Dictionary<string, Position>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (item.Refused) continue;
            if (item is not MapNode map)
            {
                faults.Add(item.At, $"a test has a name, a feed and what to expect; it is not {item.Kind}", "write '- name: …', with 'feed:' and 'expect:' below the name");
                continue;
            }

            var bound = OptionsBinder.Bind(typeof(TestOptions), "test", map, faults);
            if (bound.Sound && Read((TestOptions)bound.Value, bound, names) is { } test) tests.Add(test);
        }

        return tests;
    }

    PipelineTest? Read(TestOptions options, BoundOptions bound, Dictionary<string, Position> names)
    {
        var before = faults.Count;
        var at = bound.PositionOf(nameof(TestOptions.Name));
        if (string.IsNullOrWhiteSpace(options.Name) || options.Name.Length > LongestName) faults.Add(at, $"a test's name is a sentence of at most {LongestName} letters", "write what it shows: 'a hot press raises an anomaly'");
        else if (!names.TryAdd(options.Name, at)) faults.Add(at, $"there are two tests '{options.Name}' (the other is in line {names[options.Name].Line})", "give one another name");
        var feed = new FeedReader(plan, options.Tags, faults).Read(options.Feed, bound);
        var models = Models(options, bound);
        var expectations = new ExpectReader(plan, faults).Read(options.Expect);
        return faults.Count == before ? new PipelineTest(options.Name, at, feed, models, expectations) : null;
    }

    List<StubbedModel> Models(TestOptions options, BoundOptions bound)
    {
        var models = new List<StubbedModel>();
        var steps = plan.Steps.Where(s => s.Operator?.Model is not null).ToList();
        foreach (var (name, columns) in options.Models)
        {
            var asking = steps.Where(s => s.Operator!.Model == name).ToList();
            if (asking.Count == 0)
                faults.Add(bound.PositionOf(nameof(TestOptions.Models), name), $"no step asks a model {Visible.Quote(name)}", steps.Count == 0 ? "leave it out" : Suggestion.Remedy(name, steps.Select(s => s.Operator!.Model!).Distinct(), "the models are"));
            foreach (var step in asking) models.Add(new(step.Name, [.. columns.Entries.Select(e => Column(step, e)).OfType<(int, FedValues)>()]));
        }

        return models;
    }

    (int, FedValues)? Column(PlannedStep step, MapNode.Entry entry)
    {
        var (rows, input) = (step.Output!, step.Inputs[0].Output!);
        var number = rows.ColumnNumber(entry.Key.Text);
        if (number < 0 || input.ColumnNumber(entry.Key.Text) >= 0 || entry.Key.Text == Columns.Anomaly)
        {
            var own = rows.Columns.Select(c => c.Name).Where(c => input.ColumnNumber(c) < 0 && c != Columns.Anomaly);
            faults.Add(entry.Key.At, $"the model gives no column {Visible.Quote(entry.Key.Text)}", Suggestion.Remedy(entry.Key.Text, own, "its columns are"));
            return null;
        }

        return TestValues.Read(number, entry.Key.Text, entry.Value, rows.Columns[number].Kind, rows.Columns[number].Unit, faults) is { } values ? (number, values) : null;
    }
}

/// <summary>Reads values that a test gives: one, or a list of them that are taken in turn.</summary>
static class TestValues
{
    const int LongestText = 1024;

    public static FedValues? Read(int number, string name, Node node, Kind kind, Unit? unit, Faults faults)
    {
        if (node.Refused) return null;
        var nodes = (node as ListNode)?.Items ?? [node];
        if (nodes.Count == 0) faults.Add(node.At, $"{name}: the list is empty", "write one value or more");
        var slots = new List<double>();
        var texts = new List<string?>();
        foreach (var item in nodes)
        {
            if (item is ScalarNode { IsNull: true, Text.Length: > 0 })
            {
                slots.Add(kind == Kind.Text ? texts.Count : Slot.MissingOf(kind));
                if (kind == Kind.Text) texts.Add(null);
            }
            else if (item is not ScalarNode { IsNull: false } scalar)
            {
                if (!item.Refused) faults.Add(item.At, $"{name}: {item.Kind} stands where a value is expected", item is ScalarNode ? "write one, ~ for a reading without a value, or leave it out" : "write one value, or a list of values that are taken in turn");
            }
            else if (kind == Kind.Text && scalar.Text.Length > LongestText) faults.Add(item.At, $"{name}: the text is longer than {LongestText:N0} letters", "write a shorter one");
            else if (kind == Kind.Text)
            {
                slots.Add(texts.Count);
                texts.Add(scalar.Text);
            }
            else if (TrySlot(scalar.Text.Trim(), kind, unit, out var slot, out var wrong)) slots.Add(slot);
            else faults.Add(item.At, $"{name}: {wrong.What}", wrong.Remedy);
        }

        return slots.Count == nodes.Count && slots.Count > 0 ? new(number, [.. slots], [.. texts]) : null;
    }

    static bool TrySlot(string text, Kind kind, Unit? unit, out double slot, out Wrong wrong)
    {
        slot = 0;
        switch (kind)
        {
            case Kind.Integer:
                if (!Number.TryParse(text, out long whole, out wrong)) return false;
                slot = Slot.Of(whole);
                return true;
            case Kind.Bool:
                if (!ScalarType.Of(typeof(bool))!.Read(text, out var yes, out wrong)) return false;
                slot = Slot.Of((bool)yes! ? 1 : 0);
                return true;
            default:
                if (!Quantity.TryParse(text, out var quantity, out wrong)) return false;
                if (quantity.Unit is null || (unit is not null && quantity.TryIn(unit, out _)))
                {
                    slot = quantity.Value;
                    return unit is null || quantity.TryIn(unit, out slot);
                }

                wrong = new($"{quantity} is {quantity.Unit.Dimension}, but it comes {(unit is null ? "without a unit" : $"in {unit}")}", unit is null ? $"write {Number.Text(quantity.Value)}" : $"write it in {unit}");
                return false;
        }
    }
}
