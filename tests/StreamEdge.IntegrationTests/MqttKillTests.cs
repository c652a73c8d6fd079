using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StreamEdge;

/// <summary>
/// The oracle of MQTT: what the broker has taken from the sender is owed. The gateway is killed again and again while
/// messages come; in the end nothing is lost, doubled, invented or out of order, and every window holds what it should.
/// </summary>
public sealed class MqttKillTests : IDisposable
{
    const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z, milliseconds
    const int Machines = 4;
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamedge-mqtt-kill-");

    /// <summary>How many kills: 8, or 200 in a long run.</summary>
    static int Kills => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") is null ? 8 : 200;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Nothing_that_the_broker_took_is_lost_doubled_or_out_of_order_when_the_gateway_is_killed()
    {
        await using var broker = await MosquittoServer.StartAsync("allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 200");
        var file = Path.Combine(_folder.FullName, "line.yaml");
        await File.WriteAllTextAsync(file, $$"""
            pipeline: line
            durable: { checkpoint: 200ms }
            time: { wait: 1s }
            signals: { v: {} }
            steps:
              - collect: { mqtt: {{broker.Address}}, topic: "plant/{machine}/{signal}", client_id: gateway }
              - clean: { duplicates: { remember: 1024 } }
              - window: { every: 1s, compute: [count, sum] }
              - transmit:
                  raw: { from: clean, file: raw.csv, time: ms, columns: [time, machine, value] }
                  rows: { from: window, file: rows.csv, time: ms, columns: [start, machine, revision, count, sum] }
            """);
        using (var first = await GatewayProcess.RunAsync(file, _folder.FullName))
        {
            await MosquittoServer.UntilAsync(() => broker.Log.Contains("Sending SUBACK", StringComparison.Ordinal));
            await first.SignalAsync("TERM"); // the broker now keeps what comes
        }

        using var enough = new CancellationTokenSource();
        var owed = SendAsync(broker, enough.Token);
        var random = new Random(20260101);
        for (var kills = Kills; kills > 0; kills--)
        {
            using var run = await GatewayProcess.RunAsync(file, _folder.FullName);
            await run.EndsWithinAsync(TimeSpan.FromMilliseconds(random.Next(0, 1_500)));
            await run.SignalAsync("KILL");
        }

        await enough.CancelAsync();
        var each = await owed;
        using (var last = await GatewayProcess.RunAsync(file, _folder.FullName))
        {
            await MosquittoServer.UntilAsync(() => Enumerable.Range(0, Machines).All(m => Lines("raw.csv").Contains(Raw(m, each - 1))), () => $"{Lines("raw.csv").Count} of {Machines * each}");
            await last.SignalAsync("TERM");
            await last.EndsWellAsync();
        }

        foreach (var machine in Enumerable.Range(0, Machines))
            Assert.Equal(Enumerable.Range(0, each).Select(n => Raw(machine, n)), Lines("raw.csv").Where(l => l.Contains($",m{machine},", StringComparison.Ordinal)));
        // 100 readings a second and machine; the last second, and the one before, may still be open.
        var windows = Lines("rows.csv").Skip(1).Select(l => l.Split(',')).GroupBy(l => (l[0], l[1])).ToDictionary(g => g.Key, g => g.MaxBy(l => int.Parse(l[2], CultureInfo.InvariantCulture))![3..]);
        for (var second = 0; second < each / 100 - 2; second++)
            foreach (var machine in Enumerable.Range(0, Machines))
                Assert.Equal(["100", $"{Enumerable.Range(100 * second, 100).Sum() + 100 * machine}"], windows[($"{Start + 1000 * second}", $"m{machine}")]);
    }

    /// <summary>Sends until it is told to stop: a reading of each machine every 10 ms of event time. How many of each the broker has taken.</summary>
    static async Task<int> SendAsync(MosquittoServer broker, CancellationToken enough)
    {
        if (!MqttAddress.TryParse(broker.Address, out var address, out _, out _)) throw new InvalidOperationException();
        await using var sender = new MqttPublisher(new() { Address = address, ClientId = "sender" }, TimeProvider.System, _ => { });
        sender.Start();
        var sent = new Queue<Task<MqttReceipt>>();
        var each = 0;
        for (; !enough.IsCancellationRequested; each++)
        {
            for (var machine = 0; machine < Machines; machine++)
                sent.Enqueue(sender.SendAsync(Encoding.UTF8.GetBytes($$"""{"v": {{each + machine}}, "ts": {{Start + 10 * each}}}"""), $"plant/m{machine}/v", 1, false).AsTask());
            while (sent.Count > 100) Assert.True((await sent.Dequeue()).Taken);
            if (each % 10 == 0) await Task.Delay(10, CancellationToken.None);
        }

        foreach (var receipt in await Task.WhenAll(sent)) Assert.True(receipt.Taken);
        return each;
    }

    static string Raw(int machine, int n) => $"{Start + 10 * n},m{machine},{n + machine}";

    /// <summary>The lines of a file that the gateway may have open, which .NET would not let us read.</summary>
    List<string> Lines(string name)
    {
        using var cat = Process.Start(new ProcessStartInfo("cat", [Path.Combine(_folder.FullName, name)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return [.. cat.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
