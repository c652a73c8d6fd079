using System.Numerics;

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
        var lanes = Vector<float>.Count;
        var row = 0;
        for (; row <= errors.Length - lanes; row += lanes) Climb(errors.Slice(row, lanes), scores.Slice(row, lanes));
        if (row < errors.Length)
        {
            Span<double> rest = stackalloc double[lanes];
            errors[row..].CopyTo(rest);
            Climb(rest, rest);
            rest[..(errors.Length - row)].CopyTo(scores[row..]);
        }

        // Near 1 a float's steps are too wide.
        for (row = 0; row < errors.Length; row++)
            if (!(errors[row] <= _last)) scores[row] = 1 - ((1 - _top) * (_last / errors[row])); // a missing error has no score
    }

    // How far each stretch has been climbed, added up. There is nothing to search, so many rows go at once; and as no
    // term ever falls, neither does their sum.
    void Climb(ReadOnlySpan<double> errors, Span<double> scores)
    {
        var half = Vector<double>.Count;
        var error = Vector.Narrow(new Vector<double>(errors), new Vector<double>(errors[half..]));
        var score = Vector<float>.Zero;
        foreach (ref readonly var stretch in _stretches.AsSpan())
        {
            var climbed = (error - new Vector<float>(stretch.From)) * stretch.Steepness;
            score += Vector.MinNative(Vector.MaxNative(climbed, Vector<float>.Zero), Vector<float>.One) * stretch.Rise;
        }

        Vector.Widen(Vector.MinNative(score, new Vector<float>(_highest)), out var lower, out var upper);
        lower.CopyTo(scores);
        upper.CopyTo(scores[half..]);
    }

    /// <summary>From one quantile to the next: where it begins, one over its length, and by how much the score rises.</summary>
    readonly record struct Stretch(float From, float Steepness, float Rise);
}
