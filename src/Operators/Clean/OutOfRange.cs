using System.Collections.ObjectModel;
using System.Numerics;

namespace StreamEdge;

/// <summary>What happens to a value outside its range.</summary>
public enum OutOfRangeThen
{
    /// <summary>The reading is dropped.</summary>
    Drop,

    /// <summary>The value is set to the limit that it passed.</summary>
    Clamp,

    /// <summary>The reading goes on with the quality uncertain.</summary>
    Flag,
}

/// <summary>
/// Finds values that cannot be true, because they lie outside the <c>range</c> that their signal declares; an infinite
/// one always does. A missing value lies nowhere and passes. What is found is counted by signal.
/// </summary>
/// <example>
/// - clean: { out_of_range: { then: clamp, ranges: { temp: [0, 120] } } }
/// </example>
public sealed record OutOfRangeOptions : OperatorOptions
{
    /// <summary>What happens to a value outside: <c>drop</c>, <c>clamp</c> (set to the limit) or <c>flag</c> (quality uncertain). Default: drop.</summary>
    [Short]
    public OutOfRangeThen Then { get; init; } = OutOfRangeThen.Drop;

    /// <summary>Ranges to use here in place of the declared ones, in the signal's declared unit, or that which <c>scale</c> brought it to: <c>{ temp: [0, 120] }</c>.</summary>
    public IReadOnlyDictionary<string, Bounds> Ranges { get; init; } = ReadOnlyDictionary<string, Bounds>.Empty;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("out_of_range")) return default(Refusal);
        var sound = true;
        var ranges = context.Input.Signals.Select(s => s.Range).ToArray();
        foreach (var (name, range) in Ranges)
        {
            var signal = context.SignalNumber(nameof(Ranges), name, name);
            if (signal < 0) sound = false;
            else ranges[signal] = Converted(range, context.Pipeline.Readings.Signals[signal].Unit, context.Input.Signals[signal].Unit);
        }

        for (var number = 0; number < ranges.Length; number++)
        {
            var signal = context.Input.Signals[number];
            if (ranges[number] is { } range && Mistake(signal, range) is { } mistake)
            {
                context.Fault(nameof(Ranges), mistake, "give it another range", signal.Name);
                sound = false;
            }
        }

        if (sound && Array.TrueForAll(ranges, r => r is null)) return context.Fault(nameof(Then), "no signal has a range", "write 'range: [MIN, MAX]' at a signal in 'signals:'");
        return sound ? new OutOfRange(context.Input, Then, ranges) : default(Refusal);
    }

    static Bounds Converted(Bounds range, Unit? declared, Unit? here)
    {
        if (declared is null || here is null || !Unit.CanConvert(declared, here)) return range; // of what a step has scaled: in the unit here
        var (scale, offset) = Unit.Conversion(declared, here);
        return new Bounds(range.Min * scale + offset, range.Max * scale + offset);
    }

    static string? Mistake(Signal signal, Bounds range) => signal.Kind switch
    {
        Kind.Text => $"'{signal.Name}' is text and has no range",
        Kind.Bool => $"'{signal.Name}' is bool and has no range",
        Kind.Integer when Math.Ceiling(range.Min) > Math.Floor(range.Max) => $"no whole number of '{signal.Name}' lies in {range}",
        _ => null,
    };
}

sealed class OutOfRange : Operator
{
    readonly OutOfRangeThen _then;
    readonly double[] _min, _max; // by signal; infinite where it has no range
    readonly long[] _least, _most; // the same for whole numbers, exact beyond 2^53
    readonly Kind[] _kinds;
    readonly long[] _treated; // clamped or flagged, by signal
    readonly int[] _found;
    readonly Tally _dropped;

    public OutOfRange(Schema input, OutOfRangeThen then, IReadOnlyList<Bounds?> ranges) : base(input)
    {
        _then = then;
        _min = [.. ranges.Select(r => r?.Min ?? double.NegativeInfinity)];
        _max = [.. ranges.Select(r => r?.Max ?? double.PositiveInfinity)];
        _least = [.. _min.Select(m => Whole(Math.Ceiling(m)))];
        _most = [.. _max.Select(m => Whole(Math.Floor(m)))];
        _kinds = [.. input.Signals.Select(s => s.Kind)];
        _treated = new long[ranges.Count];
        _found = new int[input.MaxRows];
        _dropped = Books.Reason("out_of_range");

        static long Whole(double value) => value switch
        {
            >= long.MaxValue => long.MaxValue,
            <= long.MinValue => long.MinValue,
            _ => (long)value,
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _treated.Length; signal++)
                if (_treated[signal] > 0) yield return (Output.Signals[signal].Name, $"{_treated[signal]} {(_then == OutOfRangeThen.Clamp ? "clamped" : "flagged")}");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var found = _found.AsSpan(0, Find(batch));
        if (found.Length > 0)
        {
            batch = batch.Writable();
            Treat(batch, found);
        }

        output.Emit(batch);
    }

    int Find(Batch batch) => !Output.AllNumbers ? FindMixed(batch) : _min.Length == 1 ? FindAlike(batch.Value) : FindNumbers(batch);

    /// <summary>One signal: a whole vector is looked at, and its rows only where one of them lies outside.</summary>
    int FindAlike(ReadOnlySpan<double> value)
    {
        var (min, max) = (_min[0], _max[0]);
        var (low, high) = (new Vector<double>(min), new Vector<double>(max));
        var (count, row) = (0, 0);
        for (; row <= value.Length - Vector<double>.Count; row += Vector<double>.Count)
        {
            var block = new Vector<double>(value[row..]);
            if ((Vector.LessThan(block, low) | Vector.GreaterThan(block, high)) == Vector<long>.Zero) continue;
            for (var inner = row; inner < row + Vector<double>.Count; inner++)
                if (value[inner] < min || value[inner] > max) _found[count++] = inner;
        }

        for (; row < value.Length; row++)
            if (value[row] < min || value[row] > max) _found[count++] = row;
        return count;
    }

    int FindNumbers(Batch batch)
    {
        var (min, max, found) = (_min, _max, _found);
        var value = batch.Value;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        var count = 0;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            if (value[row] < min[signal] || value[row] > max[signal]) found[count++] = row; // false for NaN
        }

        return count;
    }

    int FindMixed(Batch batch)
    {
        var value = batch.Value;
        var bits = batch.Bits(0);
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        var count = 0;
        for (var row = 0; row < value.Length; row++)
        {
            var signal = signalOf[key[row]];
            var outside = _kinds[signal] switch
            {
                Kind.Number => value[row] < _min[signal] || value[row] > _max[signal],
                Kind.Integer => bits[row] != Slot.Missing && (bits[row] < _least[signal] || bits[row] > _most[signal]),
                _ => false,
            };
            if (outside) _found[count++] = row;
        }

        return count;
    }

    void Treat(Batch batch, ReadOnlySpan<int> found)
    {
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        if (_then == OutOfRangeThen.Drop)
        {
            foreach (var row in found) _dropped.AddOf(signalOf[key[row]]);
            batch.Remove(found);
            return;
        }

        foreach (var row in found)
        {
            var signal = signalOf[key[row]];
            _treated[signal]++;
            if (_then == OutOfRangeThen.Clamp) Clamp(batch, row, signal);
            else if (batch.Quality[row] == Quality.Good) batch.Quality[row] = Quality.Uncertain;
        }
    }

    void Clamp(Batch batch, int row, int signal)
    {
        if (_kinds[signal] == Kind.Integer) batch.Bits(0)[row] = Math.Clamp(batch.Bits(0)[row], _least[signal], _most[signal]);
        else batch.Value[row] = Math.Clamp(batch.Value[row], _min[signal], _max[signal]);
    }
}
