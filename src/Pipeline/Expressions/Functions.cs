namespace StreamEdge;

/// <summary>A function of the expression language.</summary>
public sealed class Function
{
    readonly int _least, _most;
    readonly Func<ExpressionBinder, CallSyntax, Part[], Part?> _make;

    internal Function(string form, string summary, int least, int most, Func<ExpressionBinder, CallSyntax, Part[], Part?> make) =>
        (Form, Summary, _least, _most, _make) = (form, summary, least, most, make);

    /// <summary>How it is written: <c>clamp(x, low, high)</c>.</summary>
    public string Form { get; }

    /// <summary>What it is, for the documentation.</summary>
    public string Summary { get; }

    bool IsClock => Form.EndsWith("(zone)", StringComparison.Ordinal);

    /// <summary>Its name.</summary>
    public string Name => Form[..Form.IndexOf('(')];

    internal Part? Bind(ExpressionBinder binder, CallSyntax call)
    {
        // A zone without its quotes would be told as two columns that there are not.
        if (IsClock && call.Arguments is [not TextSyntax and var zone]) return binder.Fault(zone.At, $"{Name} wants a time zone in double quotes", $"write {Name}(\"Europe/Berlin\")");
        var arguments = call.Arguments.Select(binder.Bind).ToArray();
        if (arguments.Length < _least || arguments.Length > _most)
            return binder.Fault(call.At, $"{Name} has {arguments.Length} {(arguments.Length == 1 ? "value" : "values")} in its brackets", $"write {Form}");
        return arguments.Contains(null) ? null : _make(binder, call, arguments!);
    }
}

/// <summary>Every function, a line each.</summary>
public static class Functions
{
    const int Any = 10;
    static readonly Unit? s_second = Unit.TryParse("s", out var second) ? second : null;

    /// <summary>The functions in the order of the documentation.</summary>
    public static IReadOnlyList<Function> All { get; } =
    [
        Of1("abs(x)", "Its size without its sign.", (b, c, x) => Number(b, c, 0, x, x => new Unary<Absolute>(x.Type, x))),
        Of1("sign(x)", "1, 0 or -1.", (b, c, x) => Number(b, c, 0, x, x => new Unary<Sign>(ExpressionType.Number, x))),
        Of1("sqrt(x)", "The square root; missing of a negative number.", (b, c, x) => Number(b, c, 0, x, x => new Unary<SquareRoot>(ExpressionType.Number, x))),
        Of1("log(x)", "The natural logarithm; missing of zero and below.", (b, c, x) => Number(b, c, 0, x, x => new Unary<NaturalLog>(ExpressionType.Number, x))),
        Of1("log10(x)", "The decimal logarithm; missing of zero and below.", (b, c, x) => Number(b, c, 0, x, x => new Unary<DecimalLog>(ExpressionType.Number, x))),
        Of1("exp(x)", "e to the power of x.", (b, c, x) => Number(b, c, 0, x, x => new Unary<Exponential>(ExpressionType.Number, x))),
        Of1("floor(x)", "The next whole number below.", (b, c, x) => Number(b, c, 0, x, x => new Unary<Down>(x.Type, x))),
        Of1("ceil(x)", "The next whole number above.", (b, c, x) => Number(b, c, 0, x, x => new Unary<Up>(x.Type, x))),
        new("round(x, decimals)", "With so many decimals, 0 to 15 (default 0); a half goes away from zero.", 1, 2, Round),
        new("pow(x, y)", "x to the power of y.", 2, 2, static (b, c, a) => Numbers(b, c, a) ? new Binary<Power>(ExpressionType.Number, a[0], a[1]) : null),
        new("min(x, y, ...)", "The smallest.", 2, Any, static (b, c, a) => Alike(b, c, a) ? a.Aggregate((x, y) => new Binary<Smaller>(a[0].Type, x, y)) : null),
        new("max(x, y, ...)", "The largest.", 2, Any, static (b, c, a) => Alike(b, c, a) ? a.Aggregate((x, y) => new Binary<Larger>(a[0].Type, x, y)) : null),
        new("clamp(x, low, high)", "x, but not below low and not above high.", 3, 3, static (b, c, a) => Alike(b, c, a) ? new Binary<Smaller>(a[0].Type, new Binary<Larger>(a[0].Type, a[0], a[1]), a[2]) : null),
        new("if(condition, x, y)", "x where the condition is true, y where it is false, missing where it is missing.", 3, 3, If),
        Of1("missing(x)", "Whether there is no value; never missing itself.", static (b, c, x) => new Unary<IsMissing>(ExpressionType.Truth, x)),
        Of1("prev(x)", "The value of the key's row before; missing at the first.", static (b, c, x) => new Previous(x)),
        Of1("last(x)", "The key's newest value that is not missing.", static (b, c, x) => new LastKnown(x)),
        Of1("changed(x)", "Whether it differs from the key's last known value.", static (b, c, x) => new Turned(x, static (before, now) => before != now)),
        Of1("rising(x)", "Whether it became true, or a number larger than the key's last known one.", static (b, c, x) => Unless(Kind.Text, b, c, x) is { } of ? new Turned(of, static (before, now) => now > before) : null),
        Of1("falling(x)", "Whether it became false, or a number smaller than the key's last known one.", static (b, c, x) => Unless(Kind.Text, b, c, x) is { } of ? new Turned(of, static (before, now) => now < before) : null),
        new("lag(x, n)", "The value n rows before, 1 to 999; missing until there are so many.", 2, 2, static (b, c, a) => Roll(b, c, a, 1, static (ring, oldest, count) => count == ring.Length ? ring[oldest] : double.NaN)),
        new("rolling_mean(x, n)", "The mean of the key's last n rows, 2 to 1,000, as far as they are there and not missing.", 2, 2, static (b, c, a) => Roll(b, c, a, 0, static (ring, oldest, count) => Mean(ring, count))),
        new("rolling_min(x, n)", "The same for the smallest.", 2, 2, static (b, c, a) => Roll(b, c, a, 0, static (ring, oldest, count) => Fold(ring, count, Math.Min))),
        new("rolling_max(x, n)", "The same for the largest.", 2, 2, static (b, c, a) => Roll(b, c, a, 0, static (ring, oldest, count) => Fold(ring, count, Math.Max))),
        new("rolling_std(x, n)", "The same for the standard deviation, of all values, not of a sample.", 2, 2, static (b, c, a) => Roll(b, c, a, 0, static (ring, oldest, count) => Deviation(ring, count))),
        new("elapsed()", "Seconds since the key's row before; missing at the first.", 0, 0, static (b, c, a) => new Elapsed(new(Kind.Number, s_second))),
        new("hour(zone)", "The hour of the row's time, 0 to 23, UTC; with a zone such as \"Europe/Berlin\" that of its clocks, summer time and all.", 0, 1, static (b, c, a) => Clock(b, c, static seconds => Wrapped(seconds, 3600, 24))),
        new("minute(zone)", "The minute of the row's time, 0 to 59; as hour(zone).", 0, 1, static (b, c, a) => Clock(b, c, static seconds => Wrapped(seconds, 60, 60))),
        new("weekday(zone)", "The day of the row's time, 1 for Monday to 7 for Sunday; as hour(zone).", 0, 1, static (b, c, a) => Clock(b, c, static seconds => Wrapped(seconds + (3 * 86_400), 86_400, 7) + 1)), // 1970 began on a Thursday
        new("contains(text, \"part\")", "Whether the text has the part in it.", 2, 2, static (b, c, a) => OfText(b, c, a, static (text, part) => text.Contains(part, StringComparison.Ordinal))),
        new("starts_with(text, \"part\")", "Whether the text begins with the part.", 2, 2, static (b, c, a) => OfText(b, c, a, static (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("ends_with(text, \"part\")", "Whether the text ends with the part.", 2, 2, static (b, c, a) => OfText(b, c, a, static (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
    ];

    // What a row has only one of is computed of several rows, or of the readings of a window.
    static readonly Dictionary<string, string> s_elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mean"] = "write rolling_mean(x, 10) for that of ten rows; a window computes that of a time",
        ["avg"] = "write rolling_mean(x, 10) for that of ten rows; a window computes the mean of a time",
        ["average"] = "write rolling_mean(x, 10) for that of ten rows; a window computes the mean of a time",
        ["median"] = "write rolling_mean(x, 10) for the mean of ten rows; 'clean: { spike }' takes single wild values out",
        ["std"] = "write rolling_std(x, 10) for that of ten rows; a window computes that of a time",
        ["stddev"] = "write rolling_std(x, 10) for that of ten rows; a window computes the std of a time",
        ["sum"] = "a window computes that of a time; x + y adds two columns",
        ["count"] = "a window computes that of a time",
        ["now"] = "hour(), minute() and weekday() tell the row's time, elapsed() that since the row before",
    };

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Name)];

    internal static Part? Bind(ExpressionBinder binder, CallSyntax call)
    {
        var function = All.FirstOrDefault(f => f.Name == call.Function);
        if (function is null) return binder.Fault(call.At, $"there is no function {Visible.Quote(call.Function)}", s_elsewhere.GetValueOrDefault(call.Function) ?? Suggestion.Remedy(call.Function, Names, "there are"));
        return function.Bind(binder, call);
    }

    static Function Of1(string form, string summary, Func<ExpressionBinder, CallSyntax, Part, Part?> make) =>
        new(form, summary, 1, 1, (binder, call, arguments) => make(binder, call, arguments[0]));

    static Part? Number(ExpressionBinder binder, CallSyntax call, int argument, Part part, Func<Part, Part> make) =>
        binder.Want(Kind.Number, part, call.Arguments[argument], call.Function) is { } number ? make(number) : null;

    static bool Numbers(ExpressionBinder binder, CallSyntax call, Part[] arguments)
    {
        var sound = true;
        for (var number = 0; number < arguments.Length; number++) sound &= binder.Want(Kind.Number, arguments[number], call.Arguments[number], call.Function) is not null;
        return sound;
    }

    /// <summary>Whether all are numbers that fit together; brings them into the unit of the first.</summary>
    static bool Alike(ExpressionBinder binder, CallSyntax call, Part[] arguments)
    {
        if (!Numbers(binder, call, arguments)) return false;
        var sound = true;
        for (var number = 1; number < arguments.Length; number++)
        {
            if (binder.InUnitOf(arguments[number], arguments[0].Type, call.Arguments[number].At, "compared") is { } part) arguments[number] = part;
            else sound = false;
        }

        return sound;
    }

    static Part? Unless(Kind kind, ExpressionBinder binder, CallSyntax call, Part part) =>
        part.Type.Kind != kind ? part : binder.Fault(call.Arguments[0].At, $"{call.Function} wants a number, or true or false, but {ExpressionBinder.Named(call.Arguments[0])} is {part.Type.Noun}", "write changed(x)");

    static Part? Round(ExpressionBinder binder, CallSyntax call, Part[] arguments)
    {
        if (!Numbers(binder, call, arguments)) return null;
        if (arguments.Length == 1) return new Rounded(arguments[0], 0);
        return arguments[1] is Constant { Value: >= 0 and <= 15 and var decimals } && decimals == Math.Floor(decimals)
            ? new Rounded(arguments[0], (int)decimals)
            : binder.Fault(call.Arguments[1].At, "the number of decimals is no whole number from 0 to 15", "write round(x, 1)");
    }

    static Part? If(ExpressionBinder binder, CallSyntax call, Part[] arguments)
    {
        if (binder.Want(Kind.Bool, arguments[0], call.Arguments[0], "if") is not { } when) return null;
        if (arguments[1].Type.Kind != arguments[2].Type.Kind)
            return binder.Fault(call.Arguments[2].At, $"if gives {arguments[1].Type.Noun} or {arguments[2].Type.Noun}", "both must be of one kind");
        return binder.InUnitOf(arguments[2], arguments[1].Type, call.Arguments[2].At, "used") is { } otherwise ? new Choice(arguments[1].Type, when, arguments[1], otherwise) : null;
    }

    /// <summary>A function of the last rows: so many as are written, and some further ones.</summary>
    static Part? Roll(ExpressionBinder binder, CallSyntax call, Part[] arguments, int further, Func<double[], int, int, double> take)
    {
        if (Unless(Kind.Text, binder, call, arguments[0]) is not { } of) return null;
        return arguments[1] is Constant { Value: >= 1 and var rows } && rows == Math.Floor(rows) && rows + further is >= 2 and <= Rolling.MaxLength
            ? new Rolling(of.Type.Kind == Kind.Bool ? further == 0 ? ExpressionType.Number : of.Type : of.Type with { Range = null }, of, (int)rows + further, take)
            : binder.Fault(call.Arguments[1].At, "the number of rows is no whole number that it can look back", $"write {call.Function}(x, 10)");
    }

    /// <summary>A part of the clock's time, by UTC or in the zone that is written.</summary>
    static Part? Clock(ExpressionBinder binder, CallSyntax call, Func<long, double> partOf)
    {
        if (call.Arguments.Count == 0) return new ClockPart(LocalClock.Utc, partOf);
        var (zone, at) = call.Arguments[0] is TextSyntax text ? (text.Text, text.At) : throw new InvalidOperationException("a zone that is no text was refused");
        return LocalClock.Find(zone, out var wrong) is { } clock ? new ClockPart(clock, partOf) : binder.Fault(at, wrong.What, wrong.Remedy);
    }

    /// <summary>How many whole units there are in some seconds, counted from 0 again after the last; also before 1970.</summary>
    static long Wrapped(long seconds, long unit, long last)
    {
        var units = Nanoseconds.FloorDiv(seconds, unit);
        return units - (last * Nanoseconds.FloorDiv(units, last));
    }

    static double Mean(double[] ring, int count)
    {
        var (sum, known) = (0.0, 0);
        foreach (var value in ring.AsSpan(0, count))
        {
            if (double.IsNaN(value)) continue;
            sum += value;
            known++;
        }

        return known == 0 ? double.NaN : sum / known;
    }

    static double Fold(double[] ring, int count, Func<double, double, double> choose)
    {
        var chosen = double.NaN;
        foreach (var value in ring.AsSpan(0, count))
            if (!double.IsNaN(value)) chosen = double.IsNaN(chosen) ? value : choose(chosen, value);
        return chosen;
    }

    static double Deviation(double[] ring, int count)
    {
        var mean = Mean(ring, count);
        var (sum, known) = (0.0, 0);
        foreach (var value in ring.AsSpan(0, count))
        {
            if (double.IsNaN(value)) continue;
            sum += (value - mean) * (value - mean);
            known++;
        }

        return known == 0 ? double.NaN : Math.Sqrt(sum / known);
    }

    static Part? OfText(ExpressionBinder binder, CallSyntax call, Part[] arguments, Func<string, string, bool> holds)
    {
        if (binder.Want(Kind.Text, arguments[0], call.Arguments[0], call.Function) is not { } of) return null;
        return call.Arguments[1] is TextSyntax { Text: var part }
            ? new TextTest(of, text => holds(text, part), binder.Codes)
            : binder.Fault(call.Arguments[1].At, $"{call.Function} wants a text in double quotes", $"write {call.Function}(x, \"part\")");
    }
}
