namespace StreamEdge;

/// <summary>What can be computed of the values of a burst.</summary>
public enum BurstFeature
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their standard deviation, of all values, not of a sample.</summary>
    Std,

    /// <summary>The root of the mean of their squares.</summary>
    Rms,

    /// <summary>The largest distance from 0.</summary>
    Peak,

    /// <summary>The largest less the smallest.</summary>
    PeakToPeak,

    /// <summary>Peak by rms: 1.41 of a sine; it grows with shocks, as of a damaged bearing.</summary>
    CrestFactor,

    /// <summary>The fourth central moment by the square of the variance: 1.5 of a sine, 3 of noise; it grows with shocks.</summary>
    Kurtosis,

    /// <summary>The third central moment by the cube of the standard deviation: 0 where rises and falls are alike.</summary>
    Skewness,
}

/// <summary>The moments of a burst, by two passes: sums of powers would lose the digits that a small spread needs.</summary>
readonly struct BurstMoments
{
    readonly double _second, _third, _fourth, _min, _max;

    public BurstMoments(ReadOnlySpan<double> values)
    {
        // Distances to the first value are exactly 0 where all are the same.
        var (first, sum) = (values[0], 0.0);
        (_min, _max) = (first, first);
        foreach (var value in values)
        {
            sum += value - first;
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
        }

        var mean = sum / values.Length;
        Mean = first + mean;
        foreach (var value in values)
        {
            var distance = value - first - mean;
            var square = distance * distance;
            _second += square;
            _third += square * distance;
            _fourth += square * square;
        }

        (_second, _third, _fourth) = (_second / values.Length, _third / values.Length, _fourth / values.Length);
    }

    public double Mean { get; }

    /// <summary>Whether the values are not all the same.</summary>
    public bool Vary => _second != 0;

    double Rms => Math.Sqrt(_second + (Mean * Mean));

    double Peak => Math.Max(Math.Abs(_min), Math.Abs(_max));

    /// <summary>A feature's value; NaN where it has none, as the crest factor of zeros.</summary>
    public double this[BurstFeature feature] => feature switch
    {
        BurstFeature.Mean => Mean,
        BurstFeature.Std => Math.Sqrt(_second),
        BurstFeature.Rms => Rms,
        BurstFeature.Peak => Peak,
        BurstFeature.PeakToPeak => _max - _min,
        BurstFeature.CrestFactor => Rms > 0 ? Peak / Rms : double.NaN,
        BurstFeature.Kurtosis => _second > 0 ? _fourth / (_second * _second) : double.NaN,
        _ => _second > 0 ? _third / (_second * Math.Sqrt(_second)) : double.NaN,
    };
}
