namespace StreamEdge;

/// <summary>
/// Stage 1, collect: takes readings from outside. The engine calls one method at a time, and never while another runs.
/// </summary>
/// <param name="output">What it emits.</param>
public abstract class Source(Schema output) : IAsyncDisposable
{
    /// <summary>What it emits.</summary>
    public Schema Output { get; } = output;

    /// <summary>Its account: what it read and what it refused.</summary>
    public Books Books { get; } = new(output.Signals);

    /// <summary>Whether it runs in one stage with the steps behind it (the default), or hands over through a channel.</summary>
    public virtual bool Fused => true;

    /// <summary>Whether it can give the same readings again from a saved position, as a file can; what cannot, as a broker, is journalled.</summary>
    public virtual bool Replays => true;

    /// <summary>What stands behind the batch of the last <see cref="ReadAsync"/>; asked for after each.</summary>
    public virtual Remark Remark => default;

    /// <summary>How much of the input has been read, 0 to 1; NaN where there is no end. For progress.</summary>
    public virtual double Progress => double.NaN;

    /// <summary>Connects, opens files. What fails here stops the pipeline before it starts.</summary>
    public virtual ValueTask OpenAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>
    /// Adds readings to the batch, at most <see cref="Schema.MaxRows"/>, and returns 20 ms after the first at the
    /// latest. It counts what it could not use with <see cref="Books"/>. Where it has several logical sources, a batch
    /// holds readings of one, whose number from 0 is its <see cref="Batch.Source"/>.
    /// </summary>
    /// <param name="batch">An empty batch of <see cref="Output"/>.</param>
    /// <param name="cancel">Ends a wait: it then returns true with what the batch holds, or throws <see cref="OperationCanceledException"/> where it took nothing.</param>
    /// <returns>False when the input has ended; the batch may still hold the last readings.</returns>
    public abstract ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel);

    /// <summary>All that it has given so far is safe: whoever sent it may be told so.</summary>
    public virtual ValueTask AcknowledgeAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Writes the position behind the last reading that it gave.</summary>
    public abstract void Save(StateWriter state);

    /// <summary>Goes on behind a saved position. Called before <see cref="OpenAsync"/>.</summary>
    public abstract void Restore(StateReader state);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
