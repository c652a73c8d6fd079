namespace StreamEdge;

/// <summary>What a run did, to be read when it has ended: 80 columns, plain text.</summary>
static class Summary
{
    public static void Write(Plan plan, Run run, AnomalyCount anomalies, TextWriter output)
    {
        var ledger = run.Graph.ReadLedger();
        var readings = Figures.Collected(ledger);
        var seconds = run.Elapsed.TotalSeconds;
        output.WriteLine();
        output.WriteLine($"{plan.Context.Name}: {Ending(run)} after {Figures.Elapsed(run.Elapsed)}; {readings:N0} readings{(seconds > 0 ? $", {readings / seconds:N0}/s" : "")}");
        output.WriteLine();
        BooksText.Write(ledger, plan.Steps.Select(s => s.Name), output);
        output.WriteLine();
        var facts = new TextTable(2).Left(1);
        foreach (var (step, marked, rows) in anomalies.Steps) facts.Add("anomalies", $"{marked:N0} of {rows:N0} rows at {step}");
        foreach (var (step, name, value) in run.Graph.Reports) facts.Add(step, $"{name}: {value}");
        foreach (var sink in plan.Steps.Where(s => s.Output is null)) facts.Add(sink.Name, Target(plan, sink));
        facts.Add("ledger", BooksText.Verdict(ledger));
        facts.Write(output);
    }

    static string Ending(Run run) => run.Failure switch
    {
        null => "ended",
        StepFailure failure => $"FAILED at step '{failure.Step}' ({(failure.InnerException ?? failure).Message})",
        var error => $"FAILED ({error.Message})",
    };

    /// <summary>Where a sink writes: its key, and the option that stands behind it in the file; a path from where the program runs.</summary>
    static string Target(Plan plan, PlannedStep sink)
    {
        var key = sink.Line!.Key;
        var value = OptionsShape.Of(sink.Line.Options).ShortOption?.Property is { } option ? option.GetValue(sink.Options) : null;
        return value switch
        {
            null => $"to {key}",
            string path when !path.Contains("://", StringComparison.Ordinal) => $"to {key} {Path.GetRelativePath(".", plan.Context.OutputPath(path))}",
            _ => $"to {key} {value}",
        };
    }
}
