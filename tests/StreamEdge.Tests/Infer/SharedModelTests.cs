using System.Globalization;
using System.Text.Json;

namespace StreamEdge;

/// <summary>Networks that others trained give through the whole step what they gave where they were trained.</summary>
public sealed class SharedModelTests : IDisposable
{
    readonly TempModels _models = new();

    public void Dispose() => _models.Dispose();

    [SharedFact]
    public void An_autoencoder_of_32_rows()
    {
        var about = Read("skab_ae.json");
        var columns = Texts(about, "columns");
        Add("skab_ae", $"""
            input: window
            shape: [batch, 32, 8]
            rows: 32
            columns: [{string.Join(", ", columns.Select(c => $"{{ column: {c} }}"))}]
            clip: 10
            output: reconstruction
            result: reconstruction
            threshold: {Number.Text(about.GetProperty("threshold").GetDouble())}
            """);
        var rig = new InferRig(_models, InferRig.Wide(false, columns), "{ model: skab_ae@1, anomaly: {} }");
        var samples = Read("skab_ae_expected.json").EnumerateArray().ToList();

        // The ten samples come in turn, a row of each, as from ten machines.
        for (var row = 0; row < 32; row++)
            rig.Give([.. samples.Select((sample, number) => new WideRow($"m{number}", row, Numbers(sample, "input")[(row * 8)..((row + 1) * 8)]))]);
        rig.Finish();

        var errors = rig.Numbers("error");
        Assert.Equal(10, samples.Count);
        Assert.All(errors[..310], error => Assert.Equal(double.NaN, error));
        foreach (var (number, sample) in samples.Index())
        {
            Assert.Equal(sample.GetProperty("score").GetDouble(), errors[310 + number], 1e-4);
            var shares = Shares(Numbers(sample, "input"), Numbers(sample, "expected"));
            foreach (var (column, name) in columns.Index()) Assert.Equal(shares[column], rig.Numbers($"contribution_{name}")[310 + number], 1e-4);
            Assert.Equal(columns[Array.IndexOf(shares, shares.Max())], rig.Texts("top")[310 + number]);
        }
    }

    [SharedFact]
    public void A_classifier_with_a_text_taken_apart()
    {
        var about = Read("ai4i_classifier.json");
        var (names, labels) = (Texts(about, "features"), Texts(about, "labels"));
        var (mean, std) = (Numbers(about, "mean"), Numbers(about, "std"));
        var columns = names.Select((name, i) => name.Split('=') is [var column, var text]
            ? $"  - {{ column: {column}, equals: {text} }}"
            : $"  - {{ column: {name}, mean: {Number.Text(mean[i])}, std: {Number.Text(std[i])} }}");
        Add("ai4i_classifier", $"""
            input: features
            shape: [batch, 8]
            columns:
            {string.Join('\n', columns)}
            output: probabilities
            result: classes
            labels: [{string.Join(", ", labels)}]
            """);
        var rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("Type", Kind.Text), .. names[..5].Select(n => new Column(n, Kind.Number))], hasWindow: false);
        var rig = new InferRig(_models, rows, "{ model: ai4i_classifier@1, anomaly: { when: label != \"NoFailure\" } }");
        var samples = Read("ai4i_classifier_expected.json").EnumerateArray().ToList();

        rig.Give([.. samples.Select((sample, i) => Numbers(sample, "raw") is var raw
            ? new WideRow("m1", i, [Slot.Of(rows.Codes.Code("LMH"[Array.IndexOf(raw, 1.0, 5) - 5].ToString())), .. raw[..5]])
            : null!)]).Finish();

        Assert.Equal(samples.Select(s => s.GetProperty("expected_label").GetString()), rig.Texts("label"));
        Assert.Equal(samples.Select(s => Numbers(s, "expected").Max()), rig.Numbers("probability"), Near);
        Assert.Equal(string.Concat(samples.Select(s => s.GetProperty("expected_label").GetString() == "NoFailure" ? '-' : '+')), rig.Marks);
    }

    [SharedFact]
    public void A_network_of_pictures()
    {
        var columns = Enumerable.Range(0, 64).Select(i => $"p{i}").ToArray();
        Add("digits_cnn", $"""
            input: image
            shape: [batch, 1, 8, 8]
            columns: [{string.Join(", ", columns.Select(c => $"{{ column: {c}, std: 16 }}"))}]
            output: probabilities
            result: classes
            labels: [{string.Join(", ", Texts(Read("digits_cnn.json"), "labels"))}]
            """);
        var rig = new InferRig(_models, InferRig.Wide(false, columns), "{ model: digits_cnn@1 }");
        var samples = Read("digits_cnn_expected.json").EnumerateArray().ToList();

        rig.Give([.. samples.Select((sample, i) => new WideRow("m1", i, [.. Numbers(sample, "input").Select(x => x * 16)]))]).Finish();

        Assert.Equal(samples.Select(s => s.GetProperty("expected_label").GetInt32().ToString(CultureInfo.InvariantCulture)), rig.Texts("label"));
        Assert.Equal(samples.Select(s => Numbers(s, "expected").Max()), rig.Numbers("probability"), Near);
    }

    void Add(string name, string yaml) => _models.Add($"{name}@1", $"name: {name}\nversion: 1\nsha256: SHA\n{yaml}", File.ReadAllBytes(InModels($"{name}.onnx")));

    static double[] Shares(double[] input, double[] output)
    {
        var squares = new double[8];
        for (var i = 0; i < input.Length; i++) squares[i % 8] += (input[i] - output[i]) * (input[i] - output[i]);
        return [.. squares.Select(s => s / squares.Sum())];
    }

    static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-4;

    static string InModels(string file) => Path.Combine(Repository.Shared!, "models", file);

    static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(InModels(file))).RootElement;

    static double[] Numbers(JsonElement from, string key) => [.. from.GetProperty(key).EnumerateArray().Select(n => n.GetDouble())];

    static string[] Texts(JsonElement from, string key) => [.. from.GetProperty(key).EnumerateArray().Select(n => n.GetString()!)];
}
