using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>A unit of measure, such as degC, bar or m3/h.</summary>
public sealed record Unit : IOptionValue<Unit>
{
    readonly Fraction _scale;
    readonly Fraction _offset;

    internal Unit(string symbol, string dimension, Fraction scale, Fraction offset) =>
        (Symbol, Dimension, _scale, _offset) = (symbol, dimension, scale, offset);

    /// <inheritdoc/>
    public static string Noun => "a unit";

    /// <inheritdoc/>
    public static string Example => "degC";

    /// <summary>How StreamEdge writes the unit, whatever alias the user wrote.</summary>
    public string Symbol { get; }

    /// <summary>The family whose units convert into one another: "temperature", "pressure", "speed".</summary>
    public string Dimension { get; }

    /// <summary>Whether the unit has a zero of its own, as degC has, so that a difference converts otherwise than a value.</summary>
    public bool HasOffset => _offset != Fraction.Zero;

    /// <summary>The unit of differences of values in this one: K for degC, itself where there is no zero of its own; null where the table has none.</summary>
    public Unit? Difference => HasOffset ? Units.All.FirstOrDefault(u => u.Dimension == Dimension && u._scale == _scale && !u.HasOffset) : this;

    /// <summary>Reads a unit by its symbol or an alias; upper and lower case differ (mW, MW).</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Unit value) => Units.TryParse(text, out value);

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Unit value, out Wrong wrong)
    {
        if (Units.TryParse(text, out value))
        {
            wrong = default;
            return true;
        }
        wrong = Units.Misread(text);
        return false;
    }

    /// <summary>Whether values in one unit can be written in the other.</summary>
    public static bool CanConvert(Unit from, Unit to) => from.Dimension == to.Dimension;

    /// <summary>The factors of <c>value * Scale + Offset</c>, each the double nearest to the exact factor; for a difference the offset is left away.</summary>
    public static (double Scale, double Offset) Conversion(Unit from, Unit to)
    {
        if (!CanConvert(from, to)) throw new ArgumentException($"{from} is {from.Dimension}, {to} is {to.Dimension}", nameof(to));
        return ((from._scale / to._scale).ToDouble(), ((from._offset - to._offset) / to._scale).ToDouble());
    }

    /// <summary>The unit that measures change over time: degC/s of degC. Differences have no offset, so 1 degC/s is 1 K/s.</summary>
    /// <param name="symbol">Symbol of the unit of time.</param>
    /// <param name="seconds">Its length.</param>
    internal Unit Per(string symbol, Fraction seconds) =>
        new($"{Symbol}/{symbol}", Units.RateOf(this), _scale / seconds, Fraction.Zero);

    /// <summary>The symbol.</summary>
    public override string ToString() => Symbol;
}
