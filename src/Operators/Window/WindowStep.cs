namespace StreamEdge;

/// <summary>
/// What all kinds of windows share: which group and column a reading goes to, why one is dropped, and the rows on their
/// way out.
/// </summary>
abstract class WindowStep : Operator
{
    readonly WindowRows _rows;
    int[] _inOrder = [];
    Batch? _late; // set aside in the batch that is being looked at

    protected WindowStep(WindowOptions options, string kind, WindowColumns columns, BuildContext context) : base(columns.Schema, context.Input.Signals)
    {
        (Input, Columns, Clock) = (context.Input, columns, context.Clock);
        var time = context.Pipeline.Time;
        (Wait, Idle) = (Nanoseconds.Of(time.Wait), Nanoseconds.Of(time.Idle));
        _rows = new(columns, options.MinCoverage.Fraction, Books);
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

    protected Routes Routes { get; }

    /// <summary>What <c>time:</c> says, in nanoseconds.</summary>
    protected long Wait { get; }

    /// <inheritdoc cref="Wait"/>
    protected long Idle { get; }

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

    /// <summary>Takes or refuses the readings of a batch one after the other.</summary>
    protected void TakeEach(Batch batch, Output output)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var route = Routes.ByKey[batch.Key[row]];
            Row = row;
            TakeOne(batch, row, route, Before(batch, row, route, output), output);
            After(batch, row, route, output);
        }
    }

    /// <summary>Takes or refuses a reading, and counts it; whether it was taken.</summary>
    /// <param name="batch">The readings.</param>
    /// <param name="row">Its row.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="refusal">Why it is not taken, where that is known already.</param>
    /// <param name="output">Where to emit.</param>
    protected bool TakeOne(Batch batch, int row, KeyRoute route, Tally? refusal, Output output)
    {
        var (key, at) = (batch.Key[row], batch.Time[row]);
        var kind = Input.AllNumbers ? Kind.Number : Input.KindOf(key);
        refusal ??= Refuses(batch, row, route, kind);
        if (refusal is null) refusal = Take(key, route, new WindowReading(at, batch.Value[row], kind, batch.HasQuality ? batch.Quality[row] : Quality.Good), batch.Source, output);
        else if (refusal == Bad && Columns.NeedsQualities) NoteBad(route, at);
        if (refusal is null) Books.Absorbed++;
        else if (refusal == Late && Aside is not null) SetAside(batch, row, output);
        else refusal.AddOf(Input.Keys.SignalOf[key]);
        return refusal is null;
    }

    void SetAside(Batch batch, int row, Output output)
    {
        if (_late is { Count: Batch.MaxRows } full)
        {
            _late = null;
            output.EmitAside(full);
        }

        (_late ??= output.RentAside(Input, batch.Source)).Append(batch, row, 1);
    }

    /// <summary>What a reading does before it is taken or refused; why it is refused, where that is known already.</summary>
    protected virtual Tally? Before(Batch batch, int row, KeyRoute route, Output output) => null;

    /// <summary>Puts a reading into its group's windows; the reason where none takes it.</summary>
    protected abstract Tally? Take(int key, KeyRoute route, in WindowReading reading, int source, Output output);

    /// <summary>A bad reading counts among those of its window though it is dropped.</summary>
    protected virtual void NoteBad(KeyRoute route, long at)
    {
    }

    /// <summary>What a reading does that has been taken or refused.</summary>
    protected virtual void After(Batch batch, int row, KeyRoute route, Output output)
    {
    }

    /// <summary>Why no window at all can take a reading; null where one can.</summary>
    protected Tally? Refuses(Batch batch, int row, KeyRoute route, Kind kind) =>
        Routes.Refused[batch.Key[row]] ? Full
        : route.Signal < 0 ? Unused
        : Slot.IsMissing(batch.Value[row], kind) ? Missing
        : batch.HasQuality && batch.Quality[row] == Quality.Bad ? Bad
        : null;

    /// <summary>What the summary says of readings in windows that were not emitted: where the input was held at its end, or the pipeline stopped at a barrier.</summary>
    protected static IEnumerable<(string Name, string Value)> ReportOpen(long readings) => readings > 0 ? [("held in open windows", $"{readings:N0} readings")] : [];

    /// <summary>Adds a window's row to those that leave.</summary>
    protected void Add(int group, long time, long end, long length, Pane pane, int revision, in Summary summary, int source, Output output)
    {
        MadeBy?.Add(Row);
        _rows.Add(group, time, end, length, pane, revision, summary, source, output);
    }

    protected void Flush(Output output)
    {
        _rows.Flush(output);
        if (_late is { } late) output.EmitAside(late);
        _late = null;
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
