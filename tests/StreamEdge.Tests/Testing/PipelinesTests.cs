namespace StreamEdge;

/// <summary>The pipelines that a user reads first have tests, and they pass.</summary>
public class PipelinesTests
{
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "pipelines"), "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_pipeline_passes_its_tests(string file)
    {
        var plan = new Compiler(BuiltIn.Catalog(), new Surroundings()).CompileFile(Path.Combine(Repository.Root, "pipelines", file));

        Assert.NotEmpty(plan.Tests);
        foreach (var test in plan.Tests)
        {
            var outcome = await Rehearsal.RunAsync(plan, test, CancellationToken.None);
            Assert.True(outcome.Passed, string.Join('\n', outcome.Failures.Select(f => $"{test.Name}: {f.At}: {f.What}\n{string.Join('\n', f.Diff)}")));
        }
    }
}
