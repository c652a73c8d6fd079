using System.Numerics;

namespace StreamEdge;

/// <summary>
/// Random numbers that are the same for the same seed on every machine and in every version: xoshiro256** of Blackman
/// and Vigna (2018), seeded by SplitMix64. Its state can be saved.
/// </summary>
sealed class RandomStream
{
    ulong _a, _b, _c, _d;
    double _spare = double.NaN; // the second of a pair of normal numbers

    /// <summary>Begins the stream of a purpose; streams of one seed do not depend on one another.</summary>
    public RandomStream(long seed, long stream)
    {
        var mix = (ulong)seed ^ ((ulong)stream * 0xD1342543DE82EF95);
        (_a, _b, _c, _d) = (Mix(ref mix), Mix(ref mix), Mix(ref mix), Mix(ref mix));
    }

    /// <summary>A number from 0 to just below 1.</summary>
    public double Next() => (Draw() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to just below the limit.</summary>
    public int Next(int limit) => (int)(Next() * limit);

    /// <summary>A number of the normal distribution with mean 0 and deviation 1 (Box and Muller, 1958).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - Next()));
        var (sin, cos) = Math.SinCos(Math.Tau * Next());
        _spare = radius * sin;
        return radius * cos;
    }

    public void Save(StateWriter state) => state.Write((long)_a).Write((long)_b).Write((long)_c).Write((long)_d).Write(_spare);

    public void Restore(StateReader state) =>
        (_a, _b, _c, _d, _spare) = ((ulong)state.Long(), (ulong)state.Long(), (ulong)state.Long(), (ulong)state.Long(), state.Double());

    ulong Draw()
    {
        var drawn = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return drawn;
    }

    static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
