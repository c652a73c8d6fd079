namespace StreamEdge;

/// <summary>What the values of an expression are. Whole numbers count as numbers: beyond 2^53 as the nearest double.</summary>
/// <param name="Kind"><see cref="Kind.Number"/>, <see cref="Kind.Bool"/> or <see cref="Kind.Text"/>.</param>
/// <param name="Unit">The unit of numbers; null where none is known, which fits every unit.</param>
public sealed record ExpressionType(Kind Kind, Unit? Unit = null)
{
    /// <summary>True, false or missing.</summary>
    public static ExpressionType Truth { get; } = new(Kind.Bool);

    /// <summary>A text.</summary>
    public static ExpressionType Text { get; } = new(Kind.Text);

    /// <summary>A number without a known unit.</summary>
    public static ExpressionType Number { get; } = new(Kind.Number);

    /// <summary>The only texts that there can be, such as those of <c>quality</c>; null where there may be any.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Between what all values lie, such as a score between 0 and 1; null where that is not known.</summary>
    public Bounds? Range { get; init; }

    /// <summary>Whether it is a difference of values whose unit has a zero of its own, as of two temperatures: 5 degC then means 5 K.</summary>
    public bool IsDifference { get; init; }

    /// <summary>For messages: "true or false", "text", "a number in bar".</summary>
    public string Noun => Kind switch
    {
        Kind.Bool => "true or false",
        Kind.Text => "text",
        _ => Unit is null ? "a number" : $"a number in {Unit}",
    };
}
