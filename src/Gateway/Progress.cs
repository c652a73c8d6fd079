namespace StreamEdge;

/// <summary>Shows how far running pipelines are: every second to a person, every ten seconds to a file.</summary>
sealed class Progress : IAsyncDisposable
{
    readonly IReadOnlyList<Graph> _graphs;
    readonly ConsoleLog _log;
    readonly TimeProvider _time;
    readonly long _begin;
    readonly ITimer _timer;
    (long Readings, long Time) _before;

    public Progress(IReadOnlyList<Graph> graphs, ConsoleLog log, Terminal terminal)
    {
        (_graphs, _log, _time) = (graphs, log, terminal.Time);
        _begin = _time.GetTimestamp();
        _before = (0, _begin);
        var every = TimeSpan.FromSeconds(terminal.Live ? 1 : 10);
        _timer = _time.CreateTimer(_ => Show(), null, every, every);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _log.Clear();
    }

    void Show()
    {
        var now = _time.GetTimestamp();
        var readings = _graphs.Sum(graph => Figures.Collected(graph.ReadLedger()));
        var seconds = _time.GetElapsedTime(_before.Time, now).TotalSeconds;
        var rate = seconds > 0 ? (readings - _before.Readings) / seconds : 0;
        _before = (readings, now);
        var who = _graphs.Count == 1 ? _graphs[0].Name : $"{_graphs.Count} pipelines";
        _log.Progress($"{who}: {Line(readings, rate, _graphs.Average(graph => graph.Progress), _time.GetElapsedTime(_begin, now))}");
    }

    /// <summary>The line behind the name; without share and time left where the input has no end.</summary>
    static string Line(long readings, double rate, double share, TimeSpan elapsed)
    {
        var line = $"{readings:N0} readings, {rate:N0}/s, {Figures.Clock(elapsed)}";
        if (double.IsNaN(share)) return line;
        var left = share > 0 ? $", {Figures.Clock(elapsed * (1 - share) / share)} left" : "";
        return $"{Math.Floor(share * 100)} %, {line}{left}";
    }
}
