namespace StreamEdge;

/// <summary>
/// Values of which any quantile can be told: exactly up to <see cref="MostExact"/> values, interpolated between the
/// nearest; beyond, from a sketch of counts in bins that grow like powers (DDSketch: Masson, Rim, Lee, VLDB 2019), whose
/// answer is within 0.5 % of a true value of that rank. The sketch keeps 4,096 bins a sign; values nearer to 0 than
/// these reach, a span of some 17 powers of ten, are counted with the nearest bin.
/// </summary>
sealed class Quantiles
{
    /// <summary>So many values are kept as they are.</summary>
    public const int MostExact = 4096;

    const double Accuracy = 0.005;
    const int MostBins = 4096;

    static readonly double s_log = Math.Log((1 + Accuracy) / (1 - Accuracy));

    readonly Dictionary<int, long> _below = [], _above = []; // of 0, by bin
    double[] _exact = [];
    int _kept;
    long _count, _zeros;
    bool _isSorted;

    public void Add(double value)
    {
        if (_count >= MostExact)
        {
            if (_kept > 0) Sketch();
            Count(value, 1);
        }
        else
        {
            if (_kept == _exact.Length) Array.Resize(ref _exact, Math.Max(32, 2 * _kept));
            _exact[_kept++] = value;
            _isSorted = false;
        }

        _count++;
    }

    public void Add(Quantiles other)
    {
        for (var at = 0; at < other._kept; at++) Add(other._exact[at]);
        if (other._count == other._kept) return;
        if (_kept > 0) Sketch();
        foreach (var (bin, count) in other._below) Count(_below, bin, count);
        foreach (var (bin, count) in other._above) Count(_above, bin, count);
        _zeros += other._zeros;
        _count += other._count - other._kept;
    }

    /// <summary>The value below which this share of the values lies.</summary>
    public double At(double share)
    {
        if (_count == 0) return double.NaN;
        var rank = share * (_count - 1);
        return _kept == _count ? Exact(rank) : Sketched((long)Math.Round(rank));
    }

    public void Clear()
    {
        _below.Clear();
        _above.Clear();
        (_kept, _count, _zeros) = (0, 0, 0);
    }

    public void Save(StateWriter state)
    {
        state.Write(_count).Write(_zeros).Write(_exact.AsSpan(0, _kept));
        Save(state, _below);
        Save(state, _above);
    }

    public void Restore(StateReader state)
    {
        (_count, _zeros, _exact) = (state.Long(), state.Long(), state.Doubles());
        (_kept, _isSorted) = (_exact.Length, false);
        Restore(state, _below);
        Restore(state, _above);
    }

    double Exact(double rank)
    {
        if (!_isSorted) Array.Sort(_exact, 0, _kept);
        _isSorted = true;
        var below = (int)rank;
        return below + 1 < _kept ? _exact[below] + ((rank - below) * (_exact[below + 1] - _exact[below])) : _exact[below];
    }

    double Sketched(long rank)
    {
        var passed = 0L;
        foreach (var bin in _below.Keys.OrderDescending())
            if ((passed += _below[bin]) > rank) return -Middle(bin);
        if ((passed += _zeros) > rank) return 0;
        foreach (var bin in _above.Keys.Order())
            if ((passed += _above[bin]) > rank) return Middle(bin);
        return double.NaN;
    }

    /// <summary>The value that is off by the same share from both ends of a bin.</summary>
    static double Middle(int bin) => 2 * Math.Exp(bin * s_log) / (1 + ((1 + Accuracy) / (1 - Accuracy)));

    void Sketch()
    {
        for (var at = 0; at < _kept; at++) Count(_exact[at], 1);
        _kept = 0;
    }

    void Count(double value, long count)
    {
        var size = Math.Abs(value);
        if (size < double.Epsilon * 1e10) _zeros += count;
        else Count(value < 0 ? _below : _above, (int)Math.Ceiling(Math.Log(size) / s_log), count);
    }

    static void Count(Dictionary<int, long> bins, int bin, long count)
    {
        bins[bin] = bins.GetValueOrDefault(bin) + count;
        if (bins.Count <= MostBins) return;
        var (least, next) = (int.MaxValue, int.MaxValue);
        foreach (var key in bins.Keys)
        {
            if (key < least) (least, next) = (key, least);
            else if (key < next) next = key;
        }

        bins[next] += bins[least];
        bins.Remove(least);
    }

    static void Save(StateWriter state, Dictionary<int, long> bins)
    {
        state.Write((long)bins.Count);
        foreach (var (bin, count) in bins) state.Write((long)bin).Write(count);
    }

    static void Restore(StateReader state, Dictionary<int, long> bins)
    {
        for (var left = state.Long(); left > 0; left--) bins[state.Int()] = state.Long();
    }
}
