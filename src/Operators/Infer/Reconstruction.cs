using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamEdge;

/// <summary>
/// How far the row lies from what the model makes of it: the mean of (input - output)² over all inputs, as scaled;
/// its score, where the model is calibrated; the share of each column in it, and the column with the largest share.
/// </summary>
sealed class Reconstruction : Verdict
{
    const int Lanes = 8;
    const int Tile = 64; // so many rows at a time, that their squares stay in the fastest cache
    const float SmallestShared = 1.2e-38f; // below, the inverse overflows

    readonly Scale? _scale;
    readonly string[] _names;
    readonly int[] _columnOf;
    readonly long[] _codes; // of the names, and missing
    readonly int _length, _size;
    readonly double _inputs;
    readonly float[] _tile, _added; // the squares of a tile: by input; by column of the rows
    readonly float[] _inverse = new float[Tile]; // of each row's sum

    /// <summary>Makes the columns of a model's result.</summary>
    /// <param name="columns">What the model wants; inputs of one column (a text taken apart) are counted together.</param>
    /// <param name="length">How many rows it looks at.</param>
    /// <param name="calibration">Where a score comes from.</param>
    public Reconstruction(IReadOnlyList<ModelColumn> columns, int length, Calibration? calibration)
    {
        _names = [.. columns.Select(c => c.Column).Distinct()];
        _columnOf = [.. columns.Select(c => Array.IndexOf(_names, c.Column))];
        _codes = new long[_names.Length + 1];
        _codes[^1] = Slot.Missing;
        (_length, _size, _inputs) = (length, columns.Count, length * columns.Count);
        (_tile, _added) = (new float[_size * Tile], new float[_names.Length * Tile]);
        _scale = calibration is null ? null : new Scale(calibration);
        Columns = ColumnsOf(_names, calibration is not null);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; }

    /// <summary>The columns that such a model adds.</summary>
    public static IReadOnlyList<Column> ColumnsOf(IEnumerable<string> names, bool calibrated) =>
    [
        new("error", Kind.Number),
        .. calibrated ? [new Column("score", Kind.Number) { Range = Bounds.Share }] : Array.Empty<Column>(),
        .. names.Select(name => new Column($"contribution_{name}", Kind.Number) { Range = Bounds.Share }),
        new("top", Kind.Text),
    ];

    /// <inheritdoc/>
    public override void Use(CodeTable codes)
    {
        for (var name = 0; name < _names.Length; name++) _codes[name] = codes.Code(_names[name]);
    }

    /// <inheritdoc/>
    public override int Write(Batch batch, int first, int scored, Span<float> input, ReadOnlySpan<float> output)
    {
        var error = batch.Column(first)[..scored];
        var shares = first + Columns.Count - _names.Length - 1;
        var top = batch.Bits(first + Columns.Count - 1)[..scored];
        for (var from = 0; from < scored; from += Tile)
        {
            var rows = Math.Min(Tile, scored - from);
            var squares = Squares(from, rows, input, output);
            Judge(squares, rows, error[from..], top[from..]);
            for (var name = 0; name < _names.Length; name++) Share(squares.Slice(name * Tile, rows), batch.Column(shares + name).Slice(from, rows));
        }

        var notFinite = TensorPrimitives.IsFiniteAll<double>(error) ? 0 : ClearNotFinite(batch, first, error, top);
        _scale?.Write(error, batch.Column(first + 1)[..scored]);
        return notFinite;
    }

    /// <summary>The squared differences of a tile by column of the rows, each <see cref="Tile"/> long; those of a sequence, and of inputs that belong to one column, added up.</summary>
    ReadOnlySpan<float> Squares(int row, int rows, Span<float> input, ReadOnlySpan<float> output)
    {
        var (from, size) = (row * _length * _size, _length * _size);
        if (_length == 1) Transpose.WriteSquares(input[from..], output[from..], rows, size, _tile, Tile);
        else
        {
            for (var sequence = 0; sequence < rows; sequence++, from += size)
            {
                var squares = input.Slice(from, size);
                TensorPrimitives.Subtract(squares, output.Slice(from, size), squares);
                TensorPrimitives.Multiply(squares, squares, squares);
                var sum = input.Slice((row * size) + (sequence * _size), _size); // over what has been dealt with
                squares[.._size].CopyTo(sum);
                for (var step = 1; step < _length; step++) TensorPrimitives.Add(sum, squares.Slice(step * _size, _size), sum);
            }

            Transpose.Write(input[(row * size)..], _size, rows, _size, _tile, Tile);
        }

        if (_names.Length == _size) return _tile;
        Array.Clear(_added);
        for (var i = 0; i < _size; i++)
        {
            var column = _added.AsSpan(_columnOf[i] * Tile, rows);
            TensorPrimitives.Add(column, _tile.AsSpan(i * Tile, rows), column);
        }

        return _added;
    }

    /// <summary>Adds a tile's squares up to the errors, and finds the column with the largest.</summary>
    void Judge(ReadOnlySpan<float> squares, int rows, Span<double> error, Span<long> top)
    {
        ref var first = ref MemoryMarshal.GetReference(squares);
        Span<int> places = stackalloc int[Tile];
        var row = 0;
        for (; Vector256.IsHardwareAccelerated && row <= rows - Lanes; row += Lanes)
        {
            var (sum, largest, best, place) = (Vector256<float>.Zero, Vector256.Create(-1f), Vector256<int>.Zero, Vector256<int>.Zero);
            for (var name = 0; name < _names.Length; name++)
            {
                var square = Vector256.LoadUnsafe(ref first, (nuint)((name * Tile) + row));
                sum += square;
                best = Vector256.ConditionalSelect(Vector256.GreaterThan(square, largest).AsInt32(), place, best);
                largest = Vector256.MaxNative(square, largest);
                place += Vector256<int>.One;
            }

            var (lower, upper) = Vector256.Widen(sum);
            (lower / Vector256.Create(_inputs)).StoreUnsafe(ref error[row]);
            (upper / Vector256.Create(_inputs)).StoreUnsafe(ref error[row + 4]);

            // No error, or one too small to be shared, has no shares; the place behind the names says missing.
            var tooSmall = Vector256.LessThan(sum, Vector256.Create(SmallestShared));
            Vector256.ConditionalSelect(tooSmall, Vector256.Create(float.NaN), Vector256<float>.One / sum).StoreUnsafe(ref _inverse[row]);
            Vector256.ConditionalSelect(tooSmall.AsInt32(), Vector256.Create(_names.Length), best).StoreUnsafe(ref places[row]);
        }

        for (; row < rows; row++)
        {
            var (sum, largest, best) = (0f, -1f, 0);
            for (var name = 0; name < _names.Length; name++)
            {
                var square = squares[(name * Tile) + row];
                sum += square;
                if (square > largest) (largest, best) = (square, name);
            }

            error[row] = sum / _inputs;
            _inverse[row] = sum < SmallestShared ? float.NaN : 1 / sum;
            places[row] = sum < SmallestShared ? _names.Length : best;
        }

        for (row = 0; row < rows; row++) top[row] = _codes[places[row]];
    }

    /// <summary>A column's squares as its shares.</summary>
    void Share(ReadOnlySpan<float> squares, Span<double> shares)
    {
        var row = 0;
        ref var square = ref MemoryMarshal.GetReference(squares);
        ref var inverse = ref _inverse[0];
        ref var share = ref MemoryMarshal.GetReference(shares);
        for (; Vector256.IsHardwareAccelerated && row <= shares.Length - Lanes; row += Lanes)
        {
            var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(ref square, (nuint)row) * Vector256.LoadUnsafe(ref inverse, (nuint)row));
            lower.StoreUnsafe(ref share, (nuint)row);
            upper.StoreUnsafe(ref share, (nuint)row + 4);
        }

        for (; row < shares.Length; row++) shares[row] = squares[row] * _inverse[row];
    }

    /// <summary>Takes back what was written of rows whose error is no finite number; returns how many.</summary>
    int ClearNotFinite(Batch batch, int first, Span<double> error, Span<long> top)
    {
        var notFinite = 0;
        for (var row = 0; row < error.Length; row++)
        {
            if (double.IsFinite(error[row])) continue;
            notFinite++;
            (error[row], top[row]) = (double.NaN, Slot.Missing);
            for (var name = 0; name < _names.Length; name++) batch.Column(first + Columns.Count - 1 - _names.Length + name)[row] = double.NaN;
        }

        return notFinite;
    }
}
