using System.Net.Http.Headers;
using System.Text;

namespace StreamEdge;

/// <summary>InfluxDB 1.6 with one empty database.</summary>
sealed class InfluxServer : IAsyncDisposable
{
    public const string Database = "press";
    public const string User = "edge";
    public const string Password = "s3cret";

    readonly Func<Task<ServerProcess>> _start;
    ServerProcess _process;
    bool _isAway;
    readonly HttpClient _client;

    InfluxServer(ServerProcess process, Func<Task<ServerProcess>> start, Uri address, bool auth)
    {
        (_process, _start) = (process, start);
        Address = address;
        _client = new() { BaseAddress = address };
        if (auth)
        {
            var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", login);
        }
    }

    /// <summary>Where it listens, as http://127.0.0.1:port.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server; with auth, only <see cref="User"/> with <see cref="Password"/> may read and write.</summary>
    public static async Task<InfluxServer> StartAsync(bool auth = false, CancellationToken cancel = default)
    {
        var folder = ServerProcess.NewFolder();
        var address = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}");
        var configuration = Path.Combine(folder, "influx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(folder, address, ServerProcess.FreePort(), auth), cancel);

        Task<ServerProcess> Start() => ServerProcess.StartAsync("influxd", folder, ["run", "-config", configuration], new(address, "/ping"), cancel);
        var server = new InfluxServer(await Start(), Start, address, auth);
        try
        {
            // The first user is the administrator, and may be made by anybody.
            if (auth) await server.QueryAsync($"CREATE USER {User} WITH PASSWORD '{Password}' WITH ALL PRIVILEGES", cancel);
            await server.QueryAsync($"CREATE DATABASE {Database}", cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9. What it has acknowledged is in its folder.</summary>
    public async Task KillAsync()
    {
        await _process.KillAsync();
        _isAway = true;
    }

    /// <summary>Starts it again where it was.</summary>
    public async Task RestartAsync()
    {
        _process = await _start();
        _isAway = false;
    }

    /// <summary>Runs one InfluxQL statement and returns the JSON answer, with times in nanoseconds.</summary>
    public async Task<string> QueryAsync(string statement, CancellationToken cancel = default)
    {
        using var form = new FormUrlEncodedContent([new("q", statement), new("db", Database), new("epoch", "ns")]);
        using var answer = await _client.PostAsync("/query", form, cancel);
        var json = await answer.Content.ReadAsStringAsync(cancel);
        // Errors of a statement come with status 200.
        return answer.IsSuccessStatusCode && !json.Contains("\"error\":", StringComparison.Ordinal)
            ? json
            : throw new InvalidOperationException($"{statement}: {(int)answer.StatusCode} {json}");
    }

    /// <summary>Writes line protocol, independently of the sink under test.</summary>
    public async Task WriteAsync(string lines, CancellationToken cancel = default)
    {
        using var body = new StringContent(lines);
        using var answer = await _client.PostAsync($"/write?db={Database}", body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_isAway) await RestartAsync(); // its folder goes with it
        await _process.DisposeAsync();
    }

    // Both ports must be set: by default they are open to the network, and taken by an installed server.
    static string Configuration(string folder, Uri address, int rpcPort, bool auth) => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:{rpcPort}"
        [meta]
          dir = "{folder}/meta"
        [data]
          dir = "{folder}/data"
          wal-dir = "{folder}/wal"
          query-log-enabled = false
          index-version = "inmem"
        [http]
          bind-address = "{address.Authority}"
          auth-enabled = {(auth ? "true" : "false")}
          log-enabled = false
        [monitor]
          store-enabled = false
        [subscriber]
          enabled = false
        [continuous_queries]
          enabled = false
        """;
}
