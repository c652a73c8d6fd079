using System.Diagnostics;

namespace StreamEdge;

/// <summary>A disk that refuses, made by strace: .NET's own flush would hide it.</summary>
public class FailedSyncTests
{
    [StraceFact]
    public async Task A_failed_fdatasync_is_told_and_the_log_goes_on_in_a_new_file()
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-").FullName;
        try
        {
            var output = await RunAsync("-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1+2",
                Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", "exec", typeof(FailedSyncTests).Assembly.Location, folder);

            Assert.Equal($"""
                IOException: {folder}/single could not be brought to the disk: Input/output error
                durable: 1
                {folder}/log-0000000001 could not be brought to the disk: Input/output error; what was not safe there is written to a new file
                durable: 2
                failures: 1, files: log-0000000001 log-0000000002 single

                """, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("strace", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}

/// <summary>A test that needs strace, skipped in plain words where it is missing or may not trace.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class StraceFactAttribute : FactAttribute
{
    static readonly string? s_reason = WhyNot();

    public StraceFactAttribute() => Skip = s_reason;

    static string? WhyNot()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "strace may not trace here";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is not here";
        }
    }
}
