namespace StreamEdge;

/// <summary>The real servers start, keep a point and give it back, before any sink is blamed.</summary>
public class ServerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InfluxDB_gives_back_a_point_it_was_given(bool auth)
    {
        await using var influx = await InfluxServer.StartAsync(auth);

        await influx.WriteAsync("pump,line=l1 temp=71.5,count=3i 1767225600000000000");

        Assert.Equal(
            """{"results":[{"statement_id":0,"series":[{"name":"pump","columns":["time","count","line","temp"],"values":[[1767225600000000000,3,"l1",71.5]]}]}]}""",
            (await influx.QueryAsync("SELECT * FROM pump")).Trim());
    }

    [Fact]
    public async Task VictoriaMetrics_gives_back_a_point_it_was_given()
    {
        await using var victoria = await VictoriaServer.StartAsync();

        await victoria.WriteAsync("pump,line=l1 temp=71.5 1767225600000000000");

        Assert.Equal(
            """{"metric":{"__name__":"pump_temp","line":"l1"},"values":[71.5],"timestamps":[1767225600000]}""",
            (await victoria.ExportAsync("{__name__=~\"pump_.*\"}")).Trim());
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var folder = ServerProcess.NewFolder();
        var ready = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/ping");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ServerProcess.StartAsync("influxd", folder, ["run", "-config", $"{folder}/none.conf"], ready));

        Assert.Contains("ended with exit code 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("none.conf: no such file or directory", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }
}
