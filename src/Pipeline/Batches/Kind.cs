namespace StreamEdge;

/// <summary>What the 8-byte slots of a column hold.</summary>
public enum Kind
{
    /// <summary>A floating-point number. Missing is NaN.</summary>
    Number,

    /// <summary>A whole number, exact over the whole 64 bits but the smallest. Missing is <see cref="Slot.Missing"/>.</summary>
    Integer,

    /// <summary>A text, held as its code in the pipeline's <see cref="CodeTable"/>. Missing is <see cref="Slot.Missing"/>.</summary>
    Text,

    /// <summary>True or false, held as 1 or 0. Missing is <see cref="Slot.Missing"/>.</summary>
    Bool,
}
