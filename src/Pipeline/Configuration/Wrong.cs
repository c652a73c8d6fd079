namespace StreamEdge;

/// <summary>Why a text cannot be read as a value.</summary>
/// <param name="What">What is wrong, in plain words.</param>
/// <param name="Remedy">What to write instead.</param>
/// <param name="Offset">Index of the character of the text at which it goes wrong; 0 for the text as a whole.</param>
public readonly record struct Wrong(string What, string? Remedy = null, int Offset = 0)
{
    /// <summary>One line: "what; remedy".</summary>
    public override string ToString() => Remedy is null ? What : $"{What}; {Remedy}";
}
