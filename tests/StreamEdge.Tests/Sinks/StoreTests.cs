using Microsoft.Data.Sqlite;

namespace StreamEdge;

public sealed class StoreTests : IDisposable
{
    const long Noon = SinkRun.Noon, Second = Nanoseconds.Second;

    readonly SinkRun _run = new();

    public void Dispose() => _run.Dispose();

    string Store => _run.PathOf("press.db");

    [Fact]
    public async Task Gives_back_every_kind_of_value_it_was_given()
    {
        var batch = _run.Reading(null, Noon, "m1", "temp", 71.3);
        _run.Reading(batch, Noon, "m1", "count", long.MaxValue);
        _run.Reading(batch, Noon, "m1", "mode", "läuft");
        _run.Reading(batch, Noon, "m1", "open", true, Quality.Uncertain);
        _run.Reading(batch, Noon - Second, "a,b=\\", "temp", -0.0);
        _run.Reading(batch, Noon, "m1", "temp", null);

        var books = await _run.WriteAsync(new StoreSinkOptions(), batch);

        Assert.Equal(
            ["time machine count mode open temp", "-1 a,b=\\ - - - -0 Good", $"0 m1 {long.MaxValue} läuft True 71.3 Uncertain"],
            Table(new()));
        Assert.Equal((5, "missing", 1), (books.Absorbed, books.Drops.Single(d => d.Total > 0).Reason, books.Dropped));
    }

    [Fact]
    public async Task A_point_that_is_written_again_replaces_itself()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("temp_max", Kind.Number), new("empty", Kind.Number));
        var first = _run.Row(null, windows, Noon, "m1", quality: Quality.Uncertain, values: [1.0, 2.0, null]);
        _run.Row(first, windows, Noon, "m1", Pane.Late, 1, values: [1.5, null, null]);

        var books = await _run.WriteAsync(new StoreSinkOptions(), first);
        await _run.WriteAsync(new StoreSinkOptions(), _run.Row(null, windows, Noon + 60 * Second, "m2", values: [null, null, null]));

        Assert.Equal(["time machine empty temp_max temp_mean", "0 m1 - - 1.5 Good"], Table(new()));
        Assert.Equal((2, 0), (books.Absorbed, books.Dropped));
    }

    [Fact]
    public async Task A_row_that_is_withdrawn_takes_its_point_away()
    {
        var windows = _run.Rows(window: true, new("temp_mean", Kind.Number), new("count", Kind.Integer));
        var rows = _run.Row(null, windows, Noon, "m1", values: [1.0, 5L]);
        _run.Row(rows, windows, Noon + Second, "m1", values: [2.0, 6L]);
        _run.Row(rows, windows, Noon, "m1", Pane.Withdrawn, 1, values: [null, 0L]);

        await _run.WriteAsync(new StoreSinkOptions(), rows);

        Assert.Equal(["time machine count temp_mean", "1 m1 6 2 Good"], Table(new()));
    }

    [Fact]
    public async Task A_signal_that_changes_its_unit_between_two_runs_gets_a_column_for_each_and_no_old_value_changes()
    {
        foreach (var (unit, value, hour) in new[] { ("degC", 77.5, 0), ("degF", 180.0, 1) })
        {
            using var run = new SinkRun(signals: [new("temp", Kind.Number, Some.Unit(unit)), new("load", Kind.Number, null)]);
            var batch = run.Reading(null, Noon + hour * 3600 * Second, "m1", "temp", value);
            run.Reading(batch, Noon + hour * 3600 * Second, "m1", "load", 5.0);
            await run.WriteAsync(new StoreSinkOptions { Path = Store }, batch);
        }

        Assert.Equal(["time machine load temp (degC) temp (degF)", "0 m1 5 77.5 - Good", "3600 m1 5 - 180 Good"], Table(new()));
        Assert.Equal(["time machine temp (degC) temp (degF)", "-43200 m1 77.5 180 Good"], Table(new() { Fields = ["temp"], Every = TimeSpan.FromDays(7) }));
    }

    [Fact]
    public async Task A_row_wider_than_what_is_left_of_a_transaction_waits_for_the_next()
    {
        var windows = _run.Rows(window: false, [.. Enumerable.Range(0, 100).Select(c => new Column($"c{c:00}", Kind.Number))]);
        var batches = Enumerable.Range(0, 2).Select(b =>
        {
            Batch? batch = null;
            for (var row = 0; row < 200; row++) batch = _run.Row(batch, windows, Noon + (200 * b + row) * Second, "m1", values: [.. Enumerable.Range(0, 100).Select(c => (object)(c + row / 4.0))]);
            return batch!;
        });

        await _run.WriteAsync(new StoreSinkOptions(), [.. batches]);

        using var store = StoreReader.Open(Store);
        Assert.Equal(400, store.Select(new()).Rows.Count(r => r.Values.All(v => v is double)));
    }

    [Fact]
    public async Task Lists_series_with_their_fields_and_reach()
    {
        using var run = new SinkRun(["line", "machine"], [new("temp", Kind.Number, Some.Unit("degC")), new("count", Kind.Integer, null)]);
        var batch = run.Reading(null, Noon, "l1|m1", "temp", 1.0);
        run.Reading(batch, Noon + Second, "l1|m1", "temp", 2.0);
        run.Reading(batch, Noon, "|m2", "count", 3);

        await run.WriteAsync(new StoreSinkOptions { Path = "all.db", Measurement = "plant" }, batch);

        using var store = StoreReader.Open(run.PathOf("all.db"));
        Assert.Equal(
            [
                $"plant line=l1,machine=m1 temp number degC {Noon} {Noon + Second}",
                $"plant machine=m2 count integer  {Noon} {Noon}",
            ],
            store.Series().SelectMany(s => s.Fields.Select(f => $"{s.Measurement} {string.Join(',', s.Tags.Select(t => $"{t.Name}={t.Value}"))} {f.Name} {f.Kind} {f.Unit} {f.First} {f.Last}")));
    }

    [Fact]
    public async Task Selects_by_tag_field_time_and_number_of_rows()
    {
        await _run.WriteAsync(new StoreSinkOptions(), TwoMachines(10));

        Assert.Equal(["time machine temp", "3 m1 3 Good", "4 m1 4 Good"], Table(new() { Tags = [("machine", "m1")], Fields = ["temp"], From = Noon + 3 * Second, Until = Noon + 5 * Second }));
        Assert.Equal(["time machine count temp", "8 m2 80 108 Good", "9 m1 9 9 Good", "9 m2 90 109 Good"], Table(new() { Last = 3 }));
        Assert.Equal(["time machine temp count", "9 m2 109 90 Good"], Table(new() { Fields = ["temp", "count"], Last = 1 }));
    }

    [Theory]
    [InlineData(StoreAggregate.Mean, "0 m1 1.5 1.5", "0 m2 15 101.5")]
    [InlineData(StoreAggregate.Min, "0 m1 0 0", "0 m2 0 100")]
    [InlineData(StoreAggregate.Max, "0 m1 3 3", "0 m2 30 103")]
    [InlineData(StoreAggregate.Last, "0 m1 3 3", "0 m2 30 103")]
    public async Task Takes_the_points_of_a_stretch_together(StoreAggregate aggregate, string first, string second)
    {
        await _run.WriteAsync(new StoreSinkOptions(), TwoMachines(6));

        var rows = Table(new() { Every = TimeSpan.FromSeconds(4), Aggregate = aggregate });

        Assert.Equal(["time machine count temp", $"{first} Good", $"{second} Good"], rows.Take(3));
        Assert.Equal(["4 m1", "4 m2"], rows.Skip(3).Select(r => r[..4]));
        Assert.Equal(rows[^1], Table(new() { Every = TimeSpan.FromSeconds(4), Aggregate = aggregate, Last = 1 })[^1]);
    }

    [Fact]
    public async Task Whole_numbers_are_compared_exactly_and_texts_have_their_last()
    {
        var batch = _run.Reading(null, Noon, "m1", "count", 9007199254740993);
        _run.Reading(batch, Noon + Second, "m1", "count", 9007199254740992);
        _run.Reading(batch, Noon, "m1", "mode", "on");
        _run.Reading(batch, Noon + Second, "m1", "mode", "off");

        await _run.WriteAsync(new StoreSinkOptions(), batch);

        Assert.Equal("0 m1 9007199254740993 off Good", Table(new() { Every = TimeSpan.FromMinutes(1), Aggregate = StoreAggregate.Max })[1]);
        Assert.Equal("0 m1 9007199254740992 off Good", Table(new() { Every = TimeSpan.FromMinutes(1), Aggregate = StoreAggregate.Min })[1]);
    }

    [Fact]
    public async Task Says_what_was_meant_where_a_name_is_unknown()
    {
        await _run.WriteAsync(new StoreSinkOptions(), TwoMachines(1));
        await _run.WriteAsync(new StoreSinkOptions { Path = "press.db", Measurement = "other" }, TwoMachines(1));
        using var store = StoreReader.Open(Store);

        Assert.Equal("the store has several measurements; name one of other, press", Error(new()));
        Assert.Equal("the store has no measurement 'pres'; did you mean 'press'?", Error(new() { Measurement = "pres" }));
        Assert.Equal("the store has no field 'tmp'; did you mean 'temp'?", Error(new() { Measurement = "press", Fields = ["tmp"] }));
        Assert.Equal("the store has no tag 'line'; there are machine", Error(new() { Measurement = "press", Tags = [("line", "1")] }));
        Assert.Equal("the store has no machine 'm9'; there are m1, m2", Error(new() { Measurement = "press", Tags = [("machine", "m9")] }));

        string Error(StoreQuery query) => Assert.Throws<ArgumentException>(() => store.Select(query)).Message;
    }

    [Fact]
    public async Task Keeps_what_is_younger_than_keep_before_the_newest_point()
    {
        await _run.WriteAsync(new StoreSinkOptions { Measurement = "other" }, TwoMachines(1));
        await _run.WriteAsync(new StoreSinkOptions { Keep = TimeSpan.FromMinutes(1) }, TwoMachines(100));

        Assert.Equal(["39 m1", "39 m2"], Table(new() { Measurement = "press" }).Skip(1).Take(2).Select(r => r[..5]));
        Assert.Equal(2, Table(new() { Measurement = "other" }).Count - 1);
    }

    [Fact]
    public async Task Several_pipelines_write_into_one_file_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            using var run = new SinkRun();
            await using var sink = new StoreSinkOptions { Path = Store, Measurement = $"press{number}" }.Build(run.Context());
            await sink.OpenAsync(default);
            for (var second = 0; second < 50; second++)
            {
                await sink.WriteAsync(run.Reading(null, Noon + second * Second, "m1", "temp", (double)second), default);
                await sink.FlushAsync(default);
            }
        })));

        Assert.All(Enumerable.Range(0, 4), number => Assert.Equal(51, Table(new() { Measurement = $"press{number}" }).Count));
    }

    [Fact]
    public async Task Any_of_several_writers_may_make_the_file_while_the_others_look_at_it()
    {
        for (var file = 0; file < 8; file++)
        {
            var path = _run.PathOf($"new{file}.db");
            using var start = new Barrier(4);
            var writers = Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                StoreBooks.Write(path, new($"press{number}", []), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ended");
            }, TaskCreationOptions.LongRunning));
            await Task.WhenAll(writers);
        }
    }

    [Fact]
    public async Task Answers_while_a_pipeline_writes()
    {
        await using var sink = new StoreSinkOptions().Build(_run.Context());
        await sink.OpenAsync(default);
        await sink.WriteAsync(TwoMachines(1), default);
        await sink.FlushAsync(default);
        await sink.WriteAsync(TwoMachines(2), default);

        Assert.Equal((8, 4), (sink.Held, sink.Books.Absorbed));
        Assert.Equal(["time machine count temp", "0 m1 0 0 Good", "0 m2 0 100 Good"], Table(new()));
    }

    [Fact]
    public void Refuses_what_is_no_store_or_a_newer_one()
    {
        var (text, foreign, newer) = (_run.PathOf("text.db"), _run.PathOf("foreign.db"), _run.PathOf("newer.db"));
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("no database at all\n", 100)));
        Run(foreign, "CREATE TABLE mine (a)");
        StoreBooks.Write(newer, new("press", []), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ended");
        Run(newer, "PRAGMA user_version = 7");

        Assert.Equal($"there is no store at {Store}; run a pipeline with a 'store:' sink first", Assert.Throws<FileNotFoundException>(() => StoreReader.Open(Store)).Message);
        Assert.Equal($"{text} is no StreamEdge store; move it away, or name another file", Refusal(text));
        Assert.Equal($"{foreign} is no StreamEdge store; move it away, or name another file", Refusal(foreign));
        Assert.Equal($"{newer} was written by a newer StreamEdge (format 7; this one knows 2); update this one, or name another file", Refusal(newer));
        Assert.Equal($"{_run.PathOf("")} is a folder, not a store; move it away, or name another file", Assert.Throws<InvalidDataException>(() => StoreBooks.Write(_run.PathOf(""), new("press", []), default, default, "")).Message);

        static string Refusal(string path) => Assert.Throws<InvalidDataException>(() => StoreReader.Open(path)).Message;
    }

    [Fact]
    public void Reads_and_goes_on_with_a_store_of_the_first_format()
    {
        StoreBooks.Write(Store, new("press", []), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ended");
        Run(Store, "DROP TABLE left_out; DROP TABLE field; CREATE TABLE field (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (series, name)) STRICT; INSERT INTO field VALUES (7, 1, 'temp', 'number', 'degC'); PRAGMA user_version = 1");

        Assert.Single(StoreBooks.Read(Store));
        StoreBooks.Write(Store, new("press", [new("out", "sink", 1, 0, 0, 1, 0, []) { LeftOut = [("not_finite", "a", 1)] }]), DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch.AddDays(1), "ended");

        Assert.Equal([1, 0], StoreBooks.Read(Store).Select(r => r.Ledger.Accounts.Sum(a => a.LeftOut.Count)));
    }

    [Fact]
    public void Keeps_the_books_of_the_last_100_runs()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var account = new Account("history", "sink", 100, 0, 0, 97, 1, [("rejected", "", 2), ("rejected", "temp", 2)]) { BySignal = [("temp", 60), ("count", 0)], LeftOut = [("not_finite", "temp_std", 3)] };
        for (var run = 0; run < 102; run++) StoreBooks.Write(Store, new("press", [new("collect", "source", run, 0, run, 0, 0, []), account]), start.AddHours(run), start.AddHours(run + 1), "running");
        StoreBooks.Write(Store, new("press", [account]), start.AddHours(101), start.AddHours(103), "ended");
        StoreBooks.Write(Store, new("valve", []), start, start, "failed");

        var runs = StoreBooks.Read(Store, "press");

        Assert.Equal(100, runs.Count);
        Assert.Equal((start.AddHours(101), start.AddHours(103), "ended"), (runs[0].Started, runs[0].Ended, runs[0].State));
        var read = Assert.Single(runs[0].Ledger.Accounts);
        Assert.Equivalent(account, read, strict: true);
        Assert.True(runs[0].Ledger.Balanced);
        Assert.Equal(["collect", "history"], runs[99].Ledger.Accounts.Select(a => a.Name));
        Assert.Equal(["press", "valve"], StoreBooks.Read(Store).Select(r => r.Ledger.Pipeline).Distinct());
    }

    [Fact]
    public void Every_fault_is_told_at_check_time()
    {
        new StoreSinkOptions { Path = "", Measurement = "" }.Build(_run.Context());

        Assert.Equal(["'' names no file; write a name such as press.db, or nothing", "the measurement has no name; write a name, or leave the option out to use the pipeline's"], _run.Faults.Order(StringComparer.Ordinal));
    }

    /// <summary>A second apart, m1 counts up from 0, m2 from 100 by tens.</summary>
    Batch TwoMachines(int seconds)
    {
        Batch? batch = null;
        for (var second = 0; second < seconds; second++)
        {
            batch = _run.Reading(batch, Noon + second * Second, "m1", "temp", (double)second);
            _run.Reading(batch, Noon + second * Second, "m1", "count", second);
            _run.Reading(batch, Noon + second * Second, "m2", "temp", 100.0 + second);
            _run.Reading(batch, Noon + second * Second, "m2", "count", 10 * second);
        }

        return batch!;
    }

    /// <summary>The answer as lines; times in seconds after noon.</summary>
    List<string> Table(StoreQuery query)
    {
        using var store = StoreReader.Open(Store);
        var answer = store.Select(query);
        return
        [
            string.Join(' ', ["time", .. answer.Tags, .. answer.Fields.Select(f => f.Name)]),
            .. answer.Rows.Select(r => string.Join(' ', [$"{(r.Time - Noon) / Second}", .. r.Tags, .. r.Values.Select(v => v ?? "-"), r.Quality])),
        ];
    }

    static void Run(string path, string sql)
    {
        using var store = new SqliteConnection($"Data Source={path};Pooling=False");
        store.Open();
        using var command = store.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
