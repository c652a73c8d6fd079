namespace StreamEdge;

/// <summary>
/// Fills what is missing between two known values of a key. A device's readings are held behind the first one that is
/// still open, so that none overtakes another; it is open until the next known value of its key comes, or a reading of
/// its device from which on a known value would come too late.
/// </summary>
sealed class FillLinear(FillOptions options, bool[] filled, BuildContext context) : Operator(context.Input)
{
    readonly ulong _limit = (ulong)Nanoseconds.Of(options.Limit);
    readonly long _idle = Nanoseconds.Of(context.Pipeline.Time.Idle);
    readonly Clock _clock = context.Clock;
    readonly Kind[] _kinds = [.. context.Input.Signals.Select(s => s.Kind)];
    readonly PerKey<Gap> _gaps = new(default);
    readonly PerKey<long> _lastInput = new(0); // by device
    readonly HeldReadings _held = new(context.Input);
    readonly Filled[] _filled = new Filled[filled.Length]; // by signal
    readonly Outgoing _outgoing = new();
    long _due = long.MaxValue;

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "fill linear";

    /// <inheritdoc/>
    public override long Held => _held.Count;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => Filled.Report(_filled, Output.Signals);

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = _clock.Now;
        var deviceOf = Output.Keys.DeviceOf;
        for (var row = 0; row < batch.Count; row++)
        {
            var reading = new HeldReading(batch.Time[row], batch.Key[row], batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source);
            var device = deviceOf[reading.Key];
            _lastInput[device] = now;
            Take(reading, device);
            Release(device, reading.Time, output);
            if (_held.CountOf(device) > options.MaxHeld) LetGo(device, output);
        }

        if (_held.Count > 0 && _due == long.MaxValue) _due = now + _idle;
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        _due = long.MaxValue;
        foreach (var device in _held.InOrder())
        {
            if (_lastInput[device] + _idle <= now) LetAllGo(device, output);
            else _due = Math.Min(_due, _lastInput[device] + _idle);
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var device in _held.InOrder()) LetAllGo(device, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        _held.Save(state);
        _gaps.Save(state, Output, static g => g.HasFrom, (g, _) => state.Write(g.Time).Write(g.Slot).Write(g.FirstOpen).Write(g.Open));
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        _held.Restore(state);
        _gaps.Restore(state, Output, _ => new() { HasFrom = true, Time = state.Long(), Slot = state.Double(), FirstOpen = state.Long(), Open = state.Long() });
        foreach (var device in _held.InOrder()) _lastInput[device] = _clock.Now;
        if (_held.Count > 0) _due = _clock.Now + _idle;
    }

    void Take(in HeldReading reading, int device)
    {
        var number = _held.Add(reading);
        var signal = Output.Keys.SignalOf[reading.Key];
        if (!filled[signal]) return;
        ref var gap = ref _gaps[reading.Key];
        if (Slot.IsMissing(reading.Slot, _kinds[signal]))
        {
            if (gap.HasFrom && gap.Open++ == 0) gap.FirstOpen = number;
        }
        else if (reading.Quality != Quality.Bad && double.IsFinite(Slot.Number(reading.Slot, _kinds[signal])) && (!gap.HasFrom || reading.Time >= gap.Time))
        {
            if (gap.Open > 0 && (ulong)(reading.Time - gap.Time) <= _limit) Fill(device, gap, reading, signal);
            gap = new() { HasFrom = true, Time = reading.Time, Slot = reading.Slot };
        }
    }

    /// <summary>Fills what is open between the last known value and this one.</summary>
    void Fill(int device, in Gap gap, in HeldReading next, int signal)
    {
        var left = gap.Open;
        for (var number = Math.Max(gap.FirstOpen, _held.FirstOf(device)); left > 0; number++)
        {
            ref var open = ref _held[device, number];
            if (open.Key != next.Key || !Slot.IsMissing(open.Slot, _kinds[signal])) continue;
            left--;
            if (open.Time <= gap.Time || open.Time >= next.Time) continue; // came late, or with its neighbour
            var share = (ulong)(open.Time - gap.Time) / (double)(ulong)(next.Time - gap.Time);
            var quality = open.Quality == Quality.Good ? Quality.Uncertain : open.Quality;
            open = open with { Slot = Between(gap.Slot, next.Slot, share, _kinds[signal]), Quality = quality };
            _filled[signal].Values++;
        }
    }

    /// <summary>The value at that share of the way, never beyond either end.</summary>
    static double Between(double from, double to, double share, Kind kind)
    {
        if (kind == Kind.Number) return Math.Clamp(from * (1 - share) + to * share, Math.Min(from, to), Math.Max(from, to));
        var (first, second) = (Slot.Bits(from), Slot.Bits(to));
        var between = Math.Round(first * (1 - share) + second * share);
        return Slot.Of(Math.Clamp(between >= long.MaxValue ? long.MaxValue : (long)between, Math.Min(first, second), Math.Max(first, second)));
    }

    /// <summary>Lets go what is decided, now that the device has come to that time.</summary>
    void Release(int device, long time, Output output)
    {
        while (_held.CountOf(device) > 0)
        {
            var number = _held.FirstOf(device);
            ref var first = ref _held[device, number];
            ref var gap = ref _gaps[first.Key];
            var isOpen = gap.Open > 0 && number >= gap.FirstOpen && Slot.IsMissing(first.Slot, Output.KindOf(first.Key));
            if (isOpen && (time <= gap.Time || (ulong)(time - gap.Time) <= _limit)) return;
            LetGo(device, output);
        }
    }

    void LetAllGo(int device, Output output)
    {
        while (_held.CountOf(device) > 0) LetGo(device, output);
    }

    /// <summary>The first reading leaves; one that is still open stays missing.</summary>
    void LetGo(int device, Output output)
    {
        var number = _held.FirstOf(device);
        var first = _held.Take(device);
        var signal = Output.Keys.SignalOf[first.Key];
        if (filled[signal] && Slot.IsMissing(first.Slot, _kinds[signal]))
        {
            ref var gap = ref _gaps[first.Key];
            if (gap.Open > 0 && number >= gap.FirstOpen) gap.Open--;
            _filled[signal].Missing++;
        }

        _outgoing.Add(output, first.Time, first.Key, first.Slot, first.Quality, first.Source);
    }

    /// <summary>The last known value of a key, and what is missing since: the number of the first, and how many of them are held.</summary>
    struct Gap
    {
        public long Time, FirstOpen, Open;
        public double Slot;
        public bool HasFrom;
    }
}
