namespace StreamEdge;

/// <summary>
/// Lets the rows pass that an expression is true of: <c>filter: temp_max > 80 degC</c>. The others are dropped, and counted
/// as <c>filtered</c>; those of which it cannot tell, because a value is missing, as <c>not_known</c>.
/// </summary>
/// <example>
/// - align: { same_time }
/// - filter: temp > 80 degC and vibration &lt; 4
/// </example>
public sealed record FilterOptions : OperatorOptions
{
    /// <summary>What is true of the rows that pass.</summary>
    [Short]
    public required Expression When { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsRows("filter")) return default(Refusal);
        return When.Bind(context, nameof(When), Kind.Bool) is { } when ? new ExpressionFilter(context.Input, when, "filtered", "not_known") : default(Refusal);
    }
}
