namespace StreamEdge;

/// <summary>
/// Takes from each value the center of its key and divides the rest by its spread. Where they are learned, the readings
/// of a device are held from the first that has no constants yet.
/// </summary>
sealed class Learned : Operator
{
    /// <summary>Most keys whose constants the closing summary tells.</summary>
    const int MostTold = 20;

    readonly LearnedOptions _options;
    readonly Schema _input;
    readonly bool[] _treated; // by signal
    readonly bool[] _fromWhole;
    readonly IReadOnlyDictionary<int, (double Center, double Spread)> _constants;
    readonly int _first; // 0 where the constants are given
    readonly (double Low, double High) _limits;
    readonly Tally _tooFew;
    readonly Outgoing _outgoing = new();
    readonly HeldReadings _held;
    Scaling[] _scalings = []; // by key
    List<double>?[] _learning = []; // by key; null but while it learns
    int[] _from = []; // by key; how many values its constants are learned from, 0 where they are given
    int _met;

    public Learned(LearnedOptions options, Schema input, Func<int, bool> isTreated, IReadOnlyDictionary<int, (double Center, double Spread)> constants) : base(WithoutUnits(input, isTreated))
    {
        (_options, _input, _constants, _first, _limits) = (options, input, constants, options.First ?? 0, options.Limits);
        _treated = [.. Enumerable.Range(0, input.Signals.Count).Select(isTreated)];
        _fromWhole = [.. input.Signals.Select(s => s.Kind == Kind.Integer)];
        _held = new(input);
        _tooFew = Books.Reason("too_few");
        StateShape = _first == 0 ? "" : $"{options.Shape}, of {string.Join(',', input.Signals.Where((_, number) => isTreated(number)).Select(s => s.Name))} by the first {_first}, {options.MaxHeld} held";
    }

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _held.Count;

    /// <inheritdoc/>
    public override IEnumerable<string> Constants => _first == 0
        ? _constants.OrderBy(c => c.Key).Select(c => $"{_input.Signals[c.Key].Name}: {_options.Told(c.Value.Center, c.Value.Spread, _input.Signals[c.Key].Unit)}")
        : [$"{string.Join(", ", _input.Signals.Where((_, signal) => _treated[signal]).Select(s => s.Name))}: learned of each device from its first {_first:N0} values; a run tells them when it ends"];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            var learned = Enumerable.Range(0, _met).Where(k => _from[k] > 0).OrderBy(k => _input.Keys.Text(_input.Keys.DeviceOf[k]), StringComparer.Ordinal).ThenBy(k => _input.Keys.SignalOf[k]).ToList();
            foreach (var key in learned.Take(MostTold))
            {
                var (device, signal) = (_input.Keys.Text(_input.Keys.DeviceOf[key]), _input.Signals[_input.Keys.SignalOf[key]]);
                yield return ($"{device}{(device.Length > 0 ? "." : "")}{signal.Name}", $"{_options.Told(_scalings[key].Center, _scalings[key].Spread, signal.Unit)}, learned from {_from[key]:N0} values");
            }

            if (learned.Count > MostTold) yield return ("further", $"{learned.Count - MostTold:N0} signals of devices were learned, which are not told");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_met < _input.Keys.Count) MeetKeys();
        if (_held.Count == 0 && AllKnown(batch.Key))
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
            Take(new HeldReading(batch.Time[row], key, batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source), deviceOf[key], output);
        }

        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in _held.InOrder())
        {
            var (first, end) = (_held.FirstOf(device), _held.FirstOf(device) + _held.CountOf(device));
            for (var number = first; number < end; number++)
                if (_held[device, number].Key is var key && _learning[key] is { Count: >= 2 }) Learn(key);
            while (_held.CountOf(device) > 0)
            {
                LetGo(device, output);
                if (_held.CountOf(device) > 0) DropFirst(device);
            }
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        if (_first == 0) return;
        var learned = Enumerable.Range(0, _met).Where(k => _learning[k] is { Count: > 0 } || (_scalings[k].Known && IsTreated(k))).ToList();
        state.Write((long)learned.Count);
        foreach (var key in learned)
        {
            state.WriteKey(_input, key).Write(_scalings[key].Known);
            if (_scalings[key].Known) state.Write(_scalings[key].Center).Write(_scalings[key].Spread).Write((long)_from[key]);
            else state.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_learning[key]));
        }

        _held.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        if (_first == 0) return;
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(_input);
            MeetKeys();
            if (state.Bool())
            {
                SetScaling(key, state.Double(), state.Double());
                _from[key] = state.Int();
            }
            else _learning[key] = [.. state.Doubles()];
        }

        _held.Restore(state);
        MeetKeys();
    }

    bool AllKnown(ReadOnlySpan<int> keys)
    {
        if (_first == 0) return true;
        var scalings = _scalings;
        foreach (var key in keys)
            if (!scalings[key].Known) return false;
        return true;
    }

    void ScaleNumbers(Batch batch)
    {
        var value = batch.Value;
        var key = batch.Key;
        var scalings = _scalings;
        for (var row = 0; row < value.Length; row++) value[row] = scalings[key[row]].Of(value[row]);
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
        return !_treated[signal] ? slot : _scalings[key].Of(_fromWhole[signal] ? Slot.Number(slot, Kind.Integer) : slot);
    }

    /// <summary>While something is learned: a reading is held behind what its device holds already, so that nothing overtakes it.</summary>
    void Take(in HeldReading reading, int device, Output output)
    {
        var (key, known) = (reading.Key, _scalings[reading.Key].Known);
        if (known && _held.CountOf(device) == 0)
        {
            Emit(reading, output);
            return;
        }

        _held.Add(reading);
        if (!known && Learnable(reading) is var value && double.IsFinite(value))
        {
            var values = _learning[key] ??= [];
            values.Add(value);
            if (values.Count == _first) Learn(key);
        }

        if (_held.CountOf(device) > _options.MaxHeld)
        {
            var first = _held[device, _held.FirstOf(device)].Key;
            if (_learning[first] is { Count: >= 2 }) Learn(first);
            else if (!_scalings[first].Known) DropFirst(device);
        }

        LetGo(device, output);
    }

    void LetGo(int device, Output output)
    {
        while (_held.CountOf(device) > 0 && _scalings[_held[device, _held.FirstOf(device)].Key].Known) Emit(_held.Take(device), output);
    }

    void DropFirst(int device)
    {
        var reading = _held.Take(device);
        _tooFew.AddOf(_input.Keys.SignalOf[reading.Key]);
        if (double.IsFinite(Learnable(reading))) _learning[reading.Key]!.RemoveAt(0);
    }

    void Emit(in HeldReading reading, Output output) =>
        _outgoing.Add(output, reading.Time, reading.Key, Scaled(reading.Key, reading.Slot), reading.Quality, reading.Source);

    double Learnable(in HeldReading reading) => reading.Quality == Quality.Bad ? double.NaN : Slot.Number(reading.Slot, _input.KindOf(reading.Key));

    void Learn(int key)
    {
        _from[key] = _learning[key]!.Count;
        var (center, spread) = _options.Learn(_learning[key]!);
        SetScaling(key, center, _options.Floored(center, spread));
        _learning[key] = null;
    }

    void SetScaling(int key, double center, double spread) => _scalings[key] = new Scaling(center, spread, _limits.Low, _limits.High, Known: true);

    void MeetKeys()
    {
        var keys = _input.Keys;
        var count = keys.Count; // once: the source's stage may be adding some
        if (_scalings.Length < count)
        {
            Array.Resize(ref _scalings, Math.Max(count, 2 * _scalings.Length));
            Array.Resize(ref _learning, _scalings.Length);
            Array.Resize(ref _from, _scalings.Length);
        }

        for (; _met < count; _met++)
        {
            if (!IsTreated(_met)) _scalings[_met] = new Scaling(0, 1, double.NegativeInfinity, double.PositiveInfinity, Known: true);
            else if (_constants.TryGetValue(keys.SignalOf[_met], out var given)) SetScaling(_met, given.Center, given.Spread);
        }
    }

    bool IsTreated(int key) => _treated[_input.Keys.SignalOf[key]];

    /// <summary>What leaves of these signals are numbers without a unit.</summary>
    static Schema WithoutUnits(Schema input, Func<int, bool> isTreated) =>
        input.With([.. input.Signals.Select((s, number) => isTreated(number) ? s with { Kind = Kind.Number, Unit = null, Range = null, MaxChange = null, Tolerance = null } : s)]);

    readonly record struct Scaling(double Center, double Spread, double Low, double High, bool Known)
    {
        public double Of(double value)
        {
            var scaled = (value - Center) / Spread;
            return scaled > High ? High : scaled < Low ? Low : scaled; // NaN is neither
        }
    }
}
