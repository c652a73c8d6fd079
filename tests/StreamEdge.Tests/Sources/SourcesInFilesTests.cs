using System.Text;

namespace StreamEdge;

public class SourcesInFilesTests
{
    [Fact]
    public async Task Every_option_can_be_written_in_a_file()
    {
        using var rig = new SourceRig();
        rig.Write("data/line-1/press.csv.gz", SourceRig.Gzip("Zeit|Name|Wert|Sorte\n1/2/2025 06:30|T|160,5|good\n1/2/2025 06:31|T|-200|good\n1/2/2025 06:32|P|n/a|bad\n"));
        rig.Write("rows.txt", "1 5\n2 6\n");
        var yaml = """
            pipeline: written
            time: { field: Zeit, format: "d/M/yyyy HH:mm" }
            signals:
              temp:     { unit: degC, range: [0, 200] }
              pressure: { unit: bar, rate: 2/s }
            steps:
              - collect:
                  name: long
                  file: data/**/*.csv*
                  format: csv
                  delimiter: "|"
                  decimal: comma
                  shape: long
                  signal: Name
                  value: Wert
                  columns: { temp: T, pressure: P }
                  tags: { machine: "{file}", line: "{folder}" }
                  missing: [-200, n/a]
                  quality: Sorte
                  speed: max
              - collect:
                  name: bare
                  file: [rows.txt]
                  header: false
                  delimiter: blank
                  columns: { temp: 1, pressure: 2 }
                  every: 500ms
                  start: 2025-01-01
              - collect:
                  name: made
                  simulate:
                    machines: 2
                    tag: machine
                    seed: 7
                    start: 2025-06-01T00:00:00Z
                    length: 2h
                    every: 10s
                    speed: max
                    signals:
                      temp: { mean: 90, noise: 0.5, load: 8, cycle: { amplitude: 2, period: 10m }, drift: 0.1 }
                    faults:
                      spike: 30m
                      stuck: { per: 2h, for: 5m }
                      drift: { per: 3h, size: 4, for: 20m }
                      step: { per: 2h }
                      dropout: { per: 2h }
                      wrong_unit: { per: 3h }
                    labels: labels.jsonl
                    disorder: { share: 1%, up_to: 2s }
              - transmit:
                  out: { file: out.jsonl }
            """;
        var surroundings = new Surroundings { StateFolder = Path.Combine(rig.Folder, "state"), Time = new FakeTime() };
        var graph = new Compiler(BuiltIn.Catalog(), surroundings).Compile(Path.Combine(rig.Folder, "pipeline.yaml"), Encoding.UTF8.GetBytes(yaml)).ToGraph();

        await graph.RunAsync(default);
        await graph.DisposeAsync();

        var ledger = graph.ReadLedger();
        var lines = File.ReadAllLines(Path.Combine(rig.Folder, "state/out.jsonl"));
        Assert.True(ledger.Balanced);
        Assert.Equal(1, graph.Progress);
        Assert.Equal([1, 4], ledger.Accounts.Take(2).Select(a => a.Passed));
        Assert.InRange(ledger.Accounts[2].Passed, 1_300, 1_440); // temp alone: 720 instants of two machines, less the dropouts
        Assert.Contains(lines, line => line.Contains("2025-02-01T06:30:00Z") && line.Contains("line-1") && line.Contains("press"));
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(rig.Folder, "state/labels.jsonl")));
    }
}
