namespace StreamEdge;

/// <summary>How a row's values are found: what they are made of, how far away it may lie, and where the rows are.</summary>
/// <param name="How">What a value is made of.</param>
/// <param name="Limit">How far away that may lie, nanoseconds.</param>
/// <param name="Every">The time from one row to the next, nanoseconds; 0 where a signal gives the instants.</param>
/// <param name="To">The column of that signal; -1 where a period gives the instants.</param>
/// <param name="MaxHeld">Most readings that a group holds.</param>
sealed record AsOfRule(AlignHow How, ulong Limit, long Every, int To, int MaxHeld);

/// <summary>
/// Rows of what signals say at given instants: the multiples of a period, or those of one signal's readings. A row is
/// made when nothing can come any more that would change it, so any order of arrival within <c>wait</c> makes the same.
/// </summary>
sealed class AlignAsOf : Align<AsOfGroup>
{
    readonly AsOfRule _rule;
    readonly double[] _slots; // of the row that is being made
    long _early;

    public AlignAsOf(BuildContext context, IReadOnlyList<int> tags, IReadOnlyList<int> signals, AsOfRule rule)
        : base(context, tags, signals, rule.To < 0 ? $"{rule.How} every {rule.Every}" : $"{rule.How} to {context.Input.Signals[signals[rule.To]].Name}") =>
        (_rule, _slots) = (rule, new double[signals.Count]);

    /// <inheritdoc/>
    public override bool EmitsInOrder => true;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => _early > 0 ? [("closed early", $"{_early:N0}, of groups that held more than {_rule.MaxHeld:N0} readings")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = Clock.Now;
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Input.Keys.SignalOf;
        var deviceOf = Input.Keys.DeviceOf;
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (ColumnOf[signal] < 0)
            {
                Unused.AddOf(signal);
                continue;
            }

            var device = deviceOf[key[row]];
            var group = GroupOf(device);
            group.LastInput = now;
            Take(group, signal, new TimedValue(time[row], value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source));
            if (Move(group, device, batch.Source, time[row], now)) Advance(group, output);
            if (group.Held > _rule.MaxHeld) Force(group, output);
        }

        Done(batch, now, output);
    }

    /// <inheritdoc/>
    protected override AsOfGroup Group(int number) => new(number, Output.Columns.Count, _rule);

    /// <inheritdoc/>
    protected override void LetGo(AsOfGroup group, bool all, Output output)
    {
        if (all)
        {
            while (group.Next <= group.Newest) Make(group, output);
            return;
        }

        var decided = Decided(group);
        while (group.Next < decided && !group.IsOpen(decided)) Make(group, output);
    }

    /// <summary>Nothing before this instant will be taken any more: the clock has passed it, or its row has left.</summary>
    long Decided(AsOfGroup group) => Math.Max(Watermark(group), group.Made + 1);

    void Take(AsOfGroup group, int signal, in TimedValue reading)
    {
        var (column, kind, decided) = (ColumnOf[signal], Input.Signals[signal].Kind, Decided(group));
        if (reading.Time < decided) Late.AddOf(signal);
        else if (column != _rule.To && !IsUsable(reading, kind)) Books.Absorbed++;
        else if (group.Add(column, reading, decided) is { } first) Again(column, signal, first.Slot, reading.Slot);
        else Books.Absorbed++;
    }

    static bool IsUsable(in TimedValue reading, Kind kind) =>
        reading.Quality != Quality.Bad && !Slot.IsMissing(reading.Slot, kind) && (kind != Kind.Number || double.IsFinite(reading.Slot));

    /// <summary>Too much waits: rows are made as far as is known, then what no row was made of is forgotten.</summary>
    void Force(AsOfGroup group, Output output)
    {
        while (group.Held > _rule.MaxHeld)
        {
            if (group.Next <= group.Newest) Make(group, output);
            else if (!group.ForgetFirst()) return;
            _early++;
        }
    }

    /// <summary>Makes the group's next row, of what is known; none, where that is nothing.</summary>
    void Make(AsOfGroup group, Output output)
    {
        var (at, quality, newest, source, any) = (group.Next, Quality.Good, long.MinValue, 0, false);
        for (var column = 0; column < _slots.Length; column++)
        {
            var kind = Output.Columns[column].Kind;
            _slots[column] = Slot.MissingOf(kind);
            if (group.ValueOf(column) is not { } value) continue;
            _slots[column] = value.Slot;
            any |= !Slot.IsMissing(value.Slot, kind);
            if (value.Quality > quality) quality = value.Quality;
            if (value.Time > newest) (newest, source) = (value.Time, value.Source);
        }

        group.Pass(at, Watermark(group));
        if (!any) return;
        var rows = Outgoing.Next(output, source);
        var row = rows.Count - 1;
        rows.Time[row] = at;
        rows.Key[row] = group.Number;
        for (var column = 0; column < _slots.Length; column++) rows.Column(column)[row] = _slots[column];
        if (rows.HasQuality || quality != Quality.Good) rows.Quality[row] = quality;
        Books.Created++;
    }
}
