using System.Numerics.Tensors;

namespace StreamEdge;

/// <summary>Turns what a model gave into columns of the row.</summary>
abstract class Verdict
{
    /// <summary>The columns it adds behind those of the row.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>Makes what belongs to a model.</summary>
    public static Verdict Of(ModelContract contract) => contract.Result switch
    {
        ModelResult.Reconstruction => new Reconstruction(contract.Columns, contract.Rows, contract.Calibration),
        ModelResult.Classes => new Classes(contract.Labels),
        _ => new SingleValue(),
    };

    /// <summary>Writes the columns of the rows that were scored, from the first row of the batch on; missing where the model gave no finite number.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="first">The first of the added columns.</param>
    /// <param name="scored">How many rows were scored.</param>
    /// <param name="input">What the model was given, row by row; free to be overwritten.</param>
    /// <param name="output">What it gave, row by row.</param>
    /// <returns>For how many rows it gave no finite number.</returns>
    public abstract int Write(Batch batch, int first, int scored, Span<float> input, ReadOnlySpan<float> output);

    /// <summary>Lets a text column know the pipeline's codes.</summary>
    public virtual void Use(CodeTable codes)
    {
    }

    /// <summary>Moves results from the first rows of the batch to the rows that were scored; the others have none.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="first">The first of the added columns.</param>
    /// <param name="rows">For each row scored, its number in the batch; ascending.</param>
    public void Spread(Batch batch, int first, ReadOnlySpan<int> rows)
    {
        for (var number = 0; number < Columns.Count; number++)
        {
            var column = batch.Column(first + number);
            var missing = Slot.MissingOf(Columns[number].Kind);
            var next = rows.Length - 1;
            for (var row = column.Length - 1; row >= 0; row--) // a result only ever moves backward, to rows that are done
                column[row] = next >= 0 && rows[next] == row ? column[next--] : missing;
        }
    }
}

/// <summary>The label with the highest probability, and that probability.</summary>
sealed class Classes(IReadOnlyList<string> labels) : Verdict
{
    readonly long[] _codes = new long[labels.Count];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [new("label", Kind.Text), new("probability", Kind.Number) { Range = Bounds.Share }];

    /// <inheritdoc/>
    public override void Use(CodeTable codes)
    {
        for (var label = 0; label < labels.Count; label++) _codes[label] = codes.Code(labels[label]);
    }

    /// <inheritdoc/>
    public override int Write(Batch batch, int first, int scored, Span<float> input, ReadOnlySpan<float> output)
    {
        var label = batch.Bits(first);
        var probability = batch.Column(first + 1);
        var size = labels.Count;
        var notFinite = 0;
        for (var row = 0; row < scored; row++)
        {
            var probabilities = output.Slice(row * size, size);
            var best = TensorPrimitives.IndexOfMax(probabilities); // that of a NaN, where there is one
            var finite = float.IsFinite(probabilities[best]);
            (label[row], probability[row]) = finite ? (_codes[best], probabilities[best]) : (Slot.Missing, double.NaN);
            if (!finite) notFinite++;
        }

        return notFinite;
    }
}

/// <summary>The one number that the model gave.</summary>
sealed class SingleValue : Verdict
{
    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [new("value", Kind.Number)];

    /// <inheritdoc/>
    public override int Write(Batch batch, int first, int scored, Span<float> input, ReadOnlySpan<float> output)
    {
        var value = batch.Column(first);
        var notFinite = 0;
        for (var row = 0; row < scored; row++)
        {
            var finite = float.IsFinite(output[row]);
            value[row] = finite ? output[row] : double.NaN;
            if (!finite) notFinite++;
        }

        return notFinite;
    }
}
