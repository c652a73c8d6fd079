using System.Globalization;
using System.Text;

namespace StreamEdge;

/// <summary>Messages of a real broker through the source: all of them, whatever happens to the connection.</summary>
public class MqttSourceTests
{
    const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z, milliseconds
    const int Machines = 4, Each = 5_000;

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5")]
    public async Task Twenty_thousand_messages_of_QoS_1_arrive_as_they_were_sent(string version)
    {
        await using var broker = await MosquittoServer.StartAsync();
        await using var pipeline = new MqttPipeline($$"""
            - collect: { mqtt: {{broker.Address}}, topic: "plant/{machine}/{signal}", version: {{version}} }
            - transmit: { all: { file: all.csv, time: ms, columns: [time, machine, signal, value, quality] } }
            """);
        await MosquittoServer.UntilAsync(() => broker.Log.Contains("Sending SUBACK", StringComparison.Ordinal));

        await Task.WhenAll(Enumerable.Range(0, Machines).Select(machine => broker.PublishAsync($"plant/m{machine}/temp", Enumerable.Range(0, Each).Select(n => Message(machine, n)))));
        await pipeline.UntilCollectedAsync(Machines * Each);
        await pipeline.StopAsync();

        var expected = from machine in Enumerable.Range(0, Machines) from n in Enumerable.Range(0, Each) select Line(machine, n);
        Assert.Equal(expected.Order(StringComparer.Ordinal), pipeline.Lines("all.csv")[1..].Order(StringComparer.Ordinal));
        Assert.Equal("", pipeline.Notices);
    }

    [Fact]
    public async Task A_broker_that_is_killed_and_started_again_costs_no_message()
    {
        await using var broker = await MosquittoServer.StartAsync();
        await using var pipeline = new MqttPipeline($$"""
            - collect: { mqtt: {{broker.Address}}, topic: "plant/{machine}/{signal}" }
            - transmit: { all: { file: all.csv, time: ms, columns: [time, machine, signal, value, quality] } }
            """, signals: "temp: { unit: degC }, done: {}");
        await MosquittoServer.UntilAsync(() => broker.Log.Contains("Sending SUBACK", StringComparison.Ordinal));
        await using var sender = new MqttPublisher(Settings(broker, "sender"), TimeProvider.System, _ => { });
        sender.Start();

        var sending = SendAsync(sender, 0, Each);
        await pipeline.UntilCollectedAsync(Each / 4);
        await broker.KillAsync();
        await pipeline.UntilNoticedAsync("collect waits for mqtt://127.0.0.1");
        await broker.StartAgainAsync();
        await sending;
        await broker.PublishAsync("plant/m0/done", [Message(0, 0)]); // comes behind all others
        await MosquittoServer.UntilAsync(() => pipeline.Collected.BySignal.Single(s => s.Signal == "done").Count > 0);
        await pipeline.StopAsync();

        // Some come twice, as QoS 1 has it.
        Assert.Equal(Enumerable.Range(0, Each).Select(n => Line(0, n)).Order(StringComparer.Ordinal), pipeline.Lines("all.csv")[1..].Where(l => l.Contains("temp")).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_never_acknowledged_is_sent_again_to_the_next_client_with_the_id()
    {
        await using var broker = await MosquittoServer.StartAsync("allow_anonymous true\nmax_inflight_messages 0");
        using var first = new Reader(broker);
        await first.OpenAsync();
        await broker.PublishAsync("plant/m0/temp", Enumerable.Range(0, 300).Select(n => Message(0, n)));

        await first.ReadAsync(300, acknowledge: false);
        await Task.Delay(200); // whatever would be sent by itself, has been
        await first.DisposeAsync();

        Assert.DoesNotContain("Received PUBACK from gateway", broker.Log, StringComparison.Ordinal);
        using var second = new Reader(broker);
        await second.OpenAsync();
        await second.ReadAsync(300, acknowledge: true);
        Assert.Equal(Enumerable.Range(0, 300).Select(n => n / 10.0), second.Values.Order());
        await MosquittoServer.UntilAsync(() => broker.Log.Split("Received PUBACK from gateway").Length - 1 == 300, () => broker.Log);
        await second.DisposeAsync();

        using var third = new Reader(broker);
        await third.OpenAsync();
        await broker.PublishAsync("plant/m0/temp", [Message(0, 5_000)]);
        await third.ReadAsync(1, acknowledge: true);
        Assert.Equal([500], third.Values);
        await third.DisposeAsync();
    }

    [Fact]
    public async Task While_nobody_reads_pings_go_out_and_nothing_is_acknowledged()
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var reader = new Reader(broker, o => o with { Keepalive = TimeSpan.FromSeconds(5) });
        await reader.OpenAsync();
        await broker.PublishAsync("plant/m0/temp", Enumerable.Range(0, 50).Select(n => Message(0, n)));
        await reader.ReadAsync(50, acknowledge: false);

        await MosquittoServer.UntilAsync(() => broker.Log.Split("Received PINGREQ from gateway").Length - 1 >= 4, () => broker.Log); // 10 s, twice what the broker allows

        Assert.DoesNotContain("Received PUBACK from gateway", broker.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("exceeded timeout", broker.Log, StringComparison.Ordinal);
        await reader.Source.AcknowledgeAsync(default);
        await MosquittoServer.UntilAsync(() => broker.Log.Split("Received PUBACK from gateway").Length - 1 == 50);
        await reader.DisposeAsync();
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5")]
    public async Task What_came_while_the_gateway_was_away_is_waiting_for_it(string version)
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var first = new Reader(broker, o => o with { Version = version });
        await first.OpenAsync();
        await first.DisposeAsync();

        await broker.PublishAsync("plant/m0/temp", Enumerable.Range(0, 2_000).Select(n => Message(0, n)));

        using var second = new Reader(broker, o => o with { Version = version });
        await second.OpenAsync();
        await second.ReadAsync(2_000, acknowledge: true);
        Assert.Equal(Enumerable.Range(0, 2_000).Select(n => n / 10.0), second.Values);
        await second.DisposeAsync();
    }

    [Theory]
    [InlineData("keep", 1)]
    [InlineData("drop", 0)]
    public async Task Retained_messages_are_kept_or_dropped_and_counted(string retained, int passed)
    {
        await using var broker = await MosquittoServer.StartAsync();
        await broker.PublishAsync("plant/m0/temp", [Message(0, 1)], "-r");

        await using var pipeline = new MqttPipeline($$"""
            - collect: { mqtt: {{broker.Address}}, topic: "plant/{machine}/{signal}", retained: {{retained}} }
            - transmit: { all: { console: text } }
            """);
        await pipeline.UntilCollectedAsync(1);

        Assert.Equal((passed, 1 - passed), (pipeline.Collected.Passed, pipeline.Collected.Dropped));
        await pipeline.StopAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Messages_come_with_every_QoS(int qos)
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var reader = new Reader(broker, o => o with { Qos = qos });
        await reader.OpenAsync();

        await broker.PublishAsync("plant/m0/temp", Enumerable.Range(0, 500).Select(n => Message(0, n)), "-q", "2");
        await reader.ReadAsync(500, acknowledge: true);

        Assert.Equal(Enumerable.Range(0, 500).Select(n => n / 10.0), reader.Values);
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task The_last_will_is_published_when_the_gateway_is_cut_off_and_not_when_it_ends()
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var listener = await broker.ListenAsync("gateways/#");
        static MqttSourceOptions WithWill(MqttSourceOptions options) => options with { Will = new() { Topic = "gateways/g1/status", Retain = false } };
        using var ended = new Reader(broker, WithWill);
        await ended.OpenAsync();
        await ended.DisposeAsync();
        await broker.PublishAsync("none", ["x"]);
        Assert.Empty(listener.Lines);

        using var relay = new Relay(broker.Port);
        using var cut = new Reader(broker, o => WithWill(o) with { Url = relay.Address });
        await cut.OpenAsync();
        relay.Cut();
        await MosquittoServer.UntilAsync(() => listener.Lines.Count == 1);

        Assert.Equal(["gateways/g1/status offline"], listener.Lines);
        await cut.DisposeAsync();
    }

    static string Message(int machine, int n) => string.Create(CultureInfo.InvariantCulture, $$"""{"v": {{n / 10.0 + machine}}, "unit": "degC", "quality": "{{(n % 100 == 0 ? "uncertain" : "good")}}", "ts": {{Start + n}}}""");

    static string Line(int machine, int n) => string.Create(CultureInfo.InvariantCulture, $"{Start + n},m{machine},temp,{n / 10.0 + machine},{(n % 100 == 0 ? "uncertain" : "good")}");

    static MqttSettings Settings(MosquittoServer broker, string id) =>
        MqttAddress.TryParse(broker.Address, out var address, out _, out _) ? new() { Address = address, ClientId = id } : throw new InvalidOperationException();

    static async Task SendAsync(MqttPublisher sender, int machine, int count)
    {
        var sent = new Queue<Task<MqttReceipt>>();
        for (var n = 0; n < count; n++)
        {
            if (sent.Count == 100) Assert.True((await sent.Dequeue()).Taken);
            sent.Enqueue(sender.SendAsync(Encoding.UTF8.GetBytes(Message(machine, n)), $"plant/m{machine}/temp", 1, false).AsTask());
        }

        foreach (var receipt in await Task.WhenAll(sent)) Assert.True(receipt.Taken);
    }

    /// <summary>The source without an engine: the test says when it is acknowledged.</summary>
    sealed class Reader : IDisposable
    {
        readonly MosquittoServer _broker;
        readonly BatchPool _pool = new();

        public Reader(MosquittoServer broker, Func<MqttSourceOptions, MqttSourceOptions>? change = null)
        {
            _broker = broker;
            var options = new MqttSourceOptions { Url = broker.Address, Topic = ["plant/{machine}/{signal}"], ClientId = "gateway" };
            var faults = new Faults("plant.yaml");
            var signals = new[] { new Signal("temp", Kind.Number, null) };
            var surroundings = new Surroundings();
            var pipeline = new PipelineContext("plant", "plant.yaml", new TimeOptions { Format = "ms" }, signals, new KeyTable(["machine"], signals.Length), new Clock(TimeProvider.System), surroundings);
            Source = (change?.Invoke(options) ?? options).Build(new BuildContext("collect", [], pipeline, faults));
            faults.ThrowIfAny();
        }

        public Source Source { get; }

        public List<double> Values { get; } = [];

        /// <summary>Connects, and waits until the broker has granted the subscription or gone on with the session.</summary>
        public async Task OpenAsync()
        {
            var before = _broker.Log.Split("New client connected").Length;
            await Source.OpenAsync(default);
            await MosquittoServer.UntilAsync(() => _broker.Log.Split("New client connected").Length > before && (_broker.Log.Split("New client connected")[^1].Contains("Sending SUBACK", StringComparison.Ordinal)), () => _broker.Log);
        }

        public async Task ReadAsync(int count, bool acknowledge)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (Values.Count < count && !patience.IsCancellationRequested)
            {
                var batch = _pool.Rent(Source.Output);
                await Source.ReadAsync(batch, patience.Token);
                Values.AddRange(batch.Value);
                batch.Release();
                if (acknowledge) await Source.AcknowledgeAsync(default);
            }

            Assert.Equal(count, Values.Count);
        }

        public ValueTask DisposeAsync() => Source.DisposeAsync();

        public void Dispose() => Source.DisposeAsync().AsTask().Wait();
    }
}
