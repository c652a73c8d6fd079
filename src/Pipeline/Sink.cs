namespace StreamEdge;

/// <summary>
/// Stage 7, transmit: hands rows to the world outside. The engine calls one method at a time. It counts in
/// <see cref="Books"/> what the other side took (<see cref="Books.Absorbed"/>) and what it refused.
/// </summary>
/// <param name="inputs">What it is given; one schema per edge that leads to it.</param>
public abstract class Sink(IReadOnlyList<Schema> inputs) : IAsyncDisposable
{
    /// <summary>What it is given; one schema per edge that leads to it.</summary>
    public IReadOnlyList<Schema> Inputs { get; } = inputs;

    /// <summary>Its account: what was taken, what was refused.</summary>
    public Books Books { get; } = new(inputs.FirstOrDefault(i => !i.IsRows)?.Signals ?? []);

    /// <summary>Whether it runs in one stage with the step before it, which it then holds up. Off by default: a sink waits for the world.</summary>
    public virtual bool Fused => false;

    /// <summary>Whether it delivers over a network. A run that keeps its state then puts an outbox before it, so that the pipeline goes on while the other side is away.</summary>
    public virtual bool IsRemote => false;

    /// <summary>What its outbox may hold.</summary>
    public virtual BufferOptions Buffer { get; } = new();

    /// <summary>Whether an outbox stands before it: it may then wait as long as it takes, also for what a person must put right.</summary>
    public bool IsBuffered { get; internal set; }

    /// <summary>Rows and readings taken from the graph and not yet safe outside.</summary>
    public virtual long Held => 0;

    /// <summary>Figures for the closing summary, such as where the output went; a name and a value with its unit.</summary>
    public virtual IEnumerable<(string Name, string Value)> Report => [];

    /// <summary>Connects, opens files. What fails here stops the pipeline before it starts.</summary>
    public virtual ValueTask OpenAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Takes a batch, now or into a bounded buffer. The engine releases the batch afterwards.</summary>
    public abstract ValueTask WriteAsync(Batch batch, CancellationToken cancel);

    /// <summary>Returns when everything taken so far is safe outside. Called when the input is quiet, at barriers and at the end.</summary>
    public virtual ValueTask FlushAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Returns when everything taken is outside: at the end of the input.</summary>
    public virtual ValueTask FinishAsync(CancellationToken cancel) => FlushAsync(cancel);

    /// <summary>Writes how far the world outside has got, behind a <see cref="FlushAsync"/>: where a file ends. A sink that may write the same again has nothing to write.</summary>
    public virtual void Save(StateWriter state)
    {
    }

    /// <summary>Takes up what was saved; what was handed over since will come again. Called before <see cref="OpenAsync"/>.</summary>
    public virtual void Restore(StateReader state)
    {
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
