using System.Numerics;
using System.Numerics.Tensors;

namespace StreamEdge;

// What expressions compute, a line or two each. A missing value is NaN, and what is computed of it is missing too: the
// processor sees to that in arithmetic; comparisons and truths say it themselves. Truths are 1 and 0, so that "and" of
// two known ones is their product. and/or know one side's answer where it decides alone (Kleene, 1938).

readonly struct Plus : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => left + right;

    public static double Compute(double left, double right) => left + right;
}

readonly struct Minus : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => left - right;

    public static double Compute(double left, double right) => left - right;
}

readonly struct Times : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => left * right;

    public static double Compute(double left, double right) => left * right;
}

/// <summary>Nothing can be divided by zero: that is missing, not infinite.</summary>
readonly struct Over : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) =>
        Vector.ConditionalSelect(Vector.Equals(right, Vector<double>.Zero), Truth.Missing, left / right);

    public static double Compute(double left, double right) => right == 0 ? double.NaN : left / right;
}

/// <summary>What is left of a division: of the divisor's sign, so that -1 % 24 is 23.</summary>
readonly struct Remainder : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => left - (right * Vector.Floor(Over.Compute(left, right)));

    public static double Compute(double left, double right) => left - (right * Math.Floor(Over.Compute(left, right)));
}

readonly struct Smaller : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Known(left, right, Vector.Min(left, right));

    public static double Compute(double left, double right) => Math.Min(left, right);
}

readonly struct Larger : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Known(left, right, Vector.Max(left, right));

    public static double Compute(double left, double right) => Math.Max(left, right);
}

readonly struct Power : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right)
    {
        Span<double> results = stackalloc double[Vector<double>.Count];
        for (var lane = 0; lane < results.Length; lane++) results[lane] = Compute(left[lane], right[lane]);
        return new(results);
    }

    // Math.Pow(NaN, 0) is 1, but nothing is known of it.
    public static double Compute(double left, double right) => double.IsNaN(left) || double.IsNaN(right) ? double.NaN : Math.Pow(left, right);
}

/// <summary>The left value, or the right one where the left is missing.</summary>
readonly struct Else : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Vector.ConditionalSelect(Vector.Equals(left, left), left, right);

    public static double Compute(double left, double right) => double.IsNaN(left) ? right : left;
}

readonly struct Equal : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Of(left, right, Vector.Equals(left, right));

    public static double Compute(double left, double right) => Truth.Of(left, right, left == right);
}

readonly struct NotEqual : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Of(left, right, ~Vector.Equals(left, right));

    public static double Compute(double left, double right) => Truth.Of(left, right, left != right);
}

readonly struct Below : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Of(left, right, Vector.LessThan(left, right));

    public static double Compute(double left, double right) => Truth.Of(left, right, left < right);
}

readonly struct AtMost : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) => Truth.Of(left, right, Vector.LessThanOrEqual(left, right));

    public static double Compute(double left, double right) => Truth.Of(left, right, left <= right);
}

readonly struct And : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) =>
        Vector.ConditionalSelect(Vector.Equals(left, Vector<double>.Zero) | Vector.Equals(right, Vector<double>.Zero), Vector<double>.Zero, left * right);

    public static double Compute(double left, double right) => left == 0 || right == 0 ? 0 : left * right;
}

readonly struct Or : IBinary
{
    public static Vector<double> Compute(Vector<double> left, Vector<double> right) =>
        Vector.ConditionalSelect(Vector.Equals(left, Vector<double>.One) | Vector.Equals(right, Vector<double>.One), Vector<double>.One, left + right);

    public static double Compute(double left, double right) => left == 1 || right == 1 ? 1 : left + right;
}

readonly struct Not : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Subtract(1.0, of, to);
}

readonly struct Negative : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Negate(of, to);
}

readonly struct Absolute : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Abs(of, to);
}

readonly struct SquareRoot : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Sqrt(of, to);
}

/// <summary>Of zero and below there is no logarithm.</summary>
readonly struct NaturalLog : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to)
    {
        for (var row = 0; row < to.Length; row++) to[row] = of[row] > 0 ? Math.Log(of[row]) : double.NaN;
    }
}

readonly struct DecimalLog : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to)
    {
        for (var row = 0; row < to.Length; row++) to[row] = of[row] > 0 ? Math.Log10(of[row]) : double.NaN;
    }
}

readonly struct Exponential : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to)
    {
        for (var row = 0; row < to.Length; row++) to[row] = Math.Exp(of[row]);
    }
}

readonly struct Down : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Floor(of, to);
}

readonly struct Up : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to) => TensorPrimitives.Ceiling(of, to);
}

readonly struct Sign : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to)
    {
        for (var row = 0; row < to.Length; row++) to[row] = of[row] > 0 ? 1 : of[row] < 0 ? -1 : of[row];
    }
}

readonly struct IsMissing : IUnary
{
    public static void Compute(ReadOnlySpan<double> of, Span<double> to)
    {
        for (var row = 0; row < to.Length; row++) to[row] = double.IsNaN(of[row]) ? 1 : 0;
    }
}

/// <summary>Truths of three values as numbers: 1, 0, NaN.</summary>
static class Truth
{
    public static Vector<double> Missing { get; } = new(double.NaN);

    public static Vector<double> Of(Vector<double> left, Vector<double> right, Vector<long> holds) =>
        Known(left, right, Vector.ConditionalSelect(holds, Vector<double>.One, Vector<double>.Zero));

    public static double Of(double left, double right, bool holds) => double.IsNaN(left) || double.IsNaN(right) ? double.NaN : holds ? 1 : 0;

    public static Vector<double> Known(Vector<double> left, Vector<double> right, Vector<double> result) =>
        Vector.ConditionalSelect(Vector.Equals(left, left) & Vector.Equals(right, right), result, Missing);
}
