namespace StreamEdge;

/// <summary>A pipeline as a Mermaid flowchart: a box per step, a frame per stage, a labelled arrow per queue.</summary>
static class Flowchart
{
    public static void Write(Plan plan, StageNumbers stages, TextWriter output)
    {
        var numbers = plan.Steps.Select((step, number) => (step, number)).ToDictionary(p => p.step, p => p.number + 1);
        output.WriteLine("flowchart LR");
        for (var stage = 1; stage <= stages.Count; stage++)
        {
            output.WriteLine($"    subgraph stage{stage} [stage {stage}]");
            foreach (var step in plan.Steps.Where(s => stages.Of(s) == stage)) output.WriteLine($"        step{numbers[step]}[\"{Label(step)}\"]");
            output.WriteLine("    end");
        }

        foreach (var step in plan.Steps)
            foreach (var input in step.Inputs)
                output.WriteLine($"    step{numbers[input]} {Arrow(step)} step{numbers[step]}");
    }

    static string Label(PlannedStep step)
    {
        var kind = step.Branch is not null ? null : step.Line is null ? "put in by StreamEdge" : step.Line.Name == step.Name ? null : step.Line.Name;
        return kind is null ? step.Name : $"{step.Name}<br/>{kind}";
    }

    static string Arrow(PlannedStep step) => step.QueueBefore is { } queue ? $"-- {queue.Batches} batches, {Explanation.WhenFull(queue)} -->" : "-->";
}
