using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamEdge;

/// <summary>A server on loopback that answers writes as a test tells it to, and keeps what it was sent.</summary>
sealed class InfluxStub : IAsyncDisposable
{
    readonly HttpListener _listener = new();
    readonly Func<string[], StubAnswer> _answer;
    readonly Task _running;

    /// <summary>Starts a server.</summary>
    /// <param name="answer">What it answers to the lines of a request.</param>
    /// <param name="address">Where it listens; at a free port where none is given.</param>
    public InfluxStub(Func<string[], StubAnswer> answer, Uri? address = null)
    {
        (_answer, Address) = (answer, address ?? FreeAddress());
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _running = Task.Run(RunAsync);
    }

    /// <summary>An address on loopback where nobody listens.</summary>
    public static Uri FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new($"http://{probe.LocalEndpoint}");
    }

    public Uri Address { get; }

    /// <summary>Every request: method, path with query, Authorization, encoding.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The number of lines of every request.</summary>
    public ConcurrentQueue<int> Sizes { get; } = new();

    /// <summary>The lines of the requests that it answered with 204.</summary>
    public ConcurrentQueue<string> Stored { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    async Task RunAsync()
    {
        while (true)
        {
            HttpListenerContext exchange;
            try
            {
                exchange = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return; // closed
            }

            await AnswerAsync(exchange.Request, exchange.Response);
        }
    }

    async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        var body = request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(request.InputStream, CompressionMode.Decompress) : request.InputStream;
        var lines = (await new StreamReader(body).ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Requests.Enqueue($"{request.HttpMethod} {request.RawUrl} {request.Headers["Authorization"] ?? "-"} {request.Headers["Content-Encoding"] ?? "-"}");
        Sizes.Enqueue(lines.Length);
        var answer = _answer(lines);
        if (answer.Status == 204) foreach (var line in lines) Stored.Enqueue(line);
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) response.Headers[name] = value;
        if (answer.Body.Length > 0) await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
        response.Close();
    }
}

/// <summary>An answer.</summary>
sealed record StubAnswer(int Status, string Body = "", params (string Name, string Value)[] Headers)
{
    public static StubAnswer Stored { get; } = new(204);
}

/// <summary>Time that does not wait: a delay is over at once, and kept to be looked at. Only a request's time limit never comes.</summary>
/// <param name="limit">The request's time limit.</param>
sealed class SkippedTime(TimeSpan limit) : TimeProvider
{
    long _passed;

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    /// <summary>Called at each wait, with how many there have been.</summary>
    public Action<int>? Waited { get; set; }

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(Interlocked.Read(ref _passed));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == limit || dueTime == Timeout.InfiniteTimeSpan) return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        Waits.Enqueue(dueTime);
        Waited?.Invoke(Waits.Count);
        Interlocked.Add(ref _passed, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
