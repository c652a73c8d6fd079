namespace StreamEdge;

/// <summary>The key of an option in the file, where it is not its name in snake_case.</summary>
/// <param name="key">The key as the user writes it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyAttribute(string key) : Attribute
{
    /// <summary>The key as the user writes it.</summary>
    public string Key => key;
}
