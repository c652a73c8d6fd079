using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEdge;

/// <summary>
/// Turns columns, as batches keep them, into rows, as networks want them, and back. Eight by eight in registers where
/// the processor has them; the rest, and all of it on others, value by value.
/// </summary>
static class Transpose
{
    /// <summary>Writes <c>to[j, i] = from[i, j]</c>.</summary>
    /// <param name="from">A matrix, one line behind the other.</param>
    /// <param name="fromStride">Distance from one of its lines to the next; at least <paramref name="length"/>.</param>
    /// <param name="lines">How many lines it has.</param>
    /// <param name="length">How long they are.</param>
    /// <param name="to">The other matrix.</param>
    /// <param name="toStride">Distance from one of its lines to the next; at least <paramref name="lines"/>.</param>
    public static void Write(ReadOnlySpan<float> from, int fromStride, int lines, int length, Span<float> to, int toStride)
    {
        Debug.Assert(from.Length >= ((lines - 1) * fromStride) + length && to.Length >= ((length - 1) * toStride) + lines);
        Write(new Values(ref MemoryMarshal.GetReference(from)), fromStride, lines, length, to, toStride);
    }

    /// <summary>Writes <c>to[j, i] = (a[i, j] - b[i, j])²</c>; the lines of both follow one another without a gap.</summary>
    public static void WriteSquares(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int lines, int length, Span<float> to, int toStride)
    {
        Debug.Assert(a.Length >= lines * length && b.Length >= lines * length && to.Length >= ((length - 1) * toStride) + lines);
        Write(new Squares(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b)), length, lines, length, to, toStride);
    }

    static void Write<T>(T from, int fromStride, int lines, int length, Span<float> to, int toStride) where T : struct, IMatrix, allows ref struct
    {
        var (wholeLines, wholeLength) = Avx.IsSupported ? (lines & ~7, length & ~7) : (0, 0);
        ref var target = ref MemoryMarshal.GetReference(to);
        for (var line = 0; line < wholeLines; line += 8)
            for (var at = 0; at < wholeLength; at += 8)
                Block(from, (line * fromStride) + at, fromStride, ref Unsafe.Add(ref target, (at * toStride) + line), toStride);

        for (var line = 0; line < lines; line++)
            for (var at = line < wholeLines ? wholeLength : 0; at < length; at++) to[(at * toStride) + line] = from.Value((line * fromStride) + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Block<T>(T from, int at, int fromStride, ref float to, int toStride) where T : struct, IMatrix, allows ref struct
    {
        // Pairs of lines, then fours, then eights: each step doubles how many lines a register holds values of.
        var (a, b, c, d) = Fours(from, at, fromStride);
        var (e, f, g, h) = Fours(from, at + (4 * fromStride), fromStride);
        Put(ref to, 0, Avx.Permute2x128(a, e, 0x20));
        Put(ref to, toStride, Avx.Permute2x128(b, f, 0x20));
        Put(ref to, 2 * toStride, Avx.Permute2x128(c, g, 0x20));
        Put(ref to, 3 * toStride, Avx.Permute2x128(d, h, 0x20));
        Put(ref to, 4 * toStride, Avx.Permute2x128(a, e, 0x31));
        Put(ref to, 5 * toStride, Avx.Permute2x128(b, f, 0x31));
        Put(ref to, 6 * toStride, Avx.Permute2x128(c, g, 0x31));
        Put(ref to, 7 * toStride, Avx.Permute2x128(d, h, 0x31));

        static void Put(ref float to, int at, Vector256<float> values) => values.StoreUnsafe(ref to, (nuint)at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>) Fours<T>(T from, int at, int stride) where T : struct, IMatrix, allows ref struct
    {
        var (a, b, c, d) = (from.Eight(at), from.Eight(at + stride), from.Eight(at + (2 * stride)), from.Eight(at + (3 * stride)));
        var (low, high) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
        var (lower, higher) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
        return (Avx.Shuffle(low, lower, 0x44), Avx.Shuffle(low, lower, 0xEE), Avx.Shuffle(high, higher, 0x44), Avx.Shuffle(high, higher, 0xEE));
    }

    /// <summary>Where the values come from, one by one and by eights.</summary>
    interface IMatrix
    {
        float Value(int at);

        Vector256<float> Eight(int at);
    }

    readonly ref struct Values(ref float first) : IMatrix
    {
        readonly ref float _first = ref first;

        public float Value(int at) => Unsafe.Add(ref _first, at);

        public Vector256<float> Eight(int at) => Vector256.LoadUnsafe(ref _first, (nuint)at);
    }

    readonly ref struct Squares(ref float a, ref float b) : IMatrix
    {
        readonly ref float _a = ref a, _b = ref b;

        public float Value(int at)
        {
            var difference = Unsafe.Add(ref _a, at) - Unsafe.Add(ref _b, at);
            return difference * difference;
        }

        public Vector256<float> Eight(int at)
        {
            var difference = Vector256.LoadUnsafe(ref _a, (nuint)at) - Vector256.LoadUnsafe(ref _b, (nuint)at);
            return difference * difference;
        }
    }
}
