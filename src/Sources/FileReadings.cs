using System.Text;

namespace StreamEdge;

/// <summary>Makes readings of the records of files, and counts what it cannot use.</summary>
sealed class FileReadings
{
    const int MostUndeclared = 10; // names that are told

    readonly FileLayout _layout;
    readonly Schema _schema;
    readonly FileDevices _devices;
    readonly TimeFormat _format;
    readonly KeyCache _keys;
    readonly CodeCache _codes;
    readonly Interner _undeclaredNames = new(MostUndeclared);
    readonly Tally _malformed, _tooLong, _notANumber, _badTime, _outOfTimeRange, _undeclared, _tooManyKeys, _tooManyTexts, _unknownSource, _afterEnd;
    readonly Kind[] _kinds;
    readonly bool _takesNumbers; // the time is one column, and its format has no pattern
    byte[] _time = new byte[64];

    public FileReadings(FileLayout layout, TimeFormat format, Schema schema, Books books)
    {
        (_layout, _format, _schema) = (layout, format, schema);
        _devices = new(layout, schema.Keys);
        (_keys, _codes) = (new(schema), new(schema.Codes));
        _takesNumbers = layout.Time.Length == 1 && format.TakesNumbers;
        _kinds = [.. schema.Signals.Select(s => s.Kind)];
        Refusals = new(books);
        _malformed = books.Reason("malformed");
        _notANumber = books.Reason("not_a_number");
        _badTime = books.Reason("bad_time");
        _outOfTimeRange = books.Reason("out_of_time_range");
        _undeclared = books.Reason("undeclared");
        _tooManyKeys = books.Reason("too_many_keys");
        _tooManyTexts = books.Reason("too_many_texts");
        _unknownSource = books.Reason("unknown_source");
        _afterEnd = books.Reason("after_end");
        _tooLong = books.Reason("too_long");
    }

    /// <summary>What could not be used, as far as it is told.</summary>
    public FileRefusals Refusals { get; }

    /// <summary>Takes the tags that a file's path gives.</summary>
    public void Begin(OpenFile file)
    {
        _devices.Begin(file.Path);
        Refusals.Begin(file);
    }

    /// <summary>Counts a record that cannot be taken apart. One of CSV takes a reading of every signal along; how many one of JSON had is not known, so it counts as one.</summary>
    public void Refuse(Row row, ReadOnlySpan<byte> record, Framed framed)
    {
        var tally = framed == Framed.TooLong ? _tooLong : _malformed;
        if (Refusals.WantsRecord(tally.Reason))
            Refusals.Record(tally.Reason, framed switch
            {
                Framed.TooLong => $"it has more than {RecordReader.LongestRecord:N0} bytes",
                Framed.Unclosed => "a quote of it is never closed",
                _ => row.WhyMalformed(record),
            }, record);

        var before = tally.Total;
        foreach (var (signal, wanted) in _layout.Signals)
            if (row.Has(wanted)) tally.AddOf(signal);
        if (tally.Total == before) tally.Add();
    }

    /// <summary>Reads a record's time from its columns.</summary>
    public TimeReading ReadTime(Row row, ReadOnlySpan<byte> record, out long time)
    {
        if (_takesNumbers && row.TryWhole(_layout.Time[0], out var number)) return _format.Read(number, out time);
        time = 0;
        if (row.Read(record, _layout.Time[0], out var text) != Cell.Text) return TimeReading.Bad;
        if (_layout.Time.Length == 1) return _format.Read(text, out time);

        if (row.Read(record, _layout.Time[1], out var second) != Cell.Text) return TimeReading.Bad;
        if (text.Length + 1 + second.Length > _time.Length) return TimeReading.Bad; // no instant is that long
        text.CopyTo(_time);
        _time[text.Length] = (byte)' ';
        second.CopyTo(_time.AsSpan(text.Length + 1));
        return _format.Read(_time.AsSpan(0, text.Length + 1 + second.Length), out time);
    }

    /// <summary>Counts the readings of a record whose time cannot be used.</summary>
    public void RefuseTime(Row row, ReadOnlySpan<byte> record, TimeReading why)
    {
        var tally = why == TimeReading.OutOfRange ? _outOfTimeRange : _badTime;
        if (Refusals.WantsRecord(tally.Reason))
        {
            var text = TimeText(row, record);
            var columns = string.Join(" + ", _layout.Time.Select(wanted => _layout.Wanted[wanted]));
            Refusals.Record(tally.Reason, _layout.Time.Length == 0 ? "its time is after 2262" : $"its time is {(text.Length == 0 ? "missing" : Visible.Quote(text))} in column {Visible.Quote(columns)}", record, text);
        }

        RefuseAll(tally, row, record);
    }

    void RefuseAll(Tally tally, Row row, ReadOnlySpan<byte> record)
    {
        if (_layout.Long.Value >= 0) tally.AddOf(SignalOf(row, record));
        foreach (var (signal, wanted) in _layout.Signals)
            if (row.Read(record, wanted, out _) != Cell.Missing) tally.AddOf(signal);
    }

    /// <summary>The logical source of a record, from 0; -1 for one that is not named.</summary>
    public int SourceOf(Row row, ReadOnlySpan<byte> record) =>
        _layout.Source < 0 ? 0 : row.Read(record, _layout.Source, out var name) == Cell.Text ? _layout.SourceNames.Find(name) : -1;

    /// <summary>Counts the readings of a record whose logical source is not named.</summary>
    public void RefuseSource(Row row, ReadOnlySpan<byte> record)
    {
        if (Refusals.WantsRecord(_unknownSource.Reason))
        {
            var known = row.Read(record, _layout.Source, out var name) == Cell.Text;
            Refusals.Record(_unknownSource.Reason, known ? $"'sources' does not name {FileRefusals.Shown(name)}" : "it does not say its source", record);
        }

        RefuseAll(_unknownSource, row, record);
    }

    /// <summary>Counts a record behind the row that ended the input.</summary>
    public void RefuseBehindEnd(ReadOnlySpan<byte> record)
    {
        _afterEnd.Add();
        if (Refusals.WantsRecord(_afterEnd.Reason)) Refusals.Record(_afterEnd.Reason, "it stands behind the end", record);
    }

    /// <summary>The text of a record's time; of two columns with a blank between.</summary>
    string TimeText(Row row, ReadOnlySpan<byte> record)
    {
        var texts = new List<string>();
        foreach (var wanted in _layout.Time)
            if (row.Read(record, wanted, out var text) == Cell.Text) texts.Add(Encoding.UTF8.GetString(text[..Math.Min(text.Length, _time.Length)]));
        return string.Join(' ', texts);
    }

    /// <summary>Adds a record's readings to the batch, which has room for them.</summary>
    public void Give(Row row, ReadOnlySpan<byte> record, long time, Batch batch)
    {
        var device = _devices.Of(row, record);
        var quality = _layout.Quality < 0 ? Quality.Good : QualityOf(row, record);
        if (_layout.Long.Value >= 0)
        {
            var signal = SignalOf(row, record);
            if (signal >= 0) Give(row, record, time, batch, device, quality, signal, _layout.Long.Value);
            else RefuseUndeclared(row, record);
            return;
        }

        foreach (var (signal, wanted) in _layout.Signals) Give(row, record, time, batch, device, quality, signal, wanted);
        if (row.Others > 0) _undeclared.Add(row.Others);
    }

    void Give(Row row, ReadOnlySpan<byte> record, long time, Batch batch, int device, Quality quality, int signal, int wanted)
    {
        var slot = 0.0;
        var cell = _kinds[signal] == Kind.Number ? row.ReadNumber(record, wanted, out slot) : Cell.Unusable;
        if (cell == Cell.Missing || cell == Cell.Text && IsMissing(slot)) return;
        if (cell == Cell.Unusable)
        {
            if (TrySlot(row, record, signal, wanted, out slot) is { } refused)
            {
                refused.AddOf(signal);
                row.Read(record, wanted, out var text);
                Refusals.Value(refused.Reason, signal, _layout.Wanted[wanted], text);
                return;
            }

            if (Slot.IsMissing(slot, _kinds[signal])) return;
        }

        var key = _keys.Of(device, signal);
        if (key < 0)
        {
            (device == -2 ? _malformed : _tooManyKeys).AddOf(signal);
            return;
        }

        var at = batch.Append(time, key, slot);
        if (quality != Quality.Good) batch.Quality[at] = quality;
    }

    void RefuseUndeclared(Row row, ReadOnlySpan<byte> record)
    {
        _undeclared.Add();
        if (row.Read(record, _layout.Long.Name, out var name) == Cell.Text && _undeclaredNames.Find(name) < 0 && _undeclaredNames.Add(name) >= 0)
            Refusals.Undeclared(name);
    }

    /// <summary>Reads a value of a signal; a missing one where the file says so, and the count of its reason where it cannot be used.</summary>
    Tally? TrySlot(Row row, ReadOnlySpan<byte> record, int signal, int wanted, out double slot)
    {
        var kind = _kinds[signal];
        slot = Slot.MissingOf(kind);
        var cell = row.Read(record, wanted, out var text);
        if (cell == Cell.Missing) return null;
        if (cell == Cell.Unusable) return _malformed;
        foreach (var missing in _layout.MissingTexts)
            if (text.SequenceEqual(missing)) return null;
        switch (kind)
        {
            case Kind.Number:
                return _notANumber;
            case Kind.Integer:
                if (!Utf8Number.TryRead(row.WithPoint(text), out long whole)) return _notANumber;
                if (!IsMissing(whole)) slot = Slot.Of(whole);
                return null;
            case Kind.Bool:
                if (!Utf8Truth.TryRead(row.WithPoint(text), out var yes)) return _malformed;
                slot = Slot.Of(yes ? 1 : 0);
                return null;
            default:
                return _codes.TryRead(text, out slot) switch { CodeReading.Good => null, CodeReading.TooMany => _tooManyTexts, _ => _malformed };
        }
    }

    bool IsMissing(double number)
    {
        foreach (var missing in _layout.MissingNumbers)
            if (number == missing) return true;
        return false;
    }

    /// <summary>The signal that a record of long form names; -1 where it is not declared.</summary>
    int SignalOf(Row row, ReadOnlySpan<byte> record) =>
        row.Read(record, _layout.Long.Name, out var name) == Cell.Text && _layout.Names.Find(name) is >= 0 and var number ? _layout.SignalOf[number] : -1;

    Quality QualityOf(Row row, ReadOnlySpan<byte> record) => row.Read(record, _layout.Quality, out var text) == Cell.Missing ? Quality.Good : QualityWord.Of(text);
}
