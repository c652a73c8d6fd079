namespace StreamEdge;

/// <summary>
/// Puts the readings of each device into the order of their time: holds a reading until the device's clock (its newest
/// time less <c>wait</c>) has passed it. What comes later than that goes on at once, out of order; steps that keep
/// state per key let it pass their state by. After <c>idle</c> without data a device's readings are let go. Equal
/// times keep their order of arrival.
/// </summary>
sealed class Reorder : Operator
{
    readonly Clock _clock;
    readonly long _wait, _idle;
    readonly List<Device> _devices = [];
    readonly Outgoing _outgoing = new();
    long _held, _number, _due = long.MaxValue;

    public Reorder(Schema input, PipelineContext pipeline) : base(input)
    {
        _clock = pipeline.Clock;
        _wait = Nanoseconds.Of(pipeline.Time.Wait);
        _idle = Nanoseconds.Of(pipeline.Time.Idle);
    }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = _clock.Now;
        var deviceOf = batch.Schema.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var device = DeviceOf(deviceOf[batch.Key[row]]);
            device.LastInput = now;
            var time = batch.Time[row];
            var reading = new Reading(time, batch.Key[row], batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source);
            if (time < device.Watermark)
            {
                Emit(reading, output);
                continue;
            }

            device.Waiting.Enqueue(reading, (time, _number++));
            _held++;
            var watermark = Math.Max(time, Nanoseconds.Min + _wait) - _wait;
            if (watermark <= device.Watermark) continue;
            device.Watermark = watermark;
            Release(device, device.Watermark, output);
        }

        if (_held > 0 && _due == long.MaxValue) _due = now + _idle;
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        _due = long.MaxValue;
        foreach (var device in _devices)
        {
            if (device.Waiting.Count == 0) continue;
            if (device.LastInput + _idle <= now) Release(device, long.MaxValue, output);
            else _due = Math.Min(_due, device.LastInput + _idle);
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in _devices) Release(device, long.MaxValue, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override string StateShape => $"reorder {_wait}";

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_devices.Count);
        for (var number = 0; number < _devices.Count; number++)
        {
            var waiting = _devices[number].Waiting.UnorderedItems.OrderBy(i => i.Priority).Select(i => i.Element).ToList();
            state.WriteDevice(Output.Keys, number).Write(_devices[number].Watermark).Write((long)waiting.Count);
            foreach (var reading in waiting)
            {
                state.Write(reading.Time).WriteKey(Output, reading.Key).Write((long)reading.Quality).Write((long)reading.Source);
                state.WriteSlot(reading.Slot, KindOf(reading.Key), Output.Codes);
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var devices = state.Long(); devices > 0; devices--)
        {
            var device = DeviceOf(state.Device(Output.Keys));
            device.Watermark = state.Long();
            device.LastInput = _clock.Now;
            for (var waiting = state.Long(); waiting > 0; waiting--)
            {
                var (time, key, quality, source) = (state.Long(), state.Key(Output), (Quality)state.Long(), state.Int());
                device.Waiting.Enqueue(new Reading(time, key, state.ReadSlot(KindOf(key), Output.Codes), quality, source), (time, _number++));
                _held++;
            }
        }

        if (_held > 0) _due = _clock.Now + _idle;
    }

    Kind KindOf(int key) => Output.Signals[Output.Keys.SignalOf[key]].Kind;

    Device DeviceOf(int number)
    {
        while (_devices.Count <= number) _devices.Add(new Device());
        return _devices[number];
    }

    void Release(Device device, long until, Output output)
    {
        while (device.Waiting.TryPeek(out var reading, out _) && reading.Time <= until)
        {
            device.Waiting.Dequeue();
            _held--;
            device.Watermark = Math.Max(device.Watermark, reading.Time);
            Emit(reading, output);
        }
    }

    void Emit(Reading reading, Output output) =>
        _outgoing.Add(output, reading.Time, reading.Key, reading.Slot, reading.Quality, reading.Source);

    readonly record struct Reading(long Time, int Key, double Slot, Quality Quality, int Source);

    sealed class Device
    {
        public PriorityQueue<Reading, (long Time, long Number)> Waiting { get; } = new();

        public long Watermark { get; set; } = long.MinValue;

        public long LastInput { get; set; }
    }
}
