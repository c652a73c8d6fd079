using System.Net.Http.Headers;
using System.Text;

namespace StreamEdge;

/// <summary>
/// Writes to InfluxDB, or to what speaks its line protocol: version 2 and later with <c>bucket</c>, version 1 with
/// <c>database</c>. While the server is away, or refuses whoever writes, points wait on the disk (<c>buffer</c>) and the
/// pipeline goes on; a single point that the server refuses is dropped and counted as <c>rejected</c>.
/// </summary>
/// <example>
/// - transmit: { history: { influx: "http://localhost:8086", database: plant } }
/// </example>
public sealed record InfluxSinkOptions : SinkOptions
{
    /// <summary>The server's address, <c>http://HOST:8086</c> or <c>https://</c>, with a path where a proxy wants one.</summary>
    [Short]
    public required Uri Url { get; init; }

    /// <summary>The bucket, for version 2 and later. Either this or <c>database</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>The organization that owns the bucket.</summary>
    public string? Org { get; init; }

    /// <summary>The token that may write to the bucket.</summary>
    public Secret? Token { get; init; }

    /// <summary>The database, for version 1. Either this or <c>bucket</c>.</summary>
    public string? Database { get; init; }

    /// <summary>The retention policy of the database. Default: the database's own default.</summary>
    public string? Retention { get; init; }

    /// <summary>The user that may write to the database.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public Secret? Password { get; init; }

    /// <summary>The measurement of every point. Default: the pipeline's name.</summary>
    public string? Measurement { get; init; }

    /// <summary>Whether requests are compressed: a seventh of the bytes for little work. Default: true.</summary>
    public bool Gzip { get; init; } = true;

    /// <summary>Most points of one request, 1 to 50,000. Fewer are sent after a second. Default: 5000.</summary>
    [Between(1, 50_000)]
    public int MaxPoints { get; init; } = 5000;

    /// <summary>How long the server may take to answer a request before it is sent again, 100ms to 10m. Default: 10s.</summary>
    [Between("100ms", "10m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is kept on the disk while the server is away, in a run that keeps its state: <c>disk</c> (512MB), <c>keep</c> (7d), <c>when_full</c> (<c>shed</c> or <c>block</c>).</summary>
    public BufferOptions Buffer { get; init; } = new();

    /// <inheritdoc/>
    public override Sink Build(BuildContext context)
    {
        var sound = LineProtocolWriter.Check(context, nameof(Measurement), Measurement ?? context.Pipeline.Name);
        if (Url.Scheme is not ("http" or "https")) Wrong(nameof(Url), $"{Url.Scheme} is not how InfluxDB is reached", "write http://HOST:8086 or https://HOST:8086");
        else if (Url.UserInfo.Length > 0) Wrong(nameof(Url), "the address has a user or a password in it, and would be shown in messages", "write them as 'user' and 'password', or 'token'");
        else if (Url.Query.Length > 0 || Url.Fragment.Length > 0) Wrong(nameof(Url), "the address has a query or a fragment in it", "write the server's address only; bucket or database stand beside it");
        else if (Url.AbsolutePath.TrimEnd('/').EndsWith("/write", StringComparison.Ordinal)) Wrong(nameof(Url), "the address names the write request, which the sink adds itself", "write the server's address only");

        if (Bucket is null && Database is null) Wrong("", "influx does not say where to write", "add 'bucket' for InfluxDB 2 and later, or 'database' for InfluxDB 1");
        else if (Bucket is not null && Database is not null) Wrong(nameof(Database), "influx has both a bucket and a database", "keep 'bucket' for InfluxDB 2 and later, or 'database' for InfluxDB 1");
        else
        {
            if (Bucket is "") Wrong(nameof(Bucket), "the bucket has no name", "write its name");
            if (Database is "") Wrong(nameof(Database), "the database has no name", "write its name");
            OnlyWith("bucket", Bucket, (nameof(Org), Org), (nameof(Token), Token));
            OnlyWith("database", Database, (nameof(Retention), Retention), (nameof(User), User), (nameof(Password), Password));
            if (Token is not null && !Ascii.IsValid(Token.Reveal())) Wrong(nameof(Token), "the token has letters in it that no token has", "copy it again");
            if (Database is not null && Password is not null != User is not null)
                Wrong(Password is null ? nameof(User) : nameof(Password), Password is null ? "the user has no password" : "the password belongs to no user", "write both 'user' and 'password', or neither");
        }

        return sound ? new InfluxSink(this, context) : default(Refusal);

        void OnlyWith(string owner, string? given, params ReadOnlySpan<(string Option, object? Value)> options)
        {
            foreach (var (option, value) in options)
                if (given is null && value is not null) Wrong(option, $"'{OptionsShape.Snake(option)}' goes with '{owner}'", "take it out");
        }

        void Wrong(string option, string what, string remedy)
        {
            context.Fault(option, what, remedy);
            sound = false;
        }
    }

    /// <summary>Where points are written, with everything but the secrets.</summary>
    internal Uri WriteAddress()
    {
        var server = Url.AbsoluteUri.TrimEnd('/');
        var path = Bucket is not null
            ? $"/api/v2/write?bucket={Uri.EscapeDataString(Bucket)}{Parameter("org", Org)}&precision=ns"
            : $"/write?db={Uri.EscapeDataString(Database!)}{Parameter("rp", Retention)}&precision=ns";
        return new Uri(server + path);

        static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
    }

    /// <summary>Who writes; null where the server asks for nobody.</summary>
    internal AuthenticationHeaderValue? Authorization() =>
        Token is not null ? new("Token", Token.Reveal())
        : User is not null ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password!.Reveal()}")))
        : null;
}

/// <summary>
/// Gathers points and sends them when there are enough or the engine flushes. A request that the server cannot take as a
/// whole is halved until the points that it refuses stand alone. Points are idempotent, so sending one twice does no harm.
/// </summary>
sealed class InfluxSink : Sink
{
    /// <summary>Bytes of one request; InfluxDB takes 25 MB.</summary>
    const int MostBytes = 4 << 20;

    /// <summary>Requests that one bad point among 50,000 makes fail; where more do, the server is not well.</summary>
    const int FailuresOfOne = 26;

    readonly LineProtocolWriter _writer;
    readonly InfluxClient _client;
    readonly Tally _rejected;
    readonly string _server;
    long _settled;
    int _first; // the first point that is not settled

    public InfluxSink(InfluxSinkOptions options, BuildContext context) : base(context.Inputs)
    {
        var measurement = options.Measurement ?? context.Pipeline.Name;
        if (measurement.StartsWith('_')) Books.Notice($"writes the measurement '{measurement}', although InfluxDB keeps names that begin with _ for itself");
        _writer = new LineProtocolWriter(measurement, Books, MostBytes, options.MaxPoints);
        Buffer = options.Buffer;
        _client = new InfluxClient(options, context.Clock, Books.Notice, () => IsBuffered, $"{context.Pipeline.Name}/{context.Step}");
        _rejected = Books.Reason("rejected");
        _server = options.Url.GetLeftPart(UriPartial.Path);
    }

    /// <inheritdoc/>
    public override bool IsRemote => true;

    /// <inheritdoc/>
    public override BufferOptions Buffer { get; }

    /// <inheritdoc/>
    public override long Held => _writer.Written - _settled;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => [("InfluxDB", _server)];

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        for (var row = 0; row < batch.Count;)
        {
            row = _writer.Write(batch, row);
            if (_writer.IsFull) await SendAllAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        _writer.Close();
        await SendAllAsync(cancel);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        _writer.Dispose();
        return base.DisposeAsync();
    }

    async ValueTask SendAllAsync(CancellationToken cancel)
    {
        if (!await SendAsync(_first, _writer.Points.Length, cancel)) return;
        _writer.Clear();
        _first = 0;
    }

    ReadOnlyMemory<byte> Lines(int from, int until) => _writer.Lines[(from == 0 ? 0 : _writer.Points[from - 1].End).._writer.Points[until - 1].End];

    /// <summary>Sends points until they are settled. False where the server fails over some of them: those and the ones behind them stay.</summary>
    async ValueTask<bool> SendAsync(int from, int until, CancellationToken cancel)
    {
        if (from == until) return true;
        var answer = await _client.PostAsync(Lines(from, until), cancel);
        if (answer.Verdict == InfluxVerdict.Failed) return await SiftAsync(from, until, cancel);
        var middle = from + (until - from) / 2;
        if (answer.Verdict == InfluxVerdict.Taken) Settle(from, until, taken: true);
        else if (until - from == 1 || answer.Refused == until - from) Reject(from, until, answer.Words);
        else return await SendAsync(from, middle, cancel) && await SendAsync(middle, until, cancel);
        return true;
    }

    /// <summary>
    /// Looks which of these points the server takes and over which it fails. Where it takes some, those over which it
    /// fails each alone are given up. False where it takes none: it may be in trouble itself, and nothing is settled.
    /// </summary>
    async ValueTask<bool> SiftAsync(int from, int until, CancellationToken cancel)
    {
        var settled = new List<(int From, int Until, InfluxAnswer Answer)>();
        var open = new Stack<(int From, int Until)>([(from, until)]);
        for (var (taken, failed) = (0, 0); open.TryPop(out var part);)
        {
            var answer = await _client.TryAsync(Lines(part.From, part.Until), cancel);
            var middle = part.From + (part.Until - part.From) / 2;
            if (answer.Verdict is InfluxVerdict.Away or InfluxVerdict.Misdirected || failed > FailuresOfOne * (taken + 1)) return false;
            taken += answer.Verdict == InfluxVerdict.Taken ? 1 : 0;
            failed += answer.Verdict == InfluxVerdict.Taken ? 0 : 1;
            if (answer.Verdict == InfluxVerdict.Taken || middle == part.From) settled.Add((part.From, part.Until, answer));
            else
            {
                open.Push((middle, part.Until));
                open.Push((part.From, middle));
            }
        }

        if (settled.TrueForAll(s => s.Answer.Verdict != InfluxVerdict.Taken)) return false;
        foreach (var (first, end, answer) in settled)
        {
            if (answer.Verdict == InfluxVerdict.Taken) Settle(first, end, taken: true);
            else Reject(first, end, answer.Words);
        }

        return true;
    }

    void Reject(int from, int until, string words)
    {
        Books.Notice($"had points rejected by {_server}: {words}");
        Settle(from, until, taken: false);
    }

    void Settle(int from, int until, bool taken)
    {
        var rows = _writer.Signals[(from == 0 ? 0 : _writer.Points[from - 1].Rows).._writer.Points[until - 1].Rows];
        _settled += rows.Length;
        _first = until;
        if (taken) Books.Absorbed += rows.Length;
        else foreach (var signal in rows) _rejected.AddOf(signal);
    }
}
