namespace StreamEdge;

/// <summary>What a run did, to be read when it has ended: 80 columns, plain text.</summary>
static class Summary
{
    public static void Write(Plan plan, Run run, Ledger ledger, AnomalyCount anomalies, bool stopped, TextWriter output)
    {
        var readings = Figures.Collected(ledger);
        var seconds = run.Elapsed.TotalSeconds;
        output.WriteLine();
        output.WriteLine($"{plan.Context.Name}: {Ending(run, stopped)} after {Figures.Elapsed(run.Elapsed)}; {readings:N0} readings{(seconds > 0 ? $", {readings / seconds:N0}/s" : "")}");
        output.WriteLine();
        BooksText.Write(ledger, output);
        output.WriteLine();
        var facts = new List<(string About, string Text)>();
        foreach (var (step, marked, rows) in anomalies.Steps) facts.Add(("anomalies", $"{marked:N0} of {rows:N0} rows at {step}"));
        foreach (var (step, name, value) in run.Graph.Reports) facts.Add((step, $"{name}: {value}"));
        foreach (var sink in plan.Steps.Where(s => s.Output is null && run.Graph.Reports.All(r => r.Step != s.Name))) facts.Add((sink.Name, Target(sink)));
        facts.Add(("ledger", BooksText.Verdict(ledger, run.Failure is not null)));
        var width = facts.Max(f => f.About.Length) + 4;
        foreach (var (about, text) in facts) HelpText.Hang($"  {about}".PadRight(width), text, width, output);
    }

    static string Ending(Run run, bool stopped) => run.Failure switch
    {
        null => stopped ? "stopped" : "ended",
        StepFailure failure => $"FAILED at step '{failure.Step}' ({(failure.InnerException ?? failure).Message})",
        var error => $"FAILED ({error.Message})",
    };

    /// <summary>Where a sink that reports nothing of its own writes: its key, and the option that stands behind it in the file.</summary>
    static string Target(PlannedStep sink) =>
        $"{sink.Line!.Key} {OptionsText.Value(OptionsShape.Of(sink.Line.Options).ShortOption?.Property.GetValue(sink.Options))}".TrimEnd();
}
