namespace StreamEdge;

/// <summary>
/// Adds columns that a table knows of each row's machine, order or recipe: <c>limit</c> and <c>owner</c> from a line of
/// <c>machines.csv</c>. A row whose line is not in the table goes on with these columns missing; how many there were is told
/// at the end. The file is looked at once a second, and a new version taken up while the pipeline runs, as soon as a CSV file
/// has stood still for a second; one that has a mistake is told, and the lines of before stay.
/// </summary>
/// <example>
/// - align: { same_time }
/// - enrich: { table: machines.csv, by: machine, add: { limit: degC, owner: text } }
/// - filter: temp > limit
/// </example>
public sealed record EnrichOptions : OperatorOptions
{
    /// <summary>The table: a CSV file with a header, <c>machines.csv</c>, or a table of an SQLite file, <c>{ sqlite: site.db, name: machines }</c>. To change a CSV file in one go, write a new one and give it the old one's name.</summary>
    public required TableOptions Table { get; init; }

    /// <summary>Tags, or columns of text or whole numbers, by which a row's line is found: <c>[line, machine]</c>. The table has columns of the same names, and no two lines with the same values.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>The columns of the table that are added, each with its unit, or with <c>number</c>, <c>integer</c>, <c>text</c> or <c>bool</c>: <c>{ limit: degC, owner: text }</c>. An empty place is a missing value.</summary>
    public required IReadOnlyDictionary<string, AddedColumn> Add { get; init; }

    /// <summary>A column of the table with the instant from which on a line holds, up to the next line of the same values: a row gets the line that held at its time. Empty: from the beginning.</summary>
    public string? ValidFrom { get; init; }

    /// <summary>How many lines the table may have, 1 to 1,000,000; a larger one is a mistake. Default: 100,000.</summary>
    [Between(1, 1_000_000)]
    public int MaxLines { get; init; } = 100_000;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsRows("enrich")) return default(Refusal);
        var keys = Keys(context);
        if (!CheckNames(context) | keys is null | !Table.Check(context, nameof(Table))) return default(Refusal);
        var layout = new TableLayout([.. keys!.Select(k => k.Column)], [.. Add.Select(a => new Column(a.Key, a.Value.Kind, a.Value.Unit))], ValidFrom, MaxLines, Table.Decimal ?? DecimalMark.Point);
        var path = context.Pipeline.InputPath(Table.Path);
        context.Pipeline.Surroundings.Tables?.Add(path);
        var (file, faults) = (new TableFile(Table, path, layout, context.Clock), new TableFaults());
        if (file.Read(faults) is { } lookup) return new Enrich(context.Input.Plus(layout.Added), keys!, file, lookup);
        foreach (var fault in faults.Items) Tell(context, fault);
        return default(Refusal);
    }

    /// <summary>Where each key stands in the rows; null after a fault.</summary>
    List<LookupKey>? Keys(BuildContext context)
    {
        var (rows, keys) = (context.Input, new List<LookupKey>());
        for (var item = 0; item < By.Count; item++)
        {
            var (name, column) = (By[item], rows.ColumnNumber(By[item]));
            if (By.Take(item).Contains(name)) context.Fault(nameof(By), $"'{name}' is named twice", "name each once", item: item);
            else if (rows.Keys.TagNames.ToList().IndexOf(name) is >= 0 and var tag) keys.Add(new TagKey(name, tag));
            else if (column < 0) context.Fault(nameof(By), $"there is no tag or column {Visible.Quote(name)}", Suggestion.Remedy(name, rows.Keys.TagNames.Concat(rows.Columns.Where(c => c.Kind is Kind.Text or Kind.Integer).Select(c => c.Name)), "there are"), item: item);
            else if (rows.Columns[column].Kind == Kind.Text) keys.Add(new TextKey(name, column));
            else if (rows.Columns[column].Kind == Kind.Integer) keys.Add(new WholeKey(name, column));
            else context.Fault(nameof(By), $"'{name}' is {(rows.Columns[column].Kind == Kind.Bool ? "true or false" : "a number")}, by which no line is found", "name a tag, or a column of text or whole numbers", item: item);
        }

        if (By.Count == 0) context.Fault(nameof(By), "enrich does not say how a row's line is found", "write by: machine");
        return By.Count > 0 && keys.Count == By.Count ? keys : null;
    }

    bool CheckNames(BuildContext context)
    {
        var sound = Add.Count > 0;
        if (!sound) context.Fault(nameof(Add), "enrich adds nothing", "write add: { limit: degC }");
        foreach (var name in Add.Keys)
        {
            if (context.Input.ColumnNumber(name) < 0 && !context.Input.Keys.TagNames.Contains(name)) continue;
            sound = false;
            context.Fault(nameof(Add), $"the rows have '{name}' already", "give the column of the table another name", name);
        }

        return sound;
    }

    /// <summary>A column that the table lacks is told where it is named, all else where the table is.</summary>
    void Tell(BuildContext context, TableFault fault)
    {
        if (fault.Wanted < 0) context.Fault(nameof(Table), fault.What, fault.Remedy);
        else if (fault.Wanted < By.Count) context.Fault(nameof(By), fault.What, fault.Remedy, item: fault.Wanted);
        else if (fault.Wanted < By.Count + Add.Count) context.Fault(nameof(Add), fault.What, fault.Remedy, Add.Keys.ElementAt(fault.Wanted - By.Count));
        else context.Fault(nameof(ValidFrom), fault.What, fault.Remedy);
    }
}

/// <summary>Finds each row's line by its keys, then copies column by column.</summary>
sealed class Enrich : Operator
{
    const int MostTold = 50;

    readonly List<LookupKey> _keys;
    readonly TableFile _file;
    readonly int _first;
    readonly int[] _lines, _ids;
    Lookup _lookup;
    long _rows, _missed;
    int _told;

    public Enrich(Schema output, List<LookupKey> keys, TableFile file, Lookup lookup) : base(output)
    {
        (_keys, _file) = (keys, file);
        _first = output.Columns.Count - lookup.Columns;
        (_lines, _ids) = (new int[output.MaxRows], new int[output.MaxRows]);
        Use(_lookup = lookup);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            yield return ("table", $"{_lookup.Size} of {_file.Name}");
            if (_missed > 0) yield return ("not found", $"{_missed:N0} of {_rows:N0} rows");
            if (_file.TakenUp > 0) yield return ("taken up", $"{_file.TakenUp:N0} new version{(_file.TakenUp == 1 ? "" : "s")}");
            if (_file.Refused > 0) yield return ("refused", $"{_file.Refused:N0} new version{(_file.Refused == 1 ? "" : "s")}");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_file.Newer(Books) is { } newer) Use(newer);
        for (var from = 0; from < batch.Count;)
        {
            var rows = Math.Min(batch.Count - from, Output.MaxRows);
            var wider = output.Rent(batch.Source);
            wider.Append(batch, from, rows);
            Find(wider);
            for (var column = 0; column < _lookup.Columns; column++) Fill(wider, column);
            from += rows;
            output.Emit(wider);
        }

        batch.Release();
    }

    void Use(Lookup lookup)
    {
        _lookup = lookup;
        for (var key = 0; key < _keys.Count; key++) _keys[key].Use(lookup, key, Miss);
    }

    /// <summary>Tells what the table lacks, as long as that leaves room for what else is to be told.</summary>
    void Miss(string text)
    {
        if (_told++ < MostTold) Books.Notice($"finds no {text} in {_file.Name}");
    }

    /// <summary>Finds the line of every row; -1 where the table has none.</summary>
    void Find(Batch batch)
    {
        var lines = _lines.AsSpan(0, batch.Count);
        var ids = _ids.AsSpan(0, batch.Count);
        _keys[0].Find(batch, lines);
        for (var key = 1; key < _keys.Count; key++)
        {
            _keys[key].Find(batch, ids);
            for (var row = 0; row < lines.Length; row++) lines[row] = _lookup.Join(key, lines[row], ids[row]);
        }

        var time = batch.Time;
        for (var row = 0; row < lines.Length; row++)
        {
            lines[row] = _lookup.LineAt(lines[row], time[row]);
            if (lines[row] < 0) _missed++;
        }

        _rows += lines.Length;
    }

    void Fill(Batch batch, int number)
    {
        var slots = _lookup.Slots(number);
        var column = batch.Column(_first + number);
        var kind = Output.Columns[_first + number].Kind;
        var missing = Slot.MissingOf(kind);
        for (var row = 0; row < column.Length; row++) column[row] = _lines[row] < 0 ? missing : slots[_lines[row]];
        if (kind != Kind.Text) return;

        // The slots of a text say which text of the table it is.
        var full = 0L;
        foreach (ref var slot in column)
        {
            if (Slot.Bits(slot) == Slot.Missing) continue;
            slot = Slot.Of(_lookup.Code((int)Slot.Bits(slot), Output.Codes));
            if (Slot.Bits(slot) == Slot.Missing) full++;
        }

        if (full > 0) Books.LeaveOut("too_many_texts", Output.Columns[_first + number].Name, full);
    }
}
