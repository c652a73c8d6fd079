using FsCheck.Fluent;
using Microsoft.Data.Sqlite;

namespace StreamEdge;

public sealed class EnrichTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly Plant _plant = new();
    readonly Schema _rows = Schema.Rows(new KeyTable(["line", "machine"], 0), new CodeTable(),
        [new("temp", Kind.Number, Some.Unit("degC")), new("recipe", Kind.Text), new("order", Kind.Integer), new("on", Kind.Bool)], hasWindow: false);

    [Fact]
    public void A_row_gets_the_columns_of_its_machine()
    {
        Write("machine,owner,limit\nm1,north,80.5\nm2,,70\n");

        var lines = Run(By("machine"), Row("1,m1", 1), Row("1,m2", 2), Row("1,m3", 3));

        Assert.Equal(["1,m1@1: limit=80.5 owner=north", "1,m2@2: limit=70 owner=-", "1,m3@3: limit=- owner=-"], lines);
    }

    [Fact]
    public void What_is_not_found_is_counted_and_told_once()
    {
        Write("machine,limit,owner\nm1,80,north\n");
        var probe = _plant.Start(By("machine"), _rows);

        probe.Process(_plant.Batch(_rows, Row("1,m1", 1), Row("1,m9", 2), Row("1,m9", 3)));

        Assert.Equal([("table", $"1 line of {Table}"), ("not found", "2 of 3 rows")], probe.Step.Report);
        Assert.Equal([$"finds no machine 'm9' in {Table}"], probe.Step.Books.Notices);
    }

    [Fact]
    public void The_added_columns_have_the_unit_and_the_kind_that_is_said()
    {
        Write("machine,a,b,c,d\nm1,1,2,x,yes\n");
        var options = By("machine") with { Add = new OrderedDictionary<string, AddedColumn> { ["d"] = new(Kind.Bool, null), ["b"] = new(Kind.Integer, null), ["a"] = new(Kind.Number, Some.Unit("degC")), ["c"] = new(Kind.Text, null) } };

        var probe = _plant.Start(options, _rows);
        probe.Process(_plant.Batch(_rows, Row("1,m1", 1)));

        Assert.Equal([new("d", Kind.Bool), new("b", Kind.Integer), new("a", Kind.Number, Some.Unit("degC")), new("c", Kind.Text)], probe.Step.Output.Columns.Skip(4));
        Assert.EndsWith("d=true b=2 a=1 c=x", Assert.Single(probe.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_with_a_point_is_no_key_where_a_comma_parts_decimals()
    {
        Write("order;limit;owner\n1.000;80,5;north\n");
        var options = By("order");

        Assert.Equal([$"{Table}:2: '1.000' in 'order' is no whole number, as the rows have there; correct it"], _plant.Faults(options with { Table = options.Table with { Decimal = DecimalMark.Comma } }, _rows));
    }

    [Fact]
    public void A_line_is_found_by_several_tags_texts_and_whole_numbers()
    {
        Write("owner;order;limit;recipe;line\nnorth;7;80,5;soup;1\nsouth;7;;soup;2\nwest;8;1,5;soup;1\n");
        var options = By("line", "recipe", "order");

        var lines = Run(options with { Table = options.Table with { Decimal = DecimalMark.Comma } },
            Row("1,m1", 1, "soup", 7L), Row("2,m1", 2, "soup", 7L), Row("1,m2", 3, "soup", 8L), Row("2,m2", 4, "soup", 8L), Row("1,m1", 5, null, 7L), Row("1,m1", 6, "soup", null));

        Assert.Equal(
            ["1,m1@1: limit=80.5 owner=north", "2,m1@2: limit=- owner=south", "1,m2@3: limit=1.5 owner=west", "2,m2@4: limit=- owner=-", "1,m1@5: limit=- owner=-", "1,m1@6: limit=- owner=-"], lines);
    }

    [Fact]
    public void The_line_is_the_one_that_held_at_the_time_of_the_row()
    {
        Write("since,machine,limit,owner\n1970-01-01T00:00:20Z,m1,20,\n,m1,1,\n1970-01-01T00:00:10Z,m1,10,\n1970-01-01T00:00:30Z,m2,30,\n");

        var lines = Run(By("machine") with { ValidFrom = "since" }, Row("1,m1", 9.999), Row("1,m1", 10), Row("1,m1", 25), Row("1,m1", 15), Row("1,m2", 29), Row("1,m2", 30));

        Assert.Equal(["1", "10", "20", "10", "-", "30"], lines.Select(l => l.Split("limit=")[1].Split(' ')[0]));
    }

    [Fact]
    public void Quotes_blank_lines_and_a_missing_last_line_end_are_read()
    {
        Write("\uFEFF\r\n\"machine\",limit,owner,\r\n m1 ,\" 80\",\"a, \"\"b\"\"\nc\",\r\n\r\nm2,7,,");

        Assert.Equal(["1,m1@1: limit=80 owner=a, \"b\"\nc", "1,m2@2: limit=7 owner=-"], Run(By("machine"), Row("1,m1", 1), Row("1,m2", 2)));
    }

    [Fact]
    public void Every_line_with_a_mistake_is_told_with_its_place()
    {
        Write("machine,limit,owner,since\nm1,8o,x,\nm2,\"80,5\",x,\n,1,x,\nm3,1\nm4,1,\"x,\nm5,1,x,tomorrow\nm6,1,x,\nm6,2,y,\n");

        Assert.Equal(
            [
                $"{Table}:2: '8o' in 'limit' is not a number; correct it, or leave it empty",
                $"{Table}:3: '80,5' in 'limit' is not a number; write 80.5, or 'decimal: comma' beside the file",
                $"{Table}:4: it has no 'machine'; give it one, or take the line out",
                $"{Table}:5: it has 2 fields, not 4; mend the line",
                $"{Table}:6: a quote opens that nothing closes; mend the line",
                $"{Table}:7: 'tomorrow' in 'since' is no instant; write it like 2026-01-31T06:00:00Z, or leave it empty",
                $"{Table}:9: its machine stands in line 8 already; take one of them out, or correct 'since'",
            ], _plant.Faults(By("machine") with { ValidFrom = "since" }, _rows).Order());
    }

    [Fact]
    public void Two_lines_of_one_key_are_refused() => Assert.Equal(
        [$"{Write("line,machine,limit,owner\n1,m1,1,\n2,m1,1,\n1,m1,3,\n")}:4: its line and machine stand in line 2 already; take one of them out, or name the column that says from when on each holds in 'valid_from'"],
        _plant.Faults(By("line", "machine"), _rows));

    [Fact]
    public void A_table_is_as_long_as_it_may_be_and_no_longer()
    {
        Write("machine,limit,owner\nm1,1,\nm2,1,\nm3,1,\n");

        Assert.Empty(_plant.Faults(By("machine") with { MaxLines = 3 }, _rows));
        Assert.Equal([$"{Table} has more than 2 lines; name a smaller table, or raise 'max_lines'"], _plant.Faults(By("machine") with { MaxLines = 2 }, _rows));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Write("machine,owner,owner\nm1,a,b\n");
        Assert.Equal([$"{Table} has no column 'limit'; its columns are machine, owner, owner", $"{Table} has several columns 'owner'; give each a name of its own"], _plant.Faults(By("machine"), _rows).Order());
        Assert.Equal(
            [
                "'machine' is named twice; name each once",
                "'temp' is a number, by which no line is found; name a tag, or a column of text or whole numbers",
                "the rows have 'on' already; give the column of the table another name",
                "there is no tag or column 'machin'; did you mean 'machine'?",
            ], _plant.Faults(By("machine", "machine", "temp", "machin") with { Add = new Dictionary<string, AddedColumn> { ["on"] = new(Kind.Bool, null) } }, _rows).Order());
        Assert.Equal(["there is no file 'machine.csv'; did you mean 'machines.csv'?"], _plant.Faults(By("machine") with { Table = new() { Csv = _folder.PathOf("machine.csv") } }, _rows).Select(f => f.Replace($"{_folder.Path}/", "")));
        Assert.Equal([$"{_folder.Path} is a folder; name a file"], _plant.Faults(By("machine") with { Table = new() { Csv = _folder.Path } }, _rows));
        Assert.Equal(["an SQLite file has no decimal marks; leave it out"], _plant.Faults(By("machine") with { Table = new() { Sqlite = "x", Name = "y", Decimal = DecimalMark.Comma } }, _rows));
    }

    [Theory]
    [InlineData("", "is empty; give it a header, and a line for each machine")]
    [InlineData("\n\n", "is empty; give it a header, and a line for each machine")]
    [InlineData("SQLite format 3\0", "is an SQLite file; write table: { sqlite: machines.csv, name: TABLE }")]
    [InlineData("a\0b", "is no text; export it as CSV")]
    [InlineData("\"a,b\n", "the header cannot be read; write the names of the columns, in UTF-8, with matching quotes")]
    public void What_is_no_table_is_refused(string text, string fault)
    {
        Write(text);

        Assert.EndsWith(fault, Assert.Single(_plant.Faults(By("machine"), _rows)).Replace($"{_folder.Path}/", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_version_is_taken_up_when_it_has_stood_still_for_a_second()
    {
        Write("machine,limit,owner\nm1,1,\n");
        var probe = _plant.Start(By("machine"), _rows);

        Assert.Equal("1", LimitNow(probe));
        Write("machine,limit,owner\nm1,22,\n");
        Assert.Equal("1", LimitNow(probe));
        Assert.Equal("1", LimitAfterASecond(probe)); // seen, and maybe half written
        Write("machine,limit,owner\nm1,333,\nm2,1,\n");
        Assert.Equal("1", LimitAfterASecond(probe));
        Assert.Equal("333", LimitAfterASecond(probe));
        Assert.Equal("333", LimitAfterASecond(probe));

        Assert.Equal([("table", $"2 lines of {Table}"), ("taken up", "1 new version")], probe.Step.Report);
    }

    [Fact]
    public void A_new_version_with_a_mistake_is_told_and_the_lines_of_before_stay()
    {
        Write("machine,limit,owner\nm1,1,\n");
        var probe = _plant.Start(By("machine"), _rows);

        Write("machine,limit,owner\nm1,oops,\n");
        LimitAfterASecond(probe);
        Assert.Equal("1", LimitAfterASecond(probe));
        Assert.Equal("1", LimitAfterASecond(probe));
        File.Delete(Table);
        LimitAfterASecond(probe);
        Assert.Equal("1", LimitAfterASecond(probe));
        Write("machine,limit,owner\nm1,5,\n");
        LimitAfterASecond(probe);
        Assert.Equal("5", LimitAfterASecond(probe));

        Assert.Equal([("table", $"1 line of {Table}"), ("taken up", "1 new version"), ("refused", "2 new versions")], probe.Step.Report);
        Assert.Equal(
            [
                $"keeps the lines of before: {Table}:2: 'oops' in 'limit' is not a number",
                $"keeps the lines of before: there is no file '{Visible.Quote(Table).Trim('\'')}'",
                $"has taken up a new version of {Table}, with 1 line",
            ], probe.Step.Books.Notices);
    }

    [Fact]
    public void A_table_of_an_SQLite_file_is_read_and_read_again_at_once_when_it_has_changed()
    {
        var file = _folder.PathOf("site.db");
        Do(file, "PRAGMA journal_mode = WAL; CREATE TABLE machines (machine TEXT, \"limit\" REAL, owner ANY, since INTEGER); INSERT INTO machines VALUES ('m1', 0.1234567890123456, 12, NULL), ('m1', 7, NULL, 100)");
        var options = By("machine") with { Table = new() { Sqlite = file, Name = "machines" }, ValidFrom = "since" };
        var probe = _plant.Start(options, _rows);
        probe.Process(_plant.Batch(_rows, Row("1,m1", 1), Row("1,m1", 100)));

        Assert.Equal(["limit=0.1234567890123456 owner=12", "limit=7 owner=-"], probe.Lines.Select(l => l[l.IndexOf("limit", StringComparison.Ordinal)..]));
        Do(file, "UPDATE machines SET \"limit\" = 5");
        Assert.Equal("5", LimitAfterASecond(probe));
        Do(file, "UPDATE machines SET \"limit\" = 'x'");
        Assert.Equal("5", LimitAfterASecond(probe));
        Assert.Equal($"keeps the lines of before: {file}: machines, row 1: 'x' in 'limit' is not a number", probe.Step.Books.Notices[^1]);
    }

    [Fact]
    public void A_file_that_another_program_has_for_itself_is_tried_again()
    {
        var file = _folder.PathOf("site.db");
        Do(file, "CREATE TABLE machines (machine TEXT, \"limit\" REAL, owner TEXT); INSERT INTO machines VALUES ('m1', 1, NULL)");
        var probe = _plant.Start(By("machine") with { Table = new() { Sqlite = file, Name = "machines" } }, _rows);

        Do(file, "UPDATE machines SET \"limit\" = 2");
        using (var other = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            command.ExecuteNonQuery();
            Assert.Equal("1", LimitAfterASecond(probe));
        }

        Assert.Equal("2", LimitAfterASecond(probe));
        Assert.Equal($"keeps the lines of before: {file} is in use by another program", probe.Step.Books.Notices[0]);
        Assert.DoesNotContain(probe.Step.Report, r => r.Name == "refused");
    }

    [Fact]
    public void An_SQLite_file_is_checked_like_any_other_table()
    {
        var file = _folder.PathOf("site.db");
        Do(file, "CREATE TABLE machines (machine TEXT, \"limit\" REAL, owner); CREATE VIEW north AS SELECT * FROM machines; INSERT INTO machines VALUES ('m1', 'x', x'00'), (NULL, 3, 'y')");

        Assert.Equal(
            [
                $"{file}: machines, row 1: '\\u000000' in 'owner' is not a text of up to 1,000 characters; correct it, or leave it empty",
                $"{file}: machines, row 1: 'x' in 'limit' is not a number; correct it, or leave it empty",
                $"{file}: machines, row 2: it has no 'machine'; give it one, or take the line out",
            ], Faults("machines").Order());
        Assert.Equal([$"{file} has no table 'nord'; did you mean 'north'?"], Faults("nord"));
        Assert.Equal([$"{file}: north has no column 'size'; its columns are machine, limit, owner"], Faults("north", "size"));
        File.WriteAllText(file, new string('x', 5000));
        Assert.Equal([$"{file} is no SQLite database; name another file"], Faults("machines"));

        IReadOnlyList<string> Faults(string table, string column = "limit") =>
            _plant.Faults(By("machine") with { Table = new() { Sqlite = file, Name = table }, Add = new OrderedDictionary<string, AddedColumn> { [column] = new(Kind.Number, null), ["owner"] = new(Kind.Text, null) } }, _rows);
    }

    [Fact]
    public void Texts_that_the_pipeline_has_no_room_for_are_missing_and_counted()
    {
        var codes = new CodeTable(2);
        var rows = Schema.Rows(new KeyTable(["machine"], 0), codes, [new("temp", Kind.Number)], hasWindow: false);
        Write("machine,limit,owner\nm1,1,a\nm2,1,b\nm3,1,c\n");
        var probe = _plant.Start(By("machine"), rows);

        probe.Process(_plant.Batch(rows, new Row("m3", null, 1, 5.0), new Row("m1", null, 2, 5.0), new Row("m2", null, 3, 5.0), new Row("m3", null, 4, 5.0)));

        Assert.Equal(["c", "a", "-", "c"], probe.Lines.Select(l => l[^1..]));
        Assert.Equal([("too_many_texts", "owner", 1L)], probe.Step.Books.LeftOut);
    }

    [Fact]
    public void Each_row_has_what_a_plain_search_of_the_table_finds() => Some.Check(Prop.ForAll(
        ArbMap.Default.ArbFor<((byte Line, byte Machine, short From)[] Table, (byte Line, byte Machine, short Time)[] Rows)>(), given =>
        {
            var table = given.Table.DistinctBy(l => (l.Line % 3, l.Machine % 4, l.From)).Select((l, number) => (Line: l.Line % 3, Machine: l.Machine % 4, l.From, Number: number)).ToList();
            Write($"machine,since,limit,line,owner\n{string.Concat(table.Select(l => $"m{l.Machine},{TimeText(l.From)},{l.Number},{l.Line},\n"))}");
            var probe = _plant.Start(By("line", "machine") with { ValidFrom = "since" }, _rows);

            probe.Process(_plant.Batch(_rows, [.. given.Rows.Select(r => Row($"{r.Line % 3},m{r.Machine % 4}", r.Time))]));

            var expected = given.Rows.Select(r => table.Where(l => l.Line == r.Line % 3 && l.Machine == r.Machine % 4 && l.From <= r.Time).OrderBy(l => l.From).Select(l => $"{l.Number}").LastOrDefault() ?? "-");
            Assert.Equal(expected, probe.Lines.Select(Limit));
        }));

    public void Dispose() => _folder.Dispose();

    string Table => _folder.PathOf("machines.csv");

    string Write(string text) => _folder.Write("machines.csv", text);

    EnrichOptions By(params string[] keys) => new()
    {
        Table = new() { Csv = Table },
        By = keys,
        Add = new OrderedDictionary<string, AddedColumn> { ["limit"] = new(Kind.Number, null), ["owner"] = new(Kind.Text, null) },
    };

    IEnumerable<string> Run(EnrichOptions options, params Row[] rows)
    {
        var probe = _plant.Start(options, _rows);
        probe.Process(_plant.Batch(_rows, rows));
        return probe.Lines.Select(l => l[..(l.IndexOf(": ", StringComparison.Ordinal) + 2)] + l[l.IndexOf("limit", StringComparison.Ordinal)..]);
    }

    string LimitAfterASecond(Probe probe)
    {
        _plant.Time.Turn(TimeSpan.FromSeconds(1));
        return LimitNow(probe);
    }

    string LimitNow(Probe probe)
    {
        probe.Process(_plant.Batch(_rows, Row("1,m1", 1000)));
        return Limit(probe.Lines[^1]);
    }

    static string Limit(string line) => line.Split("limit=")[1].Split(' ')[0];

    static string TimeText(short seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    static Row Row(string device, double time, string? recipe = null, long? order = null) => new(device, null, time, 20.0, recipe, order, null);

    static void Do(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
