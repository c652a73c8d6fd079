namespace StreamEdge;

/// <summary>Why a text cannot be read as a value.</summary>
/// <param name="What">What is wrong, in plain words.</param>
/// <param name="Remedy">What to write instead.</param>
public readonly record struct Wrong(string What, string? Remedy = null)
{
    /// <summary>One line: "what; remedy".</summary>
    public override string ToString() => Remedy is null ? What : $"{What}; {Remedy}";
}
