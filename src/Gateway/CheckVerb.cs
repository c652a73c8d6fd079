using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge check</c>: finds every mistake without running anything.</summary>
sealed class CheckVerb : Verb
{
    readonly Argument<string[]> _files = PipelineFiles.Several();
    readonly Option<string?> _models = SharedOptions.Models();

    public CheckVerb() : base("check", "Finds the mistakes of files, and runs nothing.", "streamedge check pipelines/*.yaml")
    {
        Add(_files);
        Add(_models);
    }

    /// <inheritdoc/>
    public override string Detail => "Each mistake is told with its line and column, and what to write instead.";

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var exit = Exit.Fine;
        var surroundings = new Surroundings { ModelsFolder = SharedOptions.ModelsOf(given, _models), Time = terminal.Time };
        foreach (var file in given.GetRequiredValue(_files)) PipelineFiles.Require(this, file);
        foreach (var file in given.GetRequiredValue(_files))
        {
            if (PipelineFiles.Compile(this, file, steps, surroundings, terminal) is { } plan)
                terminal.Out.WriteLine($"{Visible.Text(file)}: fine: {Count(plan.Steps.Count(s => s.Line is not null), "step")}, {Count(plan.Context.Readings.Signals.Count, "signal")}");
            else
                exit = Exit.Mistakes;
        }

        return Task.FromResult(exit);
    }

    static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
