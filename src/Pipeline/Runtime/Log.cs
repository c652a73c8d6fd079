using Microsoft.Extensions.Logging;

namespace StreamEdge;

/// <summary>Everything that is ever logged, with its event id. Rare: what happens with every batch is a metric.</summary>
static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "{Pipeline}: started.")]
    public static partial void Started(this ILogger log, string pipeline);

    [LoggerMessage(102, LogLevel.Information, "{Pipeline}: ended after {Seconds:0.0} s.")]
    public static partial void Finished(this ILogger log, string pipeline, double seconds);

    [LoggerMessage(103, LogLevel.Error, "{Pipeline}: stopped, because step '{Step}' failed: {Reason}")]
    public static partial void Failed(this ILogger log, string pipeline, string step, string reason);

    [LoggerMessage(104, LogLevel.Critical, "{Pipeline}: stopped by a fault of the program itself.")]
    public static partial void Crashed(this ILogger log, string pipeline, Exception error);

    [LoggerMessage(105, LogLevel.Error, "{Pipeline}: {Reason}")]
    public static partial void Undelivered(this ILogger log, string pipeline, string reason);

    [LoggerMessage(106, LogLevel.Information, "{Pipeline}: goes on from the checkpoint of {Time:yyyy-MM-dd HH:mm:ss}.")]
    public static partial void GoesOn(this ILogger log, string pipeline, DateTimeOffset time);

    [LoggerMessage(201, LogLevel.Warning, "{Pipeline}: {Step} {Notice}.")]
    public static partial void Noticed(this ILogger log, string pipeline, string step, string notice);

    [LoggerMessage(203, LogLevel.Warning, "{Pipeline}: {Notice}.")]
    public static partial void Warned(this ILogger log, string pipeline, string notice);

    [LoggerMessage(202, LogLevel.Warning, "{Pipeline}: {Step} gave no reading.")]
    public static partial void GaveNothing(this ILogger log, string pipeline, string step);
}
