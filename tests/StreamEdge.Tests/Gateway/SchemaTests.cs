using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace StreamEdge;

/// <summary>pipelines/schema.json, by which an editor helps: STREAMEDGE_UPDATE_CASES=1 writes it anew.</summary>
public class SchemaTests
{
    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(Repository.Root, "pipelines"), "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void It_is_what_the_steps_say() => Cases.Matches(Path.Combine(Repository.Root, "pipelines", "schema.json"), PipelineSchema.Write(BuiltIn.Catalog()));

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_fits_it(string file) => Assert.Empty(Misfits(File.ReadAllText(Path.Combine(Repository.Root, "pipelines", file))));

    [Theory]
    [InlineData("steps: [{ window: { every: 1m, compute: [mean] } }]", "")]
    [InlineData("steps: [{ window: { every: 1m, compute: { temp: [mean, max] } } }, { filter: temp_mean > 5 }]", "")]
    [InlineData("steps: [{ clean: { out_of_range: drop, stuck: { after: 10m } } }]", "")]
    [InlineData("steps: [{ derive: { power: voltage * current, hot: { value: temp > 5 } } }]", "")]
    [InlineData("steps: [{ clean: { out_of_rage: drop } }]", "/steps/0")]
    [InlineData("steps: [{ clean: { out_of_range: dorp } }]", "/steps/0")]
    [InlineData("steps: [{ window: { every: 1m } }]", "/steps/0")]
    [InlineData("steps: [], stepps: []", "/stepps")]
    [InlineData("steps: [], tests: [{ name: it, feed: [{ at: +1s, temp: [1, 2] }], expect: { window: [{ at: +1s, temp_mean: 1 }], ledger: balanced } }]", "")]
    [InlineData("steps: [], tests: [{ name: it, feed: [{ at: +1s, quality: god }], expect: { window: { rows: 1, hass: [] } } }]", "/tests/0/feed/0/quality /tests/0/expect/window")]
    [InlineData("steps: [], tests: [{ name: it, feed: [] }]", "/tests/0")]
    public void It_marks_what_check_would_refuse(string rest, string misfit) =>
        Assert.Equal(misfit, string.Join(' ', Misfits($"{{ pipeline: p, signals: {{ temp: {{ unit: degC }} }}, {rest} }}")));

    static List<string> Misfits(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var misfits = new List<string>();
        Fits(JsonNode.Parse(PipelineSchema.Write(BuiltIn.Catalog()))!, stream.Documents[0].RootNode, "", misfits);
        return misfits;
    }

    /// <summary>The few words of JSON schema that ours uses.</summary>
    static bool Fits(JsonNode schema, YamlNode value, string path, List<string> misfits)
    {
        var before = misfits.Count;
        if (schema["anyOf"] is JsonArray choices && !choices.Any(choice => Fits(choice!, value, path, []))) misfits.Add(path);
        if (schema["enum"] is JsonArray words && !(value is YamlScalarNode { Value: var word } && words.Any(w => (string?)w == word))) misfits.Add(path);
        if (schema["type"] is { } type && !(type is JsonArray types ? types.Select(t => (string)t!) : [(string)type!]).Any(t => Is(value, t))) misfits.Add(path);
        if (value is YamlSequenceNode list && schema["items"] is { } item)
            for (var index = 0; index < list.Children.Count; index++) Fits(item, list[index], $"{path}/{index}", misfits);
        if (value is YamlMappingNode map && (string?)(schema["type"] as JsonValue) == "object")
        {
            foreach (var (key, inner) in map.Children)
            {
                var name = ((YamlScalarNode)key).Value!;
                if (schema["properties"]?[name] is { } known) Fits(known, inner, $"{path}/{name}", misfits);
                else if (schema["additionalProperties"] is JsonObject others) Fits(others, inner, $"{path}/{name}", misfits);
                else if (schema["additionalProperties"] is JsonValue) misfits.Add($"{path}/{name}");
            }

            foreach (var needed in schema["required"] as JsonArray ?? [])
                if (!map.Children.ContainsKey(new YamlScalarNode((string)needed!))) misfits.Add(path);
        }

        return misfits.Count == before;
    }

    static bool Is(YamlNode value, string type) => type switch
    {
        "object" => value is YamlMappingNode,
        "array" => value is YamlSequenceNode,
        "null" => value is YamlScalarNode { Value: null or "" or "~" or "null", Style: YamlDotNet.Core.ScalarStyle.Plain },
        "boolean" => value is YamlScalarNode { Value: "true" or "false" },
        "integer" => value is YamlScalarNode whole && long.TryParse(whole.Value, out _),
        "number" => value is YamlScalarNode number && double.TryParse(number.Value, out _),
        _ => value is YamlScalarNode { Value.Length: > 0 },
    };
}
