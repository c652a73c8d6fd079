namespace StreamEdge;

/// <summary>
/// Makes the values of a device instant by instant: first of all its signals at one, then at the next. The device's
/// time, its newest reading, tells which instants can be made; with <c>linear</c> one waits for the value after it.
/// </summary>
sealed class Resample : Operator
{
    readonly ResampleHow _how;
    readonly long _every, _idle;
    readonly ulong _limit;
    readonly int _maxHeld;
    readonly bool[] _resampled; // by signal
    readonly Kind[] _kinds; // of the input, by signal
    readonly Clock _clock;
    readonly Tally _late;
    readonly Outgoing _outgoing = new();
    readonly HeldReadings _passing; // of signals that are not resampled
    readonly List<Device?> _devices = [];
    long _leftOut, _due = long.MaxValue;

    public Resample(ResampleOptions options, bool[] resampled, BuildContext context, Schema output) : base(output)
    {
        (_how, _limit, _maxHeld, _resampled, _clock) = (options.How, options.LimitOrDefault, options.MaxHeld, resampled, context.Clock);
        (_every, _idle) = (Nanoseconds.Of(options.Every), Nanoseconds.Of(context.Pipeline.Time.Idle));
        _kinds = [.. context.Input.Signals.Select(s => s.Kind)];
        _passing = new(output);
        _late = Books.Reason("late");
        StateShape = $"resample {_how} every {_every}";
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _passing.Count;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => _leftOut > 0 ? [("left out", $"{_leftOut:N0}, of devices of which more than {_maxHeld:N0} readings waited")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = _clock.Now;
        var (deviceOf, signalOf) = (Output.Keys.DeviceOf, Output.Keys.SignalOf);
        for (var row = 0; row < batch.Count; row++)
        {
            var reading = new HeldReading(batch.Time[row], batch.Key[row], batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source);
            var device = DeviceOf(deviceOf[reading.Key]);
            device.LastInput = now;
            if (device.Newest == long.MinValue) device.Next = _how == ResampleHow.Mean ? Nanoseconds.MultipleUntil(reading.Time, _every) : Nanoseconds.MultipleFrom(reading.Time, _every);
            device.Newest = Math.Max(device.Newest, reading.Time);
            // A value on a line needs the reading that came; what is held or summed up was over before it.
            if (_how != ResampleHow.Linear) Advance(device, output);
            Take(device, reading, signalOf[reading.Key], output);
            if (_how == ResampleHow.Linear) Advance(device, output);
            if (device.Waiting > _maxHeld) Force(device, output);
        }

        if (_due == long.MaxValue && batch.Count > 0) _due = now + _idle;
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        _due = long.MaxValue;
        foreach (var device in InOrder())
        {
            if (device.LastInput + _idle > now) _due = Math.Min(_due, device.LastInput + _idle);
            else if (_how == ResampleHow.Mean) LetPass(device, long.MaxValue, output); // its period is not over
            else Complete(device, output);
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in InOrder()) Complete(device, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        var devices = InOrder().ToList();
        state.Write((long)devices.Count);
        foreach (var device in devices)
        {
            state.WriteDevice(Output.Keys, device.Number).Write(device.Newest).Write(device.Next).Write((long)device.Series.Count);
            foreach (var series in device.Series)
            {
                state.Write(Output.Signals[series.Signal].Name);
                series.Save(state);
            }
        }

        _passing.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var device = DeviceOf(state.Device(Output.Keys));
            (device.Newest, device.Next, device.LastInput) = (state.Long(), state.Long(), _clock.Now);
            for (var series = state.Long(); series > 0; series--)
            {
                var signal = Output.SignalNumber(state.Text());
                var restored = device.Of(signal, Output.Keys.Key(device.Number, signal));
                restored.Restore(state);
                device.Waiting += restored.Waiting;
            }

            _due = _clock.Now + _idle;
        }

        _passing.Restore(state);
    }

    void Take(Device device, in HeldReading reading, int signal, Output output)
    {
        if (!_resampled[signal])
        {
            _passing.Add(reading);
            if (_passing.CountOf(device.Number) > _maxHeld) LetPass(device, _passing[device.Number, _passing.FirstOf(device.Number)].Time, output);
            return;
        }

        var series = device.Of(signal, reading.Key);
        if (reading.Time < (_how == ResampleHow.Mean ? device.Next : Math.Max(device.Next, Nanoseconds.Min + _every) - (_every - 1)) || reading.Time < series.Newest)
        {
            _late.AddOf(signal); // its instant was made
            return;
        }

        Books.Absorbed++;
        var value = Slot.Number(reading.Slot, _kinds[signal]);
        if (!double.IsFinite(value) || reading.Quality == Quality.Bad) return;
        var point = new TimedValue(reading.Time, _how == ResampleHow.Hold ? reading.Slot : value, reading.Quality, reading.Source);
        if (_how == ResampleHow.Mean)
        {
            series.AddToSum(point);
            return;
        }

        device.Waiting -= series.Waiting;
        series.Add(point, device.Next);
        device.Waiting += series.Waiting;
    }

    /// <summary>Makes the instants that a device's time has passed and of which all is known.</summary>
    void Advance(Device device, Output output)
    {
        while (device.Next < device.Newest && !IsOpen(device)) Make(device, output);
    }

    /// <summary>The device is silent, or the input has ended: all that can be made is.</summary>
    void Complete(Device device, Output output)
    {
        while (device.Next <= device.Newest) Make(device, output);
        LetPass(device, long.MaxValue, output);
    }

    /// <summary>Too much waits for a value that may never come: what is made is made without it.</summary>
    void Force(Device device, Output output)
    {
        while (device.Waiting > _maxHeld && device.Next < device.Newest)
        {
            _leftOut++;
            Make(device, output);
        }
    }

    /// <summary>Whether the next instant waits for a reading: one of its period, or one with which a line can be drawn.</summary>
    bool IsOpen(Device device)
    {
        if (_how == ResampleHow.Hold) return false;
        if (_how == ResampleHow.Mean) return (ulong)(device.Newest - device.Next) < (ulong)_every;
        foreach (var series in device.Series)
            if (series.Newest > long.MinValue && series.Newest < device.Next && (ulong)(device.Newest - series.Newest) <= _limit) return true;
        return false;
    }

    void Make(Device device, Output output)
    {
        var (at, made) = (device.Next, 0);
        LetPass(device, at - 1, output);
        foreach (var series in device.Series)
        {
            device.Waiting -= series.Waiting;
            var point = _how switch
            {
                ResampleHow.Hold => series.Held(at, _limit),
                ResampleHow.Linear => series.Between(at, _limit),
                _ => series.TakeMean(),
            };
            device.Waiting += series.Waiting;
            if (point is not { } value) continue;
            Books.Created++;
            made++;
            _outgoing.Add(output, at, series.Key, value.Slot, value.Quality, value.Source);
        }

        device.Next = at > Nanoseconds.Max - _every ? long.MaxValue : at + _every;
        if (made == 0) Skip(device);
    }

    /// <summary>Goes on to the next instant at which there can be a value, so that a long silence costs nothing.</summary>
    void Skip(Device device)
    {
        var next = device.Newest;
        foreach (var series in device.Series)
            if (series.FirstAhead is { } time) next = Math.Min(next, time);
        device.Next = Math.Max(device.Next, _how == ResampleHow.Mean ? Nanoseconds.MultipleUntil(next, _every) : Nanoseconds.MultipleFrom(next, _every));
    }

    void LetPass(Device device, long until, Output output)
    {
        while (_passing.CountOf(device.Number) > 0 && _passing[device.Number, _passing.FirstOf(device.Number)].Time <= until)
        {
            var reading = _passing.Take(device.Number);
            _outgoing.Add(output, reading.Time, reading.Key, reading.Slot, reading.Quality, reading.Source);
        }
    }

    Device DeviceOf(int number)
    {
        while (_devices.Count <= number) _devices.Add(null);
        return _devices[number] ??= new Device(number);
    }

    /// <summary>In the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<Device> InOrder() => _devices.OfType<Device>().OrderBy(d => Output.Keys.Text(d.Number), StringComparer.Ordinal);

    /// <summary>One device: the next instant to make, its newest reading, and its signals in the order in which the file declares them.</summary>
    sealed class Device(int number)
    {
        public List<ResampledSeries> Series { get; } = [];

        public int Number => number;

        public long Newest { get; set; } = long.MinValue;

        public long Next { get; set; } = long.MaxValue;

        public long LastInput { get; set; }

        public long Waiting { get; set; }

        public ResampledSeries Of(int signal, int key)
        {
            var at = 0;
            while (at < Series.Count && Series[at].Signal < signal) at++;
            if (at == Series.Count || Series[at].Signal != signal) Series.Insert(at, new ResampledSeries(signal, key));
            return Series[at];
        }
    }
}
