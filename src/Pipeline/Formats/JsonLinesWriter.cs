namespace StreamEdge;

/// <summary>
/// Batches as JSON, an object a line. A reading is <c>{"time":…,"machine":"m1","signal":"temp","value":71.3}</c>, a row
/// <c>{"time":…,"end":…,"machine":"m1","temp_mean":71.3}</c>. What is not usual comes last: <c>"pane":"late"</c>,
/// <c>"revision":1</c>, <c>"quality":"uncertain"</c>. A missing value is <c>null</c>; so is an infinite one, which JSON
/// cannot hold, and which is counted as left out (<c>not_finite</c>).
/// </summary>
/// <param name="books">Where values that JSON cannot hold are counted.</param>
/// <param name="time">How instants are written.</param>
/// <param name="columns">The columns, of those that <see cref="CsvWriter.Names"/> says, each in every line; null for the usual ones.</param>
public sealed class JsonLinesWriter(Books books, TimeForm time = TimeForm.Iso, IReadOnlyList<string>? columns = null) : IBatchWriter
{
    const int Full = 64 * 1024;

    readonly ByteBuffer _text = new();
    readonly List<Layout> _layouts = [];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Lines => _text.Memory;

    /// <inheritdoc/>
    public bool IsFull => _text.Length >= Full;

    /// <inheritdoc/>
    public long Written { get; private set; }

    /// <summary>Reports tags and columns that have the name of something else in the line; true where there are none.</summary>
    /// <param name="context">The sink's context.</param>
    /// <param name="option">The option that chose JSON.</param>
    public static bool Check(BuildContext context, string option)
    {
        var sound = true;
        foreach (var schema in context.Inputs)
        {
            string[] own = !schema.IsRows ? ["time", "signal", "value", "quality"]
                : schema.HasWindow ? ["time", "end", "pane", "revision", "quality"] : ["time", "quality"];
            var columns = schema.IsRows ? schema.Columns.Select(c => c.Name) : [];
            sound &= OutputNames.AreDistinct(context, option, "JSON", [.. own, .. schema.Keys.TagNames, .. columns]);
        }

        return sound;
    }

    /// <inheritdoc/>
    public int Write(Batch batch, int from = 0)
    {
        var layout = LayoutOf(batch.Schema);
        var row = from;
        for (; row < batch.Count && _text.Length < Full; row++)
        {
            if (layout.Chosen.Length > 0)
            {
                WriteChosen(batch, row, layout);
                continue;
            }

            _text.Write("{\"time\":"u8);
            WriteTime(batch.Time[row]);
            if (batch.Schema.IsRows) WriteRow(batch, row, layout);
            else WriteReading(batch, row, layout);
            if (batch.HasQuality && batch.Quality[row] is not Quality.Good and var quality)
                _text.Write(quality == Quality.Bad ? ",\"quality\":\"bad\""u8 : ",\"quality\":\"uncertain\""u8);
            _text.Write("}\n"u8);
        }

        Written += row - from;
        return row;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Clear() => _text.CutTo(0);

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    void WriteChosen(Batch batch, int row, Layout layout)
    {
        var keys = batch.Schema.Keys;
        var key = batch.Key[row];
        foreach (var (prefix, cell) in layout.Chosen)
        {
            _text.Write(prefix);
            switch (cell.Kind)
            {
                case CellKind.Time: WriteTime(batch.Schema.HasWindow ? ChosenColumns.StartOf(batch.Schema, batch.Time[row], batch.End[row]) : batch.Time[row]); break;
                case CellKind.End: WriteTime(batch.End[row]); break;
                case CellKind.Pane: WriteWord(ChosenColumns.Text(batch.Pane[row])); break;
                case CellKind.Revision: _text.Write((long)batch.Revision[row]); break;
                case CellKind.Quality: WriteWord(ChosenColumns.Text(batch.HasQuality ? batch.Quality[row] : Quality.Good)); break;
                case CellKind.Signal: _text.WriteJson(layout.Columns[keys.SignalOf[key]]); break;
                case CellKind.Value: WriteValue(batch.Value[row], layout.Kinds[keys.SignalOf[key]], batch.Schema.Codes, layout.Columns[keys.SignalOf[key]]); break;
                case CellKind.Column: WriteValue(batch.Column(cell.Number)[row], layout.Kinds[cell.Number], batch.Schema.Codes, cell.Name); break;
                default: _text.WriteJson(keys.Tags(batch.Schema.IsRows ? key : keys.DeviceOf[key])[cell.Number]); break;
            }
        }

        _text.Write("}\n"u8);
    }

    void WriteWord(ReadOnlySpan<byte> word)
    {
        _text.Write((byte)'"');
        _text.Write(word);
        _text.Write((byte)'"');
    }

    void WriteReading(Batch batch, int row, Layout layout)
    {
        var keys = batch.Schema.Keys;
        var key = batch.Key[row];
        var signal = keys.SignalOf[key];
        _text.Write(layout.Devices[keys.DeviceOf[key]]);
        _text.Write(layout.Names[signal]);
        WriteValue(batch.Value[row], layout.Kinds[signal], batch.Schema.Codes, layout.Columns[signal]);
    }

    void WriteRow(Batch batch, int row, Layout layout)
    {
        if (batch.Schema.HasWindow)
        {
            _text.Write(",\"end\":"u8);
            WriteTime(batch.End[row]);
        }

        _text.Write(layout.Devices[batch.Key[row]]);
        for (var column = 0; column < layout.Names.Length; column++)
        {
            _text.Write(layout.Names[column]);
            WriteValue(batch.Column(column)[row], layout.Kinds[column], batch.Schema.Codes, layout.Columns[column]);
        }

        if (!batch.Schema.HasWindow) return;
        if (batch.Pane[row] != Pane.OnTime) _text.Write(batch.Pane[row] switch { Pane.Late => ",\"pane\":\"late\""u8, Pane.Early => ",\"pane\":\"early\""u8, _ => ",\"pane\":\"withdrawn\""u8 });
        if (batch.Revision[row] == 0) return;
        _text.Write(",\"revision\":"u8);
        _text.Write((long)batch.Revision[row]);
    }

    void WriteTime(long instant)
    {
        if (time == TimeForm.Iso) _text.Write((byte)'"');
        _text.WriteTime(instant, time);
        if (time == TimeForm.Iso) _text.Write((byte)'"');
    }

    void WriteValue(double slot, Kind kind, CodeTable codes, string column)
    {
        if (kind == Kind.Number && double.IsFinite(slot)) _text.Write(slot);
        else if (Slot.IsMissing(slot, kind)) _text.Write("null"u8);
        else if (kind == Kind.Number)
        {
            books.LeaveOut("not_finite", column);
            _text.Write("null"u8);
        }
        else if (kind == Kind.Integer) _text.Write(Slot.Bits(slot));
        else if (kind == Kind.Bool) _text.Write(Slot.Bits(slot) != 0 ? "true"u8 : "false"u8);
        else _text.WriteJson(codes.Text(Slot.Bits(slot)));
    }

    Layout LayoutOf(Schema schema)
    {
        foreach (var known in _layouts)
            if (known.Schema == schema) return known;
        var layout = new Layout(schema, columns ?? []);
        _layouts.Add(layout);
        return layout;
    }

    /// <summary>The parts of a line that are the same for all rows of one schema.</summary>
    sealed class Layout(Schema schema, IReadOnlyList<string> columns)
    {
        public Schema Schema { get; } = schema;

        public DevicePrefixes Devices { get; } = new(schema.Keys, (to, tags) =>
        {
            for (var tag = 0; tag < tags.Length; tag++)
            {
                to.Write((byte)',');
                to.WriteJson(schema.Keys.TagNames[tag]);
                to.Write((byte)':');
                to.WriteJson(tags[tag]);
            }
        });

        /// <summary>The names of signals or columns.</summary>
        public string[] Columns { get; } = schema.IsRows ? [.. schema.Columns.Select(c => c.Name)] : [.. schema.Signals.Select(s => s.Name)];

        /// <summary>What stands before the value, by signal or column.</summary>
        public byte[][] Names { get; } = schema.IsRows
            ? [.. schema.Columns.Select(c => Bytes(text => Named(text, c.Name)))]
            : [.. schema.Signals.Select(s => Bytes(text => Signal(text, s.Name)))];

        /// <summary>The columns that were chosen, with what stands before the value.</summary>
        public (byte[] Prefix, ChosenCell Cell)[] Chosen { get; } = [.. ChosenColumns.Of(schema, columns).Select((cell, number) => (Bytes(text =>
        {
            text.Write(number == 0 ? (byte)'{' : (byte)',');
            text.WriteJson(cell.Name);
            text.Write((byte)':');
        }), cell))];

        public Kind[] Kinds { get; } = schema.IsRows ? [.. schema.Columns.Select(c => c.Kind)] : [.. schema.Signals.Select(s => s.Kind)];

        static void Signal(ByteBuffer to, string name)
        {
            to.Write(",\"signal\":"u8);
            to.WriteJson(name);
            to.Write(",\"value\":"u8);
        }

        static void Named(ByteBuffer to, string name)
        {
            to.Write((byte)',');
            to.WriteJson(name);
            to.Write((byte)':');
        }

        static byte[] Bytes(Action<ByteBuffer> write)
        {
            using var text = new ByteBuffer();
            write(text);
            return text.Written.ToArray();
        }
    }
}
