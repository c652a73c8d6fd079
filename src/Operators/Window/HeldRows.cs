namespace StreamEdge;

/// <summary>The last known values of each group as rows, a row per reading: what an expression of several signals looks at.</summary>
sealed class HeldRows(Schema rows, Schema readings)
{
    readonly BatchPool _pool = new();
    readonly List<double[]> _known = []; // by group, then by signal

    /// <summary>Such rows of readings: a column per signal, the tags of the readings.</summary>
    public static Schema Of(Schema readings) =>
        Schema.Rows(new KeyTable(readings.Keys.TagNames, signals: 0), readings.Codes, [.. readings.Signals.Select(s => new Column(s.Name, s.Kind, s.Unit))], hasWindow: false);

    /// <summary>A row per reading of a batch, with what is known from it on, as many as a batch of rows holds; the caller releases them. Of a bad reading nothing is known.</summary>
    /// <param name="batch">The readings; they become known.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="routes">Where they go, by key.</param>
    public Batch After(Batch batch, int from, ReadOnlySpan<KeyRoute> routes)
    {
        var held = _pool.Rent(rows);
        var signalOf = readings.Keys.SignalOf;
        for (var row = 0; row < rows.MaxRows && from + row < batch.Count; row++)
        {
            var key = batch.Key[from + row];
            var known = KnownOf(routes[key].Group);
            var signal = signalOf[key];
            known[signal] = batch.HasQuality && batch.Quality[from + row] == Quality.Bad ? Slot.MissingOf(rows.Columns[signal].Kind) : batch.Value[from + row];
            held.Grow(row + 1);
            held.Count = row + 1;
            (held.Time[row], held.Key[row]) = (batch.Time[from + row], 0);
            for (var column = 0; column < known.Length; column++) held.Column(column)[row] = known[column];
        }

        return held;
    }

    public void Save(int group, StateWriter state)
    {
        var known = KnownOf(group);
        for (var signal = 0; signal < known.Length; signal++) state.WriteSlot(known[signal], rows.Columns[signal].Kind, rows.Codes);
    }

    public void Restore(int group, StateReader state)
    {
        var known = KnownOf(group);
        for (var signal = 0; signal < known.Length; signal++) known[signal] = state.ReadSlot(rows.Columns[signal].Kind, rows.Codes);
    }

    double[] KnownOf(int group)
    {
        while (_known.Count <= group) _known.Add([.. rows.Columns.Select(c => Slot.MissingOf(c.Kind))]);
        return _known[group];
    }
}
