using System.Text;

namespace StreamEdge;

/// <summary>The InfluxDB sink behind an outbox: no answer of the server stops the pipeline.</summary>
public sealed class InfluxOutboxTests : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    readonly SkippedTime _time = new(TimeSpan.FromSeconds(10));
    readonly SinkRun _run;

    public InfluxOutboxTests() => _run = new(time: _time);

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(401, """{"error":"authorization failed"}""", "answered 401 authorization failed; check 'token'")]
    [InlineData(403, """{"error":"not authorized"}""", "answered 403 not authorized; give the token the right to write to the bucket")]
    [InlineData(404, "404 page not found\n", "answered 404 404 page not found; check 'bucket' and 'org'; InfluxDB 1 takes 'database' instead of 'bucket'")]
    [InlineData(400, """{"code":"invalid","message":"Please provide either orgID or org"}""", "answered 400 Please provide either orgID or org; check every option of the sink: it refuses the request, not a point")]
    [InlineData(302, "", "answered 302; write the address that it leads to, if it is InfluxDB's")]
    [InlineData(200, "<html></html>", "answered 200 with a web page; only 204 says that points are stored; something else than InfluxDB answers there, such as a login page")]
    public async Task What_a_person_must_put_right_is_told_once_and_waited_for_and_nothing_is_dropped(int status, string body, string expected)
    {
        var asked = 0;
        await using var server = new InfluxStub(_ => asked++ < 3 ? new(status, body) : StubAnswer.Stored);

        var books = await DeliverAsync(new() { Url = server.Address, Bucket = "press", Token = new("t0ken") }, 10);

        Assert.Equal((10, 0, 10), (books.Absorbed, books.Dropped, server.Stored.Count));
        Assert.Equal([$"sends nothing, and drops nothing, until somebody puts it right: {server.Address} {expected}"], books.Notices);
    }

    [Fact]
    public async Task A_new_secret_is_taken_within_a_second()
    {
        var secret = _run.PathOf("token");
        await File.WriteAllTextAsync(secret, "old");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        InfluxStub server = null!;
        await using var stub = server = new InfluxStub(_ =>
        {
            if (server.Requests.Last().Contains("Token new", StringComparison.Ordinal)) return StubAnswer.Stored;
            File.WriteAllText(secret, "new");
            File.SetLastWriteTimeUtc(secret, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            return new(401, """{"error":"authorization failed"}""");
        });
        var yaml = $$"""
            pipeline: press
            signals: { temp: }
            steps:
              - collect: { simulate: { machines: 1, length: 1s } }
              - transmit: { history: { influx: "{{server.Address}}", bucket: press, token: "${file:{{secret}}}" } }
            """;
        var plan = new Compiler(BuiltIn.Catalog(), _run.Surroundings).Compile(_run.PathOf("press.yaml"), Encoding.UTF8.GetBytes(yaml));

        var books = await DeliverAsync((InfluxSinkOptions)plan.Steps.Single(s => s.Name == "history").Options!, 10);

        Assert.Equal((10, 2), (books.Absorbed, server.Requests.Count));
    }

    [Fact]
    public async Task A_point_over_which_the_server_fails_for_ever_is_found_and_given_up_and_all_others_are_stored()
    {
        await using var server = new InfluxStub(lines => lines.Any(l => l.Contains("count=1234i")) ? new(500, "panic: index out of range") : StubAnswer.Stored);

        var books = await DeliverAsync(new() { Url = server.Address, Bucket = "press", Token = new("t0ken") }, 5000);

        Assert.Equal((4999, 1), (books.Absorbed, books.Dropped));
        Assert.Equal(1, books.Reason("rejected").Total);
        Assert.Equal(4999, server.Stored.Distinct().Count());
        Assert.Equal(20 + 27, server.Requests.Count, 2.0);
        Assert.Equal($"had points rejected by {server.Address}: answered 500 panic: index out of range", books.Notices[^1]);
    }

    [Fact]
    public async Task A_server_that_fails_over_everything_is_waited_for()
    {
        var asked = 0;
        await using var server = new InfluxStub(_ => ++asked <= 150 ? new(500, "engine: write failed: no space left on device") : StubAnswer.Stored);

        var books = await DeliverAsync(new() { Url = server.Address, Bucket = "press", Token = new("t0ken") }, 1000);

        Assert.Equal((1000, 0, 1000), (books.Absorbed, books.Dropped, server.Stored.Count));
    }

    /// <summary>Writes so many readings through an outbox, and returns its books when all is settled.</summary>
    async Task<Books> DeliverAsync(InfluxSinkOptions options, int readings)
    {
        await using var outbox = new Outbox("history", options.Build(_run.Context()), new SimulatedDisk(1), new BatchPool(), new Clock(_time));
        await outbox.OpenAsync(default);
        Batch? batch = null;
        for (var number = 0; number < readings; number++)
        {
            batch = _run.Reading(batch, SinkRun.Noon + number, "m1", "count", number);
            if (batch.Count < 1000 && number < readings - 1) continue;
            await outbox.WriteAsync(batch, default);
            batch.Release();
            batch = null;
        }

        await outbox.FinishAsync(default).AsTask().WaitAsync(s_patience);
        Assert.Equal(0, outbox.Held);
        return outbox.Books;
    }
}
