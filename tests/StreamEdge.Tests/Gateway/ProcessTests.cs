using System.Diagnostics;

namespace StreamEdge;

/// <summary>The program as a process of its own: what is left when it is killed, and what it does when it is asked to end.</summary>
public class ProcessTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    static readonly string s_endless = CommandLineTests.Press.Replace("counting: 21", "simulate: { machines: 2, speed: 1x }").Replace(", odd: drop", "");

    [Fact]
    public async Task A_run_that_was_killed_leaves_its_books_and_no_lock()
    {
        using var cli = new Cli();
        using var run = await StartAsync(cli);

        run.Kill();
        await run.WaitForExitAsync().WaitAsync(s_patience);

        Assert.Equal(1, await cli.RunAsync("ledger", "press", "--state", cli.State));
        Assert.StartsWith("press: DID NOT END, last seen ", cli.Out);
        Assert.Equal(0, await cli.RunAsync("run", cli.File("press.yaml", CommandLineTests.Press), "--state", cli.State, "--quiet"));
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("TERM")]
    public async Task A_run_that_is_asked_to_end_drains_and_closes_its_books(string signal)
    {
        using var cli = new Cli();
        using var run = await StartAsync(cli);

        using var kill = Process.Start("kill", [$"-{signal}", $"{run.Id}"]);
        await run.WaitForExitAsync().WaitAsync(s_patience);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(0, await cli.RunAsync("ledger", "press", "--state", cli.State));
        Assert.StartsWith("press: stopped ", cli.Out);
        Assert.EndsWith("  ledger  balanced\n", cli.Out);
    }

    /// <summary>Starts a run without an end, and returns when it is at work.</summary>
    static async Task<Process> StartAsync(Cli cli)
    {
        // A test that is started in the background has signals ignored, and would pass that on.
        var run = Process.Start(new ProcessStartInfo("env", ["--default-signal", "dotnet", typeof(CommandLine).Assembly.Location, "run", cli.File("endless.yaml", s_endless), "--state", cli.State])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (await run.StandardError.ReadLineAsync().WaitAsync(s_patience) is { } line)
            if (line.EndsWith("press: started.", StringComparison.Ordinal)) return run;
        throw new InvalidOperationException("the run ended before it began");
    }
}
