namespace StreamEdge;

/// <summary>Reads recorded readings from files: CSV or JSON lines, plain or gzip.</summary>
/// <example>
/// - collect: { file: readings.csv, tags: { machine: device }, units: { temp: degF } }
/// - normalize: { units: declared }
/// </example>
public sealed record FileSourceOptions : SourceOptions
{
    /// <summary>The file, or a list; relative to the pipeline's file. <c>*</c> and <c>?</c> stand for parts of a name, <c>**</c> for any folders. The files of a pattern are read in the order of their names.</summary>
    [Short]
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>How the files are written: <c>csv</c>, <c>json_lines</c>, or <c>auto</c> to tell by the first letter. gzip is recognized by itself. Default: auto.</summary>
    public FileFormat Format { get; init; } = FileFormat.Auto;

    /// <summary>What parts the fields of CSV: one character, <c>tab</c>, <c>blank</c> (any number of blanks or tabs), or <c>auto</c> to tell by the first line. Default: auto.</summary>
    public string? Delimiter { get; init; }

    /// <summary>What parts decimals in CSV: <c>point</c> (80.5), or <c>comma</c> (80,5) as many European programs write. Default: point.</summary>
    public DecimalMark? Decimal { get; init; }

    /// <summary>Whether the first line of CSV names the columns. Without it, columns, tags and time.field name them by position: 1, 2, … Default: true.</summary>
    public bool? Header { get; init; }

    /// <summary><c>wide</c>: a column for each signal. <c>long</c>: a column names the signal, another holds its value. Default: wide.</summary>
    public FileShape Shape { get; init; } = FileShape.Wide;

    /// <summary>In long form, the column that names the signal. Default: signal.</summary>
    public string? Signal { get; init; }

    /// <summary>In long form, the column that holds the value. Default: value.</summary>
    public string? Value { get; init; }

    /// <summary>Signals whose column (in long form: whose name in the file) is called otherwise than they are: <c>{ temp: Temperature }</c>.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>The tags of the readings, each with its column, or <c>{file}</c> for the file's name without endings, or <c>{folder}</c> for the name of its folder.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Signals that the file has in another unit than declared: <c>{ temp: degF }</c>.</summary>
    public IReadOnlyDictionary<string, Unit> Units { get; init; } = new Dictionary<string, Unit>();

    /// <summary>Texts and numbers that stand for a missing value, such as <c>[-200, n/a]</c>. An empty field always does.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>For files without times: the time from one row to the next. The first row of every file is at <c>start</c>.</summary>
    [Between("1us", "365d")]
    public TimeSpan? Every { get; init; }

    /// <summary>With <c>every</c>: the time of the first row. Default: 1970-01-01T00:00:00Z.</summary>
    public Instant? Start { get; init; }

    /// <summary>How fast the recorded time passes: <c>max</c>, or a multiple of real time such as <c>1x</c> or <c>60x</c>. Default: max.</summary>
    public Speed Speed { get; init; } = Speed.Max;

    /// <summary>The column that says how far a value can be trusted: good, uncertain or bad; any other word counts as uncertain.</summary>
    public string? Quality { get; init; }

    /// <summary>Whether the files, which are then JSON lines, hold control rows between their readings: <c>{"watermark": T}</c> says that everything before T has been given, <c>{"idle": "NAME"}</c> that a logical source holds the shared clock back no longer until its next row, <c>{"end": "none"}</c> that the input ends, but open windows stay open. It needs <c>time: { clock: shared }</c> or <c>given</c>. Default: false.</summary>
    public bool Control { get; init; }

    /// <summary>The logical sources whose rows the files hold, for a clock that several share: <c>{ field: src, names: [x, y] }</c>. Default: the files are one source.</summary>
    public FileSourcesOptions? Sources { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TagNames => [.. Tags.Keys];

    /// <inheritdoc/>
    protected override int LogicalSources => Math.Max(1, Sources?.Names?.Count ?? 1);

    /// <inheritdoc/>
    protected override bool GivesWatermarks => Control;

    /// <summary>How many parts in a shared clock the files have.</summary>
    internal int Parts => LogicalSources;

    internal bool HasHeader => Header ?? true;

    internal byte? DelimiterByte => Delimiter switch
    {
        null or "auto" => null,
        "tab" or "\t" => (byte)'\t',
        "blank" or " " => CsvRecord.Blanks,
        _ => (byte)Delimiter[0],
    };

    /// <inheritdoc/>
    public override Source Build(BuildContext context)
    {
        if (!FileCheck.Check(this, context, out var files, out var format)) return default(Refusal);
        var readings = context.Pipeline.Readings;
        var output = Units.Count == 0 ? readings : readings.With([.. readings.Signals.Select(s => Units.TryGetValue(s.Name, out var unit) ? s.In(unit) : s)]);
        return new FileSource(this, files, FileLayout.Of(this, context.Pipeline), format, output, context.Clock);
    }

    /// <summary>The columns of the time: one, or two joined by a plus, as in <c>Date + Time</c>.</summary>
    internal static IReadOnlyList<string> TimeColumns(TimeOptions time) =>
        time.Field.Split(" + ") is [var date, var clock] ? [date.Trim(), clock.Trim()] : [time.Field];
}

sealed class FileSource : Source
{
    // So that a file of nothing but broken lines does not keep a barrier waiting.
    const long MostAtOnce = 4 * 1024 * 1024;

    readonly FileSourceOptions _options;
    readonly IReadOnlyList<string> _files;
    readonly FileLayout _layout;
    readonly FileReadings _readings;
    readonly FileControls? _controls;
    readonly Pace _pace;
    readonly Func<Batch, Filled> _fill;
    readonly long _start, _every;
    OpenFile? _open;
    int _next; // the file that is open, or the next one to open
    long _offset, _line = 1, _row; // where to go on in it
    bool _held, _told; // the input has ended without its data, and that was said
    Remark _remark;
    bool _split; // the record at hand has been taken apart, and waits for its time
    long _read, _size; // bytes of the files read to their end, and of all
    long _reached; // bytes of all files read so far: what another thread is told, which must not look into a file that may be closed

    public FileSource(FileSourceOptions options, IReadOnlyList<string> files, FileLayout layout, TimeFormat format, Schema output, Clock clock) : base(output)
    {
        (_options, _files, _layout) = (options, files, layout);
        _readings = new(layout, format, output, Books);
        _controls = options.Control ? new(layout, format, _readings.Refusals, Books) : null;
        _pace = new(options.Speed, clock);
        _fill = Fill;
        _start = options.Start?.UnixNanoseconds ?? 0;
        _every = options.Every is { } every ? Nanoseconds.Of(every) : 0;
    }

    /// <inheritdoc/>
    public override Remark Remark => _remark;

    /// <inheritdoc/>
    public override double Progress => _size == 0 ? 1 : Math.Min(1, (double)Volatile.Read(ref _reached) / _size);

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        foreach (var file in _files) _size += new FileInfo(file).Length;
        foreach (var file in _files.Take(_next)) _read += new FileInfo(file).Length;
        _reached = _read;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel) => _pace.ReadAsync(batch, _fill, cancel);

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        var ended = _next == _files.Count;
        state.Write(ended).Write(ended ? "" : _files[_next]).Write(_open?.Records.Offset ?? _offset).Write(_open?.Records.Line ?? _line).Write(_row).Write(_held);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        var ended = state.Bool();
        var file = state.Text();
        (_offset, _line, _row, _held) = (state.Long(), state.Long(), state.Long(), state.Bool());
        _next = ended ? _files.Count : _files.ToList().IndexOf(file);
        if (_next < 0) throw new FileNotFoundException($"{file}, where reading stopped, is not among the source's files any more", file);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _open?.Dispose();
        return base.DisposeAsync();
    }

    Filled Fill(Batch batch)
    {
        _remark = default;
        if (_held && !_told)
        {
            (_remark, _told) = (new(RemarkKind.Hold), true); // once more, behind a saved position
            return Filled.More;
        }

        var began = 0L;
        while (_open is not null || OpenNext())
        {
            var open = _open!;
            if (began == 0) began = open.Records.Offset;
            try
            {
                var filled = Read(open, batch, began + MostAtOnce);
                Volatile.Write(ref _reached, _read + open.Position);
                if (filled is { } some) return some;
            }
            catch (InvalidDataException error)
            {
                throw open.Damaged(error);
            }

            Close();
            began = 0;
        }

        return Filled.Ended;
    }

    /// <summary>Reads one file; null where it ends.</summary>
    Filled? Read(OpenFile open, Batch batch, long until)
    {
        var (records, row) = (open.Records, open.Row);
        if (row is null) return null;
        while (true)
        {
            var framed = records.Peek(out var record);
            if (framed == Framed.End) return null;
            if (batch.Count + _layout.Most > Output.MaxRows || records.Offset > until) return Filled.More;
            if (framed == Framed.Record)
            {
                if (record.IsEmpty || record[0] <= ' ' && record.Trim(" \t"u8).IsEmpty)
                {
                    records.Skip();
                    continue;
                }

                if (Take(row, record, batch) is { } waits) return waits;
            }
            else _readings.Refuse(row, record, framed);

            records.Skip();
            _row++;
            if (_remark.Kind != RemarkKind.None) return Filled.More;
        }
    }

    /// <summary>Gives a record's readings, counts them, or takes what it says; where it has to wait, for its time or another batch, which of the two.</summary>
    Filled? Take(Row row, ReadOnlySpan<byte> record, Batch batch)
    {
        if (_held || !_split && !row.Split(record))
        {
            if (_held) _readings.RefuseBehindEnd(record);
            else _readings.Refuse(row, record, Framed.Record);
            return null;
        }

        if (_controls is not null && _controls.Is(row, record))
        {
            _remark = _controls.Read(row, record);
            _held = _told = _remark.Kind == RemarkKind.Hold;
            return null;
        }

        var read = _every > 0 ? RowTime(out var time) : _readings.ReadTime(row, record, out time);
        var source = _readings.SourceOf(row, record);
        if (read == TimeReading.Good && source >= 0)
        {
            var other = batch.Count > 0 && batch.Source != source;
            _split = other || !_pace.IsDue(time);
            if (_split) return other ? Filled.More : Filled.NotDue;
            batch.Source = source;
            _readings.Give(row, record, time, batch);
        }
        else if (read == TimeReading.Good) _readings.RefuseSource(row, record);
        else _readings.RefuseTime(row, record, read);
        _split = false;
        return null;
    }

    TimeReading RowTime(out long time)
    {
        var exact = _start + (Int128)_row * _every;
        time = exact <= Nanoseconds.Max ? (long)exact : 0;
        return exact <= Nanoseconds.Max ? TimeReading.Good : TimeReading.OutOfRange;
    }

    bool OpenNext()
    {
        if (_next == _files.Count) return false;
        _open = OpenFile.Open(_files[_next], _options, _layout.Wanted, _offset, _line);
        FileCheck.Complete(_open, _layout);
        _readings.Begin(_open);
        if (_every > 0) _pace.Restart();
        return true;
    }

    void Close()
    {
        _read += _open!.Position;
        if (_row == 0) Books.Notice($"found {(_open.Row is CsvRow ? "nothing below the header of" : "nothing in")} {Path.GetFileName(_open.Path)}");
        _open.Dispose();
        (_open, _offset, _line, _row) = (null, 0, 1, 0);
        _next++;
    }
}
