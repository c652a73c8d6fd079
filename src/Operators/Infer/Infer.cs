namespace StreamEdge;

/// <summary>
/// Scores rows with a model and marks anomalies. The model's columns, units and shapes are checked against the rows
/// before anything runs. What the model says stands in further columns: <c>error</c>, <c>score</c>,
/// <c>contribution_COLUMN</c> and <c>top</c> of a reconstruction, <c>label</c> and <c>probability</c> of classes,
/// <c>value</c> of a value; and <c>anomaly</c>. Rows that cannot be scored pass without, and are counted.
/// </summary>
/// <example>
/// - align: { same_time }
/// - infer: { model: press@1, anomaly: { when: score > 0.999, for: 3 rows, clear: score &lt; 0.99 } }
/// </example>
public sealed record InferOptions : OperatorOptions
{
    /// <summary>The model as NAME@VERSION: the folder <c>models/NAME/VERSION</c>, beside the pipeline's file or above it.</summary>
    public required string Model { get; init; }

    /// <summary>How rows of different machines share one call of the model.</summary>
    public MicroBatchOptions Batch { get; init; } = new();

    /// <summary>What makes an anomaly. Without it rows are scored, and none is marked.</summary>
    public AnomalyOptions? Anomaly { get; init; }

    /// <inheritdoc/>
    public override Operator Build(BuildContext context)
    {
        if (!context.WantsRows("infer")) return default(Refusal);
        var sound = CheckFor(context);
        if (!ModelFolder.TrySplit(Model, out var name, out var version))
            return context.Fault(nameof(Model), $"{Visible.Quote(Model)} is no model", $"write it as NAME@VERSION, such as {ModelFolder.All(context.Pipeline.ModelFolders()).LastOrDefault(m => m.StartsWith($"{Model}@", StringComparison.Ordinal)) ?? "press-anomaly@2"}");
        if (context.Pipeline.Surroundings.WithoutModels) return sound ? new Unscored(context.Input, Anomaly is not null) : default(Refusal);
        if (ModelCheck.Open(context, name, version, Batch.Max) is not { } parts) return default(Refusal);
        if (CheckConditions(context, parts, out var marks) && sound) return new Infer(marks is null ? parts.Rows : parts.Rows.Plus([new Column(Columns.Anomaly, Kind.Bool)]), this, parts, context.Clock, marks);
        parts.Model.Dispose();
        return default(Refusal);
    }

    bool CheckFor(BuildContext context)
    {
        if (Anomaly is not { For: { Of: var of, Count: var count } } || of == "row" || (of == "window" && context.Input.HasWindow)) return true;
        context.Fault(nameof(Anomaly), $"infer cannot count {of}s here", $"write 'for: {new Occurrences(count, context.Input.HasWindow ? "window" : "row")}'", nameof(AnomalyOptions.For));
        return false;
    }

    bool CheckConditions(BuildContext context, ModelParts parts, out AnomalyMarks? marks)
    {
        marks = null;
        if (Anomaly is null) return true;
        var when = parts.When(context, Anomaly);
        var clear = Anomaly.Clear is { } condition ? parts.Bind(context, condition, nameof(AnomalyOptions.Clear)) : null;
        if (when is null || (Anomaly.Clear is not null && clear is null)) return false;
        marks = new(when, clear, Anomaly.For.Count);
        return true;
    }
}

/// <summary>How rows share one call of a model.</summary>
public sealed record MicroBatchOptions
{
    /// <summary>Most rows of one call, 1 to 1,024; as soon as so many wait, they are scored. Default: 256.</summary>
    [Between(1, 1024)]
    public int Max { get; init; } = 256;

    /// <summary>Longest time a row waits for others, 0s to 10s; with 0s only rows that come together share a call. Default: 50ms.</summary>
    [Between("0s", "10s")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromMilliseconds(50);
}

/// <summary>What makes an anomaly.</summary>
public sealed record AnomalyOptions
{
    /// <summary>What makes a row suspicious: an expression of its columns, such as <c>score > 0.98 and temp_max > 60 degC</c>. Default: error or value above the model's own threshold.</summary>
    public Expression? When { get; init; }

    /// <summary>How many suspicious windows or rows of a key in a row make an anomaly. Default: 1 row.</summary>
    public Occurrences For { get; init; } = new(1, "row");

    /// <summary>What ends an anomaly, such as <c>score &lt; 0.90</c>. Default: the first row that is not suspicious.</summary>
    public Expression? Clear { get; init; }
}

/// <summary>
/// Collects rows until there are enough of them or the first has waited long enough, then scores them in one call.
/// Rows leave in the order they came.
/// </summary>
sealed class Infer : Operator, IDisposable
{
    readonly ModelParts _parts;
    readonly AnomalyMarks? _marks;
    readonly Clock _clock;
    readonly long _wait;
    readonly int _max, _first;
    readonly int[] _rows;
    readonly List<Batch> _waiting = []; // of the output's columns, those of the result still unset; one per source in turn
    long _held, _due = long.MaxValue, _scored, _notFinite;
    StubbedResult? _stub;

    public Infer(Schema output, InferOptions options, ModelParts parts, Clock clock, AnomalyMarks? marks) : base(output)
    {
        (_parts, _marks, _clock) = (parts, marks, clock);
        _wait = Nanoseconds.Of(options.Batch.Wait);
        _max = Math.Min(parts.Model.Capacity, output.MaxRows);
        _first = output.Columns.Count - parts.Verdict.Columns.Count - (marks is null ? 0 : 1);
        _rows = new int[_max];
    }

    /// <inheritdoc/>
    public override bool NeedsOrder => _parts.Input.NeedsOrder || _marks is { NeedsOrder: true };

    /// <inheritdoc/>
    public override bool OwnStage => _wait > 0;

    /// <inheritdoc/>
    public override long Held => _held;

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override string Model => $"{_parts.Contract.Name}@{_parts.Contract.Version}";

    /// <inheritdoc/>
    public override void Stub(IReadOnlyList<StubbedColumn> columns) => _stub = new StubbedResult(columns, _first, _parts.Verdict.Columns);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report
    {
        get
        {
            yield return ("scored", $"{_scored:N0}");
            foreach (var (name, count) in new[]
            {
                ("not scored, a value is missing", _parts.Input.Missing),
                ("not scored, quality too low", _parts.Input.NotGood),
                ("not scored, too few rows before", _parts.Input.TooEarly),
                ("scored, but no finite result", _notFinite),
                ("outside the training range", _parts.Input.Outside),
            })
                if (count > 0) yield return (name, $"{count:N0}");
        }
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        for (var from = 0; from < batch.Count;)
        {
            if (_held >= _max) ScoreAll(output); // more may be held than fit a call, where the saved state came from larger ones
            var waiting = Waiting(output, batch.Source);
            var rows = Math.Min(batch.Count - from, _max - (int)_held);
            waiting.Append(batch, from, rows);
            (from, _held) = (from + rows, _held + rows);
        }

        batch.Release();
        if (_held >= _max || (_held > 0 && _wait == 0)) ScoreAll(output);
        else if (_held > 0 && _due == long.MaxValue) _due = _clock.Now + _wait;
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output) => ScoreAll(output);

    /// <inheritdoc/>
    public override void Finish(Output output) => ScoreAll(output);

    /// <inheritdoc/>
    public override string StateShape => $"{_parts.Sha256} {_marks?.StateShape ?? "scores"}";

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write(_scored).Write(_notFinite);
        _parts.Input.Save(state, Output);
        _marks?.Save(state, Output);
        state.Write((long)_waiting.Count);
        foreach (var batch in _waiting)
        {
            for (var column = _first; column < Output.Columns.Count; column++) batch.Column(column).Fill(Slot.MissingOf(Output.Columns[column].Kind));
            state.WriteRows(batch);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        (_scored, _notFinite) = (state.Long(), state.Long());
        _parts.Input.Restore(state, Output);
        _marks?.Restore(state, Output);
        var pool = new BatchPool();
        for (var left = state.Long(); left > 0; left--)
        {
            var saved = pool.Rent(Output);
            state.ReadRows(saved);
            for (var from = 0; from < saved.Count; from += _max)
            {
                var batch = pool.Rent(Output);
                batch.Source = saved.Source;
                batch.Append(saved, from, Math.Min(_max, saved.Count - from));
                _waiting.Add(batch);
            }

            _held += saved.Count;
            saved.Release();
        }

        if (_held > 0) _due = _clock.Now + _wait;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Model.Dispose();

    Batch Waiting(Output output, int source)
    {
        if (_waiting.Count == 0 || _waiting[^1].Source != source) _waiting.Add(output.Rent(source));
        return _waiting[^1];
    }

    void ScoreAll(Output output)
    {
        _due = long.MaxValue;
        foreach (var batch in _waiting)
        {
            Score(batch);
            _held -= batch.Count;
            output.Emit(batch);
        }

        _waiting.Clear();
    }

    void Score(Batch batch)
    {
        var model = _parts.Model;
        var packed = _parts.Input.Pack(batch, model.Input, _rows);
        var notFinite = 0;
        if (packed > 0 && _stub is { } stub) stub.Write(batch, _rows.AsSpan(0, packed));
        else if (packed > 0)
        {
            model.Run(packed);
            notFinite = _parts.Verdict.Write(batch, _first, packed, model.Input, model.Output);
        }

        (_scored, _notFinite) = (_scored + packed, _notFinite + notFinite);
        if (packed < batch.Count) _parts.Verdict.Spread(batch, _first, _rows.AsSpan(0, packed));
        _marks?.Mark(batch, _stub?.First ?? _first, packed - notFinite == batch.Count, Output.Columns.Count - 1);
    }
}

/// <summary>Stands in for <see cref="Infer"/> while its model is yet to be trained: rows pass with the columns that a trained model will add, all missing.</summary>
sealed class Unscored(Schema input, bool marks) : Operator(input.Plus([.. Reconstruction.ColumnsOf(ModelTraining.Inputs(input), calibrated: true), .. marks ? [new Column(Columns.Anomaly, Kind.Bool)] : Array.Empty<Column>()]))
{
    readonly int _first = input.Columns.Count;

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        for (var from = 0; from < batch.Count;)
        {
            var passed = output.Rent(batch.Source);
            var rows = Math.Min(batch.Count - from, Output.MaxRows);
            passed.Append(batch, from, rows);
            for (var column = _first; column < Output.Columns.Count; column++) passed.Column(column).Fill(Slot.MissingOf(Output.Columns[column].Kind));
            from += rows;
            output.Emit(passed);
        }

        batch.Release();
    }
}
