namespace StreamEdge;

/// <summary>Makes readings of machines that do not exist, with faults whose truth is known. The same seed gives the same readings, at any speed.</summary>
/// <example>
/// - collect:
///     simulate: { machines: 2, every: 1s, length: 1h, signals: { temp: { mean: 60, noise: 0.5 } }, faults: { spike: { per: 10m } } }
/// </example>
public sealed record SimulateSourceOptions : SourceOptions
{
    /// <summary>How many machines there are, named m1, m2, … Default: 4.</summary>
    [Short]
    [Between(1, 10_000)]
    public int Machines { get; init; } = 4;

    /// <summary>The tag that names the machine. Default: machine.</summary>
    public string Tag { get; init; } = "machine";

    /// <summary>Another seed gives other readings. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The time of the first readings. Default: 2026-01-01T00:00:00Z.</summary>
    public Instant? Start { get; init; }

    /// <summary>How much time to simulate. Without it the simulation has no end, and needs a speed.</summary>
    [Between("1ms", "3650d")]
    public TimeSpan? Length { get; init; }

    /// <summary>Time from one reading to the next, for all signals. Default: each signal's rate; 1s where it has none.</summary>
    [Between("1us", "365d")]
    public TimeSpan? Every { get; init; }

    /// <summary>How fast the simulated time passes: <c>max</c>, or a multiple of real time such as <c>1x</c> or <c>60x</c>. Default: max.</summary>
    public Speed Speed { get; init; } = Speed.Max;

    /// <summary>How the signals behave while their machine is well; what is not said is made up from the signal's range.</summary>
    public IReadOnlyDictionary<string, SimulatedSignal> Signals { get; init; } = new Dictionary<string, SimulatedSignal>();

    /// <summary>The faults that the sensors have; while a model is trained, they have none. Default: none.</summary>
    public SimulatedFaults? Faults { get; init; }

    /// <summary>A file for the faults as they really were, a line of JSON each; relative to the state folder.</summary>
    public string? Labels { get; init; }

    /// <summary>Readings that arrive late. Default: none.</summary>
    public SimulatedDisorder? Disorder { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TagNames => [Tag];

    internal Instant Begin => Start ?? new Instant(1_767_225_600 * Nanoseconds.Second);

    /// <inheritdoc/>
    public override Source Build(BuildContext context)
    {
        var models = SimulateCheck.Check(this, context);
        if (models.Count == 0) return default(Refusal);
        return new SimulateSource(context.Pipeline.Surroundings.WithoutModels ? this with { Faults = null, Labels = null } : this, models, context.Pipeline);
    }
}

/// <summary>Which simulated readings arrive late.</summary>
public sealed record SimulatedDisorder
{
    /// <summary>How many of them.</summary>
    [Short]
    public required Percent Share { get; init; }

    /// <summary>How late at most. Default: 1s.</summary>
    [Between("1us", "1h")]
    public TimeSpan UpTo { get; init; } = TimeSpan.FromSeconds(1);
}

sealed class SimulateSource : Source
{
    // So that a time in which no sensor sends anything does not keep a barrier waiting.
    const int MostAtOnce = 100_000;

    readonly SimulateSourceOptions _options;
    readonly IReadOnlyList<SignalModel> _models;
    readonly SimulatedMachine[] _machines;
    readonly int[] _keys; // by machine and model
    readonly FaultLabels? _labels;
    readonly Pace _pace;
    readonly Func<Batch, Filled> _fill;
    readonly RandomStream _delays;
    readonly PriorityQueue<Late, (long, long)> _late = new(); // by arrival, then by the order they were made
    readonly Tally _tooManyKeys;
    readonly string _shape;
    readonly long _start, _end, _upTo;
    readonly double _share;
    readonly long[] _next; // by model
    long _time; // of the readings being made, since the start
    int _machine, _model; // which of them is next
    long _made;

    public SimulateSource(SimulateSourceOptions options, IReadOnlyList<SignalModel> models, PipelineContext pipeline) : base(pipeline.Readings)
    {
        (_options, _models) = (options, models);
        var seed = pipeline.Surroundings.Seed ?? options.Seed;
        _start = options.Begin.UnixNanoseconds;
        _end = Math.Min(options.Length is { } length ? Nanoseconds.Of(length) : long.MaxValue, (long)Int128.Min((Int128)Nanoseconds.Max - _start, long.MaxValue));
        _machines = [.. Enumerable.Range(0, options.Machines).Select(m => new SimulatedMachine(models, options.Faults ?? new(), _end, seed, m))];
        _labels = options.Labels is { } labels ? new FaultLabels(pipeline.OutputPath(labels)) : null;
        _pace = new(options.Speed, pipeline.Clock);
        _delays = new(seed, -1);
        _share = options.Disorder?.Share.Fraction ?? 0;
        _upTo = Nanoseconds.Of(options.Disorder?.UpTo ?? TimeSpan.Zero);
        _tooManyKeys = Books.Reason("too_many_keys");
        _shape = $"{seed} {_start} {_machines.Length} {string.Join(' ', models.Select(m => m.Name))}";
        _next = new long[models.Count];
        _fill = Fill;
        _keys = Keys(pipeline.Readings.Keys);
    }

    /// <inheritdoc/>
    public override double Progress => _options.Length is null ? double.NaN : Math.Min(1, _time / (double)_end);

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        _labels?.Open();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel) => _pace.ReadAsync(batch, _fill, cancel);

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write(_shape).Write(_time).Write((long)_machine).Write((long)_model).Write(_made).Write(_next);
        _delays.Save(state);
        foreach (var machine in _machines) machine.Save(state);
        state.Write((long)_late.Count);
        foreach (var (late, (arrival, order)) in _late.UnorderedItems.OrderBy(l => l.Priority))
            state.Write(arrival).Write(order).Write(late.Time).Write((long)late.Place).Write(late.Slot);
        _labels?.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        var shape = state.Text();
        if (shape != _shape) throw new InvalidOperationException($"its saved state is of another simulation (seed, start, machines and signals {shape}, now {_shape}); put it back, or begin anew with 'run --fresh'");
        (_time, _machine, _model, _made) = (state.Long(), state.Int(), state.Int(), state.Long());
        state.Longs().CopyTo(_next, 0);
        _delays.Restore(state);
        foreach (var machine in _machines) machine.Restore(state);
        for (var left = state.Int(); left > 0; left--)
        {
            var priority = (state.Long(), state.Long());
            _late.Enqueue(new Late(state.Long(), state.Int(), state.Double()), priority);
        }

        _labels?.Restore(state);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _labels?.Dispose();
        return base.DisposeAsync();
    }

    Filled Fill(Batch batch)
    {
        for (var instants = 0; _time < _end; instants++)
        {
            if (instants == MostAtOnce) return Filled.More;
            if (!_pace.IsDue(_start + _time)) return Filled.NotDue;
            if (!GiveLate(batch, _time) || !GiveNow(batch)) return Filled.More;
            Step();
        }

        return GiveLate(batch, long.MaxValue) ? Filled.Ended : Filled.More;
    }

    /// <summary>Makes the readings of this instant; false where the batch is full before they are all in it.</summary>
    bool GiveNow(Batch batch)
    {
        for (; _machine < _machines.Length; _machine++, _model = 0)
        {
            var machine = _machines[_machine];
            if (_model == 0 && machine.Advance(_time)) Label(machine);
            for (; _model < _models.Count; _model++)
            {
                if (_next[_model] != _time) continue;
                if (batch.Count == Output.MaxRows) return false;
                if (machine.TryMake(_model, _time, out var value)) Give(batch, value);
            }
        }

        _machine = 0;
        return true;
    }

    void Give(Batch batch, double value)
    {
        var place = _machine * _models.Count + _model;
        var slot = _models[_model].IsWhole ? Slot.Of((long)Math.Clamp(value, -1e18, 1e18)) : value;
        _made++;
        if (_share > 0 && _delays.Next() < _share) _late.Enqueue(new Late(_time, place, slot), (_time + 1 + (long)(_delays.Next() * _upTo), _made));
        else Append(batch, _time, place, slot);
    }

    /// <summary>Hands over the late readings that have arrived by then; false where the batch is full before.</summary>
    bool GiveLate(Batch batch, long until)
    {
        while (_late.TryPeek(out var late, out var priority) && priority.Item1 <= until)
        {
            if (batch.Count == Output.MaxRows) return false;
            Append(batch, late.Time, late.Place, late.Slot);
            _late.Dequeue();
        }

        return true;
    }

    void Append(Batch batch, long time, int place, double slot)
    {
        if (_keys[place] >= 0) batch.Append(_start + time, _keys[place], slot);
        else _tooManyKeys.AddOf(_models[place % _models.Count].Signal);
    }

    /// <summary>Goes on to the next instant that has readings.</summary>
    void Step()
    {
        var next = long.MaxValue;
        for (var model = 0; model < _next.Length; model++)
        {
            if (_next[model] == _time) _next[model] += _models[model].Period;
            next = Math.Min(next, _next[model]);
        }

        _time = next;
    }

    void Label(SimulatedMachine machine)
    {
        var faults = machine.Faults;
        _labels?.Write(_options.Tag, machine.Name, faults.Signal < 0 ? "all" : _models[faults.Signal].Name, faults.Kind, _start + faults.From, _start + faults.Until);
    }

    int[] Keys(KeyTable keys)
    {
        var tags = keys.TagNames.Select(_ => "").ToArray();
        var place = keys.TagNames.ToList().IndexOf(_options.Tag);
        var all = new List<int>();
        foreach (var machine in _machines)
        {
            tags[place] = machine.Name;
            var device = keys.Device(tags);
            foreach (var model in _models) all.Add(device < 0 ? -1 : keys.Key(device, model.Signal));
        }

        return [.. all];
    }

    /// <summary>A reading under way.</summary>
    readonly record struct Late(long Time, int Place, double Slot);
}
