using System.IO.Compression;
using System.Text;

namespace StreamEdge;

/// <summary>What the README says of the steps is written from the steps themselves: STREAMEDGE_UPDATE_README=1 writes it anew.</summary>
public class ReadmeTests
{
    const string Begin = "<!-- The table is written by ReadmeTests. -->\n", End = "<!-- End of the table. -->";

    [Fact]
    public void Lists_every_step_with_its_options()
    {
        var path = Path.Combine(Repository.Root, "README.md");
        var readme = File.ReadAllText(path);
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));

        var written = readme[..begin] + Table() + readme[end..];

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
