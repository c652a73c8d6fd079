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

    /// <summary>The unit of what changes by so much a second: degC/s of degC.</summary>
    public Unit PerSecond
    {
        get
        {
            var rate = Per("s", Fraction.One);
            return Units.All.FirstOrDefault(u => u.Dimension == rate.Dimension && u._scale == rate._scale && !u.HasOffset) ?? rate;
        }
    }

    /// <summary>The unit of what adds up over time, and the seconds for which one of this makes one of that: l and 60 of l/min; null where the table has none.</summary>
    public (Unit Unit, double Seconds)? OverTime
    {
        get
        {
            foreach (var (time, seconds) in new[] { ("s", 1.0), ("min", 60), ("h", 3600), ("d", 86400) })
                if (Symbol.EndsWith($"/{time}", StringComparison.Ordinal) && Units.TryParse(Symbol[..^(time.Length + 1)], out var of)) return (of, seconds);
            return Units.All.FirstOrDefault(u => Units.RateOf(u) == Dimension && u._scale == _scale && !u.HasOffset) is { } found ? (found, 1) : null;
        }
    }

    /// <summary>The unit that measures change over time: degC/s of degC. Differences have no offset, so 1 degC/s is 1 K/s.</summary>
    /// <param name="symbol">Symbol of the unit of time.</param>
    /// <param name="seconds">Its length.</param>
    internal Unit Per(string symbol, Fraction seconds) =>
        new($"{Symbol}/{symbol}", Units.RateOf(this), _scale / seconds, Fraction.Zero);

    /// <summary>The symbol.</summary>
    public override string ToString() => Symbol;
}
