namespace StreamEdge;

/// <summary>
/// The batches that a pipeline uses again and again, by number of columns. Bounded: what comes back beyond
/// <see cref="Kept"/> per width is left to the garbage collector. Thread-safe; a rent costs some 20 ns.
/// </summary>
public sealed class BatchPool
{
    /// <summary>Batches of one width that are kept for the next renter.</summary>
    public const int Kept = 32;

    readonly Lock _changing = new();
    Stack<Batch>[] _free = [];
    int _inUse;

    /// <summary>Batches that were rented and have not come back.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>An empty batch for this schema, held once.</summary>
    public Batch Rent(Schema schema)
    {
        var columns = schema.Columns.Count;
        Batch? batch = null;
        lock (_changing)
        {
            _inUse++;
            if (columns < _free.Length) _free[columns].TryPop(out batch);
        }

        batch ??= new Batch(this, columns);
        batch.Begin(schema);
        return batch;
    }

    internal void Return(Batch batch)
    {
        var columns = batch.Schema.Columns.Count;
        lock (_changing)
        {
            _inUse--;
            if (columns >= _free.Length)
            {
                var old = _free.Length;
                Array.Resize(ref _free, columns + 1);
                for (var width = old; width <= columns; width++) _free[width] = new Stack<Batch>();
            }

            if (_free[columns].Count < Kept) _free[columns].Push(batch);
        }
    }
}
