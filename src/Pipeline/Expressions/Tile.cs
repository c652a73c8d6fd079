namespace StreamEdge;

/// <summary>Some rows of a batch, so few that what is computed of them stays in the processor's fastest cache.</summary>
readonly ref struct Tile(Batch batch, int from, int count)
{
    /// <summary>Most rows of a tile.</summary>
    public const int Rows = 512;

    public Batch Batch => batch;

    public int From => from;

    public int Count => count;

    public ReadOnlySpan<long> Time => batch.Time.Slice(from, count);

    public ReadOnlySpan<int> Key => batch.Key.Slice(from, count);

    /// <summary>Whether a row stands in the order of its key's rows: it is no provisional or corrected row of a window, which has its place already.</summary>
    public bool IsInOrder(int row) => !batch.Schema.HasWindow || batch.Pane[from + row] == Pane.OnTime;
}

/// <summary>
/// A part of an expression that can be computed. All values are doubles: a number is itself, true 1 and false 0, a text its
/// code; missing is NaN. So a part is a loop over a column, and missing values need no branch.
/// </summary>
abstract class Part(ExpressionType type)
{
    double[]? _values;

    public ExpressionType Type => type;

    /// <summary>Whether it is the same for all rows.</summary>
    public virtual bool IsConstant => false;

    /// <summary>The parts that it is computed of.</summary>
    public virtual IEnumerable<Part> Parts => [];

    /// <summary>Computes the rows of a tile into as many places.</summary>
    public abstract void Compute(Tile tile, Span<double> to);

    /// <summary>The values of a tile's rows; they stand until the next call.</summary>
    public virtual ReadOnlySpan<double> Of(Tile tile)
    {
        var values = (_values ??= new double[Tile.Rows]).AsSpan(0, tile.Count);
        Compute(tile, values);
        return values;
    }
}

/// <summary>The same value for all rows.</summary>
sealed class Constant : Part
{
    readonly double[] _values = new double[Tile.Rows];

    public Constant(ExpressionType type, double value) : base(type)
    {
        Value = value;
        Array.Fill(_values, value);
    }

    public double Value { get; }

    public override bool IsConstant => true;

    public override void Compute(Tile tile, Span<double> to) => to.Fill(Value);

    public override ReadOnlySpan<double> Of(Tile tile) => _values.AsSpan(0, tile.Count);
}
