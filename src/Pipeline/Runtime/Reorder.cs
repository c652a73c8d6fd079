using System.Diagnostics;

namespace StreamEdge;

/// <summary>
/// Puts the readings of each device, or the rows of each group, into the order of their time: holds each until the
/// device's clock (its newest time less <c>wait</c>) has passed it. What comes later than that goes on at once, out of
/// order; steps that keep state per key let it pass their state by. After <c>idle</c> without data a device's readings
/// are let go, and the oldest of a device that holds too many. Equal times keep their order of arrival.
/// </summary>
public sealed class Reorder : Operator
{
    /// <summary>Most readings or rows that a device holds, where nothing else is said.</summary>
    public const int MostHeld = 100_000;

    readonly Clock _clock;
    readonly long _wait, _idle;
    readonly int _maxHeld;
    readonly IReadOnlyList<byte>? _ranks;
    readonly List<Device> _devices = [];
    readonly List<double[]> _further = []; // slots behind the first column, of rows that wait
    readonly Stack<int> _free = []; // those of rows that have left
    readonly Outgoing _outgoing = new();
    long _held, _early, _due = long.MaxValue;

    /// <summary>Makes a reorder of a pipeline with its <c>idle</c>.</summary>
    /// <param name="input">What flows in.</param>
    /// <param name="pipeline">What all steps share.</param>
    /// <param name="wait">How long a device's readings wait for each other; null for the pipeline's <c>wait</c>.</param>
    /// <param name="maxHeld">Most readings or rows that a device holds.</param>
    /// <param name="ranks">By signal, which of the readings of one instant comes first; null for that which came first.</param>
    public Reorder(Schema input, PipelineContext pipeline, TimeSpan? wait = null, int maxHeld = MostHeld, IReadOnlyList<byte>? ranks = null) : base(input)
    {
        Debug.Assert(!input.HasWindow, "windows leave in order, and more belongs to them than columns");
        _clock = pipeline.Clock;
        _wait = Nanoseconds.Of(wait ?? pipeline.Time.Wait);
        _idle = Nanoseconds.Of(pipeline.Time.Idle);
        _maxHeld = maxHeld;
        _ranks = ranks;
    }

    /// <inheritdoc/>
    public override bool EmitsInOrder => true;

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        _early > 0 ? [("let go early", $"{_early:N0}, of devices that held more than {_maxHeld:N0}")] : [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = _clock.Now;
        var key = batch.Key;
        var time = batch.Time[..key.Length];
        var slot = batch.Column(0)[..key.Length];
        var deviceOf = Output.IsRows ? [] : Output.Keys.DeviceOf;
        for (var row = 0; row < key.Length; row++)
        {
            var device = DeviceOf(Output.IsRows ? key[row] : deviceOf[key[row]]);
            device.LastInput = now;
            var waiting = new WaitingRow(time[row], slot[row], key[row], batch.Source, Output.IsRows ? Further(batch, row) : -1, batch.HasQuality ? batch.Quality[row] : Quality.Good, RankOf(key[row]));
            if (time[row] < device.Watermark)
            {
                Emit(waiting, output);
                continue;
            }

            device.Waiting.Add(waiting);
            _held++;
            var watermark = Math.Max(time[row], Nanoseconds.Min + _wait) - _wait;
            if (watermark > device.Watermark)
            {
                device.Watermark = watermark;
                Release(device, device.Watermark, output);
            }

            if (device.Waiting.Count <= _maxHeld) continue;
            _early++;
            ReleaseFirst(device, output);
        }

        if (_held > 0 && _due == long.MaxValue) _due = now + _idle;
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        _due = long.MaxValue;
        foreach (var device in InOrder())
        {
            if (device.LastInput + _idle <= now) Release(device, long.MaxValue, output);
            else _due = Math.Min(_due, device.LastInput + _idle);
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnWatermark(int source, long watermark, Output output) => Release(source, watermark, output);

    /// <inheritdoc/>
    public override void OnIdle(int source, Output output) => Release(source, long.MaxValue, output);

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in InOrder()) Release(device, long.MaxValue, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override string StateShape => "reorder";

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_devices.Count);
        for (var number = 0; number < _devices.Count; number++)
        {
            var waiting = _devices[number].Waiting.InOrder();
            state.WriteDevice(Output.Keys, number).Write(_devices[number].Watermark).Write((long)waiting.Count);
            foreach (var row in waiting)
            {
                state.Write(row.Time).Write((long)row.Quality).Write((long)row.Source);
                if (!Output.IsRows) state.WriteKey(Output, row.Key);
                state.WriteSlot(row.Slot, Output.KindOf(row.Key), Output.Codes);
                for (var column = 1; column < Output.Columns.Count; column++) state.WriteSlot(_further[row.Further][column - 1], Output.KindOf(row.Key, column), Output.Codes);
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var devices = state.Long(); devices > 0; devices--)
        {
            var number = state.Device(Output.Keys);
            var device = DeviceOf(number);
            device.Watermark = state.Long();
            device.LastInput = _clock.Now;
            for (var waiting = state.Long(); waiting > 0; waiting--)
            {
                var (time, quality, source) = (state.Long(), (Quality)state.Long(), state.Int());
                var key = Output.IsRows ? number : state.Key(Output);
                var row = new WaitingRow(time, state.ReadSlot(Output.KindOf(key), Output.Codes), key, source, Output.IsRows ? Further() : -1, quality, RankOf(key));
                for (var column = 1; column < Output.Columns.Count; column++) _further[row.Further][column - 1] = state.ReadSlot(Output.KindOf(key, column), Output.Codes);
                device.Waiting.Add(row);
                _held++;
            }
        }

        if (_held > 0) _due = _clock.Now + _idle;
    }

    byte RankOf(int key) => _ranks is null ? (byte)0 : _ranks[Output.Keys.SignalOf[key]];

    int Further(Batch batch, int row)
    {
        var further = Further();
        for (var column = 1; column < Output.Columns.Count; column++) _further[further][column - 1] = batch.Column(column)[row];
        return further;
    }

    /// <summary>Room for the slots of a row behind its first column.</summary>
    int Further()
    {
        if (_free.TryPop(out var further)) return further;
        _further.Add(new double[Output.Columns.Count - 1]);
        return _further.Count - 1;
    }

    Device DeviceOf(int number)
    {
        while (_devices.Count <= number) _devices.Add(new Device());
        return _devices[number];
    }

    /// <summary>Nothing of a source will come any more that is earlier: what waits for it goes on, before steps behind it are told.</summary>
    void Release(int source, long before, Output output)
    {
        foreach (var device in InOrder())
            if (device.Waiting.HasAnyOf(source)) Release(device, before == long.MaxValue ? before : before - 1, output);
        _outgoing.Flush(output);
    }

    void Release(Device device, long until, Output output)
    {
        while (device.Waiting.Count > 0 && device.Waiting.FirstTime <= until) ReleaseFirst(device, output);
    }

    void ReleaseFirst(Device device, Output output)
    {
        var row = device.Waiting.Take();
        _held--;
        device.Watermark = Math.Max(device.Watermark, row.Time);
        Emit(row, output);
    }

    /// <summary>The devices of which something waits, in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<Device> InOrder() => _devices.Index().Where(d => d.Item.Waiting.Count > 0).OrderBy(d => Output.Keys.Text(d.Index), StringComparer.Ordinal).Select(d => d.Item);

    void Emit(in WaitingRow row, Output output)
    {
        var batch = _outgoing.Add(output, row.Time, row.Key, row.Slot, row.Quality, row.Source);
        if (row.Further < 0) return;
        for (var column = 1; column < Output.Columns.Count; column++) batch.Column(column)[^1] = _further[row.Further][column - 1];
        _free.Push(row.Further);
    }

    sealed class Device
    {
        public WaitingRows Waiting { get; } = new();

        public long Watermark { get; set; } = long.MinValue;

        public long LastInput { get; set; }
    }
}
