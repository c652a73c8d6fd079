namespace StreamEdge;

/// <summary>
/// Batches as lines for a person: <c>2026-01-01T00:00:00Z  machine=m1  temp=71.3 degC</c>. A window's row shows start and
/// end. A missing value is a dash; what is not good, late or early is said at the end.
/// </summary>
public sealed class ReadableWriter : IBatchWriter
{
    const int Full = 64 * 1024;

    readonly ByteBuffer _text = new();

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Lines => _text.Memory;

    /// <inheritdoc/>
    public bool IsFull => _text.Length >= Full;

    /// <inheritdoc/>
    public long Written { get; private set; }

    /// <inheritdoc/>
    public int Write(Batch batch, int from = 0)
    {
        var row = from;
        for (; row < batch.Count && _text.Length < Full; row++) WriteLine(batch, row);
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

    void WriteLine(Batch batch, int row)
    {
        var (schema, keys) = (batch.Schema, batch.Schema.Keys);
        var key = batch.Key[row];
        _text.WriteTime(batch.Time[row], TimeForm.Iso);
        if (schema.HasWindow)
        {
            _text.Write(".."u8);
            _text.WriteTime(batch.End[row], TimeForm.Iso);
        }

        var tags = keys.Tags(keys.DeviceOf[key]);
        for (var tag = 0; tag < tags.Length; tag++)
        {
            WriteName(keys.TagNames[tag]);
            _text.Write(Visible.Text(tags[tag]).AsSpan());
        }

        if (schema.IsRows)
        {
            for (var column = 0; column < schema.Columns.Count; column++)
                WriteValue(schema.Columns[column].Name, batch.Column(column)[row], schema.Columns[column].Kind, schema.Columns[column].Unit, schema.Codes);
        }
        else
        {
            var signal = schema.Signals[keys.SignalOf[key]];
            WriteValue(signal.Name, batch.Value[row], signal.Kind, signal.Unit, schema.Codes);
        }

        if (batch.HasQuality && batch.Quality[row] != Quality.Good) _text.Write(batch.Quality[row] == Quality.Bad ? "  bad"u8 : "  uncertain"u8);
        if (schema.HasWindow && batch.Pane[row] != Pane.OnTime) _text.Write(batch.Pane[row] switch { Pane.Late => "  late"u8, Pane.Early => "  early"u8, _ => "  withdrawn"u8 });
        if (schema.HasWindow && batch.Revision[row] > 0)
        {
            _text.Write("  revision "u8);
            _text.Write((long)batch.Revision[row]);
        }

        _text.Write((byte)'\n');
    }

    void WriteName(string name)
    {
        _text.Write("  "u8);
        _text.Write(name.AsSpan());
        _text.Write((byte)'=');
    }

    void WriteValue(string name, double slot, Kind kind, Unit? unit, CodeTable codes)
    {
        WriteName(name);
        if (Slot.IsMissing(slot, kind)) _text.Write((byte)'-');
        else if (kind == Kind.Number && double.IsFinite(slot)) _text.Write(slot);
        else if (kind == Kind.Number) _text.Write(slot > 0 ? "inf"u8 : "-inf"u8);
        else if (kind == Kind.Integer) _text.Write(Slot.Bits(slot));
        else if (kind == Kind.Bool) _text.Write(Slot.Bits(slot) != 0 ? "true"u8 : "false"u8);
        else _text.Write(Visible.Text(codes.Text(Slot.Bits(slot))).AsSpan());
        if (unit is null || Slot.IsMissing(slot, kind)) return;
        _text.Write((byte)' ');
        _text.Write(unit.Symbol.AsSpan());
    }
}
