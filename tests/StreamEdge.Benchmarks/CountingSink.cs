namespace StreamEdge;

/// <summary>Counts and hashes window rows, so that what was measured is also checked.</summary>
sealed record CountingOptions : SinkOptions
{
    /// <summary>The last one that was built.</summary>
    public static CountingSink? Last { get; private set; }

    /// <summary>Whether it runs in the stage of the step before it.</summary>
    [Short]
    public bool Fused { get; init; } = true;

    /// <inheritdoc/>
    public override Sink Build(BuildContext context) => Last = new CountingSink(context.Inputs, Fused);
}

sealed class CountingSink(IReadOnlyList<Schema> inputs, bool fused) : Sink(inputs)
{
    Checksum _sum;

    public Checksum Sum => _sum;

    /// <inheritdoc/>
    public override bool Fused => fused;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        Books.Absorbed += batch.Count;
        if (!batch.Schema.IsRows) return default;
        var (count, mean, min, max, std) = (0, 1, 2, 3, 4); // the order of compute in the workloads' files
        for (var row = 0; row < batch.Count; row++)
            _sum.Add(batch.Key[row], batch.Time[row], batch.Bits(count)[row], batch.Column(mean)[row], batch.Column(min)[row], batch.Column(max)[row], batch.Column(std)[row]);
        return default;
    }
}
