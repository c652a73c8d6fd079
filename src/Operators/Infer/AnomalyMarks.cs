namespace StreamEdge;

/// <summary>
/// Marks rows as anomalies: a key's rows must fulfil <c>when</c> so many times in a row, and stay marked until
/// <c>clear</c>. Only the first complete row of a window counts; a correction of the newest row and a provisional row
/// are marked as they would be in its place, and one of an older row not at all where the mark depends on its
/// neighbours: what was written of it stays.
/// </summary>
/// <param name="when">What makes a row suspicious.</param>
/// <param name="clear">What ends an anomaly; null for the first row that is not suspicious.</param>
/// <param name="needed">How many suspicious rows in a row make an anomaly.</param>
sealed class AnomalyMarks(RowTest when, RowTest? clear, int needed)
{
    Track[] _tracks = [];
    int _keys;

    /// <summary>Marks the rows that were scored and have a result.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="rows">The rows that were scored, in order.</param>
    /// <param name="result">A column that is NaN, or a missing text, where there is no result.</param>
    /// <param name="column">Where the mark goes.</param>
    public void Mark(Batch batch, ReadOnlySpan<int> rows, int result, int column)
    {
        var time = batch.Time;
        var key = batch.Key;
        var pane = batch.Pane;
        var marks = batch.Bits(column);
        var results = batch.Column(result);
        var kind = batch.Schema.Columns[result].Kind;
        foreach (var row in rows)
        {
            if (Slot.IsMissing(results[row], kind))
            {
                marks[row] = Slot.Missing;
                continue;
            }

            ref var track = ref TrackOf(key[row]);
            if (time[row] >= track.Last && (pane.IsEmpty || pane[row] == Pane.OnTime))
            {
                (track.Before, track.Last) = (track.Now, time[row]);
                track.Now = Next(track.Now, batch, row);
                marks[row] = track.Now.Active ? 1 : 0;
            }
            else if (time[row] >= track.Last || IsMemoryless)
            {
                var mark = Next(time[row] == track.Last ? track.Before : track.Now, batch, row);
                marks[row] = mark.Active ? 1 : 0;
            }
            else marks[row] = Slot.Missing;
        }
    }

    public void Save(StateWriter state, Schema schema)
    {
        state.Write((long)_keys);
        for (var key = 0; key < _keys; key++)
        {
            ref var track = ref _tracks[key];
            state.WriteDevice(schema.Keys, key).Write(track.Last);
            state.Write((long)track.Before.Streak).Write(track.Before.Active).Write((long)track.Now.Streak).Write(track.Now.Active);
        }
    }

    public void Restore(StateReader state, Schema schema)
    {
        for (var keys = state.Long(); keys > 0; keys--)
        {
            ref var track = ref TrackOf(state.Device(schema.Keys));
            track.Last = state.Long();
            track.Before = new(state.Int(), state.Bool());
            track.Now = new(state.Int(), state.Bool());
        }
    }

    bool IsMemoryless => needed == 1 && clear is null;

    Phase Next(Phase before, Batch batch, int row)
    {
        var suspicious = when.Holds(batch, row);
        if (before.Active && (clear is { } clears ? !clears.Holds(batch, row) : suspicious)) return before;
        var streak = suspicious ? Math.Min(before.Active ? 1 : before.Streak + 1, needed) : 0;
        return new(streak, streak == needed);
    }

    ref Track TrackOf(int key)
    {
        if (key >= _tracks.Length)
        {
            var old = _tracks.Length;
            Array.Resize(ref _tracks, Math.Max(key + 1, 2 * old));
            _tracks.AsSpan(old).Fill(new() { Last = long.MinValue });
        }

        _keys = Math.Max(_keys, key + 1);
        return ref _tracks[key];
    }

    /// <summary>Where a key stands: how many suspicious rows in a row, and whether it is in an anomaly.</summary>
    readonly record struct Phase(int Streak, bool Active);

    struct Track
    {
        public long Last;
        public Phase Before, Now;
    }
}
