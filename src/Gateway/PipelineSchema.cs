using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamEdge;

/// <summary>The JSON schema of pipeline files, by which an editor completes keys, shows what they mean and marks mistakes: made of the table of steps and the comments of their options.</summary>
public static class PipelineSchema
{
    static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>Writes it as text.</summary>
    public static string Write(Catalog steps)
    {
        var schema = Object(
            ("pipeline", Described(Typed("string"), "The pipeline's name: one word.")),
            ("time", Record(typeof(TimeOptions))),
            ("durable", Record(typeof(DurableOptions))),
            ("signals", new JsonObject { ["type"] = "object", ["additionalProperties"] = AnyOf(Typed("null"), Record(typeof(SignalOptions))), ["description"] = "What every signal is, declared once." }),
            ("steps", new JsonObject { ["type"] = "array", ["items"] = AnyOf([.. steps.Stages.Select(stage => Stage(stage, steps.Of(stage)))]) }),
            ("tests", List(Test())));
        schema["required"] = new JsonArray("pipeline", "signals", "steps");
        return new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = "StreamEdge pipeline" }.With(schema).ToJsonString(s_readable) + "\n";
    }

    static JsonObject Stage(string stage, IReadOnlyList<CatalogEntry> lines)
    {
        var value = lines[0].Form switch
        {
            StepForm.Source => AnyOf([.. lines.Select(line => Protocol(line, ("name", Typed("string"))))]),
            StepForm.Sink => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = AnyOf([.. lines.Select(line => Protocol(line, ("from", Names()), ("queue", Queue()), ("only", Words("anomaly"))))]),
            },
            StepForm.Grouped => Object([.. lines.Select(line => (line.Key, AnyOf(Typed("null"), Value(line.Options)))), .. Common()]),
            _ => Single(lines[0]),
        };
        return Object((stage, value)).With(new JsonObject { ["required"] = new JsonArray(stage) });
    }

    static JsonObject Single(CatalogEntry line)
    {
        var record = Record(line.Options);
        foreach (var (key, value) in Common()) record["properties"]![key] = value;
        return OptionsShape.Of(line.Options).ShortOption is { } only ? AnyOf(Value(only.Type), record) : record;
    }

    /// <summary>A source or sink: its key with a map of options, or with its main one and the others beside it.</summary>
    static JsonObject Protocol(CatalogEntry line, params (string, JsonNode)[] common)
    {
        var shape = OptionsShape.Of(line.Options);
        var beside = shape.Options.Where(o => o != shape.ShortOption).Select(o => (o.Key, Option(o)));
        var main = AnyOf(Typed("null"), Value(line.Options));
        return Described(Object([(line.Key, main), .. beside, .. common]).With(new JsonObject { ["required"] = new JsonArray(line.Key) }), StepDocs.FirstSentence(line.Options));
    }

    /// <summary>A test; what the reader of tests takes apart itself stands in the options as mere nodes.</summary>
    static JsonObject Test()
    {
        var test = Record(typeof(TestOptions));
        Refine(test, "feed", List(Record(typeof(FeedOptions))));
        Refine(test, "expect", new JsonObject { ["type"] = "object", ["additionalProperties"] = AnyOf(List(Record(typeof(RowOptions))), Expected(), Words("balanced")) });
        return test;
    }

    static JsonObject Expected()
    {
        var step = Record(typeof(StepExpectOptions));
        Refine(step, "emits", List(Record(typeof(RowOptions))));
        Refine(step, "has", List(Record(typeof(RowOptions))));
        return step;
    }

    static void Refine(JsonObject record, string key, JsonObject value) =>
        record["properties"]![key] = Described(value, (string)record["properties"]![key]!["description"]!);

    static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    static (string, JsonNode)[] Common() => [("name", Typed("string")), ("from", Names()), ("queue", Queue())];

    static JsonObject Names() => AnyOf(Typed("string"), new JsonObject { ["type"] = "array", ["items"] = Typed("string") });

    static JsonObject Queue() => Value(typeof(QueueOptions));

    static JsonObject Record(Type type)
    {
        var shape = OptionsShape.Of(type);
        var record = Object([.. shape.Options.Where(o => o != shape.RestOption).Select(o => (o.Key, (JsonNode)Option(o)))]);
        if (shape.RestOption is { } rest) record["additionalProperties"] = Value(OptionsBinder.EntryOf(rest.Type)!);
        if (shape.Options.Where(o => o.Required && o != shape.RestOption).Select(o => (JsonNode)o.Key).ToArray() is { Length: > 0 } required) record["required"] = new JsonArray(required);
        return Described(record, string.Join(' ', StepDocs.Of(type)));
    }

    static JsonObject Option(OptionsShape.Option option)
    {
        var value = Value(option.Type);
        if (option.Nullable || option.Type == typeof(bool)) value = AnyOf(Typed("null"), value);
        return Described(value, StepDocs.Of(option.Property));
    }

    /// <summary>What may stand for a value of a type.</summary>
    static JsonObject Value(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (typeof(Node).IsAssignableFrom(type)) return [];
        if (type.IsEnum) return Words([.. Enum.GetNames(type).Select(OptionsShape.Snake)]);
        if (type == typeof(bool)) return Typed("boolean");
        if (type == typeof(int) || type == typeof(long)) return Typed("integer");
        if (type == typeof(double)) return Typed("number");
        if (type == typeof(Bounds)) return new JsonObject { ["type"] = "array" };
        if (OptionsBinder.IsValue(type)) return new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        if (OptionsBinder.ItemOf(type) is { } item) return AnyOf(Value(item), new JsonObject { ["type"] = "array", ["items"] = Value(item) });
        if (OptionsBinder.EntryOf(type) is { } entry)
        {
            var map = new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(entry) };
            return OptionsBinder.ItemOf(entry) is null ? map : AnyOf(Value(entry), map); // the one unnamed entry
        }

        return OptionsShape.Of(type).ShortOption is { } only ? AnyOf(Value(only.Type), Record(type)) : Record(type);
    }

    static JsonObject Object(params (string Key, JsonNode Value)[] properties)
    {
        var all = new JsonObject();
        foreach (var (key, value) in properties) all[key] = value;
        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = all };
    }

    static JsonObject AnyOf(params JsonNode[] choices) => choices.Length == 1 && choices[0] is JsonObject only ? only : new JsonObject { ["anyOf"] = new JsonArray(choices) };

    static JsonObject Typed(string type) => new() { ["type"] = type };

    static JsonObject Words(params string[] words) => new() { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)w)]) };

    static JsonObject Described(JsonObject schema, string text) => schema.With(new JsonObject { ["description"] = text });

    /// <summary>The keys of another object behind the own ones.</summary>
    static JsonObject With(this JsonObject to, JsonObject more)
    {
        foreach (var (key, value) in more.ToList())
        {
            more.Remove(key);
            to[key] = value;
        }

        return to;
    }
}
