namespace StreamEdge;

/// <summary>What a column's value is made of at an instant at which its signal may have no reading.</summary>
public enum AlignHow
{
    /// <summary>The last reading at that instant.</summary>
    Hold,

    /// <summary>What lies on the line between the reading before and the one after; numbers only.</summary>
    Linear,

    /// <summary>The reading that is nearest in time, of two that are as near the earlier one; with <c>to</c> only.</summary>
    Nearest,
}

/// <summary>
/// Turns readings into rows, a column per signal: those of one instant (<c>same_time</c>), or what the signals say at each
/// multiple of a period (<c>every: 1s</c>) or at each reading of one of them (<c>to: temp</c>). A row leaves when the group's
/// clock (its newest time less <c>wait</c>) has passed its instant and, on a line, the reading behind it, or after
/// <c>idle</c> without data; one of <c>same_time</c> already when all its signals are there and no earlier row waits. What
/// comes for an instant that the clock has passed, or whose row has left incomplete, is late, and dropped. A row is as
/// good as the worst reading in it. With <c>every</c> and <c>to</c> missing, infinite and bad readings are passed over, a row
/// without any value is not made, and rows leave in the order of their time; with <c>same_time</c> too, but for those
/// whose first reading came only after later rows had left.
/// </summary>
/// <example>
/// - align: { every: 1s, how: linear, limit: 10s, signals: [temp, vibration] }
/// </example>
public sealed record AlignOptions : OperatorOptions
{
    /// <summary>Most rows that are made of one reading.</summary>
    const long MostOfOne = 100_000;

    /// <summary>Readings of the same instant make a row: <c>align: { same_time }</c>. One of <c>same_time</c>, <c>every</c> and <c>to</c> must be written.</summary>
    public bool SameTime { get; init; }

    /// <summary>The time from one row to the next, 1ms to 1d: <c>align: { every: 1s }</c>.</summary>
    [Between("1ms", "1d")]
    public TimeSpan? Every { get; init; }

    /// <summary>The signal at whose readings rows are made: <c>align: { to: temp, limit: 500ms }</c>. Its own value is taken as it is.</summary>
    public string? To { get; init; }

    /// <summary>What a value is made of with <c>every</c> and <c>to</c>: <c>hold</c> (the last reading), <c>linear</c> (the one before and the one after; only of numbers) or, with <c>to</c>, <c>nearest</c>. Default: hold.</summary>
    public AlignHow? How { get; init; }

    /// <summary>With <c>hold</c>, how old a reading may be; with <c>nearest</c>, how far away; with <c>linear</c>, how far apart the two may be; else the value is missing. At most 365d and 100,000 periods. Default: 10 periods; with <c>to</c> the pipeline's <c>idle</c>.</summary>
    [Between("0s", "365d")]
    public TimeSpan? Limit { get; init; }

    /// <summary>The tags whose values make a group. Default: all tags, a group per device.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>The signals of a row, in the order of its columns; readings of others are dropped. Default: all, as declared.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>With <c>same_time</c>, most instants of a group that are open, 1 to 1,000,000: those that the group's clock has not passed. Beyond it the oldest is closed, and what comes for it or an earlier one is late. Default: 10,000.</summary>
    [Between(1, 1_000_000)]
    public int? MaxOpen { get; init; }

    /// <summary>With <c>every</c> and <c>to</c>, most readings of a group that wait, 2 to 100,000,000. Beyond it rows are made before their time, and what comes for them is late. Default: 65,536.</summary>
    [Between(2, 100_000_000)]
    public int? MaxHeld { get; init; }

    /// <inheritdoc/>
    public override bool Concerns(string option) => option switch
    {
        nameof(Every) or nameof(To) => false, // of three ways one is written
        nameof(How) or nameof(Limit) or nameof(MaxHeld) => !SameTime,
        nameof(MaxOpen) => SameTime,
        _ => true,
    };

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("align")) return default(Refusal);
        var sound = IsOneWay(context);
        var tags = TagsOf(context);
        var signals = SignalsOf(context);
        var rule = SameTime || (Every is null && To is null) || signals is null ? null : AsOf(context, signals);
        if (!sound || tags is null || signals is null) return default(Refusal);
        if (SameTime) return new AlignSameTime(context, tags, signals, MaxOpen ?? 10_000);
        return rule is null ? default(Refusal) : new AlignAsOf(context, tags, signals, rule);
    }

    /// <summary>Whether the options name one way, and none that belongs to another.</summary>
    bool IsOneWay(BuildContext context)
    {
        string[] ways = [.. new[] { SameTime ? nameof(SameTime) : null, Every is null ? null : nameof(Every), To is null ? null : nameof(To) }.OfType<string>()];
        if (ways.Length == 0) context.Fault(nameof(SameTime), "align does not say which readings make a row", "write 'align: { same_time }', 'align: { every: 1s }' or 'align: { to: SIGNAL }'");
        foreach (var way in ways.Skip(1)) context.Fault(way, $"'{OptionsShape.Snake(ways[0])}' and '{OptionsShape.Snake(way)}' are two ways to make rows", "leave one out");
        if (ways.Length != 1) return false;
        var sound = true;
        if (SameTime && How is not null) Refuse(nameof(How), "belongs to 'every' and 'to': readings of one instant are taken as they are");
        if (SameTime && Limit is not null) Refuse(nameof(Limit), "belongs to 'every' and 'to': readings of one instant are taken as they are");
        if (SameTime && MaxHeld is not null) Refuse(nameof(MaxHeld), "belongs to 'every' and 'to'", "write 'max_open'");
        if (!SameTime && MaxOpen is not null) Refuse(nameof(MaxOpen), "belongs to 'same_time'", "write 'max_held'");
        if (Every is not null && How == AlignHow.Nearest) Refuse(nameof(How), "is 'nearest', which belongs to 'to'", "write hold or linear");
        return sound;

        void Refuse(string option, string what, string remedy = "leave it out")
        {
            context.Fault(option, $"'{OptionsShape.Snake(option)}' {what}", remedy);
            sound = false;
        }
    }

    /// <summary>The places of a group's tags among a device's; null after a fault.</summary>
    List<int>? TagsOf(BuildContext context)
    {
        var tagNames = context.Input.Keys.TagNames;
        var by = By ?? tagNames;
        var (tags, sound) = (new List<int>(), true);
        for (var item = 0; item < by.Count; item++)
        {
            var tag = tagNames.ToList().IndexOf(by[item]);
            if (tag < 0) context.Fault(nameof(By), $"there is no tag '{by[item]}'", Suggestion.Remedy(by[item], tagNames, "the tags are"), item: item);
            else if (tags.Contains(tag)) context.Fault(nameof(By), $"the tag '{by[item]}' is named twice", "name each once", item: item);
            sound &= tag >= 0 && !tags.Contains(tag);
            tags.Add(tag);
        }

        return sound ? tags : null;
    }

    /// <summary>The signal of each column; null after a fault.</summary>
    List<int>? SignalsOf(BuildContext context)
    {
        var (signals, sound) = (new List<int>(), true);
        if (Signals is null) signals.AddRange(Enumerable.Range(0, context.Input.Signals.Count));
        for (var item = 0; item < (Signals?.Count ?? 0); item++)
        {
            var signal = context.SignalNumber(nameof(Signals), Signals![item], item: item);
            if (signal >= 0 && signals.Contains(signal)) context.Fault(nameof(Signals), $"the signal '{Signals[item]}' is named twice", "name each once", item: item);
            sound &= signal >= 0 && !signals.Contains(signal);
            signals.Add(signal);
        }

        if (signals.Count == 0) context.Fault(nameof(Signals), "a row needs at least one signal", "name some, or leave the option out");
        return sound && signals.Count > 0 ? signals : null;
    }

    /// <summary>How values are found with <c>every</c> and <c>to</c>; null after a fault.</summary>
    AsOfRule? AsOf(BuildContext context, List<int> signals)
    {
        var (to, sound) = (-1, true);
        if (To is not null)
        {
            var signal = context.SignalNumber(nameof(To), To);
            to = signals.IndexOf(signal);
            if (signal >= 0 && to < 0) context.Fault(nameof(Signals), $"the rows are made at the readings of '{To}', which is not among the signals", "add it");
            sound &= to >= 0;
        }

        for (var column = 0; column < signals.Count && How == AlignHow.Linear; column++)
        {
            var signal = context.Input.Signals[signals[column]];
            if (column == to || signal.Kind == Kind.Number) continue;
            var what = signal.Kind switch { Kind.Integer => "of type integer", Kind.Text => "of type text", _ => "of type bool" };
            context.Fault(nameof(How), $"'{signal.Name}' is {what}, and there is no line between its values", "write 'how: hold', or name the other signals in 'signals'");
            sound = false;
        }

        var limit = Limit ?? (Every is { } period ? 10 * period : context.Pipeline.Time.Idle);
        if (Every is { } every && limit.Ticks / every.Ticks > MostOfOne)
        {
            context.Fault(nameof(Limit), $"within {Duration.Text(limit)} there are more than {MostOfOne:N0} periods of {Duration.Text(every)}", "lower limit, or raise every");
            sound = false;
        }

        return sound ? new AsOfRule(How ?? AlignHow.Hold, (ulong)Nanoseconds.Of(limit), Nanoseconds.Of(Every ?? TimeSpan.Zero), to, MaxHeld ?? 65_536) : null;
    }
}
