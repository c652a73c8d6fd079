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
        [.. Enumerable.Range(0, 20).Select(i => i / 20.0), 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999, 1];

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
sealed class Scale(Calibration calibration)
{
    readonly double[] _errors = [.. calibration.Errors];
    readonly double[] _shares = [.. calibration.Shares];

    // The largest training error has all other rows below it, and leaves room above for errors never seen.
    readonly double _top = calibration.Rows / (calibration.Rows + 1.0);

    /// <summary>The score of an error; never falls where the error rises.</summary>
    public double Score(double error)
    {
        var errors = _errors;
        var last = errors[^1];
        if (error >= last) return error > 0 ? 1 - (1 - _top) * (last / error) : _top;
        if (!(error > errors[0])) return 0;

        // The first quantile above the error, by halving; there is one, and one at or below it.
        var (low, high) = (0, errors.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (errors[middle] <= error) low = middle;
            else high = middle;
        }

        return _top * (_shares[low] + (_shares[high] - _shares[low]) * (error - errors[low]) / (errors[high] - errors[low]));
    }
}
