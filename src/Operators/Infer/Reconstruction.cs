using System.Numerics;
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
    const float SmallestShared = 1.2e-38f; // below, the inverse overflows

    readonly Scale? _scale;
    readonly string[] _names;
    readonly int[] _columnOf;
    readonly long[] _codes; // of the names, and missing
    readonly int _length, _size;
    readonly double _inputs;
    readonly float[] _block, _added; // eight values a column: of each input; of each column of the rows

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
        (_block, _added) = (new float[_size * Lanes], new float[_names.Length * Lanes]);
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
        var row = 0;
        if (Vector256.IsHardwareAccelerated)
            for (; row <= scored - Lanes; row += Lanes) WriteBlock(batch, row, shares, error, top, Squares(row, Lanes, input, output));
        for (; row < scored; row++) WriteRow(batch, row, shares, error, top, Squares(row, 1, input, output));

        var notFinite = TensorPrimitives.IsFiniteAll<double>(error) ? 0 : ClearNotFinite(batch, first, error, top);
        _scale?.Write(error, batch.Column(first + 1)[..scored]);
        return notFinite;
    }

    /// <summary>The squared differences of some rows; those of a sequence added up to one row.</summary>
    ReadOnlySpan<float> Squares(int row, int count, Span<float> input, ReadOnlySpan<float> output)
    {
        var (from, all) = (row * _length * _size, count * _length * _size);
        var squares = input.Slice(from, all);
        ref var difference = ref MemoryMarshal.GetReference(squares);
        ref var given = ref MemoryMarshal.GetReference(output.Slice(from, all));
        var at = 0;
        for (; at <= all - Vector<float>.Count; at += Vector<float>.Count)
        {
            var differences = Vector.LoadUnsafe(ref difference, (nuint)at) - Vector.LoadUnsafe(ref given, (nuint)at);
            (differences * differences).StoreUnsafe(ref difference, (nuint)at);
        }

        for (; at < all; at++) squares[at] = (squares[at] - output[from + at]) * (squares[at] - output[from + at]);
        if (_length == 1) return squares;
        for (var sequence = 0; sequence < count; sequence++)
        {
            var sum = squares.Slice(sequence * _size, _size);
            squares.Slice(sequence * _length * _size, _size).CopyTo(sum);
            for (var step = 1; step < _length; step++) TensorPrimitives.Add(sum, squares.Slice(((sequence * _length) + step) * _size, _size), sum);
        }

        return squares[..(count * _size)];
    }

    /// <summary>Eight rows at once: their squares are turned into columns, which add up to the errors; a column's share is its part of that.</summary>
    void WriteBlock(Batch batch, int row, int firstShare, Span<double> error, Span<long> top, ReadOnlySpan<float> squares)
    {
        Transpose.Write(squares, _size, Lanes, _size, _block, Lanes);
        var columns = Columned();
        ref var block = ref MemoryMarshal.GetReference(columns);
        var sum = Vector256.LoadUnsafe(ref block);
        for (var name = 1; name < _names.Length; name++) sum += Vector256.LoadUnsafe(ref block, (nuint)(name * Lanes));
        var (lower, upper) = Vector256.Widen(sum);
        (lower / Vector256.Create(_inputs)).CopyTo(error[row..]);
        (upper / Vector256.Create(_inputs)).CopyTo(error[(row + 4)..]);

        var inverse = Vector256<float>.One / sum; // no number where there is no error, or one too small to be shared: it has no shares
        inverse = Vector256.ConditionalSelect(Vector256.LessThan(sum, Vector256.Create(SmallestShared)), Vector256.Create(float.NaN), inverse);
        var (largest, best) = (Vector256.Create(-1f), Vector256<int>.Zero);
        for (var name = 0; name < _names.Length; name++)
        {
            var share = Vector256.LoadUnsafe(ref block, (nuint)(name * Lanes)) * inverse;
            ref var to = ref MemoryMarshal.GetReference(batch.Column(firstShare + name));
            (lower, upper) = Vector256.Widen(share);
            lower.StoreUnsafe(ref to, (nuint)row);
            upper.StoreUnsafe(ref to, (nuint)row + 4);
            var larger = Vector256.GreaterThan(share, largest);
            largest = Vector256.ConditionalSelect(larger, share, largest);
            best = Vector256.ConditionalSelect(larger.AsInt32(), Vector256.Create(name), best);
        }

        // No share above -1 is no share at all: its place behind the names says missing.
        Span<int> places = stackalloc int[Lanes];
        Vector256.ConditionalSelect(Vector256.LessThan(largest, Vector256<float>.Zero).AsInt32(), Vector256.Create(_names.Length), best).CopyTo(places);
        for (var lane = 0; lane < Lanes; lane++) top[row + lane] = _codes[places[lane]];
    }

    /// <summary>The squares of a block by column of the rows: inputs that belong to one column are added up.</summary>
    ReadOnlySpan<float> Columned()
    {
        if (_names.Length == _size) return _block;
        Array.Clear(_added);
        for (var i = 0; i < _size; i++) TensorPrimitives.Add(_added.AsSpan(_columnOf[i] * Lanes, Lanes), _block.AsSpan(i * Lanes, Lanes), _added.AsSpan(_columnOf[i] * Lanes, Lanes));
        return _added;
    }

    void WriteRow(Batch batch, int row, int firstShare, Span<double> error, Span<long> top, ReadOnlySpan<float> squares)
    {
        var columns = _added.AsSpan(0, _names.Length);
        columns.Clear();
        for (var i = 0; i < _size; i++) columns[_columnOf[i]] += squares[i];
        var sum = columns[0];
        for (var name = 1; name < columns.Length; name++) sum += columns[name];
        error[row] = sum / _inputs;
        var (inverse, largest) = (sum < SmallestShared ? float.NaN : 1 / sum, -1f);
        top[row] = Slot.Missing;
        for (var name = 0; name < columns.Length; name++)
        {
            var share = columns[name] * inverse;
            batch.Column(firstShare + name)[row] = share;
            if (share > largest) (largest, top[row]) = (share, _codes[name]);
        }
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
