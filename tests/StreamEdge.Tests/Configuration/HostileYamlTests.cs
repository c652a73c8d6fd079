using System.Diagnostics;
using System.IO.Compression;

namespace StreamEdge;

/// <summary>Files that kill or stall other readers are answered in under a second and 64 MiB, and the process lives.</summary>
public class HostileYamlTests
{
    const long MostBytes = 64 << 20;
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    [SharedTheory]
    [InlineData("alias-bomb.yaml", "1:5: the anchor '&a0' is refused; write the value out where it is needed")]
    [InlineData("merge-bomb.yaml", "1:5: the anchor '&b0' is refused; write the value out where it is needed")]
    [InlineData("self-alias.yaml", "1:4: the anchor '&a' is refused; write the value out where it is needed")]
    [InlineData("type-tags.yaml", "1:4: the tag '!!System.Diagnostics.Process' is refused; delete it: the option decides how its value is read")]
    [InlineData("duplicate-keys.yaml", "3:1: 'name' is written twice, first at 1:1; keep one of them")]
    [InlineData("two-documents.yaml", "2:1: a second document begins here; put it into a file of its own")]
    [InlineData("tabs.yaml", "2:1: a tab indents this line; indent with spaces")]
    [InlineData("empty.yaml", "1:1: the file is empty; begin it with 'pipeline: NAME'")]
    [InlineData("nul.yaml", "1:4: the character U+0000 cannot stand in a pipeline file; save the file as UTF-8")]
    [InlineData("invalid-utf8.yaml", "1:4: byte 0xFF is not UTF-8; save the file as UTF-8")]
    [InlineData("bom-utf16.yaml", "1:1: the file is UTF-16; save it as UTF-8")]
    [InlineData("nested-block-1000.yaml", "33:33: lists and maps are nested deeper than 32; look for a bracket or an indentation too many")]
    [InlineData("nested-flow-600.yaml", "1:33: lists and maps are nested deeper than 32; look for a bracket or an indentation too many")]
    [InlineData("nested-flow-100000.yaml", "1:33: lists and maps are nested deeper than 32; look for a bracket or an indentation too many")]
    [InlineData("nested-flow-closed-20000.yaml", "1:33: lists and maps are nested deeper than 32; look for a bracket or an indentation too many")]
    [InlineData("nested-flow-unclosed-600.yaml", "1:33: lists and maps are nested deeper than 32; look for a bracket or an indentation too many")]
    [InlineData("many-keys.yaml.gz", "1:1: the file is larger than 1 MiB; split it into several pipelines")]
    [InlineData("long-scalar.yaml.gz", "1:1: the file is larger than 1 MiB; split it into several pipelines")]
    public void Is_refused_with_its_place(string file, string expected)
    {
        var faults = Measured(Content(file), file);

        Assert.Equal($"{file}:{expected}", faults.Split('\n')[0]);
    }

    [SharedTheory]
    [InlineData("surprising-scalars.yaml")]
    [InlineData("env-newline.yaml")]
    [InlineData("bidi.yaml")]
    public void Legal_YAML_is_read_and_left_to_the_check_of_keys(string file) => Assert.Equal("", Measured(Content(file), file));

    [SharedFact]
    public void No_file_of_the_corpus_is_forgotten()
    {
        var named = typeof(HostileYamlTests).GetMethods()
            .SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>())
            .SelectMany(data => data.GetData(null!)).Select(row => row[0].ToString());

        Assert.Empty(Directory.GetFiles(Folder).Select(Path.GetFileName).Except(named));
    }

    [SharedFact]
    public void Surprising_scalars_are_texts_of_YAML_1_2()
    {
        var root = Yaml.Read(File.ReadAllText(Path.Combine(Folder, "surprising-scalars.yaml")));

        Assert.Equal(["no", "yes", "0o14", "014", "12:30:45", "1e3", "1_000", ".inf", ".nan", "~", "", "2024-01-01", "1.10", "0x1F", "+5"],
            root.Entries.Select(entry => entry.Value.Text()));
    }

    [SharedFact]
    public void A_secret_with_a_line_break_in_it_stays_one_reference() =>
        Assert.Equal("${env:SECRET}", Yaml.Read(File.ReadAllText(Path.Combine(Folder, "env-newline.yaml")))["password"].Text());

    [Theory]
    [MemberData(nameof(Repetitions))]
    public void A_megabyte_of_anything_is_answered(string beginning, string repeated)
    {
        var text = beginning + string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length));

        Measured(System.Text.Encoding.UTF8.GetBytes(text), Yaml.File);
    }

    [Theory]
    [InlineData(900_000, "", "a, ", 0)]
    [InlineData(0, "", "a(, ", 900_000)]
    [InlineData(0, "", "a( , b) , ", 900_000)]
    [InlineData(0, "k", ": a(, ", 900_000)]
    public void A_line_with_all_the_values_of_a_file_is_answered(int before, string key, string value, int after)
    {
        var values = string.Concat(Enumerable.Range(0, 4_900).Select(index => key.Length > 0 ? $"{key}{index}{value}" : value));
        var (open, close) = key.Length > 0 ? ('{', '}') : ('[', ']');

        Measured(System.Text.Encoding.UTF8.GetBytes($"a:\n{new string(' ', before + 1)}{open}{values}{new string('x', after)}{close}\n"), Yaml.File);
    }

    public static TheoryData<string, string> Repetitions()
    {
        string[] repeated =
        [
            "[", "{", "- ", "? ", ": ", "\"", "'", "&a ", "*a ", "!a ", "|\n", ">\n ", "#", ",", "a: ", "\n", "---\n", "...\n", "%a ", "[\n", "{\n", "[[a,", "{a: ", "\"a\": ",
            "a\n ", "a b ", "\\", " ", "\t", "]", "[],", "a: b\n", "[?", "? a\n: b\n", "'' ", "\"a\n", "x:\n", "- a:\n  - b\n", "a #b\n", "\u00E4", "clamp(a, ", "a:b, ",
        ];
        var data = new TheoryData<string, string>();
        foreach (var beginning in new[] { "", "x: [", "x: { a: ", "x: |\n ", "x: \"" })
            foreach (var text in repeated) data.Add(beginning, text);
        return data;
    }

    // Everything allocated, whether or not it was collected on the way, so at least the peak.
    static string Measured(byte[] content, string file)
    {
        // The least of three: what the code takes, not what else the machine did meanwhile.
        var (faults, least, allocated) = ("", TimeSpan.MaxValue, 0L);
        for (var attempt = 0; attempt < 3 && least > s_longest; attempt++)
        {
            var (before, begun) = (GC.GetAllocatedBytesForCurrentThread(), Worked());
            faults = Yaml.FaultsOf(content, file);
            (least, allocated) = (TimeSpan.FromTicks(Math.Min(least.Ticks, (Worked() - begun).Ticks)), GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, TimeSpan.Zero, s_longest);
        Assert.InRange(allocated, 0, MostBytes);
        return faults;
    }

    // The thread's own processor time where the system tells it: a busy machine must not fail the test.
    static TimeSpan Worked() => File.Exists("/proc/thread-self/schedstat")
        ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0]) / 1000)
        : Stopwatch.GetElapsedTime(0);

    static string Folder => Path.Combine(Repository.Shared!, "corpora/hostile/yaml");

    static byte[] Content(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, file));
        using var unpacked = new MemoryStream();
        if (file.EndsWith(".gz", StringComparison.Ordinal)) new GZipStream(stream, CompressionMode.Decompress).CopyTo(unpacked);
        else stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
