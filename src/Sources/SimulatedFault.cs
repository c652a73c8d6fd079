namespace StreamEdge;

/// <summary>A fault that simulated sensors have now and then.</summary>
public record SimulatedFault
{
    /// <summary>Time from one to the next on each machine, on average; the spacing is random, and two never overlap.</summary>
    [Short]
    [Between("1s", "365d")]
    public required TimeSpan Per { get; init; }

    /// <summary>How long it lasts, at least one reading. Default: by kind.</summary>
    [Between("1ms", "365d")]
    public TimeSpan? For { get; init; }
}

/// <summary>A fault with a size.</summary>
public sealed record SimulatedSizedFault : SimulatedFault
{
    /// <summary>How far the value is off, in multiples of the signal's normal deviation; upward or downward at random. Default: by kind.</summary>
    [Between(0, 1e6)]
    public double? Size { get; init; }
}

/// <summary>The faults of a simulation, by kind. Each befalls one signal of a machine; a dropout as often all of them.</summary>
public sealed record SimulatedFaults
{
    /// <summary>The value jumps and comes back. Default: one reading, 8 deviations.</summary>
    public SimulatedSizedFault? Spike { get; init; }

    /// <summary>The value stands still. Default: for 10m.</summary>
    public SimulatedFault? Stuck { get; init; }

    /// <summary>The value moves away steadily and is mended at the end. Default: for 30m, up to 6 deviations.</summary>
    public SimulatedSizedFault? Drift { get; init; }

    /// <summary>The value is off by a constant. Default: for 10m, 6 deviations.</summary>
    public SimulatedSizedFault? Step { get; init; }

    /// <summary>No readings come. Default: for 2m.</summary>
    public SimulatedFault? Dropout { get; init; }

    /// <summary>The value comes in another unit, such as degF for degC. Default: for 10m.</summary>
    public SimulatedFault? WrongUnit { get; init; }

    internal IEnumerable<(FaultKind Kind, SimulatedFault Fault, TimeSpan For, double Size)> All()
    {
        (FaultKind Kind, SimulatedFault? Fault, TimeSpan For, double Size)[] all =
        [
            (FaultKind.Spike, Spike, TimeSpan.Zero, Spike?.Size ?? 8),
            (FaultKind.Stuck, Stuck, TimeSpan.FromMinutes(10), 0),
            (FaultKind.Drift, Drift, TimeSpan.FromMinutes(30), Drift?.Size ?? 6),
            (FaultKind.Step, Step, TimeSpan.FromMinutes(10), Step?.Size ?? 6),
            (FaultKind.Dropout, Dropout, TimeSpan.FromMinutes(2), 0),
            (FaultKind.WrongUnit, WrongUnit, TimeSpan.FromMinutes(10), 0),
        ];
        foreach (var (kind, fault, lasts, size) in all)
            if (fault is not null) yield return (kind, fault, fault.For ?? lasts, size);
    }
}

/// <summary>What can befall a simulated sensor.</summary>
enum FaultKind
{
    Spike,
    Stuck,
    Drift,
    Step,
    Dropout,
    WrongUnit,
}

/// <summary>When one machine has which fault. Its times are nanoseconds since the simulation began.</summary>
sealed class FaultSchedule
{
    /// <summary>Time without a fault between two faults of a machine, so that their windows can be told apart.</summary>
    public const long Pause = 120 * Nanoseconds.Second;

    const int AllSignals = -1;

    readonly RandomStream _random;
    readonly IReadOnlyList<SignalModel> _signals;
    readonly (FaultKind Kind, long Per, long For, double Size)[] _faults;
    readonly long[] _next;
    readonly long _end;
    int _running = -1; // the fault at hand
    int _signal;
    long _from, _until = -Pause;
    double _offset; // size with its sign

    public FaultSchedule(SimulatedFaults faults, IReadOnlyList<SignalModel> signals, long end, RandomStream random)
    {
        (_signals, _end, _random) = (signals, end, random);
        _faults = [.. faults.All().Select(f => (f.Kind, Nanoseconds.Of(f.Fault.Per), Nanoseconds.Of(f.For), f.Size))];
        _next = new long[_faults.Length];
        for (var fault = 0; fault < _next.Length; fault++) _next[fault] = Spacing(fault);
    }

    public FaultKind Kind => _faults[_running].Kind;

    /// <summary>The signal that the fault befalls; -1 for all.</summary>
    public int Signal => _signal;

    public long From => _from;

    public long Until => _until;

    /// <summary>Lets time pass to an instant; true when a fault has been drawn there.</summary>
    public bool Advance(long time)
    {
        if (_running >= 0 && time >= _until) _running = -1;
        if (_running >= 0 || _faults.Length == 0 || time < _until + Pause) return false;
        var due = 0;
        for (var fault = 1; fault < _next.Length; fault++)
            if (_next[fault] < _next[due]) due = fault;
        if (_next[due] > time) return false;

        var (kind, _, lasts, size) = _faults[due];
        _next[due] = time + Spacing(due);
        _signal = _random.Next(_signals.Count);
        _offset = _random.Next(2) == 0 ? size : -size;
        var period = _signals[_signal].Period;
        if (kind == FaultKind.Dropout && _random.Next(2) == 0) _signal = AllSignals;
        _from = (time + period - 1) / period * period;
        _until = Math.Min(_from + Math.Max(lasts, period), _end);
        if (_from >= _end) return false;
        _running = due;
        return true;
    }

    /// <summary>What the fault makes of a value; false where it swallows it.</summary>
    public bool Bend(int signal, long time, double last, ref double value)
    {
        if (_running < 0 || time < _from || _signal != AllSignals && _signal != signal) return true;
        var model = _signals[signal];
        switch (Kind)
        {
            case FaultKind.Dropout:
                return false;
            case FaultKind.Stuck:
                if (!double.IsNaN(last)) value = last;
                break;
            case FaultKind.Drift:
                value += _offset * model.Deviation * (time - _from) / (_until - _from);
                break;
            case FaultKind.WrongUnit:
                value = value * model.WrongScale + model.WrongOffset;
                break;
            default:
                value += _offset * model.Deviation;
                break;
        }

        return true;
    }

    public void Save(StateWriter state)
    {
        _random.Save(state);
        state.Write(_next).Write((long)_running).Write((long)_signal).Write(_from).Write(_until).Write(_offset);
    }

    public void Restore(StateReader state)
    {
        _random.Restore(state);
        state.Longs().CopyTo(_next, 0);
        (_running, _signal, _from, _until, _offset) = (state.Int(), state.Int(), state.Long(), state.Long(), state.Double());
    }

    long Spacing(int fault) => (long)(_faults[fault].Per * (0.5 + _random.Next()));
}
