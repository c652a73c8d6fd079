using System.Diagnostics;
using System.Text;

namespace StreamEdge;

/// <summary>Random edits of the example pipelines: each is compiled, or refused with faults; nothing crashes or hangs.</summary>
public class ExampleEditsTests
{
    static readonly string[] s_pieces =
    [
        "[", "]", "{", "}", ": ", ", ", "- ", "#", "\n", "  ", "\t", "0", "-1", "1e999", "%", "5s", "degC", "bar", "null", "true", "\"", "'", "every", "signals", "steps", "from: ", "name: window", "temp", "&a", "*a", "!!x",
        "(", ")", " and ", "prev(", "1m", "0s", "99999999d", "drop", "flag", "é", "\u0000",
    ];

    /// <summary>1,000 edits, with ./test --long a hundred thousand.</summary>
    static int Rounds => Environment.GetEnvironmentVariable("STREAMEDGE_LONG") == "1" ? 100_000 : 1_000;

    [Fact]
    public void Every_edit_of_an_example_is_compiled_or_refused_within_a_second()
    {
        var random = new Random(20260101);
        var folder = Path.Combine(Repository.Root, "pipelines");
        var examples = Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(file => (file, Text: File.ReadAllText(file))).ToList();
        var (sound, longest) = (0, TimeSpan.Zero);
        for (var round = 0; round < Rounds; round++)
        {
            var (file, text) = examples[random.Next(examples.Count)];
            var edited = Encoding.UTF8.GetBytes(Edited(random, text));
            var start = Stopwatch.GetTimestamp();
            try
            {
                new Compiler(BuiltIn.Catalog(), new Surroundings { WithoutModels = true }).Compile(file, edited);
                sound++;
            }
            catch (PipelineException refused)
            {
                Assert.NotEmpty(refused.Faults);
            }

            if (Stopwatch.GetElapsedTime(start) is var took && took > longest) longest = took;
        }

        Assert.InRange(sound, Rounds / 100, Rounds);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    static string Edited(Random random, string text)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            var removed = Math.Min(random.Next(12), text.Length - at);
            text = text[..at] + (random.Next(3) == 0 ? "" : s_pieces[random.Next(s_pieces.Length)]) + text[(at + removed)..];
        }

        return text;
    }
}
