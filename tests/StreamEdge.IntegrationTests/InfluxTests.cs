using System.Text;
using System.Text.Json;

namespace StreamEdge;

/// <summary>Valve readings and their windows, from a CSV file through a pipeline into real databases, and all of it back.</summary>
public sealed class InfluxTests : IDisposable
{
    const long Start = 1_767_225_600_000_000_000, Second = 1_000_000_000; // 2026-01-01T00:00:00Z
    const int Machines = 3, Seconds = 600;

    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task InfluxDB_1_holds_every_reading_and_window_that_was_sent()
    {
        await using var influx = await InfluxServer.StartAsync(auth: true);

        var ledger = await RunAsync($"database: {InfluxServer.Database}, user: {InfluxServer.User}, password: {InfluxServer.Password}", influx.Address);

        var stored = ReadInflux(await influx.QueryAsync("SELECT * FROM valves GROUP BY machine"));
        Compare(Expected(), stored);
        CheckBooks(ledger);
    }

    [Fact]
    public async Task VictoriaMetrics_holds_every_reading_and_window_that_was_sent_in_the_way_of_version_2()
    {
        await using var victoria = await VictoriaServer.StartAsync();

        var ledger = await RunAsync("bucket: press, org: plant", victoria.Address);

        var stored = ReadVictoria(await victoria.ExportAsync("{__name__=~\"valves_.*\"}"));
        // It keeps texts as 0, and so the states say nothing.
        Compare(Expected().Where(p => p.Key.Field != "state").ToDictionary(), stored.Where(p => p.Key.Field != "state").ToDictionary());
        CheckBooks(ledger);
    }

    [Fact]
    public async Task A_field_that_has_another_type_in_the_database_costs_only_its_own_points()
    {
        await using var influx = await InfluxServer.StartAsync();
        await influx.WriteAsync($"valves,machine=v1 temp=7i {Start - Second}");

        var ledger = await RunAsync($"database: {InfluxServer.Database}", influx.Address);

        // Each point of readings holds temp, and is refused as a whole; the windows have no such field.
        var sink = ledger.Accounts.Single(a => a.Part == "sink");
        var refused = Readings().Count(r => r.Field is "temp" or "state");
        Assert.Equal([("rejected", "", refused), ("rejected", "temp", Machines * Seconds), ("rejected", "state", refused - Machines * Seconds)], sink.Drops);
        Assert.Equal(Machines * Seconds / 60, sink.Absorbed);
        Compare(Expected().Where(p => p.Key.Field.Contains('_')).ToDictionary(), ReadInflux(await influx.QueryAsync("SELECT temp_mean, temp_max FROM valves GROUP BY machine")));
    }

    [Theory]
    [InlineData("database: press, user: edge, password: wrong", "answered 401 authorization failed; check 'user' and 'password'")]
    [InlineData("database: pres, user: edge, password: s3cret", "answered 404 database not found: \"pres\"; make the database, or check 'database'; InfluxDB 2 and later take 'bucket' instead")]
    [InlineData("database: press, user: edge, password: s3cret, retention: nope", "answered 500 retention policy not found: nope; check 'retention'")]
    [InlineData("bucket: press, token: t0ken", "answered 404 404 page not found; check 'bucket' and 'org'; InfluxDB 1 takes 'database' instead of 'bucket'")]
    public async Task What_InfluxDB_refuses_for_good_stops_the_pipeline_with_its_words(string options, string expected)
    {
        await using var influx = await InfluxServer.StartAsync(auth: true);

        var failure = await Assert.ThrowsAsync<StepFailure>(() => RunAsync(options, influx.Address));

        Assert.Equal($"step 'history' failed: {influx.Address} {expected}", failure.Message);
    }

    /// <summary>Runs the readings and their windows through a pipeline file.</summary>
    async Task<Ledger> RunAsync(string influx, Uri address)
    {
        await WriteReadingsAsync(_folder);
        var yaml = $$"""
            pipeline: valves
            time: { format: ns }
            signals:
              temp: { unit: degC }
              state: { type: text }
            steps:
              - collect: { file: valves.csv, tags: { machine: machine } }
              - window: { every: 1m, compute: { temp: [mean, max] } }
              - transmit: { history: { from: [collect, window], influx: "{{address}}", {{influx}} } }
            """;
        var plan = new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = _folder }).Compile(Path.Combine(_folder, "valves.yaml"), Encoding.UTF8.GetBytes(yaml));
        await using var graph = plan.ToGraph();
        await graph.RunAsync(CancellationToken.None);
        return graph.ReadLedger();
    }

    /// <summary>Writes them into the file valves.csv.</summary>
    internal static async Task WriteReadingsAsync(string folder)
    {
        var csv = new StringBuilder("ts,machine,temp,state\n");
        foreach (var point in Readings().GroupBy(r => (r.Time, r.Machine)))
            csv.Append($"{point.Key.Time},{point.Key.Machine},{point.First(p => p.Field == "temp").Value},{point.FirstOrDefault(p => p.Field == "state").Value}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "valves.csv"), csv.ToString());
    }

    /// <summary>A valve's temperature once a second; its state where it changes, with what line protocol must escape.</summary>
    internal static IEnumerable<(long Time, string Machine, string Field, object Value)> Readings()
    {
        for (var second = 0; second < Seconds; second++)
        {
            for (var machine = 1; machine <= Machines; machine++)
            {
                var (time, name) = (Start + second * Second + machine, machine == 3 ? "v 3=µ" : $"v{machine}");
                yield return (time, name, "temp", (20_000 + (second * 7919 + machine * 104_729) % 5_000) / 1000.0);
                if (second % 100 == 0) yield return (time, name, "state", $"open {second}% \\ =");
            }
        }
    }

    /// <summary>What must be in the database: worked out from the readings by plain loops.</summary>
    internal static Dictionary<(string Machine, long Time, string Field), object> Expected()
    {
        var expected = Readings().ToDictionary(r => (r.Machine, r.Time, r.Field), r => r.Value);
        foreach (var window in Readings().Where(r => r.Field == "temp").GroupBy(r => (r.Machine, Start: r.Time - r.Time % (60 * Second))))
        {
            expected[(window.Key.Machine, window.Key.Start, "temp_mean")] = window.Average(r => (double)r.Value);
            expected[(window.Key.Machine, window.Key.Start, "temp_max")] = window.Max(r => (double)r.Value);
        }

        return expected;
    }

    internal static void Compare(Dictionary<(string Machine, long Time, string Field), object> expected, Dictionary<(string Machine, long Time, string Field), object> stored)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys.Order(), stored.Keys.Order());
        Assert.All(expected, e =>
        {
            // A mean may be summed in another order; everything else is exact.
            if (e.Key.Field == "temp_mean") Assert.Equal((double)e.Value, (double)stored[e.Key], 1e-12 * 25);
            else Assert.Equal(e.Value, stored[e.Key]);
        });
    }

    static void CheckBooks(Ledger ledger)
    {
        var sink = ledger.Accounts.Single(a => a.Part == "sink");
        Assert.True(ledger.Balanced);
        Assert.Equal((Readings().Count() + Machines * Seconds / 60, 0, 0), (sink.Absorbed, sink.Dropped, sink.Held));
    }

    internal static Dictionary<(string Machine, long Time, string Field), object> ReadInflux(string json)
    {
        var stored = new Dictionary<(string Machine, long Time, string Field), object>();
        foreach (var series in JsonDocument.Parse(json).RootElement.GetProperty("results")[0].GetProperty("series").EnumerateArray())
        {
            var columns = series.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!).ToList();
            foreach (var row in series.GetProperty("values").EnumerateArray())
            {
                for (var column = 1; column < columns.Count; column++)
                {
                    if (row[column].ValueKind == JsonValueKind.Null) continue;
                    object value = row[column].ValueKind == JsonValueKind.Number ? row[column].GetDouble() : row[column].GetString()!;
                    stored.Add((series.GetProperty("tags").GetProperty("machine").GetString()!, row[0].GetInt64(), columns[column]), value);
                }
            }
        }

        return stored;
    }

    /// <summary>VictoriaMetrics keeps milliseconds; the nanoseconds, which are the machine's number, are put back.</summary>
    static Dictionary<(string Machine, long Time, string Field), object> ReadVictoria(string lines)
    {
        var stored = new Dictionary<(string Machine, long Time, string Field), object>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var series = JsonDocument.Parse(line).RootElement;
            var machine = series.GetProperty("metric").GetProperty("machine").GetString()!;
            var field = series.GetProperty("metric").GetProperty("__name__").GetString()!["valves_".Length..];
            var nanoseconds = field.StartsWith("temp_", StringComparison.Ordinal) ? 0 : machine == "v 3=µ" ? 3 : machine[1] - '0';
            foreach (var (value, time) in series.GetProperty("values").EnumerateArray().Zip(series.GetProperty("timestamps").EnumerateArray()))
                stored.Add((machine, time.GetInt64() * 1_000_000 + nanoseconds, field), value.GetDouble());
        }

        return stored;
    }
}
