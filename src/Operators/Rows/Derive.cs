namespace StreamEdge;

/// <summary>
/// Adds columns that are computed of the others: <c>derive: { power: voltage * current }</c>, in the order written; a column may
/// use those before it. What is computed of a missing value is missing, and so is a result that is not finite.
/// </summary>
/// <example>
/// - align: { same_time }
/// - derive: { hot: temp > 80 degC, rise: { value: temp - prev(temp), unit: K } }
/// </example>
public sealed record DeriveOptions : OperatorOptions
{
    /// <summary>Each further key is a column with the expression that it is computed by, or <c>{ value: EXPRESSION, unit: UNIT }</c>.</summary>
    [Rest]
    public required IReadOnlyDictionary<string, DerivedColumn> Columns { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsRows("derive")) return default(Refusal);
        var (schema, derived) = (context.Input, new List<BoundExpression>());
        var scales = new List<(double Scale, double Offset)>();
        foreach (var (name, column) in Columns)
        {
            if (schema.ColumnNumber(name) >= 0) context.Fault(nameof(Columns), $"there is a column '{name}' already", "give the new one another name", name);
            if (column.Value.Bind(context, nameof(Columns), entry: name, schema: schema) is not { } bound) continue;
            var unit = bound.Type.Unit;
            (double Scale, double Offset) scale = (1, 0);
            if (column.Unit is { } wanted)
            {
                if (bound.Type.Kind != Kind.Number) context.Fault(nameof(Columns), $"'{name}' is {bound.Type.Noun} and has no unit", "take 'unit' out", name);
                else if (unit is not null && !Unit.CanConvert(unit, wanted)) context.Fault(nameof(Columns), $"'{name}' is in {unit} ({unit.Dimension}), which cannot be turned into {wanted} ({wanted.Dimension})", "correct the expression or the unit", name);
                else if (unit is not null) scale = Unit.Conversion(unit, wanted) is var both && bound.Type.IsDifference ? (both.Scale, 0) : both;
                unit = wanted;
            }

            derived.Add(bound);
            scales.Add(scale);
            schema = schema.Plus([new Column(name, bound.Type.Kind, unit)]);
        }

        return derived.Count == Columns.Count ? new Derive(schema, derived, scales) : default(Refusal);
    }
}

/// <summary>How a column is computed.</summary>
public sealed record DerivedColumn
{
    /// <summary>The expression.</summary>
    [Short]
    public required Expression Value { get; init; }

    /// <summary>The unit that it comes in; the expression's is converted where it is known. Default: the expression's.</summary>
    public Unit? Unit { get; init; }
}

sealed class Derive(Schema output, IReadOnlyList<BoundExpression> derived, IReadOnlyList<(double Scale, double Offset)> scales) : Operator(output)
{
    readonly int _first = output.Columns.Count - derived.Count;

    /// <inheritdoc/>
    public override bool NeedsOrder => derived.Any(d => d.NeedsOrder);

    /// <inheritdoc/>
    public override string StateShape => string.Join(' ', derived.Select(d => d.StateShape));

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        for (var from = 0; from < batch.Count;)
        {
            var rows = Math.Min(batch.Count - from, Output.MaxRows);
            var wider = output.Rent(batch.Source);
            wider.Append(batch, from, rows);
            for (var number = 0; number < derived.Count; number++) Fill(wider, number);
            from += rows;
            output.Emit(wider);
        }

        batch.Release();
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        foreach (var column in derived) column.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        foreach (var column in derived) column.Restore(state);
    }

    void Fill(Batch batch, int number)
    {
        var column = batch.Column(_first + number);
        derived[number].Compute(batch, column);
        if (derived[number].Type.Kind != Kind.Number)
        {
            // A truth or a text's code becomes the slot of its kind.
            foreach (ref var value in column) value = Slot.Of(double.IsNaN(value) ? Slot.Missing : (long)value);
            return;
        }

        var (scale, offset) = scales[number];
        var infinite = 0L;
        foreach (ref var value in column)
        {
            value = (value * scale) + offset;
            if (double.IsFinite(value)) continue;
            if (!double.IsNaN(value)) infinite++;
            value = double.NaN;
        }

        if (infinite > 0) Books.LeaveOut("not_finite", batch.Schema.Columns[_first + number].Name, infinite);
    }
}
