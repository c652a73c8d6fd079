namespace StreamEdge;

/// <summary>What a step keeps of each key: an array that grows as keys are met.</summary>
/// <param name="initial">What is kept of a key that has just been met.</param>
public sealed class PerKey<T>(T initial) where T : struct
{
    T[] _values = [];

    /// <summary>Of one key.</summary>
    public ref T this[int key]
    {
        get
        {
            if (key >= _values.Length) Grow(key + 1);
            return ref _values[key];
        }
    }

    /// <summary>Of all keys that a table has, by key: for a loop over rows.</summary>
    public Span<T> Of(KeyTable keys)
    {
        if (keys.Count > _values.Length) Grow(keys.Count);
        return _values;
    }

    /// <summary>Writes what there is, each under its key's text.</summary>
    /// <param name="state">Where it goes.</param>
    /// <param name="schema">The readings or rows whose keys they are.</param>
    /// <param name="isKept">Whether there is anything to write of a key.</param>
    /// <param name="write">Writes it.</param>
    public void Save(StateWriter state, Schema schema, Func<T, bool> isKept, Action<T, int> write)
    {
        state.Write(_values.LongCount(isKept));
        for (var key = 0; key < _values.Length; key++)
        {
            if (!isKept(_values[key])) continue;
            if (schema.IsRows) state.WriteDevice(schema.Keys, key);
            else state.WriteKey(schema, key);
            write(_values[key], key);
        }
    }

    /// <summary>Takes up what was written.</summary>
    /// <param name="state">What was written.</param>
    /// <param name="schema">The readings or rows whose keys they are.</param>
    /// <param name="read">Reads it, for a key of this run.</param>
    public void Restore(StateReader state, Schema schema, Func<int, T> read)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var key = schema.IsRows ? state.Device(schema.Keys) : state.Key(schema);
            this[key] = read(key);
        }
    }

    void Grow(int keys)
    {
        var known = _values.Length;
        Array.Resize(ref _values, Math.Max(keys, 2 * known));
        _values.AsSpan(known).Fill(initial);
    }
}
