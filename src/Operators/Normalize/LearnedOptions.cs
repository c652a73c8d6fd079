using System.Globalization;

namespace StreamEdge;

/// <summary>What the steps can all be told that make values comparable: from each its signal's center is taken, and the rest divided by its spread.</summary>
public abstract record LearnedOptions : OperatorOptions
{
    /// <summary>Learn from so many values of each signal of each device, 2 to 1,000,000. Missing, infinite and bad ones do not count. At the end of the input, fewer will do, but not fewer than 2. What was learned is told when a run ends.</summary>
    [Between(2, 1_000_000)]
    public int? First { get; init; }

    /// <summary>The signals that are learned; others pass unchanged. Default: all numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>Most readings that a device holds while its signals are learned. Beyond it, the signal that holds up the others is learned from what it has; a reading that has nothing to learn from is dropped as <c>too_few</c>. Default: 65,536.</summary>
    [Between(2, 100_000_000)]
    public int MaxHeld { get; init; } = 65_536;

    /// <summary>The options that decide what is learned, as text.</summary>
    internal abstract string Shape { get; }

    /// <summary>Between what the values that leave are kept.</summary>
    internal virtual (double Low, double High) Limits => (double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The center and the spread of some values, which it may sort.</summary>
    internal abstract (double Center, double Spread) Learn(List<double> values);

    /// <summary>A center and the divisor in words.</summary>
    internal abstract string Told(double center, double divisor, Unit? unit);

    /// <summary>A value with its unit, to nine digits.</summary>
    internal static string Amount(double value, Unit? unit) => new Quantity(double.Parse(value.ToString("G9", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), unit).ToString();

    /// <summary>Builds the step with constants, by signal number; the others pass unchanged.</summary>
    internal Operator WithConstants(Schema input, IReadOnlyDictionary<int, (double Center, double Spread)> constants) => new Learned(this, input, constants.ContainsKey, constants);

    /// <summary>Builds the step that learns.</summary>
    /// <param name="context">Where to report faults.</param>
    /// <param name="noun">What a signal has that is learned: "mean".</param>
    internal Operator Learning(BuildContext context, string noun)
    {
        var sound = true;
        for (var item = 0; item < (Signals?.Count ?? 0); item++) sound &= IsNumber(context, nameof(Signals), Signals![item], noun, null, item);
        var learned = context.Input.Signals.Index().Where(s => Signals?.Contains(s.Item.Name) ?? s.Item.Kind is Kind.Number or Kind.Integer).Select(s => s.Index).ToHashSet();
        if (sound && learned.Count == 0)
        {
            context.Fault(nameof(Signals), "there is no signal to learn", "name one that is a number");
            sound = false;
        }

        if ((long)First! * learned.Count > MaxHeld)
        {
            context.Fault(nameof(First), $"the first {First} readings of {learned.Count} signals are more than the {MaxHeld} that a device holds", "lower first, or raise max_held");
            sound = false;
        }

        return sound ? new Learned(this, context.Input, learned.Contains, new Dictionary<int, (double, double)>()) : default(Refusal);
    }

    /// <summary>Builds the step that has its constants in two maps, which must name the same signals, or learns them.</summary>
    internal Operator FromPair(BuildContext context, string word, (string Option, IReadOnlyDictionary<string, double> Of, string Noun) center, (string Option, IReadOnlyDictionary<string, double> Of, string Noun) spread)
    {
        if (!context.WantsReadings(word)) return default(Refusal);
        var given = center.Of.Count > 0 || spread.Of.Count > 0;
        var (one, other) = (OptionsShape.Snake(center.Option), OptionsShape.Snake(spread.Option));
        if (given == First is not null)
        {
            return context.Fault(given ? nameof(First) : center.Option, given ? $"{word} has constants and learns them too" : $"{word} has no {one} and {other}, and does not learn them",
                $"write '{one}:' and '{other}:' by signal, or 'first: 400'");
        }

        if (!given) return Learning(context, center.Noun);
        var sound = Signals is null;
        if (!sound) context.Fault(nameof(Signals), "signals says what is learned, but the constants are given", "leave it out");
        foreach (var (here, there) in new[] { (center, spread), (spread, center) })
        {
            foreach (var (name, value) in here.Of)
            {
                sound &= IsNumber(context, here.Option, name, center.Noun, name);
                if (!there.Of.ContainsKey(name))
                {
                    var missing = OptionsShape.Snake(there.Option);
                    context.Fault(here.Option, $"'{name}' has no {missing}", $"write '{missing}: {{ {name}: … }}'", name);
                    sound = false;
                }

                if (here.Option == spread.Option && !(value > 0))
                {
                    context.Fault(here.Option, $"the {spread.Noun} of '{name}' is {Number.Text(value)}, but must be above 0", $"write how far its values usually lie from the {center.Noun}", name);
                    sound = false;
                }
            }
        }

        return sound ? WithConstants(context.Input, center.Of.ToDictionary(c => context.Input.SignalNumber(c.Key), c => (c.Value, Floored(c.Value, spread.Of[c.Key])))) : default(Refusal);
    }

    /// <summary>The divisor for a spread.</summary>
    internal virtual double Floored(double center, double spread) => spread > 0 ? spread : 1;

    /// <summary>Whether a name is that of a number, which is a fault where it is not.</summary>
    internal static bool IsNumber(BuildContext context, string option, string name, string noun, string? entry, int? item = null)
    {
        var signal = context.SignalNumber(option, name, entry, item);
        if (signal < 0) return false;
        var kind = context.Input.Signals[signal].Kind;
        if (kind is Kind.Number or Kind.Integer) return true;
        context.Fault(option, $"'{name}' is {kind.ToString().ToLowerInvariant()} and has no {noun}", "leave it out", entry, item);
        return false;
    }
}
