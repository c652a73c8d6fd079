namespace StreamEdge;

/// <summary>VictoriaMetrics 1.79, which takes InfluxDB's v1 and v2 writes and answers in its own way.</summary>
/// <remarks>It never refuses a bad line, so error handling is tested on <see cref="InfluxServer"/>.</remarks>
sealed class VictoriaServer : IAsyncDisposable
{
    readonly ServerProcess _process;
    readonly HttpClient _client;

    VictoriaServer(ServerProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _client = new() { BaseAddress = address };
    }

    /// <summary>Where it listens, as http://127.0.0.1:port.</summary>
    public Uri Address { get; }

    public static async Task<VictoriaServer> StartAsync(CancellationToken cancel = default)
    {
        var folder = ServerProcess.NewFolder();
        var address = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}");
        var process = await ServerProcess.StartAsync(
            "victoria-metrics",
            folder,
            [
                $"-storageDataPath={folder}",
                $"-httpListenAddr={address.Authority}",
                "-retentionPeriod=100y", // older points vanish without a word
                "-memory.allowedPercent=10",
            ],
            new(address, "/ping"),
            cancel);
        return new(process, address);
    }

    /// <summary>Every sample of the series that match, as JSON lines: {"metric":{…},"values":[…],"timestamps":[…]}, in milliseconds.</summary>
    /// <param name="match">A selector such as {__name__=~"valve_.*"}; a series is named MEASUREMENT_FIELD.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public async Task<string> ExportAsync(string match, CancellationToken cancel = default)
    {
        await _client.GetStringAsync("/internal/force_flush", cancel); // else what was written last is not visible yet
        return await _client.GetStringAsync($"/api/v1/export?match[]={Uri.EscapeDataString(match)}", cancel);
    }

    /// <summary>Writes line protocol to the v2 address, independently of the sink under test.</summary>
    public async Task WriteAsync(string lines, CancellationToken cancel = default)
    {
        using var body = new StringContent(lines);
        using var answer = await _client.PostAsync("/api/v2/write?bucket=press&precision=ns", body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }
}
