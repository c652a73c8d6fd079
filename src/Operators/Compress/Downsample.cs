using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>
/// Holds what may be kept of each key's period until the period is over: a later reading of the key tells, or that it
/// has been silent for a period and <c>idle</c>.
/// </summary>
sealed class Downsample : Operator
{
    readonly DownsampleOptions _options;
    readonly long _every, _silence;
    readonly bool[] _thinned; // by signal
    readonly Kind[] _kinds; // of the input, by signal
    readonly bool _allNumbers;
    readonly Clock _clock;
    readonly Savings[] _savings; // by signal
    readonly Tally _dropped;
    readonly Outgoing _outgoing = new();
    readonly List<int> _picked = [];
    Period?[] _periods = []; // by key
    long _held, _cut, _due = long.MaxValue;

    public Downsample(DownsampleOptions options, bool[] thinned, BuildContext context, Schema output) : base(output)
    {
        (_options, _thinned, _clock) = (options, thinned, context.Clock);
        _every = Nanoseconds.Of(options.Every);
        _silence = _every + Math.Min(Nanoseconds.Of(context.Pipeline.Time.Idle), long.MaxValue / 4);
        _kinds = [.. context.Input.Signals.Select(s => s.Kind)];
        _allNumbers = context.Input.AllNumbers;
        _savings = new Savings[thinned.Length];
        _dropped = Books.Reason("downsampled");
        StateShape = $"downsample {options.Keep} every {_every} of {string.Join(',', output.Signals.Where((_, signal) => thinned[signal]).Select(s => s.Name))}";
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            for (var signal = 0; signal < _savings.Length; signal++)
                if (_savings[signal].In > 0) yield return (Output.Signals[signal].Name, _savings[signal].Ratio);
            if (_cut > 0) yield return ("cut", $"{_cut:N0} periods of more than {_options.MaxHeld:N0} readings");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_periods.Length < Output.Keys.Count) Array.Resize(ref _periods, Math.Max(Output.Keys.Count, 2 * _periods.Length));
        Savings.CountIn(_savings, batch);
        var now = _clock.Now;
        var key = batch.Key;
        var time = batch.Time[..key.Length];
        var value = batch.Value[..key.Length];
        var qualities = batch.HasQuality ? batch.Quality : [];
        var (periods, isMean, absorbed) = (_periods, _options.Keep == DownsampleKeep.Mean, 0);
        for (var row = 0; row < key.Length; row++)
        {
            var period = periods[key[row]];
            var quality = qualities.IsEmpty ? Quality.Good : qualities[row];
            var number = _allNumbers || period is null ? value[row] : Slot.Number(value[row], _kinds[period.Signal]);
            if (period is null || !period.Has(time[row], quality) || !double.IsFinite(number))
            {
                Take(new HeldReading(time[row], key[row], value[row], quality, batch.Source), now, output);
                continue;
            }

            // The usual case at once: a further reading of the period under way.
            (period.Newest, period.LastInput) = (time[row], now);
            period.Count++;
            if (!isMean)
            {
                Add(period, new HeldReading(time[row], key[row], value[row], quality, batch.Source), number, output);
                continue;
            }

            period.Sum += number;
            absorbed++;
        }

        Books.Absorbed += absorbed;
        if (_due == long.MaxValue && batch.Count > 0) _due = now + _silence;
        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        _due = long.MaxValue;
        foreach (var period in InOrder())
        {
            if (period.LastInput + _silence <= now) Close(period, output);
            else _due = Math.Min(_due, period.LastInput + _silence);
        }

        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var period in InOrder()) Close(period, output);
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        var periods = _periods.OfType<Period>().ToList();
        state.Write((long)periods.Count);
        foreach (var period in periods)
        {
            state.WriteKey(Output, period.Key).Write(period.Newest).Write(period.Start).Write(period.Count).Write(period.Sum).Write((long)period.Kept.Count);
            state.Write(period.Time).Write((long)period.Quality).Write((long)period.Source);
            foreach (var kept in period.Kept) state.Write(kept.Time).Write(kept.Slot).Write((long)kept.Source);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = state.Key(Output);
            if (_periods.Length <= key) Array.Resize(ref _periods, Math.Max(Output.Keys.Count, 2 * _periods.Length));
            var period = _periods[key] = new Period(key, Output.Keys.SignalOf[key]) { Newest = state.Long(), Start = state.Long(), Count = state.Long(), Sum = state.Double(), LastInput = _clock.Now };
            if (period.Count > 0) period.End = EndOf(period.Start);
            var kept = state.Long();
            (period.Time, period.Quality, period.Source) = (state.Long(), (Quality)state.Long(), state.Int());
            for (; kept > 0; kept--) Hold(period, new HeldReading(state.Long(), key, state.Double(), period.Quality, state.Int()));
            _due = _clock.Now + _silence;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // it is the rarer way, and would take the registers of the usual one
    void Take(in HeldReading came, long now, Output output)
    {
        var signal = Output.Keys.SignalOf[came.Key];
        if (!_thinned[signal])
        {
            Emit(came, signal, output);
            return;
        }

        var period = _periods[came.Key] ??= new Period(came.Key, signal);
        period.LastInput = now;
        var value = Slot.Number(came.Slot, _kinds[period.Signal]);
        var reading = _options.Keep == DownsampleKeep.Mean ? came with { Slot = value } : came;
        if (reading.Time < period.Newest)
        {
            Emit(reading, period.Signal, output); // late: it passes the period by
            return;
        }

        period.Newest = reading.Time;
        var start = Nanoseconds.FloorDiv(reading.Time, _every);
        if (period.Count > 0 && (start != period.Start || reading.Quality != period.Quality || !double.IsFinite(value))) Close(period, output);
        if (!double.IsFinite(value))
        {
            Emit(reading, period.Signal, output);
            return;
        }

        if (period.Count++ == 0) (period.Start, period.End, period.Time, period.Quality, period.Source, period.Sum) = (start, EndOf(start), reading.Time, reading.Quality, reading.Source, 0);
        Add(period, reading, value, output);
    }

    void Add(Period period, in HeldReading reading, double value, Output output)
    {
        switch (_options.Keep)
        {
            case DownsampleKeep.First when period.Count == 1:
                Emit(reading, period.Signal, output);
                break;
            case DownsampleKeep.First:
                _dropped.AddOf(period.Signal);
                break;
            case DownsampleKeep.Last:
                if (period.Kept.Count > 0) Drop(period, 0);
                Hold(period, reading);
                break;
            case DownsampleKeep.Mean:
                period.Sum += value;
                Books.Absorbed++;
                break;
            case DownsampleKeep.MinMax:
                HoldExtreme(period, reading, value);
                break;
            default:
                Hold(period, reading);
                if (period.Kept.Count < _options.MaxHeld) break;
                _cut++;
                Close(period, output);
                break;
        }
    }

    /// <summary>Holds the smallest and the largest so far, in the order of their time; of equal ones the first.</summary>
    void HoldExtreme(Period period, in HeldReading reading, double value)
    {
        var kept = period.Kept;
        if (kept.Count < 2)
        {
            if (kept.Count == 0 || value != ValueOf(period, 0)) Hold(period, reading);
            else _dropped.AddOf(period.Signal);
            return;
        }

        var (first, second) = (ValueOf(period, 0), ValueOf(period, 1));
        if (value >= Math.Min(first, second) && value <= Math.Max(first, second))
        {
            _dropped.AddOf(period.Signal);
            return;
        }

        // The new one takes the place of that on its side.
        Drop(period, (value > first) == (first > second) ? 0 : 1);
        Hold(period, reading);
    }

    /// <summary>The period is over, or cut: what is kept of it leaves.</summary>
    void Close(Period period, Output output)
    {
        if (_options.Keep == DownsampleKeep.Mean && period.Count > 0)
        {
            Books.Created++;
            Emit(new HeldReading(period.Time, period.Key, period.Sum / period.Count, period.Quality, period.Source), period.Signal, output);
        }
        else if (_options.Points is { } points && period.Kept.Count > points)
        {
            LargestTriangles.Pick(period.Kept, _kinds[period.Signal], points, _picked);
            foreach (var number in _picked) Emit(period.Kept[number], period.Signal, output);
            _dropped.AddOf(period.Signal, period.Kept.Count - points);
        }
        else
        {
            foreach (var kept in period.Kept) Emit(kept, period.Signal, output);
        }

        _held -= period.Kept.Count;
        period.Kept.Clear();
        (period.Count, period.End) = (0, long.MinValue);
    }

    void Hold(Period period, in HeldReading reading)
    {
        period.Kept.Add(reading);
        _held++;
    }

    void Drop(Period period, int number)
    {
        period.Kept.RemoveAt(number);
        _held--;
        _dropped.AddOf(period.Signal);
    }

    long EndOf(long start) => start >= Nanoseconds.Max / _every ? long.MaxValue : (start + 1) * _every;

    double ValueOf(Period period, int number) => Slot.Number(period.Kept[number].Slot, _kinds[period.Signal]);

    void Emit(in HeldReading reading, int signal, Output output)
    {
        _savings[signal].Kept++;
        _outgoing.Add(output, reading.Time, reading.Key, reading.Slot, reading.Quality, reading.Source);
    }

    /// <summary>In the order of device and signal, so that what leaves together leaves in the same order in every run.</summary>
    IEnumerable<Period> InOrder() => _periods.OfType<Period>().Where(p => p.Count > 0).OrderBy(p => Output.Keys.Text(Output.Keys.DeviceOf[p.Key]), StringComparer.Ordinal).ThenBy(p => p.Signal);

    /// <summary>The period under way of one key: the quality and the number of its readings, and those that may be kept, in the order of their time.</summary>
    sealed class Period(int key, int signal)
    {
        public int Key => key;

        public int Signal => signal;

        public List<HeldReading> Kept { get; } = [];

        public long Newest { get; set; } = long.MinValue;

        public long Start { get; set; }

        /// <summary>Where the period under way ends; before all time where there is none.</summary>
        public long End { get; set; } = long.MinValue;

        public long Time { get; set; }

        public long Count { get; set; }

        public double Sum { get; set; }

        public Quality Quality { get; set; }

        public int Source { get; set; }

        public long LastInput { get; set; }

        /// <summary>Whether a reading of that time and quality belongs to the period under way.</summary>
        public bool Has(long time, Quality quality) => time >= Newest && time < End && quality == Quality;
    }
}
