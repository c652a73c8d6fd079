using System.Globalization;
using System.Text.Json;

namespace StreamEdge;

/// <summary>A case of corpora/windows as a pipeline that reads a file and writes one.</summary>
sealed class WindowCase(JsonElement json)
{
    /// <summary>Kinds of windows that StreamEdge does not offer yet.</summary>
    static readonly string[] s_notYet = [];

    public string Id => json.TryGetProperty("id", out var id) ? id.GetString()! : json.GetProperty("why").GetString()!;

    /// <summary>Why StreamEdge does not offer what the case is about; null where it does.</summary>
    public string? NotOffered =>
        Window("emit_empty") is not null ? "a window without readings is no row: coverage and joins tell of gaps"
        : Window("fill") is not null ? "a row of fewer readings than were asked for would be taken for a whole one"
        : Window("left_closed") is not null ? "both ends of a sliding window belong to it, as in the range of a query"
        : Window("gap_inclusive") is not null ? "sessions exactly the gap apart would depend on the order of arrival"
        : s_notYet.Contains(Kind) ? $"there is no window of the kind {Kind} yet"
        : Id is "T25" or "T34" ? "its times lie outside the years 1678 to 2262, and are refused"
        : null;

    /// <summary>The panes as the file holds them, in order.</summary>
    public IReadOnlyList<string> Expected => [.. json.GetProperty("expect").GetProperty("emissions").EnumerateArray().Select(e => Line(e, Kind == "count"))];

    /// <summary>How many readings enter no window because they are too late.</summary>
    public int Late => json.GetProperty("expect").GetProperty("dropped").GetArrayLength();

    /// <summary>How many readings fall between two windows.</summary>
    public int Between => json.GetProperty("expect").GetProperty("unassigned").GetArrayLength();

    string Kind => Window("type")!.Value.GetString()!;

    bool Keyed => Input.Any(i => i.TryGetProperty("key", out _));

    IEnumerable<JsonElement> Input => json.TryGetProperty("input", out var input) ? input.EnumerateArray() : [];

    /// <summary>The cases of a list: <c>cases</c>, or <c>invalid_windows</c> that are to be refused.</summary>
    public static IReadOnlyList<WindowCase> Read(string list)
    {
        using var file = File.OpenRead(Path.Combine(Repository.Shared!, "corpora", "windows", "cases.json"));
        return [.. JsonDocument.Parse(file).RootElement.GetProperty(list).EnumerateArray().Select(c => new WindowCase(c))];
    }

    /// <summary>A line of the file that the pipeline wrote.</summary>
    public string Line(string written)
    {
        using var line = JsonDocument.Parse(written);
        return Line(line.RootElement, Kind == "count");
    }

    /// <summary>The lines that the pipeline reads: readings with their times in milliseconds, control rows as they are.</summary>
    public string Lines()
    {
        var lines = Input.Select(i => i.TryGetProperty("id", out _) ? JsonSerializer.Serialize(i.EnumerateObject().Where(f => f.Name != "id").ToDictionary(f => f.Name, f => f.Value)) : JsonSerializer.Serialize(i));
        if (json.TryGetProperty("end", out var end) && end.GetString() == "none") lines = lines.Append("""{"end":"none"}""");
        return string.Concat(lines.Select(l => l + "\n"));
    }

    public string Yaml()
    {
        var sources = json.TryGetProperty("sources", out var names) ? $", sources: {{ field: src, names: [{string.Join(", ", names.EnumerateArray())}] }}" : "";
        return $$"""
            pipeline: windows
            time: { {{Time()}} }
            signals: { v: { type: number } }
            steps:
              - collect: { file: input.jsonl, control: true{{(Keyed ? ", tags: { key: key }" : "")}}{{sources}} }
              - window: { {{Shape()}}, compute: [count, sum, min, max] }
              - transmit: { out: { file: windows.jsonl, time: ms, columns: [{{(Keyed ? "key, " : "")}}start, end, pane, count, sum, min, max] } }
            """;
    }

    string Time()
    {
        var time = json.TryGetProperty("time", out var block) ? block : default;
        var lateness = Number(time, "allowed_lateness_ms");
        var late = lateness == 0 ? "drop" : $"{(Text(time, "late_panes") == "discarding" ? "add" : "revise")}, keep_late: {lateness}ms";
        return $"field: ts, format: ms, clock: {(Text(time, "watermark") == "explicit" ? "given" : "shared")}, wait: {Number(time, "out_of_orderness_ms")}ms, idle: 1d, late: {late}";
    }

    string Shape() => Kind switch
    {
        "tumbling" => $"every: {Window("size_ms")}ms{Offset()}",
        "hopping" => $"every: {Window("slide_ms")}ms, length: {Window("size_ms")}ms{Offset()}",
        "session" => $"session: {{ gap: {Window("gap_ms")}ms{(Window("max_duration_ms") is { } max ? $", max: {max}ms" : "")} }}",
        "count" => $"count: {{ readings: {Window("size")}{(Window("slide") is { } step ? $", step: {step}" : "")} }}",
        "sliding_time" => $"length: {Window("size_ms")}ms",
        "calendar" => $"calendar: {{ unit: {Window("unit")}, zone: {Window("tz")} }}",
        var other => throw new NotSupportedException($"there is no window of the kind {other}"),
    };

    string Offset() => Window("offset_ms") is { } offset ? $", offset: {offset}ms" : "";

    JsonElement? Window(string field) => json.GetProperty("window").TryGetProperty(field, out var value) ? value : null;

    static long Number(JsonElement of, string field) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(field, out var value) ? value.GetInt64() : 0;

    static string? Text(JsonElement of, string field) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(field, out var value) ? value.GetString() : null;

    // A count window has no bounds of time in the corpus.
    static string Line(JsonElement row, bool ofCount)
    {
        var key = row.TryGetProperty("key", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "-";
        var span = ofCount ? "" : $"{row.GetProperty("start")}..{row.GetProperty("end")} ";
        return $"{key} {span}{row.GetProperty("pane")}: {string.Join(' ', new[] { "count", "sum", "min", "max" }.Select(c => $"{c}={row.GetProperty(c).GetDouble().ToString("R", CultureInfo.InvariantCulture)}"))}";
    }
}
