namespace StreamEdge;

/// <summary>Connects the steps of a file, builds each with the schema that reaches it, and puts in what the file need not say.</summary>
sealed class Planner(PipelineContext context, IReadOnlyList<StepEntry> entries, Faults faults)
{
    readonly List<PlannedStep> _steps = [];
    readonly Dictionary<string, PlannedStep?> _byName = new(StringComparer.Ordinal);
    readonly HashSet<PlannedStep> _read = [];
    IReadOnlyList<PlannedStep?> _before = [];

    public IReadOnlyList<PlannedStep> Plan(Position steps)
    {
        var sources = entries.Where(e => e.Options is SourceOptions).ToList();
        if (sources.Count == 0 && !faults.Any) faults.Add(steps, "no step collects readings", "begin with '- collect:'");
        context.Sources = Math.Max(1, sources.Sum(e => ((SourceOptions)e.Options).LogicalSources));
        foreach (var mute in sources.Where(e => context.Time.Clock == ClockKind.Given && e.Bound.Sound && !((SourceOptions)e.Options).GivesWatermarks))
            faults.Add(mute.At, $"'clock: given' waits for the watermarks of '{mute.Name}', which gives none", "read a file of JSON lines with 'control: true', or write 'clock: shared'");
        foreach (var entry in entries)
        {
            switch (entry.Options)
            {
                case SourceOptions source: PlanSource(entry, source); break;
                case OperatorOptions runner: PlanOperator(entry, runner); break;
                case SinkOptions sink: PlanSink(entry, sink); break;
            }
        }

        if (faults.Any) return _steps;
        foreach (var step in _steps.Where(s => s.Sink is null && !_read.Contains(s)))
            faults.Add(step.At, $"nothing reads what '{step.Name}' emits", step.Branch is null ? "put a step or a sink behind it, or name it in a 'from:'" : $"write 'from: {step.Name}' in a step or sink");
        foreach (var source in _steps.Where(s => s.Source is not null)) CheckUnits(source);
        foreach (var step in _steps.Where(ComesByWays).ToList()) PutInMerge(step);
        return _steps;
    }

    /// <summary>A signal that comes in another unit than it is declared in must be converted by some step: sinks would show one unit and mean the other.</summary>
    void CheckUnits(PlannedStep source)
    {
        for (var signal = 0; signal < source.Output!.Signals.Count; signal++)
        {
            var (given, declared) = (source.Output.Signals[signal], context.Readings.Signals[signal]);
            if (given.Unit is null || declared.Unit is null || given.Unit == declared.Unit) continue;
            if (_steps.Exists(s => s is { Source: null, Output.IsRows: false } && s.Output.Signals[signal].Unit != given.Unit)) continue;
            faults.Add(source.At, $"'{given.Name}' is collected in {given.Unit}, but 'signals:' declares it in {declared.Unit}, and no step converts it", $"add '- normalize: {{ units: declared }}', or declare it in {given.Unit}");
        }
    }

    void PlanSource(StepEntry entry, SourceOptions options)
    {
        var source = entry.Bound.Sound ? options.Build(Context(entry, [])) : null;
        var step = new PlannedStep { Name = entry.Name, Line = entry.Line, Options = options, At = entry.At, Source = source, Output = source?.Output };
        // Sources that follow one another all feed the first step behind them.
        var first = _before.Count > 0 && _before.All(b => b is { Source: not null });
        Add(entry, source is null ? null : step, first ? _before : []);
    }

    void PlanOperator(StepEntry entry, OperatorOptions options)
    {
        var inputs = Inputs(entry);
        if (inputs is null)
        {
            Add(entry, null, []);
            return;
        }

        if (!options.TellsInputsApart) SameSchema(entry, inputs);
        var runner = entry.Bound.Sound ? options.Build(Context(entry, inputs)) : null;
        var ordered = inputs.Count == 1 && inputs[0].Ordered;
        var queue = entry.Queue;
        if (runner is { NeedsOrder: true } && context.Time.Wait > TimeSpan.Zero)
        {
            if (options.TellsInputsApart) inputs = [.. inputs.Select((input, number) => input.Ordered ? input : PutInReorder(entry, [input], null, number > 0 ? $"{number + 1}" : ""))];
            else if (!ordered || runner.Ranks is not null)
            {
                inputs = [PutInReorder(entry, inputs, queue, ranks: runner.Ranks)];
                (ordered, queue) = (true, null);
            }
        }

        var step = runner is null ? null : new PlannedStep
        {
            Name = entry.Name,
            Line = entry.Line,
            Options = options,
            At = entry.At,
            Inputs = inputs,
            Queue = queue,
            Operator = runner,
            Output = runner.Output,
            Ordered = ordered || runner.EmitsInOrder,
        };
        Add(entry, step, []);
        for (var branch = 0; branch < (runner?.Branches.Count ?? 0); branch++) PlanBranch(entry, step!, branch);
        if (runner?.Aside is { } aside) PlanAside(entry, step!, aside);
    }

    /// <summary>A way out of a step is a step of its own, which others read and the books show.</summary>
    void PlanBranch(StepEntry entry, PlannedStep step, int branch)
    {
        var name = step.Operator!.Branches[branch];
        var written = OptionsShape.Of(entry.Options.GetType()).RestOption!.Property.Name;
        var runner = new Branch(step.Output!);
        _byName[$"{step.Name}.{name}"] = PutIn(new PlannedStep { Name = $"{step.Name}.{name}", At = entry.Bound.PositionOf(written, name), Inputs = [step], Branch = branch, Operator = runner, Output = runner.Output, Ordered = step.Ordered });
    }

    /// <summary>What a step sets aside leaves by a step of its own, as from a way out.</summary>
    void PlanAside(StepEntry entry, PlannedStep step, Schema aside) =>
        _byName[$"{step.Name}.late"] = PutIn(new PlannedStep { Name = $"{step.Name}.late", At = entry.At, Inputs = [step], Branch = 0, Operator = new Branch(aside), Output = aside });

    void PlanSink(StepEntry entry, SinkOptions options)
    {
        IReadOnlyList<PlannedStep>? inputs = Inputs(entry);
        if (inputs is null) return;
        if (entry.OnlyAnomaly is { } only)
        {
            var passed = new List<PlannedStep>();
            foreach (var input in inputs)
            {
                if (input.Output!.ColumnNumber(Columns.Anomaly) < 0)
                {
                    faults.Add(only, $"'{input.Name}' marks no anomalies, so none can be sent", "read from an infer step with 'anomaly:'");
                    continue;
                }

                var filter = new OnlyAnomaly(input.Output);
                passed.Add(PutIn(new PlannedStep
                {
                    Name = passed.Count == 0 ? $"{entry.Name}.only" : $"{entry.Name}.only{passed.Count + 1}",
                    At = only,
                    Inputs = [input],
                    Operator = filter,
                    Output = filter.Output,
                    Why = "only anomalies pass",
                }));
            }

            inputs = passed;
        }

        if (inputs.Count == 0) return;
        var sink = entry.Bound.Sound ? options.Build(Context(entry, inputs)) : null;
        if (sink is not null) Put(new PlannedStep { Name = entry.Name, Line = entry.Line, Options = options, At = entry.At, Inputs = inputs, Queue = entry.Queue, Sink = sink });
    }

    /// <summary>The steps that feed this one; null where one of them is wrong, which has been told.</summary>
    List<PlannedStep>? Inputs(StepEntry entry)
    {
        if (entry.From is null)
        {
            if (_before.Count == 0 && !faults.Any) faults.Add(entry.At, $"'{entry.Name}' has no step before it to read from", "begin with '- collect:', or name one in 'from:'");
            return _before.Count == 0 || _before.Any(b => b is null || !IsWhole(b, entry, entry.At)) ? null : [.. _before.Select(b => b!)];
        }

        var inputs = new List<PlannedStep>();
        var sound = true;
        foreach (var name in entry.From)
        {
            if (!_byName.TryGetValue(name.Text, out var step))
            {
                var branched = BranchedFrom(name.Text);
                var later = entries.Any(e => e.Name == name.Text || e.Alias == name.Text) || branched is not null && !_byName.ContainsKey(branched.Name);
                var told = branched is not null && _byName.TryGetValue(branched.Name, out var whole) && whole is null;
                if (!told) faults.Add(name.At, later ? $"'{name.Text}' comes after '{entry.Name}'" : $"there is no step '{name.Text}'",
                    later ? "a step reads from steps before it; move it down" : Suggestion.Remedy(name.Text, _byName.Keys, "the steps before it are"));
            }
            else if (step is not null && inputs.Contains(step))
            {
                faults.Add(name.At, $"'{name.Text}' is named twice", "name each step once");
            }

            if (step is null || !IsWhole(step, entry, name.At)) sound = false;
            else inputs.Add(step);
        }

        return sound ? inputs : null;
    }

    /// <summary>The step of the file that NAME.ROUTE may be a way out of.</summary>
    StepEntry? BranchedFrom(string name) => entries.FirstOrDefault(e => e.Line.Form == StepForm.Single && name.StartsWith($"{e.Name}.", StringComparison.Ordinal));

    /// <summary>Whether a step can be read as a whole; a fault where it has several ways out.</summary>
    bool IsWhole(PlannedStep step, StepEntry reader, Position at)
    {
        if (step.Operator is not { Branches: [var first, ..] }) return true;
        faults.Add(at, $"'{step.Name}' has several ways out, and '{reader.Name}' does not say which it reads", $"write 'from: {step.Name}.{first}'");
        return false;
    }

    void SameSchema(StepEntry entry, IReadOnlyList<PlannedStep> inputs)
    {
        foreach (var other in inputs.Skip(1))
        {
            var (a, b) = (inputs[0].Output!, other.Output!);
            if (a.IsRows || b.IsRows)
            {
                faults.Add(entry.At, $"'{entry.Name}' cannot read rows of '{inputs[0].Name}' and '{other.Name}' together", inputs[0].Branch is not null && other.Branch is not null && inputs[0].Inputs[0] == other.Inputs[0]
                    ? $"no row went by both; put '{entry.Name}' before '{inputs[0].Inputs[0].Name}', or give each route its own step"
                    : "join them first ('- join: { from: [STEP, STEP] }'), or give each its own step");
                continue;
            }

            for (var signal = 0; signal < a.Signals.Count; signal++)
                if (a.Signals[signal] != b.Signals[signal])
                    faults.Add(entry.At, $"'{a.Signals[signal].Name}' is {Shown(a.Signals[signal])} from '{inputs[0].Name}' and {Shown(b.Signals[signal])} from '{other.Name}'", "bring both into one unit first");
        }

        static string Shown(Signal signal) => signal.Unit?.Symbol ?? "without a unit";
    }

    BuildContext Context(StepEntry entry, IReadOnlyList<PlannedStep> inputs) =>
        new(entry.Name, [.. inputs.Select(i => i.Output!)], context, faults, (option, key, item, offset) => option.Length == 0 ? entry.At : entry.Bound.PositionOf(option, key, item, offset), [.. inputs.Select(i => i.Name)]);

    void Add(StepEntry entry, PlannedStep? step, IReadOnlyList<PlannedStep?> beside)
    {
        _byName[entry.Name] = step;
        if (entry.Alias is not null) _byName[entry.Alias] = step;
        _before = [.. beside, step];
        if (step is not null) Put(step);
    }

    PlannedStep PutInReorder(StepEntry entry, IReadOnlyList<PlannedStep> inputs, QueueOptions? queue, string number = "", IReadOnlyList<byte>? ranks = null)
    {
        var reorder = new Reorder(inputs[0].Output!, context, ranks: ranks);
        return PutIn(new PlannedStep
        {
            Name = $"{entry.Name}.reorder{number}",
            At = entry.At,
            Inputs = inputs,
            Operator = reorder,
            Output = reorder.Output,
            Ordered = true,
            Queue = queue,
            Why = $"{entry.Name} depends on the order of a device's {(reorder.Output.IsRows ? "rows" : "readings")}; they wait {Duration.Text(context.Time.Wait)} for each other",
        });
    }

    /// <summary>Whether readings of one clock come to a step by several ways, and a step behind them looks at the clock.</summary>
    bool ComesByWays(PlannedStep step)
    {
        if (step is not { Operator: not null, Inputs.Count: > 1 } || step.Inputs[0].Output!.IsRows || step.Options is OperatorOptions { TellsInputsApart: true }) return false;
        return LooksAtClock(step) && context.Time.Clock switch
        {
            ClockKind.Device => true,
            ClockKind.Shared => step.Inputs.SelectMany(Sources).GroupBy(s => s).Any(s => s.Count() > 1),
            _ => false,
        };
    }

    bool LooksAtClock(PlannedStep step) =>
        step.Operator is { HasClock: true } or { NeedsOrder: true } or Reorder || _steps.Exists(s => s.Inputs.Contains(step) && LooksAtClock(s));

    static HashSet<PlannedStep> Sources(PlannedStep step) => step.Source is not null ? [step] : [.. step.Inputs.SelectMany(Sources)];

    void PutInMerge(PlannedStep step)
    {
        var merge = new Merge(step.Inputs[0].Output!, context, step.Inputs.Count);
        PutIn(new PlannedStep
        {
            Name = $"{step.Name}.merge",
            At = step.At,
            Inputs = step.Inputs,
            Operator = merge,
            Output = merge.Output,
            Queue = step.Queue,
            Why = $"readings of one device may come from {string.Join(" and ", step.Inputs.Select(i => i.Name))}; the faster wait for the slower",
        });
        (step.Inputs, step.Queue) = ([_steps[^1]], null);
        _steps.RemoveAt(_steps.Count - 1);
        _steps.Insert(_steps.IndexOf(step), step.Inputs[0]);
    }

    /// <summary>Puts in a step that the file does not have, and whose name no step of the file may have.</summary>
    PlannedStep PutIn(PlannedStep step)
    {
        foreach (var entry in entries.Where(e => e.Name == step.Name))
            faults.Add(entry.At, $"'{step.Name}' is the name of a step that StreamEdge puts in", "give it another name");
        return Put(step);
    }

    PlannedStep Put(PlannedStep step)
    {
        _read.UnionWith(step.Inputs);
        _steps.Add(step);
        return step;
    }
}
