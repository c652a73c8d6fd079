namespace StreamEdge;

/// <summary>
/// A part that remembers something of each key's rows, in the order of their time. A row that is older than one before
/// it has no place in that order: it is passed by, and its value is missing.
/// </summary>
abstract class Memory(ExpressionType type, Part of) : Part(type)
{
    Track[] _tracks = []; // by key
    int _keys;

    public override IEnumerable<Part> Parts => [of];

    public override void Compute(Tile tile, Span<double> to)
    {
        var key = tile.Key;
        var time = tile.Time;
        var values = of.Of(tile);
        for (var row = 0; row < to.Length; row++)
        {
            if (key[row] >= _keys) Grow(key[row] + 1);
            ref var track = ref _tracks[key[row]];
            if (time[row] < track.Time)
            {
                to[row] = double.NaN;
                continue;
            }

            to[row] = Next(ref track.Value, values[row], track.Time, time[row]);
            track.Time = time[row];
        }
    }

    public void Save(StateWriter state, Schema schema)
    {
        state.Write((long)_keys);
        for (var key = 0; key < _keys; key++)
        {
            if (schema.IsRows) state.WriteDevice(schema.Keys, key);
            else state.WriteKey(schema, key);
            state.Write(_tracks[key].Time);
            if (of.Type.Kind != Kind.Text) state.Write(_tracks[key].Value);
            else state.WriteSlot(Slot.Of(double.IsNaN(_tracks[key].Value) ? Slot.Missing : (long)_tracks[key].Value), Kind.Text, schema.Codes);
        }
    }

    public void Restore(StateReader state, Schema schema)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = schema.IsRows ? state.Device(schema.Keys) : state.Key(schema);
            Grow(key + 1);
            _tracks[key].Time = state.Long();
            if (of.Type.Kind != Kind.Text) _tracks[key].Value = state.Double();
            else _tracks[key].Value = Slot.Bits(state.ReadSlot(Kind.Text, schema.Codes)) is not Slot.Missing and var code ? code : double.NaN;
        }
    }

    /// <summary>The row's value.</summary>
    /// <param name="kept">What is remembered of the key; NaN at first.</param>
    /// <param name="value">The value of this row.</param>
    /// <param name="last">The time of the key's row before; <see cref="long.MinValue"/> where there is none.</param>
    /// <param name="time">The time of this row.</param>
    protected abstract double Next(ref double kept, double value, long last, long time);

    void Grow(int keys)
    {
        if (keys > _tracks.Length)
        {
            var known = _tracks.Length;
            Array.Resize(ref _tracks, Math.Max(keys, 2 * known));
            _tracks.AsSpan(known).Fill(new() { Time = long.MinValue, Value = double.NaN });
        }

        _keys = Math.Max(_keys, keys);
    }

    struct Track
    {
        public long Time;
        public double Value;
    }
}

/// <summary>The value of the row before; missing at first.</summary>
sealed class Previous(Part of) : Memory(of.Type, of)
{
    protected override double Next(ref double kept, double value, long last, long time)
    {
        var before = kept;
        kept = value;
        return before;
    }
}

/// <summary>The newest value that is not missing.</summary>
sealed class LastKnown(Part of) : Memory(of.Type, of)
{
    protected override double Next(ref double kept, double value, long last, long time) => double.IsNaN(value) ? kept : kept = value;
}

/// <summary>How a value compares with the last known one before it; missing at the first, and where the value is.</summary>
sealed class Turned(Part of, Func<double, double, bool> holds) : Memory(ExpressionType.Truth, of)
{
    protected override double Next(ref double kept, double value, long last, long time)
    {
        if (double.IsNaN(value)) return double.NaN;
        var turned = double.IsNaN(kept) ? double.NaN : holds(kept, value) ? 1.0 : 0.0;
        kept = value;
        return turned;
    }
}

/// <summary>Seconds since the row before; missing at the first.</summary>
sealed class Elapsed(ExpressionType type) : Memory(type, new Constant(ExpressionType.Number, 0))
{
    protected override double Next(ref double kept, double value, long last, long time) =>
        last == long.MinValue ? double.NaN : (time - (double)last) / Nanoseconds.Second;
}
