namespace StreamEdge;

/// <summary>
/// Drops readings whose sender or an earlier step doubts them: <c>quality: good</c> lets only good ones pass, <c>quality:
/// uncertain</c> also uncertain ones. The others are counted as <c>bad_quality</c>, by signal.
/// </summary>
/// <example>
/// - clean: { quality: good }
/// </example>
public sealed record QualityOptions : OperatorOptions
{
    /// <summary>The worst quality that passes: <c>good</c> or <c>uncertain</c>. Default: uncertain.</summary>
    [Short]
    public Quality AtLeast { get; init; } = Quality.Uncertain;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("quality")) return default(Refusal);
        return AtLeast == Quality.Bad ? context.Fault(nameof(AtLeast), "every reading is at least bad", "write good or uncertain") : new ByQuality(context.Input, AtLeast);
    }
}

sealed class ByQuality : Operator
{
    readonly Quality _worst;
    readonly int[] _found;
    readonly Tally _dropped;

    public ByQuality(Schema input, Quality worst) : base(input)
    {
        _worst = worst;
        _found = new int[input.MaxRows];
        _dropped = Books.Reason("bad_quality");
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (!batch.HasQuality)
        {
            output.Emit(batch);
            return;
        }

        var quality = batch.Quality;
        var key = batch.Key;
        var signalOf = batch.Schema.Keys.SignalOf;
        var found = 0;
        for (var row = 0; row < quality.Length; row++)
        {
            if (quality[row] <= _worst) continue;
            _found[found++] = row;
            _dropped.AddOf(signalOf[key[row]]);
        }

        if (found > 0)
        {
            batch = batch.Writable();
            batch.Remove(_found.AsSpan(0, found));
        }

        output.Emit(batch);
    }
}
