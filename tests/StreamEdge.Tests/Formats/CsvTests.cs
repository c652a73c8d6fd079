using System.Text;
using System.Text.Json;

namespace StreamEdge;

public class CsvTests
{
    [Fact]
    public void Any_text_splits_as_a_reader_of_letters_splits_it()
    {
        var random = new Random(11);
        for (var round = 0; round < 100_000; round++)
        {
            var text = new StringBuilder();
            for (var left = random.Next(40); left > 0; left--) text.Append("ab,,\"\"\"\n\n\r "[random.Next(11)]);
            var block = random.Next(3, 50);

            Assert.True(Naive(text.ToString()).SequenceEqual(Read(text.ToString(), block)), $"{JsonSerializer.Serialize(text.ToString())} in blocks of {block}");
        }
    }

    [Fact]
    public void Wide_records_split_at_every_delimiter()
    {
        var fields = Enumerable.Range(0, 300).Select(i => new string('x', i % 40)).ToArray();

        Assert.Equal([string.Join('|', fields)], Read(string.Join(',', fields) + "\n", 64));
    }

    [SharedTheory]
    [InlineData("comma_in_quotes")]
    [InlineData("empty")]
    [InlineData("empty_crlf")]
    [InlineData("escaped_quotes")]
    [InlineData("json")]
    [InlineData("newlines")]
    [InlineData("newlines_crlf")]
    [InlineData("quotes_and_newlines")]
    [InlineData("simple")]
    [InlineData("simple_crlf")]
    [InlineData("utf8")]
    public void The_corpus_reads_as_it_says(string name)
    {
        var corpus = Path.Combine(Repository.Shared!, "corpora/csv-spectrum");
        var expected = JsonDocument.Parse(File.ReadAllText($"{corpus}/json/{name}.json")).RootElement.EnumerateArray()
            .Select(row => row.EnumerateObject().Select(p => $"{p.Name}={p.Value.GetString()}")).ToList();
        var records = Records(File.ReadAllText($"{corpus}/csvs/{name}.csv"), ',', 32).Select(r => r!).ToList();
        var read = records.Skip(1).Select(row => row.Zip(records[0], (value, header) => $"{header}={value}")).ToList();

        Assert.Equal(expected, read);
    }

    // The corpus itself expects another telephone number here.
    [SharedFact]
    public void A_quote_inside_a_field_is_a_letter_like_any_other()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Shared!, "corpora/csv-spectrum/csvs/location_coordinates.csv"));

        Assert.Equal(["Contact Phone Number|Location Coordinates|Cities|Counties", "2095257564|37\uFFFD36'37.8\"N 121\uFFFD2'17.9\"W|Modesto|Stanislaus"], Read(text, 32));
    }

    [Theory]
    [InlineData("a,b;c\td|e f", '\t')]
    [InlineData("datetime;Temperature, degC", ';')]
    [InlineData("\"a;b\",c", ',')]
    [InlineData("a|b", '|')]
    [InlineData("  1  2 ", ' ')]
    [InlineData("one", ',')]
    [InlineData("", ',')]
    public void The_delimiter_is_told_by_the_first_line(string line, char expected) => Assert.Equal((byte)expected, CsvRecord.Detect(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Blanks_part_fields_however_many_there_are()
    {
        var records = Records("  1.5   2\t\t3 \n\"a b\" c\n\"a\"b c\n\n", ' ', 16);

        Assert.Equal(["1.5|2|3", "a b|c", "malformed", ""], records.Select(Shown));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_field()
    {
        var records = Records("\uFEFFa,b\n", ',', 2);

        Assert.Equal(["a|b"], records.Select(Shown));
    }

    [Fact]
    public void A_line_without_end_is_cut_and_reading_goes_on_behind_it()
    {
        var text = $"a\n{new string('x', 3 * RecordReader.LongestRecord)}\nb\n{new string('y', RecordReader.LongestRecord + 1)}\nc\n{new string('z', RecordReader.LongestRecord)}";

        var records = Records(text, ',', 4096).Select(Shown).ToList();

        Assert.Equal(["a", "too long", "b", "too long", "c"], records[..5]);
        Assert.Equal(RecordReader.LongestRecord, records[5].Length);
        Assert.Equal(6, records.Count);
    }

    [Fact]
    public void An_open_quote_costs_its_own_line_only()
    {
        var rows = Enumerable.Range(0, 300_000).Select(i => $"{i},x\n");

        var records = Records($"1,\"broken\n{string.Concat(rows)}", ',', 4096).Select(Shown).ToList();

        Assert.Equal("malformed", records[0]);
        Assert.Equal("0|x", records[1]);
        Assert.Equal(300_001, records.Count);
    }

    [Fact]
    public void A_record_with_too_many_fields_is_malformed()
    {
        var records = Records(new string(',', CsvRecord.MostFields) + "\na\n", ',', 4096);

        Assert.Equal(["malformed", "a"], records.Select(Shown));
    }

    static IReadOnlyList<string> Read(string text, int block) => [.. Records(text, ',', block).Select(Shown)];

    static string Shown(string[]? record) => record is null ? "malformed" : string.Join('|', record);

    static List<string[]?> Records(string text, char delimiter, int block)
    {
        var reader = new RecordReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), block) { Delimiter = (byte)delimiter };
        var fields = new CsvRecord((byte)delimiter);
        var records = new List<string[]?>();
        for (; reader.Peek(out var record) is var framed and not Framed.End; reader.Skip())
        {
            if (framed == Framed.TooLong) records.Add(["too long"]);
            else if (framed == Framed.Unclosed || !fields.Split(record)) records.Add(null);
            else
            {
                var split = new string[fields.Count];
                for (var field = 0; field < split.Length; field++) split[field] = Encoding.UTF8.GetString(fields.Field(record, field));
                records.Add(split);
            }
        }

        Assert.Equal(Encoding.UTF8.GetByteCount(text), reader.Offset);
        return records;
    }

    /// <summary>The same rules, letter by letter.</summary>
    static List<string> Naive(string text)
    {
        var records = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var (record, next) = NaiveRecord(text, at);
            if (record is null && next < 0) (record, next) = ("malformed", text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length);
            records.Add(record ?? "malformed");
            at = next;
        }

        return records;
    }

    static (string? Record, int Next) NaiveRecord(string text, int at)
    {
        var fields = new List<string>();
        var sound = true;
        while (true)
        {
            var field = new StringBuilder();
            var quoted = at < text.Length && text[at] == '"';
            if (quoted)
            {
                for (at++; ; at++)
                {
                    if (at == text.Length) return (null, -1);
                    if (text[at] != '"') field.Append(text[at]);
                    else if (at + 1 < text.Length && text[at + 1] == '"') field.Append(text[at++]);
                    else break;
                }

                at++;
            }

            var behind = new StringBuilder();
            while (at < text.Length && text[at] is not (',' or '\n')) behind.Append(text[at++]);
            var last = at == text.Length || text[at] == '\n';
            if (last && behind.Length > 0 && behind[^1] == '\r') behind.Length--;
            if (quoted && behind.Length > 0) sound = false;
            fields.Add(field.Append(behind).ToString());
            at = Math.Min(at + 1, text.Length);
            // A comma at the very end of the text has an empty field behind it.
            if (last) return (sound ? string.Join('|', fields) : null, at);
            if (at == text.Length) return (sound ? string.Join('|', fields) + "|" : null, at);
        }
    }
}
