using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StreamEdge;

/// <summary>
/// What a broker has taken from a sender is owed: each of it stands in the end in the files of the gateway, once, as it
/// was sent and in its order, and every window holds what it should.
/// </summary>
/// <param name="broker">The broker between the two.</param>
sealed class MqttOracle(MosquittoServer broker)
{
    /// <summary>How the broker must be set up: it keeps whatever comes while the gateway is away.</summary>
    public const string Broker = "allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 200";

    const long Start = 1_767_225_600_000; // 2026-01-01T00:00:00Z, milliseconds
    const int Machines = 4;

    /// <summary>Writes the gateway's pipeline; its file.</summary>
    public string Pipeline(string folder)
    {
        var file = Path.Combine(folder, "line.yaml");
        File.WriteAllText(file, $$"""
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
        return file;
    }

    /// <summary>Returns when the broker knows the gateway, and keeps its messages from now on.</summary>
    public async Task MeetAsync(string file, string state)
    {
        using var first = await GatewayProcess.RunAsync(file, state);
        await MosquittoServer.UntilAsync(() => broker.Log.Contains("Sending SUBACK", StringComparison.Ordinal));
        await first.SignalAsync("TERM");
        await first.EndsWellAsync();
    }

    /// <summary>Sends until it is told to stop: a reading of each machine every 10 ms of event time. How many of each the broker has taken.</summary>
    public async Task<int> SendAsync(CancellationToken enough)
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

    /// <summary>Lets the gateway run until the last reading of each machine is in its file, and stops it.</summary>
    public static async Task SettleAsync(string file, string state, int each)
    {
        using var last = await GatewayProcess.RunAsync(file, state);
        await MosquittoServer.UntilAsync(() => Lines(state, "raw.csv") is var lines && Enumerable.Range(0, Machines).All(m => lines.Contains(Raw(m, each - 1))), () => $"{Lines(state, "raw.csv").Count} of {Machines * each}");
        await last.SignalAsync("TERM");
        await last.EndsWellAsync();
    }

    /// <summary>How many of the readings that are owed are not there.</summary>
    public static int Lost(string state, int each)
    {
        var lines = Lines(state, "raw.csv").ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, Machines).Sum(machine => Enumerable.Range(0, each).Count(n => !lines.Contains(Raw(machine, n))));
    }

    /// <summary>Holds the files against what is owed.</summary>
    public static void Check(string state, int each)
    {
        var raw = Lines(state, "raw.csv");
        foreach (var machine in Enumerable.Range(0, Machines))
            Assert.Equal(Enumerable.Range(0, each).Select(n => Raw(machine, n)), raw.Where(l => l.Contains($",m{machine},", StringComparison.Ordinal)));
        // 100 readings a second and machine; the last second, and the one before, may still be open.
        var windows = Lines(state, "rows.csv").Skip(1).Select(l => l.Split(',')).GroupBy(l => (l[0], l[1])).ToDictionary(g => g.Key, g => g.MaxBy(l => int.Parse(l[2], CultureInfo.InvariantCulture))![3..]);
        for (var second = 0; second < each / 100 - 2; second++)
            foreach (var machine in Enumerable.Range(0, Machines))
                Assert.Equal(["100", $"{Enumerable.Range(100 * second, 100).Sum() + 100 * machine}"], windows[($"{Start + 1000 * second}", $"m{machine}")]);
    }

    static string Raw(int machine, int n) => $"{Start + 10 * n},m{machine},{n + machine}";

    /// <summary>The lines of a file that the gateway may have open, which .NET would not let us read.</summary>
    static List<string> Lines(string folder, string name)
    {
        using var cat = Process.Start(new ProcessStartInfo("cat", [Path.Combine(folder, name)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return [.. cat.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
