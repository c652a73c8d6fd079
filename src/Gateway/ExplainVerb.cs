using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge explain</c>: shows the graph that a file becomes.</summary>
sealed class ExplainVerb : Verb
{
    readonly Argument<string> _file = PipelineFiles.One();
    readonly Option<string?> _models = SharedOptions.Models();
    readonly Option<bool> _mermaid = new("--mermaid") { Description = "Draws it as a Mermaid flowchart, as GitHub and many wikis show it." };

    public ExplainVerb() : base("explain", "Shows every step of a pipeline and every default.", "streamedge explain pipelines/demo.yaml --mermaid")
    {
        Add(_file);
        Add(_models);
        Add(_mermaid);
    }

    /// <inheritdoc/>
    public override string Detail => "Steps fused to one another run in one stage, as one task; a queue lies between stages.";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var surroundings = new Surroundings { ModelsFolder = SharedOptions.ModelsOf(given, _models), Time = terminal.Time };
        if (PipelineFiles.Compile(this, given.GetRequiredValue(_file), steps, surroundings, terminal) is not { } plan) return Task.FromResult(Exit.Mistakes);
        var stages = new StageNumbers(plan);
        if (given.GetValue(_mermaid)) Flowchart.Write(plan, stages, terminal.Out);
        else Explanation.Write(plan, stages, terminal.Out);
        return Task.FromResult(Exit.Fine);
    }
}

/// <summary>Which stage, one task each, runs a step.</summary>
sealed class StageNumbers
{
    readonly Dictionary<PlannedStep, int> _numbers = [];
    int _last;

    public StageNumbers(Plan plan)
    {
        foreach (var step in plan.Steps)
            _numbers[step] = step.Inputs.Count == 0 || step.QueueBefore is not null ? ++_last : _numbers[step.Inputs[0]];
    }

    public int Count => _last;

    public int Of(PlannedStep step) => _numbers[step];
}
