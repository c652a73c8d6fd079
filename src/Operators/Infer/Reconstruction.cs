using System.Numerics.Tensors;

namespace StreamEdge;

/// <summary>
/// How far the row lies from what the model makes of it: the mean of (input - output)² over all inputs, as scaled;
/// its score, where the model is calibrated; the share of each column in it, and the column with the largest share.
/// </summary>
sealed class Reconstruction : Verdict
{
    readonly Scale? _scale;
    readonly string[] _names;
    readonly int[] _columnOf;
    readonly long[] _codes;
    readonly int _length, _size, _contributions;
    float[] _squares = [], _shares = [];
    int[] _top = [];
    float[] _largest = [];

    /// <summary>Makes the columns of a model's result.</summary>
    /// <param name="columns">What the model wants; inputs of one column (a text taken apart) are counted together.</param>
    /// <param name="length">How many rows it looks at.</param>
    /// <param name="calibration">Where a score comes from.</param>
    public Reconstruction(IReadOnlyList<ModelColumn> columns, int length, Calibration? calibration)
    {
        _names = [.. columns.Select(c => c.Column).Distinct()];
        _columnOf = [.. columns.Select(c => Array.IndexOf(_names, c.Column))];
        _codes = new long[_names.Length];
        (_length, _size) = (length, columns.Count);
        _scale = calibration is null ? null : new Scale(calibration);
        _contributions = calibration is null ? 1 : 2;
        Columns = ColumnsOf(_names, calibration is not null);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; }

    /// <summary>The columns that such a model adds.</summary>
    public static IReadOnlyList<Column> ColumnsOf(IEnumerable<string> names, bool calibrated) =>
    [
        new("error", Kind.Number),
        .. calibrated ? [new Column("score", Kind.Number)] : Array.Empty<Column>(),
        .. names.Select(name => new Column($"contribution_{name}", Kind.Number)),
        new("top", Kind.Text),
    ];

    /// <inheritdoc/>
    public override void Use(CodeTable codes)
    {
        for (var name = 0; name < _names.Length; name++) _codes[name] = codes.Code(_names[name]);
    }

    /// <inheritdoc/>
    public override int Write(Batch batch, int first, ReadOnlySpan<int> rows, Span<float> input, ReadOnlySpan<float> output)
    {
        if (_largest.Length < rows.Length)
        {
            (_squares, _shares) = (new float[batch.Capacity * _size], new float[batch.Capacity]);
            (_largest, _top) = (new float[batch.Capacity], new int[batch.Capacity]);
        }

        Square(rows.Length, input, output);
        var notFinite = WriteErrors(batch, first, rows);
        WriteContributions(batch, first + _contributions, rows);
        WriteTop(batch.Bits(first + _contributions + _names.Length), rows);
        return notFinite;
    }

    /// <summary>Squares the differences, adds them up over the rows of a sequence, and each row over its columns: one square per row and column, one sum per row.</summary>
    void Square(int count, Span<float> input, ReadOnlySpan<float> output)
    {
        var all = count * _length * _size;
        TensorPrimitives.Subtract(input[..all], output[..all], input[..all]);
        TensorPrimitives.Multiply(input[..all], input[..all], input[..all]);
        var squares = _squares.AsSpan(0, count * _size);
        if (_length == 1) input[..all].CopyTo(squares);
        else
        {
            for (var row = 0; row < count; row++)
            {
                var sum = squares.Slice(row * _size, _size);
                input.Slice(row * _length * _size, _size).CopyTo(sum);
                for (var step = 1; step < _length; step++) TensorPrimitives.Add(sum, input.Slice(((row * _length) + step) * _size, _size), sum);
            }
        }
    }

    int WriteErrors(Batch batch, int first, ReadOnlySpan<int> rows)
    {
        var error = batch.Column(first);
        var score = _scale is null ? [] : batch.Column(first + 1);
        var notFinite = 0;
        for (var scored = 0; scored < rows.Length; scored++)
        {
            var sum = TensorPrimitives.Sum<float>(_squares.AsSpan(scored * _size, _size));
            var finite = float.IsFinite(sum);
            var mean = finite ? (double)sum / (_length * _size) : double.NaN;
            error[rows[scored]] = mean;
            if (!finite) notFinite++;
            if (_scale is not null) score[rows[scored]] = finite ? _scale.Score(mean) : double.NaN;
            _shares[scored] = finite && sum > 0 ? 1 / sum : float.NaN; // no error has no shares
        }

        return notFinite;
    }

    void WriteContributions(Batch batch, int first, ReadOnlySpan<int> rows)
    {
        var largest = _largest.AsSpan(0, rows.Length);
        var top = _top.AsSpan(0, rows.Length);
        for (var column = 0; column < _names.Length; column++)
        {
            var share = batch.Column(first + column);
            for (var scored = 0; scored < rows.Length; scored++)
            {
                var square = SquareOf(scored, column) * _shares[scored];
                share[rows[scored]] = square;
                if (column > 0 && !(square > largest[scored])) continue;
                (largest[scored], top[scored]) = (square, column);
            }
        }
    }

    float SquareOf(int row, int column)
    {
        if (_names.Length == _size) return _squares[(row * _size) + column];
        var sum = 0f;
        for (var input = 0; input < _size; input++)
            if (_columnOf[input] == column) sum += _squares[(row * _size) + input];
        return sum;
    }

    void WriteTop(Span<long> top, ReadOnlySpan<int> rows)
    {
        for (var scored = 0; scored < rows.Length; scored++)
            top[rows[scored]] = float.IsNaN(_shares[scored]) ? Slot.Missing : _codes[_top[scored]];
    }
}
