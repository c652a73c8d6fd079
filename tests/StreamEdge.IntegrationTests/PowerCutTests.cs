namespace StreamEdge;

/// <summary>The power is cut while a broker's messages come: what the gateway acknowledged is on its disk.</summary>
public sealed class PowerCutTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamedge-cut-");

    const int Cuts = 300;

    public void Dispose() => _folder.Delete(recursive: true);

    [LoopDiskFact]
    public async Task Nothing_that_the_broker_took_is_lost_doubled_or_out_of_order_when_the_power_is_cut()
    {
        await using var broker = await MosquittoServer.StartAsync(MqttOracle.Broker);
        using var disk = await LoopDisk.CreateAsync(_folder.FullName);
        var oracle = new MqttOracle(broker);
        var file = oracle.Pipeline(_folder.FullName);
        await oracle.MeetAsync(file, disk.Folder);
        using var enough = new CancellationTokenSource();
        var owed = oracle.SendAsync(enough.Token);
        var random = new Random(20260101);

        for (var cuts = Cuts; cuts > 0; cuts--)
        {
            using var run = await GatewayProcess.RunAsync(file, disk.Folder);
            await run.EndsWithinAsync(TimeSpan.FromMilliseconds(random.Next(0, 2_000)));
            await run.SignalAsync("KILL");
            await disk.CutAsync();
        }

        await enough.CancelAsync();
        var each = await owed;
        await MqttOracle.SettleAsync(file, disk.Folder, each);
        MqttOracle.Check(disk.Folder, each);
    }

    /// <summary>The proof that the test can fail.</summary>
    [LoopDiskFact]
    public async Task Where_no_write_is_synced_a_power_cut_loses_what_was_acknowledged()
    {
        var lost = 0;
        for (var tries = 0; tries < 3; tries++)
        {
            var place = _folder.CreateSubdirectory($"{tries}").FullName;
            await using var broker = await MosquittoServer.StartAsync(MqttOracle.Broker);
            using var disk = await LoopDisk.CreateAsync(place);
            var oracle = new MqttOracle(broker);
            var file = oracle.Pipeline(place);
            await oracle.MeetAsync(file, disk.Folder);
            using var enough = new CancellationTokenSource();
            var owed = oracle.SendAsync(enough.Token);

            using (var run = await GatewayProcess.RunAsync(file, disk.Folder, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0"))
            {
                await run.EndsWithinAsync(TimeSpan.FromSeconds(3));
                await run.SignalAsync("KILL");
            }

            await disk.CutAsync();
            await enough.CancelAsync();
            var each = await owed;
            using (var last = await GatewayProcess.RunAsync(file, disk.Folder))
            {
                await last.EndsWithinAsync(TimeSpan.FromSeconds(5));
                await last.SignalAsync("TERM");
            }

            lost += MqttOracle.Lost(disk.Folder, each);
        }

        Assert.NotEqual(0, lost);
    }
}
