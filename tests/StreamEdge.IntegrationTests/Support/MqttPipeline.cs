using System.Text;

namespace StreamEdge;

/// <summary>A pipeline file that runs beside the test until it is stopped; what the step <c>collect</c> gives and the sink is told are at hand.</summary>
sealed class MqttPipeline : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;
    readonly CancellationTokenSource _stop = new();
    readonly Graph _graph;
    readonly Task _running;
    bool _closed;

    public MqttPipeline(string steps, string signals = "temp: { unit: degC }", string time = "format: ms", string name = "plant")
    {
        var yaml = $"""
            pipeline: {name}
            time: {OneLine(time)}
            signals: {OneLine(signals)}
            steps:
            {string.Join('\n', steps.Split('\n').Select(l => $"  {l}"))}

            """;
        var plan = new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = _folder }).Compile(Path.Combine(_folder, "plant.yaml"), Encoding.UTF8.GetBytes(yaml));
        _graph = plan.ToGraph();
        _running = _graph.RunAsync(_stop.Token);

        static string OneLine(string inside) => $"{{ {inside} }}";
    }

    public Account Collected => Account("collect");

    public string Notices => string.Join('\n', _graph.Notices.Select(n => $"{n.Step} {n.Text}"));

    public Account Account(string step) => _graph.ReadLedger().Accounts.Single(a => a.Name == step);

    /// <summary>The lines of a file that a sink wrote; after <see cref="StopAsync"/>.</summary>
    public string[] Lines(string file) => File.ReadAllLines(Path.Combine(_folder, file));

    /// <summary>Waits until so many readings have come in or were dropped.</summary>
    public Task UntilCollectedAsync(long readings) => MosquittoServer.UntilAsync(() => Collected.In >= readings, () => $"{Collected.In} of {readings} came\n{Notices}");

    public Task UntilNoticedAsync(string words) => MosquittoServer.UntilAsync(() => Notices.Contains(words, StringComparison.Ordinal), () => $"it said:\n{Notices}");

    /// <summary>Ends the input, lets everything drain, and looks at the books.</summary>
    public async Task<Ledger> StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        var ledger = _graph.ReadLedger();
        Assert.True(ledger.Balanced, string.Join('\n', ledger.Accounts));
        await CloseAsync();
        return ledger;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Task.WhenAny(_running);
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Closes the files and connections.</summary>
    async Task CloseAsync()
    {
        if (_closed) return;
        _closed = true;
        await _graph.DisposeAsync();
    }
}
