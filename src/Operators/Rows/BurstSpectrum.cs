using System.Numerics;

namespace StreamEdge;

/// <summary>
/// The one-sided power spectrum of bursts of one length, a power of two, through a Hann window w: line k of the Fourier
/// transform y has the power 2 |y_k|² / (N Σw²), the first and the last half of that, for they have no mirror image
/// (G. Heinzel, A. Rüdiger and R. Schilling, "Spectrum and spectral density estimation by the DFT", 2002, equation 24 times
/// the lines' distance). By Parseval's theorem the lines sum up to Σ(w x)² / Σw², the mean square seen through the window.
/// The transform is our own: the library's takes memory with each call, and other threads from 1,024 values on.
/// </summary>
sealed class BurstSpectrum
{
    readonly int _length;
    readonly int[] _reversed; // the place of each value before the transform
    readonly double[] _window, _cos, _sin, _real, _imaginary, _power;
    readonly double _scale;

    public BurstSpectrum(int length)
    {
        _length = length;
        _reversed = [.. Enumerable.Range(0, length).Select(j => Reversed(j, BitOperations.Log2((uint)length)))];
        _window = [.. Enumerable.Range(0, length).Select(j => (1 - Math.Cos(Math.Tau * j / length)) / 2)];
        _cos = [.. Enumerable.Range(0, length / 2).Select(j => Math.Cos(Math.Tau * j / length))];
        _sin = [.. Enumerable.Range(0, length / 2).Select(j => -Math.Sin(Math.Tau * j / length))];
        (_real, _imaginary) = (new double[length], new double[length]);
        _power = new double[length / 2 + 1];
        _scale = 1 / (length * _window.Sum(w => w * w));
    }

    /// <summary>
    /// The powers of the lines 0 to N/2, <c>rate / N</c> apart. They stand until the next call. The mean is taken away as the
    /// window weighs it, Σwx / Σw: the plain one would hold a bit of each tone that the burst cuts off in the middle.
    /// </summary>
    public ReadOnlySpan<double> Of(ReadOnlySpan<double> burst)
    {
        var (first, sum) = (burst[0], 0.0);
        for (var j = 0; j < burst.Length; j++) sum += (burst[j] - first) * _window[j];
        var mean = sum / (_length / 2.0); // Σw = N/2
        for (var j = 0; j < burst.Length; j++) _real[_reversed[j]] = (burst[j] - first - mean) * _window[j];
        _imaginary.AsSpan().Clear();
        Transform();
        for (var line = 0; line < _power.Length; line++)
        {
            var power = ((_real[line] * _real[line]) + (_imaginary[line] * _imaginary[line])) * _scale;
            _power[line] = line == 0 || line == _length / 2 ? power : 2 * power;
        }

        return _power;
    }

    /// <summary>The fast Fourier transform of Cooley and Tukey (1965), in place, of values in bit-reversed order.</summary>
    void Transform()
    {
        var (real, imaginary, cos, sin) = (_real, _imaginary, _cos, _sin);
        for (var half = 1; half < _length; half *= 2)
        {
            var turn = _length / (2 * half);
            for (var start = 0; start < _length; start += 2 * half)
            {
                for (var j = 0; j < half; j++)
                {
                    var (a, b) = (start + j, start + j + half);
                    var (c, s) = (cos[j * turn], sin[j * turn]);
                    var (x, y) = ((real[b] * c) - (imaginary[b] * s), (real[b] * s) + (imaginary[b] * c));
                    (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y);
                    (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y);
                }
            }
        }
    }

    static int Reversed(int index, int bits)
    {
        var reversed = 0;
        for (var bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
        return reversed;
    }
}
