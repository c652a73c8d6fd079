namespace StreamEdge;

/// <summary>The logical sources of a file: each of its rows belongs to one, and each has a part in the shared clock.</summary>
public sealed record FileSourcesOptions
{
    /// <summary>The column that names the logical source of a row.</summary>
    public required string Field { get; init; }

    /// <summary>The logical sources, 1 to 1,000. One that has given nothing yet holds the shared clock back; rows of others are refused, and counted as <c>unknown_source</c>.</summary>
    public required IReadOnlyList<string> Names { get; init; }
}
