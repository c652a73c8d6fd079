using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>
/// Keeps the readings between which a trend runs straight, and leaves out those in between: none of them is further than
/// its signal's tolerance from the line between the kept readings on either side of it. After E. H. Bristol, "Swinging
/// door trending: adaptive trend recording?", ISA 1990; here the line to the reading that is kept must itself pass
/// through the doors of all that are left out, which makes the tolerance a promise.
/// The first and last readings, missing values, changes of quality and late readings are always kept; a signal without a
/// tolerance passes unchanged. The newest reading of each signal is held until it is known whether it is needed, at most
/// <c>idle</c> without data, or twice the time between two readings where the signal's <c>rate</c> is that slow.
/// </summary>
/// <example>
/// - compress: { swinging_door: { tolerance: 2%, heartbeat: 15m } }
/// </example>
public sealed record SwingingDoorOptions : CompressOptions
{
    /// <inheritdoc/>
    public override Operator Build(BuildContext context) =>
        ByNumber(context, "swinging_door") is { } tolerances ? new SwingingDoor(this, tolerances, context) : default(Refusal);
}

sealed class SwingingDoor : Operator
{
    readonly Tolerance?[] _tolerances; // by signal
    readonly Kind[] _kinds;
    readonly ulong _heartbeat;
    readonly long _idle;
    readonly long[] _silence; // by signal
    readonly Clock _clock;
    readonly Savings[] _savings; // by signal
    readonly Tally _dropped;
    readonly Outgoing _outgoing = new();
    Door?[] _doors = []; // by key
    long _held, _due = long.MaxValue;

    public SwingingDoor(SwingingDoorOptions options, Tolerance?[] tolerances, BuildContext context) : base(context.Input)
    {
        (_tolerances, _heartbeat, _clock) = (tolerances, options.HeartbeatOrNever, context.Clock);
        _idle = Nanoseconds.Of(context.Pipeline.Time.Idle);
        _silence = [.. Output.Signals.Select(s => Math.Max(_idle, s.Period is { } period ? 2 * Nanoseconds.Of(period) : 0))];
        _kinds = [.. Output.Signals.Select(s => s.Kind)];
        _savings = new Savings[tolerances.Length];
        _dropped = Books.Reason("within_tolerance");
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape => "swinging_door";

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => Savings.Report(_savings, Output.Signals);

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_doors.Length < Output.Keys.Count) Array.Resize(ref _doors, Math.Max(Output.Keys.Count, 2 * _doors.Length));
        Savings.CountIn(_savings, batch);
        var key = batch.Key;
        var time = batch.Time[..key.Length];
        var value = batch.Value[..key.Length];
        var (now, source, doors, plain) = (_clock.Now, batch.Source, _doors, !batch.HasQuality);
        for (var row = 0; row < key.Length; row++)
        {
            var door = doors[key[row]];
            if (plain && door is not null && door.Passes(time[row], value[row], source, _heartbeat))
            {
                door.LastInput = now;
                _dropped.AddOf(door.Signal); // its candidate; this one is held in its place
                continue;
            }

            Take(key[row], new TimedValue(time[row], value[row], plain ? Quality.Good : batch.Quality[row], source), now, output);
        }

        if (_held > 0 && _due == long.MaxValue) _due = now + Math.Max(1, _idle / 4);
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        foreach (var door in InOrder())
            if (door.HasCandidate && door.LastInput + _silence[door.Signal] <= now) KeepCandidate(door, output);
        _due = _held > 0 ? now + Math.Max(1, _idle / 4) : long.MaxValue;
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var door in InOrder())
            if (door.HasCandidate) KeepCandidate(door, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        var doors = _doors.OfType<Door>().ToList();
        state.Write((long)doors.Count);
        foreach (var door in doors)
        {
            state.WriteKey(Output, door.Key).Write(door.LastTime).Write(door.HasPivot).Write(door.HasCandidate).Write(door.Low).Write(door.High);
            Write(state, door.Pivot);
            Write(state, door.Candidate);
            door.Passed.Save(state);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(Output);
            if (_doors.Length <= key) Array.Resize(ref _doors, Math.Max(Output.Keys.Count, 2 * _doors.Length));
            var signal = Output.Keys.SignalOf[key];
            var door = _doors[key] = new Door(key, signal, _tolerances[signal] ?? default, _kinds[signal]) { LastTime = state.Long(), HasPivot = state.Bool(), HasCandidate = state.Bool(), Low = state.Double(), High = state.Double(), LastInput = _clock.Now };
            door.Pivot = Read(state);
            door.PivotValue = Slot.Number(door.Pivot.Slot, _kinds[signal]);
            var candidate = Read(state);
            door.Restore(candidate, Slot.Number(candidate.Slot, _kinds[signal]));
            door.Passed.Restore(state);
            if (_tolerances[signal] is null) door.Shut(); // it had one when this was saved
            if (door.HasCandidate) _held++;
        }

        if (_held > 0) _due = _clock.Now + Math.Max(1, _idle / 4);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // it is the rarer way, and would take the registers of the usual one
    void Take(int key, in TimedValue reading, long now, Output output)
    {
        var (door, signal) = (_doors[key], Output.Keys.SignalOf[key]);
        if (_tolerances[signal] is not { } tolerance)
        {
            if (door is { HasCandidate: true }) KeepCandidate(door, output);
            Emit(key, signal, reading, output);
            return;
        }

        door ??= _doors[key] = new Door(key, signal, tolerance, _kinds[signal]);
        door.LastInput = now;
        if (reading.Time <= door.LastTime)
        {
            Emit(door.Key, door.Signal, reading, output); // late: it passes the doors by
            return;
        }

        door.LastTime = reading.Time;
        var value = Slot.Number(reading.Slot, _kinds[door.Signal]);
        if (!double.IsFinite(value) || !door.HasPivot || door.Pivot.Quality != reading.Quality)
        {
            if (door.HasCandidate) KeepCandidate(door, output);
            Emit(door.Key, door.Signal, reading, output);
            door.Begin(reading, value);
            return;
        }

        if (door.HasCandidate)
        {
            if (door.LeadsTo(reading.Time, value) && Door.Since(door.Pivot, reading) <= _heartbeat && !door.Passed.IsFull)
            {
                door.PassCandidate();
                _dropped.AddOf(door.Signal);
                _held--;
            }
            else
            {
                KeepCandidate(door, output);
            }
        }

        door.Take(reading, value);
        _held++;
        if (Door.Since(door.Pivot, reading) >= _heartbeat) KeepCandidate(door, output);
    }

    /// <summary>The candidate is needed: it leaves, and the doors hang on it from now on.</summary>
    void KeepCandidate(Door door, Output output)
    {
        ref var savings = ref _savings[door.Signal];
        savings.WorstError = Math.Max(savings.WorstError, door.Passed.WorstError((door.CandidateValue - door.PivotValue) / Door.Since(door.Pivot, door.Candidate)));
        Emit(door.Key, door.Signal, door.Candidate, output);
        _held--;
        door.Begin(door.Candidate, door.CandidateValue);
    }

    void Emit(int key, int signal, in TimedValue reading, Output output)
    {
        _savings[signal].Kept++;
        _outgoing.Add(output, reading.Time, key, reading.Slot, reading.Quality, reading.Source);
    }

    /// <summary>In the order of device and signal, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<Door> InOrder() => _doors.OfType<Door>().OrderBy(d => Output.Keys.Text(Output.Keys.DeviceOf[d.Key]), StringComparer.Ordinal).ThenBy(d => d.Signal);

    static void Write(StateWriter state, in TimedValue reading) =>
        state.Write(reading.Time).Write(reading.Slot).Write((long)reading.Quality).Write((long)reading.Source);

    static TimedValue Read(StateReader state) => new(state.Long(), state.Double(), (Quality)state.Long(), state.Int());
}
