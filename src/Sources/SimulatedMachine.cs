namespace StreamEdge;

/// <summary>One machine that does not exist: its load, the values of its signals, and what befalls them.</summary>
sealed class SimulatedMachine
{
    // Streams of random numbers: what a machine is like, its noise, its faults. So a fault changes nothing else.
    const int Streams = 3;

    readonly IReadOnlyList<SignalModel> _signals;
    readonly RandomStream _noise;
    readonly double[] _phases, _last;
    readonly (double PerSecond, double Phase) _slow, _fast;
    double _load;

    public SimulatedMachine(IReadOnlyList<SignalModel> signals, SimulatedFaults faults, long end, long seed, int number)
    {
        _signals = signals;
        Name = $"m{number + 1}";
        var nature = new RandomStream(seed, Streams * number);
        _noise = new(seed, Streams * number + 1);
        Faults = new(faults, signals, end, new(seed, Streams * number + 2));
        _slow = (Math.Tau / (3600 * (1 + nature.Next())), Math.Tau * nature.Next());
        _fast = (Math.Tau / (1200 * (1 + nature.Next())), Math.Tau * nature.Next());
        _phases = [.. signals.Select(_ => Math.Tau * nature.Next())];
        _last = new double[signals.Count];
        Array.Fill(_last, double.NaN);
    }

    public string Name { get; }

    public FaultSchedule Faults { get; }

    /// <summary>Lets time pass to the instant of the next readings; true when a fault has been drawn there.</summary>
    public bool Advance(long time)
    {
        // Two waves, of one to two hours and of 20 to 40 minutes: slow against a window of a minute.
        var seconds = time / 1e9;
        _load = 0.6 * Math.Sin(seconds * _slow.PerSecond + _slow.Phase) + 0.4 * Math.Sin(seconds * _fast.PerSecond + _fast.Phase);
        return Faults.Advance(time);
    }

    /// <summary>What a sensor reads; false where nothing comes from it.</summary>
    public bool TryMake(int signal, long time, out double value)
    {
        var model = _signals[signal];
        value = model.Value(time / 1e9, _load, _phases[signal], _noise.NextNormal());
        var comes = Faults.Bend(signal, time, _last[signal], ref value);
        value = model.Round(value);
        if (comes) _last[signal] = value;
        return comes;
    }

    public void Save(StateWriter state)
    {
        _noise.Save(state);
        Faults.Save(state);
        state.Write(_last).Write(_load);
    }

    public void Restore(StateReader state)
    {
        _noise.Restore(state);
        Faults.Restore(state);
        state.Doubles().CopyTo(_last, 0);
        _load = state.Double();
    }
}
