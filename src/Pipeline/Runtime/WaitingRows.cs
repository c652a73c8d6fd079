namespace StreamEdge;

/// <summary>
/// A reading or a row that waits; without references, so that it moves at no cost but its bytes'. <c>Further</c> is where
/// the slots behind its first column are kept; -1 for a reading, which has none.
/// </summary>
readonly record struct WaitingRow(long Time, double Slot, int Key, int Source, int Further, Quality Quality, byte Rank = 0);

/// <summary>
/// Rows in the order of their time, equal ones in that of their rank, then of their arrival. Those that come in order, as most do, stand in a
/// ring, the others in a heap beside it.
/// </summary>
sealed class WaitingRows
{
    readonly PriorityQueue<WaitingRow, (long Time, byte Rank, long Number)> _late = new();
    WaitingRow[] _ring = []; // its length is a power of two
    int _head, _inOrder;
    (long Time, byte Rank) _newest = (long.MinValue, 0);
    long _number;

    public int Count => _inOrder + _late.Count;

    /// <summary>The time of the first; after all time where there is none.</summary>
    public long FirstTime => Math.Min(_inOrder > 0 ? _ring[_head].Time : long.MaxValue, _late.Count > 0 ? _late.Peek().Time : long.MaxValue);

    public void Add(in WaitingRow row)
    {
        if (row.Time < _newest.Time || (row.Time == _newest.Time && row.Rank < _newest.Rank))
        {
            _late.Enqueue(row, (row.Time, row.Rank, _number++));
            return;
        }

        if (_inOrder == _ring.Length) Grow();
        _ring[(_head + _inOrder++) & (_ring.Length - 1)] = row;
        _newest = (row.Time, row.Rank);
    }

    /// <summary>Gives back the first.</summary>
    public WaitingRow Take()
    {
        // Of equal ones that in the ring came first: a late one is earlier than all that come into the ring after it.
        if (_inOrder == 0 || (_late.Count > 0 && IsBefore(_late.Peek(), _ring[_head]))) return _late.Dequeue();
        var first = _head;
        (_head, _inOrder) = ((_head + 1) & (_ring.Length - 1), _inOrder - 1);
        return _ring[first];
    }

    public bool HasAnyOf(int source) => Unordered().Any(r => r.Source == source);

    /// <summary>All of them, in their order.</summary>
    public IReadOnlyList<WaitingRow> InOrder() => [.. Unordered().OrderBy(r => r.Time).ThenBy(r => r.Rank)]; // which keeps the order of equal ones

    IEnumerable<WaitingRow> Unordered() => Enumerable.Range(_head, _inOrder).Select(at => _ring[at & (_ring.Length - 1)])
        .Concat(_late.UnorderedItems.OrderBy(l => l.Priority).Select(l => l.Element));

    static bool IsBefore(in WaitingRow row, in WaitingRow other) => row.Time < other.Time || (row.Time == other.Time && row.Rank < other.Rank);

    void Grow()
    {
        var ring = new WaitingRow[Math.Max(4, 2 * _inOrder)];
        for (var at = 0; at < _inOrder; at++) ring[at] = _ring[(_head + at) & (_ring.Length - 1)];
        (_ring, _head) = (ring, 0);
    }
}
