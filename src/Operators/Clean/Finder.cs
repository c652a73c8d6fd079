namespace StreamEdge;

/// <summary>What happens to a reading that cannot be true.</summary>
public enum FoundThen
{
    /// <summary>It is dropped.</summary>
    Drop,

    /// <summary>It goes on with the quality uncertain.</summary>
    Flag,
}

/// <summary>A step that finds readings which cannot be true, and drops or flags them, counted by signal.</summary>
abstract class Finder : Operator
{
    readonly FoundThen _then;
    readonly int[] _found;
    readonly long[] _flagged; // by signal
    readonly Tally _dropped;

    protected Finder(Schema input, FoundThen then, string reason) : base(input)
    {
        _then = then;
        _found = new int[input.MaxRows];
        _flagged = new long[input.Signals.Count];
        _dropped = Books.Reason(reason);
        StateShape = reason;
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _flagged.Length; signal++)
                if (_flagged[signal] > 0) yield return (Output.Signals[signal].Name, $"{_flagged[signal]:N0} flagged");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var found = _found.AsSpan(0, Find(batch, _found));
        if (found.Length > 0)
        {
            batch = batch.Writable();
            Treat(batch, found);
        }

        output.Emit(batch);
    }

    /// <summary>Finds them.</summary>
    /// <param name="batch">The readings.</param>
    /// <param name="found">Is given the rows, in ascending order.</param>
    /// <returns>How many.</returns>
    protected abstract int Find(Batch batch, int[] found);

    void Treat(Batch batch, ReadOnlySpan<int> found)
    {
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        if (_then == FoundThen.Drop)
        {
            foreach (var row in found) _dropped.AddOf(signalOf[key[row]]);
            batch.Remove(found);
            return;
        }

        foreach (var row in found)
        {
            _flagged[signalOf[key[row]]]++;
            if (batch.Quality[row] == Quality.Good) batch.Quality[row] = Quality.Uncertain;
        }
    }
}
