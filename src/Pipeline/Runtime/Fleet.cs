using Microsoft.Extensions.Logging;

namespace StreamEdge;

/// <summary>How one pipeline's run ended.</summary>
/// <param name="Graph">The pipeline; its ledger and reports can be read until it is disposed of.</param>
/// <param name="Started">When it began.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Failure">Why it stopped; null when it ended well.</param>
public sealed record Run(Graph Graph, DateTimeOffset Started, TimeSpan Elapsed, Exception? Failure)
{
    /// <summary>The step that failed; null when none did.</summary>
    public string? FailedStep => (Failure as StepFailure)?.Step;
}

/// <summary>
/// The pipelines of one gateway, side by side in one process. They share nothing but the processor: one that fails is
/// logged, with its step, and the others run on. Nothing is restarted: what failed once on the same input fails again.
/// </summary>
/// <param name="log">Where starts, ends, failures and what steps notice are told.</param>
/// <param name="time">Where time comes from.</param>
public sealed class Fleet(ILogger log, TimeProvider time)
{
    static readonly TimeSpan s_noticesEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs all pipelines until each has ended or failed; never throws for one of them.</summary>
    /// <param name="graphs">The pipelines; the caller disposes of them.</param>
    /// <param name="stop">Ends their sources and lets them drain.</param>
    /// <returns>How each run ended, in the order given.</returns>
    public async Task<IReadOnlyList<Run>> RunAsync(IReadOnlyList<Graph> graphs, CancellationToken stop) =>
        await Task.WhenAll(graphs.Select(graph => Task.Run(() => RunAsync(graph, stop), CancellationToken.None)));

    async Task<Run> RunAsync(Graph graph, CancellationToken stop)
    {
        var (started, begin) = (time.GetUtcNow(), time.GetTimestamp());
        var told = new HashSet<(string, string)>();
        Exception? failure = null;
        log.Started(graph.Name);
        try
        {
            await using var telling = time.CreateTimer(_ => Tell(), null, s_noticesEvery, s_noticesEvery);
            await graph.RunAsync(stop);
        }
        catch (Exception error)
        {
            failure = error;
        }

        Tell();
        var elapsed = time.GetElapsedTime(begin);
        if (failure is null) log.Finished(graph.Name, elapsed.TotalSeconds);
        else if (failure is StepFailure step) log.Failed(graph.Name, step.Step, (step.InnerException ?? step).Message);
        else log.Crashed(graph.Name, failure);
        return new(graph, started, elapsed, failure);

        void Tell()
        {
            // Locked, for the timer may ring again while it is still at work. Bounded, as each step's notices are.
            lock (told)
                foreach (var notice in graph.Notices)
                    if (told.Add(notice)) log.Noticed(graph.Name, notice.Step, notice.Text);
        }
    }
}
