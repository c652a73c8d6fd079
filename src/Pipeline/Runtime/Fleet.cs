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

/// <summary>A pipeline was told to stop, and what it held could not be delivered.</summary>
/// <param name="message">What is lost, and where it was held.</param>
public sealed class UndeliveredException(string message) : Exception(message);

/// <summary>
/// The pipelines of one gateway, side by side in one process. They share nothing but the processor: one that fails is
/// logged, with its step, and the others run on. Nothing is restarted: what failed once on the same input fails again.
/// </summary>
/// <param name="log">Where starts, ends, failures and what steps notice are told.</param>
/// <param name="time">Where time comes from.</param>
public sealed class Fleet(ILogger log, TimeProvider time)
{
    static readonly TimeSpan s_noticesEvery = TimeSpan.FromSeconds(1), s_drain = TimeSpan.FromSeconds(10);

    /// <summary>Runs all pipelines until each has ended or failed; never throws for one of them.</summary>
    /// <param name="graphs">The pipelines; the caller disposes of them.</param>
    /// <param name="stop">Stops them: those that keep their state at a barrier; of the others it ends the sources and lets them drain. Each until all is delivered, or nothing was for 10 s.</param>
    /// <param name="stateOf">Where a pipeline keeps its state; null where nothing is kept.</param>
    /// <returns>How each run ended, in the order given.</returns>
    public async Task<IReadOnlyList<Run>> RunAsync(IReadOnlyList<Graph> graphs, CancellationToken stop, Func<Graph, DurableState?>? stateOf = null) =>
        await Task.WhenAll(graphs.Select(graph => Task.Run(() => RunAsync(graph, stateOf?.Invoke(graph), stop), CancellationToken.None)));

    async Task<Run> RunAsync(Graph graph, DurableState? state, CancellationToken stop)
    {
        var (started, begin) = (time.GetUtcNow(), time.GetTimestamp());
        var told = new HashSet<(string, string)>();
        Exception? failure = null;
        log.Started(graph.Name);
        try
        {
            await using var telling = time.CreateTimer(_ => Tell(), null, s_noticesEvery, s_noticesEvery);
            if (state?.TakeUp(graph, notice => log.Warned(graph.Name, notice)) is { } checkpoint) log.GoesOn(graph.Name, checkpoint.Time);
            await RunAndDrainAsync(graph, state, stop);
        }
        catch (Exception error)
        {
            failure = error;
        }

        Tell();
        if (failure is null && !stop.IsCancellationRequested)
            foreach (var source in graph.ReadLedger().Accounts.Where(a => a.Part == "source" && a.In == 0)) log.GaveNothing(graph.Name, source.Name);
        var elapsed = time.GetElapsedTime(begin);
        if (failure is null) log.Finished(graph.Name, elapsed.TotalSeconds);
        else if (failure is StepFailure step) log.Failed(graph.Name, step.Step, (step.InnerException ?? step).Message);
        else if (failure is UndeliveredException) log.Undelivered(graph.Name, failure.Message);
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

    async Task RunAndDrainAsync(Graph graph, DurableState? state, CancellationToken stop)
    {
        using var ended = new CancellationTokenSource();
        var running = graph.RunAsync(stop);
        var keeping = state?.RunAsync(graph, trouble => log.Warned(graph.Name, trouble), ended.Token) ?? Task.CompletedTask;
        try
        {
            await DrainAsync(graph, running, state, stop);
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
        }

        if (state is null || !graph.HasRun) return;
        if (!graph.WasStopped) state.Clear(); // its input has ended: the next run begins anew
        else if (graph.WasHeld && !stop.IsCancellationRequested) await state.SaveAsync(graph, stop: false);
    }

    async Task DrainAsync(Graph graph, Task running, DurableState? state, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource();
        await using var asked = stop.Register(stopped.SetResult);
        await Task.WhenAny(running, stopped.Task);
        var saving = state is null || running.IsCompleted ? Task.CompletedTask : state.SaveAsync(graph, stop: true);
        for (var delivered = -1L; !running.IsCompleted;)
        {
            if (Delivered(graph.ReadLedger()) is var now && now == delivered) await GiveUpAsync(graph, running, state is not null);
            delivered = now;
            await Task.WhenAny(running, Task.Delay(s_drain, time, CancellationToken.None));
        }

        await running;
        await saving;
    }

    /// <summary>Ends a graph that cannot drain, as when a database is away; says what it still held.</summary>
    static async Task GiveUpAsync(Graph graph, Task running, bool isKept)
    {
        // What a sink is at work on is neither held nor settled: it is what its account differs by.
        var held = from account in graph.ReadLedger().Accounts
                   let left = account.Held + account.Difference
                   where left > 0
                   select $"{account.Name} {left:N0}";
        var lost = string.Join(", ", held);
        await graph.AbortAsync();
        await running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        // It may have ended by itself, or failed for a reason of its own, in the meantime.
        if (running.IsCompletedSuccessfully || running.Exception?.InnerException is StepFailure) return;
        var fate = isKept ? "the next run goes on from its last checkpoint, with what was held" : "lost is what was held";
        throw new UndeliveredException($"nothing could be delivered for {Duration.Text(s_drain)} after it was told to stop; {fate}: {lost}");
    }

    static long Delivered(Ledger ledger) => ledger.Accounts.Where(a => a.Part == "sink").Sum(a => a.Absorbed + a.Dropped);
}
