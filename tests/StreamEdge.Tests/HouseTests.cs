using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StreamEdge;

/// <summary>The rules of the house, so that nobody has to remember them in a review.</summary>
public partial class HouseTests
{
    const int MostLines = 400;

    // A project may refer to projects of a lower floor only.
    static readonly Dictionary<string, int> s_floor = new()
    {
        ["Gateway"] = 2,
        ["Sources"] = 1,
        ["Operators"] = 1,
        ["Sinks"] = 1,
        ["Pipeline"] = 0,
        ["Mqtt"] = 0,
        ["OnnxRuntime"] = 0,
        ["Sqlite"] = 0,
    };

    static readonly Dictionary<string, string> s_banned = new()
    {
        [@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b"] = "time comes from TimeProvider",
        [@"\bThread\.Sleep\b"] = "wait on a TimeProvider timer, with a CancellationToken",
        [@"\basync void\b"] = "an exception in it ends the process: return Task",
        [@"\bCreateUnbounded\b"] = "every channel has a bound",
        [@"\.Flush\((flushToDisk: *)?true\)"] = "hides a failed fsync: call fsync and check it",
        [@"\.ConfigureAwait\("] = "this is an application",
        [@"\bnew Random\(\)|\bRandom\.Shared\b|\bRandom \w+ = new\(\)"] = "give Random a seed",
    };

    [Fact]
    public void No_file_is_longer_than_400_lines() => None(
        from file in Files("src").Concat(Files("tests"))
        where Path.GetExtension(file) is ".cs" or ".js" or ".css" or ".html"
        let lines = File.ReadLines(file).Count()
        where lines > MostLines
        select $"{Relative(file)} has {lines} lines");

    [Fact]
    public void No_type_has_a_name_that_does_not_say_what_it_does() => None(
        from file in Sources()
        from type in VagueType().Matches(Code(file))
        select $"{Relative(file)}: {type.Groups["name"]}");

    [Fact]
    public void No_source_file_calls_what_the_house_forbids() => None(
        from file in Sources()
        let code = Code(file)
        from rule in s_banned
        from use in Regex.Matches(code, rule.Key)
        select $"{Relative(file)}:{Line(code, use.Index)}: {use.Value}: {rule.Value}");

    [Fact]
    public void Every_namespace_is_StreamEdge() => None(
        from file in Sources().Concat(Files("tests").Where(IsCSharp))
        from declared in Namespace().Matches(Code(file))
        where declared.Groups["name"].Value != "StreamEdge"
        select $"{Relative(file)}: {declared.Value.Trim()}");

    [Fact]
    public void References_between_projects_point_downward_only() => None(
        from project in Projects()
        let user = Path.GetFileNameWithoutExtension(project)
        from reference in Items(project, "ProjectReference")
        let used = Path.GetFileNameWithoutExtension(reference)
        where s_floor[user] <= s_floor[used]
        select $"{user} -> {used}");

    [Fact]
    public void Every_project_has_its_floor() => None(
        from project in Projects()
        where !s_floor.ContainsKey(Path.GetFileNameWithoutExtension(project))
        select $"{Relative(project)} is not in the table of floors");

    [Fact]
    public void Each_package_is_referenced_by_one_project() => None(
        from project in Projects()
        from package in Items(project, "PackageReference")
        group Path.GetFileNameWithoutExtension(project) by package into users
        where users.Count() > 1
        select $"{users.Key}: {string.Join(", ", users)}");

    [Fact]
    public void No_file_lies_deeper_than_src_X_Y_File() => None(
        from file in Files("src")
        where Relative(file).Split('/').Length > 4
        select Relative(file));

    [Fact]
    public void Every_options_type_is_in_the_table() => None(
        from assembly in BuiltIn.Catalog().Entries.Select(entry => entry.Options.Assembly).Distinct()
        from type in assembly.GetTypes()
        where type.IsSubclassOf(typeof(StepOptions)) && !type.IsAbstract
        where BuiltIn.Catalog().Entries.All(entry => entry.Options != type)
        select $"{type.Name} has no line in BuiltIn.cs");

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var today = DateTime.Today;")]
    [InlineData("Thread.Sleep(5);")]
    [InlineData("async void OnTick() {}")]
    [InlineData("Channel.CreateUnbounded<int>();")]
    [InlineData("file.Flush(true);")]
    [InlineData("file.Flush(flushToDisk: true);")]
    [InlineData("await task.ConfigureAwait(false);")]
    [InlineData("var dice = new Random();")]
    [InlineData("Random dice = new();")]
    public void A_forbidden_call_is_recognized(string code) =>
        Assert.Contains(s_banned, rule => Regex.IsMatch(WithoutText(code), rule.Key));

    [Theory]
    [InlineData("// DateTime.UtcNow would break replay")]
    [InlineData("/* Thread.Sleep */ var a = 1;")]
    [InlineData("var text = \"DateTime.Now\";")]
    [InlineData("var text = \"\"\"\n  say \"DateTime.Now\"\n  \"\"\";")]
    [InlineData("var dice = new Random(seed);")]
    [InlineData("stream.Flush();")]
    public void What_only_looks_like_one_is_let_through(string code) =>
        Assert.DoesNotContain(s_banned, rule => Regex.IsMatch(WithoutText(code), rule.Key));

    [Theory]
    [InlineData("sealed class EdgeManager")]
    [InlineData("public static class TimeUtils")]
    [InlineData("record struct BatchInfo(int Rows)")]
    [InlineData("interface IMessageProcessor<T>")]
    public void A_vague_name_is_recognized(string code) => Assert.Matches(VagueType(), code);

    [Theory]
    [InlineData("sealed class Database")]
    [InlineData("sealed record ClampOptions : OperatorOptions")]
    public void A_plain_name_is_let_through(string code) => Assert.DoesNotMatch(VagueType(), code);

    static void None(IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    static IEnumerable<string> Sources() => Files("src").Where(IsCSharp);

    static IEnumerable<string> Projects() => Files("src").Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    static bool IsCSharp(string file) => file.EndsWith(".cs", StringComparison.Ordinal);

    static IEnumerable<string> Files(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal));

    static IEnumerable<string> Items(string project, string kind) =>
        from item in XDocument.Load(project).Descendants(kind)
        select (string?)item.Attribute("Include") ?? "";

    static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    static int Line(string code, int index) => code.AsSpan(0, index).Count('\n') + 1;

    static string Code(string file) => WithoutText(File.ReadAllText(file));

    // Comments and strings may name what code may not do. Their line breaks stay, so that line numbers stay right.
    static string WithoutText(string code) =>
        Text().Replace(code, text => new string('\n', text.ValueSpan.Count('\n')));

    [GeneratedRegex(""""
        """[\s\S]*?"""|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//.*|/\*[\s\S]*?\*/
        """")]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(?<name>\w*(Manager|Helper|Utils?|Service|Processor|Base|Impl|Info|Data))\b")]
    private static partial Regex VagueType();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
