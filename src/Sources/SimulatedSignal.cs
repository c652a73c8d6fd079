namespace StreamEdge;

/// <summary>How a simulated signal behaves while its machine is well. All in the signal's own unit.</summary>
public sealed record SimulatedSignal
{
    /// <summary>What it comes back to. Default: the middle of its range; 50 where it has none.</summary>
    public double? Mean { get; init; }

    /// <summary>Deviation of its noise. Default: a hundredth of its range; 0.5 where it has none.</summary>
    [Between(0, double.PositiveInfinity)]
    public double? Noise { get; init; }

    /// <summary>How far it goes with the machine's load, which varies slowly between -1 and 1 and is common to all its signals; below 0 it goes against it. Default: 6 hundredths of its range; 3 where it has none.</summary>
    public double? Load { get; init; }

    /// <summary>A regular swing beside the load. Default: none.</summary>
    public SimulatedCycle? Cycle { get; init; }

    /// <summary>Steady change per hour. Default: 0.</summary>
    public double Drift { get; init; }
}

/// <summary>A regular swing of a simulated signal.</summary>
public sealed record SimulatedCycle
{
    /// <summary>Half of its height, in the signal's unit.</summary>
    public required double Amplitude { get; init; }

    /// <summary>Its length.</summary>
    [Between("1ms", "365d")]
    public required TimeSpan Period { get; init; }
}

/// <summary>The numbers behind a simulated signal.</summary>
sealed class SignalModel
{
    const double LoadVariance = 0.26; // of the two waves of a machine's load
    const double DefaultMean = 50;

    readonly double _mean, _noise, _load, _amplitude, _perSecond, _driftPerSecond, _grid;

    public SignalModel(int signal, Signal declared, SimulatedSignal options, TimeSpan? every)
    {
        var bounds = declared.Range is { } range && double.IsFinite(range.Max - range.Min) ? range : new Bounds(DefaultMean / 2, 3 * DefaultMean / 2);
        var width = bounds.Max - bounds.Min;
        (Signal, Name, IsWhole) = (signal, declared.Name, declared.Kind == Kind.Integer);
        _mean = options.Mean ?? bounds.Min + width / 2;
        _noise = options.Noise ?? width / 100;
        _load = options.Load ?? 0.06 * width;
        _amplitude = options.Cycle?.Amplitude ?? 0;
        _perSecond = options.Cycle is { } cycle ? Math.Tau / cycle.Period.TotalSeconds : 0;
        _driftPerSecond = options.Drift / 3600;
        Deviation = Math.Sqrt(_noise * _noise + LoadVariance * _load * _load + _amplitude * _amplitude / 2);
        // Sensors have a finest step: here the power of ten below a hundredth of the noise.
        _grid = _noise > 0 ? Math.Pow(10, Math.Clamp(2 - Math.Floor(Math.Log10(_noise)), 0, 12)) : 0;
        Period = Nanoseconds.Of(every ?? declared.Period ?? TimeSpan.FromSeconds(1));
        (WrongScale, WrongOffset) = WrongUnit(declared.Unit);
    }

    /// <summary>The signal's number.</summary>
    public int Signal { get; }

    public string Name { get; }

    /// <summary>Whether its values are whole numbers.</summary>
    public bool IsWhole { get; }

    /// <summary>Nanoseconds from one reading to the next.</summary>
    public long Period { get; }

    /// <summary>How far it usually is from its mean: the measure of its faults.</summary>
    public double Deviation { get; }

    /// <summary>What a sensor that is set to a wrong unit makes of a value: the value times this…</summary>
    public double WrongScale { get; }

    /// <summary>… plus this.</summary>
    public double WrongOffset { get; }

    /// <summary>The value of a machine that is well.</summary>
    /// <param name="seconds">Time since the simulation began.</param>
    /// <param name="load">The machine's load, -1 to 1.</param>
    /// <param name="phase">Where the machine's cycle begins.</param>
    /// <param name="noise">A number of the normal distribution.</param>
    public double Value(double seconds, double load, double phase, double noise)
    {
        var value = _mean + _load * load + _noise * noise + _driftPerSecond * seconds;
        return _amplitude == 0 ? value : value + _amplitude * Math.Sin(seconds * _perSecond + phase);
    }

    /// <summary>The value on the sensor's grid.</summary>
    public double Round(double value) => IsWhole ? Math.Round(value) : _grid > 0 ? Math.Round(value * _grid) / _grid : value;

    // A unit of the same family that makes a plain difference, as degF for degC; without one, a slip of three digits.
    (double Scale, double Offset) WrongUnit(Unit? unit)
    {
        foreach (var other in Units.All)
        {
            if (unit is null || other.Dimension != unit.Dimension) continue;
            var (scale, offset) = Unit.Conversion(unit, other);
            if (scale is > 0.001 and < 1000 && Math.Abs(_mean * scale + offset - _mean) > 4 * Deviation) return (scale, offset);
        }

        return (0.001, 0);
    }
}
