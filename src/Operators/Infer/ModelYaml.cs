using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>Writes <c>model.yaml</c> as a person would: what is not set is left out, numbers as the shortest text that reads back the same.</summary>
static partial class ModelYaml
{
    public static string Write(ModelContract contract)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"name: {Word(contract.Name)}\nversion: {Word(contract.Version)}\nsha256: {contract.Sha256}\n");
        text.Append(CultureInfo.InvariantCulture, $"input: {Word(contract.Input)}\nshape: [{string.Join(", ", contract.Shape)}]\n");
        if (contract.Rows != 1) text.Append(CultureInfo.InvariantCulture, $"rows: {contract.Rows}\n");
        text.Append("columns:\n");
        foreach (var column in contract.Columns) text.Append(CultureInfo.InvariantCulture, $"  - {{ {Column(column)} }}\n");
        if (contract.Clip is { } clip) text.Append(CultureInfo.InvariantCulture, $"clip: {Number.Text(clip)}\n");
        text.Append(CultureInfo.InvariantCulture, $"output: {Word(contract.Output)}\nresult: {OptionsShape.Snake(contract.Result.ToString())}\n");
        if (contract.Labels.Count > 0) text.Append(CultureInfo.InvariantCulture, $"labels: [{string.Join(", ", contract.Labels.Select(Word))}]\n");
        if (contract.Threshold is { } threshold) text.Append(CultureInfo.InvariantCulture, $"threshold: {Number.Text(threshold)}\n");
        if (contract.Calibration is { } known)
            text.Append(CultureInfo.InvariantCulture, $"calibration:\n  rows: {known.Rows}\n  shares: [{Numbers(known.Shares)}]\n  errors: [{Numbers(known.Errors)}]\n");
        if (contract.Training is { } training)
            text.Append(CultureInfo.InvariantCulture, $"training: {{ rows: {training.Rows}, skipped: {training.Skipped}, components: {training.Components}, explained: {Number.Text(training.Explained)} }}\n");
        return text.ToString();
    }

    static string Column(ModelColumn column)
    {
        var parts = new List<string> { $"column: {Word(column.Column)}" };
        if (column.Text is { } equals) parts.Add($"equals: {Word(equals)}");
        if (column.Unit is { } unit) parts.Add($"unit: {Word(unit.Symbol)}");
        if (column.Mean != 0) parts.Add($"mean: {Number.Text(column.Mean)}");
        if (column.Std != 1) parts.Add($"std: {Number.Text(column.Std)}");
        if (column.Range is { } range) parts.Add($"range: {range}");
        return string.Join(", ", parts);
    }

    static string Numbers(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(Number.Text));

    static string Word(string text) => Plain.IsMatch(text) && text is not ("null" or "Null" or "NULL") ? text : JsonSerializer.Serialize(text);

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_./-]*\z")]
    static partial Regex Plain { get; }
}
