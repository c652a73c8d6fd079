using System.Text.Json;
using System.Text.Unicode;

namespace StreamEdge;

/// <summary>What stands in one place of a row.</summary>
enum Cell
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A text, which may be that of a number.</summary>
    Text,

    /// <summary>Something that is no value: an object, an array.</summary>
    Unusable,
}

/// <summary>One record of a file, whatever its format, as the wanted columns by number.</summary>
abstract class Row
{
    /// <summary>How many columns the last record had besides the wanted ones, where its format makes that a mistake.</summary>
    public virtual int Others => 0;

    /// <summary>Takes a record apart; false where it is malformed.</summary>
    public abstract bool Split(ReadOnlySpan<byte> record);

    /// <summary>Why a record cannot be taken apart, as a clause; for the few that are told.</summary>
    public abstract string WhyMalformed(ReadOnlySpan<byte> record);

    /// <summary>Whether every record has a wanted column, so that it is known what a malformed one takes along.</summary>
    public virtual bool Has(int wanted) => false;

    /// <summary>What stands in a wanted column of the record that was split; without blanks around it.</summary>
    public abstract Cell Read(ReadOnlySpan<byte> record, int wanted, out ReadOnlySpan<byte> text);

    /// <summary>The whole number in a wanted column, where taking the record apart has read one already.</summary>
    public virtual bool TryWhole(int wanted, out long number)
    {
        number = 0;
        return false;
    }

    /// <summary>The text of a number with a point before its decimals, whatever its file writes; good until the next call.</summary>
    public virtual ReadOnlySpan<byte> WithPoint(ReadOnlySpan<byte> number) => number;

    /// <summary>The number in a wanted column; unusable where there is something else.</summary>
    public abstract Cell ReadNumber(ReadOnlySpan<byte> record, int wanted, out double number);
}

/// <summary>A line of JSON.</summary>
sealed class JsonRow(IReadOnlyList<string> wanted, bool nested = false) : Row
{
    const double ExactWhole = 1L << 53; // below it, a double that is whole is the very number that was written

    readonly JsonRecord _fields = new(wanted, nested);

    /// <inheritdoc/>
    public override int Others => _fields.Others;

    /// <inheritdoc/>
    public override bool Split(ReadOnlySpan<byte> record) => _fields.Read(record);

    /// <inheritdoc/>
    public override string WhyMalformed(ReadOnlySpan<byte> record)
    {
        if (!Utf8.IsValid(record)) return "it is not UTF-8";
        try
        {
            var reader = new Utf8JsonReader(record);
            if (reader.Read() && reader.TokenType != JsonTokenType.StartObject) return "it is no JSON object";
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            return $"its JSON breaks at byte {error.BytePositionInLine + 1}";
        }

        return "a field of it stands twice, or holds half a character";
    }

    /// <inheritdoc/>
    public override Cell Read(ReadOnlySpan<byte> record, int wanted, out ReadOnlySpan<byte> text)
    {
        text = default;
        var field = _fields[wanted];
        if (field == JsonField.Missing) return Cell.Missing;
        if (field == JsonField.Nested) return Cell.Unusable;
        text = _fields.Text(record, wanted);
        return text.IsEmpty ? Cell.Missing : Cell.Text;
    }

    /// <inheritdoc/>
    public override bool TryWhole(int wanted, out long number)
    {
        var read = _fields[wanted] == JsonField.Number ? _fields.Number(wanted) : double.NaN;
        number = Math.Abs(read) < ExactWhole ? (long)read : 0;
        return number == read;
    }

    /// <inheritdoc/>
    public override Cell ReadNumber(ReadOnlySpan<byte> record, int wanted, out double number)
    {
        number = _fields.Number(wanted);
        var field = _fields[wanted];
        if (field == JsonField.Number) return double.IsFinite(number) ? Cell.Text : Cell.Unusable;
        if (field == JsonField.Missing) return Cell.Missing;
        // A number in quotes is one too.
        return Read(record, wanted, out var text) == Cell.Missing ? Cell.Missing : Utf8Number.TryRead(text, out number) ? Cell.Text : Cell.Unusable;
    }
}

/// <summary>A record of CSV under the header of its file.</summary>
sealed class CsvRow : Row
{
    const int LongestNumber = 64; // with a decimal comma

    readonly CsvRecord _fields;
    readonly int[] _columns; // of each wanted name; -1 where the file has none
    readonly int _count;
    readonly byte[] _number; // where a decimal comma becomes a point; empty where decimals have one

    /// <summary>Takes up a file's header.</summary>
    /// <param name="wanted">The wanted names.</param>
    /// <param name="names">The names of the file's columns.</param>
    /// <param name="unnamed">Columns without a name before the first named one.</param>
    /// <param name="delimiter">The file's delimiter.</param>
    /// <param name="mark">What parts decimals.</param>
    public CsvRow(IReadOnlyList<string> wanted, IReadOnlyList<string> names, int unnamed, byte delimiter, DecimalMark mark)
    {
        _fields = new(delimiter);
        _number = mark == DecimalMark.Comma ? new byte[LongestNumber] : [];
        _columns = new int[wanted.Count];
        for (var number = 0; number < wanted.Count; number++)
        {
            _columns[number] = -1;
            for (var column = 0; column < names.Count; column++)
                if (names[column] == wanted[number]) _columns[number] = column + unnamed;
        }

        _count = names.Count + unnamed;
    }

    /// <inheritdoc/>
    public override bool Split(ReadOnlySpan<byte> record) =>
        _fields.Split(record) && _fields.Count >= _count && (_fields.Count == _count || _fields.IsEmptyFrom(_count));

    /// <inheritdoc/>
    public override string WhyMalformed(ReadOnlySpan<byte> record) =>
        _fields.Split(record) ? $"it has {_fields.Count} field{(_fields.Count == 1 ? "" : "s")}, not {_count}"
        : _fields.Count == CsvRecord.MostFields ? $"it has more than {CsvRecord.MostFields:N0} fields"
        : "text follows a closing quote";

    /// <inheritdoc/>
    public override bool Has(int wanted) => _columns[wanted] >= 0;

    /// <inheritdoc/>
    public override Cell Read(ReadOnlySpan<byte> record, int wanted, out ReadOnlySpan<byte> text)
    {
        text = default;
        var column = _columns[wanted];
        if (column < 0) return Cell.Missing;
        text = _fields.Field(record, column);
        if (text.Length > 0 && (text[0] <= ' ' || text[^1] <= ' ')) text = text.Trim(" \t"u8);
        return text.IsEmpty ? Cell.Missing : Cell.Text;
    }

    /// <inheritdoc/>
    public override Cell ReadNumber(ReadOnlySpan<byte> record, int wanted, out double number)
    {
        number = 0;
        return Read(record, wanted, out var text) == Cell.Missing ? Cell.Missing : Utf8Number.TryRead(WithPoint(text), out number) ? Cell.Text : Cell.Unusable;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> WithPoint(ReadOnlySpan<byte> number)
    {
        if (_number.Length == 0 || number.Length > _number.Length) return number;
        // A point parts thousands here, which no number may have: as a comma it makes the text none.
        for (var at = 0; at < number.Length; at++) _number[at] = number[at] switch { (byte)',' => (byte)'.', (byte)'.' => (byte)',', var other => other };
        return _number.AsSpan(0, number.Length);
    }
}
