namespace StreamEdge;

/// <summary>Who is let in by a real broker, and which broker is trusted.</summary>
public class MqttLoginTests
{
    const string Reading = """{"v": 71.5, "ts": 1767225600000}""";
    const string Tls = "cafile FOLDER/ca.crt\ncertfile FOLDER/server.crt\nkeyfile FOLDER/server.key";

    static readonly Authority s_plant = new("plant"), s_other = new("other");

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5")]
    public async Task A_user_with_the_password_is_let_in(string version)
    {
        await using var broker = await MosquittoServer.StartWithLoginAsync();
        await using var pipeline = Collect(broker.Address, $"user: {MosquittoServer.User}, password: {MosquittoServer.Password}, version: {version}");

        await PublishAsync(broker, "-u", MosquittoServer.User, "-P", MosquittoServer.Password);

        await pipeline.UntilCollectedAsync(1);
        Assert.Equal("", pipeline.Notices);
        await pipeline.StopAsync();
    }

    [Theory]
    [InlineData("3.1.1", "user: edge, password: wrong", "not authorized")]
    [InlineData("5", "user: edge, password: wrong", "not authorized")]
    [InlineData("3.1.1", "user: nobody", "not authorized")]
    [InlineData("5", "qos: 1", "not authorized")]
    public async Task Anybody_else_is_told_and_does_not_hammer(string version, string login, string reason)
    {
        await using var broker = await MosquittoServer.StartWithLoginAsync();
        await using var pipeline = Collect(broker.Address, $"{login}, version: {version}");

        await pipeline.UntilNoticedAsync("collect waits for");
        await Task.Delay(3_000);

        Assert.Equal($"collect waits for {broker.Address}, which refuses the login ({reason}); check 'user' and 'password'; it tries again every minute", pipeline.Notices);
        Assert.Equal(2, broker.Log.Split("New connection from").Length);
        await pipeline.StopAsync(); // a second later, not a minute
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_certificate_of_the_plants_authority_for_the_brokers_name_is_trusted(string host)
    {
        await using var broker = await MosquittoServer.StartAsync($"allow_anonymous true\n{Tls}", folder =>
        {
            s_plant.Write(Path.Combine(folder, "ca.crt"));
            s_plant.Sign(folder, "server");
        });
        await using var pipeline = Collect($"mqtts://{host}:{broker.Port}", $"ca: {broker.Folder}/ca.crt");

        await PublishAsync(broker, "--cafile", $"{broker.Folder}/ca.crt");

        await pipeline.UntilCollectedAsync(1);
        Assert.Equal("", pipeline.Notices);
        await pipeline.StopAsync();
    }

    [Theory]
    [InlineData("expired", "has a certificate that is not trusted (certificate has expired)")]
    [InlineData("not_yet", "has a certificate that is not trusted (certificate is not yet valid)")]
    [InlineData("other_name", "has a certificate that is not for the name '127.0.0.1'")]
    [InlineData("other_authority", "has a certificate that is not trusted (unable to get local issuer certificate)")]
    [InlineData("self_signed", "has a certificate that is not trusted (self-signed certificate)")]
    [InlineData("other_use", "has a certificate that is not trusted (unsuitable certificate purpose)")]
    public async Task A_broker_with_any_other_certificate_is_refused_with_the_reason(string kind, string reason)
    {
        await using var broker = await MosquittoServer.StartAsync($"allow_anonymous true\n{Tls}", folder =>
        {
            s_plant.Write(Path.Combine(folder, "ca.crt"));
            switch (kind)
            {
                case "expired": s_plant.Sign(folder, "server", from: -30, until: -1); break;
                case "not_yet": s_plant.Sign(folder, "server", from: 1); break;
                case "other_name": s_plant.Sign(folder, "server", host: "broker.elsewhere"); break;
                case "other_authority": s_other.Sign(folder, "server"); break;
                case "self_signed": s_plant.Sign(folder, "server", selfSigned: true); break;
                default: s_plant.Sign(folder, "server", use: Authority.ClientUse); break;
            }
        });
        await using var pipeline = Collect($"mqtts://127.0.0.1:{broker.Port}", $"ca: {broker.Folder}/ca.crt");

        await pipeline.UntilNoticedAsync("collect waits for");

        Assert.Equal($"collect waits for mqtts://127.0.0.1:{broker.Port}, which {reason}; it tries again every minute", pipeline.Notices);
        await pipeline.StopAsync();
    }

    [Theory]
    [InlineData("", "certificate required")]
    [InlineData("other", "unknown ca")]
    [InlineData("client", null)]
    public async Task A_broker_that_wants_a_certificate_is_given_the_right_one_or_says_what_is_wrong(string name, string? reason)
    {
        await using var broker = await MosquittoServer.StartAsync($"allow_anonymous true\n{Tls}\nrequire_certificate true", folder =>
        {
            s_plant.Write(Path.Combine(folder, "ca.crt"));
            s_plant.Sign(folder, "server");
            s_plant.Sign(folder, "client", use: Authority.ClientUse);
            s_other.Sign(folder, "other", use: Authority.ClientUse);
        });
        var files = name.Length == 0 ? "" : $", certificate: {broker.Folder}/{name}.crt, key: {broker.Folder}/{name}.key";
        await using var pipeline = Collect($"mqtts://127.0.0.1:{broker.Port}", $"ca: {broker.Folder}/ca.crt{files}");

        if (reason is null)
        {
            await PublishAsync(broker, "--cafile", $"{broker.Folder}/ca.crt", "--cert", $"{broker.Folder}/client.crt", "--key", $"{broker.Folder}/client.key");
            await pipeline.UntilCollectedAsync(1);
        }
        else await pipeline.UntilNoticedAsync("collect waits for");

        if (reason is null) Assert.Equal("", pipeline.Notices);
        else
        {
            // The broker resets the connection behind its alert, and may so take it back.
            Assert.Contains(pipeline.Notices.Replace("tlsv13", "tlsv1"), new[]
            {
                $"collect waits for mqtts://127.0.0.1:{broker.Port}, which refuses the client's certificate (tlsv1 alert {reason}); check 'certificate' and 'key'; it tries again every minute",
                $"collect waits for mqtts://127.0.0.1:{broker.Port}, which broke off before it let the gateway in, as it does where it refuses the client's certificate; check 'certificate' and 'key'; it tries again until it succeeds",
            });
        }

        await pipeline.StopAsync();
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5")]
    public async Task Two_clients_with_one_id_are_told_apart_from_a_bad_line(string version)
    {
        await using var broker = await MosquittoServer.StartAsync();
        await using var one = Collect(broker.Address, $"client_id: press, version: {version}");
        await using var other = Collect(broker.Address, $"client_id: press, version: {version}");

        await MosquittoServer.UntilAsync(() => (one.Notices + other.Notices).Contains($"collect waits for {broker.Address}, which breaks off each connection soon after it is made: another client seems to use the id 'press'; give each its own 'client_id'; it tries again every minute"), () => one.Notices + other.Notices);

        await one.StopAsync();
        await other.StopAsync();
    }

    static MqttPipeline Collect(string address, string more) => new($$"""
        - collect: { mqtt: "{{address}}", topic: "plant/{machine}/{signal}", {{more}} }
        - transmit: { all: { file: all.jsonl } }
        """);

    static async Task PublishAsync(MosquittoServer broker, params string[] login)
    {
        await MosquittoServer.UntilAsync(() => broker.Log.Contains("Sending SUBACK", StringComparison.Ordinal), () => broker.Log);
        await broker.PublishAsync("plant/m1/temp", [Reading], ["-h", "127.0.0.1", .. login]);
    }
}
