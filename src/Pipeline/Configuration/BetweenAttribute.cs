namespace StreamEdge;

/// <summary>The values an option may have; applies to each item of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute : Attribute
{
    /// <summary>Limits of a number; an infinite limit is none.</summary>
    public BetweenAttribute(double min, double max) => (Min, Max) = (min, max);

    /// <summary>Limits of a duration, size or share, written as in the file: <c>[Between("1ms", "1d")]</c>.</summary>
    public BetweenAttribute(string min, string max) => (Min, Max) = (min, max);

    /// <summary>Smallest value allowed: a number, or a text in the option's own notation.</summary>
    public object Min { get; }

    /// <summary>Largest value allowed: a number, or a text in the option's own notation.</summary>
    public object Max { get; }

    /// <summary>Says what to write instead of a value outside; null for one inside.</summary>
    internal Wrong? Check(object value, ScalarType type)
    {
        if (Compare(value, Min, type) < 0) return new($"{type.Write(value)} is too small", Allowed(type));
        return Compare(value, Max, type) > 0 ? new($"{type.Write(value)} is too large", Allowed(type)) : null;
    }

    string Allowed(ScalarType type)
    {
        if (Max is double.PositiveInfinity) return $"write {Text(Min, type)} or more";
        return Min is double.NegativeInfinity ? $"write {Text(Max, type)} or less" : $"write {Text(Min, type)} to {Text(Max, type)}";
    }

    static string Text(object limit, ScalarType type) => limit is double number ? Number.Text(number) : type.Write(Parsed((string)limit, type));

    static int Compare(object value, object limit, ScalarType type) => limit is double number
        ? Convert.ToDouble(value, null).CompareTo(number)
        : ((IComparable)value).CompareTo(Parsed((string)limit, type));

    static object Parsed(string limit, ScalarType type) =>
        type.Read(limit, out var value, out var wrong) ? value! : throw new InvalidOperationException($"[Between]: {wrong}");
}
