namespace StreamEdge;

/// <summary>
/// Parts rows, or readings, by what they are: <c>route: { hot: temp > 80 degC, rest: otherwise }</c>. Each goes by the
/// first route whose expression is true of it, and by no other; steps and sinks behind name one: <c>from: route.hot</c>. Where
/// a route cannot tell, because a value is missing, the next one is tried. What no route takes is dropped, and counted as
/// <c>not_routed</c>; where a route could not tell, as <c>not_known</c>. Of a reading, expressions know <c>value</c>, <c>signal</c>,
/// <c>quality</c> and the tags.
/// </summary>
/// <example>
/// - align: { same_time }
/// - route: { hot: temp > 80 degC, cold: temp &lt; 10 degC, rest: otherwise }
/// - derive: { from: route.hot, above: temp - 80 degC }
/// - transmit:
///     warm: { from: derive, console: text }
///     others: { from: [route.cold, route.rest], console: text }
/// </example>
public sealed record RouteOptions : OperatorOptions
{
    const string Otherwise = "otherwise";

    /// <summary>Each further key is a route with the expression that is true of what goes by it, in the order in which they are tried. The last one may be <c>otherwise</c>: it takes all that the others leave.</summary>
    [Rest]
    public required IReadOnlyDictionary<string, Expression> Routes { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        var (conditions, sound, number) = (new List<BoundExpression>(), true, 0);
        foreach (var (name, when) in Routes)
        {
            number++;
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) Fault(name, $"{Visible.Quote(name)} cannot be the name of a route", "use letters, digits, '_' and '-'");
            if (when.ToString() == Otherwise)
            {
                if (number < Routes.Count) Fault(name, $"'{name}' takes all that comes, so nothing is left for the routes behind it", "move it to the end");
                else if (number == 1) Fault(name, $"'{name}' takes all that comes", "put a route with an expression before it, or leave the step out");
            }
            else if (when.Bind(context, nameof(Routes), Kind.Bool, name) is { } condition) conditions.Add(condition);
            else sound = false;
        }

        return sound ? new Route(context.Input, conditions, [.. Routes.Keys]) : default(Refusal);

        void Fault(string name, string what, string remedy)
        {
            sound = false;
            context.Fault(nameof(Routes), what, remedy, name);
        }
    }
}

/// <summary>Parts each batch into one for each route. There is a condition less than there are routes where the last one takes the rest.</summary>
sealed class Route : Operator
{
    const int None = -1, NotKnown = -2;

    readonly IReadOnlyList<BoundExpression> _conditions;
    readonly double[] _truth;
    readonly int[] _taken, _rows; // by row: its route; and the rows of one route
    readonly Tally _notRouted, _notKnown;

    public Route(Schema input, IReadOnlyList<BoundExpression> conditions, IReadOnlyList<string> routes) : base(input)
    {
        (_conditions, Branches) = (conditions, routes);
        (_truth, _taken, _rows) = (new double[input.MaxRows], new int[input.MaxRows], new int[input.MaxRows]);
        (_notRouted, _notKnown) = (Books.Reason("not_routed"), Books.Reason("not_known"));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Branches { get; }

    /// <inheritdoc/>
    public override bool NeedsOrder => _conditions.Any(c => c.NeedsOrder);

    /// <inheritdoc/>
    public override string StateShape => string.Join(' ', _conditions.Select(c => c.StateShape));

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var taken = _taken.AsSpan(0, batch.Count);
        Choose(batch, taken);
        for (var route = 0; route < Branches.Count; route++)
        {
            var rows = 0;
            for (var row = 0; row < taken.Length; row++)
            {
                _rows[rows] = row; // overwritten by the next one where it goes by another route
                rows += taken[row] == route ? 1 : 0;
            }

            if (rows == 0) continue;
            if (rows == taken.Length)
            {
                output.Emit(batch, route);
                return;
            }

            var part = output.Rent(batch.Source);
            part.Append(batch, 0, taken.Length);
            part.Select(_rows.AsSpan(0, rows));
            output.Emit(part, route);
        }

        Count(batch, taken);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        foreach (var condition in _conditions) condition.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        foreach (var condition in _conditions) condition.Restore(state);
    }

    /// <summary>Finds each row's route. Every expression sees every row, for it may remember them.</summary>
    void Choose(Batch batch, Span<int> taken)
    {
        var truth = _truth.AsSpan(0, taken.Length);
        taken.Fill(None);
        for (var route = 0; route < _conditions.Count; route++)
        {
            _conditions[route].Compute(batch, truth);
            for (var row = 0; row < truth.Length; row++)
            {
                if (taken[row] >= 0) continue;
                if (truth[row] == 1) taken[row] = route;
                else if (double.IsNaN(truth[row])) taken[row] = NotKnown;
            }
        }

        if (_conditions.Count == Branches.Count) return;
        foreach (ref var route in taken)
            if (route < 0) route = _conditions.Count;
    }

    void Count(Batch batch, ReadOnlySpan<int> taken)
    {
        var key = batch.Key;
        var signalOf = Output.Keys.SignalOf;
        for (var row = 0; row < taken.Length; row++)
            if (taken[row] < 0) (taken[row] == None ? _notRouted : _notKnown).AddOf(signalOf[key[row]]);
    }
}
