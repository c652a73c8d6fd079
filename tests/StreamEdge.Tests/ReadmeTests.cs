using System.IO.Compression;
using System.Text;

namespace StreamEdge;

/// <summary>What the README says of the steps is written from the steps themselves: STREAMEDGE_UPDATE_README=1 writes it anew.</summary>
public class ReadmeTests
{
    const string Begin = "<!-- The table is written by ReadmeTests. -->\n", End = "<!-- End of the table. -->";

    [Fact]
    public void Lists_every_step_with_its_options() => Holds(Begin, End, Table());

    [Fact]
    public void Tells_what_becomes_of_missing_values() =>
        Holds("<!-- The table of truths is written by ReadmeTests. -->\n", "<!-- End of the truths. -->", Truths());

    static void Holds(string from, string until, string table)
    {
        var path = Path.Combine(Repository.Root, "README.md");
        var readme = File.ReadAllText(path);
        var (begin, end) = (readme.IndexOf(from, StringComparison.Ordinal) + from.Length, readme.IndexOf(until, StringComparison.Ordinal));

        var written = readme[..begin] + table + readme[end..];

        if (Environment.GetEnvironmentVariable("STREAMEDGE_UPDATE_README") == "1") File.WriteAllText(path, written);
        Assert.Equal(written, File.ReadAllText(path));
    }

    [Fact]
    public void Names_only_files_that_are_there()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        var missing = System.Text.RegularExpressions.Regex.Matches(readme, @"(?<=[`( ])(pipelines|src|tests)/[A-Za-z0-9_./-]+").Select(m => m.Value.TrimEnd('.'))
            .Where(p => !Path.Exists(Path.Combine(Repository.Root, p)));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_file_that_it_explains_is_sound()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var yaml = readme[(readme.IndexOf("```yaml\n", StringComparison.Ordinal) + 8)..];
        yaml = yaml[..yaml.IndexOf("```", StringComparison.Ordinal)];
        var folder = Directory.CreateTempSubdirectory("streamedge-readme-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "readings"));
            using (var gzip = new GZipStream(File.Create(Path.Combine(folder, "readings", "a.csv.gz")), CompressionLevel.Fastest))
                gzip.Write("ts,device,temp,vibration\n2026-01-01T00:00:00Z,press1,160,2.5\n"u8);

            var plan = new Compiler(BuiltIn.Catalog(), new Surroundings { WithoutModels = true }).Compile(Path.Combine(folder, "press.yaml"), Encoding.UTF8.GetBytes(yaml));

            Assert.Equal("press-line-3", plan.Context.Name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Shows_tests_that_pass()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var demo = Path.Combine(Repository.Root, "pipelines", "demo.yaml");
        var begin = readme.IndexOf("tests:\n  - name:", StringComparison.Ordinal);
        var pipeline = File.ReadAllText(demo).Split("\ntests:\n")[0] + "\n" + readme[begin..readme.IndexOf("```", begin, StringComparison.Ordinal)];

        var plan = new Compiler(BuiltIn.Catalog(), new Surroundings()).Compile(demo, Encoding.UTF8.GetBytes(pipeline));

        var outcome = await Rehearsal.RunAsync(plan, Assert.Single(plan.Tests), CancellationToken.None);
        Assert.Equal("", string.Join('\n', outcome.Failures.Select(f => $"{f.At}: {f.What}\n{string.Join('\n', f.Diff)}")));
    }

    static string Truths()
    {
        string[] expressions = ["x and y", "x or y", "not x", "x == y", "x ?? y", "missing(x)"];
        bool?[] values = [true, false, null];
        var schema = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new Column("x", Kind.Bool), new Column("y", Kind.Bool)], hasWindow: false);
        var batch = new Plant().Batch(schema, [.. values.SelectMany(x => values.Select(y => new Row("m", null, 0, x, y)))]);
        var results = expressions.Select(text =>
        {
            var computed = new double[batch.Count];
            Assert.True(Expression.TryParse(text, out var expression, out _));
            expression.Bind(schema, [])!.Compute(batch, computed);
            return computed;
        }).ToList();

        var table = new StringBuilder($"| `x` | `y` | {string.Join(" | ", expressions.Select(e => $"`{e}`"))} |\n|{string.Concat(Enumerable.Repeat("---|", expressions.Length + 2))}\n");
        for (var row = 0; row < batch.Count; row++)
            table.Append($"| {Word(values[row / 3])} | {Word(values[row % 3])} | {string.Join(" | ", results.Select(r => Word(double.IsNaN(r[row]) ? null : r[row] == 1)))} |\n");
        return table.ToString();

        static string Word(bool? truth) => truth switch { true => "true", false => "false", _ => "missing" };
    }

    static string Table()
    {
        var text = new StringBuilder("| stage | step | what it does | options |\n|---|---|---|---|\n");
        foreach (var line in BuiltIn.Catalog().Entries)
        {
            var options = string.Join(", ", OptionsShape.Of(line.Options).Options.Select(o => $"`{(o == OptionsShape.Of(line.Options).RestOption ? "NAME" : o.Key)}`{(o.Required ? " (needed)" : "")}"));
            text.Append($"| {line.Stage} | `{line.Key}` | {StepDocs.FirstSentence(line.Options)} | {(options.Length == 0 ? "none" : options)} |\n");
        }

        return text.ToString();
    }
}
