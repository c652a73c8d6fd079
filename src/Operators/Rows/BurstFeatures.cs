using System.Collections.ObjectModel;

namespace StreamEdge;

/// <summary>
/// Turns bursts of a fast signal, as of vibration, into rows with a column per feature: a burst is so many readings of one
/// device that follow one another at the signal's <c>rate</c>. A row has the time of its burst's first reading. Where a
/// reading is further than <c>max_gap</c> behind the one before, a burst begins anew: the readings before, too few, are
/// dropped as <c>incomplete</c>, as those at the end are. A missing, infinite or bad reading spoils its burst, which is
/// dropped with it as <c>spoiled</c>; an uncertain one makes the row uncertain. A burst that took over 5% less or more
/// time than the rate says would show wrong frequencies, and is dropped as <c>off_rate</c>. Readings wait to be put in
/// order; where they are so fast that a <c>wait</c> of 5s is too many, <c>clean: { reorder: 1s }</c> before this makes it shorter.
/// <para>
/// Bands sum up a one-sided power spectrum: the burst, less its mean Σwx / Σw, goes through a Hann window w, and line k of the
/// Fourier transform y has the power 2 |y_k|² / (N Σw²), the first and the last half of that (G. Heinzel, A. Rüdiger and
/// R. Schilling, 2002). All lines together are Σ(w x)² / Σw², the mean square seen through the window. A pure tone has half
/// the square of its amplitude; less than 0.1% of that lies more than two lines away from it. A band's value is in the
/// square of the signal's unit, as (mm/s)², and has no unit here: <c>sqrt</c> in <c>derive</c> makes an rms of it.
/// </para>
/// </summary>
/// <example>
/// - features: { of: vibration, burst: 1024, compute: [rms, crest_factor, kurtosis], bands: { low: 10..1000 Hz, bearing: 2..5 kHz } }
/// </example>
public sealed record FeaturesOptions : OperatorOptions
{
    /// <summary>The signal, which must declare its <c>rate</c>; readings of others are dropped as <c>not_computed</c>.</summary>
    public required string Of { get; init; }

    /// <summary>How many readings a burst has, 8 to 65,536; with <c>bands</c> a power of two. The lines of its spectrum are the rate divided by this apart. There is room for 33,554,432 readings (256 MB) in the bursts of all devices; those of further devices are dropped as <c>too_many_keys</c>.</summary>
    [Between(8, 65_536)]
    public required int Burst { get; init; }

    /// <summary>What is computed of the values, as columns such as <c>vibration_rms</c>: <c>mean</c>, <c>std</c>, <c>rms</c>, <c>peak</c> (the largest distance from 0), <c>peak_to_peak</c>, <c>crest_factor</c> (peak by rms), <c>kurtosis</c> (3 for noise) and <c>skewness</c>. Default: [rms, peak, crest_factor, kurtosis, skewness].</summary>
    public IReadOnlyList<BurstFeature> Compute { get; init; } = [BurstFeature.Rms, BurstFeature.Peak, BurstFeature.CrestFactor, BurstFeature.Kurtosis, BurstFeature.Skewness];

    /// <summary>Bands of frequencies whose power is computed, as columns such as <c>vibration_band_low</c>: <c>{ low: 10..1000 Hz, bearing: 2..5 kHz }</c>, in Hz, kHz or rpm, up to half the rate. A band has the lines from its begin to below its end, one that ends at half the rate that line too; bands do not overlap. Default: none.</summary>
    public IReadOnlyDictionary<string, Band> Bands { get; init; } = ReadOnlyDictionary<string, Band>.Empty;

    /// <summary>How far apart two readings of a burst may be, in periods of the rate, 1.1 to 1,000. Default: 1.5, so that a lost reading begins a burst anew; more where the times are those of the arrival, which are uneven.</summary>
    [Between(1.1, 1000)]
    public double MaxGap { get; init; } = 1.5;

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsReadings("features") || context.SignalNumber(nameof(Of), Of) is not (>= 0 and var number)) return default(Refusal);
        var signal = context.Input.Signals[number];
        if (signal.Kind is not (Kind.Number or Kind.Integer)) return context.Fault(nameof(Of), $"'{Of}' is {signal.Kind.ToString().ToLowerInvariant()} and has no features", "name a signal that is a number");
        if (signal.PerSecond is double.NaN) return default(Refusal);
        if (signal.PerSecond is not { } perSecond) return context.Fault(nameof(Of), $"'{Of}' declares no rate, so that nobody knows which frequencies its bursts hold", $"write 'rate: 25600/s' under 'signals: {Of}:'");
        return BurstColumns.Read(this, signal, perSecond, context) is { } columns ? new BurstFeatures(this, number, perSecond, columns, context.Input) : default(Refusal);
    }
}

/// <summary>Gathers the burst of each device. Its readings are held, for they may yet be dropped.</summary>
sealed class BurstFeatures : Operator
{
    /// <summary>Most readings for which there is room, in the bursts of all devices: 256 MB.</summary>
    const int MostValues = 32 * 1024 * 1024;

    const int Unmet = -1, Refused = -2;

    /// <summary>By which share a burst may be longer or shorter than its rate says.</summary>
    const double MostOff = 0.05;

    readonly Schema _input;
    readonly int _signal, _length;
    readonly Kind _kind;
    readonly BurstColumns _columns;
    readonly ulong _gap; // nanoseconds
    readonly double _perSecond, _span; // nanoseconds from the first reading of a burst to the last
    readonly List<Burst> _bursts = []; // by device of the rows
    readonly PerKey<int> _burstOf = new(Unmet); // by device; Refused where there is no room for it
    readonly Outgoing _outgoing = new();
    readonly Tally _unused, _late, _duplicate, _conflict, _incomplete, _spoiled, _offRate, _full;
    long _held;

    public BurstFeatures(FeaturesOptions options, int signal, double perSecond, BurstColumns columns, Schema input)
        : base(Schema.Rows(new KeyTable([.. input.Keys.TagNames], signals: 0), input.Codes, columns.Made, hasWindow: false), input.Signals)
    {
        (_input, _signal, _length, _kind, _columns, _perSecond) = (input, signal, options.Burst, input.Signals[signal].Kind, columns, perSecond);
        _gap = (ulong)Math.Min(options.MaxGap / perSecond * Nanoseconds.Second, long.MaxValue);
        _span = (_length - 1) / perSecond * Nanoseconds.Second;
        _unused = Books.Reason("not_computed");
        _late = Books.Reason("late");
        _duplicate = Books.Reason("duplicate");
        _conflict = Books.Reason("conflict");
        _incomplete = Books.Reason("incomplete");
        _spoiled = Books.Reason("spoiled");
        _offRate = Books.Reason("off_rate");
        _full = Books.Reason("too_many_keys");
        StateShape = $"features of {options.Of}, bursts of {_length} at {Number.Text(perSecond)}/s";
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var (signalOf, deviceOf) = (_input.Keys.SignalOf, _input.Keys.DeviceOf);
        for (var row = 0; row < time.Length; row++)
        {
            if (signalOf[key[row]] != _signal) _unused.AddOf(signalOf[key[row]]);
            else if (BurstOf(deviceOf[key[row]]) is not { } burst) _full.AddOf(_signal);
            else Take(burst, time[row], value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good, batch.Source, output);
        }

        batch.Release();
        _outgoing.Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var burst in _bursts) BreakOff(burst, _incomplete);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write((long)_bursts.Count);
        foreach (var (device, burst) in _bursts.Index())
        {
            state.WriteDevice(Output.Keys, device).Write(burst.Last).Write(burst.LastSlot);
            state.Write(burst.First).Write((long)burst.Quality).Write(burst.Values.AsSpan(0, burst.Count));
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var burst = BurstNumber(state.Device(Output.Keys));
            (burst.Last, burst.LastSlot, burst.First, burst.Quality) = (state.Long(), state.Double(), state.Long(), (Quality)state.Long());
            var values = state.Doubles();
            values.CopyTo(burst.Values, 0);
            burst.Count = values.Length;
            _held += values.Length;
        }
    }

    void Take(Burst burst, long at, double slot, Quality quality, int source, Output output)
    {
        if (at <= burst.Last)
        {
            (at < burst.Last ? _late : Slot.Bits(slot) == Slot.Bits(burst.LastSlot) ? _duplicate : _conflict).AddOf(_signal);
            return;
        }

        if (burst.Count > 0 && (ulong)(at - burst.Last) > _gap) BreakOff(burst, _incomplete);
        (burst.Last, burst.LastSlot) = (at, slot);
        var value = Slot.Number(slot, _kind);
        if (!double.IsFinite(value) || quality == Quality.Bad)
        {
            BreakOff(burst, _spoiled);
            _spoiled.AddOf(_signal);
            return;
        }

        if (burst.Count == 0) (burst.First, burst.Quality) = (at, quality);
        else if (quality > burst.Quality) burst.Quality = quality;
        burst.Values[burst.Count++] = value;
        _held++;
        if (burst.Count == _length) Complete(burst, source, output);
    }

    void Complete(Burst burst, int source, Output output)
    {
        var span = (double)(burst.Last - burst.First);
        if (Math.Abs(span - _span) > MostOff * _span)
        {
            if (_offRate.Total == 0) Books.Notice($"is given '{_input.Signals[_signal].Name}' at other than the {Number.Text(_perSecond)}/s that are declared, and drops such bursts: their frequencies would be wrong");
            BreakOff(burst, _offRate);
            return;
        }

        var rows = _outgoing.Next(output, source);
        var row = rows.Count - 1;
        (rows.Time[row], rows.Key[row]) = (burst.First, burst.Number);
        _columns.Fill(rows, row, burst.Values, Books);
        if (rows.HasQuality || burst.Quality != Quality.Good) rows.Quality[row] = burst.Quality;
        Books.Created++;
        Books.Absorbed += _length;
        _held -= _length;
        burst.Count = 0;
    }

    void BreakOff(Burst burst, Tally reason)
    {
        if (burst.Count == 0) return;
        reason.AddOf(_signal, burst.Count);
        _held -= burst.Count;
        burst.Count = 0;
    }

    /// <summary>The burst of a device, null where there is no room for one more.</summary>
    Burst? BurstOf(int device)
    {
        ref var number = ref _burstOf[device];
        if (number == Unmet)
        {
            // There are never more keys of rows than devices, so their table is never full.
            var met = Output.Keys.Device(_input.Keys.Tags(device));
            number = met < MostValues / _length ? BurstNumber(met).Number : Refused;
        }

        return number == Refused ? null : _bursts[number];
    }

    Burst BurstNumber(int number)
    {
        while (_bursts.Count <= number) _bursts.Add(new Burst(_bursts.Count, _length));
        return _bursts[number];
    }

    /// <summary>The readings of one device that follow one another.</summary>
    sealed class Burst(int number, int length)
    {
        /// <summary>Its device's number among the keys of the rows.</summary>
        public int Number => number;

        public double[] Values { get; } = new double[length];

        public int Count { get; set; }

        public long First { get; set; }

        public long Last { get; set; } = long.MinValue;

        public double LastSlot { get; set; }

        public Quality Quality { get; set; }
    }
}
