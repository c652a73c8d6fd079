namespace StreamEdge;

/// <summary>
/// Lays a plan's steps into stages. A step is fused to the one before it, unless it has several inputs, a
/// <c>queue:</c>, or needs a stage of its own; a sink has one of its own unless it says otherwise.
/// </summary>
sealed class GraphBuilder(Plan plan)
{
    readonly BatchPool _pool = new();
    readonly List<Stage> _stages = [];
    readonly List<Edge> _edges = [];
    readonly List<SourceStep> _sources = [];
    readonly List<SinkStep> _sinks = [];
    readonly Dictionary<PlannedStep, (Stage Stage, Output Output, HashSet<int> Sources)> _built = [];

    public Graph Build()
    {
        foreach (var step in plan.Steps)
        {
            if (step.Source is not null) AddSource(step, step.Source);
            else if (step.Operator is not null) AddOperator(step, step.Operator);
            else AddSink(step, step.Sink!);
        }

        return new Graph(new GraphParts(plan.Context.Name, _sources, _sinks, _stages, _edges, _pool));
    }

    void AddSource(PlannedStep step, Source source)
    {
        var ahead = Nanoseconds.Of(plan.Context.Time.Ahead);
        var number = _sources.Sum(s => s.Count);
        var running = new SourceStep(step.Name, number, ((SourceOptions)step.Options!).LogicalSources, source, _pool, plan.Context.Clock, ahead);
        var stage = new SourceStage(running, _pool, plan.Context.Clock);
        _sources.Add(running);
        _stages.Add(stage);
        _built[step] = (stage, running.Output, [.. Enumerable.Range(number, running.Count)]);
    }

    void AddOperator(PlannedStep step, Operator runner)
    {
        var running = new Step(step.Name, runner, _pool);
        var (stage, sources) = Connect(step, running);
        stage.Add(running);
        _built[step] = (stage, running.Output, sources);
    }

    void AddSink(PlannedStep step, Sink sink)
    {
        var running = new SinkStep(step.Name, sink, plan.Context.Clock);
        var (stage, _) = Connect(step, running);
        stage.Add(running);
        _sinks.Add(running);
    }

    (Stage Stage, HashSet<int> Sources) Connect(PlannedStep step, Target target)
    {
        var inputs = step.Inputs.Select(i => _built[i]).ToList();
        if (step.QueueBefore is not { } queue)
        {
            inputs[0].Output.To(target, step.Branch);
            return (inputs[0].Stage, inputs[0].Sources);
        }

        var edges = new List<Edge>();
        for (var input = 0; input < inputs.Count; input++)
        {
            var edge = new Edge($"{step.Inputs[input].Name} -> {step.Name}", step.Inputs[input].Output!, queue.Batches, queue.WhenFull);
            edge.Sources.UnionWith(inputs[input].Sources);
            inputs[input].Output.To(edge);
            inputs[input].Stage.Add(edge, queue.WhenFull);
            edges.Add(edge);
        }

        _edges.AddRange(edges);
        var stage = new EdgeStage(step.Name, target, edges, plan.Context.Clock);
        _stages.Add(stage);
        return (stage, [.. edges.SelectMany(e => e.Sources)]);
    }
}
