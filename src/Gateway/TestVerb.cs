using System.CommandLine;

namespace StreamEdge;

/// <summary><c>streamedge test</c>: runs the tests that pipeline files hold.</summary>
sealed class TestVerb : Verb
{
    readonly Argument<string[]> _files = PipelineFiles.Several();
    readonly Option<string?> _only = new("--only") { HelpName = "TEXT", Description = "Runs the tests whose name contains this." };
    readonly Option<string?> _report = new("--report") { HelpName = "FILE", Description = "Writes the outcome as JUnit XML, as build servers read it." };
    readonly Option<string?> _models = SharedOptions.Models();

    public TestVerb() : base("test", "Runs the tests that files hold, by a virtual clock.", "streamedge test pipelines/*.yaml")
    {
        Add(_files);
        Add(_only);
        Add(_report);
        Add(_models);
    }

    /// <inheritdoc/>
    public override string Detail => "A file's block 'tests:' feeds readings in place of its sources and says what each step is to emit and drop. Nothing is opened and nothing written outside.";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var files = given.GetRequiredValue(_files);
        var surroundings = new Surroundings { ModelsFolder = SharedOptions.ModelsOf(given, _models), Time = terminal.Time };
        PipelineFiles.Require(this, files);
        var report = given.GetValue(_report);
        if (report is not null) CheckReport(report);
        var plans = files.Select(file => (File: file, Plan: PipelineFiles.Compile(this, file, steps, surroundings, terminal))).ToList();
        var only = given.GetValue(_only);
        if (only is not null) CheckOnly(only, [.. plans.SelectMany(p => p.Plan?.Tests ?? [])]);

        var results = new List<TestedFile>();
        foreach (var (file, plan) in plans)
        {
            var tested = new TestedFile(file, plan?.Context.Name ?? Path.GetFileNameWithoutExtension(file), plan is null);
            results.Add(tested);
            if (plan is not null && !await RunAsync(plan, tested, only, terminal)) return Exit.Failed;
        }

        if (files.Length > 1) terminal.Out.WriteLine($"in all: {Count([.. results.SelectMany(r => r.Outcomes)])}");
        if (report is not null) TestReport.Write(report, results);
        return results.All(r => !r.Broken && r.Outcomes.All(o => o.Outcome.Passed)) ? Exit.Fine : Exit.Mistakes;
    }

    /// <summary>Runs the tests of one file and tells each; false when it was told to stop.</summary>
    static async Task<bool> RunAsync(Plan plan, TestedFile tested, string? only, Terminal terminal)
    {
        var shown = Visible.Text(tested.File);
        if (plan.Tests.Count == 0)
        {
            terminal.Out.WriteLine($"{shown}: has no tests; add a block 'tests:' to it");
            return true;
        }

        var chosen = plan.Tests.Where(t => only is null || t.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToList();
        if (chosen.Count == 0) return true;
        terminal.Out.WriteLine(shown);
        foreach (var test in chosen)
        {
            var begin = terminal.Time.GetTimestamp();
            TestOutcome outcome;
            try
            {
                outcome = await Rehearsal.RunAsync(plan, test, terminal.Stop);
            }
            catch (OperationCanceledException) when (terminal.Stop.IsCancellationRequested)
            {
                terminal.Error.WriteLine($"streamedge: stopped in the test '{Visible.Text(test.Name)}'");
                return false;
            }

            tested.Outcomes.Add((outcome, terminal.Time.GetElapsedTime(begin)));
            terminal.Out.WriteLine($"  {(outcome.Passed ? "passed" : "FAILED")}  {Visible.Text(test.Name)}");
            foreach (var line in tested.Lines(outcome)) terminal.Out.WriteLine($"    {line}");
        }

        terminal.Out.WriteLine($"{shown}: {Count(tested.Outcomes)}");
        return true;
    }

    static string Count(IReadOnlyList<(TestOutcome Outcome, TimeSpan Elapsed)> outcomes)
    {
        var failed = outcomes.Count(o => !o.Outcome.Passed);
        return $"{outcomes.Count} test{(outcomes.Count == 1 ? "" : "s")}, {outcomes.Count - failed} passed, {failed} failed";
    }

    static void CheckOnly(string only, IReadOnlyList<PipelineTest> tests)
    {
        if (tests.Count == 0 || tests.Any(t => t.Name.Contains(only, StringComparison.OrdinalIgnoreCase))) return;
        throw new MisuseException($"test: no test has {Visible.Quote(only)} in its name; {Suggestion.Remedy("", tests.Select(t => Visible.Quote(t.Name)), "the tests are")}");
    }

    void CheckReport(string report)
    {
        if (report.Length == 0) throw new MisuseException($"{_report.Name} has no name; write a file behind it, or leave it out");
        if (Directory.Exists(report)) throw new MisuseException($"{_report.Name} {Visible.Text(report)} is a folder; name a file in it");
        Folders.CheckThere(_report.Name, Path.GetDirectoryName(Path.GetFullPath(report))!);
    }
}

/// <summary>One file and how its tests ended.</summary>
/// <param name="File">As the command line names it.</param>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Broken">Whether it has mistakes, so that no test of it ran.</param>
sealed record TestedFile(string File, string Pipeline, bool Broken)
{
    public List<(TestOutcome Outcome, TimeSpan Elapsed)> Outcomes { get; } = [];

    /// <summary>What was not as expected: a line with its place for each, and the difference below it.</summary>
    public IEnumerable<string> Lines(TestOutcome outcome)
    {
        foreach (var failure in outcome.Failures)
        {
            yield return Visible.Text($"{File}:{failure.At}: {failure.What}");
            foreach (var line in failure.Diff) yield return Visible.Text($"  {line}");
        }
    }
}
