using System.Text;

namespace StreamEdge;

/// <summary>Mistakes with units in a file: each is told with its line and column and what to write.</summary>
public class UnitMistakeTests
{
    static readonly string s_golden = Path.Combine(Repository.Root, "tests", "StreamEdge.Tests", "Configuration", "unit-mistakes.txt");

    // What stands in the file in place of SIGNAL (line 3), COLLECT (line 6), STEP (line 7).
    static readonly (string Signal, string Collect, string Step)[] s_mistakes =
    [
        ("{ unit: C }", "", ""),
        ("{ unit: F }", "", ""),
        ("{ unit: celcius }", "", ""),
        ("{ unit: DegC }", "", ""),
        ("{ unit: degC/x }", "", ""),
        ("{ unit: psig }", "", ""),
        ("{ unit: mm/sec2 }", "", ""),
        ("{ unit: Kwh }", "", ""),
        ("{ unit: l/minn }", "", ""),
        ("{ unit: degC, range: [0, 5] bar }", "", ""),
        ("{ unit: degC, range: [250, -20] }", "", ""),
        ("{ unit: degC, tolerance: 0.2 bar }", "", ""),
        ("{ unit: degC, tolerance: 0,2 }", "", ""),
        ("{ unit: degC, tolerance: -1 degC }", "", ""),
        ("{ unit: degC, max_change: 15 degC }", "", ""),
        ("{ unit: degC, max_change: 15 bar/s }", "", ""),
        ("{ unit: degC, max_change: 15 }", "", ""),
        ("{ unit: degC, rate: 1s }", "", ""),
        ("{ unit: degC, rate: 10 }", "", ""),
        ("{ type: text, unit: degC }", "", ""),
        ("{ unit: degC }", ", units: { temp: bar }", "- normalize: { units: declared }"),
        ("{ unit: degC }", ", units: { tmp: degF }", "- normalize: { units: declared }"),
        ("{ unit: degC }", ", units: { temp: degF }", ""),
        ("{ unit: degC }", ", units: { temp: farenheit }", "- normalize: { units: declared }"),
        ("", ", units: { temp: degF }", "- normalize: { units: { signals: { temp: bar } } }"),
        ("", "", "- normalize: { units: { signals: { temp: degF } } }"),
        ("{ unit: degC }", "", "- compress: { deadband: 0.2 bar }"),
        ("{ unit: degC }", "", "- compress: { deadband: { tolerances: { temp: 1 mm } } }"),
        ("{ unit: degC }", "", "- clean: { keep: value > 5 bar }"),
        ("{ unit: degC }", "", "- clean: { keep: value - prev(value) > 3 mm }"),
        ("{ unit: degC }", "", "- clean: { keep: (value - prev(value)) / elapsed() > 3 degC }"),
        ("{ unit: degC }", "", "- window: { every: 60, compute: [mean] }"),
        ("{ unit: degC }", "", "- window: { every: 1 minute, compute: [mean] }"),
        ("{ unit: degC }", "", "- window: { every: 1m, compute: [mean], min_coverage: 0.8 }"),
        ("{ unit: degC }", "", "- window: { every: 1m, compute: [mean] }\n  - derive: { hot: mean > 5 bar }"),
        ("{ unit: degC }", "", "- window: { every: 1m, compute: [mean] }\n  - derive: { x: { value: mean * 2, unit: bar } }"),
    ];

    [Fact]
    public void Each_is_told_with_its_place_and_a_remedy()
    {
        var folder = Directory.CreateTempSubdirectory("streamedge-units-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "in.csv"), "ts,temp\n2026-01-01T00:00:00Z,20\n");
            Cases.Matches(s_golden, string.Concat(s_mistakes.Select(m => Told(folder, m.Signal, m.Collect, m.Step))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Told(string folder, string signal, string collect, string step)
    {
        var yaml = $"pipeline: p\nsignals:\n  temp: {signal}\nsteps:\n  - collect:\n      {{ file: in.csv{collect} }}\n  {step}\n  - transmit: {{ show: {{ console: text }} }}\n";
        try
        {
            new Compiler(BuiltIn.Catalog(), new Surroundings()).Compile(Path.Combine(folder, "p.yaml"), Encoding.UTF8.GetBytes(yaml));
            return $"NOT TOLD: {signal} {collect} {step}\n";
        }
        catch (PipelineException refused)
        {
            return string.Concat(refused.Faults.Select(f => $"{f.ToString().Replace(folder + "/", "")}\n"));
        }
    }
}
