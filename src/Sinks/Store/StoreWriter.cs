using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamEdge;

/// <summary>
/// Gathers values and writes them in transactions, sorted by field and time: neighbours in the file are written
/// together, which is several times faster than the order in which they come.
/// </summary>
sealed class StoreWriter : IDisposable
{
    /// <summary>Most values of one transaction; a bound on memory (1 MB), and on how long another sink of the file waits.</summary>
    const int MostValues = 32_768;

    readonly SqliteConnection _store;
    readonly string _measurement;
    readonly List<Layout> _layouts = [];
    readonly List<Field> _fields = [];
    readonly Value[] _values = new Value[MostValues];
    readonly sqlite3_stmt _put, _remove;
    int _count;

    public StoreWriter(string path, string measurement)
    {
        _measurement = measurement;
        _store = StoreFile.OpenForWriting(path);
        _put = Prepare("INSERT OR REPLACE INTO point (field, time, value, quality) VALUES (?1, ?2, ?3, ?4)");
        _remove = Prepare("DELETE FROM point WHERE field = ?1 AND time = ?2");
    }

    /// <summary>Rows and readings that wait for <see cref="Commit"/>.</summary>
    public int Waiting { get; private set; }

    /// <summary>The newest time that was given.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Whether a row so wide may not fit any more, so that <see cref="Commit"/> comes first.</summary>
    public bool IsFull(int columns) => _count + columns > MostValues;

    /// <summary>Takes a reading. False where its value is missing.</summary>
    public bool AddReading(Batch batch, int row)
    {
        var (schema, key, time) = (batch.Schema, batch.Key[row], batch.Time[row]);
        var signal = schema.Keys.SignalOf[key];
        var kind = schema.Signals[signal].Kind;
        var slot = batch.Value[row];
        if (Slot.IsMissing(slot, kind)) return false;
        var layout = LayoutOf(schema);
        var field = layout.FieldOf(key);
        if (field < 0) field = NewField(layout, key, schema.Keys.DeviceOf[key], schema.Signals[signal].Name, kind, schema.Signals[signal].Unit);
        Add(field, time, slot, kind, batch.HasQuality ? batch.Quality[row] : Quality.Good);
        Taken(time);
        return true;
    }

    /// <summary>Takes a row. False where all its values are missing and nothing was there to be replaced.</summary>
    public bool AddRow(Batch batch, int row)
    {
        var (schema, key, time) = (batch.Schema, batch.Key[row], batch.Time[row]);
        var (layout, columns) = (LayoutOf(schema), schema.Columns);
        var again = schema.HasWindow && batch.Revision[row] > 0;
        var withdrawn = schema.HasWindow && batch.Pane[row] == Pane.Withdrawn;
        var quality = batch.HasQuality ? batch.Quality[row] : Quality.Good;
        var before = _count;
        for (var column = 0; column < columns.Count; column++)
        {
            var (slot, kind) = (batch.Column(column)[row], columns[column].Kind);
            var missing = withdrawn || Slot.IsMissing(slot, kind);
            if (missing && !again) continue;
            var at = key * columns.Count + column;
            var field = layout.FieldOf(at);
            if (field < 0) field = NewField(layout, at, key, columns[column].Name, kind, columns[column].Unit);
            Add(field, time, slot, missing ? null : kind, quality);
        }

        if (_count == before) return false;
        Taken(time);
        return true;
    }

    /// <summary>Brings all that waits to the disk; all of it or, with an exception, nothing.</summary>
    public void Commit(CodeTable codes)
    {
        if (_count == 0) return;
        var values = _values.AsSpan(0, _count);
        for (var at = 0; at < values.Length; at++) values[at].Order = at; // of two values for one time, the later one stays
        values.Sort(static (a, b) => a.Field != b.Field ? a.Field.CompareTo(b.Field) : a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Order.CompareTo(b.Order));
        using var transaction = _store.BeginTransaction(deferred: false);
        foreach (ref readonly var value in values) Put(value, _fields[value.Field], codes);
        transaction.Commit();
        (_count, Waiting) = (0, 0);
    }

    /// <summary>Removes this measurement's points before a time.</summary>
    public void RemoveBefore(long time) => SqliteFile.Run(_store,
        "DELETE FROM point WHERE time < $time AND field IN (SELECT field.id FROM field JOIN series ON series.id = field.series WHERE measurement = $measurement)",
        ("$time", time), ("$measurement", _measurement));

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _store.Dispose();
    }

    void Taken(long time)
    {
        Newest = Math.Max(Newest, time);
        Waiting++;
    }

    void Add(int field, long time, double slot, Kind? kind, Quality quality) =>
        _values[_count++] = new Value { Field = field, Time = time, Slot = slot, Kind = kind, Quality = quality };

    void Put(in Value value, Field field, CodeTable codes)
    {
        if (field.Id == 0) Find(field);
        var statement = value.Kind is null ? _remove : _put;
        raw.sqlite3_bind_int64(statement, 1, field.Id);
        raw.sqlite3_bind_int64(statement, 2, value.Time);
        switch (value.Kind)
        {
            case null:
                break;
            case Kind.Number:
                raw.sqlite3_bind_double(statement, 3, value.Slot);
                break;
            case Kind.Text:
                raw.sqlite3_bind_text(statement, 3, codes.Text(Slot.Bits(value.Slot)));
                break;
            default:
                raw.sqlite3_bind_int64(statement, 3, Slot.Bits(value.Slot));
                break;
        }

        if (value.Kind is not null && value.Quality == Quality.Good) raw.sqlite3_bind_null(statement, 4);
        else if (value.Kind is not null) raw.sqlite3_bind_int(statement, 4, (int)value.Quality);
        if (raw.sqlite3_step(statement) != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(raw.sqlite3_reset(statement), _store.Handle);
        raw.sqlite3_reset(statement);
    }

    int NewField(Layout layout, int at, int device, string name, Kind kind, Unit? unit)
    {
        var keys = layout.Schema.Keys;
        _fields.Add(new(StoreTags.Text(keys.TagNames, keys.Tags(device)), name, OptionsShape.Snake(kind.ToString()), unit?.Symbol ?? ""));
        return layout.Remember(at, _fields.Count - 1);
    }

    /// <summary>Finds the field in the file, or makes it: in the transaction of its first value.</summary>
    void Find(Field field)
    {
        var series = SqliteFile.Number(_store, "INSERT INTO series (measurement, tags) VALUES ($measurement, $tags) ON CONFLICT DO UPDATE SET tags = tags RETURNING id",
            ("$measurement", _measurement), ("$tags", field.Tags));
        field.Id = SqliteFile.Number(_store, "INSERT INTO field (series, name, kind, unit) VALUES ($series, $name, $kind, $unit) ON CONFLICT DO UPDATE SET kind = excluded.kind RETURNING id",
            ("$series", series), ("$name", field.Name), ("$kind", field.Kind), ("$unit", field.Unit));
    }

    Layout LayoutOf(Schema schema)
    {
        foreach (var known in _layouts)
            if (known.Schema == schema) return known;
        var layout = new Layout(schema);
        _layouts.Add(layout);
        return layout;
    }

    sqlite3_stmt Prepare(string sql)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_store.Handle, sql, out var statement), _store.Handle);
        return statement;
    }

    /// <summary>A value on its way to the file; one without a kind removes what is there.</summary>
    struct Value
    {
        public int Field, Order;
        public long Time;
        public double Slot;
        public Kind? Kind;
        public Quality Quality;
    }

    sealed record Field(string Tags, string Name, string Kind, string Unit)
    {
        /// <summary>Its number in the file; 0 while that is not known.</summary>
        public long Id { get; set; }
    }

    /// <summary>The fields of one schema, by key (readings) or by key and column (rows).</summary>
    sealed class Layout(Schema schema)
    {
        int[] _fields = [];

        public Schema Schema { get; } = schema;

        public int FieldOf(int at) => (uint)at < (uint)_fields.Length ? _fields[at] - 1 : -1;

        public int Remember(int at, int field)
        {
            if (at >= _fields.Length) Array.Resize(ref _fields, Math.Max(2 * _fields.Length, at + 64));
            _fields[at] = field + 1;
            return field;
        }
    }
}
