using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace StreamEdge;

/// <summary>
/// Turns the error of a model into a <c>score</c> of 0 to 1 that means the same for every model: the share of its
/// training rows whose error was lower. Between the quantiles it is interpolated; beyond the largest training error it
/// goes on rising towards 1, in proportion to how far the error lies beyond.
/// </summary>
public sealed record Calibration
{
    /// <summary>The shares at which quantiles of the training errors are given, from 0 to 1.</summary>
    public static IReadOnlyList<double> UsualShares { get; } =
        [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 1];

    /// <summary>How many rows the model was trained on.</summary>
    public required long Rows { get; init; }

    /// <summary>Shares of those rows, ascending from 0 to 1.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The error that this share of the rows stayed below, for each share.</summary>
    public required IReadOnlyList<double> Errors { get; init; }

    /// <summary>The calibration of a model that made these errors on its training rows.</summary>
    /// <param name="errors">One error per training row, in any order; at least one.</param>
    public static Calibration Of(ReadOnlySpan<double> errors)
    {
        var sorted = errors.ToArray();
        Array.Sort(sorted);
        return new() { Rows = sorted.Length, Shares = UsualShares, Errors = [.. UsualShares.Select(share => Quantile(sorted, share))] };
    }

    static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    /// <summary>What is wrong with it; null where it can be used.</summary>
    internal string? Mistake()
    {
        if (Rows < 1) return "calibration was made of no rows";
        if (Shares.Count < 2 || Shares.Count != Errors.Count) return $"calibration has {Shares.Count} shares and {Errors.Count} errors";
        if (Shares[0] != 0 || Shares[^1] != 1) return "calibration's shares do not run from 0 to 1";
        for (var i = 1; i < Shares.Count; i++)
        {
            if (!(Shares[i] > Shares[i - 1])) return $"calibration's shares do not ascend at {Number.Text(Shares[i])}";
            if (!(Errors[i] >= Errors[i - 1])) return $"calibration's errors do not ascend at {Number.Text(Errors[i])}";
        }

        return Errors[0] < 0 ? "calibration has an error below 0" : null;
    }
}

/// <summary>A calibration made ready for the hot path.</summary>
sealed class Scale
{
    // A wall of quantiles that are equal is climbed at once; steeper than this would leave the numbers.
    const float Steepest = 1e30f;
    const int Rows = 32; // four registers of eight: what one stretch costs to load is shared by them

    readonly Stretch[] _stretches;
    readonly double _last, _top;
    readonly float _highest;

    public Scale(Calibration calibration)
    {
        var (errors, shares) = (calibration.Errors, calibration.Shares);
        _stretches = new Stretch[errors.Count - 1];

        // The largest training error has all other rows below it, and leaves room above for errors never seen.
        (_last, _top) = (errors[^1], calibration.Rows / (calibration.Rows + 1.0));
        _highest = (float)_top > _top ? MathF.BitDecrement((float)_top) : (float)_top;
        for (var i = 0; i < _stretches.Length; i++)
            _stretches[i] = new((float)errors[i], Math.Min(Steepest, 1 / ((float)errors[i + 1] - (float)errors[i])), (float)(_top * (shares[i + 1] - shares[i])));
    }

    /// <summary>Writes the scores of errors. No error, no score.</summary>
    public void Write(ReadOnlySpan<double> errors, Span<double> scores)
    {
        var row = 0;
        for (; row <= errors.Length - Rows; row += Rows) Climb(errors.Slice(row, Rows), scores.Slice(row, Rows));
        if (row < errors.Length)
        {
            Span<double> rest = stackalloc double[Rows];
            errors[row..].CopyTo(rest);
            Climb(rest, rest);
            rest[..(errors.Length - row)].CopyTo(scores[row..]);
        }

        // Near 1 a float's steps are too wide.
        if (!(TensorPrimitives.Max(errors) <= _last)) // a missing error is the largest of all
            for (row = 0; row < errors.Length; row++)
                if (!(errors[row] <= _last)) scores[row] = 1 - ((1 - _top) * (_last / errors[row])); // a missing error has no score
    }

    // How far each stretch has been climbed, added up. There is nothing to search, so many rows go at once; and as no
    // term ever falls, neither does their sum.
    void Climb(ReadOnlySpan<double> errors, Span<double> scores)
    {
        var (a, b, c, d) = (Narrow(errors, 0), Narrow(errors, 1), Narrow(errors, 2), Narrow(errors, 3));
        var (e, f, g, h) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        foreach (ref readonly var stretch in _stretches.AsSpan())
        {
            var (from, steepness, rise) = (Vector256.Create(stretch.From), Vector256.Create(stretch.Steepness), Vector256.Create(stretch.Rise));
            e += Part((a - from) * steepness) * rise;
            f += Part((b - from) * steepness) * rise;
            g += Part((c - from) * steepness) * rise;
            h += Part((d - from) * steepness) * rise;
        }

        Widen(e, scores, 0);
        Widen(f, scores, 1);
        Widen(g, scores, 2);
        Widen(h, scores, 3);

        static Vector256<float> Narrow(ReadOnlySpan<double> errors, int eight) => Vector256.Narrow(Vector256.Create(errors[(8 * eight)..]), Vector256.Create(errors[((8 * eight) + 4)..]));

        static Vector256<float> Part(Vector256<float> climbed) => Vector256.MinNative(Vector256.MaxNative(climbed, Vector256<float>.Zero), Vector256<float>.One);

        void Widen(Vector256<float> score, Span<double> scores, int eight)
        {
            var (lower, upper) = Vector256.Widen(Vector256.MinNative(score, Vector256.Create(_highest)));
            lower.CopyTo(scores[(8 * eight)..]);
            upper.CopyTo(scores[((8 * eight) + 4)..]);
        }
    }

    /// <summary>From one quantile to the next: where it begins, one over its length, and by how much the score rises.</summary>
    readonly record struct Stretch(float From, float Steepness, float Rise);
}
