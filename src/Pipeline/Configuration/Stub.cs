#pragma warning disable
namespace StreamEdge;
public sealed record Unit(string Symbol)
{
    public static bool CanConvert(Unit a, Unit b) => true;
    public static (double Scale, double Offset) Conversion(Unit a, Unit b) => (1, 0);
}
public readonly record struct Bounds(double Min, double Max);
public readonly record struct Rate(TimeSpan Period);
public readonly record struct Quantity(double Value, Unit? Unit);
public readonly record struct Percent(double Fraction);
public readonly record struct ByteSize(long Bytes);
public readonly record struct Occurrences(int Count);
public sealed class ShortAttribute : Attribute;
public sealed class BetweenAttribute : Attribute { public BetweenAttribute(double min, double max) {} public BetweenAttribute(string min, string max) {} }
public sealed class BoundOptions { public object Value = null!; public bool Sound; public Position PositionOf(string property, string? entry = null, int? item = null) => default; }
public static class OptionsBinder { public static BoundOptions Bind(Type type, string name, Node node, Faults faults, IReadOnlyCollection<string>? readElsewhere = null) => null; }
public class OptionsShape { public static OptionsShape Of(Type t) => null!; public Opt? ShortOption; public class Opt { public string Key; } }
public static class Suggestion { public static string Remedy(string word, IEnumerable<string> words, string lead) => null; public static string? Nearest(string a, IEnumerable<string> b) => null; }
public static class Duration { public static string Text(TimeSpan o) => ""; }
