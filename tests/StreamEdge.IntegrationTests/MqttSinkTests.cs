using System.Text;

namespace StreamEdge;

/// <summary>Rows and readings published to a real broker, as mosquitto's own client receives them.</summary>
public sealed class MqttSinkTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("0", "3.1.1")]
    [InlineData("1", "3.1.1")]
    [InlineData("2", "3.1.1")]
    [InlineData("1", "5")]
    public async Task Each_reading_is_a_message_to_the_topic_of_its_machine_and_signal(string qos, string version)
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var listener = await broker.ListenAsync("acme/#", "-q", "2");
        await using var pipeline = Publish(3_000, $"mqtt: {broker.Address}, topic: \"acme/{{machine}}/{{signal}}\", qos: {qos}, version: {version}");

        await MosquittoServer.UntilAsync(() => listener.Lines.Count == 3_000, () => $"{listener.Lines.Count} came\n{pipeline.Notices}");
        var ledger = await pipeline.StopAsync();

        Assert.Equal(Enumerable.Range(0, 3_000).Select(n => $$"""acme/m{{n % 2}}/temp {"time":"2026-01-01T00:00:{{n / 1000:00}}{{(n % 1000 == 0 ? "" : $".{n % 1000:000}")}}Z","machine":"m{{n % 2}}","signal":"temp","value":{{n}}}"""), listener.Lines);
        Assert.Equal(3_000, ledger.Accounts.Single(a => a.Name == "up").Absorbed);
    }

    [Fact]
    public async Task A_broker_that_is_killed_and_started_again_has_every_message_once_at_least()
    {
        await using var broker = await MosquittoServer.StartAsync();
        var stopped = await broker.ListenAsync("acme/#", "-i", "listener", "-c");
        await using var pipeline = Publish(20_000, $"mqtt: {broker.Address}/acme/all, in_flight: 50");
        await MosquittoServer.UntilAsync(() => pipeline.Account("up").Absorbed > 5_000);

        await broker.KillAsync();
        await pipeline.UntilNoticedAsync("up waits for");
        var before = stopped.Lines;
        stopped.Dispose();
        var absorbed = pipeline.Account("up").Absorbed;
        Assert.InRange(absorbed, 5_000, 19_999);
        await broker.StartAgainAsync();
        using var listener = await broker.ListenAsync("acme/#", "-i", "listener", "-c");
        await MosquittoServer.UntilAsync(() => pipeline.Account("up").Absorbed == 20_000);
        await MosquittoServer.UntilAsync(() => before.Concat(listener.Lines).Distinct().Count() == 20_000, () => $"{before.Concat(listener.Lines).Distinct().Count()} came");

        await pipeline.StopAsync();
        Assert.InRange(before.Count + listener.Lines.Count, 20_000, 20_200);
    }

    [Fact]
    public async Task What_a_broker_of_version_5_refuses_is_counted()
    {
        await using var broker = await MosquittoServer.StartAsync("allow_anonymous true\nacl_file FOLDER/rights", folder => File.WriteAllText(Path.Combine(folder, "rights"), "topic readwrite acme/m0/#\n"));
        await using var pipeline = Publish(3, $"mqtt: {broker.Address}, topic: \"acme/{{machine}}/all\", version: 5");

        // This version of mosquitto also ends the connection behind each refusal.
        await MosquittoServer.UntilAsync(() => pipeline.Account("up") is { Absorbed: 2, Dropped: 1 }, () => pipeline.Notices);

        Assert.Equal([("rejected", "", 1), ("rejected", "temp", 1)], pipeline.Account("up").Drops);
        Assert.Contains($"up had messages to 'acme/m1/all' rejected by {broker.Address}: not authorized", pipeline.Notices, StringComparison.Ordinal);
        await pipeline.StopAsync();
    }

    [Fact]
    public async Task A_tag_that_cannot_stand_in_a_topic_costs_its_own_rows_alone()
    {
        await using var broker = await MosquittoServer.StartAsync();
        await using var pipeline = Publish(100, $"mqtt: {broker.Address}, topic: \"acme/{{machine}}/all\"", machine: n => n % 2 == 0 ? "m0" : "press/1");

        await MosquittoServer.UntilAsync(() => pipeline.Account("up") is { Absorbed: 50, Dropped: 50 });

        Assert.Equal([("bad_topic", "", 50), ("bad_topic", "temp", 50)], pipeline.Account("up").Drops);
        await pipeline.StopAsync();
    }

    [Fact]
    public async Task A_retained_message_is_there_for_those_who_come_later()
    {
        await using var broker = await MosquittoServer.StartAsync();
        await using var pipeline = Publish(10, $"mqtt: {broker.Address}/acme/all, retain: true");
        await MosquittoServer.UntilAsync(() => pipeline.Account("up").Absorbed == 10);

        using var listener = await broker.ListenAsync("acme/#");
        await MosquittoServer.UntilAsync(() => listener.Lines.Count > 0);

        Assert.EndsWith("\"value\":9}", Assert.Single(listener.Lines), StringComparison.Ordinal);
        await pipeline.StopAsync();
    }

    /// <summary>A pipeline of a file and a sink that stays open until it is stopped.</summary>
    MqttPipeline Publish(int readings, string sink, Func<int, string>? machine = null)
    {
        var csv = new StringBuilder("ts,machine,temp\n");
        for (var n = 0; n < readings; n++) csv.Append($"{1_767_225_600_000 + n},{machine?.Invoke(n) ?? $"m{n % 2}"},{n}\n");
        var path = Path.Combine(_folder, "readings.csv");
        File.WriteAllText(path, csv.ToString());
        return new($$"""
            - collect: { file: {{path}}, tags: { machine: machine } }
            - transmit: { up: { {{sink}} } }
            """);
    }
}
