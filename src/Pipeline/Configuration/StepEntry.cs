namespace StreamEdge;

/// <summary>One step as the file writes it: a line of the table with its options, and where it gets its input.</summary>
sealed record StepEntry(string Name, CatalogEntry Line, BoundOptions Bound, Position At)
{
    public StepOptions Options => (StepOptions)Bound.Value;

    /// <summary>The names after <c>from:</c>; null for the step before.</summary>
    public IReadOnlyList<ScalarNode>? From { get; init; }

    /// <summary>The queue before it, as the file asks for it; null where it asks for none.</summary>
    public QueueOptions? Queue { get; init; }

    /// <summary>For a sink: whether only anomalies pass, and where that is said.</summary>
    public Position? OnlyAnomaly { get; init; }

    /// <summary>The further name under which <c>from:</c> finds it: the group whose last step it is.</summary>
    public string? Alias { get; init; }
}
