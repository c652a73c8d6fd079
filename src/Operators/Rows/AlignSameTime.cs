namespace StreamEdge;

/// <summary>
/// Rows of the readings of one instant. Keeps the open instants of each group, also those whose row has left: by them a
/// repeated reading is told from a new one, and an earlier instant may still come.
/// </summary>
sealed class AlignSameTime(BuildContext context, IReadOnlyList<int> tags, IReadOnlyList<int> signals, int maxOpen) : Align<SameTimeGroup>(context, tags, signals, "same_time")
{
    readonly Stack<AlignInstant> _free = [];

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        var now = Clock.Now;
        var time = batch.Time;
        var key = batch.Key;
        var value = batch.Value;
        var signalOf = Input.Keys.SignalOf;
        var deviceOf = Input.Keys.DeviceOf;
        var (device, group, instant) = (-1, (SameTimeGroup?)null, (AlignInstant?)null);
        for (var row = 0; row < time.Length; row++)
        {
            var signal = signalOf[key[row]];
            var column = ColumnOf[signal];
            if (column < 0)
            {
                Unused.AddOf(signal);
                continue;
            }

            // The readings of a wide record follow one another: same device, same instant.
            var moved = false;
            if (instant is null || instant.Time != time[row] || deviceOf[key[row]] != device)
            {
                device = deviceOf[key[row]];
                group = GroupOf(device);
                group.LastInput = now;
                instant = InstantAt(group, time[row], column, signal, value[row]);
                if (instant is { Count: 0 }) instant.Source = batch.Source;
                moved = Move(group, device, batch.Source, time[row], now);
            }

            if (instant is not null) Put(instant, column, signal, value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good);
            if (moved || group!.Count > maxOpen || instant?.Count == Output.Columns.Count) Advance(group!, output);
            if (instant is { HasLeft: true }) instant = null;
        }

        Done(batch, now, output);
    }

    /// <inheritdoc/>
    protected override SameTimeGroup Group(int number) => new(number, Output.Columns.Count);

    /// <summary>Emits the rows of a group that are complete, waited out or too many, oldest first, up to the first that must wait.</summary>
    protected override void LetGo(SameTimeGroup group, bool all, Output output)
    {
        var watermark = Watermark(group);
        // A row of an instant that not all members have reached would run ahead of the rows of the others.
        var reached = watermark == long.MinValue ? watermark : watermark + Wait;
        for (var place = group.FirstWaiting; place < group.Count; place++)
        {
            var instant = group[place];
            if (instant.HasLeft) continue;
            var complete = instant.Count == Output.Columns.Count && instant.Time <= reached;
            if (!all && !complete && instant.Time >= watermark && group.Count - place <= maxOpen) break;
            Emit(group, instant, output);
            group.Left(instant);
        }

        group.Close(watermark, maxOpen, _free);
    }

    /// <summary>The open instant that a reading belongs to, a new one where there is none; null when the reading is dropped, which is counted.</summary>
    AlignInstant? InstantAt(SameTimeGroup group, long time, int column, int signal, double slot)
    {
        var closed = time <= group.ClosedUpTo || time < Watermark(group);
        var instant = closed ? null : group.At(time, _free);
        if (instant is { HasLeft: false }) return instant;
        if (instant is not null && instant.Has[column]) Again(column, signal, instant.Slots[column], slot);
        else Late.AddOf(signal);
        return null;
    }

    void Put(AlignInstant instant, int column, int signal, double slot, Quality quality)
    {
        if (instant.Has[column])
        {
            Again(column, signal, instant.Slots[column], slot);
            return;
        }

        instant.Put(column, slot, quality);
        Books.Absorbed++;
    }

    void Emit(SameTimeGroup group, AlignInstant instant, Output output)
    {
        var rows = Outgoing.Next(output, instant.Source);
        var row = rows.Count - 1;
        rows.Time[row] = instant.Time;
        rows.Key[row] = group.Number;
        for (var column = 0; column < Output.Columns.Count; column++)
            rows.Column(column)[row] = instant.Has[column] ? instant.Slots[column] : Slot.MissingOf(Output.Columns[column].Kind);
        if (rows.HasQuality || instant.Quality != Quality.Good) rows.Quality[row] = instant.Quality;
        Books.Created++;
    }
}
