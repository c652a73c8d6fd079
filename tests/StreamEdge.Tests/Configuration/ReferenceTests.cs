namespace StreamEdge;

/// <summary>Values that stand elsewhere: in the environment, in files, among the machine's secrets.</summary>
public sealed class ReferenceTests : IDisposable
{
    const string Canary = "canary-71a9";
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_value_comes_from_the_environment_as_a_whole()
    {
        Environment.SetEnvironmentVariable("SE_HOST", "http://db.plant:8086");
        Environment.SetEnvironmentVariable("SE_POINTS", "250");

        var options = Bind("{ url: \"${env:SE_HOST}\", database: plant, max_points: \"${env:SE_POINTS}\" }");

        Assert.Equal((new Uri("http://db.plant:8086"), 250), (options.Url, options.MaxPoints));
    }

    [Fact]
    public void Whatever_a_value_holds_it_stays_one_text()
    {
        Environment.SetEnvironmentVariable("SE_ODD", "plant\nurl: http://elsewhere, max_points: 1 # ${env:SE_HOST}");

        var options = Bind("{ url: \"http://h:8086\", database: \"${env:SE_ODD}\" }");

        Assert.Equal("plant\nurl: http://elsewhere, max_points: 1 # ${env:SE_HOST}", options.Database);
        Assert.Equal(5000, options.MaxPoints);
    }

    [Fact]
    public void A_secret_lies_in_a_file_or_beside_the_pipeline_and_loses_its_last_line_break()
    {
        Write("influx.txt", $"{Canary}1\n");
        Write("secrets/influx-token", $"{Canary}2\r\n");

        Assert.Equal($"{Canary}1", Bind("{ url: \"http://h:8086\", bucket: b, token: \"${file:influx.txt}\" }").Token!.Reveal());
        Assert.Equal($"{Canary}2", Bind("{ url: \"http://h:8086\", bucket: b, token: \"${secret:influx-token}\" }").Token!.Reveal());
    }

    [Fact]
    public void A_secret_that_is_replaced_in_its_file_is_taken_without_a_restart()
    {
        var path = Write("influx.txt", $"{Canary}1\n");
        var token = Bind("{ url: \"http://h:8086\", bucket: b, token: \"${file:influx.txt}\" }").Token!;
        Assert.Equal($"{Canary}1", token.Reveal());

        Write("influx.txt", $"{Canary}2\n");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal($"{Canary}2", token.Reveal());
        File.Delete(path);

        Assert.Equal($"{Canary}2", token.Reveal());
    }

    [Theory]
    [InlineData("url: \"${env:SE_NONE}\"", "influx.url: the environment has no 'SE_NONE'; set it before the start: SE_NONE=... ./streamedge run ...")]
    [InlineData("url: \"http://${env:SE_HOST}:8086\"", "influx.url: 'http://${env:SE_HOST}:8086' is no reference; write ${env:NAME}, ${file:PATH} or ${secret:NAME} as the whole value")]
    [InlineData("database: \"${env:SE_HOST}x\"", "influx.database: '${env:SE_HOST}x' is no reference; write ${env:NAME}, ${file:PATH} or ${secret:NAME} as the whole value")]
    [InlineData("database: \"${vault:x}\"", "influx.database: there is no ${vault:...}; write ${env:NAME}, ${file:PATH} or ${secret:NAME}")]
    [InlineData("database: \"${env:}\"", "influx.database: ${env:} names nothing; write ${env:NAME}")]
    [InlineData("database: \"${secret:plant}\"", "influx.database: ${secret:plant} would be shown here, where no secret belongs; write ${env:NAME} or ${file:PATH}")]
    [InlineData("token: \"${secret:../plant}\"", "influx.token: '../plant' is no name of a secret; write its name only, or ${file:PATH}")]
    [InlineData("token: \"${secret:none}\"", "influx.token: there is no secret 'none'; write it into FOLDER/secrets/none, or name the folder of secrets in STREAMEDGE_SECRETS")]
    [InlineData("token: \"${file:none.txt}\"", "influx.token: FOLDER/none.txt cannot be read: Could not find file 'FOLDER/none.txt'.; check the path and who may read it")]
    [InlineData("token: \"${file:open.txt}\"", "influx.token: everybody on this machine can read FOLDER/open.txt; chmod 600 FOLDER/open.txt")]
    [InlineData("token: \"${file:lines.txt}\"", "influx.token: the secret has a line break or a control character in it (in ${file:lines.txt}); write it in one line")]
    [InlineData("max_points: \"${env:SE_MANY}\"", "influx.max_points: 'many' is no number (in ${env:SE_MANY}); write it like 10")]
    public void Says_what_is_wrong_with_a_reference_and_nothing_of_a_secret(string option, string expected)
    {
        Environment.SetEnvironmentVariable("SE_MANY", "many");
        Write("open.txt", Canary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Write("lines.txt", $"{Canary}\n{Canary}");
        var faults = new Faults(Path.Combine(_folder.Path, "plant.yaml"));

        OptionsBinder.Bind(typeof(InfluxSinkOptions), "influx", Yaml.Read($"{{ {(option.StartsWith("url", StringComparison.Ordinal) ? "" : "url: \"http://h:8086\", ")}{option} }}"), faults);

        var told = Assert.Single(faults.Items);
        Assert.Equal(expected, $"{told.What}; {told.Remedy}".Replace(_folder.Path, "FOLDER"));
        Assert.DoesNotContain(Canary, told.ToString());
    }

    InfluxSinkOptions Bind(string yaml)
    {
        var faults = new Faults(Path.Combine(_folder.Path, "plant.yaml"));
        var bound = OptionsBinder.Bind(typeof(InfluxSinkOptions), "influx", Yaml.Read(yaml), faults);
        faults.ThrowIfAny();
        return (InfluxSinkOptions)bound.Value;
    }

    string Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        return path;
    }
}
