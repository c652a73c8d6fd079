namespace StreamEdge;

/// <summary>A source in its place in the graph: looks at what it gives, counts it by signal, refuses the future.</summary>
sealed class SourceStep(string name, int number, Source source, BatchPool pool, Clock clock, long ahead)
{
    readonly Tally _ahead = source.Books.Reason("ahead");

    public string Name { get; } = name;

    public int Number { get; } = number;

    public Source Source { get; } = source;

    public Observers Observers { get; } = new();

    public Books Books => Source.Books;

    public Output Output => field ??= new Output(Source.Output, pool, Source.Books, Observers);

    /// <summary>Counts the batch in, drops rows from the future, and emits it.</summary>
    public void Give(Batch batch)
    {
        batch.Source = Number;
        var limit = clock.Wall + ahead;
        if (batch.Count > 0 && System.Numerics.Tensors.TensorPrimitives.Max<long>(batch.Time) > limit) RefuseFuture(batch, limit);
        Books.CountSignals(batch);
        Output.Emit(batch);
        Books.In = Books.Passed + Books.Dropped;
    }

    void RefuseFuture(Batch batch, long limit)
    {
        Span<int> kept = stackalloc int[Batch.MaxRows];
        var count = 0;
        var signalOf = Source.Output.Keys.SignalOf;
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.Time[row] <= limit) kept[count++] = row;
            else _ahead.AddOf(signalOf[batch.Key[row]]);
        }

        batch.Select(kept[..count]);
    }

    public void Save(Snapshot snapshot) => snapshot.Add(Name, "", state =>
    {
        Books.Save(state);
        Source.Save(state);
    });

    public void Restore(Snapshot snapshot) => snapshot.Restore(Name, "", state =>
    {
        Books.Restore(state);
        Source.Restore(state);
    });
}
