using System.Globalization;
using System.Xml.Linq;

namespace StreamEdge;

/// <summary>Writes how tests ended as JUnit XML: a suite per file, a case per test.</summary>
static class TestReport
{
    /// <exception cref="OutputLostException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<TestedFile> files)
    {
        var suites = files.Select(Suite).ToList();
        var root = new XElement("testsuites", Sum("tests"), Sum("failures"), Sum("errors"), new XAttribute("time", Seconds(files.SelectMany(f => f.Outcomes))), suites);
        try
        {
            using var output = new StreamWriter(path);
            new XDocument(new XDeclaration("1.0", "utf-8", null), root).Save(output);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutputLostException(error, $"the report {Visible.Text(path)}");
        }

        XAttribute Sum(string name) => new(name, suites.Sum(s => (int)s.Attribute(name)!));
    }

    static XElement Suite(TestedFile file) => new("testsuite",
        new XAttribute("name", Text(file.Pipeline)),
        new XAttribute("file", Text(file.File)),
        new XAttribute("tests", file.Outcomes.Count + (file.Broken ? 1 : 0)),
        new XAttribute("failures", file.Outcomes.Count(o => !o.Outcome.Passed)),
        new XAttribute("errors", file.Broken ? 1 : 0),
        new XAttribute("time", Seconds(file.Outcomes)),
        file.Broken ? new XElement("testcase", new XAttribute("name", "the file has no mistakes"), new XAttribute("classname", Text(file.Pipeline)), new XElement("error", new XAttribute("message", "the file has mistakes, which 'streamedge check' tells"))) : null,
        file.Outcomes.Select(o => Case(file, o.Outcome, o.Elapsed)));

    static XElement Case(TestedFile file, TestOutcome outcome, TimeSpan elapsed) => new("testcase",
        new XAttribute("name", Text(outcome.Test.Name)),
        new XAttribute("classname", Text(file.Pipeline)),
        new XAttribute("file", Text(file.File)),
        new XAttribute("line", outcome.Test.At.Line),
        new XAttribute("time", Seconds(elapsed)),
        outcome.Passed ? null : new XElement("failure", new XAttribute("message", Text(outcome.Failures[0].What)), Text(string.Join('\n', file.Lines(outcome)))));

    /// <summary>Text that XML can hold: no control characters, no half of a pair.</summary>
    static string Text(string text) => string.Concat(text.Split('\n').Select((line, number) => (number == 0 ? "" : "\n") + string.Concat(Visible.Text(line).EnumerateRunes().Select(r => r.ToString()))));

    static string Seconds(IEnumerable<(TestOutcome Outcome, TimeSpan Elapsed)> outcomes) => Seconds(outcomes.Aggregate(TimeSpan.Zero, (sum, o) => sum + o.Elapsed));

    static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
