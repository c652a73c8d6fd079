namespace StreamEdge;

/// <summary>Marks the option, a map, that takes every key of the step which is no other option's: <c>derive: { power: voltage * current }</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RestAttribute : Attribute;
