using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>A column of numbers, as it is.</summary>
sealed class NumberColumn(ExpressionType type, int column) : Part(type)
{
    public int Column { get; } = column;

    public override void Compute(Tile tile, Span<double> to) => Of(tile).CopyTo(to);

    public override ReadOnlySpan<double> Of(Tile tile) => tile.Batch.Column(Column).Slice(tile.From, tile.Count);
}

/// <summary>A column of whole numbers, texts or booleans, whose slots become doubles.</summary>
sealed class BitsColumn(ExpressionType type, int column) : Part(type)
{
    public int Column { get; } = column;

    public override void Compute(Tile tile, Span<double> to)
    {
        var slots = tile.Batch.Bits(Column).Slice(tile.From, tile.Count);
        for (var row = 0; row < slots.Length; row++) to[row] = slots[row] == Slot.Missing ? double.NaN : slots[row];
    }
}

/// <summary>The value of readings whose signals are of several kinds; that of a text is missing here.</summary>
sealed class ReadingValue(ExpressionType type, IReadOnlyList<Signal> signals) : Part(type)
{
    readonly Kind[] _kinds = [.. signals.Select(s => s.Kind)];

    public override void Compute(Tile tile, Span<double> to)
    {
        var values = tile.Batch.Value.Slice(tile.From, tile.Count);
        var key = tile.Key;
        var signalOf = tile.Batch.Schema.Keys.SignalOf;
        for (var row = 0; row < values.Length; row++) to[row] = Slot.Number(values[row], _kinds[signalOf[key[row]]]);
    }
}

/// <summary>A text that the row's key decides: a tag, or the signal of a reading.</summary>
sealed class KeyText(Func<int, string> textOf, CodeTable codes) : Part(ExpressionType.Text)
{
    double[] _codes = []; // by key; NaN where not yet looked up

    public override void Compute(Tile tile, Span<double> to)
    {
        var key = tile.Key;
        for (var row = 0; row < key.Length; row++) to[row] = Code(key[row]);
    }

    double Code(int key)
    {
        if (key >= _codes.Length)
        {
            var known = _codes.Length;
            Array.Resize(ref _codes, Math.Max(key + 1, 2 * known));
            _codes.AsSpan(known).Fill(double.NaN);
        }

        // A text that the full table has no code for is missing.
        if (double.IsNaN(_codes[key]) && codes.Code(textOf(key)) is >= 0 and var code) _codes[key] = code;
        return _codes[key];
    }
}

/// <summary>The row's quality, as the code of its word.</summary>
sealed class QualityWord(ExpressionType type, IReadOnlyList<double> codes) : Part(type)
{
    public override void Compute(Tile tile, Span<double> to)
    {
        if (!tile.Batch.HasQuality)
        {
            to.Fill(codes[0]);
            return;
        }

        var quality = tile.Batch.Quality.Slice(tile.From, tile.Count);
        for (var row = 0; row < quality.Length; row++) to[row] = codes[(int)quality[row]];
    }
}

/// <summary>A number in another unit, or a share as a number: <c>x * scale + offset</c>.</summary>
sealed class Converted(ExpressionType type, Part of, double scale, double offset) : Part(type)
{
    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to)
    {
        TensorPrimitives.Multiply(of.Of(tile), scale, to);
        if (offset != 0) TensorPrimitives.Add(to, offset, to);
    }
}

/// <summary>What one loop makes of each value.</summary>
interface IUnary
{
    static abstract void Compute(ReadOnlySpan<double> of, Span<double> to);
}

/// <summary>What one loop makes of two values.</summary>
interface IBinary
{
    static abstract Vector<double> Compute(Vector<double> left, Vector<double> right);

    static abstract double Compute(double left, double right);
}

/// <summary>A function of one part.</summary>
sealed class Unary<T>(ExpressionType type, Part of) : Part(type) where T : IUnary
{
    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to) => T.Compute(of.Of(tile), to);
}

/// <summary>A function of two parts.</summary>
sealed class Binary<T>(ExpressionType type, Part left, Part right) : Part(type) where T : IBinary
{
    public override IEnumerable<Part> Parts => [left, right];

    public override void Compute(Tile tile, Span<double> to)
    {
        var a = left.Of(tile)[..to.Length];
        var b = right.Of(tile)[..to.Length];
        ref var first = ref MemoryMarshal.GetReference(a);
        ref var second = ref MemoryMarshal.GetReference(b);
        ref var result = ref MemoryMarshal.GetReference(to);
        var row = 0;
        for (; row <= to.Length - Vector<double>.Count; row += Vector<double>.Count)
            T.Compute(Vector.LoadUnsafe(ref first, (nuint)row), Vector.LoadUnsafe(ref second, (nuint)row)).StoreUnsafe(ref result, (nuint)row);
        for (; row < to.Length; row++) to[row] = T.Compute(a[row], b[row]);
    }
}

/// <summary>The second part where the first is true, the third where it is false, missing where it is missing.</summary>
sealed class Choice(ExpressionType type, Part when, Part then, Part otherwise) : Part(type)
{
    public override IEnumerable<Part> Parts => [when, then, otherwise];

    public override void Compute(Tile tile, Span<double> to)
    {
        var truth = when.Of(tile);
        var a = then.Of(tile);
        var b = otherwise.Of(tile);
        for (var row = 0; row < to.Length; row++) to[row] = truth[row] == 1 ? a[row] : truth[row] == 0 ? b[row] : double.NaN;
    }
}

/// <summary>Whether a value is among some constants.</summary>
sealed class Among(Part of, double[] choices) : Part(ExpressionType.Truth)
{
    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to)
    {
        var values = of.Of(tile);
        for (var row = 0; row < to.Length; row++) to[row] = double.IsNaN(values[row]) ? double.NaN : choices.AsSpan().Contains(values[row]) ? 1 : 0;
    }
}

/// <summary>A property of a text, looked at once per text.</summary>
sealed class TextTest(Part of, Func<string, bool> holds, CodeTable codes) : Part(ExpressionType.Truth)
{
    double[] _known = []; // by code; NaN where not yet looked at

    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to)
    {
        var values = of.Of(tile);
        for (var row = 0; row < to.Length; row++) to[row] = double.IsNaN(values[row]) ? double.NaN : Test((int)values[row]);
    }

    double Test(int code)
    {
        if (code >= _known.Length)
        {
            var known = _known.Length;
            Array.Resize(ref _known, Math.Max(code + 1, 2 * known));
            _known.AsSpan(known).Fill(double.NaN);
        }

        if (double.IsNaN(_known[code])) _known[code] = holds(codes.Text(code)) ? 1 : 0;
        return _known[code];
    }
}

/// <summary>A part of the time of the row, as a zone's clocks show it.</summary>
/// <param name="clock">The clock.</param>
/// <param name="partOf">Takes it of the seconds that the clock shows.</param>
sealed class ClockPart(LocalClock clock, Func<long, double> partOf) : Part(ExpressionType.Number)
{
    public override void Compute(Tile tile, Span<double> to)
    {
        var time = tile.Time;
        for (var row = 0; row < time.Length; row++) to[row] = partOf(clock.SecondsAt(time[row]));
    }
}

/// <summary>A number with so many decimals; a half goes away from zero.</summary>
sealed class Rounded(Part of, int decimals) : Part(of.Type)
{
    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to)
    {
        var values = of.Of(tile);
        for (var row = 0; row < to.Length; row++) to[row] = Math.Round(values[row], decimals, MidpointRounding.AwayFromZero);
    }
}
