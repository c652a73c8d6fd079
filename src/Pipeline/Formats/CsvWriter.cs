namespace StreamEdge;

/// <summary>
/// Batches as CSV (RFC 4180, lines end in LF) below a header. Readings: <c>time, TAGS, signal, value, quality</c>. Rows:
/// <c>time, TAGS, COLUMNS, quality</c>. Rows of windows: <c>TAGS, start, end, pane, revision, COLUMNS, quality</c>. A
/// missing value is an empty cell, an empty text is <c>""</c>, an infinite number <c>inf</c> or <c>-inf</c>.
/// </summary>
/// <param name="schema">What all rows are: one CSV has one header. The signals of readings may differ in kind.</param>
/// <param name="time">How instants are written.</param>
/// <param name="columns">The columns, of those that there are; null for all.</param>
public sealed class CsvWriter(Schema schema, TimeForm time = TimeForm.Iso, IReadOnlyList<string>? columns = null) : IBatchWriter
{
    const int Full = 64 * 1024;

    static readonly System.Buffers.SearchValues<char> s_special = System.Buffers.SearchValues.Create(",\"\r\n");

    readonly ByteBuffer _text = new();
    readonly ChosenCell[]? _chosen = columns is null ? null : ChosenColumns.Of(schema, columns);
    readonly DevicePrefixes _devices = new(schema.Keys, static (to, tags) =>
    {
        foreach (var tag in tags)
        {
            if (tag.Length > 0) WriteText(to, tag);
            to.Write((byte)',');
        }
    });

    readonly byte[][] _signals = [.. schema.Signals.Select(s => Bytes(s.Name))];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Lines => _text.Memory;

    /// <inheritdoc/>
    public bool IsFull => _text.Length >= Full;

    /// <inheritdoc/>
    public long Written { get; private set; }

    /// <summary>The names of the cells, in their order.</summary>
    public static IReadOnlyList<string> Names(Schema schema) => !schema.IsRows ? ["time", .. schema.Keys.TagNames, "signal", "value", "quality"]
        : schema.HasWindow ? [.. schema.Keys.TagNames, "start", "end", "pane", "revision", .. schema.Columns.Select(c => c.Name), "quality"]
        : ["time", .. schema.Keys.TagNames, .. schema.Columns.Select(c => c.Name), "quality"];

    /// <summary>Writes the line of names.</summary>
    public void WriteHeader()
    {
        var first = true;
        foreach (var name in columns ?? Names(schema))
        {
            if (!first) _text.Write((byte)',');
            WriteText(_text, name);
            first = false;
        }

        _text.Write((byte)'\n');
    }

    /// <inheritdoc/>
    public int Write(Batch batch, int from = 0)
    {
        var row = from;
        for (; row < batch.Count && _text.Length < Full; row++)
        {
            if (_chosen is not null)
            {
                WriteChosen(batch, row, _chosen);
                continue;
            }

            if (!schema.IsRows) WriteReading(batch, row);
            else WriteRow(batch, row);
            if (batch.HasQuality) _text.Write(ChosenColumns.Text(batch.Quality[row]));
            else _text.Write("good"u8);
            _text.Write((byte)'\n');
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

    void WriteReading(Batch batch, int row)
    {
        var keys = schema.Keys;
        var key = batch.Key[row];
        var signal = keys.SignalOf[key];
        WriteTime(batch.Time[row]);
        _text.Write(_devices[keys.DeviceOf[key]]);
        _text.Write(_signals[signal]);
        _text.Write((byte)',');
        WriteValue(batch.Value[row], batch.Schema.Signals[signal].Kind);
    }

    void WriteRow(Batch batch, int row)
    {
        if (!schema.HasWindow) WriteTime(batch.Time[row]);
        _text.Write(_devices[batch.Key[row]]);
        if (schema.HasWindow)
        {
            WriteTime(ChosenColumns.StartOf(schema, batch.Time[row], batch.End[row]));
            WriteTime(batch.End[row]);
            _text.Write(ChosenColumns.Text(batch.Pane[row]));
            _text.Write((byte)',');
            _text.Write((long)batch.Revision[row]);
            _text.Write((byte)',');
        }

        for (var column = 0; column < schema.Columns.Count; column++) WriteValue(batch.Column(column)[row], schema.Columns[column].Kind);
    }

    void WriteChosen(Batch batch, int row, ChosenCell[] cells)
    {
        var keys = schema.Keys;
        var key = batch.Key[row];
        for (var cell = 0; cell < cells.Length; cell++)
        {
            if (cell > 0) _text.Write((byte)',');
            var number = cells[cell].Number;
            switch (cells[cell].Kind)
            {
                case CellKind.Time: _text.WriteTime(schema.HasWindow ? ChosenColumns.StartOf(schema, batch.Time[row], batch.End[row]) : batch.Time[row], time); break;
                case CellKind.End: _text.WriteTime(batch.End[row], time); break;
                case CellKind.Pane: _text.Write(ChosenColumns.Text(batch.Pane[row])); break;
                case CellKind.Revision: _text.Write((long)batch.Revision[row]); break;
                case CellKind.Quality: _text.Write(ChosenColumns.Text(batch.HasQuality ? batch.Quality[row] : Quality.Good)); break;
                case CellKind.Signal: _text.Write(_signals[keys.SignalOf[key]]); break;
                case CellKind.Value: WriteSlot(batch.Value[row], schema.Signals[keys.SignalOf[key]].Kind); break;
                case CellKind.Column: WriteSlot(batch.Column(number)[row], schema.Columns[number].Kind); break;
                default:
                    var tag = keys.Tags(schema.IsRows ? key : keys.DeviceOf[key])[number];
                    if (tag.Length > 0) WriteText(_text, tag);
                    break;
            }
        }

        _text.Write((byte)'\n');
    }

    void WriteTime(long instant)
    {
        _text.WriteTime(instant, time);
        _text.Write((byte)',');
    }

    void WriteValue(double slot, Kind kind)
    {
        WriteSlot(slot, kind);
        _text.Write((byte)',');
    }

    void WriteSlot(double slot, Kind kind)
    {
        if (kind == Kind.Number && double.IsFinite(slot)) _text.Write(slot);
        else if (Slot.IsMissing(slot, kind))
        {
            // An empty cell.
        }
        else if (kind == Kind.Number) _text.Write(slot > 0 ? "inf"u8 : "-inf"u8);
        else if (kind == Kind.Integer) _text.Write(Slot.Bits(slot));
        else if (kind == Kind.Bool) _text.Write(Slot.Bits(slot) != 0 ? "true"u8 : "false"u8);
        else WriteText(_text, schema.Codes.Text(Slot.Bits(slot)));
    }

    static void WriteText(ByteBuffer to, string text)
    {
        var quoted = text.Length == 0 || text.AsSpan().IndexOfAny(s_special) >= 0 || text[0] == ' ' || text[^1] == ' ';
        if (!quoted)
        {
            to.Write(text.AsSpan());
            return;
        }

        to.Write((byte)'"');
        to.Write(text.Replace("\"", "\"\"").AsSpan());
        to.Write((byte)'"');
    }

    static byte[] Bytes(string name)
    {
        using var text = new ByteBuffer();
        WriteText(text, name);
        return text.Written.ToArray();
    }
}
