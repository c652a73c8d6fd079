using System.Text;

namespace StreamEdge;

/// <summary>Sinks as they stand in a pipeline's file.</summary>
public sealed class SinkFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-").FullName;
    readonly StringWriter _console = new();

    public SinkFileTests() => File.WriteAllText(Path.Combine(_folder, "in.csv"), "ts,temp\n2026-01-01T12:00:00Z,71.3\n");

    public void Dispose()
    {
        _console.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_bare_key_is_a_whole_sink_where_everything_has_a_default()
    {
        await using var graph = Compile("shown: { console: }", "kept: { store: }").ToGraph();
        await graph.RunAsync(CancellationToken.None);

        Assert.Equal("2026-01-01T12:00:00Z  temp=71.3 degC\n", _console.ToString());
        using var store = StoreReader.Open(Path.Combine(_folder, "press.db"));
        Assert.Equal([71.3], Assert.Single(store.Select(new()).Rows).Values);
        Assert.True(graph.ReadLedger().Balanced);
    }

    [Fact]
    public void A_bare_key_that_needs_more_says_what()
    {
        var error = Assert.Throws<PipelineException>(() => Compile("a: { file: }", "b: { influx:, bucket: press }"));

        Assert.Equal(
            [
                "press.yaml:8:12: transmit.file needs 'path'; write path: TEXT",
                "press.yaml:9:12: transmit.influx needs 'url'; write url: http://HOST:8086",
            ],
            error.Faults.Select(f => f.ToString()));
    }

    Plan Compile(params string[] sinks)
    {
        var yaml = $$"""
            pipeline: press
            signals:
              temp: { unit: degC }
            steps:
              - collect:
                  file: {{_folder}}/in.csv
              - transmit:
                  {{string.Join("\n      ", sinks)}}
            """;
        return new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = _folder, Console = _console }).Compile("press.yaml", Encoding.UTF8.GetBytes(yaml));
    }
}
