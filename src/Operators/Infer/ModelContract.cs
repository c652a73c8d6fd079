namespace StreamEdge;

/// <summary>What the numbers mean that a model gives.</summary>
public enum ModelResult
{
    /// <summary>It gives its input again as well as it knows it; how far it is off says how unusual the row is.</summary>
    Reconstruction,

    /// <summary>It gives a probability per label.</summary>
    Classes,

    /// <summary>It gives one number.</summary>
    Value,
}

/// <summary>
/// What <c>model.yaml</c> says of the model beside it: which columns it wants, in which order, unit and scale, and
/// what its output means. All of it is checked against the rows and against <c>model.onnx</c> before anything runs.
/// </summary>
public sealed record ModelContract
{
    /// <summary>The model's name; the same as that of the folder above the version's.</summary>
    public required string Name { get; init; }

    /// <summary>Its version; the same as the folder's name.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of <c>model.onnx</c> in hexadecimal, so that another file is not taken for it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Name of the input in <c>model.onnx</c>.</summary>
    public required string Input { get; init; }

    /// <summary>The shape of the input: <c>[batch, 32, 8]</c>. The first place is the number of rows scored at once.</summary>
    public required IReadOnlyList<string> Shape { get; init; }

    /// <summary>How many consecutive rows of a key the model looks at; its result belongs to the last. 1 to 10,000. Default: 1.</summary>
    [Between(1, 10_000)]
    public int Rows { get; init; } = 1;

    /// <summary>The columns it wants, in its order.</summary>
    public required IReadOnlyList<ModelColumn> Columns { get; init; }

    /// <summary>Scaled values beyond this, up or down, are set to it; none where they are left alone.</summary>
    public double? Clip { get; init; }

    /// <summary>Name of the output in <c>model.onnx</c>.</summary>
    public required string Output { get; init; }

    /// <summary>What the output means: <c>reconstruction</c>, <c>classes</c> or <c>value</c>.</summary>
    public required ModelResult Result { get; init; }

    /// <summary>The labels of <c>classes</c>, in the order of the output.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>An error or value above this is an anomaly, where the pipeline says nothing else.</summary>
    public double? Threshold { get; init; }

    /// <summary>What the errors of the training rows were; the source of <c>score</c>. A model without it offers <c>error</c> only.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>How the model was trained. Not used in scoring.</summary>
    public TrainingFigures? Training { get; init; }

    /// <summary>The lengths of <see cref="Shape"/> behind the number of rows; of a contract that was checked.</summary>
    internal int[] RowShape() => [.. Shape.Skip(1).Select(text => Number.TryParse(text, out int length, out _) ? length : 0)];

    /// <summary>Checks what can be checked without rows and without <c>model.onnx</c>.</summary>
    internal void Check(BoundOptions bound, Faults faults)
    {
        void Fault(string option, string what, string? remedy = null, int? item = null) => faults.Add(bound.PositionOf(option, item: item), what, remedy);

        if (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigit)) Fault(nameof(Sha256), "sha256 is not 64 hexadecimal digits", "write what 'sha256sum model.onnx' says");
        if (Clip is <= 0) Fault(nameof(Clip), "clip must be above 0", "write it like 10, or leave it out");
        if (Columns.Count == 0) Fault(nameof(Columns), "the model wants no column", "name its columns in its order");
        CheckColumns(Fault);
        CheckShape(Fault);
        if (Result == ModelResult.Classes && Labels.Count < 2) Fault(nameof(Result), $"classes need at least two labels, not {Labels.Count}", "write 'labels: [normal, worn]' in the order of the output");
        if (Result != ModelResult.Classes && Labels.Count > 0) Fault(nameof(Labels), "only classes have labels", "leave them out, or write 'result: classes'");
        if (Result == ModelResult.Classes && Threshold is not null) Fault(nameof(Threshold), "classes have no threshold", "leave it out; the pipeline says which label is an anomaly");
        if (Calibration is null) return;
        if (Result != ModelResult.Reconstruction) Fault(nameof(Calibration), "only a reconstruction's error is calibrated", "leave it out");
        if (Calibration.Mistake() is { } mistake) Fault(nameof(Calibration), mistake, "train the model anew, or leave calibration out");
    }

    void CheckColumns(Action<string, string, string?, int?> fault)
    {
        var seen = new HashSet<(string, string?)>();
        for (var item = 0; item < Columns.Count; item++)
        {
            var column = Columns[item];
            var name = Visible.Quote(column.Column);
            if (!seen.Add((column.Column, column.Text))) fault(nameof(Columns), $"{name} is named twice", "name each column once", item);
            if (!(column.Std > 0)) fault(nameof(Columns), $"the std of {name} must be above 0", "write 1 where it is not scaled", item);
            if (column.Text is not null && column.Unit is not null) fault(nameof(Columns), $"{name} is compared with a text and has no unit", "leave the unit out", item);
            if (column.Text is not null && column.Range is not null) fault(nameof(Columns), $"{name} is compared with a text and has no range", "leave the range out", item);
        }
    }

    void CheckShape(Action<string, string, string?, int?> fault)
    {
        if (Shape.Count == 0 || Shape[0] != "batch")
        {
            fault(nameof(Shape), "the shape does not begin with batch", $"write it like [batch, {Columns.Count}]", Shape.Count == 0 ? null : 0);
            return;
        }

        var size = 1L;
        for (var item = 1; item < Shape.Count; item++)
        {
            if (Number.TryParse(Shape[item], out int length, out _) && length > 0) size = Math.Min(size * length, int.MaxValue);
            else
            {
                fault(nameof(Shape), $"{Visible.Quote(Shape[item])} is no length", "write whole numbers behind batch", item);
                return;
            }
        }

        var wanted = (long)Rows * Columns.Count;
        if (size == wanted) return;
        var (rows, columns) = (Rows == 1 ? "1 row" : $"{Rows} rows", Columns.Count == 1 ? "1 column" : $"{Columns.Count} columns");
        fault(nameof(Shape), $"the shape holds {size} values, but {rows} of {columns} make {wanted}", Rows == 1 ? $"write it like [batch, {Columns.Count}]" : $"write it like [batch, {Rows}, {Columns.Count}]", null);
    }
}

/// <summary>One column that a model wants. Its input is <c>(value - mean) / std</c>, in the model's unit; or 1 and 0 for a text that is or is not the given one.</summary>
public sealed record ModelColumn
{
    /// <summary>The column's name in the rows.</summary>
    public required string Column { get; init; }

    /// <summary>The text that stands for 1, for a text column that the model takes apart into one input per text.</summary>
    [Key("equals")]
    public string? Text { get; init; }

    /// <summary>The unit the model was trained in; rows in another unit of its family are converted. None: taken as it comes.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Subtracted from the value. Default: 0.</summary>
    public double Mean { get; init; }

    /// <summary>What the difference is divided by. Default: 1.</summary>
    public double Std { get; init; } = 1;

    /// <summary>Smallest and largest value in training; rows outside are scored, and counted.</summary>
    public Bounds? Range { get; init; }
}

/// <summary>How a model was trained.</summary>
public sealed record TrainingFigures
{
    /// <summary>Rows it was trained on.</summary>
    public long Rows { get; init; }

    /// <summary>Rows left out, because a value was missing or their quality not good.</summary>
    public long Skipped { get; init; }

    /// <summary>Principal components that were kept.</summary>
    public int Components { get; init; }

    /// <summary>Share of the variance that those explain, 0 to 1.</summary>
    public double Explained { get; init; }
}
