using System.Numerics;
using System.Runtime.InteropServices;

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
    public ReadOnlySpan<int> New => CollectionsMarshal.AsSpan(_order)[Defined..];

    public int Of(int number)
    {
        if ((uint)number < (uint)_local.Length && _local[number] is > 0 and var local) return local - 1;
        if (number >= _local.Length) Array.Resize(ref _local, Math.Max(2 * _local.Length, number + 64));
        _order.Add(number);
        _local[number] = _order.Count;
        return _order.Count - 1;
    }

    /// <summary>Translates a column. What does not fit is cut: look at <see cref="Count"/>.</summary>
    public void Of<T>(ReadOnlySpan<int> numbers, Span<T> local) where T : unmanaged, IBinaryInteger<T>
    {
        var known = _local;
        for (var row = 0; row < numbers.Length && row < local.Length; row++)
        {
            var number = numbers[row];
            var found = (uint)number < (uint)known.Length ? known[number] : 0;
            if (found == 0)
            {
                found = Of(number) + 1;
                known = _local;
            }

            local[row] = T.CreateTruncating(found - 1);
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
