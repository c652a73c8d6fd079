using System.Text;

namespace StreamEdge;

/// <summary><c>streamedge docs</c>, and the comments that it is made of.</summary>
public class DocsTests
{
    public static TheoryData<string> Steps => [.. BuiltIn.Catalog().Entries.Select(e => e.Name)];

    [Theory]
    [InlineData("docs.txt")]
    [InlineData("docs-stuck.txt", "stuck")]
    [InlineData("docs-infer.txt", "infer")]
    [InlineData("docs-derive.txt", "derive")]
    [InlineData("docs-time.txt", "time")]
    [InlineData("docs-signals.txt", "signals")]
    [InlineData("docs-tests.txt", "tests")]
    [InlineData("docs-expressions.txt", "expressions")]
    [InlineData("docs-units.txt", "units")]
    public async Task Tells_what_can_stand_in_a_file(string golden, params string[] topic)
    {
        var output = new StringWriter();

        Assert.Equal(0, await CommandLine.RunAsync(["docs", .. topic], new Terminal { Out = output, Error = TextWriter.Null }));

        Cli.Matches(golden, output.ToString());
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_was_meant()
    {
        var error = new StringWriter();

        Assert.Equal(2, await CommandLine.RunAsync(["docs", "stuk"], new Terminal { Out = TextWriter.Null, Error = error }));

        Assert.Equal("streamedge: there is nothing about 'stuk'; did you mean 'stuck'?\n", error.ToString());
    }

    [Theory, MemberData(nameof(Steps))]
    public void The_example_of_every_step_is_sound(string step)
    {
        var entry = BuiltIn.Catalog().Entries.Single(e => e.Name == step);
        var example = StepDocs.ExampleOf(entry.Options);
        Assert.NotNull(example);
        using var folder = new TempFolder();
        File.WriteAllText(folder.PathOf("readings.csv"), "ts,device,temp,vibration,strokes,state\n2026-01-01T00:00:00Z,m1,70,2,9,on\n");
        File.WriteAllText(folder.PathOf("machines.csv"), "machine,limit,owner\nm1,80,north\n");

        var yaml = $"""
            pipeline: example
            signals:
              temp: {OneLine("unit: degC, range: [-20, 250], max_change: 5 degC/s, rate: 1/s, tolerance: 0.2")}
              vibration: {OneLine("unit: mm/s, range: [0, 50], rate: 25600/s")}
            {(entry.Form == StepForm.Source ? "" : "  strokes: { type: integer }\n  state: { type: text }")}
            steps:
            {(entry.Form == StepForm.Source ? "" : "  - collect: { file: readings.csv, tags: { machine: device } }")}
            {string.Join('\n', example.Split('\n').Select(l => $"  {l}"))}
            {(entry.Form == StepForm.Sink ? "" : "  - transmit: { show: { console: text } }")}
            """;
        new Compiler(BuiltIn.Catalog(), new Surroundings { StateFolder = folder.Path, WithoutModels = true }).Compile(folder.PathOf("example.yaml"), Encoding.UTF8.GetBytes(yaml));

        static string OneLine(string inside) => $"{{ {inside} }}";
    }

    [Fact]
    public void The_example_of_every_option_of_a_signal_is_read()
    {
        var options = OptionsShape.Of(typeof(SignalOptions)).Options.Where(o => o.Property.Name != nameof(SignalOptions.Type));
        var yaml = $$"""
            pipeline: example
            signals:
              temp: { {{string.Join(", ", options.Select(o => $"{o.Key}: {o.Example}"))}} }
            steps:
              - collect: { simulate: { length: 1h, signals: { temp: { mean: 20 } } } }
              - transmit: { show: { console: text } }
            """;

        new Compiler(BuiltIn.Catalog(), new Surroundings()).Compile("example.yaml", Encoding.UTF8.GetBytes(yaml));
    }

    [Theory, MemberData(nameof(Steps))]
    public void Every_option_of_every_step_is_told(string step) => All(BuiltIn.Catalog().Entries.Single(e => e.Name == step).Options);

    static void All(Type type)
    {
        Assert.NotEmpty(StepDocs.Of(type));
        foreach (var option in OptionsShape.Of(type).Options) Assert.NotEmpty(StepDocs.Of(option.Property));
    }
}
