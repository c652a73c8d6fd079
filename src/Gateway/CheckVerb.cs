using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge check</c>: finds every mistake without running anything.</summary>
sealed class CheckVerb : Verb
{
    readonly Argument<string[]> _files = PipelineFiles.Several();
    readonly Option<string?> _models = SharedOptions.Models();
    readonly Option<bool> _watch = new("--watch") { Description = "Checks again whenever a file, or a table that it names, is saved, until Ctrl-C." };

    public CheckVerb() : base("check", "Finds the mistakes of files, and runs nothing.", "streamedge check pipelines/*.yaml")
    {
        Add(_files);
        Add(_models);
        Add(_watch);
    }

    /// <inheritdoc/>
    public override string Detail => "Each mistake is told with its line and column, and what to write instead.";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var files = given.GetRequiredValue(_files);
        var surroundings = new Surroundings { ModelsFolder = SharedOptions.ModelsOf(given, _models), Time = terminal.Time };
        PipelineFiles.Require(this, files);
        if (!given.GetValue(_watch)) return Check(files, surroundings, terminal, steps);
        using var changes = new FileChanges(files);
        int exit;
        do
        {
            var tables = new HashSet<string>(StringComparer.Ordinal);
            exit = Check([.. files.Where(File.Exists)], surroundings with { Tables = tables }, terminal, steps);
            changes.WatchAlso(tables.SelectMany(t => new[] { t, $"{t}-wal" })); // SQLite writes beside its file first
            terminal.Out.WriteLine($"{terminal.Time.GetUtcNow():HH:mm:ss} UTC, waiting for the next change.");
        }
        while (await changes.NextAsync(terminal.Stop));
        return exit;
    }

    int Check(string[] files, Surroundings surroundings, Terminal terminal, Catalog steps)
    {
        var plans = new List<Plan>();
        foreach (var file in files)
        {
            if (PipelineFiles.Compile(this, file, steps, surroundings, terminal) is not { } plan || PipelineFiles.Clashes(file, plan, plans, terminal)) continue;
            plans.Add(plan);
            terminal.Out.WriteLine($"{Visible.Text(file)}: fine: {Count(plan.Steps.Count(s => s.Line is not null), "step")}, {Count(plan.Context.Readings.Signals.Count, "signal")}{(plan.Tests.Count > 0 ? $", {Count(plan.Tests.Count, "test")}" : "")}");
        }

        return plans.Count == files.Length ? Exit.Fine : Exit.Mistakes;
    }

    static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
