namespace StreamEdge;

/// <summary>The keys of readings by device and signal: a small table of a source's own, one look instead of three.</summary>
sealed class KeyCache(Schema schema)
{
    const int MostKeys = 4_000_000;

    readonly int _signals = schema.Signals.Count;
    int[] _keys = []; // -1 where not asked for yet

    /// <summary>The key of a device's signal; -1 where the device is none, or the table of keys is full.</summary>
    public int Of(int device, int signal)
    {
        if (device < 0) return -1;
        var place = (long)device * _signals + signal;
        if (place >= MostKeys) return schema.Keys.Key(device, signal);
        if (place >= _keys.Length)
        {
            var known = _keys.Length;
            Array.Resize(ref _keys, (int)Math.Max(2 * known, place + 1));
            _keys.AsSpan(known).Fill(-1);
        }

        var key = _keys[place];
        return key >= 0 ? key : _keys[place] = schema.Keys.Key(device, signal);
    }
}
