namespace StreamEdge;

/// <summary>Packs those rows of a batch that can be scored into a model's input.</summary>
abstract class ModelInput(Features features)
{
    protected Features Features { get; } = features;

    /// <summary>Whether a row's result depends on the rows before it.</summary>
    public virtual bool NeedsOrder => false;

    /// <summary>Rows so far that lacked a value the model wants.</summary>
    public long Missing { get; protected set; }

    /// <summary>Rows so far whose quality was too low to be scored.</summary>
    public long NotGood { get; protected set; }

    /// <summary>Rows so far that had too few rows of their key before them.</summary>
    public long TooEarly { get; protected set; }

    /// <summary>Rows so far that lay outside what the model was trained on.</summary>
    public long Outside => Features.Outside;

    /// <summary>Packs the rows that can be scored; returns how many.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="input">Where they go, one behind the other.</param>
    /// <param name="rows">Is given, for each row packed, its number in the batch; ascending.</param>
    public abstract int Pack(Batch batch, Span<float> input, Span<int> rows);

    public virtual void Save(StateWriter state, Schema schema) =>
        state.Write(Missing).Write(NotGood).Write(TooEarly).Write(Features.Outside);

    public virtual void Restore(StateReader state, Schema schema) =>
        (Missing, NotGood, TooEarly, Features.Outside) = (state.Long(), state.Long(), state.Long(), state.Long());

    /// <summary>
    /// Whether the row's quality forbids scoring it: a window's row must be good (one with too few readings is not);
    /// of other rows only the bad are left out.
    /// </summary>
    protected static bool IsTooLow(Quality quality, bool isWindow) => quality != Quality.Good && (isWindow || quality == Quality.Bad);
}

/// <summary>The input of a model that looks at one row at a time.</summary>
sealed class SingleRows(Features features) : ModelInput(features)
{
    /// <inheritdoc/>
    public override int Pack(Batch batch, Span<float> input, Span<int> rows)
    {
        var unusable = Features.Fill(batch, input);
        if (unusable.IsEmpty && !batch.HasQuality)
        {
            for (var row = 0; row < batch.Count; row++) rows[row] = row;
            return batch.Count;
        }

        var quality = batch.HasQuality ? batch.Quality : [];
        var size = Features.Count;
        var packed = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            if (!quality.IsEmpty && IsTooLow(quality[row], batch.Schema.HasWindow)) NotGood++;
            else if (!unusable.IsEmpty && unusable[row]) Missing++;
            else
            {
                // Only ever moved forward, over a row that has been dealt with.
                if (packed < row) input.Slice(row * size, size).CopyTo(input[(packed * size)..]);
                rows[packed++] = row;
            }
        }

        return packed;
    }
}
