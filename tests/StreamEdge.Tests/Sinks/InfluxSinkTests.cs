using System.Net.Sockets;

namespace StreamEdge;

public sealed class InfluxSinkTests : IDisposable
{
    const long Noon = SinkRun.Noon;
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    readonly SkippedTime _time = new(s_limit);
    readonly SinkRun _run;

    public InfluxSinkTests() => _run = new(time: _time);

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Writes_to_version_2_with_its_bucket_and_token()
    {
        await using var server = new InfluxStub(_ => StubAnswer.Stored);

        var books = await _run.WriteAsync(new InfluxSinkOptions { Url = new(server.Address, "proxy/"), Bucket = "press/1", Org = "a b", Token = new("t0ken"), Gzip = false }, Numbers(2));

        Assert.Equal(["POST /proxy/api/v2/write?bucket=press%2F1&org=a%20b&precision=ns Token t0ken -"], server.Requests);
        Assert.Equal([$"press,machine=m1 count=0i {Noon}", $"press,machine=m1 count=1i {Noon + 1}"], server.Stored);
        Assert.Equal((2, 0), (books.Absorbed, books.Dropped));
    }

    [Fact]
    public async Task Writes_to_version_1_with_its_database_and_user()
    {
        await using var server = new InfluxStub(_ => StubAnswer.Stored);

        await _run.WriteAsync(new InfluxSinkOptions { Url = server.Address, Database = "press", Retention = "year", User = "edge", Password = new("s3cret"), Measurement = "valve" }, Numbers(1));

        Assert.Equal(["POST /write?db=press&rp=year&precision=ns Basic ZWRnZTpzM2NyZXQ= gzip"], server.Requests);
        Assert.Equal([$"valve,machine=m1 count=0i {Noon}"], server.Stored);
    }

    [Fact]
    public async Task Sends_no_more_points_at_once_than_it_may()
    {
        await using var server = new InfluxStub(_ => StubAnswer.Stored);

        await _run.WriteAsync(Options(server) with { MaxPoints = 100 }, Numbers(250), Numbers(60));

        Assert.Equal([100, 100, 100, 10], server.Sizes);
        Assert.Equal(310, server.Stored.Count);
    }

    [Theory]
    [InlineData(400, """{"error":"partial write: field type conflict: input field \"count\" on measurement \"press\" is type integer, already exists as type float dropped=1"}""")]
    [InlineData(400, """{"error":"unable to parse 'press count=': missing field value"}""")]
    [InlineData(422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: points beyond retention policy"}""")]
    public async Task One_bad_point_among_5000_is_found_dropped_and_told(int status, string body)
    {
        await using var server = new InfluxStub(lines => lines.Any(l => l.Contains("count=1234i")) ? new(status, body) : StubAnswer.Stored);

        var books = await _run.WriteAsync(Options(server), Numbers(4096), Numbers(904, 4096));

        Assert.Equal(4999, server.Stored.Distinct().Count());
        Assert.Equal((4999, 1), (books.Absorbed, books.Dropped));
        Assert.Equal([("count", 1L)], books.Reason("rejected").BySignal());
        Assert.InRange(server.Requests.Count, 20, 27);
        var words = System.Text.Json.JsonDocument.Parse(body).RootElement;
        Assert.Equal([$"had points rejected by {server.Address}: {words.GetProperty(status == 400 ? "error" : "message")}"], books.Notices);
    }

    [Fact]
    public async Task A_request_of_which_the_server_says_it_refused_all_is_not_halved()
    {
        await using var server = new InfluxStub(lines => new(400, $$"""{"error":"partial write: points beyond retention policy dropped={{lines.Length}}"}"""));

        var books = await _run.WriteAsync(Options(server), Numbers(3000));

        Assert.Equal([3000], server.Sizes);
        Assert.Equal(3000, books.Reason("rejected").Total);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_split()
    {
        await using var server = new InfluxStub(lines => lines.Length > 300 ? new(413, "Request Entity Too Large") : StubAnswer.Stored);

        var books = await _run.WriteAsync(Options(server), Numbers(1000));

        Assert.Equal([1000, 500, 250, 250, 500, 250, 250], server.Sizes);
        Assert.Equal((1000, 0), (books.Absorbed, books.Dropped));
    }

    [Theory]
    [InlineData(401, """{"code":"unauthorized","message":"unauthorized access"}""", "answered 401 unauthorized access; check 'token'")]
    [InlineData(403, """{"error":"\"r\" user t0ken is not authorized"}""", "answered 403 \"r\" user *** is not authorized; give the token the right to write to the bucket")]
    [InlineData(404, "404 page not found\n", "answered 404 404 page not found; check 'bucket' and 'org'; InfluxDB 1 takes 'database' instead of 'bucket'")]
    [InlineData(200, "<html><body>Welcome to the plant's guest network</body></html>", "answered 200 with a web page; only 204 says that points are stored; something else than InfluxDB answers there, such as a login page")]
    [InlineData(302, "", "answered 302 and leads to 'https://login.example/'; write the address that it leads to, if it is InfluxDB's")]
    [InlineData(400, """{"code":"invalid","message":"Please provide either orgID or org"}""", "answered 400 Please provide either orgID or org; check every option of the sink: it refuses the request, not a point")]
    [InlineData(500, """{"error":"retention policy not found: nope"}""", "answered 500 retention policy not found: nope; check 'retention'")]
    public async Task What_a_person_must_put_right_fails_loudly_and_drops_nothing(int status, string body, string expected)
    {
        await using var server = new InfluxStub(_ => new(status, body, status == 302 ? [("Location", "https://login.example/?from=press")] : []));
        await using var sink = Options(server).Build(_run.Context());
        await sink.WriteAsync(Numbers(10), default);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => sink.FlushAsync(default).AsTask());

        Assert.Equal($"{server.Address} {expected}", error.Message);
        Assert.Equal((10, 0, 0), (sink.Held, sink.Books.Absorbed, sink.Books.Dropped));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Waits_for_a_server_that_is_away_twice_as_long_each_time_and_loses_nothing()
    {
        var answers = new Queue<StubAnswer>(Enumerable.Repeat(new StubAnswer(503, "engine: cache maximum memory size exceeded"), 10));
        await using var server = new InfluxStub(_ => answers.TryDequeue(out var answer) ? answer : StubAnswer.Stored);

        var books = await _run.WriteAsync(Options(server), Numbers(10));

        double[] full = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60];
        Assert.Equal(full.Length, _time.Waits.Count);
        Assert.All(_time.Waits.Zip(full), w => Assert.InRange(w.First.TotalSeconds, w.Second * 0.75, w.Second));
        Assert.Equal((10, 10), (books.Absorbed, server.Stored.Count));
        Assert.Equal([$"waits for {server.Address}, which answered 503 engine: cache maximum memory size exceeded; it tries again until it succeeds"], books.Notices);
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        var address = InfluxStub.FreeAddress();
        InfluxStub? server = null;
        _time.Waited = waits => server = waits == 3 ? new InfluxStub(_ => StubAnswer.Stored, address) : server;

        var books = await _run.WriteAsync(new InfluxSinkOptions { Url = address, Database = "press" }, Numbers(10));

        await using var stub = server!;
        Assert.Equal((3, 10, 10), (_time.Waits.Count, books.Absorbed, stub.Stored.Count));
        Assert.Equal([$"waits for {address}, which cannot be reached (Connection refused); it tries again until it succeeds"], books.Notices);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 12:01:30 GMT", 90)]
    [InlineData("999999", 3600)]
    public async Task Waits_as_long_as_the_server_asks_for(string asked, double seconds)
    {
        var first = true;
        await using var server = new InfluxStub(_ =>
        {
            var answer = first ? new(429, "", ("Retry-After", asked)) : StubAnswer.Stored;
            first = false;
            return answer;
        });

        await _run.WriteAsync(Options(server), Numbers(1));

        Assert.Equal([TimeSpan.FromSeconds(seconds)], _time.Waits);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_asked_again()
    {
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var run = new SinkRun(time: new SkippedTime(TimeSpan.MaxValue)); // the time limit is over at once, too
        await using var sink = new InfluxSinkOptions { Url = new($"http://{silent.LocalEndpoint}"), Database = "press" }.Build(run.Context());
        using var enough = new CancellationTokenSource();
        await sink.WriteAsync(run.Reading(null, Noon, "m1", "temp", 1.0), default);

        var flush = sink.FlushAsync(enough.Token).AsTask();
        while (sink.Books.Notices.Count == 0) await Task.Yield();
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
        Assert.Equal($"waits for http://{silent.LocalEndpoint}/, which did not answer within 10s; it tries again until it succeeds", sink.Books.Notices[0]);
        Assert.Equal((1, 0), (sink.Held, sink.Books.Dropped));
    }

    [Fact]
    public async Task A_measurement_that_InfluxDB_keeps_for_itself_is_written_with_a_word_about_it()
    {
        await using var server = new InfluxStub(_ => StubAnswer.Stored);

        var books = await _run.WriteAsync(Options(server) with { Measurement = "_internal" }, Numbers(1));

        Assert.Equal(["writes the measurement '_internal', although InfluxDB keeps names that begin with _ for itself"], books.Notices);
        Assert.Equal([$"_internal,machine=m1 count=0i {Noon}"], server.Stored);
    }

    [Fact]
    public void No_secret_is_ever_shown()
    {
        var options = new InfluxSinkOptions { Url = new("http://h"), Bucket = "b", Token = new("t0ken"), Password = new("s3cret") };

        var shown = options.ToString() + OptionsText.Write(options);

        Assert.DoesNotContain("t0ken", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_at_check_time()
    {
        var rows = _run.Rows(window: false, new Column("time", Kind.Number), new Column("quality", Kind.Number));
        Uri url = new("http://influx:8086");

        Assert.Equal(["influx does not say where to write; add 'bucket' for InfluxDB 2 and later, or 'database' for InfluxDB 1"], Faults(new() { Url = url }));
        Assert.Equal(["influx has both a bucket and a database; keep 'bucket' for InfluxDB 2 and later, or 'database' for InfluxDB 1"], Faults(new() { Url = url, Bucket = "b", Database = "d" }));
        Assert.Equal(["'org' goes with 'bucket'; take it out", "'token' goes with 'bucket'; take it out", "the user has no password; write both 'user' and 'password', or neither"],
            Faults(new() { Url = url, Database = "d", Org = "o", Token = new("t"), User = "u" }));
        Assert.Equal(["'password' goes with 'database'; take it out", "'retention' goes with 'database'; take it out", "the token has letters in it that no token has; copy it again"],
            Faults(new() { Url = url, Bucket = "b", Retention = "r", Password = new("p"), Token = new("ключ") }));
        Assert.Equal(["mqtt is not how InfluxDB is reached; write http://HOST:8086 or https://HOST:8086"], Faults(new() { Url = new("mqtt://h"), Bucket = "b" }));
        Assert.Equal(["the address has a user or a password in it, and would be shown in messages; write them as 'user' and 'password', or 'token'"], Faults(new() { Url = new("http://u:p@h"), Bucket = "b" }));
        Assert.Equal(["the address has a query or a fragment in it; write the server's address only; bucket or database stand beside it"], Faults(new() { Url = new("http://h/?db=x"), Bucket = "b" }));
        Assert.Equal(["the address names the write request, which the sink adds itself; write the server's address only"], Faults(new() { Url = new("http://h/api/v2/write"), Bucket = "b" }));
        Assert.Equal(
            [
                "'quality' would stand twice in each line of line protocol; give the tag, signal or column 'quality' another name",
                "InfluxDB keeps the name 'time' for itself and refuses it as a tag or field; give the tag, signal or column another name",
                "the measurement 'a\\' ends in a backslash; take it out",
            ],
            Faults(new() { Url = url, Bucket = "b", Measurement = "a\\" }, rows));
    }

    static InfluxSinkOptions Options(InfluxStub server) => new() { Url = server.Address, Bucket = "press", Token = new("t0ken") };

    static IEnumerable<string> Faults(InfluxSinkOptions options, params Schema[] inputs)
    {
        using var run = new SinkRun();
        options.Build(run.Context(inputs));
        return [.. run.Faults.Order(StringComparer.Ordinal)];
    }

    Batch Numbers(int count, int from = 0)
    {
        Batch? batch = null;
        for (var number = from; number < from + count; number++) batch = _run.Reading(batch, Noon + number, "m1", "count", number);
        return batch!;
    }
}
