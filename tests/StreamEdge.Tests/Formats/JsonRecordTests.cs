using System.Text;
using System.Text.Json;

namespace StreamEdge;

public class JsonRecordTests
{
    [Fact]
    public void Wanted_fields_are_found_whatever_their_order()
    {
        var reader = new Reader("ts", "temp", "state", "on");

        Assert.Equal("ts=1 temp=71.5 state=run on=true others=0", Read(reader, """{"ts":1,"temp":71.5,"state":"run","on":true}"""));
        Assert.Equal("ts=2 temp=-5e-3 state=stop on=false others=0", Read(reader, """{"ts":2,"temp":-5e-3,"state":"stop","on":false}"""));
        Assert.Equal("ts=3 temp=1 others=1", Read(reader, """{"temp":1, "x": "y", "ts":3}"""));
        Assert.Equal("ts=4 others=0", Read(reader, """{ "ts" : 4 , "temp" : null }"""));
        Assert.Equal("ts=5 temp=7 state=run on=true others=0", Read(reader, """{"ts":5,"temp":7,"state":"run","on":true}"""));
        Assert.Equal("others=0", Read(reader, "{}"));
    }

    [Fact]
    public void Escapes_nesting_and_blanks_are_read_as_well()
    {
        var reader = new Reader("ts", "temp", "stäte");

        Assert.Equal("ts=1 temp=nested stäte=a\"b\n\u00e9\U0001F600 others=0", Read(reader, "{\"t\\u0073\":1,\t\"temp\":[1,{\"a\":\"\\n\"}],\"stäte\":\"a\\\"b\\n\\u00e9\\ud83d\\ude00\"}\r"));
        Assert.Equal("ts=2 temp=nested stäte=x others=0", Read(reader, """{"ts":2,"temp":{"v":1},"stäte":"x"}"""));
        Assert.Equal("ts=3 temp=9 stäte=x others=0", Read(reader, """{"ts":3,"temp":9,"stäte":"x"}"""));
    }

    [Fact]
    public void A_point_in_a_name_leads_into_an_object_where_that_is_wanted()
    {
        var nested = new JsonRecord(["a.b.c", "a.d", "x"], nested: true);
        foreach (var text in new[] { """{"a":{"b":{"c":1,"e":{"f":2}},"d":"y"},"x":3}""", """{"x":3,"a":{"d":"y","b":{"e":{},"c":1}}}""", """{"a":{"d":"y"},"x":3}""", """{"a":5,"x":3,"b":{"c":7}}""" })
        {
            var record = Encoding.UTF8.GetBytes(text);
            Assert.True(nested.Read(record));
            Assert.Equal(text.Contains("c\":1") ? 1 : 0, nested.Number(0));
            Assert.Equal(text.Contains('y') ? "y" : "", Encoding.UTF8.GetString(nested.Text(record, 1)));
            Assert.Equal(3, nested.Number(2));
        }

        Assert.False(nested.Read("""{"a":{"d":1},"a":{"d":1}}"""u8));
        Assert.False(nested.Read("""{"a":{"d":1,"d":2}}"""u8));
        Assert.False(nested.Read("""{"a":{"d":1}"""u8));
        Assert.True(new JsonRecord(["a.d"]).Read("""{"a":{"d":1}}"""u8));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"x":1,"x":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\ude00\ud83d"}""")]
    [InlineData("""{"a":"\ud83d\u0061"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"b":{"c":["\udfff"]}}""")]
    [InlineData("""{"b":{"\ud800":1}}""")]
    [InlineData("""[{"a":1}]""")]
    [InlineData("""{"a":1}{"a":2}""")]
    [InlineData("""{"a":1},""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":+1}""")]
    [InlineData("""{"a":1.}""")]
    [InlineData("""{"a":.5}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1e}""")]
    [InlineData("""{"a":truex}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":"x}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":""")]
    [InlineData("{\"a\":\"x\ty\"}")]
    [InlineData("{'a':1}")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    public void What_is_no_sound_object_is_refused(string text)
    {
        foreach (var known in new[] { "{}", """{"a":1}""", """{"x":1,"a":"y"}""", """{"a":"y"}""" })
        {
            var reader = new Reader("a");
            Assert.NotEqual("refused", Read(reader, known));

            Assert.Equal("refused", Read(reader, text));
            Assert.Equal("a=5 others=0", Read(reader, """{"a":5}"""));
        }
    }

    [Fact]
    public void Half_a_character_is_refused_in_bytes_too()
    {
        var reader = new JsonRecord(["a"]);

        Assert.False(reader.Read([.. "{\"a\":\""u8, 0xC3, .. "\"}"u8]));
        Assert.False(reader.Read([.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]));
    }

    [Fact]
    public void A_number_larger_than_a_double_is_infinite()
    {
        var reader = new JsonRecord(["a"]);
        foreach (var text in new[] { """{"a":1e400}""", """{"a":1e400}""", "{\t\"a\":1e400}" })
        {
            Assert.True(reader.Read(Encoding.UTF8.GetBytes(text)));
            Assert.True(double.IsInfinity(reader.Number(0)));
        }
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Objects_may_be_64_deep(int depth, bool sound)
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

        Assert.Equal(sound, new JsonRecord(["b"]).Read(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Ever_new_names_fill_no_memory_and_hide_no_field()
    {
        var reader = new JsonRecord(["a"]);
        for (var round = 0; round < 200_000; round++)
            Assert.True(reader.Read(Encoding.UTF8.GetBytes($$"""{"n{{round}}":1,"a":{{round}},"m{{round}}":2}""")) && reader.Number(0) == round && reader.Others == 2);
    }

    [Fact]
    public void Any_flat_object_reads_as_the_runtime_reads_it()
    {
        var random = new Random(17);
        string[] names = ["ts", "temp", "x", "state", "é", "te", "temperature"];
        var reader = new Reader("ts", "temp", "state", "é");
        const string odd = "\"\\{}[],:01-.eE+tn é\u0001";
        var accepted = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var shape = random.Next(3) == 0 ? random.Next() : round / 50; // often the same fields in the same order
            var chosen = new Random(shape);
            var text = new StringBuilder("{");
            foreach (var name in names.OrderBy(_ => chosen.Next()).Take(chosen.Next(1, 6)))
                text.Append(text.Length > 1 ? random.Next(20) == 0 ? " , " : "," : "").Append($"\"{name}\":{(random.Next(20) == 0 ? " " : "")}{Value(random)}");
            text.Append('}');
            if (random.Next(4) == 0) text[random.Next(text.Length)] = odd[random.Next(odd.Length)];

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var expected = Expected(bytes, reader.Names);
            var read = Read(reader, text.ToString());
            Assert.True(expected == read, $"{text}: {read}, not {expected}");
            if (read != "refused") accepted++;
        }

        Assert.InRange(accepted, 37_000, 48_000);
    }

    [SharedFact]
    public void What_the_test_suite_refuses_is_refused()
    {
        var suite = Path.Combine(Repository.Shared!, "corpora/json-test-suite/test_parsing");
        var refused = Directory.GetFiles(suite, "n_*.json");
        var taken = Directory.GetFiles(suite, "y_*.json");

        Assert.Equal(188, refused.Length);
        Assert.Equal(95, taken.Length);
        foreach (var file in refused)
        {
            Assert.False(new JsonRecord(["a"]).Read(File.ReadAllBytes(file)), file);

            // As the value of a field, where the text is one value that is wrong in itself.
            byte[] inside = [.. "{\"a\":"u8, .. File.ReadAllBytes(file), .. "}"u8];
            if (Expected(inside) == "refused") Assert.False(new JsonRecord(["a"]).Read(inside), file);
        }

        foreach (var file in taken)
        {
            var bytes = File.ReadAllBytes(file);
            Assert.Equal(Expected(bytes) != "refused", new JsonRecord(["a"]).Read(bytes));

            byte[] inside = [.. "{\"a\":"u8, .. bytes, .. "}"u8];
            Assert.True(new JsonRecord(["a"]).Read(inside) || Path.GetFileName(file).Contains("duplicated"), file);
        }
    }

    [SharedFact]
    public void What_the_test_suite_leaves_open_is_refused_unless_it_is_a_sound_number()
    {
        var suite = Path.Combine(Repository.Shared!, "corpora/json-test-suite/test_parsing");

        var taken = Directory.GetFiles(suite, "i_*.json").Where(file => new JsonRecord(["a"]).Read([.. "{\"a\":"u8, .. File.ReadAllBytes(file), .. "}"u8])).Select(Path.GetFileName).Order();

        Assert.Equal(
            [
                "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json", "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json",
                "i_number_real_pos_overflow.json", "i_number_real_underflow.json", "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
            ],
            taken);
    }

    static string Value(Random random) => random.Next(9) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => "\"" + new string('ä', random.Next(4)) + "\"",
        3 => "\"a\\u00e9\\\"\"",
        4 => "[1,{\"a\":2}]",
        5 => "\"run ning\"",
        6 => random.Next(-1000, 1000).ToString(),
        7 => (random.NextDouble() * 1000).ToString("F3"),
        _ => random.NextDouble().ToString("E5"),
    };

    static string Read(Reader reader, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return reader.Record.Read(bytes)
            ? string.Concat(reader.Names.Select((name, field) => Shown(name, reader.Record, field, bytes))) + $"others={reader.Record.Others}"
            : "refused";
    }

    static string Shown(string name, JsonRecord record, int field, byte[] bytes) => record[field] switch
    {
        JsonField.Missing => "",
        JsonField.Nested => $"{name}=nested ",
        JsonField.Number when Encoding.UTF8.GetString(record.Text(bytes, field)) is var text && double.Parse(text).Equals(record.Number(field)) => $"{name}={text} ",
        JsonField.Number => $"{name}: {record.Number(field)} ",
        _ => $"{name}={Encoding.UTF8.GetString(record.Text(bytes, field))} ",
    };

    /// <summary>The same through the document model of the run-time library.</summary>
    static string Expected(byte[] bytes, params string[] names)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "refused";
            _ = document.RootElement.EnumerateObject().All(p => p.Value.ValueKind != JsonValueKind.String || p.Value.GetString() is not null);
            return string.Concat(names.Select(name => document.RootElement.TryGetProperty(name, out var value)
                ? value.ValueKind switch
                {
                    JsonValueKind.Null => "",
                    JsonValueKind.Object or JsonValueKind.Array => $"{name}=nested ",
                    JsonValueKind.String => $"{name}={value.GetString()} ",
                    _ => $"{name}={value.GetRawText()} ",
                }
                : "")) + $"others={document.RootElement.EnumerateObject().Count(p => !names.Contains(p.Name))}";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return "refused"; // no JSON, or half a character
        }
    }

    sealed class Reader(params string[] names)
    {
        public string[] Names => names;

        public JsonRecord Record { get; } = new(names);
    }
}
