namespace StreamEdge;

/// <summary>Windows of a number of readings, in the order of their arrival.</summary>
public sealed record CountWindowOptions
{
    /// <summary>How many readings a window holds, 1 to 1,000,000: the newest ones of its group.</summary>
    [Short]
    [Between(1, 1_000_000)]
    public required int Readings { get; init; }

    /// <summary>After how many readings there is a window, 1 to 1,000,000. The first comes when there are enough. Default: <c>readings</c>, so that each reading is in one window.</summary>
    [Between(1, 1_000_000)]
    public int? Step { get; init; }
}

/// <summary>Keeps the newest readings of each group in a ring. Time plays no part: nothing is late, and what is left at the end of the input waits on.</summary>
sealed class CountWindow : WindowStep
{
    /// <summary>Most readings in the rings of all groups, some 500 MB.</summary>
    const int MostReadings = 16_000_000;

    readonly int _size, _step;
    readonly PerKey<Ring> _rings = new(default); // by group
    readonly Content _content;

    public CountWindow(WindowOptions options, WindowColumns columns, BuildContext context) : base(options, $"count {options.Count!.Readings} {options.Count.Step}", columns, context) =>
        (_size, _step, _content) = (options.Count.Readings, options.Count.Step ?? options.Count.Readings, new(columns));

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => ReportOpen(Enumerable.Range(0, Output.Keys.Count).Sum(Waiting));

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (Routes.AreBehind) Routes.Meet(() => Math.Max(1, MostReadings / _size));
        TakeEach(batch, output);
        batch.Release();
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => _rings.Save(state, Output, static r => r.Count > 0, (ring, _) =>
    {
        state.Write(ring.Count);
        for (var at = Math.Max(0, ring.Count - _size); at < ring.Count; at++)
        {
            var reading = ring.Readings[at % _size];
            state.Write(reading.Time).WriteSlot(reading.Slot, KindOf(0), Input.Codes).Write((long)reading.Quality);
        }
    });

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _rings.Restore(state, Output, _ =>
    {
        var ring = new Ring { Count = state.Long(), Readings = new WindowReading[_size] };
        for (var at = Math.Max(0, ring.Count - _size); at < ring.Count; at++) ring.Readings[at % _size] = new(state.Long(), state.ReadSlot(KindOf(0), Input.Codes), KindOf(0), (Quality)state.Long());
        return ring;
    });

    /// <inheritdoc/>
    protected override Tally? Take(int key, KeyRoute route, in WindowReading reading, int source, Output output)
    {
        ref var ring = ref _rings[route.Group];
        (ring.Readings ??= new WindowReading[_size])[ring.Count++ % _size] = reading;
        if (ring.Count % _step == 0 && ring.Count >= _size) Emit(route.Group, ring, source, output);
        return null;
    }

    /// <summary>How many readings of a group have been in no window yet, and will be.</summary>
    long Waiting(int group)
    {
        var count = _rings[group].Count;
        var last = count - (count % _step);
        var next = Math.Max(last + _step, (_size + _step - 1) / _step * (long)_step); // so many readings make the next window
        return Math.Max(0, count - Math.Max(last < _size ? 0 : last, next - _size));
    }

    void Emit(int group, in Ring ring, int source, Output output)
    {
        _content.Clear();
        for (var at = ring.Count - _size; at < ring.Count; at++) _content.Add(0, ring.Readings[at % _size]);
        var last = ring.Readings[(ring.Count - 1) % _size].Time;
        Add(group, last, last, 0, Pane.OnTime, 0, _content.Summary, source, output);
    }

    /// <summary>The newest readings of a group, and how many it ever had.</summary>
    struct Ring
    {
        public WindowReading[] Readings;
        public long Count;
    }
}
