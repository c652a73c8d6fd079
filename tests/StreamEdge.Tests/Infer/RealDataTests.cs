using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StreamEdge;

/// <summary>Whole pipelines over real recordings, with models that others trained: what they say is compared with what is known.</summary>
public sealed class RealDataTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-real").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// The Skoltech valve rig: of each file the first 400 rows fit the scaling, the rest is scored by sequences of 32 rows
    /// with the fixed threshold. The reference gives F1 0.68 at a false-alarm rate of 31 % on these files.
    /// </summary>
    [SharedFact]
    public async Task Finds_the_faults_of_the_valve_rig_as_well_as_the_reference_does()
    {
        var said = await RunSkabAsync();

        var (truePositives, falsePositives, falseNegatives, trueNegatives) = (0, 0, 0, 0);
        foreach (var file in SkabFiles())
        {
            var row = 0;
            foreach (var fields in Csv(file, ';'))
            {
                if (row++ < 400) continue;
                if (!fields.TryGetValue("anomaly", out var label)) break; // the anomaly-free recording has no labels
                var fault = double.Parse(label, CultureInfo.InvariantCulture) == 1;
                var marked = said[(Folder(file), Name(file), fields["datetime"])].Anomaly;
                if (fault && marked) truePositives++;
                else if (fault) falseNegatives++;
                else if (marked) falsePositives++;
                else trueNegatives++;
            }
        }

        var f1 = 2.0 * truePositives / (2 * truePositives + falsePositives + falseNegatives);
        var far = (double)falsePositives / (falsePositives + trueNegatives);
        var mar = (double)falseNegatives / (falseNegatives + truePositives);
        Assert.Equal("F1 0.68, FAR 31 %, MAR 35 %", string.Create(CultureInfo.InvariantCulture, $"F1 {f1:0.00}, FAR {far * 100:0} %, MAR {mar * 100:0} %"));
    }

    [SharedFact]
    public async Task Meets_the_ten_expected_errors_of_the_valve_rig()
    {
        var said = await RunSkabAsync();

        foreach (var expected in Expected("skab_ae_expected.json"))
        {
            var source = expected.GetProperty("source").GetString()!.Split(' ')[0];
            var file = SkabFiles().Single(f => f.EndsWith($"{source}.gz", StringComparison.Ordinal));
            var last = expected.GetProperty("start_row").GetInt32() + 31;
            var time = Csv(file, ';').ElementAt(last)["datetime"];
            Assert.Equal(expected.GetProperty("score").GetDouble(), said[(Folder(file), Name(file), time)].Error, 1e-4);
        }
    }

    [SharedFact]
    public async Task Tells_machine_failures_from_rows_of_a_table()
    {
        var contract = Json("ai4i_classifier.json");
        var names = Texts(contract, "features");
        var columns = names.Select((name, i) => name.StartsWith("Type=", StringComparison.Ordinal)
            ? $"  - {{ column: Type, equals: {name[5..]} }}\n"
            : Invariant($"  - {{ column: {name}, mean: {contract.GetProperty("mean")[i].GetDouble():R}, std: {contract.GetProperty("std")[i].GetDouble():R} }}\n"));
        Model("ai4i", "ai4i_classifier.onnx", $"input: features\nshape: [batch, 8]\ncolumns:\n{string.Concat(columns)}output: probabilities\nresult: classes\nlabels: [{string.Join(", ", Texts(contract, "labels"))}]\n");
        var signals = names.Where(n => !n.Contains('=')).Select(n => $"  {n}: {{}}\n");

        var labels = new List<string>();
        var probabilities = new List<double>();
        await RunAsync($$"""
            pipeline: ai4i
            signals:
            {{string.Concat(signals)}}  Type: { type: text }
            steps:
              - collect: { file: "{{Shared("data/ai4i2020/ai4i2020_dev.csv.gz")}}", every: 1s }
              - align: { same_time }
              - infer: { model: ai4i@1 }
              - transmit: { out: { file: rows.jsonl } }
            """, batch =>
        {
            for (var row = 0; row < batch.Count; row++)
            {
                labels.Add(batch.Schema.Codes.Text(batch.Bits(batch.Schema.ColumnNumber("label"))[row]));
                probabilities.Add(batch.Column(batch.Schema.ColumnNumber("probability"))[row]);
            }
        });

        Assert.Equal(7000, labels.Count);
        foreach (var expected in Expected("ai4i_classifier_expected.json"))
        {
            var row = expected.GetProperty("row").GetInt32();
            Assert.Equal(expected.GetProperty("expected_label").GetString(), labels[row]);
            Assert.Equal(expected.GetProperty("expected").EnumerateArray().Max(p => p.GetDouble()), probabilities[row], 1e-4);
        }
    }

    [SharedFact]
    public async Task Reads_handwritten_digits_from_rows_of_pixels()
    {
        Model("digits", "digits_cnn.onnx", $"input: image\nshape: [batch, 1, 8, 8]\ncolumns:\n{string.Concat(Enumerable.Range(0, 64).Select(p => $"  - {{ column: p{p}, std: 16 }}\n"))}output: probabilities\nresult: classes\nlabels: [{string.Join(", ", Enumerable.Range(0, 10).Select(d => $"\"{d}\""))}]\n");

        var labels = new List<string>();
        await RunAsync($$"""
            pipeline: digits
            signals:
            {{string.Concat(Enumerable.Range(0, 64).Select(p => $"  p{p}: {{}}\n"))}}steps:
              - collect: { file: "{{Shared("data/digits/digits_dev.csv.gz")}}", every: 1s }
              - align: { same_time }
              - infer: { model: digits@1 }
              - transmit: { out: { file: rows.jsonl } }
            """, batch =>
        {
            for (var row = 0; row < batch.Count; row++) labels.Add(batch.Schema.Codes.Text(batch.Bits(batch.Schema.ColumnNumber("label"))[row]));
        });

        var truth = Csv(Shared("data/digits/digits_dev.csv.gz"), ',').Select(r => r["label"]).ToList();
        var right = truth.Zip(labels).Count(pair => pair.First == pair.Second);
        Assert.Equal(1257, labels.Count);
        Assert.True(right >= 0.98 * truth.Count, $"{right} of {truth.Count} are right");
        foreach (var expected in Expected("digits_cnn_expected.json"))
            Assert.Equal(Best(expected.GetProperty("expected")), int.Parse(labels[expected.GetProperty("row").GetInt32()], CultureInfo.InvariantCulture));
    }

    static int Best(JsonElement probabilities) => probabilities.EnumerateArray().Select((p, i) => (p.GetDouble(), i)).Max().i;

    async Task<Dictionary<(string Folder, string File, string Time), (double Error, bool Anomaly)>> RunSkabAsync()
    {
        var contract = Json("skab_ae.json");
        var columns = Texts(contract, "columns");
        Model("skab-ae", "skab_ae.onnx", $"""
            input: window
            shape: [batch, 32, 8]
            rows: 32
            columns:
            {string.Concat(columns.Select(c => $"  - {{ column: {c} }}\n"))}output: reconstruction
            result: reconstruction

            """);
        var said = new Dictionary<(string, string, string), (double, bool)>();
        await RunAsync($$"""
            pipeline: skab
            time: { field: datetime, format: yyyy-MM-dd HH:mm:ss }
            signals:
            {{string.Concat(columns.Select(c => $"  {c}: {{}}\n"))}}steps:
              - collect: { file: "{{Shared("data/skab")}}/**/*.csv.gz", tags: { folder: "{folder}", file: "{file}" } }
              - normalize: { standardize: { first: 400, floor: 1e-4, floor_relative: 1e-3, clip: 10 } }
              - align: { same_time }
              - infer: { model: skab-ae@1, anomaly: { when: error > 1.3482263588905232 } }
              - transmit: { out: { file: rows.jsonl } }
            """, batch =>
        {
            var (error, anomaly) = (batch.Schema.ColumnNumber("error"), batch.Schema.ColumnNumber(Columns.Anomaly));
            for (var row = 0; row < batch.Count; row++)
            {
                var tags = batch.Schema.Keys.Tags(batch.Key[row]);
                var time = Nanoseconds.ToInstant(batch.Time[row]).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                said.Add((tags[0], tags[1], time), (batch.Column(error)[row], batch.Bits(anomaly)[row] == 1));
            }
        });
        return said;
    }

    async Task RunAsync(string yaml, Action<Batch> look)
    {
        var surroundings = new Surroundings { StateFolder = _folder, ModelsFolder = Path.Combine(_folder, "models") };
        await using var graph = new Compiler(BuiltIn.Catalog(), surroundings).Compile(Path.Combine(_folder, "pipeline.yaml"), Encoding.UTF8.GetBytes(yaml)).ToGraph();
        using var looking = graph.Observe("infer").Subscribe(look);
        await graph.RunAsync(CancellationToken.None);
        Assert.True(graph.ReadLedger().Balanced);
    }

    void Model(string name, string onnx, string contract)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "models", name, "1")).FullName;
        var bytes = File.ReadAllBytes(Shared($"models/{onnx}"));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), bytes);
        File.WriteAllText(Path.Combine(folder, "model.yaml"), $"name: {name}\nversion: 1\nsha256: {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n{contract}");
    }

    static string Shared(string path) => Path.Combine(Repository.Shared!, path);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    static string[] SkabFiles() => Directory.GetFiles(Shared("data/skab"), "*.csv.gz", SearchOption.AllDirectories);

    static string Folder(string file) => Path.GetFileName(Path.GetDirectoryName(file))!;

    static string Name(string file) => Path.GetFileName(file).Split('.')[0];

    static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(Shared($"models/{file}"))).RootElement;

    static IEnumerable<JsonElement> Expected(string file) => Json(file).EnumerateArray();

    static string[] Texts(JsonElement of, string property) => [.. of.GetProperty(property).EnumerateArray().Select(t => t.GetString()!)];

    /// <summary>An independent reading of a file, by splitting lines.</summary>
    static IEnumerable<Dictionary<string, string>> Csv(string path, char separator)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var header = reader.ReadLine()!.Split(separator);
        while (reader.ReadLine() is { } line) yield return header.Zip(line.Split(separator)).ToDictionary(f => f.First, f => f.Second);
    }
}
