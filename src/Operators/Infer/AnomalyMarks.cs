using System.Numerics.Tensors;

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
sealed class AnomalyMarks(BoundExpression when, BoundExpression? clear, int needed)
{
    Track[] _tracks = [];
    double[] _suspicious = [], _clears = []; // 1 where it holds
    int _keys;

    /// <summary>Whether a row's mark depends on the rows before it.</summary>
    public bool NeedsOrder => needed > 1 || clear is not null || when.NeedsOrder;

    /// <summary>What its state looks like.</summary>
    public string StateShape => $"marks {when.StateShape} {clear?.StateShape}".TrimEnd();

    /// <summary>Marks the rows that have a result.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="result">A column that is missing where there is no result.</param>
    /// <param name="whole">Whether every row has a result.</param>
    /// <param name="column">Where the mark goes.</param>
    public void Mark(Batch batch, int result, bool whole, int column)
    {
        if (_suspicious.Length < batch.Count) (_suspicious, _clears) = (new double[batch.Capacity], new double[batch.Capacity]);
        when.Compute(batch, _suspicious);
        clear?.Compute(batch, _clears);
        var marks = batch.Bits(column);
        if (needed == 1 && clear is null) MarkAlone(marks);
        else MarkInTurn(batch, whole, result, marks);
        if (whole) return;
        var results = batch.Column(result);
        var kind = batch.Schema.Columns[result].Kind;
        for (var row = 0; row < marks.Length; row++)
            if (Slot.IsMissing(results[row], kind)) marks[row] = Slot.Missing;
    }

    /// <summary>Each row by itself: no state to keep.</summary>
    void MarkAlone(Span<long> marks)
    {
        for (var row = 0; row < marks.Length; row++) marks[row] = _suspicious[row] == 1 ? 1 : 0;
    }

    void MarkInTurn(Batch batch, bool whole, int result, Span<long> marks)
    {
        var time = batch.Time;
        var key = batch.Key;
        var pane = batch.Pane;
        var results = batch.Column(result);
        var kind = batch.Schema.Columns[result].Kind;
        Grow(TensorPrimitives.Max<int>(key) + 1);
        for (var row = 0; row < marks.Length; row++)
        {
            if (!whole && Slot.IsMissing(results[row], kind)) continue;
            ref var track = ref _tracks[key[row]];
            if (time[row] >= track.Last && (pane.IsEmpty || pane[row] == Pane.OnTime))
            {
                (track.Before, track.Last) = (track.Now, time[row]);
                track.Now = Next(track.Now, row);
                marks[row] = track.Now == needed ? 1 : 0;
            }
            else if (time[row] < track.Last) marks[row] = Slot.Missing;
            else marks[row] = Next(time[row] == track.Last ? track.Before : track.Now, row) == needed ? 1 : 0;
        }
    }

    public void Save(StateWriter state, Schema schema)
    {
        when.Save(state);
        clear?.Save(state);
        state.Write((long)_keys);
        for (var key = 0; key < _keys; key++)
        {
            ref var track = ref _tracks[key];
            state.WriteDevice(schema.Keys, key).Write(track.Last).Write((long)track.Before).Write((long)track.Now);
        }
    }

    public void Restore(StateReader state, Schema schema)
    {
        when.Restore(state);
        clear?.Restore(state);
        for (var keys = state.Long(); keys > 0; keys--)
        {
            var key = state.Device(schema.Keys);
            Grow(key + 1);
            // Saved, maybe, when more were needed: beyond what is needed now nothing counts.
            _tracks[key] = new() { Last = state.Long(), Before = Math.Min(state.Int(), needed), Now = Math.Min(state.Int(), needed) };
        }
    }

    /// <summary>How many suspicious rows in a row there are with this one; as many as needed while the anomaly lasts.</summary>
    int Next(int before, int row)
    {
        var suspicious = _suspicious[row] == 1;
        if (before == needed && (clear is null ? suspicious : _clears[row] != 1)) return needed;
        return suspicious ? 1 + (before == needed ? 0 : before) : 0;
    }

    void Grow(int keys)
    {
        _keys = Math.Max(_keys, keys);
        if (keys <= _tracks.Length) return;
        var old = _tracks.Length;
        Array.Resize(ref _tracks, Math.Max(keys, 2 * old));
        _tracks.AsSpan(old).Fill(new() { Last = long.MinValue });
    }

    /// <summary>Where a key stands: the time of its newest row, and its count of suspicious rows with and without that.</summary>
    struct Track
    {
        public long Last;
        public int Before, Now;
    }
}
