using StreamEdge;

using var signals = new StopSignals(Console.Error);
return await CommandLine.RunAsync(args, new Terminal
{
    Out = Console.Out,
    Error = Console.Error,
    Live = !Console.IsErrorRedirected,
    Stop = signals.Stop,
});
