namespace StreamEdge;

/// <summary>A reading by itself, as a step keeps it that holds readings back.</summary>
/// <param name="Time">Its instant, Unix nanoseconds UTC.</param>
/// <param name="Key">Its key.</param>
/// <param name="Slot">Its value.</param>
/// <param name="Quality">Its quality.</param>
/// <param name="Source">The pipeline's source that it came from.</param>
public readonly record struct HeldReading(long Time, int Key, double Slot, Quality Quality, int Source);

/// <summary>
/// Readings that a step holds until it knows what to do with them: a queue per device, so that nothing of a device
/// overtakes what is held of it. The step bounds how many.
/// </summary>
/// <param name="schema">What the readings are.</param>
public sealed class HeldReadings(Schema schema)
{
    readonly PerKey<Line> _lines = new(new() { Readings = [] }); // by device
    int _devices; // how many lines there may be

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>How many there are of a device.</summary>
    public int CountOf(int device) => _lines[device].Count;

    /// <summary>The number of a device's first reading; the next ones follow without a gap.</summary>
    public long FirstOf(int device) => _lines[device].First;

    /// <summary>A reading by its device and number.</summary>
    public ref HeldReading this[int device, long number]
    {
        get
        {
            ref var line = ref _lines[device];
            return ref line.Readings[(line.Head + (int)(number - line.First)) % line.Readings.Length];
        }
    }

    /// <summary>Takes a reading; its number.</summary>
    public long Add(in HeldReading reading)
    {
        var device = schema.Keys.DeviceOf[reading.Key];
        ref var line = ref _lines[device];
        if (line.Count == line.Readings.Length) Grow(ref line);
        _devices = Math.Max(_devices, device + 1);
        var number = line.First + line.Count++;
        this[device, number] = reading;
        Count++;
        return number;
    }

    /// <summary>Gives back a device's first reading.</summary>
    public HeldReading Take(int device)
    {
        ref var line = ref _lines[device];
        var first = line.Readings[line.Head];
        line.Head = line.Head + 1 == line.Readings.Length ? 0 : line.Head + 1;
        line.First++;
        line.Count--;
        Count--;
        return first;
    }

    /// <summary>The devices of which something is held, in the order of their tags, so that what leaves together leaves in the same order in every run.</summary>
    public IReadOnlyList<int> InOrder() => Count == 0 ? [] : [.. Enumerable.Range(0, _devices).Where(d => CountOf(d) > 0).OrderBy(schema.Keys.Text, StringComparer.Ordinal)];

    /// <summary>Writes them.</summary>
    public void Save(StateWriter state)
    {
        var devices = InOrder();
        state.Write((long)devices.Count);
        foreach (var device in devices)
        {
            ref var line = ref _lines[device];
            state.WriteDevice(schema.Keys, device).Write(line.First).Write((long)line.Count);
            for (var number = line.First; number < line.First + line.Count; number++)
            {
                var reading = this[device, number];
                state.Write(reading.Time).WriteKey(schema, reading.Key).WriteSlot(reading.Slot, schema.KindOf(reading.Key), schema.Codes).Write((long)reading.Quality).Write((long)reading.Source);
            }
        }
    }

    /// <summary>Takes up what was written.</summary>
    public void Restore(StateReader state)
    {
        for (var devices = state.Long(); devices > 0; devices--)
        {
            _lines[state.Device(schema.Keys)].First = state.Long();
            for (var left = state.Long(); left > 0; left--)
            {
                var (time, key) = (state.Long(), state.Key(schema));
                Add(new HeldReading(time, key, state.ReadSlot(schema.KindOf(key), schema.Codes), (Quality)state.Long(), state.Int()));
            }
        }
    }

    static void Grow(ref Line line)
    {
        var readings = new HeldReading[Math.Max(4, 2 * line.Count)];
        for (var at = 0; at < line.Count; at++) readings[at] = line.Readings[(line.Head + at) % line.Readings.Length];
        (line.Readings, line.Head) = (readings, 0);
    }

    /// <summary>A ring of the readings of one device.</summary>
    struct Line
    {
        public HeldReading[] Readings;
        public int Head, Count;
        public long First;
    }
}
