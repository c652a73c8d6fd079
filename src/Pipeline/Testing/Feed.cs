namespace StreamEdge;

/// <summary>Instants at equal distances.</summary>
/// <param name="Start">The first, Unix nanoseconds.</param>
/// <param name="Every">From one to the next, nanoseconds.</param>
/// <param name="Count">How many there are.</param>
/// <param name="End">Where what comes behind them begins: the last itself for a single one, the instant behind the last for several.</param>
readonly record struct Series(long Start, long Every, int Count, long End)
{
    public long this[int number] => Start + number * Every;
}

/// <summary>Values of one signal that a test feeds, in turn.</summary>
/// <param name="Signal">The signal's number.</param>
/// <param name="Slots">The values; those of a text are its number in <paramref name="Texts"/>.</param>
/// <param name="Texts">The texts of a text signal, null where there is none; empty for any other signal.</param>
sealed record FedValues(int Signal, double[] Slots, string?[] Texts)
{
    /// <summary>The value whose turn it is, as a column holds it.</summary>
    public double SlotAt(int turn, CodeTable codes)
    {
        var slot = Slots[turn % Slots.Length];
        if (Texts.Length == 0) return slot;
        return Texts[(int)slot] is { } text ? Slot.Of(codes.Code(text)) : Slot.MissingOf(Kind.Text);
    }
}

/// <summary>One item of a feed: what one device says at one instant or at many. Without values, time that passes.</summary>
/// <param name="Source">The number of the source that gives it.</param>
/// <param name="Tags">The device's tags, in the order of the pipeline's.</param>
/// <param name="Quality">How far the values can be trusted.</param>
/// <param name="Times">When they were measured.</param>
/// <param name="ArrivesAt">When all of them arrive; null where each arrives <paramref name="Delay"/> behind its time.</param>
/// <param name="Delay">How much later than measured they arrive, nanoseconds.</param>
/// <param name="Values">The values.</param>
sealed record FedReadings(int Source, string[] Tags, Quality Quality, Series Times, long? ArrivesAt, long Delay, IReadOnlyList<FedValues> Values)
{
    public long Arrival(int number) => ArrivesAt ?? Times[number] + Delay;
}

/// <summary>Plays a feed: its readings in the order they arrive; what arrives together in the order of the file.</summary>
sealed class Feed
{
    readonly IReadOnlyList<FedReadings> _items;
    readonly PriorityQueue<(int Item, int Number), (long Arrival, int Item)> _next = new();
    readonly int[] _devices; // by item; -1 where not met yet

    public Feed(IReadOnlyList<FedReadings> items)
    {
        _items = items;
        _devices = new int[items.Count];
        Array.Fill(_devices, -1);
        for (var item = 0; item < items.Count; item++) _next.Enqueue((item, 0), (items[item].Arrival(0), item));
    }

    /// <summary>When the first reading arrives.</summary>
    public static long Begin(IReadOnlyList<FedReadings> items) => items.Min(i => i.Arrival(0));

    /// <summary>When the next readings arrive; false when there are none.</summary>
    public bool TryPeek(out long arrival)
    {
        var more = _next.TryPeek(out _, out var next);
        arrival = next.Arrival;
        return more;
    }

    /// <summary>Takes the next item that arrives at that instant; false when there is none.</summary>
    public bool TryTake(long arrival, out FedReadings item, out int number, out int index)
    {
        (item, number, index) = (null!, 0, 0);
        if (!_next.TryPeek(out var next, out var place) || place.Arrival != arrival) return false;
        _next.Dequeue();
        (index, number) = next;
        item = _items[index];
        if (number + 1 < item.Times.Count) _next.Enqueue((index, number + 1), (item.Arrival(number + 1), index));
        return true;
    }

    /// <summary>The item's device in the pipeline's table of keys.</summary>
    public int DeviceOf(int index, KeyTable keys) => _devices[index] >= 0 ? _devices[index] : _devices[index] = keys.Device(_items[index].Tags);
}
