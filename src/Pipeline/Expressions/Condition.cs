using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>How a column is compared with a constant.</summary>
public enum Comparison
{
    /// <summary>Written &gt;.</summary>
    Above,

    /// <summary>Written &gt;=.</summary>
    AtLeast,

    /// <summary>Written &lt;.</summary>
    Below,

    /// <summary>Written &lt;=.</summary>
    AtMost,

    /// <summary>Written ==.</summary>
    Is,

    /// <summary>Written !=.</summary>
    IsNot,
}

/// <summary>
/// A comparison of one column with a constant: <c>score > 0.98</c>, <c>label == "Power"</c>, <c>door_open == true</c>.
/// A missing value fulfils no condition, not even <c>!=</c>.
/// </summary>
/// <param name="Column">The column's name.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Number">The number it is compared with; 1 and 0 for true and false; of 80% it is 0.8; NaN for a text.</param>
/// <param name="Text">The text it is compared with; null for a number.</param>
public sealed partial record Condition(string Column, Comparison Comparison, double Number, string? Text) : IOptionValue<Condition>
{
    static readonly string[] s_signs = [">", ">=", "<", "<=", "==", "!="];
    string _written = "";
    int _constantAt;
    bool _percent;

    /// <inheritdoc/>
    public static string Noun => "a condition";

    /// <inheritdoc/>
    public static string Example => "score > 0.98";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Condition value, out Wrong wrong)
    {
        (value, wrong) = (null, default);
        var parts = Pattern.Match(text);
        var (column, sign, constant) = (parts.Groups["column"], parts.Groups["sign"], parts.Groups["constant"]);
        var comparison = Array.IndexOf(s_signs, sign.Value);
        var textual = constant.Value is ['"', _, ..];
        var number = constant.Value switch { "true" => 1, "false" => 0, _ => double.NaN };
        var percent = constant.Value is [.., '%'];
        var notShare = default(Wrong);
        if (percent && Percent.TryParse(constant.Value, out var share, out notShare)) number = share.Fraction;
        if (column.Length == 0) wrong = new($"{Visible.Quote(text)} does not begin with a column", "write it like score > 0.98", column.Index);
        else if (sign.Length == 0) wrong = new($"{Visible.Quote(column.Value)} is compared with nothing", $"write it like {column.Value} > 0.98", sign.Index);
        else if (comparison < 0) wrong = new($"there is no comparison {Visible.Quote(sign.Value)}", sign.Value == "=" ? "did you mean '=='?" : "write >, >=, <, <=, == or !=", sign.Index);
        else if (constant.Length == 0) wrong = new($"nothing stands behind {Visible.Quote(sign.Value)}", "write a number, or a text in double quotes", constant.Index);
        else if (textual && constant.Value.IndexOf('"', 1) != constant.Length - 1) wrong = new($"{Visible.Quote(constant.Value)} is no text in double quotes", "write one comparison, such as label == \"Power\"", constant.Index);
        else if (notShare.What is not null) wrong = notShare with { Offset = constant.Index };
        else if (!textual && double.IsNaN(number) && !StreamEdge.Number.TryParse(constant.Value, out number, out var misread))
            wrong = new(misread.What, constant.Value.Contains(',') ? misread.Remedy : "write one number, or a text in double quotes", constant.Index);
        else if (textual && comparison < (int)Comparison.Is) wrong = new($"a text cannot be compared with {Visible.Quote(sign.Value)}", "write == or !=", sign.Index);
        else value = new(column.Value, (Comparison)comparison, textual ? double.NaN : number, textual ? constant.Value[1..^1] : null) { _written = text, _constantAt = constant.Index, _percent = percent };
        return value is not null;
    }

    /// <summary>Makes the condition ready for rows of a schema; says what is wrong where the schema has no such column or the column another kind.</summary>
    public bool TryBind(Schema schema, out RowTest test, out Wrong wrong)
    {
        (test, wrong) = (default, default);
        var column = schema.ColumnNumber(Column);
        if (column < 0)
        {
            wrong = new($"there is no column {Visible.Quote(Column)}", Suggestion.Remedy(Column, schema.Columns.Select(c => c.Name), "the columns are"));
            return false;
        }

        var kind = schema.Columns[column].Kind;
        if (kind == Kind.Text != Text is not null)
        {
            wrong = kind == Kind.Text
                ? new($"{Visible.Quote(Column)} is text, not a number", "write the text in double quotes", _constantAt)
                : new($"{Visible.Quote(Column)} is no text", kind == Kind.Bool ? "write true or false" : "write a number", _constantAt);
            return false;
        }

        if (_percent && schema.Columns[column].Range != Bounds.Share)
        {
            wrong = new($"{Visible.Quote(Column)} is no share of 1", "write a number without %", _constantAt);
            return false;
        }

        if (schema.Columns[column].Range is { } range && Always(range) is { } always)
        {
            var inside = Number > range.Max && range.Contains(Number / 100) ? $"write {StreamEdge.Number.Text(Percent.OfHundred(Number))}" : $"compare it with a number in between";
            wrong = new($"{Visible.Quote(Column)} lies between {StreamEdge.Number.Text(range.Min)} and {StreamEdge.Number.Text(range.Max)}, so this {(always ? "always" : "never")} holds", inside, _constantAt);
            return false;
        }

        test = new(column, kind, Comparison, Text is null ? Number : schema.Codes.Code(Text));
        return true;
    }

    /// <summary>Whether the comparison holds for every value of a range, or for none; null where it depends.</summary>
    bool? Always(Bounds range) => Comparison switch
    {
        Comparison.Above => Number < range.Min ? true : Number >= range.Max ? false : null,
        Comparison.AtLeast => Number <= range.Min ? true : Number > range.Max ? false : null,
        Comparison.Below => Number > range.Max ? true : Number <= range.Min ? false : null,
        Comparison.AtMost => Number >= range.Max ? true : Number < range.Min ? false : null,
        _ => range.Contains(Number) ? null : Comparison == Comparison.IsNot,
    };

    /// <summary>Writes the condition as it was read.</summary>
    public override string ToString() => _written;

    [GeneratedRegex(@"^\s*(?<column>[\p{L}_][\p{L}\p{N}_.\-]*(?: +[\p{L}\p{N}_][\p{L}\p{N}_.\-]*)*)?\s*(?<sign>[<>=!]*)\s*(?<constant>.*?)\s*\z")]
    static partial Regex Pattern { get; }
}

/// <summary>A condition made ready for the rows of one schema.</summary>
public readonly struct RowTest
{
    readonly int _column;
    readonly Kind _kind;
    readonly Comparison _comparison;
    readonly double _constant;

    internal RowTest(int column, Kind kind, Comparison comparison, double constant) =>
        (_column, _kind, _comparison, _constant) = (column, kind, comparison, constant);

    /// <summary>Which rows fulfil the condition.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="holds">Is set for each row; at least as long as the batch.</param>
    public void Test(Batch batch, Span<bool> holds)
    {
        if (_kind == Kind.Number && _comparison is Comparison.Above or Comparison.Below)
        {
            // The comparisons that pipelines use on every row; a missing number compares false.
            var constant = _constant;
            var values = batch.Column(_column);
            holds = holds[..values.Length];
            if (_comparison == Comparison.Above)
                for (var row = 0; row < values.Length; row++) holds[row] = values[row] > constant;
            else
                for (var row = 0; row < values.Length; row++) holds[row] = values[row] < constant;
            return;
        }

        for (var row = 0; row < batch.Count; row++) holds[row] = Holds(batch, row);
    }

    /// <summary>Whether the row fulfils the condition; a missing value never does.</summary>
    public bool Holds(Batch batch, int row)
    {
        var slot = batch.Column(_column)[row];
        if (Slot.IsMissing(slot, _kind)) return false;
        // A text's code is a small number; whole numbers beyond 2^53 are compared as the nearest double.
        var value = _kind == Kind.Number ? slot : Slot.Bits(slot);
        return _comparison switch
        {
            Comparison.Above => value > _constant,
            Comparison.AtLeast => value >= _constant,
            Comparison.Below => value < _constant,
            Comparison.AtMost => value <= _constant,
            Comparison.Is => value == _constant,
            _ => value != _constant,
        };
    }
}
