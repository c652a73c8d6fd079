namespace StreamEdge;

/// <summary>
/// The input of a model that looks at several consecutive rows of a key; its result belongs to the last of them. A row
/// that cannot be used ends the sequence, and the key collects anew. Corrections and provisional rows of a window are
/// scored with the rows before them, but do not become part of the sequence; a row older than that is not scored.
/// </summary>
sealed class Sequences(Features features, int length) : ModelInput(features)
{
    readonly List<Track> _tracks = [];
    float[] _scaled = [];

    /// <inheritdoc/>
    public override bool NeedsOrder => true;

    /// <inheritdoc/>
    public override int Pack(Batch batch, Span<float> input, Span<int> rows)
    {
        var size = Features.Count;
        if (_scaled.Length < batch.Count * size) _scaled = new float[batch.Capacity * size];
        var unusable = Features.Fill(batch, _scaled);
        var quality = batch.HasQuality ? batch.Quality : [];
        var time = batch.Time;
        var key = batch.Key;
        var pane = batch.Pane;
        var packed = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            var track = TrackOf(key[row]);
            var moves = time[row] >= track.Last && (pane.IsEmpty || pane[row] == Pane.OnTime);
            var low = !quality.IsEmpty && IsTooLow(quality[row], batch.Schema.HasWindow);
            if (low || (!unusable.IsEmpty && unusable[row]))
            {
                if (low) NotGood++;
                else Missing++;
                if (moves) track.Begin(time[row]);
                continue;
            }

            var values = _scaled.AsSpan(row * size, size);
            // A correction of the newest row replaces it: the rows before that one count.
            var known = moves || time[row] > track.Last ? track.Count : time[row] == track.Last ? track.Count - 1 : 0;
            if (known < length - 1) TooEarly++;
            else
            {
                track.CopyBefore(known, length - 1, size, input[(packed * length * size)..]);
                values.CopyTo(input[(((packed * length) + length - 1) * size)..]);
                rows[packed++] = row;
            }

            if (moves) track.Add(time[row], values);
        }

        return packed;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state, Schema schema)
    {
        base.Save(state, schema);
        state.Write((long)_tracks.Count);
        for (var key = 0; key < _tracks.Count; key++)
        {
            var track = _tracks[key];
            state.WriteDevice(schema.Keys, key).Write(track.Last).Write((long)track.Count);
            for (var row = 0; row < track.Count; row++)
                foreach (var value in track.Row(row, Features.Count)) state.Write((double)value);
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state, Schema schema)
    {
        base.Restore(state, schema);
        var values = new float[Features.Count];
        for (var keys = state.Long(); keys > 0; keys--)
        {
            var track = TrackOf(state.Device(schema.Keys));
            var (last, count) = (state.Long(), state.Long());
            track.Begin(last);
            for (; count > 0; count--)
            {
                for (var i = 0; i < values.Length; i++) values[i] = (float)state.Double();
                track.Add(last, values);
            }
        }
    }

    Track TrackOf(int key)
    {
        while (_tracks.Count <= key) _tracks.Add(new(length));
        return _tracks[key];
    }

    /// <summary>The newest rows of one key, scaled, in a ring; one more than a sequence needs before its last, so that a correction of the newest finds those before it.</summary>
    sealed class Track(int length)
    {
        float[] _ring = [];
        int _next;

        public long Last { get; private set; } = long.MinValue;

        public int Count { get; private set; }

        public void Begin(long time) => (Last, Count, _next) = (time, 0, 0);

        public void Add(long time, ReadOnlySpan<float> row)
        {
            if (_ring.Length == 0) _ring = new float[length * row.Length];
            row.CopyTo(_ring.AsSpan(_next * row.Length));
            _next = (_next + 1) % length;
            Count = Math.Min(Count + 1, length);
            Last = time;
        }

        /// <summary>A row by its age: 0 is the oldest.</summary>
        public ReadOnlySpan<float> Row(int row, int size) => _ring.AsSpan((_next - Count + row + length) % length * size, size);

        /// <summary>Copies the last WANTED of the oldest KNOWN rows.</summary>
        public void CopyBefore(int known, int wanted, int size, Span<float> to)
        {
            var from = (_next - Count + known - wanted + (2 * length)) % length;
            var first = Math.Min(wanted, length - from);
            _ring.AsSpan(from * size, first * size).CopyTo(to);
            _ring.AsSpan(0, (wanted - first) * size).CopyTo(to[(first * size)..]);
        }
    }
}
