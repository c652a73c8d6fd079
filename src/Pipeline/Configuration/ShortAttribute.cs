namespace StreamEdge;

/// <summary>Marks the one option that may stand for the whole map: <c>out_of_range: drop</c> for <c>out_of_range: { then: drop }</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShortAttribute : Attribute;
