namespace StreamEdge;

/// <summary>Small numbers, in the order of their first use, for the numbers that a run gave to its keys or texts.</summary>
sealed class LocalNumbers
{
    readonly List<int> _order = [];
    int[] _local = []; // of each of the run's numbers its local one + 1; 0: none yet

    /// <summary>How many there are.</summary>
    public int Count => _order.Count;

    /// <summary>How many of them have been defined where a reader finds it.</summary>
    public int Defined { get; private set; }

    /// <summary>Those that have not.</summary>
    public ReadOnlySpan<int> New => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order)[Defined..];

    public int Of(int number)
    {
        if ((uint)number < (uint)_local.Length && _local[number] is > 0 and var local) return local - 1;
        if (number >= _local.Length) Array.Resize(ref _local, Math.Max(2 * _local.Length, number + 64));
        _order.Add(number);
        _local[number] = _order.Count;
        return _order.Count - 1;
    }

    /// <summary>Translates a column.</summary>
    public void Of(ReadOnlySpan<int> numbers, Span<int> local)
    {
        var known = _local;
        for (var row = 0; row < numbers.Length; row++)
        {
            var number = numbers[row];
            if ((uint)number < (uint)known.Length && known[number] is > 0 and var found)
            {
                local[row] = found - 1;
                continue;
            }

            local[row] = Of(number);
            known = _local;
        }
    }

    public void AllAreDefined() => Defined = _order.Count;

    public void Clear()
    {
        foreach (var number in _order) _local[number] = 0;
        _order.Clear();
        Defined = 0;
    }
}
