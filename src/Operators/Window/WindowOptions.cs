namespace StreamEdge;

/// <summary>
/// Turns readings into one row per group and window of event time. Windows begin at the full minute, hour or day
/// (<c>every: 1m</c>; overlapping where <c>length</c> is longer), or for each reading (<c>length</c> alone), with the
/// readings themselves (<c>session:</c>, <c>count:</c>, <c>while:</c>, <c>until:</c>), or by the calendar
/// (<c>calendar: day</c>). A row carries its window's start as its time; it leaves when the device's clock (its newest
/// time less <c>wait</c>) has passed the window's end.
/// </summary>
/// <example>
/// - window: { every: 1m, by: [machine], compute: { temp: [mean, max], vibration: [rms] }, min_coverage: 80% }
/// </example>
public sealed record WindowOptions : OperatorOptions
{
    const long MaxPanes = 10_000;

    /// <summary>A window starts this often, at most 3650d apart.</summary>
    [Between("0s", "3650d")]
    public TimeSpan? Every { get; init; }

    /// <summary>How long a window is, at most 3650d. Default: <c>every</c>, so that each reading is in one window. Without <c>every</c> there is a window for each reading, of those from <c>length</c> before it up to it.</summary>
    [Between("0s", "3650d")]
    public TimeSpan? Length { get; init; }

    /// <summary>Shifts the starts of the windows of <c>every</c>, by less than that, back where it is negative. Default: 0s, so that a window of an hour starts at the full hour, UTC.</summary>
    public Shift Offset { get; init; }

    /// <summary>Windows of activity: readings that follow one another within a gap, <c>session: 5m</c> or <c>{ gap: 5m, max: 8h }</c>.</summary>
    public SessionWindowOptions? Session { get; init; }

    /// <summary>Windows of so many readings of one signal, in the order of their arrival: <c>count: 10</c> or <c>{ readings: 10, step: 5 }</c>. A row has its last reading's time.</summary>
    public CountWindowOptions? Count { get; init; }

    /// <summary>Windows of local days, ISO weeks, months or shifts: <c>calendar: { unit: day, zone: Europe/Berlin }</c>.</summary>
    public CalendarWindowOptions? Calendar { get; init; }

    /// <summary>A window lasts while this is true of the last known values of its group, from the first reading of which it is to the first of which it is not: <c>while: state == "run"</c>. A bad reading decides nothing: its value is missing, and while the condition cannot be told for want of a value, all stays as it was.</summary>
    public Expression? While { get; init; }

    /// <summary>A window ends with a reading of a signal named here of which this is true, the last of its instant; the next one begins the next window: <c>until: door == "open"</c>. A bad reading ends none, for its value is missing.</summary>
    public Expression? Until { get; init; }

    /// <summary>The tags whose values make a group. Default: all tags, a group per device.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>What is computed of which signal: <c>{ temp: [mean, max], pressure: [std] }</c>; a list alone where the file declares one signal. There are count, sum, mean, min, max, std (of all values, not of a sample), rms, crest_factor, first, last, delta, median, p95 and any other quantile (exact up to 4,096 values, then within 0.5 %), mode, derivative and slope (a second), time_mean and integral (a value holds until the next; in windows of <c>every</c> and <c>calendar</c> the last value before a window holds until its first reading, unless it is older than the window is long; time_in does the same), increase (of a counter, resets passed over), zero_crossings, kurtosis, time_in(TEXT) (seconds) and good_pct.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Compute { get; init; }

    /// <summary>Windows that got a smaller share of the readings that the signals' <c>rate</c> promises are marked uncertain, and not scored. Default: 0%.</summary>
    [Between("0%", "100%")]
    public Percent MinCoverage { get; init; }

    /// <summary>How many threads work on it, each on some of the groups: what leaves is the same. For gateways with cores to spare and windows that are much work; not under a shared clock. Default: 1.</summary>
    [Between(1, 64)]
    public int Parallel { get; init; } = 1;

    /// <inheritdoc/>
    public override bool Concerns(string option) => option switch
    {
        nameof(Every) => Every is not null,
        nameof(Session) => Session is not null,
        nameof(Count) => Count is not null,
        nameof(Calendar) => Calendar is not null,
        nameof(While) => While is not null,
        nameof(Until) => Until is not null,
        nameof(Length) => Every is not null || Length is not null,
        nameof(Offset) => Every is not null,
        _ => true,
    };

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        var one = BuildOne(context);
        if (Parallel == 1 || one is not WindowStep window) return one;
        if (window.Aside is not null) return context.Fault(nameof(Parallel), "'late: side' gives windows a second way out, which those of several threads do not have", "leave it out, or write another 'late' in the 'time:' block");
        return context.Pipeline.Time.Clock == ClockKind.Device
            ? new ParallelWindows(window, Parallel, BuildOne, context)
            : context.Fault(nameof(Parallel), "under one clock for all, each reading is judged by those of all groups before it", "leave it out, or take 'clock' out of the 'time:' block");
    }

    Operator BuildOne(BuildContext context)
    {
        if (!context.WantsReadings("window") || !SaysOneKind(context)) return default(Refusal);
        if (Offset != default && Every is null) return context.Fault(nameof(Offset), "only windows of 'every' have an offset", "leave it out");
        return (Every, Length) switch
        {
            ({ } every, _) => Fixed(every, Length ?? every, context),
            (_, { } length) => length <= TimeSpan.Zero ? context.Fault(nameof(Length), "a window must have a length", "write 'length: 5m'") : OfOneSignal(context, nameof(Length), "there is a window for each reading", columns => new SlidingWindow(this, columns, context)),
            _ => OfEvents(context),
        };
    }

    Operator OfEvents(BuildContext context)
    {
        if (Count is not null) return OfOneSignal(context, nameof(Count), "readings are counted", columns => new CountWindow(this, columns, context));
        if (Calendar is not null) return Calendar.Grid(context) is { } days ? Of(context, columns => new Window(this, days, columns, context)) : default(Refusal);
        if (Session is not null) return Of(context, columns => new SessionWindow(this, columns, context));
        var (option, condition) = While is not null ? (nameof(While), While) : (nameof(Until), Until!);
        var rows = HeldRows.Of(context.Input);
        return condition.Bind(context, option, Kind.Bool, schema: rows) is { } bound ? Of(context, columns => new ConditionWindow(this, bound, rows, columns, context)) : default(Refusal);
    }

    Operator Fixed(TimeSpan every, TimeSpan length, BuildContext context)
    {
        if (every <= TimeSpan.Zero) return context.Fault(nameof(Every), "windows that start every 0s never end", "write 'every: 1m'");
        if (length <= TimeSpan.Zero) return context.Fault(nameof(Length), "a window must have a length", "write 'length: 5m'");
        if (Offset.By.Duration() >= every) return context.Fault(nameof(Offset), $"windows of every {Duration.Text(every)} cannot be shifted by {Offset}", $"write less than {Duration.Text(every)}");
        var grid = new FixedGrid(Nanoseconds.Of(every), Nanoseconds.Of(length), Nanoseconds.Of(Offset.By));
        if (grid.PanesOfWindow > MaxPanes)
            return context.Fault(nameof(Length), $"windows of {Duration.Text(length)} every {Duration.Text(every)} have {grid.PanesOfWindow:N0} parts, more than {MaxPanes:N0}", "let one be a multiple of the other");
        return Of(context, columns => new Window(this, grid, columns, context));
    }

    Operator Of(BuildContext context, Func<WindowColumns, Operator> make) => WindowColumns.Read(this, context) is { } columns ? make(columns) : default(Refusal);

    Operator OfOneSignal(BuildContext context, string option, string why, Func<WindowColumns, Operator> make)
    {
        if (WindowColumns.Read(this, context) is not { } columns) return default(Refusal);
        return columns.Signals.Count == 1 ? make(columns) : context.Fault(option, $"{why}, so only one signal can be computed, not {columns.Signals.Count}", "give each signal its own window step");
    }

    bool SaysOneKind(BuildContext context)
    {
        var kinds = new (string Option, bool Said)[]
        {
            (nameof(Every), Every is not null), (nameof(Length), Length is not null && Every is null), (nameof(Session), Session is not null), (nameof(Count), Count is not null),
            (nameof(Calendar), Calendar is not null), (nameof(While), While is not null), (nameof(Until), Until is not null),
        };
        var said = kinds.Where(k => k.Said).Select(k => k.Option).ToList();
        if (said.Count == 0) context.Fault("", "the window does not say when it begins", "write 'every: 1m', or length, session, count, calendar, while or until");
        foreach (var further in said.Skip(1))
            context.Fault(further, $"a window cannot have {OptionsShape.Snake(said[0])} and {OptionsShape.Snake(further)}", "write one of them");
        return said.Count == 1;
    }
}
