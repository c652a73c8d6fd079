using Microsoft.Extensions.Logging;

namespace StreamEdge;

/// <summary>A log line per event on standard error, and at most one progress line, which log lines never cut in two.</summary>
/// <param name="terminal">Where they go.</param>
/// <param name="least">The least level that is shown.</param>
sealed class ConsoleLog(Terminal terminal, LogLevel least) : ILogger
{
    const string ClearLine = "\r\u001b[K";
    readonly Lock _writing = new();
    bool _progressShown;

    /// <summary>Shows how far things are; over the line shown before, where a person looks on.</summary>
    public void Progress(string line)
    {
        lock (_writing)
        {
            if (terminal.Live) terminal.Error.Write(ClearLine + line);
            else terminal.Error.WriteLine(line);
            _progressShown = terminal.Live;
        }
    }

    /// <summary>Shows a line of the program itself, whatever the least level is.</summary>
    public void Tell(string line)
    {
        lock (_writing)
        {
            Clear();
            terminal.Error.WriteLine(line);
        }
    }

    /// <summary>Takes the progress line away.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            if (_progressShown) terminal.Error.Write(ClearLine);
            _progressShown = false;
        }
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        lock (_writing)
        {
            Clear();
            terminal.Error.WriteLine($"{terminal.Time.GetLocalNow():HH:mm:ss} {Word(logLevel)}{formatter(state, exception)}");
            if (exception is not null) terminal.Error.WriteLine($"{terminal.Time.GetLocalNow():HH:mm:ss} {Defect.Text(exception)}");
        }
    }

    static string Word(LogLevel level) => level switch
    {
        LogLevel.Warning => "warning: ",
        LogLevel.Error => "error: ",
        LogLevel.Critical => "bug: ",
        _ => "",
    };
}
