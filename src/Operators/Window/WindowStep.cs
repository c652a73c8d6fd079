namespace StreamEdge;

/// <summary>
/// What all kinds of windows share: which group and column a reading goes to, why one is dropped, the clocks, and the
/// rows on their way out.
/// </summary>
abstract class WindowStep : Operator
{
    readonly double _minCoverage;
    Batch? _rows;
    int[] _inOrder = [];

    protected WindowStep(WindowOptions options, string kind, WindowColumns columns, BuildContext context) : base(columns.Schema, context.Input.Signals)
    {
        (Input, Columns, Clock, _minCoverage) = (context.Input, columns, context.Clock, options.MinCoverage.Fraction);
        var time = context.Pipeline.Time;
        (Wait, Idle) = (Nanoseconds.Of(time.Wait), Nanoseconds.Of(time.Idle));
        (LateReadings, Keep) = (time.Late, time.Late == LateReadings.Drop ? 0 : Nanoseconds.Of(time.KeepLate));
        Clocks = GroupClocks.Of(context.Pipeline, columns.SeveralDevices);
        Routes = new(Input, columns, Output.Keys);
        Late = Books.Reason("late");
        Missing = Books.Reason("missing");
        Bad = Books.Reason("bad_quality");
        Unused = Books.Reason("not_computed");
        Full = Books.Reason("too_many_keys");
        Range = Books.Reason("out_of_time_range");
        StateShape = $"window {kind} of {string.Join(',', Output.Columns.Select(c => c.Name))} by {string.Join(',', Output.Keys.TagNames)}, {OptionsShape.Snake($"{time.Clock}")} clock";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override bool HasClock => true;

    /// <summary>Takes for each row made the row of the batch that made it; null where nobody asks.</summary>
    public List<int>? MadeBy { get; set; }

    /// <summary>The row of the batch that is being looked at.</summary>
    protected int Row { get; set; }

    protected Schema Input { get; }

    protected WindowColumns Columns { get; }

    protected Clock Clock { get; }

    /// <summary>Null where each group is one device with a clock of its own.</summary>
    protected GroupClocks? Clocks { get; }

    protected Routes Routes { get; }

    /// <summary>What <c>time:</c> says, in nanoseconds; <see cref="Keep"/> is 0 where late readings are dropped.</summary>
    protected long Wait { get; }

    /// <inheritdoc cref="Wait"/>
    protected long Idle { get; }

    /// <inheritdoc cref="Wait"/>
    protected long Keep { get; }

    protected LateReadings LateReadings { get; }

    /// <summary>Reasons to drop a reading.</summary>
    protected Tally Late { get; }

    /// <inheritdoc cref="Late"/>
    protected Tally Missing { get; }

    /// <inheritdoc cref="Late"/>
    protected Tally Bad { get; }

    /// <inheritdoc cref="Late"/>
    protected Tally Unused { get; }

    /// <inheritdoc cref="Late"/>
    protected Tally Full { get; }

    /// <inheritdoc cref="Late"/>
    protected Tally Range { get; }

    /// <summary>Why no window at all can take a reading; null where one can.</summary>
    protected Tally? Refuses(Batch batch, int row, KeyRoute route, Kind kind) =>
        Routes.Refused[batch.Key[row]] ? Full
        : route.Signal < 0 ? Unused
        : Slot.IsMissing(batch.Value[row], kind) ? Missing
        : batch.HasQuality && batch.Quality[row] == Quality.Bad ? Bad
        : null;

    /// <summary>Adds a window's row to those that leave.</summary>
    protected void Add(int group, long time, long end, long length, Pane pane, int revision, in Summary summary, int source, Output output)
    {
        if (_rows is not null && (_rows.Count == Output.MaxRows || _rows.Source != source)) Flush(output);
        _rows ??= output.Rent(source);
        var row = _rows.Count;
        _rows.Grow(row + 1);
        _rows.Count = row + 1;
        (_rows.Time[row], _rows.Key[row], _rows.End[row], _rows.Pane[row], _rows.Revision[row]) = (time, group, end, pane, revision);
        var coverage = Columns.Fill(_rows, row, end, length, summary);
        if (_rows.HasQuality || coverage < _minCoverage) _rows.Quality[row] = coverage < _minCoverage ? Quality.Uncertain : Quality.Good;
        MadeBy?.Add(Row);
        Books.Created++;
    }

    protected void Flush(Output output)
    {
        if (_rows is not { } rows) return;
        _rows = null;
        output.Emit(rows);
    }

    /// <summary>The groups in the order of their tags, so that what closes together leaves in the same order in every run.</summary>
    protected int[] InOrder()
    {
        if (_inOrder.Length == Output.Keys.Count) return _inOrder;
        _inOrder = [.. Enumerable.Range(0, Output.Keys.Count)];
        Array.Sort(_inOrder, (a, b) => string.CompareOrdinal(Output.Keys.Text(a), Output.Keys.Text(b)));
        return _inOrder;
    }

    protected Kind KindOf(int signal) => Input.Signals[Columns.Signals[signal]].Kind;
}
