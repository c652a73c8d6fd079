using System.Numerics;
using System.Runtime.Intrinsics;

namespace StreamEdge;

/// <summary>Lets pass what an expression is true of. What it is false of, and what it cannot tell of for a missing value, is dropped and counted apart.</summary>
public sealed class ExpressionFilter : Operator
{
    // For each four truths as bits, the places of those that do not hold, behind one another.
    static readonly Vector128<int>[] s_others = [.. Enumerable.Range(0, 16).Select(holds => Vector128.Create([.. Enumerable.Range(0, 4).Where(place => (holds >> place & 1) == 0), 0, 0, 0, 0], 0))];

    readonly BoundExpression _keeps;
    readonly double[] _truth;
    readonly int[] _dropped;
    readonly Tally _false, _unknown;

    /// <summary>Makes a filter.</summary>
    /// <param name="input">What flows in, and out.</param>
    /// <param name="keeps">What is true of what passes; bound to <paramref name="input"/>.</param>
    /// <param name="reason">Why the others are dropped, for the ledger.</param>
    /// <param name="unknown">The same for those of which it cannot be told.</param>
    public ExpressionFilter(Schema input, BoundExpression keeps, string reason, string unknown) : base(input)
    {
        _keeps = keeps;
        (_truth, _dropped) = (new double[input.MaxRows], new int[input.MaxRows + 4]);
        (_false, _unknown) = (Books.Reason(reason), Books.Reason(unknown));
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => _keeps.NeedsOrder;

    /// <inheritdoc/>
    public override string StateShape => _keeps.StateShape;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var truth = _truth.AsSpan(0, batch.Count);
        _keeps.Compute(batch, truth);
        var dropped = _dropped.AsSpan(0, Find(truth, _dropped));
        if (dropped.Length > 0)
        {
            Count(batch, truth, dropped);
            batch = batch.Writable();
            batch.Remove(dropped);
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _keeps.Save(state);

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _keeps.Restore(state);

    /// <summary>The rows of which it is not true, four at a time: written at once, and overwritten from the first place that they do not need.</summary>
    static int Find(ReadOnlySpan<double> truth, int[] dropped)
    {
        var (count, row) = (0, 0);
        for (; row <= truth.Length - 4; row += 4)
        {
            var holds = Vector256.Equals(Vector256.Create(truth[row..]), Vector256<double>.One).ExtractMostSignificantBits();
            (s_others[holds] + Vector128.Create(row)).CopyTo(dropped.AsSpan(count));
            count += 4 - BitOperations.PopCount(holds);
        }

        for (; row < truth.Length; row++)
        {
            dropped[count] = row;
            count += truth[row] == 1 ? 0 : 1;
        }

        return count;
    }

    void Count(Batch batch, ReadOnlySpan<double> truth, ReadOnlySpan<int> dropped)
    {
        if (batch.Schema.Signals.Count <= 1)
        {
            var unknown = 0;
            foreach (var row in dropped) unknown += double.IsNaN(truth[row]) ? 1 : 0;
            _unknown.AddOf(0, unknown);
            _false.AddOf(0, dropped.Length - unknown);
            return;
        }

        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        foreach (var row in dropped) (truth[row] == 0 ? _false : _unknown).AddOf(signalOf[key[row]]);
    }
}
