namespace StreamEdge;

/// <summary>What parts a number's decimals from it.</summary>
public enum DecimalMark
{
    /// <summary>A point, as in 80.5.</summary>
    Point,

    /// <summary>A comma, as in 80,5.</summary>
    Comma,
}
