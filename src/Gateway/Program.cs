using StreamEdge;

var error = GuardedWriter.Messages(Console.Error);
AppDomain.CurrentDomain.UnhandledException += (_, crash) =>
{
    // Of a thread that nobody waits for, such as a timer's; what the commands themselves throw does not come here.
    error.WriteLine($"streamedge: {Defect.Text((Exception)crash.ExceptionObject)}");
    Environment.Exit(Exit.Failed);
};
using var signals = new StopSignals(error);
return await CommandLine.RunAsync(args, new Terminal
{
    Out = Console.Out,
    Error = error,
    Width = Console.IsOutputRedirected || Console.WindowWidth <= 0 ? 80 : Console.WindowWidth,
    Live = !Console.IsErrorRedirected,
    Stop = signals.Stop,
});
