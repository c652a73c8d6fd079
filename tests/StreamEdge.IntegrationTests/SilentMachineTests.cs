using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamEdge;

/// <summary>
/// Twenty machines for two hours: one is silent for an hour, one comes back with half an hour of backlog, one has its clock a
/// year ahead. Every minute mean of the other nineteen, in a real InfluxDB, is the one of the raw file.
/// </summary>
public sealed class SilentMachineTests : IDisposable
{
    const int Machines = 20, Silent = 5, Backlog = 7, Ahead = 9, Every = 10, Minutes = 120;

    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;
    readonly long _start = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60) - (3 * 3600);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_machine_that_is_silent_late_or_ahead_touches_the_means_of_another()
    {
        await using var influx = await InfluxServer.StartAsync();
        var readings = Readings().OrderBy(r => r.Arrives).ToList();

        var ledger = await RunAsync(readings, influx.Address);

        var sound = readings.Where(r => r.Machine != Ahead).ToList();
        var expected = sound.GroupBy(r => (r.Machine, Minute: r.Time / 60)).ToDictionary(g => g.Key, g => (Mean: g.Average(r => r.Value), Count: g.Count()));
        var stored = Read(await influx.QueryAsync("SELECT temp_mean, temp_count FROM plant GROUP BY machine"));
        Assert.Equal(expected.Keys.Order(), stored.Keys.Order());
        Assert.All(expected, e =>
        {
            Assert.Equal(e.Value.Count, stored[e.Key].Count);
            Assert.Equal(e.Value.Mean, stored[e.Key].Mean, 1e-9);
        });
        Assert.True(ledger.Balanced);
        Assert.Equal([("ahead", Minutes * 60L / Every)], ledger.Accounts.SelectMany(a => a.Drops).Where(d => d.Signal.Length == 0).Select(d => (d.Reason, d.Count)));
        Assert.Equal((180, 13_311), (LostByPeriodOfArrival(sound), LostByOneWatermark(readings)));
    }

    /// <summary>What an aggregator loses that takes only what falls into the minute in which it arrives (Telegraf's, with its default grace of 0 s).</summary>
    static int LostByPeriodOfArrival(IEnumerable<Reading> readings) => readings.Count(r => r.Time / 60 != r.Arrives / 60);

    /// <summary>What is lost where one watermark, the newest time of all less 5 s, drops everything behind it (eKuiper's event time, of one stream).</summary>
    static int LostByOneWatermark(IEnumerable<Reading> readings)
    {
        var (newest, lost) = (long.MinValue, 0);
        foreach (var reading in readings)
        {
            if (newest > long.MinValue && reading.Time < newest - 5) lost++;
            newest = Math.Max(newest, reading.Time);
        }

        return lost;
    }

    IEnumerable<Reading> Readings()
    {
        for (var second = 0; second < Minutes * 60; second += Every)
        {
            for (var machine = 0; machine < Machines; machine++)
            {
                if (machine == Silent && second is >= 1800 and < 5400) continue;
                var arrives = _start + (machine == Backlog && second is >= 3600 and < 5400 ? 5400 : second);
                yield return new(machine, _start + second + (machine == Ahead ? 365 * 86_400 : 0), arrives, ((second * 7919) + (machine * 104_729)) % 5_000 / 1000.0);
            }
        }
    }

    async Task<Ledger> RunAsync(IEnumerable<Reading> readings, Uri address)
    {
        var csv = new StringBuilder("ts,machine,temp\n");
        foreach (var reading in readings) csv.Append(CultureInfo.InvariantCulture, $"{reading.Time},m{reading.Machine},{reading.Value}\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "plant.csv"), csv.ToString());
        var yaml = $$"""
            pipeline: plant
            time: { format: s }
            signals: { temp: { unit: degC } }
            steps:
              - collect: { file: plant.csv, tags: { machine: machine } }
              - window: { every: 1m, compute: { temp: [mean, count] } }
              - transmit: { history: { influx: "{{address}}", database: {{InfluxServer.Database}} } }
            """;
        var plan = new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = _folder }).Compile(Path.Combine(_folder, "plant.yaml"), Encoding.UTF8.GetBytes(yaml));
        await using var graph = plan.ToGraph();
        await graph.RunAsync(CancellationToken.None);
        return graph.ReadLedger();
    }

    static Dictionary<(int Machine, long Minute), (double Mean, int Count)> Read(string json)
    {
        var stored = new Dictionary<(int, long), (double, int)>();
        foreach (var series in JsonDocument.Parse(json).RootElement.GetProperty("results")[0].GetProperty("series").EnumerateArray())
        {
            var machine = int.Parse(series.GetProperty("tags").GetProperty("machine").GetString()![1..], CultureInfo.InvariantCulture);
            foreach (var row in series.GetProperty("values").EnumerateArray())
                stored[(machine, row[0].GetInt64() / 1_000_000_000 / 60)] = (row[1].GetDouble(), row[2].GetInt32());
        }

        return stored;
    }

    /// <summary>A reading: when it was measured as its machine says, and when it came, Unix seconds.</summary>
    sealed record Reading(int Machine, long Time, long Arrives, double Value);
}
