namespace StreamEdge;

/// <summary>Lets pass what an expression is true of. What it is false of, and what it cannot tell of for a missing value, is dropped and counted apart.</summary>
public sealed class ExpressionFilter : Operator
{
    readonly BoundExpression _keeps;
    readonly double[] _truth;
    readonly int[] _kept;
    readonly Tally _false, _unknown;

    /// <summary>Makes a filter.</summary>
    /// <param name="input">What flows in, and out.</param>
    /// <param name="keeps">What is true of what passes; bound to <paramref name="input"/>.</param>
    /// <param name="reason">Why the others are dropped, for the ledger.</param>
    /// <param name="unknown">The same for those of which it cannot be told.</param>
    public ExpressionFilter(Schema input, BoundExpression keeps, string reason, string unknown) : base(input)
    {
        _keeps = keeps;
        (_truth, _kept) = (new double[input.MaxRows], new int[input.MaxRows]);
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
        var kept = 0;
        for (var row = 0; row < truth.Length; row++)
        {
            _kept[kept] = row; // overwritten by the next one where it is dropped
            kept += truth[row] == 1 ? 1 : 0;
        }

        if (kept < truth.Length)
        {
            Count(batch, truth);
            batch = batch.Writable();
            batch.Select(_kept.AsSpan(0, kept));
        }

        output.Emit(batch);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _keeps.Save(state);

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _keeps.Restore(state);

    void Count(Batch batch, ReadOnlySpan<double> truth)
    {
        if (batch.Schema.Signals.Count <= 1)
        {
            var (unknown, dropped) = (0L, 0L);
            foreach (var value in truth)
            {
                unknown += double.IsNaN(value) ? 1 : 0;
                dropped += value == 0 ? 1 : 0;
            }

            _false.AddOf(0, dropped);
            _unknown.AddOf(0, unknown);
            return;
        }

        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        for (var row = 0; row < truth.Length; row++)
            if (truth[row] != 1) (truth[row] == 0 ? _false : _unknown).AddOf(signalOf[key[row]]);
    }
}
