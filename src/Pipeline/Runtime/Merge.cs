namespace StreamEdge;

/// <summary>
/// Brings readings that come by several ways, from two sources or along two branches, to one event time: a device's
/// reading waits until the other ways on which the device comes have reached its instant, so that none of them is late
/// only because its way is slower. A way that a device has not come on yet is waited for at its beginning, for as long
/// in event time as <c>wait</c> says, in which its devices are met. One that has ended is not waited for, nor is one on
/// which the device was silent for <c>idle</c>. Under a shared clock all devices wait together.
/// </summary>
sealed class Merge : Operator
{
    /// <summary>Most readings that a device holds; then its oldest go on.</summary>
    const int MostHeld = 100_000;

    /// <summary>Most readings of all devices, some 300 MB; then the oldest of a device that gets more go on.</summary>
    const int MostInAll = 4_000_000;

    /// <summary>An input that is so many readings ahead of the others is not read for a while.</summary>
    const int MostAhead = 16 * Batch.MaxRows;

    readonly Clock _clock;
    readonly long _wait, _idle;
    readonly bool _together;
    readonly Way[] _ways;
    readonly List<Device> _devices = [];
    readonly Outgoing _outgoing = new();
    long _held, _early, _number, _began = long.MaxValue, _due = long.MaxValue;

    public Merge(Schema input, PipelineContext pipeline, int ways) : base(input)
    {
        (_clock, _wait, _idle, _together) = (pipeline.Clock, Nanoseconds.Of(pipeline.Time.Wait), Nanoseconds.Of(pipeline.Time.Idle), pipeline.Time.Clock != ClockKind.Device);
        _ways = [.. Enumerable.Range(0, ways).Select(_ => new Way())];
    }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override string StateShape => $"merge of {_ways.Length}";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        _early > 0 ? [("let go early", $"{_early:N0}, of devices that held more than {MostHeld:N0}, or all together more than {MostInAll:N0}")] : [];

    /// <inheritdoc/>
    public override bool HasRoom(int input) => _ways[input].Held < MostAhead;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output) => Process(batch, 0, output);

    /// <inheritdoc/>
    public override void Process(Batch batch, int input, Output output)
    {
        var now = _clock.Now;
        _began = Math.Min(_began, now);
        var (way, deviceOf) = (_ways[input], batch.Schema.Keys.DeviceOf);
        way.Over = false;
        var begun = way.Begun;
        for (var row = 0; row < batch.Count; row++)
        {
            var (time, key) = (batch.Time[row], batch.Key[row]);
            var device = DeviceOf(deviceOf[key]);
            way.Came(time, _wait);
            device.Came(input, time, now);
            if (way.Begun != begun) ReleaseAll(output);
            begun = way.Begun;
            var reached = Reached(device);
            var quality = batch.HasQuality ? batch.Quality[row] : Quality.Good;
            if (time <= reached && device.Waiting.Count == 0)
            {
                _outgoing.Add(output, time, key, batch.Value[row], quality, batch.Source);
                continue;
            }

            device.Waiting.Enqueue((new HeldReading(time, key, batch.Value[row], quality, batch.Source), input), (time, _number++));
            (_held, way.Held) = (_held + 1, way.Held + 1);
            Release(device, reached, output);
            if (device.Waiting.Count <= MostHeld && _held <= MostInAll) continue;
            _early++;
            ReleaseFirst(device, output);
        }

        if (_held > 0 && _due == long.MaxValue) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        foreach (var way in _ways) way.Begun |= now - _began >= _idle;
        foreach (var device in _devices) device.LeaveOut(now - _idle);
        ReleaseAll(output);
        _due = _held > 0 ? now + Math.Max(1, _idle / 4) : long.MaxValue;
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnInputEnd(int input, Output output)
    {
        _ways[input].Over = true;
        ReleaseAll(output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnWatermark(int source, long watermark, Output output)
    {
        if (!_together) return; // no step behind it looks at it
        foreach (var device in InOrder()) Release(device, watermark - 1, output); // before steps behind it are told
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnIdle(int source, Output output)
    {
        foreach (var device in InOrder())
            if (device.Waiting.UnorderedItems.Any(w => w.Element.Reading.Source == source)) Release(device, long.MaxValue, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in InOrder()) Release(device, long.MaxValue, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        foreach (var way in _ways) state.Write(way.First).Write(way.Begun);
        state.Write((long)_devices.Count);
        for (var number = 0; number < _devices.Count; number++)
        {
            if (!_together) state.WriteDevice(Output.Keys, number);
            foreach (var newest in _devices[number].Newest) state.Write(newest);
            state.Write((long)_devices[number].Waiting.Count);
            foreach (var (reading, input) in _devices[number].Waiting.UnorderedItems.OrderBy(w => w.Priority).Select(w => w.Element))
                state.Write(reading.Time).WriteKey(Output, reading.Key).WriteSlot(reading.Slot, Output.KindOf(reading.Key), Output.Codes).Write((long)reading.Quality).Write((long)reading.Source).Write((long)input);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        foreach (var way in _ways) (way.First, way.Begun) = (state.Long(), state.Bool());
        for (var devices = state.Long(); devices > 0; devices--)
        {
            var device = DeviceOf(_together ? 0 : state.Device(Output.Keys));
            for (var way = 0; way < _ways.Length; way++) device.Came(way, state.Long(), _clock.Now);
            for (var left = state.Long(); left > 0; left--)
            {
                var (time, key) = (state.Long(), state.Key(Output));
                var reading = new HeldReading(time, key, state.ReadSlot(Output.KindOf(key), Output.Codes), (Quality)state.Long(), state.Int());
                var input = state.Int();
                device.Waiting.Enqueue((reading, input), (time, _number++));
                (_held, _ways[input].Held) = (_held + 1, _ways[input].Held + 1);
            }
        }

        (_began, _due) = (_clock.Now, _held > 0 ? _clock.Now + Math.Max(1, _idle / 4) : long.MaxValue);
    }

    /// <summary>The instant that a device has reached on every way on which it comes.</summary>
    long Reached(Device device)
    {
        var least = long.MaxValue;
        for (var way = 0; way < _ways.Length; way++)
        {
            if (_ways[way].Over) continue;
            if (!_ways[way].Begun) return long.MinValue;
            if (device.Newest[way] != long.MinValue && !device.Out[way]) least = Math.Min(least, device.Newest[way]);
        }

        return least;
    }

    void ReleaseAll(Output output)
    {
        foreach (var device in InOrder()) Release(device, Reached(device), output);
    }

    void Release(Device device, long until, Output output)
    {
        while (device.Waiting.TryPeek(out var first, out _) && first.Reading.Time <= until) ReleaseFirst(device, output);
    }

    void ReleaseFirst(Device device, Output output)
    {
        var (reading, input) = device.Waiting.Dequeue();
        (_held, _ways[input].Held) = (_held - 1, _ways[input].Held - 1);
        _outgoing.Add(output, reading.Time, reading.Key, reading.Slot, reading.Quality, reading.Source);
    }

    Device DeviceOf(int number)
    {
        number = _together ? 0 : number;
        while (_devices.Count <= number) _devices.Add(new Device(_ways.Length));
        return _devices[number];
    }

    /// <summary>The devices of which something waits, in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<Device> InOrder() => _held == 0 ? [] : _together ? _devices
        : _devices.Index().Where(d => d.Item.Waiting.Count > 0).OrderBy(d => Output.Keys.Text(d.Index), StringComparer.Ordinal).Select(d => d.Item).ToList();

    /// <summary>One of the inputs.</summary>
    sealed class Way
    {
        /// <summary>The earliest instant that it gave.</summary>
        public long First { get; set; } = long.MaxValue;

        /// <summary>Whether it has gone on for so long that all its devices will have been met.</summary>
        public bool Begun { get; set; }

        public bool Over { get; set; }

        public long Held { get; set; }

        public void Came(long time, long wait)
        {
            First = Math.Min(First, time);
            Begun |= (ulong)(time - First) >= (ulong)wait && time >= First;
        }
    }

    sealed class Device
    {
        readonly long[] _lastInput; // by way, of the gateway's clock

        public Device(int ways)
        {
            (Newest, _lastInput, Out) = (new long[ways], new long[ways], new bool[ways]);
            Array.Fill(Newest, long.MinValue);
        }

        /// <summary>By way; <see cref="long.MinValue"/> where the device has not come by it.</summary>
        public long[] Newest { get; }

        /// <summary>By way: silent for <c>idle</c>.</summary>
        public bool[] Out { get; }

        public PriorityQueue<(HeldReading Reading, int Way), (long Time, long Number)> Waiting { get; } = new();

        public void Came(int way, long time, long now) => (Newest[way], _lastInput[way], Out[way]) = (Math.Max(Newest[way], time), now, false);

        public void LeaveOut(long silentSince)
        {
            for (var way = 0; way < Out.Length; way++) Out[way] |= _lastInput[way] <= silentSince;
        }
    }
}
