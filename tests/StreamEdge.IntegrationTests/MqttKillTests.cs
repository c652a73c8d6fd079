namespace StreamEdge;

/// <summary>The gateway is killed again and again while a broker's messages come.</summary>
public sealed class MqttKillTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamedge-mqtt-kill-");

    const int Kills = 200;

    public void Dispose() => _folder.Delete(recursive: true);

    [LongFact]
    public async Task Nothing_that_the_broker_took_is_lost_doubled_or_out_of_order_when_the_gateway_is_killed()
    {
        await using var broker = await MosquittoServer.StartAsync(MqttOracle.Broker);
        var oracle = new MqttOracle(broker);
        var file = oracle.Pipeline(_folder.FullName);
        await oracle.MeetAsync(file, _folder.FullName);
        using var enough = new CancellationTokenSource();
        var owed = oracle.SendAsync(enough.Token);
        var random = new Random(20260101);

        for (var kills = Kills; kills > 0; kills--)
        {
            using var run = await GatewayProcess.RunAsync(file, _folder.FullName);
            await run.EndsWithinAsync(TimeSpan.FromMilliseconds(random.Next(0, 1_500)));
            await run.SignalAsync("KILL");
        }

        await enough.CancelAsync();
        var each = await owed;
        await MqttOracle.SettleAsync(file, _folder.FullName, each);
        MqttOracle.Check(_folder.FullName, each);
    }
}
