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

    /// <summary>Writes the columns of the rows that were scored; missing where the model gave no finite number.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="first">The first of the added columns.</param>
    /// <param name="rows">For each row scored, its number in the batch.</param>
    /// <param name="input">What the model was given, row by row.</param>
    /// <param name="output">What it gave, row by row.</param>
    /// <returns>For how many rows it gave no finite number.</returns>
    public abstract int Write(Batch batch, int first, ReadOnlySpan<int> rows, Span<float> input, ReadOnlySpan<float> output);

    /// <summary>Lets a text column know the pipeline's codes.</summary>
    public virtual void Use(CodeTable codes)
    {
    }

    /// <summary>Marks results as missing.</summary>
    public void WriteMissing(Batch batch, int first, int row)
    {
        for (var column = 0; column < Columns.Count; column++) batch.Column(first + column)[row] = Slot.MissingOf(Columns[column].Kind);
    }
}

/// <summary>The label with the highest probability, and that probability.</summary>
sealed class Classes(IReadOnlyList<string> labels) : Verdict
{
    readonly long[] _codes = new long[labels.Count];

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; } = [new("label", Kind.Text), new("probability", Kind.Number)];

    /// <inheritdoc/>
    public override void Use(CodeTable codes)
    {
        for (var label = 0; label < labels.Count; label++) _codes[label] = codes.Code(labels[label]);
    }

    /// <inheritdoc/>
    public override int Write(Batch batch, int first, ReadOnlySpan<int> rows, Span<float> input, ReadOnlySpan<float> output)
    {
        var label = batch.Bits(first);
        var probability = batch.Column(first + 1);
        var size = labels.Count;
        var notFinite = 0;
        for (var scored = 0; scored < rows.Length; scored++)
        {
            var probabilities = output.Slice(scored * size, size);
            var best = TensorPrimitives.IndexOfMax(probabilities); // that of a NaN, where there is one
            if (float.IsFinite(probabilities[best]))
            {
                (label[rows[scored]], probability[rows[scored]]) = (_codes[best], probabilities[best]);
                continue;
            }

            WriteMissing(batch, first, rows[scored]);
            notFinite++;
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
    public override int Write(Batch batch, int first, ReadOnlySpan<int> rows, Span<float> input, ReadOnlySpan<float> output)
    {
        var value = batch.Column(first);
        var notFinite = 0;
        for (var scored = 0; scored < rows.Length; scored++)
        {
            var finite = float.IsFinite(output[scored]);
            value[rows[scored]] = finite ? output[scored] : double.NaN;
            if (!finite) notFinite++;
        }

        return notFinite;
    }
}
