namespace StreamEdge;

/// <summary>A test on <see cref="Repository.Shared"/>, skipped in plain words where that folder is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class SharedFactAttribute : FactAttribute
{
    public const string Missing = "../shared is not here";

    public SharedFactAttribute() => Skip = Repository.Shared is null ? Missing : null;
}

/// <inheritdoc cref="SharedFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = Repository.Shared is null ? SharedFactAttribute.Missing : null;
}
