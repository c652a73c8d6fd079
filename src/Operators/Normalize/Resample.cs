using System.Runtime.CompilerServices;

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
    readonly bool _allNumbers;
    readonly Clock _clock;
    readonly Tally _late;
    readonly Outgoing _outgoing = new();
    readonly HeldReadings _passing; // of signals that are not resampled
    readonly List<ResampledDevice?> _devices = [];
    ResampledSeries?[] _series = []; // by key
    long _leftOut, _due = long.MaxValue;

    public Resample(ResampleOptions options, bool[] resampled, BuildContext context, Schema output) : base(output)
    {
        (_how, _limit, _maxHeld, _resampled, _clock) = (options.How, options.LimitOrDefault, options.MaxHeld, resampled, context.Clock);
        (_every, _idle) = (Nanoseconds.Of(options.Every), Nanoseconds.Of(context.Pipeline.Time.Idle));
        _kinds = [.. context.Input.Signals.Select(s => s.Kind)];
        _allNumbers = context.Input.AllNumbers;
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
        if (_series.Length < Output.Keys.Count) Array.Resize(ref _series, Math.Max(Output.Keys.Count, 2 * _series.Length));
        var now = _clock.Now;
        var key = batch.Key;
        var time = batch.Time[..key.Length];
        var value = batch.Value[..key.Length];
        var (isMean, source, absorbed) = (_how == ResampleHow.Mean, batch.Source, 0);
        ReadOnlySpan<ResampledSeries?> usual = _allNumbers && !batch.HasQuality ? _series : [];
        for (var row = 0; row < key.Length; row++)
        {
            var series = key[row] < usual.Length ? usual[key[row]] : null;
            if (series is null || !series.Takes(time[row]) || !double.IsFinite(value[row]))
            {
                Take(new HeldReading(time[row], key[row], value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, source), now, output);
                continue;
            }

            // The usual case at once: a good number that need not wait, nor do others wait for it.
            var device = series.Device;
            if (time[row] > device.Next && !isMean) Draw(series, time[row], value[row], source, output);
            if (time[row] > device.Newest) device.Newest = time[row];
            device.LastInput = now;
            absorbed++;
            if (isMean) series.AddToSum(new TimedValue(time[row], value[row], Quality.Good, source));
            else series.Know(time[row], value[row], source);
        }

        Books.Absorbed += absorbed;
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
            state.WriteDevice(Output.Keys, device.Number).Write(device.Newest).Write(device.Next).Write((long)device.Series.Length);
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
            (device.Newest, device.LastInput) = (state.Long(), _clock.Now);
            GoTo(device, state.Long());
            for (var series = state.Long(); series > 0; series--)
            {
                var signal = Output.SignalNumber(state.Text());
                var key = Output.Keys.Key(device.Number, signal);
                if (_series.Length <= key) Array.Resize(ref _series, Math.Max(Output.Keys.Count, 2 * _series.Length));
                var restored = _series[key] = device.Of(signal, key);
                restored.Restore(state);
                device.Waiting += restored.Waiting;
            }

            _due = _clock.Now + _idle;
        }

        _passing.Restore(state);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // it is the rarer way, and would take the registers of the usual one
    void Take(in HeldReading reading, long now, Output output)
    {
        var device = DeviceOf(Output.Keys.DeviceOf[reading.Key]);
        device.LastInput = now;
        if (device.Newest == long.MinValue) GoTo(device, _how == ResampleHow.Mean ? Nanoseconds.MultipleUntil(reading.Time, _every) : Nanoseconds.MultipleFrom(reading.Time, _every));
        device.Newest = Math.Max(device.Newest, reading.Time);
        // A value on a line needs the reading that came; what is held or summed up was over before it.
        if (_how != ResampleHow.Linear) Advance(device, output);
        Add(device, reading, Output.Keys.SignalOf[reading.Key], output);
        if (_how == ResampleHow.Linear) Advance(device, output);
        if (device.Waiting > _maxHeld) Force(device, output);
        if (device.Waiting > 0 && device.Newest <= device.Next) Settle(device);
        device.Last = LastOf(device);
    }

    void Add(ResampledDevice device, in HeldReading reading, int signal, Output output)
    {
        if (!_resampled[signal])
        {
            _passing.Add(reading);
            if (_passing.CountOf(device.Number) > _maxHeld) LetPass(device, _passing[device.Number, _passing.FirstOf(device.Number)].Time, output);
            return;
        }

        var series = _series[reading.Key] ??= device.Of(signal, reading.Key);
        if (reading.Time < device.First || reading.Time < series.Newest)
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

    /// <summary>Makes the instants between the last value of a device's only signal and the next one, which came.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // so that the loop that calls it keeps its registers
    void Draw(ResampledSeries series, long time, double value, int source, Output output)
    {
        var (device, at, to) = (series.Device, series.Device.Next, new TimedValue(time, value, Quality.Good, source));
        var isLine = series.IsWithin(_limit, time);
        for (; at < time && (isLine || series.IsAt(at)); at += _every)
        {
            var made = series.LineTo(to, at);
            _outgoing.Add(output, at, series.Key, made.Slot, made.Quality, made.Source);
            Books.Created++;
        }

        GoTo(device, isLine ? at : Nanoseconds.MultipleFrom(time, _every));
        device.Last = Nanoseconds.Max - _every;
    }

    /// <summary>All instants before the newest reading are made: nothing waits any more.</summary>
    static void Settle(ResampledDevice device)
    {
        foreach (var series in device.Series) device.Waiting -= series.Reach(device.Next);
    }

    /// <summary>The last time of which a reading can be taken at once; before all time where something waits.</summary>
    long LastOf(ResampledDevice device)
    {
        var last = _how == ResampleHow.Mean && device.Next < long.MaxValue - _every ? device.Next + (_every - 1) : device.Next;
        if (device.Waiting > 0 || device.Newest > last) return long.MinValue;
        return _how == ResampleHow.Linear && device.Series is [{ Newest: > long.MinValue }] && _passing.CountOf(device.Number) == 0 ? Nanoseconds.Max - _every : last;
    }

    /// <summary>Makes the instants that a device's time has passed and of which all is known.</summary>
    void Advance(ResampledDevice device, Output output)
    {
        while (device.Next < device.Newest && !IsOpen(device)) Make(device, output);
    }

    /// <summary>The device is silent, or the input has ended: all that can be made is.</summary>
    void Complete(ResampledDevice device, Output output)
    {
        while (device.Next <= device.Newest) Make(device, output);
        LetPass(device, long.MaxValue, output);
    }

    /// <summary>Too much waits for a value that may never come: what is made is made without it.</summary>
    void Force(ResampledDevice device, Output output)
    {
        while (device.Waiting > _maxHeld && device.Next < device.Newest)
        {
            _leftOut++;
            Make(device, output);
        }
    }

    /// <summary>Whether the next instant waits for a reading: one of its period, or one with which a line can be drawn.</summary>
    bool IsOpen(ResampledDevice device)
    {
        if (_how == ResampleHow.Hold) return false;
        if (_how == ResampleHow.Mean) return (ulong)(device.Newest - device.Next) < (ulong)_every;
        foreach (var series in device.Series)
            if (series.Newest > long.MinValue && series.Newest < device.Next && (ulong)(device.Newest - series.Newest) <= _limit) return true;
        return false;
    }

    void Make(ResampledDevice device, Output output)
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

        GoTo(device, at > Nanoseconds.Max - _every ? long.MaxValue : at + _every);
        if (made == 0) Skip(device);
    }

    /// <summary>Goes on to the next instant at which there can be a value, so that a long silence costs nothing.</summary>
    void Skip(ResampledDevice device)
    {
        var next = device.Newest;
        foreach (var series in device.Series)
            if (series.FirstAhead is { } time) next = Math.Min(next, time);
        GoTo(device, Math.Max(device.Next, _how == ResampleHow.Mean ? Nanoseconds.MultipleUntil(next, _every) : Nanoseconds.MultipleFrom(next, _every)));
    }

    /// <summary>Sets the next instant to make; whether readings can be taken at once is then looked at anew.</summary>
    void GoTo(ResampledDevice device, long next) => (device.Next, device.First, device.Last) =
        (next, _how == ResampleHow.Mean ? next : Math.Max(next, Nanoseconds.Min + _every) - (_every - 1), long.MinValue);

    void LetPass(ResampledDevice device, long until, Output output)
    {
        if (_passing.Count == 0) return;
        while (_passing.CountOf(device.Number) > 0 && _passing[device.Number, _passing.FirstOf(device.Number)].Time <= until)
        {
            var reading = _passing.Take(device.Number);
            _outgoing.Add(output, reading.Time, reading.Key, reading.Slot, reading.Quality, reading.Source);
        }
    }

    ResampledDevice DeviceOf(int number)
    {
        while (_devices.Count <= number) _devices.Add(null);
        return _devices[number] ??= new ResampledDevice(number);
    }

    /// <summary>In the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<ResampledDevice> InOrder() => _devices.OfType<ResampledDevice>().OrderBy(d => Output.Keys.Text(d.Number), StringComparer.Ordinal);
}
