namespace StreamEdge;

/// <summary>Where the readings of a key go: its group, its place among the computed signals (-1 for none).</summary>
readonly record struct KeyRoute(int Group, int Signal);

/// <summary>Finds the group of every new key.</summary>
sealed class Routes(Schema input, WindowColumns columns, KeyTable groups)
{
    KeyRoute[] _byKey = [];
    bool[] _refused = [];
    int _keys;

    /// <summary>By key; longer than there are keys.</summary>
    public ReadOnlySpan<KeyRoute> ByKey => _byKey;

    /// <summary>By key, whether there is no room for its group.</summary>
    public ReadOnlySpan<bool> Refused => _refused;

    /// <summary>Whether there are keys that have not been met.</summary>
    public bool AreBehind => _keys < input.Keys.Count;

    /// <summary>Meets the new keys.</summary>
    /// <param name="most">Told that a group is there, says how many groups there can be.</param>
    public void Meet(Func<int> most) => Meet(input.Keys.Count, most);

    /// <summary>Meets the new keys up to a number.</summary>
    /// <inheritdoc cref="Meet(Func{int})" path="/param"/>
    public void Meet(int count, Func<int> most)
    {
        var keys = input.Keys;
        if (_byKey.Length < count)
        {
            Array.Resize(ref _byKey, Math.Max(count, 2 * _byKey.Length));
            Array.Resize(ref _refused, _byKey.Length);
        }

        for (; _keys < count; _keys++)
        {
            var tags = keys.Tags(keys.DeviceOf[_keys]);
            var of = new string[columns.Tags.Count];
            for (var tag = 0; tag < of.Length; tag++) of[tag] = tags[columns.Tags[tag]];
            var group = groups.Device(of);
            if (group >= most()) group = -1;
            // Group 0 stands in for none, so that the row loop need not ask; no signal of it is taken.
            _byKey[_keys] = new KeyRoute(Math.Max(0, group), group < 0 ? -1 : columns.Signals.IndexOf(keys.SignalOf[_keys]));
            _refused[_keys] = group < 0;
        }
    }
}
