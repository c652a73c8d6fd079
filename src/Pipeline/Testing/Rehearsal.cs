namespace StreamEdge;

/// <summary>
/// Runs a test of a pipeline: the compiled steps with all their defaults, on a virtual clock. The feed stands in for
/// the sources and collectors for the sinks, so nothing is opened, written or waited for.
/// </summary>
public static class Rehearsal
{
    /// <summary>Runs one test.</summary>
    /// <param name="plan">The pipeline that has the test; it is compiled anew, so it stays as it is.</param>
    /// <param name="test">One of its tests.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="PipelineException">The pipeline can no longer be compiled, as when its model was taken away meanwhile.</exception>
    public static async Task<TestOutcome> RunAsync(Plan plan, PipelineTest test, CancellationToken cancel)
    {
        var time = new VirtualTime(Feed.Begin(test.Feed));
        var fresh = plan.Again(time);
        var own = fresh.Tests.First(t => t.At == test.At);
        var recordings = Recordings(own);
        await using var graph = Build(fresh, own, time, recordings, out var watching);
        try
        {
            using var aborting = cancel.Register(() => _ = graph.AbortAsync());
            await graph.RunAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StepFailure or TestStoppedException)
        {
            return new(test, [new(test.At, error is StepFailure step ? $"the pipeline failed at step '{step.Step}': {(step.InnerException ?? step).Message}" : $"the test was stopped: {error.Message}", [])]);
        }
        finally
        {
            foreach (var watch in watching) watch.Dispose();
        }

        return new(test, Judge(test, own, graph.ReadLedger(), recordings));
    }

    /// <summary>What is kept of each step that the test looks into.</summary>
    static Dictionary<string, Recording> Recordings(PipelineTest test) =>
        test.Expectations.Select(e => e.Step.Name).Distinct().ToDictionary(name => name, _ => new Recording(), StringComparer.Ordinal);

    static Graph Build(Plan plan, PipelineTest test, VirtualTime time, Dictionary<string, Recording> recordings, out List<IDisposable> watching)
    {
        var (pool, clock) = (new BatchPool(), plan.Context.Clock);
        var sources = plan.Steps.Where(s => s.Source is not null).Select((s, number) => new SourceStep(s.Name, number, 1, new FedSource(s.Output!), pool, clock, Nanoseconds.Of(plan.Context.Time.Ahead))).ToList();
        var stage = new RehearsalStage(sources, plan.Context.Sources, new Feed(test.Feed), time, pool, clock);
        var outputs = plan.Steps.Where(s => s.Source is not null).Zip(sources).ToDictionary(s => s.First, s => s.Second.Output);
        var sinks = new List<SinkStep>();
        foreach (var step in plan.Steps.Where(s => s.Source is null))
        {
            Target target;
            if (step.Operator is { } runner)
            {
                var running = new Step(step.Name, runner, pool);
                stage.Add(running);
                outputs[step] = running.Output;
                target = running;
            }
            else
            {
                var running = new SinkStep(step.Name, new Collector([.. step.Inputs.Select(i => i.Output!)], recordings.GetValueOrDefault(step.Name) ?? new Recording()), clock);
                stage.Add(running);
                sinks.Add(running);
                target = running;
            }

            foreach (var (number, input) in step.Inputs.Index()) outputs[input].To(target.Input(number), step.Branch);
        }

        foreach (var model in test.Models) Stub(plan.Steps.First(s => s.Name == model.Step).Operator!, model);
        var graph = new Graph(new GraphParts(plan.Context.Name, sources, sinks, [stage], [], pool));
        watching = [.. recordings.Where(r => sinks.TrueForAll(s => s.Name != r.Key)).Select(r => graph.Observe(r.Key).Subscribe(batch =>
        {
            r.Value.Add(batch);
            batch.Release();
        }, _ => { }))];
        return graph;
    }

    static void Stub(Operator step, StubbedModel model) => step.Stub([.. model.Columns.Select(c => new StubbedColumn(c.Column,
        [.. Enumerable.Range(0, c.Values.Slots.Length).Select(turn => c.Values.SlotAt(turn, step.Output.Codes))]))]);

    static List<TestFailure> Judge(PipelineTest test, PipelineTest run, Ledger ledger, Dictionary<string, Recording> recordings)
    {
        var failures = new List<TestFailure>();
        foreach (var expectation in run.Expectations) Judge(expectation, ledger, recordings[expectation.Step.Name], failures);
        if (!ledger.Balanced)
            failures.Add(new(test.At, "the ledger does not balance", [.. ledger.Accounts.Where(a => a.Difference != 0).Select(a => $"+ {a.Name} differs by {a.Difference:N0}")]));
        return [.. failures.OrderBy(f => f.At)];
    }

    static void Judge(StepExpectation expected, Ledger ledger, Recording actual, List<TestFailure> failures)
    {
        if (expected.Rows is { } rows && !rows.Value.Matches(actual.Rows)) failures.Add(new(rows.At, $"{Did(expected)} otherwise than expected", [$"- rows: {rows.Value}", $"+ rows: {actual.Rows}"]));
        if (expected.Readings is { } readings && !readings.Value.Matches(actual.Readings)) failures.Add(new(readings.At, $"{Did(expected)} otherwise than expected", [$"- readings: {readings.Value}", $"+ readings: {actual.Readings}"]));
        if (expected.Emits is { } all) JudgeAll(expected, all, actual, failures);
        if (expected.Has.Count > 0) JudgeSome(expected, actual, failures);
        foreach (var (at, reason, count) in expected.Dropped)
        {
            var dropped = ledger.Accounts.Where(a => expected.Members.Contains(a.Name)).SelectMany(a => a.Drops).Where(d => d.Signal.Length == 0 && (reason.Length == 0 || d.Reason == reason)).Sum(d => d.Count);
            var name = reason.Length == 0 ? "dropped" : reason;
            if (!count.Matches(dropped)) failures.Add(new(at, $"{expected.Name} dropped otherwise than expected", [$"- {name}: {count}", $"+ {name}: {dropped}"]));
        }
    }

    static void JudgeAll(StepExpectation expected, IReadOnlyList<ExpectedRow> rows, Recording actual, List<TestFailure> failures)
    {
        var diff = new RowDiff(rows, actual);
        var differences = diff.Differences();
        if (differences.Count == 0 && actual.Rows + actual.Readings == rows.Count) return;
        var came = actual.Rows + actual.Readings;
        var at = differences.Where(d => d.Expected >= 0).Select(d => rows[d.Expected].At).DefaultIfEmpty(expected.At).First();
        var wrong = differences.Count(d => d.Expected >= 0);
        failures.Add(new(at, came == rows.Count ? $"{expected.Name}: {wrong:N0} of {Count(came, expected)} {(wrong == 1 ? "is" : "are")} not as expected" : $"{Did(expected)} {Count(came, expected)}, not {rows.Count:N0}", diff.Show(differences)));
    }

    static void JudgeSome(StepExpectation expected, Recording actual, List<TestFailure> failures)
    {
        var diff = new RowDiff(expected.Has, actual);
        var missing = diff.NotFound();
        var rows = missing.Where(m => m.Expected >= 0).Select(m => expected.Has[m.Expected]).ToList();
        if (rows.Count == 0) return;
        failures.Add(new(rows[0].At, $"{expected.Name}: {(rows.Count == RowDiff.MostShown ? "at least " : "")}{rows.Count:N0} of {expected.Has.Count:N0} expected row{(expected.Has.Count == 1 ? "" : "s")} {(rows.Count == 1 ? "is" : "are")} not among its {Count(actual.Rows + actual.Readings, expected)}{(diff.IsOutOfOrder(missing) ? ", in this order" : "")}", diff.Show(missing)));
    }

    static string Did(StepExpectation expected) => $"{expected.Name} {(expected.IsSink ? "was given" : "emitted")}";

    static string Count(long count, StepExpectation expected) => $"{count:N0} {(count == 1 ? expected.Noun : expected.Noun == "row or reading" ? "rows and readings" : $"{expected.Noun}s")}";
}
