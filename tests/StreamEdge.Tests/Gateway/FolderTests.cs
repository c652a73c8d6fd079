namespace StreamEdge;

/// <summary>Folders that a command line names, and who may run over them.</summary>
public class FolderTests
{
    [Theory]
    [InlineData("--state afile is a file, not a folder", "run", "press.yaml", "--state", "afile")]
    [InlineData("--state afile/deep/down lies below afile, which is a file, not a folder", "run", "press.yaml", "--state", "afile/deep/down")]
    [InlineData("--state has no name; write a folder behind it, or leave it out", "run", "press.yaml", "--state", "")]
    [InlineData("--state /proc/foo: no folder can be made there; name another one", "run", "press.yaml", "--state", "/proc/foo")]
    [InlineData("--state afile is a file, not a folder", "query", "--state", "afile")]
    [InlineData("--state has no name; write a folder behind it, or leave it out", "ledger", "--state", "")]
    [InlineData("--models nowhere: there is no such folder", "run", "press.yaml", "--models", "nowhere")]
    [InlineData("--models afile is a file, not a folder", "check", "press.yaml", "--models", "afile")]
    [InlineData("--models nowhere: there is no such folder", "explain", "press.yaml", "--models", "nowhere")]
    public async Task What_cannot_be_a_folder_is_told_before_anything_starts(string expected, params string[] args)
    {
        using var cli = new Cli();
        cli.File("press.yaml", CommandLineTests.Press);
        cli.File("afile", "text");

        Assert.Equal(2, await cli.RunAsync([.. args.Select(a => a.StartsWith("press", StringComparison.Ordinal) || a.StartsWith("afile", StringComparison.Ordinal) || a == "nowhere" ? cli.PathOf(a) : a)]));

        Assert.Equal($"streamedge: {expected}\n", cli.Error);
        Assert.Equal("", cli.Out);
    }

    [Fact]
    public async Task A_second_run_of_a_pipeline_over_one_folder_is_refused_before_any_pipeline_starts()
    {
        using var cli = new Cli();
        Directory.CreateDirectory(cli.State);
        using var first = Held(cli);
        var other = cli.File("other.yaml", CommandLineTests.Press.Replace("pipeline: press", "pipeline: other").Replace("windows.jsonl", "other.jsonl"));

        Assert.Equal(2, await cli.RunAsync("run", other, cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State));

        Assert.Equal("streamedge: the pipeline 'press' runs already over the folder 'state'; stop that run first, or give this one a folder of its own with --state\n", cli.Error);
        Assert.Equal("", cli.Out);
        Assert.Equal(["other.lock", "press.lock"], Directory.EnumerateFiles(cli.State).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_lock_that_nobody_holds_any_more_hinders_nobody()
    {
        using var cli = new Cli();
        Directory.CreateDirectory(cli.State);
        Held(cli).Dispose();

        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State, "--quiet"));
        Assert.Equal(0, await cli.RunAsync("run", cli.PathOf("press.yaml"), "--state", cli.State, "--quiet"));
    }

    [Fact]
    public async Task Two_sinks_of_one_pipeline_that_write_one_file_are_told()
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", CommandLineTests.Press.TrimEnd() + "\n      again: { from: window, file: windows.jsonl }\n");

        Assert.Equal(1, await cli.RunAsync("check", file));

        Assert.Equal("press.yaml: two of its steps write the file 'windows.jsonl'; give each its own, or one sink both inputs: 'from: [a, b]'\n", cli.Error);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run", "--quiet")]
    public async Task Two_pipelines_that_write_one_file_are_told(string verb, params string[] options)
    {
        using var cli = new Cli();
        var other = cli.File("other.yaml", CommandLineTests.Press.Replace("pipeline: press", "pipeline: other"));

        Assert.Equal(1, await cli.RunAsync([verb, cli.File("press.yaml", CommandLineTests.Press), other, .. options, .. verb == "run" ? new[] { "--state", cli.State } : []]));

        Assert.StartsWith("other.yaml: it writes the file 'windows.jsonl', as press.yaml does; give it another\n", cli.Error);
        Assert.DoesNotContain("other", cli.Out);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task A_file_that_is_named_twice_is_refused_before_anything_runs(string verb)
    {
        using var cli = new Cli();
        var file = cli.File("press.yaml", CommandLineTests.Press);

        Assert.Equal(2, await cli.RunAsync(verb, file, file));

        Assert.Equal($"streamedge: {verb}: the file press.yaml is named twice\n", cli.Error);
        Assert.Equal("", cli.Out);
    }

    static FileStream Held(Cli cli) => new(Path.Combine(cli.State, "press.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
