namespace StreamEdge;

/// <summary>How the value of an option is written, where its type alone does not tell: a speed, not any number with a unit.</summary>
/// <param name="example">As the user writes it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExampleAttribute(string example) : Attribute
{
    /// <summary>As the user writes it.</summary>
    public string Example => example;
}
