namespace StreamEdge;

/// <summary>Which rows leave that have no partner.</summary>
public enum JoinKeep
{
    /// <summary>None: a row needs both.</summary>
    Both,

    /// <summary>Those of the first step, the left one in <c>from</c>.</summary>
    Left,

    /// <summary>Those of both steps.</summary>
    All,
}

/// <summary>
/// Joins the rows of two steps: those with the same tags and the same time, a window's start, become one row with the
/// columns of both. Columns of which both have one of that name get the name of their step before it, with
/// <c>_</c> for each <c>-</c>, as expressions need it: <c>press_coverage</c>, <c>oven_coverage</c>. A row waits until the other step's rows with its tags have passed it, or
/// the other step has ended, but no longer than <c>idle</c> without such rows; without a partner it then leaves with
/// missing values, if <c>keep</c> says so, or is dropped and counted as <c>unmatched</c>. A joined row is as good as the
/// worse of the two. Of a window only the complete row is joined; a provisional one is dropped and counted as
/// <c>provisional</c>.
/// </summary>
/// <example>
/// - window: { name: press, every: 1m, compute: { temp: [mean, max] } }
/// - window: { name: oven, from: collect, every: 1m, compute: { vibration: [rms] } }
/// - join: { from: [press, oven], keep: left }
/// </example>
public sealed record JoinOptions : OperatorOptions
{
    /// <summary>How far apart the times of two rows may be, at most 1d: each row is joined with the one nearest to it, if it is nearest to that one too, of two as near the earlier one. The joined row has the time of the first step's. Default: 0s, the same time.</summary>
    [Between("0s", "1d")]
    public TimeSpan Within { get; init; }

    /// <summary>Which rows leave that have no partner: <c>both</c> (none, a row needs both), <c>left</c> (those of the step that <c>from</c> names first) or <c>all</c>. Default: both.</summary>
    public JoinKeep Keep { get; init; }

    /// <summary>The tags that must be the same, which the joined rows have. Rows of one step that have the same of these are one series: of two with the same time the first is kept, the other a <c>duplicate</c>, and one older than the last that came is <c>late</c>. Default: all tags, which both steps must have.</summary>
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>Most rows of one group that wait, 2 to 10,000,000. Beyond it the oldest goes on without its partner, and is counted. Default: 100,000.</summary>
    [Between(2, 10_000_000)]
    public int MaxHeld { get; init; } = 100_000;

    /// <inheritdoc/>
    public override bool TellsInputsApart => true;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsRows("join")) return default(Refusal);
        if (context.Inputs.Count != 2) return context.Fault("", $"join needs two steps to read from, not {context.Inputs.Count}", "write 'from: [STEP, STEP]'");
        var (left, right) = (context.Inputs[0], context.Inputs[1]);
        var (leftName, rightName) = (context.InputNames[0], context.InputNames[1]);
        if (!right.IsRows) return context.Fault("", $"join works on rows, but readings come in from '{rightName}'", "put a window or an align before it");
        if (left.HasWindow != right.HasWindow)
            return context.Fault("", $"'{(left.HasWindow ? leftName : rightName)}' makes windows and '{(left.HasWindow ? rightName : leftName)}' rows of instants, so their times mean different things", "make windows of both, or align both");
        if (left.WindowLength is { } a && right.WindowLength is { } b && a != b)
            return context.Fault("", $"the windows of '{leftName}' are {Duration.Text(a)} long and those of '{rightName}' {Duration.Text(b)}", "give both the same length");
        return TagsOf(context) is { } tags && RowsOf(context, tags) is { } rows ? new Join(this, context, rows, tags) : default(Refusal);
    }

    /// <summary>The names of the tags by which rows are joined; null after a fault.</summary>
    IReadOnlyList<string>? TagsOf(BuildContext context)
    {
        var (left, right) = (context.Inputs[0].Keys.TagNames, context.Inputs[1].Keys.TagNames);
        if (By is null)
        {
            if (left.Count == right.Count && left.All(right.Contains)) return left;
            context.Fault("", $"'{context.InputNames[0]}' has {Words(left)}, '{context.InputNames[1]}' {Words(right)}", $"say which must be the same: 'by: [{string.Join(", ", left.Where(right.Contains))}]'");
            return null;
        }

        var sound = true;
        for (var item = 0; item < By.Count; item++)
        {
            for (var input = 0; input < 2; input++)
            {
                var names = context.Inputs[input].Keys.TagNames;
                if (names.Contains(By[item])) continue;
                context.Fault(nameof(By), $"'{context.InputNames[input]}' has no tag '{By[item]}'", names.Count == 0 ? "take it out" : Suggestion.Remedy(By[item], names, "its tags are"), item: item);
                sound = false;
            }

            if (!By.Take(item).Contains(By[item])) continue;
            context.Fault(nameof(By), $"the tag '{By[item]}' is named twice", "name each once", item: item);
            sound = false;
        }

        return sound ? By : null;

        static string Words(IReadOnlyList<string> tags) => tags.Count switch { 0 => "no tags", 1 => $"the tag {tags[0]}", _ => $"the tags {string.Join(", ", tags)}" };
    }

    /// <summary>The joined rows, the columns of the first step first; null after a fault.</summary>
    static Schema? RowsOf(BuildContext context, IReadOnlyList<string> tags)
    {
        var columns = new List<Column>();
        for (var input = 0; input < 2; input++)
        {
            foreach (var column in context.Inputs[input].Columns)
                columns.Add(context.Inputs[1 - input].ColumnNumber(column.Name) < 0 ? column : column with { Name = $"{context.InputNames[input].Replace('-', '_')}_{column.Name}" });
        }

        if (columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            context.Fault("", $"the joined rows would have two columns '{twice.Key}'", "give one of the steps another 'name:'");
            return null;
        }

        var (left, right) = (context.Inputs[0], context.Inputs[1]);
        return Schema.Rows(new KeyTable([.. tags], signals: 0), left.Codes, columns, left.HasWindow, left.WindowLength ?? right.WindowLength);
    }
}
