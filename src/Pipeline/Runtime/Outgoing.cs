namespace StreamEdge;

/// <summary>Rows that a step puts together itself, on their way out in batches of one source. Flush before the call from the engine returns.</summary>
public sealed class Outgoing
{
    Batch? _batch;

    /// <summary>Adds a reading, or a row whose other columns the caller fills.</summary>
    /// <returns>The batch that it is the last row of.</returns>
    public Batch Add(Output output, long time, int key, double slot, Quality quality, int source)
    {
        var batch = For(output, source);
        var row = batch.Append(time, key, slot);
        if (quality != Quality.Good) batch.Quality[row] = quality;
        return batch;
    }

    /// <summary>Adds a row of another batch with the same columns.</summary>
    /// <returns>The batch that it is the last row of.</returns>
    public Batch Add(Output output, Batch other, int row)
    {
        var batch = Next(output, other.Source);
        batch.Count--;
        batch.Append(other, row, 1);
        return batch;
    }

    /// <summary>The batch with one more row, its last, whose columns and quality the caller fills.</summary>
    public Batch Next(Output output, int source)
    {
        var batch = For(output, source);
        var rows = batch.Count + 1;
        batch.Grow(rows);
        batch.Count = rows;
        return batch;
    }

    /// <summary>A batch of that source with room.</summary>
    Batch For(Output output, int source)
    {
        if (_batch is { } batch && batch.Source == source && batch.Count < batch.Schema.MaxRows) return batch;
        Flush(output);
        return _batch = output.Rent(source);
    }

    /// <summary>Passes on what was added.</summary>
    public void Flush(Output output)
    {
        if (_batch is not { } batch) return;
        _batch = null;
        output.Emit(batch);
    }
}
