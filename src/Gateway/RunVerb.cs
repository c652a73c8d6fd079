using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace StreamEdge;

/// <summary><c>streamedge run</c>: runs pipelines until their input ends or the program is told to stop.</summary>
sealed class RunVerb : Verb
{
    readonly Argument<string[]> _files = PipelineFiles.Several();
    readonly Option<string> _state = SharedOptions.State();
    readonly Option<string?> _models = SharedOptions.Models();
    readonly Option<long?> _seed = SharedOptions.Seed();
    readonly Option<bool> _fresh = new("--fresh") { Description = "Forgets where the last run stopped, and begins anew." };
    readonly Option<bool> _quiet = new("--quiet") { Description = "Shows no progress and no summary, only what needs a person." };

    public RunVerb() : base("run", "Runs pipelines until their input ends.", "streamedge run pipelines/demo.yaml --seed 7")
    {
        Add(_files);
        Add(_state);
        Add(_models);
        Add(_seed);
        Add(_fresh);
        Add(_quiet);
    }

    /// <inheritdoc/>
    public override string Detail => "They run side by side in one process: one that fails does not stop the others. Ctrl-C stops them with what is open kept, and the next run goes on there, as it does after a power cut; a second one ends them at once. A pipeline whose input has ended begins anew.";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var surroundings = new Surroundings
        {
            StateFolder = SharedOptions.StateOf(given, _state),
            ModelsFolder = SharedOptions.ModelsOf(given, _models),
            Seed = given.GetValue(_seed),
            Time = terminal.Time,
            Console = terminal.Out,
        };
        var quiet = given.GetValue(_quiet);
        var files = given.GetRequiredValue(_files);
        var plans = Compile(files, steps, surroundings, terminal);

        // The sound pipelines run although another file has mistakes: they must not lose their readings for it.
        if (plans.Count == 0) return Exit.Mistakes;
        SharedOptions.CheckSeed(this, given, _seed, plans);
        Folders.Make(_state.Name, surroundings.StateFolder);
        var locks = new List<IDisposable>();
        try
        {
            foreach (var plan in plans) locks.Add(RunLock.Take(surroundings.StateFolder, plan.Context.Name));
            using var states = DurableStates.In(surroundings.StateFolder, plans, given.GetValue(_fresh), terminal.Time);
            var exit = await RunAsync(plans, states, quiet, terminal);
            return exit == Exit.Fine && plans.Count < files.Length ? Exit.Mistakes : exit;
        }
        finally
        {
            foreach (var held in locks) held.Dispose();
        }
    }

    List<Plan> Compile(string[] files, Catalog steps, Surroundings surroundings, Terminal terminal)
    {
        PipelineFiles.Require(this, files);
        var plans = new List<Plan>();
        foreach (var file in files)
        {
            if (PipelineFiles.Compile(this, file, steps, surroundings, terminal) is { } plan && !PipelineFiles.Clashes(file, plan, plans, terminal)) plans.Add(plan);
        }

        return plans;
    }

    static async Task<int> RunAsync(List<Plan> plans, DurableStates states, bool quiet, Terminal terminal)
    {
        var log = new ConsoleLog(terminal, quiet ? LogLevel.Warning : LogLevel.Information);
        var graphs = plans.ConvertAll(plan => plan.ToGraph());
        var anomalies = plans.Zip(graphs, (plan, graph) => new AnomalyCount(plan, graph)).ToList();
        var books = plans.Zip(graphs, (plan, graph) => new KeptBooks(plan, graph, log, terminal.Time)).ToList();
        IReadOnlyList<Run> runs;
        await using (var progress = quiet ? null : new Progress(graphs, log, terminal))
            runs = await new Fleet(log, terminal.Time).RunAsync(graphs, terminal.Stop, graph => states.Of(graph.Name));
        log.Clear();
        foreach (var kept in books) await kept.DisposeAsync();
        runs = await Task.WhenAll(runs.Select(run => CloseAsync(run, terminal)));
        // Kept before anything is printed, which may fail.
        var areKept = runs.Zip(books, (run, kept) => kept.Close(StateOf(run, terminal), run.Elapsed)).ToList();
        for (var number = 0; number < runs.Count && !quiet; number++)
            Summary.Write(plans[number], runs[number], books[number].Ledger, anomalies[number], terminal.Stop.IsCancellationRequested, terminal.Out);
        return runs.Any(r => r.Failure is not null) || areKept.Contains(false) ? Exit.Failed : Exit.Fine;
    }

    static string StateOf(Run run, Terminal terminal) =>
        run.Failure is not null ? KeptBooks.Failed : terminal.Stop.IsCancellationRequested ? "stopped" : "ended";

    /// <summary>Closes sources and sinks; a sink that cannot write its last rows fails its pipeline as any step does.</summary>
    static async Task<Run> CloseAsync(Run run, Terminal terminal)
    {
        try
        {
            await run.Graph.DisposeAsync();
            return run;
        }
        catch (Exception error) when (run.Failure is not null || StoreTrouble.Is(error))
        {
            terminal.Error.WriteLine($"streamedge: {run.Graph.Name} could not be closed: {error.Message}");
            return run with { Failure = run.Failure ?? error }; // what came first is the reason
        }
    }
}
