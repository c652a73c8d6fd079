namespace StreamEdge;

/// <summary>
/// Keeps the readings that an expression is true of: <c>keep: quality == "good"</c>. Of each reading it knows <c>value</c>,
/// <c>signal</c>, <c>quality</c> and the tags. The others are dropped, and counted as <c>not_kept</c>; those of which it
/// cannot tell, because a value is missing, as <c>not_known</c>.
/// </summary>
/// <example>
/// - clean: { keep: quality == "good" and signal != "test" }
/// </example>
public sealed record KeepOptions : OperatorOptions
{
    /// <summary>What is true of the readings that are kept.</summary>
    [Short]
    public required Expression When { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("keep")) return default(Refusal);
        return When.Bind(context, nameof(When), Kind.Bool) is { } when ? new ExpressionFilter(context.Input, when, "not_kept", "not_known") : default(Refusal);
    }
}
