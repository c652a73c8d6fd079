namespace StreamEdge;

/// <summary>One step of a checked pipeline, ready to run; what <c>explain</c> shows.</summary>
public sealed class PlannedStep
{
    /// <summary>Its unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Its line in the table; null for a step that the compiler put in.</summary>
    public CatalogEntry? Line { get; init; }

    /// <summary>Its options with every default; null for a step that the compiler put in.</summary>
    public StepOptions? Options { get; init; }

    /// <summary>Why the compiler put it in; null for a step of the file.</summary>
    public string? Why { get; init; }

    /// <summary>Where the file writes it.</summary>
    public Position At { get; init; }

    /// <summary>The steps it gets its input from.</summary>
    public IReadOnlyList<PlannedStep> Inputs { get; internal set; } = [];

    /// <summary>Of a way out of the step before it: which of that step's <see cref="Operator.Branches"/> it is; null for all other steps.</summary>
    public int? Branch { get; init; }

    /// <summary>The queue before it as the file asks for it; null where it asks for none.</summary>
    internal QueueOptions? Queue { get; set; }

    /// <summary>
    /// The queue before it; null where it is fused to the step before. A step has a queue where it reads from several,
    /// where the file says <c>queue:</c>, and where it or the source before it waits for something of its own.
    /// </summary>
    public QueueOptions? QueueBefore =>
        Inputs.Count > 1 || Queue is not null || Operator is { OwnStage: true } || Sink is { Fused: false } || Inputs.Any(i => i.Source is { Fused: false })
            ? Queue ?? new QueueOptions()
            : null;

    /// <summary>What it emits; null for a sink.</summary>
    public Schema? Output { get; init; }

    /// <summary>The constants that its values are scaled by, or how they are learned, a clause each.</summary>
    public IEnumerable<string> Constants => Operator?.Constants ?? [];

    internal Source? Source { get; init; }

    internal Operator? Operator { get; init; }

    internal Sink? Sink { get; init; }

    internal bool Ordered { get; init; }
}

/// <summary>A checked pipeline: every step with its options, inputs and queue, in the order of the data.</summary>
/// <param name="Context">What all steps share.</param>
/// <param name="Steps">The steps, each behind those it reads from.</param>
public sealed record Plan(PipelineContext Context, IReadOnlyList<PlannedStep> Steps)
{
    /// <summary>What the file's <c>tests:</c> block holds.</summary>
    public IReadOnlyList<PipelineTest> Tests { get; init; } = [];

    /// <summary>Compiles the same file anew, with fresh steps and by another clock.</summary>
    internal Func<TimeProvider, Plan> Again { get; init; } = _ => throw new InvalidOperationException("the plan was not compiled from a file");

    /// <summary>Makes the graph that runs it. Once: the steps keep their state.</summary>
    public Graph ToGraph() => new GraphBuilder(this).Build();
}
