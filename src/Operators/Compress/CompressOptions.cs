using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>What the ways to compress a trend can all be told: how far off it may lie, and how long it may be silent.</summary>
public abstract record CompressOptions : OperatorOptions
{
    /// <summary>How far off the compressed trend may lie, in place of the tolerances that the signals declare: an amount with its unit (<c>0.2 degC</c>; without one, in the signal's), or a share of the value (<c>2%</c>). Default: each signal's <c>tolerance</c>.</summary>
    [Short]
    public Quantity? Tolerance { get; init; }

    /// <summary>The same for single signals: <c>{ temp: 0.2 degC, flow: 2% }</c>. It goes before <c>tolerance</c>.</summary>
    public IReadOnlyDictionary<string, Quantity> Tolerances { get; init; } = ReadOnlyDictionary<string, Quantity>.Empty;

    /// <summary>A reading is kept at least this often, by its time, however little it says. Default: none.</summary>
    [Between("1ms", "365d")]
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>Heartbeat in nanoseconds, as a length that is never reached where there is none.</summary>
    internal ulong HeartbeatOrNever => Heartbeat is { } heartbeat ? (ulong)Nanoseconds.Of(heartbeat) : ulong.MaxValue;

    /// <summary>The tolerance of each signal, null for one whose readings all pass; null itself after a fault.</summary>
    internal Tolerance?[]? ByNumber(BuildContext context, string word)
    {
        if (!context.WantsReadings(word)) return null;
        var signals = context.Input.Signals;
        var tolerances = new Tolerance?[signals.Count];
        var sound = true;
        foreach (var name in Tolerances.Keys) sound &= context.SignalNumber(nameof(Tolerances), name, name) >= 0;
        for (var number = 0; number < signals.Count; number++)
        {
            var signal = signals[number];
            var own = Tolerances.TryGetValue(signal.Name, out var named);
            var (option, entry) = own ? (nameof(Tolerances), signal.Name) : (nameof(Tolerance), null);
            if (signal.Kind is Kind.Text or Kind.Bool)
            {
                if (!own) continue;
                context.Fault(option, $"'{signal.Name}' is {signal.Kind.ToString().ToLowerInvariant()} and has no tolerance", "leave it out", entry);
                sound = false;
            }
            else if ((own ? named : Tolerance) is { } written)
            {
                tolerances[number] = Read(written, signal, out var wrong);
                if (wrong is null) continue;
                context.Fault(option, wrong, own ? "write it in the signal's unit, or as a share such as 2%" : "name the signals in 'tolerances:', each in its unit", entry);
                sound = false;
            }
            else if (signal.Tolerance is { } declared)
            {
                tolerances[number] = new Tolerance(declared, 0);
            }
        }

        if (!sound) return null;
        if (Array.Exists(tolerances, t => t is not null)) return tolerances;
        context.Fault(nameof(Tolerance), "no signal has a tolerance, so nothing can be left out", "write 'tolerance: 0.2' at a signal in 'signals:'");
        return null;
    }

    static Tolerance Read(Quantity written, Signal signal, out string? wrong)
    {
        wrong = written.Value > 0 ? null : $"the tolerance of '{signal.Name}' is {written}, but must be above 0";
        if (written.Unit is null) return new Tolerance(written.Value, 0);
        if (signal.Unit is { } unit && written.TryDifferenceIn(unit, out var value)) return new Tolerance(value, 0);
        if (written.Unit.Symbol == "%") return new Tolerance(0, written.Value / 100);
        wrong ??= $"the tolerance {written} does not fit '{signal.Name}', which is {(signal.Unit is null ? "without a unit" : $"in {signal.Unit}")}";
        return default;
    }
}

/// <summary>How far off a value may be told; of an infinite one, not infinitely far.</summary>
readonly record struct Tolerance(double Absolute, double Relative)
{
    public double Of(double value)
    {
        var off = Absolute + (Relative * Math.Abs(value));
        return off > double.MaxValue ? double.MaxValue : off;
    }
}

/// <summary>What compressing one signal saved, and what it cost.</summary>
struct Savings
{
    public long In, Kept;
    public double WorstError;

    /// <summary>How many were kept, as <c>kept 1 of 2.5</c>.</summary>
    public readonly string Ratio => $"kept 1 of {(double)In / Math.Max(1, Kept):0.0}";

    /// <summary>Counts what comes in, by signal.</summary>
    public static void CountIn(Savings[] savings, Batch batch)
    {
        if (savings.Length == 1)
        {
            savings[0].In += batch.Count;
            return;
        }

        var signalOf = batch.Schema.Keys.SignalOf;
        foreach (var key in batch.Key) savings[signalOf[key]].In++;
    }

    /// <summary>Adds what was saved elsewhere.</summary>
    public void Add(long leftOut, long kept, double worstError) =>
        (In, Kept, WorstError) = (In + leftOut + kept, Kept + kept, Math.Max(WorstError, worstError));

    /// <summary>For the closing summary.</summary>
    public static IEnumerable<(string Name, string Value)> Report(Savings[] savings, IReadOnlyList<Signal> signals)
    {
        for (var signal = 0; signal < savings.Length; signal++)
        {
            var of = savings[signal];
            if (of.In == 0) continue;
            var unit = signals[signal].Unit is { } shown ? $" {shown}" : "";
            yield return (signals[signal].Name, $"{of.Ratio}, worst error {of.WorstError:G4}{unit}");
        }
    }
}
