namespace StreamEdge;

public class CasesTests
{
    public static TheoryData<string> Broken => [.. Cases.With("faults.txt")];

    public static TheoryData<string> Sound => [.. Cases.With("expected")];

    [Theory]
    [MemberData(nameof(Broken))]
    public void Tells_every_fault_of_a_broken_file(string name)
    {
        var error = Assert.Throws<PipelineException>(() => Cases.Compile(name, new Surroundings()));

        Cases.Matches(Path.Combine(Cases.Folder, name, "faults.txt"), error.Message + "\n");
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public async Task Writes_what_is_expected_and_balances(string name)
    {
        var state = Directory.CreateTempSubdirectory("streamedge-case").FullName;
        var graph = Cases.Compile(name, new Surroundings { StateFolder = state }).ToGraph();

        await graph.RunAsync(CancellationToken.None);
        await graph.DisposeAsync();

        var expected = Path.Combine(Cases.Folder, name, "expected");
        foreach (var file in Directory.EnumerateFiles(expected))
            Cases.Matches(file, File.ReadAllText(Path.Combine(state, Path.GetFileName(file))));
        Assert.True(graph.ReadLedger().Balanced);
        Directory.Delete(state, recursive: true);
    }

    [Fact]
    public void There_are_at_least_forty_broken_files() => Assert.True(Broken.Count >= 40, $"there are {Broken.Count}");
}
