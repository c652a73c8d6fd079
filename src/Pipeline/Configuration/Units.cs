using System.Diagnostics.CodeAnalysis;

namespace StreamEdge;

/// <summary>All units by symbol and alias, and the rates over time made of them.</summary>
public static class Units
{
    /// <summary>The remedy where no unit is near.</summary>
    public const string LikeThis = "write it like degC, bar or m3/h";

    const int LongestSymbol = 32;

    static readonly List<Unit> s_all = [];
    static readonly Dictionary<string, Unit> s_byName = Read(UnitTable.Text, s_all);

    // Dividing these by time gives a family that has a name, and units, of its own.
    static readonly Dictionary<string, string> s_rates = new()
    {
        ["length"] = "speed",
        ["speed"] = "acceleration",
        ["volume"] = "volume flow",
        ["mass"] = "mass flow",
        ["energy"] = "power",
        ["angle"] = "frequency",
        ["charge"] = "current",
        ["area"] = "kinematic viscosity",
    };

    /// <summary>Every unit that has a name of its own, family by family.</summary>
    public static IReadOnlyList<Unit> All => s_all;

    /// <summary>Every spelling that is understood, with its unit.</summary>
    public static IReadOnlyDictionary<string, Unit> Names => s_byName;

    /// <summary>Reads a unit by its symbol or an alias, or a rate of one over s, min, h or d.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Unit unit)
    {
        unit = null;
        return text.Length <= LongestSymbol && Find(Plain(text), out unit);
    }

    /// <summary>Says why a text is no unit, and what to write instead.</summary>
    internal static Wrong Misread(string text)
    {
        var quoted = Visible.Quote(text.Trim());
        if (text.Length > LongestSymbol) return new($"{quoted} is no unit", LikeThis);

        var name = Plain(text);
        var slash = name.LastIndexOf('/');
        var (unit, time) = slash > 0 && Time(name[(slash + 1)..]) is not null ? (name[..slash], name[slash..]) : (name, "");
        return unit switch
        {
            // Taken by the letter, they would turn a temperature into something else without a word.
            "C" => new($"{quoted} is coulomb, a charge", $"for a temperature write degC{time}, for a charge coulomb{time}"),
            "F" => new($"{quoted} is farad, a capacitance", $"for a temperature write degF{time}, for a capacitance farad{time}"),
            "c" or "Cdeg" => new($"{quoted} is no unit", $"did you mean 'degC{time}'?"),
            "f" or "Fdeg" => new($"{quoted} is no unit", $"did you mean 'degF{time}'?"),
            _ => new($"{quoted} is no unit", Remedy(unit, time)),
        };
    }

    static string Remedy(string unit, string time)
    {
        var sameLetters = s_byName.Keys.Where(known => known.Equals(unit, StringComparison.OrdinalIgnoreCase)).ToList();
        if (sameLetters.Count > 0) return $"did you mean {string.Join(" or ", sameLetters.Select(known => $"'{known}{time}'"))}?";
        // Of a name; kg/cm2 is only by letters near to kg/m3.
        return unit.Length > 2 && unit.All(c => char.IsLetter(c) || c is '%' or ' ' or '.' or '_') && Suggestion.Nearest(unit, s_all.Select(known => known.Symbol).Concat(s_byName.Keys)) is { } nearest ? $"did you mean '{nearest}{time}'?" : LikeThis;
    }

    /// <summary>The family of a unit over time.</summary>
    internal static string RateOf(Unit unit) => s_rates.GetValueOrDefault(unit.Dimension, $"{unit.Dimension} per time");

    static bool Find(string name, [MaybeNullWhen(false)] out Unit unit)
    {
        if (s_byName.TryGetValue(name, out unit)) return true;

        var slash = name.LastIndexOf('/');
        if (slash <= 0 || Time(name[(slash + 1)..]) is not { } time || !Find(name[..slash], out var changing)) return false;
        unit = changing.Per(time.Symbol, time.Seconds);
        // "m/s" and "kg/s" have a line of their own under the symbol that was just made.
        if (s_byName.TryGetValue(unit.Symbol, out var named)) unit = named;
        return true;
    }

    static (string Symbol, Fraction Seconds)? Time(string name) => name switch
    {
        "s" or "sec" or "second" => ("s", Fraction.One),
        "min" or "minute" => ("min", Fraction.Parse("60")),
        "h" or "hr" or "hour" => ("h", Fraction.Parse("3600")),
        "d" or "day" => ("d", Fraction.Parse("86400")),
        _ => null,
    };

    // Data sheets and OPC UA servers write what a keyboard does not.
    static string Plain(string text) => text.Trim()
        .Replace("℃", "degC").Replace("℉", "degF").Replace("°", "deg")
        .Replace('µ', 'u').Replace('μ', 'u').Replace("Ω", "Ohm").Replace("Ω", "Ohm")
        .Replace('²', '2').Replace('³', '3').Replace("^", "").Replace('·', '.').Replace('⋅', '.');

    static Dictionary<string, Unit> Read(string table, List<Unit> all)
    {
        var byName = new Dictionary<string, Unit>(StringComparer.Ordinal);
        var family = "";
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length == 1)
            {
                family = cells[0];
                continue;
            }
            var offset = cells.Length > 2 ? Fraction.Parse(cells[2]) : Fraction.Zero;
            var unit = new Unit(cells[0], family, Fraction.Parse(cells[1]), offset);
            all.Add(unit);
            byName.Add(unit.Symbol, unit);
            if (cells.Length > 3)
                foreach (var alias in cells[3].Split(',', StringSplitOptions.TrimEntries)) byName.Add(alias, unit);
        }
        return byName;
    }
}
