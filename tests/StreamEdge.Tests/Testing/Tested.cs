using System.Text;

namespace StreamEdge;

/// <summary>Pipelines with a <c>tests:</c> block, compiled and tested as the program does.</summary>
static class Tested
{
    /// <summary>Presses, cleaned, in windows of ten seconds. The block of tests begins in line 13.</summary>
    public const string Press = """
        pipeline: press
        time: { wait: 2s, idle: 30s }
        signals:
          temp:  { unit: degC, range: [-20, 250], rate: 1/s, tolerance: 0.2 }
          state: { type: text }
          on:    { type: bool }
          count: { type: integer }
        steps:
          - collect: { counting: 21 }
          - clean: { out_of_range: drop, duplicates: drop }
          - window: { every: 10s, compute: { temp: [mean, count] } }
          - transmit: { history: { from: [clean, window], file: history.jsonl }, out: { console: text } }

        """;

    /// <summary>Compiles a pipeline that has this block of tests.</summary>
    public static Plan Compile(string tests, string pipeline = Press, string state = "state") =>
        new Compiler(BuiltIn.Catalog().Source<CountingOptions>("counting").Operator<OddOptions>("clean.odd"), new Surroundings { StateFolder = state, Time = new FakeTime(), ModelsFolder = Path.Combine(Repository.Root, "models") }).Compile("press.yaml", Encoding.UTF8.GetBytes(pipeline + tests));

    /// <summary>The faults of this block of tests, a line each.</summary>
    public static string Faults(string tests, string pipeline = Press) => Assert.Throws<PipelineException>(() => Compile(tests, pipeline)).Message;

    /// <summary>Runs the only test of a block; what was not as expected, a line each with the difference below it.</summary>
    public static async Task<string> RunAsync(string tests, string pipeline = Press)
    {
        var plan = Compile(tests, pipeline);
        var outcome = await Rehearsal.RunAsync(plan, Assert.Single(plan.Tests), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        foreach (var failure in outcome.Failures)
        {
            text.Append($"{failure.At}: {failure.What}\n");
            foreach (var line in failure.Diff) text.Append($"  {line}\n");
        }

        return text.ToString();
    }

    /// <summary>A test of one feed and one expectation, each a list item or an entry on its line.</summary>
    public static string Of(string[] feed, params string[] expect) =>
        $"tests:\n  - name: it\n    tags: {{ machine: m1 }}\n    feed:\n{string.Concat(feed.Select(f => $"      - {f}\n"))}    expect:\n{string.Concat(expect.Select(e => $"      {e}\n"))}";
}
