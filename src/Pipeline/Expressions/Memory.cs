namespace StreamEdge;

/// <summary>
/// A part that remembers something of each key's rows, in the order of their time. A row that is older than one before
/// it has no place in that order: it is passed by, and its value is missing. A provisional row of a window is computed as
/// the complete one will be, and not remembered.
/// </summary>
abstract class Memory(ExpressionType type, Part of) : Part(type)
{
    public override IEnumerable<Part> Parts => [of];

    protected Part Remembered => of;

    public abstract void Save(StateWriter state, Schema schema);

    public abstract void Restore(StateReader state, Schema schema);
}

/// <summary>A memory of one value of each key.</summary>
abstract class ValueMemory(ExpressionType type, Part of) : Memory(type, of)
{
    readonly PerKey<Track> _tracks = new(new() { Time = long.MinValue, Value = double.NaN });

    public override void Compute(Tile tile, Span<double> to)
    {
        var key = tile.Key;
        var time = tile.Time;
        var values = Remembered.Of(tile);
        for (var row = 0; row < to.Length; row++)
        {
            ref var track = ref _tracks[key[row]];
            if (time[row] < track.Time)
            {
                to[row] = double.NaN;
                continue;
            }

            var kept = track.Value;
            to[row] = Next(ref kept, values[row], track.Time, time[row]);
            if (tile.IsInOrder(row)) (track.Time, track.Value) = (time[row], kept);
        }
    }

    public override void Save(StateWriter state, Schema schema) => _tracks.Save(state, schema, static t => t.Time > long.MinValue, (t, _) =>
    {
        state.Write(t.Time);
        if (Remembered.Type.Kind != Kind.Text) state.Write(t.Value);
        else state.WriteSlot(Slot.Of(double.IsNaN(t.Value) ? Slot.Missing : (long)t.Value), Kind.Text, schema.Codes);
    });

    public override void Restore(StateReader state, Schema schema) => _tracks.Restore(state, schema, _ =>
    {
        var time = state.Long();
        if (Remembered.Type.Kind != Kind.Text) return new() { Time = time, Value = state.Double() };
        return new() { Time = time, Value = Slot.Bits(state.ReadSlot(Kind.Text, schema.Codes)) is not Slot.Missing and var code ? code : double.NaN };
    });

    /// <summary>The row's value.</summary>
    /// <param name="kept">What is remembered of the key; NaN at first.</param>
    /// <param name="value">The value of this row.</param>
    /// <param name="last">The time of the key's row before; <see cref="long.MinValue"/> where there is none.</param>
    /// <param name="time">The time of this row.</param>
    protected abstract double Next(ref double kept, double value, long last, long time);

    struct Track
    {
        public long Time;
        public double Value;
    }
}

/// <summary>A memory of the last values of each key, of numbers and truths.</summary>
/// <param name="type">What is made of them.</param>
/// <param name="of">What is remembered.</param>
/// <param name="length">Of how many rows, this one among them.</param>
/// <param name="take">Makes a value of them: the ring, where the oldest of the COUNT values in it lies, and COUNT.</param>
sealed class Rolling(ExpressionType type, Part of, int length, Func<double[], int, int, double> take) : Memory(type, of)
{
    /// <summary>Most rows that a key's memory reaches back.</summary>
    public const int MaxLength = 1000;

    readonly PerKey<Track> _tracks = new(new() { Time = long.MinValue });

    public override void Compute(Tile tile, Span<double> to)
    {
        var key = tile.Key;
        var time = tile.Time;
        var values = Remembered.Of(tile);
        for (var row = 0; row < to.Length; row++)
        {
            ref var track = ref _tracks[key[row]];
            if (time[row] < track.Time) to[row] = double.NaN;
            else
            {
                var (before, overwritten) = (track, track.Ring?[track.Next] ?? 0);
                track.Add(time[row], values[row], length);
                to[row] = take(track.Ring!, track.Count < length ? 0 : track.Next, track.Count);
                if (tile.IsInOrder(row)) continue;
                track.Ring![before.Next] = overwritten;
                track = before with { Ring = track.Ring };
            }
        }
    }

    public override void Save(StateWriter state, Schema schema) => _tracks.Save(state, schema, static t => t.Ring is not null,
        (t, _) => state.Write(t.Time).Write((long)t.Next).Write((long)t.Count).Write(t.Ring));

    public override void Restore(StateReader state, Schema schema) => _tracks.Restore(state, schema,
        _ => new() { Time = state.Long(), Next = state.Int(), Count = state.Int(), Ring = state.Doubles() });

    struct Track
    {
        public long Time;
        public int Next, Count;
        public double[]? Ring;

        public void Add(long time, double value, int length)
        {
            Ring ??= new double[length];
            (Time, Ring[Next]) = (time, value);
            Next = Next + 1 == length ? 0 : Next + 1;
            if (Count < length) Count++;
        }
    }
}

/// <summary>The value of the row before; missing at first.</summary>
sealed class Previous(Part of) : ValueMemory(of.Type, of)
{
    protected override double Next(ref double kept, double value, long last, long time)
    {
        var before = kept;
        kept = value;
        return before;
    }
}

/// <summary>The newest value that is not missing.</summary>
sealed class LastKnown(Part of) : ValueMemory(of.Type, of)
{
    protected override double Next(ref double kept, double value, long last, long time) => double.IsNaN(value) ? kept : kept = value;
}

/// <summary>How a value compares with the last known one before it; missing at the first, and where the value is.</summary>
sealed class Turned(Part of, Func<double, double, bool> holds) : ValueMemory(ExpressionType.Truth, of)
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
sealed class Elapsed(ExpressionType type) : ValueMemory(type, new Constant(ExpressionType.Number, 0))
{
    protected override double Next(ref double kept, double value, long last, long time) =>
        last == long.MinValue ? double.NaN : (time - (double)last) / Nanoseconds.Second;
}
