using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Batches as InfluxDB's line protocol. Readings of one device at one time that follow each other become one point with a
/// field per signal; a row becomes a point with a field per column, a window's row at the window's start. Tags are the
/// key's, sorted by name, empty ones left out.
/// <para>
/// Left out of a point: missing values, infinite ones (<c>not_finite</c>) and texts above 64 KiB (<c>text_too_long</c>).
/// A reading is then dropped for that reason; a row is written with its other fields, and the value counted as left out,
/// or dropped as <c>no_fields</c> where it has none. A time that InfluxDB does not know is dropped as <c>time_out_of_range</c>.
/// </para>
/// <para>
/// The field <c>quality</c>, the worst in the point, is written where it is not good. A window's row that was written
/// before has <c>revision</c>, and its <c>quality</c> in any case, so that it replaces the former one; its end and pane
/// are not written, since the measurement's window and the revision tell them.
/// </para>
/// </summary>
public sealed class LineProtocolWriter : IBatchWriter
{
    const int LongestText = 64 * 1024;

    readonly string _measurement;
    readonly Books _books;
    readonly int _fullAt, _maxPoints;
    readonly Tally _missing, _notFinite, _tooLong, _noFields, _badTime;
    readonly ByteBuffer _text = new();
    readonly List<Layout> _layouts = [];
    readonly List<Point> _points = [];
    readonly List<int> _signals = [];

    // The unfinished point: readings of the same device and time are still added to it.
    Layout? _open;
    int _device, _fields, _point, _whole;
    long _time;
    Quality _worst;

    /// <summary>Makes a writer.</summary>
    /// <param name="measurement">The measurement of every point; checked with <see cref="Check"/>.</param>
    /// <param name="books">Where dropped rows are counted.</param>
    /// <param name="fullAt">Bytes after which the lines should be taken away.</param>
    /// <param name="maxPoints">Points after which the lines should be taken away.</param>
    public LineProtocolWriter(string measurement, Books books, int fullAt = 64 * 1024, int maxPoints = int.MaxValue)
    {
        (_measurement, _books, _fullAt, _maxPoints) = (measurement, books, fullAt, maxPoints);
        (_missing, _notFinite, _tooLong) = (books.Reason("missing"), books.Reason("not_finite"), books.Reason("text_too_long"));
        (_noFields, _badTime) = (books.Reason("no_fields"), books.Reason("time_out_of_range"));
    }

    /// <summary>A point that is written.</summary>
    /// <param name="End">Where its line ends in <see cref="Lines"/>.</param>
    /// <param name="Rows">How many rows and readings the points up to and with it hold.</param>
    public readonly record struct Point(int End, int Rows);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Lines => _text.Memory[.._whole];

    /// <summary>The points of <see cref="Lines"/>, in order.</summary>
    public ReadOnlySpan<Point> Points => CollectionsMarshal.AsSpan(_points);

    /// <summary>The signal of every row and reading in <see cref="Points"/>, in order; -1 for rows.</summary>
    public ReadOnlySpan<int> Signals => CollectionsMarshal.AsSpan(_signals);

    /// <inheritdoc/>
    public bool IsFull => _whole >= _fullAt || _points.Count >= _maxPoints;

    /// <inheritdoc/>
    public long Written { get; private set; }

    /// <summary>Reports names that InfluxDB refuses or mixes up; true where there are none.</summary>
    /// <param name="context">The sink's context.</param>
    /// <param name="option">The option that says the measurement.</param>
    /// <param name="measurement">The measurement.</param>
    public static bool Check(BuildContext context, string option, string measurement)
    {
        var sound = true;
        if (LineProtocolText.CheckMeasurement(measurement) is { } wrong) Fault(option, wrong.What, wrong.Remedy);
        foreach (var schema in context.Inputs)
        {
            var fields = schema.IsRows ? schema.Columns.Select(c => c.Name) : schema.Signals.Select(s => s.Name);
            foreach (var name in fields.Concat(schema.Keys.TagNames).Where(n => n == "time").Distinct())
                Fault("", $"InfluxDB keeps the name '{name}' for itself and refuses it as a tag or field", "give the tag, signal or column another name");
            string[] own = schema.HasWindow ? ["quality", "revision", "withdrawn"] : ["quality"];
            sound &= OutputNames.AreDistinct(context, "", "line protocol", fields.Concat(own)) & OutputNames.AreDistinct(context, "", "line protocol", schema.Keys.TagNames);
            if (schema.Keys.TagNames.Any(t => t.Length == 0)) Fault("", "a tag has no name", "give it one");
        }

        return sound;

        void Fault(string at, string what, string? remedy)
        {
            context.Fault(at, what, remedy);
            sound = false;
        }
    }

    /// <inheritdoc/>
    public int Write(Batch batch, int from = 0)
    {
        if (_open?.Schema != batch.Schema) Close();
        var layout = _open ?? LayoutOf(batch.Schema);
        return batch.Schema.IsRows ? WriteRows(batch, from, layout) : WriteReadings(batch, from, layout);
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (_open is null) return;
        EndPoint(_time, _worst != Quality.Good, _worst);
        _open = null;
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _text.RemoveFirst(_whole);
        _whole = 0;
        var rows = _points.Count == 0 ? 0 : _points[^1].Rows;
        _signals.RemoveRange(0, rows);
        _points.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    int WriteReadings(Batch batch, int from, Layout layout)
    {
        ReadOnlySpan<long> time = batch.Time;
        ReadOnlySpan<int> key = batch.Key;
        ReadOnlySpan<double> value = batch.Value;
        ReadOnlySpan<Quality> quality = batch.HasQuality ? batch.Quality : [];
        var (signalOf, deviceOf) = (batch.Schema.Keys.SignalOf, batch.Schema.Keys.DeviceOf);
        var row = from;
        for (; row < time.Length && !IsFull; row++)
        {
            var signal = signalOf[key[row]];
            if (Refused(value[row], layout.Kinds[signal], batch.Schema.Codes, time[row]) is { } reason)
            {
                reason.AddOf(signal);
                continue;
            }

            var device = deviceOf[key[row]];
            // A second value of one signal at one time is a point of its own: a field may not stand twice in a line.
            if (_open is null || device != _device || time[row] != _time || layout.InPoint[signal] == _point)
            {
                Close();
                _text.Write(layout.Devices[device]);
                (_open, _device, _time, _fields, _worst) = (layout, device, time[row], 0, Quality.Good);
                _point++;
            }

            layout.InPoint[signal] = _point;
            WriteField(layout.Names[signal], value[row], layout.Kinds[signal], batch.Schema.Codes);
            if (!quality.IsEmpty && quality[row] > _worst) _worst = quality[row];
            _signals.Add(signal);
            Written++;
        }

        return row;
    }

    int WriteRows(Batch batch, int from, Layout layout)
    {
        var (codes, kinds) = (batch.Schema.Codes, layout.Kinds);
        var row = from;
        for (; row < batch.Count && !IsFull; row++)
        {
            _text.Write(layout.Devices[batch.Key[row]]);
            _fields = 0;
            var whole = true;
            for (var column = 0; column < kinds.Length; column++)
            {
                var slot = batch.Column(column)[row];
                if (Refused(slot, kinds[column], codes, 0) is not { } reason) WriteField(layout.Names[column], slot, kinds[column], codes);
                else whole &= reason == _missing;
            }

            if (batch.Schema.HasWindow && batch.Pane[row] == Pane.Withdrawn) MarkWithdrawn();
            var time = batch.Time[row];
            var known = time is >= Nanoseconds.Min and <= Nanoseconds.Max;
            if (_fields == 0 || !known)
            {
                _text.CutTo(_whole);
                (known ? _noFields : _badTime).Add();
                continue;
            }

            if (!whole) CountLeftOut(batch, row, layout);
            _signals.Add(-1);
            Written++;
            var revision = batch.Schema.HasWindow ? batch.Revision[row] : 0;
            if (revision > 0)
            {
                _text.Write(",revision="u8);
                _text.Write((long)revision);
                _text.Write((byte)'i');
            }

            var quality = batch.HasQuality ? batch.Quality[row] : Quality.Good;
            EndPoint(time, revision > 0 || quality != Quality.Good, quality);
        }

        return row;
    }

    /// <summary>A point cannot be taken back by writing one; its reader is told by a field.</summary>
    void MarkWithdrawn()
    {
        var at = _text.Length;
        _text.Write(",withdrawn=true"u8);
        if (_fields++ == 0) _text.Written[at] = (byte)' ';
    }

    void CountLeftOut(Batch batch, int row, Layout layout)
    {
        for (var column = 0; column < layout.Kinds.Length; column++)
            if (Refused(batch.Column(column)[row], layout.Kinds[column], batch.Schema.Codes, 0) is { } reason && reason != _missing)
                _books.LeaveOut(reason.Reason, batch.Schema.Columns[column].Name);
    }

    /// <summary>Why the value cannot be written; null where it can.</summary>
    Tally? Refused(double slot, Kind kind, CodeTable codes, long time)
    {
        if (time is < Nanoseconds.Min or > Nanoseconds.Max) return _badTime;
        if (kind == Kind.Number) return double.IsFinite(slot) ? null : double.IsNaN(slot) ? _missing : _notFinite;
        if (Slot.Bits(slot) == Slot.Missing) return _missing;
        return kind == Kind.Text && IsTooLong(codes.Text(Slot.Bits(slot))) ? _tooLong : null;

        static bool IsTooLong(string text) => text.Length > LongestText / 3 && System.Text.Encoding.UTF8.GetByteCount(text) > LongestText;
    }

    void WriteField(ReadOnlySpan<byte> name, double slot, Kind kind, CodeTable codes)
    {
        var at = _text.Length;
        _text.Write(name);
        if (_fields++ == 0) _text.Written[at] = (byte)' ';
        switch (kind)
        {
            case Kind.Number:
                _text.Write(slot);
                break;
            case Kind.Integer:
                _text.Write(Slot.Bits(slot));
                _text.Write((byte)'i');
                break;
            case Kind.Bool:
                _text.Write(Slot.Bits(slot) != 0 ? (byte)'T' : (byte)'F');
                break;
            default:
                LineProtocolText.WriteText(_text, codes.Text(Slot.Bits(slot)));
                break;
        }
    }

    void EndPoint(long time, bool withQuality, Quality quality)
    {
        if (withQuality) _text.Write(quality switch { Quality.Good => ",quality=\"good\""u8, Quality.Uncertain => ",quality=\"uncertain\""u8, _ => ",quality=\"bad\""u8 });
        _text.Write((byte)' ');
        _text.Write(time);
        _text.Write((byte)'\n');
        _whole = _text.Length;
        _points.Add(new(_whole, _signals.Count));
    }

    Layout LayoutOf(Schema schema)
    {
        foreach (var known in _layouts)
            if (known.Schema == schema) return known;
        var layout = new Layout(schema, _measurement);
        _layouts.Add(layout);
        return layout;
    }

    /// <summary>The parts of a line that are the same for all rows of one schema.</summary>
    sealed class Layout(Schema schema, string measurement)
    {
        public Schema Schema { get; } = schema;

        public Kind[] Kinds { get; } = schema.IsRows ? [.. schema.Columns.Select(c => c.Kind)] : [.. schema.Signals.Select(s => s.Kind)];

        /// <summary>The number of the last point that a signal was written in.</summary>
        public int[] InPoint { get; } = new int[schema.Signals.Count];

        /// <summary>The field's name with a comma before and an equals sign behind it, by signal or column.</summary>
        public byte[][] Names { get; } = [.. (schema.IsRows ? schema.Columns.Select(c => c.Name) : schema.Signals.Select(s => s.Name)).Select(FieldName)];

        /// <summary>Measurement and tags.</summary>
        public DevicePrefixes Devices { get; } = new(schema.Keys, (to, tags) =>
        {
            LineProtocolText.WriteMeasurement(to, measurement);
            var names = schema.Keys.TagNames;
            foreach (var tag in Enumerable.Range(0, names.Count).OrderBy(t => names[t], StringComparer.Ordinal))
            {
                if (tags[tag].Length == 0) continue;
                to.Write((byte)',');
                LineProtocolText.WriteKey(to, names[tag]);
                to.Write((byte)'=');
                LineProtocolText.WriteKey(to, tags[tag]);
            }
        });

        static byte[] FieldName(string name)
        {
            using var text = new ByteBuffer();
            text.Write((byte)',');
            LineProtocolText.WriteKey(text, name);
            text.Write((byte)'=');
            return text.Written.ToArray();
        }
    }
}
