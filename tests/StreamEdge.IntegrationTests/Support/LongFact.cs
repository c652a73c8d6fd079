namespace StreamEdge;

/// <summary>A test of long runs only, <c>./test --long</c>, skipped in plain words otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Missing;

    public static string? Missing { get; } = Environment.GetEnvironmentVariable("STREAMEDGE_LONG") is null ? "it belongs to long runs: ./test --long" : null;
}
