using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>What the server made of some points.</summary>
enum InfluxVerdict
{
    /// <summary>It has them.</summary>
    Taken,

    /// <summary>Some of them are bad, or they are too many for one request.</summary>
    Refused,

    /// <summary>It failed over them: a trouble of its own, or one that these points make it again and again.</summary>
    Failed,

    /// <summary>It is not there, or asks to be left alone.</summary>
    Away,

    /// <summary>Nothing will be taken before a person has put something right.</summary>
    Misdirected,
}

/// <summary>An answer, or why there was none.</summary>
/// <param name="Verdict">What became of the points.</param>
/// <param name="Words">What the server said where it did not take them.</param>
readonly record struct InfluxAnswer(InfluxVerdict Verdict, string Words = "")
{
    /// <summary>How many points it says it refused, having taken the others; 0 where it does not say.</summary>
    public int Refused { get; init; }

    /// <summary>How long it asks to be left alone.</summary>
    public TimeSpan? After { get; init; }
}

/// <summary>
/// Sends points until there is an answer that settles them. What passes by itself (no connection, no answer, 429, 5xx) is
/// tried again for ever; what a person must put right (a wrong token, bucket or address) throws, or where an outbox holds
/// the rows is tried again every minute, and at once when the secret has changed.
/// </summary>
sealed partial class InfluxClient : IDisposable
{
    const int MostWords = 4096, ManyFailures = 20;
    static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1), s_longestWait = TimeSpan.FromSeconds(60), s_longestAsked = TimeSpan.FromHours(1), s_longSince = TimeSpan.FromMinutes(10);

    readonly InfluxSinkOptions _options;
    readonly Clock _clock;
    readonly Action<string> _say;
    readonly Func<bool> _isBuffered;
    readonly Random _jitter;
    readonly HttpClient _http;
    readonly Uri _address;
    readonly string _server;
    readonly MemoryStream _packed = new();
    bool _hasTaken;

    public InfluxClient(InfluxSinkOptions options, Clock clock, Action<string> say, Func<bool> isBuffered, string name)
    {
        (_options, _clock, _say, _isBuffered) = (options, clock, say, isBuffered);
        (_address, _server) = (options.WriteAddress(), options.Url.GetLeftPart(UriPartial.Path));
        // Gateways that lost one server together, all with the same file, shall not come back to it together.
        _jitter = new Random($"{Environment.MachineName}/{name}".Aggregate(17, static (seed, c) => unchecked(seed * 31 + c)));
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a login page answers 200, and a write would be lost on it
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a moved name is looked up again
            ConnectTimeout = options.Timeout,
            UseCookies = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends lines until the server has taken or refused them; where an outbox holds them, also until it has failed over them so often that they may be the reason.</summary>
    /// <exception cref="HttpRequestException">The server answers in a way that a person must put right.</exception>
    public async ValueTask<InfluxAnswer> PostAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        var (failures, since) = (0, TimeSpan.Zero);
        for (var tries = 0; ; tries++)
        {
            var answer = await TryAsync(lines, cancel);
            if (answer.Verdict is InfluxVerdict.Taken or InfluxVerdict.Refused) return answer;
            if (answer.Verdict == InfluxVerdict.Misdirected)
            {
                if (!_isBuffered()) throw new HttpRequestException($"{_server} {answer.Words}");
                _say($"sends nothing, and drops nothing, until somebody puts it right: {_server} {answer.Words}");
                await SecretOrMinuteAsync(cancel);
                continue;
            }

            failures = answer.Verdict == InfluxVerdict.Failed ? failures + 1 : 0;
            if (failures >= ManyFailures && since >= s_longSince && _isBuffered()) return answer;
            _say($"waits for {_server}, which {answer.Words.TrimEnd()}; it tries again until it succeeds");
            var wait = answer.After ?? Wait(tries);
            since = failures == 0 ? TimeSpan.Zero : since + wait;
            await Task.Delay(wait, _clock.Time, cancel);
        }
    }

    /// <summary>Sends lines once.</summary>
    public async ValueTask<InfluxAnswer> TryAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        try
        {
            using var limited = new CancellationTokenSource(_options.Timeout, _clock.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, cancel);
            using var answer = await SendAsync(_options.Gzip ? Pack(lines.Span) : lines, either.Token);
            if (answer.StatusCode == HttpStatusCode.NoContent)
            {
                _hasTaken = true;
                return new(InfluxVerdict.Taken);
            }

            var words = await WordsAsync(answer, either.Token);
            if (Settles(answer.StatusCode, words)) return new(InfluxVerdict.Refused, words) { Refused = RefusedIn(words) };
            if (!Passes(answer.StatusCode, words)) return new(InfluxVerdict.Misdirected, Loudly(answer, words));
            return new(IsAway(answer.StatusCode) ? InfluxVerdict.Away : InfluxVerdict.Failed, $"answered {(int)answer.StatusCode} {words}") { After = Asked(answer.Headers.RetryAfter) };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(InfluxVerdict.Away, $"did not answer within {Duration.Text(_options.Timeout)}");
        }
        catch (HttpRequestException error)
        {
            return new(InfluxVerdict.Away, $"cannot be reached ({Reason(error)})");
        }
        catch (IOException error)
        {
            return new(InfluxVerdict.Away, $"broke off its answer ({error.Message})");
        }
    }

    /// <summary>Returns after a minute, or when the secret is another one.</summary>
    async Task SecretOrMinuteAsync(CancellationToken cancel)
    {
        var refused = _options.Authorization()?.Parameter;
        for (var waited = TimeSpan.Zero; waited < s_longestWait && _options.Authorization()?.Parameter == refused; waited += s_firstWait)
            await Task.Delay(s_firstWait, _clock.Time, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _packed.Dispose();
    }

    async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        if (_options.Gzip) request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Authorization = _options.Authorization();
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    ReadOnlyMemory<byte> Pack(ReadOnlySpan<byte> lines)
    {
        _packed.SetLength(0);
        using (var gzip = new GZipStream(_packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(lines);
        return _packed.GetBuffer().AsMemory(0, (int)_packed.Length);
    }

    /// <summary>
    /// Whether the answer is about the points themselves: one of them is bad, or there are too many. A 400 may also mean
    /// the request, as where 'org' is missing; then every point would be dropped for it. So until the server has taken a
    /// first point, its words must be about points.
    /// </summary>
    bool Settles(HttpStatusCode status, string words) => status == HttpStatusCode.RequestEntityTooLarge
        || (status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity && (_hasTaken || AboutPoints.IsMatch(words)));

    static bool IsAway(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    // InfluxDB 1 answers 500 for a retention policy that does not exist.
    static bool Passes(HttpStatusCode status, string words) =>
        ((int)status >= 500 && !words.Contains("retention policy not found", StringComparison.Ordinal)) || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    string Loudly(HttpResponseMessage answer, string words)
    {
        var said = words.Length == 0 ? $"{(int)answer.StatusCode}" : $"{(int)answer.StatusCode} {words}";
        var remedy = answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => _options.Bucket is not null ? "check 'token'" : "check 'user' and 'password'",
            HttpStatusCode.Forbidden => _options.Bucket is not null ? "give the token the right to write to the bucket" : "give the user the right to write to the database",
            HttpStatusCode.NotFound => _options.Bucket is not null ? "check 'bucket' and 'org'; InfluxDB 1 takes 'database' instead of 'bucket'" : "make the database, or check 'database'; InfluxDB 2 and later take 'bucket' instead",
            HttpStatusCode.BadRequest => "check every option of the sink: it refuses the request, not a point",
            HttpStatusCode.InternalServerError => "check 'retention'",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => "write the address that it leads to, if it is InfluxDB's",
            < HttpStatusCode.MultipleChoices => "only 204 says that points are stored; something else than InfluxDB answers there, such as a login page",
            _ => "check 'url'",
        };
        var leads = answer.Headers.Location is { } location ? $" and leads to {Visible.Quote(location.OriginalString.Split('?')[0])}" : "";
        return $"answered {said}{leads}; {remedy}";
    }

    /// <summary>What the server says, in one line without our secrets.</summary>
    async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var bytes = new byte[MostWords];
        await using var content = await answer.Content.ReadAsStreamAsync(cancel);
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        var words = Encoding.UTF8.GetString(bytes, 0, length).Trim();
        if (words.StartsWith('<')) words = "with a web page";
        else if (words.StartsWith('{')) words = FromJson(bytes.AsMemory(0, length)) ?? words;
        foreach (var secret in new[] { _options.Token, _options.Password })
            if (secret is not null) words = words.Replace(secret.Reveal(), secret.ToString());
        words = words.ReplaceLineEndings(" ");
        return Visible.Text(words.Length <= 300 ? words : $"{words[..300]}...");
    }

    /// <summary>InfluxDB 1 says <c>error</c>; version 2 says <c>message</c>, and <c>code</c>, which repeats the status.</summary>
    static string? FromJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            foreach (var name in new[] { "message", "error" })
                if (json.RootElement.TryGetProperty(name, out var said) && said.ValueKind == JsonValueKind.String) return said.GetString();
            return null;
        }
        catch (JsonException)
        {
            return null; // cut off, or not JSON after all: its text is shown as it is
        }
    }

    static int RefusedIn(string words) =>
        Dropped.Match(words) is { Success: true } match && int.TryParse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture, out var count) ? count : 0;

    TimeSpan? Asked(RetryConditionHeaderValue? after)
    {
        var wait = after?.Delta ?? after?.Date - Nanoseconds.ToInstant(_clock.Wall);
        return wait is not { } asked ? null : asked < TimeSpan.Zero ? TimeSpan.Zero : asked > s_longestAsked ? s_longestAsked : asked;
    }

    /// <summary>1 s, 2 s, 4 s … 60 s, each up to a quarter shorter.</summary>
    TimeSpan Wait(int failed)
    {
        var full = failed >= 6 ? s_longestWait : s_firstWait * (1 << failed);
        return (full < s_longestWait ? full : s_longestWait) * (1 - _jitter.NextDouble() / 4);
    }

    static string Reason(Exception error)
    {
        while (error.InnerException is { } inner && error is not SocketException) error = inner;
        return error.Message;
    }

    [GeneratedRegex("partial write|pars(e|ing)|conflict|line protocol|retention|range|column|too (large|long)|key size", RegexOptions.IgnoreCase)]
    static partial Regex AboutPoints { get; }

    [GeneratedRegex(@"\bdropped=(?<count>[0-9]{1,9})\z")]
    static partial Regex Dropped { get; }
}
