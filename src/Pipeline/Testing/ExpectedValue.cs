using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>
/// A value that a test expects: a number (equal but for rounding in the ninth digit), <c>80.98 ± 0.01</c> (or
/// <c>+-</c>), a range <c>80..82</c>, a comparison <c>"> 0.98"</c>, a text, true or false, or <c>~</c> for no value.
/// </summary>
public sealed partial class ExpectedValue
{
    /// <summary>Two numbers are equal that differ by less than this part of them: means are sums, and sums are rounded.</summary>
    const double Rounding = 1e-9;
    const int Longest = 200;

    static readonly Unit s_one = Unit.TryParse("1", out var one) ? one : throw new InvalidOperationException("the table of units has no 1");

    /// <summary>How a value is written, for the documentation.</summary>
    public const string Form =
        "A value is a number (equal but for rounding in the ninth digit), 80.98 ± 0.01 (or +-), a range 80..82, a comparison \"> 80\" (in quotes), each with or without a unit; a text; true or false; ~ for no value. A list of values is taken in turn by the instants of 'at'.";

    readonly string _text;
    readonly bool _missing, _percent;
    readonly string? _word;
    readonly long? _whole;
    readonly double _least, _most;
    readonly bool _withoutLeast, _withoutMost;
    readonly Unit? _shown;

    ExpectedValue(string text, string word) => (_text, _word) = (text, word);

    ExpectedValue(string text, bool missing) => (_text, _missing) = (text, missing);

    ExpectedValue(string text, double least, double most, Unit? shown)
    {
        (_text, _least, _most, _shown) = (text, least, most, shown);
        _percent = text.Contains('%');
    }

    ExpectedValue(string text, long whole) => (_text, _whole) = (text, whole);

    ExpectedValue(ExpectedValue of, bool withoutLeast, bool withoutMost) : this(of._text, of._least, of._most, of._shown) =>
        (_withoutLeast, _withoutMost) = (withoutLeast, withoutMost);

    /// <summary>Reads what a file expects of a column; null, and a fault, where it cannot be read.</summary>
    /// <param name="name">The column's name, for faults.</param>
    /// <param name="node">What is written.</param>
    /// <param name="kind">What the column holds.</param>
    /// <param name="unit">The column's unit; null where it has none.</param>
    /// <param name="faults">Takes the faults.</param>
    public static ExpectedValue? Read(string name, Node node, Kind kind, Unit? unit, Faults faults)
    {
        if (node.Refused) return null;
        if (node is not ScalarNode scalar)
        {
            faults.Add(node.At, $"{name}: {node.Kind} stands where a value is expected", "write one value");
            return null;
        }

        if (scalar.IsNull) return new(scalar.Text.Length == 0 ? "~" : scalar.Text, missing: true);
        if (kind == Kind.Text) return new(scalar.Text, scalar.Text);
        if (kind == Kind.Bool)
        {
            if (ScalarType.Of(typeof(bool))!.Read(scalar.Text, out var yes, out var neither)) return new(scalar.Text, (bool)yes! ? 1 : 0);
            faults.Add(node.At, $"{name}: {neither.What}", neither.Remedy);
            return null;
        }

        if (TryRead(scalar.Text.Trim(), kind, unit, out var value, out var wrong)) return value;
        faults.Add(node.At, $"{name}: {wrong.What}", wrong.Remedy);
        return null;
    }

    /// <summary>Whether a slot holds what is expected.</summary>
    public bool Matches(double slot, Kind kind, CodeTable codes)
    {
        if (Slot.IsMissing(slot, kind) || _missing) return _missing && Slot.IsMissing(slot, kind);
        if (_word is not null) return kind == Kind.Text && codes.Text(Slot.Bits(slot)) == _word;
        if (_whole is { } whole) return kind == Kind.Number ? slot == whole : Slot.Bits(slot) == whole;
        return kind != Kind.Text && Matches(Slot.Number(slot, kind));
    }

    /// <summary>Whether a count is what is expected.</summary>
    public bool Matches(long count) => _whole is { } whole ? count == whole : Matches((double)count);

    /// <summary>As the file writes it.</summary>
    public override string ToString() => Visible.Text(_text);

    /// <summary>Writes a slot the way the expectation beside it is written: with a unit, or in percent.</summary>
    internal static string Show(double slot, Kind kind, Unit? unit, CodeTable codes, ExpectedValue? beside)
    {
        if (Slot.IsMissing(slot, kind)) return "~";
        if (kind == Kind.Text) return Visible.Text(codes.Text(Slot.Bits(slot)));
        if (kind == Kind.Bool) return Slot.Bits(slot) == 0 ? "false" : "true";
        if (kind == Kind.Integer) return $"{Slot.Bits(slot)}";
        if (beside is { _percent: true } && unit is null) return $"{Digits(slot * 100)}%";
        return beside?._shown is not null && unit is not null ? $"{Digits(slot)} {unit}" : Digits(slot);
    }

    // As many digits as are compared, and one more.
    static string Digits(double value) => value.ToString("G10", CultureInfo.InvariantCulture).Replace("E", "e");

    bool Matches(double value) =>
        (_withoutLeast ? value > _least : value >= _least - Slack(_least)) && (_withoutMost ? value < _most : value <= _most + Slack(_most));

    static double Slack(double value) => double.IsFinite(value) ? Rounding * Math.Max(1, Math.Abs(value)) : 0;

    static bool TryRead(string text, Kind kind, Unit? unit, out ExpectedValue value, out Wrong wrong)
    {
        value = null!;
        if (text.Length > Longest)
        {
            wrong = new($"{Visible.Quote(text)} is no value", "write a number");
            return false;
        }

        if (kind == Kind.Integer && Number.TryParse(text, out long whole, out _))
        {
            (value, wrong) = (new(text, whole), default);
            return true;
        }

        if (Compared.Match(text) is { Success: true } compared)
        {
            if (!TryNumber(compared.Groups["limit"].Value, unit, out var limit, out var shown, out wrong)) return false;
            var (above, open) = (compared.Groups["sign"].Value[0] == '>', compared.Groups["sign"].Length == 1);
            value = new(new ExpectedValue(text, above ? limit : double.NegativeInfinity, above ? double.PositiveInfinity : limit, shown), open && above, open && !above);
            return true;
        }

        if (text.IndexOf("..", StringComparison.Ordinal) is >= 0 and var dots)
        {
            if (!TryRange(text[..dots].Trim(), text[(dots + 2)..].Trim(), unit, out var least, out var most, out var shown, out wrong)) return false;
            if (least > most) wrong = new($"{Visible.Quote(text)} ends below its beginning", "swap the two");
            else value = new(text, least, most, shown);
            return value is not null;
        }

        if (About.Match(text) is { Success: true } about)
        {
            if (!TryAbout(about.Groups["value"].Value, about.Groups["off"].Value, unit, out var middle, out var off, out var shown, out wrong)) return false;
            value = new(text, middle - off, middle + off, shown);
            return true;
        }

        if (!TryNumber(text, unit, out var number, out var of, out wrong)) return false;
        value = new(text, number, number, of);
        return true;
    }

    /// <summary>Both ends; one that is not written is none. A unit behind the second is the first one's too, where that has none.</summary>
    static bool TryRange(string from, string to, Unit? unit, out double least, out double most, out Unit? shown, out Wrong wrong)
    {
        (least, most, shown, wrong) = (double.NegativeInfinity, double.PositiveInfinity, null, default);
        if (from.Length == 0 && to.Length == 0)
        {
            wrong = new("a range needs an end", "write it like 80..82");
            return false;
        }

        return (to.Length == 0 || TryNumber(to, unit, out most, out shown, out wrong))
            && (from.Length == 0 || TryNumber(WithUnitOf(from, to), unit, out least, out shown, out wrong));
    }

    static bool TryAbout(string written, string tolerance, Unit? unit, out double middle, out double off, out Unit? shown, out Wrong wrong)
    {
        off = 0;
        if (!TryNumber(WithUnitOf(written, tolerance), unit, out middle, out shown, out wrong) || !Quantity.TryParse(WithUnitOf(tolerance, written), out var by, out wrong)) return false;
        if (by.Value < 0) wrong = new($"the tolerance {Visible.Quote(tolerance)} is below 0", "write it without the sign");
        else if (!by.TryDifferenceIn(unit ?? s_one, out off)) wrong = new($"the tolerance {Visible.Quote(tolerance)} is no {unit?.Dimension ?? "plain number"}", $"write it {(unit is null ? "without a unit" : $"in {unit}")}");
        else return true;
        return false;
    }

    /// <summary>A bare number with the unit that another one has.</summary>
    static string WithUnitOf(string number, string other) =>
        Amount.Split(number, out _, out _, out var own) && own.Length == 0 && Amount.Split(other, out _, out _, out var unit) ? $"{number} {unit}".TrimEnd() : number;

    static bool TryNumber(string text, Unit? unit, out double number, out Unit? shown, out Wrong wrong)
    {
        (number, shown) = (0, null);
        if (!Quantity.TryParse(text, out var quantity, out wrong)) return false;
        shown = quantity.Unit;
        if (quantity.TryIn(unit ?? s_one, out number)) return true;
        wrong = new($"{quantity} is {quantity.Unit!.Dimension}, {(unit is null ? "but the column has no unit" : $"but the column is in {unit} ({unit.Dimension})")}", unit is null ? $"write {Number.Text(quantity.Value)}" : $"write it in {unit}");
        return false;
    }

    [GeneratedRegex(@"^(?<sign>[<>]=?)\s*(?<limit>.+)\z")]
    static partial Regex Compared { get; }

    [GeneratedRegex(@"^(?<value>.+?)\s*(±|\+/?-)\s*(?<off>.+)\z")]
    static partial Regex About { get; }
}
