using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Makes values comparable: from each its signal's mean is taken, and the rest divided by the standard deviation
/// (the population's). Both are given, or learned from the first readings of each signal of each device and then kept.
/// While they are learned, a device's readings are held; then they leave in the order they came. The values that leave
/// have no unit. A signal that never changed is divided by 1.
/// </summary>
/// <example>
/// - normalize: { standardize: { first: 400, signals: [temp, vibration], clip: 10 } }
/// </example>
public sealed record StandardizeOptions : OperatorOptions
{
    /// <summary>The mean of each signal, in its unit here: <c>{ temp: 71.5 }</c>. With <c>std</c>, in place of <c>first</c>.</summary>
    public IReadOnlyDictionary<string, double> Mean { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>The standard deviation of each signal, in its unit here: <c>{ temp: 2.5 }</c>. With <c>mean</c>.</summary>
    public IReadOnlyDictionary<string, double> Std { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Learn from so many values of each signal of each device, 2 to 1,000,000. Missing, infinite and bad ones do not count. At the end of the input, fewer will do, but not fewer than 2.</summary>
    [Between(2, 1_000_000)]
    public int? First { get; init; }

    /// <summary>The signals that are learned; others pass unchanged. Default: all numbers.</summary>
    public IReadOnlyList<string>? Signals { get; init; }

    /// <summary>The standard deviation is at least this, plus <c>floor_relative</c>, in the signal's unit here. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double Floor { get; init; }

    /// <summary>The standard deviation is at least this many times the size of the mean, plus <c>floor</c>. Default: 0.</summary>
    [Between(0, double.PositiveInfinity)]
    public double FloorRelative { get; init; }

    /// <summary>Values that leave are kept between minus and plus this. Default: none.</summary>
    [Between(0.001, double.PositiveInfinity)]
    public double? Clip { get; init; }

    /// <summary>Most readings that a device holds while its signals are learned. Beyond it, the signal that holds up the others is learned from what it has; a reading that has nothing to learn from is dropped as <c>too_few</c>. Default: 65,536.</summary>
    [Between(2, 100_000_000)]
    public int MaxHeld { get; init; } = 65_536;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("standardize")) return default(Refusal);
        var given = Mean.Count > 0 || Std.Count > 0;
        if (given == First is not null)
            return context.Fault(given ? nameof(First) : nameof(Mean), given ? "standardize has constants and learns them too" : "standardize has no mean and std, and does not learn them", "write 'mean:' and 'std:' by signal, or 'first: 400'");
        var sound = given ? GivenAreSound(context) : LearnedAreSound(context);
        if (!sound) return default(Refusal);

        var names = given ? Mean.Keys : Signals ?? context.Input.Signals.Where(s => s.Kind is Kind.Number or Kind.Integer).Select(s => s.Name);
        var numbers = names.Select(context.Input.SignalNumber).ToHashSet();
        var output = context.Input.Signals.Select((s, number) => numbers.Contains(number) ? s with { Kind = Kind.Number, Unit = null, Range = null, Tolerance = null } : s);
        return new Standardize(this, context.Input, context.Input.With([.. output]), numbers);
    }

    /// <summary>The divisor for a standard deviation.</summary>
    internal double Floored(double mean, double std)
    {
        var floored = Math.Max(std, FloorRelative * Math.Abs(mean) + Floor);
        return floored > 0 ? floored : 1;
    }

    bool GivenAreSound(BuildContext context)
    {
        var sound = Signals is null;
        if (!sound) context.Fault(nameof(Signals), "signals says what is learned, but the constants are given", "leave it out");
        foreach (var (option, here, other, word) in new[] { (nameof(Mean), Mean, Std, "std"), (nameof(Std), Std, Mean, "mean") })
        {
            foreach (var (name, value) in here)
            {
                sound &= IsNumber(context, option, name, name);
                if (!other.ContainsKey(name))
                {
                    context.Fault(option, $"'{name}' has no {word}", $"write '{word}: {{ {name}: … }}'", name);
                    sound = false;
                }

                if (option == nameof(Std) && !(value > 0))
                {
                    context.Fault(option, $"the standard deviation of '{name}' is {Number.Text(value)}, but must be above 0", "write how far its values usually lie from the mean", name);
                    sound = false;
                }
            }
        }

        return sound;
    }

    bool LearnedAreSound(BuildContext context)
    {
        var sound = true;
        for (var item = 0; item < (Signals?.Count ?? 0); item++) sound &= IsNumber(context, nameof(Signals), Signals![item], null, item);
        var learned = Signals?.Count ?? context.Input.Signals.Count(s => s.Kind is Kind.Number or Kind.Integer);
        if (learned == 0)
        {
            context.Fault(nameof(Signals), "there is no signal to learn", "name one that is a number");
            sound = false;
        }

        if ((long)First! * learned <= MaxHeld) return sound;
        context.Fault(nameof(First), $"the first {First} readings of {learned} signals are more than the {MaxHeld} that a device holds", "lower first, or raise max_held");
        return false;
    }

    static bool IsNumber(BuildContext context, string option, string name, string? entry = null, int? item = null)
    {
        var signal = context.SignalNumber(option, name, entry, item);
        if (signal < 0) return false;
        var kind = context.Input.Signals[signal].Kind;
        if (kind is Kind.Number or Kind.Integer) return true;
        context.Fault(option, $"'{name}' is {kind.ToString().ToLowerInvariant()} and has no mean", "leave it out", entry, item);
        return false;
    }
}

sealed class Standardize : Operator
{
    readonly StandardizeOptions _options;
    readonly Schema _input;
    readonly bool[] _treated; // by signal
    readonly bool[] _fromWhole;
    readonly int _first; // 0 where the constants are given
    readonly double _clip;
    readonly Tally _tooFew;
    readonly Outgoing _outgoing = new();
    Scale[] _scales = []; // by key
    List<double>?[] _learning = []; // by key; null but while it learns
    Queue<Reading>?[] _waiting = []; // by device
    int _met;
    long _held;

    public Standardize(StandardizeOptions options, Schema input, Schema output, HashSet<int> signals) : base(output)
    {
        (_options, _input, _first, _clip) = (options, input, options.First ?? 0, options.Clip ?? double.PositiveInfinity);
        _treated = [.. Enumerable.Range(0, input.Signals.Count).Select(signals.Contains)];
        _fromWhole = [.. input.Signals.Select(s => s.Kind == Kind.Integer)];
        _tooFew = Books.Reason("too_few");
        StateShape = _first == 0 ? "" : $"standardize {string.Join(',', signals.Order().Select(s => input.Signals[s].Name))} by the first {_first}, floor {options.Floor} {options.FloorRelative}, {options.MaxHeld} held";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_met < _input.Keys.Count) MeetKeys();
        if (_held == 0 && AllKnown(batch.Key))
        {
            batch = batch.Writable().As(Output);
            if (_input.AllNumbers) ScaleNumbers(batch);
            else ScaleMixed(batch);
            output.Emit(batch);
            return;
        }

        var deviceOf = _input.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var key = batch.Key[row];
            Take(new Reading(batch.Time[row], key, batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source), deviceOf[key], output);
        }

        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in Enumerable.Range(0, _waiting.Length).Where(d => _waiting[d] is { Count: > 0 }).OrderBy(_input.Keys.Text, StringComparer.Ordinal))
        {
            foreach (var key in _waiting[device]!.Select(r => r.Key).Distinct())
                if (_learning[key] is { Count: >= 2 }) Learn(key);
            while (_waiting[device]!.Count > 0)
            {
                LetGo(device, output);
                if (_waiting[device]!.Count > 0) DropFirst(device);
            }
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        if (_first == 0) return;
        var learned = Enumerable.Range(0, _met).Where(k => _learning[k] is { Count: > 0 } || (_scales[k].Known && IsTreated(k))).ToList();
        state.Write((long)learned.Count);
        foreach (var key in learned)
        {
            state.WriteKey(_input, key).Write(_scales[key].Known);
            if (_scales[key].Known) state.Write(_scales[key].Mean).Write(_scales[key].Std);
            else state.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_learning[key]));
        }

        var devices = Enumerable.Range(0, _waiting.Length).Where(d => _waiting[d] is { Count: > 0 }).ToList();
        state.Write((long)devices.Count);
        foreach (var device in devices)
        {
            state.Write((long)_waiting[device]!.Count);
            foreach (var reading in _waiting[device]!)
                state.Write(reading.Time).WriteKey(_input, reading.Key).WriteSlot(reading.Slot, _input.KindOf(reading.Key), _input.Codes).Write((long)reading.Quality).Write((long)reading.Source);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        if (_first == 0) return;
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(_input);
            MeetKeys();
            if (state.Bool()) SetScale(key, state.Double(), state.Double());
            else _learning[key] = [.. state.Doubles()];
        }

        for (var devices = state.Long(); devices > 0; devices--)
            for (var left = state.Long(); left > 0; left--)
            {
                var (time, key) = (state.Long(), state.Key(_input));
                MeetKeys();
                Hold(new Reading(time, key, state.ReadSlot(_input.KindOf(key), _input.Codes), (Quality)state.Long(), state.Int()), _input.Keys.DeviceOf[key]);
            }
    }

    bool AllKnown(ReadOnlySpan<int> keys)
    {
        if (_first == 0) return true;
        var scales = _scales;
        foreach (var key in keys)
            if (!scales[key].Known) return false;
        return true;
    }

    void ScaleNumbers(Batch batch)
    {
        var value = batch.Value;
        var key = batch.Key;
        var scales = _scales;
        for (var row = 0; row < value.Length; row++) value[row] = scales[key[row]].Of(value[row]);
    }

    void ScaleMixed(Batch batch)
    {
        var value = batch.Value;
        var key = batch.Key;
        for (var row = 0; row < value.Length; row++) value[row] = Scaled(key[row], value[row]);
    }

    double Scaled(int key, double slot)
    {
        var signal = _input.Keys.SignalOf[key];
        return !_treated[signal] ? slot : _scales[key].Of(_fromWhole[signal] ? Slot.Number(slot, Kind.Integer) : slot);
    }

    /// <summary>While something is learned: a reading is held behind what its device holds already, so that nothing overtakes it.</summary>
    void Take(Reading reading, int device, Output output)
    {
        var (key, known) = (reading.Key, _scales[reading.Key].Known);
        if (known && _waiting[device] is null or { Count: 0 })
        {
            Emit(reading, output);
            return;
        }

        Hold(reading, device);
        if (!known && Learnable(reading) is var value && double.IsFinite(value))
        {
            var values = _learning[key] ??= [];
            values.Add(value);
            if (values.Count == _first) Learn(key);
        }

        if (_waiting[device]!.Count > _options.MaxHeld)
        {
            var first = _waiting[device]!.Peek().Key;
            if (_learning[first] is { Count: >= 2 }) Learn(first);
            else if (!_scales[first].Known) DropFirst(device);
        }

        LetGo(device, output);
    }

    void Hold(Reading reading, int device)
    {
        (_waiting[device] ??= new()).Enqueue(reading);
        _held++;
    }

    void LetGo(int device, Output output)
    {
        while (_waiting[device]!.TryPeek(out var reading) && _scales[reading.Key].Known)
        {
            _waiting[device]!.Dequeue();
            _held--;
            Emit(reading, output);
        }
    }

    void DropFirst(int device)
    {
        var reading = _waiting[device]!.Dequeue();
        _held--;
        _tooFew.AddOf(_input.Keys.SignalOf[reading.Key]);
        if (double.IsFinite(Learnable(reading))) _learning[reading.Key]!.RemoveAt(0);
    }

    void Emit(Reading reading, Output output) =>
        _outgoing.Add(output, reading.Time, reading.Key, Scaled(reading.Key, reading.Slot), reading.Quality, reading.Source);

    double Learnable(Reading reading) => reading.Quality == Quality.Bad ? double.NaN : Slot.Number(reading.Slot, _input.KindOf(reading.Key));

    void Learn(int key)
    {
        // Twice through the values: a sum of squares would lose the digits that a small deviation needs.
        var (values, sum, squares) = (_learning[key]!, 0.0, 0.0);
        foreach (var value in values) sum += value;
        var mean = sum / values.Count;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        SetScale(key, mean, _options.Floored(mean, Math.Sqrt(squares / values.Count)));
        _learning[key] = null;
    }

    void SetScale(int key, double mean, double std) => _scales[key] = new Scale(mean, std, _clip, Known: true);

    void MeetKeys()
    {
        var keys = _input.Keys;
        if (_scales.Length < keys.Count)
        {
            Array.Resize(ref _scales, Math.Max(keys.Count, 2 * _scales.Length));
            Array.Resize(ref _learning, _scales.Length);
        }

        if (_waiting.Length < keys.Devices) Array.Resize(ref _waiting, Math.Max(keys.Devices, 2 * _waiting.Length));
        for (; _met < keys.Count; _met++)
        {
            var name = _input.Signals[keys.SignalOf[_met]].Name;
            if (!IsTreated(_met)) _scales[_met] = new Scale(0, 1, double.PositiveInfinity, Known: true);
            else if (_first == 0) SetScale(_met, _options.Mean[name], _options.Floored(_options.Mean[name], _options.Std[name]));
        }
    }

    bool IsTreated(int key) => _treated[_input.Keys.SignalOf[key]];

    readonly record struct Scale(double Mean, double Std, double Clip, bool Known)
    {
        public double Of(double value)
        {
            var scaled = (value - Mean) / Std;
            return scaled > Clip ? Clip : scaled < -Clip ? -Clip : scaled; // NaN is neither
        }
    }

    readonly record struct Reading(long Time, int Key, double Slot, Quality Quality, int Source);
}
