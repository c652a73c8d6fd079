using System.Text;

namespace StreamEdge;

/// <summary>
/// Who sent what, as small numbers. A device is one set of tag values (<c>line=1, machine=m7</c>); a reading's key is
/// a device with a signal, a row's key is the device (its group) itself. Texts are met once per new key; rows carry
/// ints, and steps keep their state in arrays by key. Thread-safe: growing takes a lock, reading does not.
/// </summary>
public sealed class KeyTable
{
    readonly Lock _growing = new();
    readonly Dictionary<string, int> _devices = new(StringComparer.Ordinal);
    readonly int _signals, _limit;
    string[][] _tags = new string[4][];
    string[] _texts = new string[4];
    int[][] _keys = new int[4][];
    int[] _signalOf = new int[4], _deviceOf = new int[4];
    int _deviceCount, _count;

    /// <summary>Makes an empty table.</summary>
    /// <param name="tagNames">The names of the tags, in the order their values are given.</param>
    /// <param name="signals">How many signals a device can have; 0 for a table of rows.</param>
    /// <param name="limit">Most keys that it holds. A further one is refused with -1; its readings are counted as <c>too_many_keys</c>.</param>
    public KeyTable(IReadOnlyList<string> tagNames, int signals, int limit = 1_000_000)
    {
        TagNames = tagNames;
        _signals = signals;
        _limit = limit;
    }

    /// <summary>The names of the tags of every device.</summary>
    public IReadOnlyList<string> TagNames { get; }

    /// <summary>How many keys there are; they run from 0.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many devices there are; they run from 0.</summary>
    public int Devices => Volatile.Read(ref _deviceCount);

    /// <summary>The signal of each key; longer than <see cref="Count"/>. Take it once per batch.</summary>
    public int[] SignalOf => Volatile.Read(ref _signalOf);

    /// <summary>The device of each key; longer than <see cref="Count"/>. Take it once per batch.</summary>
    public int[] DeviceOf => Volatile.Read(ref _deviceOf);

    /// <summary>The device with these tag values, a new one where they are new; -1 when the table is full.</summary>
    public int Device(params ReadOnlySpan<string> tags)
    {
        var text = Identity(tags);
        lock (_growing)
        {
            if (_devices.TryGetValue(text, out var device)) return device;
            if (_deviceCount >= _limit) return -1;
            device = _deviceCount;
            if (device == _tags.Length)
            {
                Array.Resize(ref _tags, 2 * device);
                Array.Resize(ref _texts, 2 * device);
                Array.Resize(ref _keys, 2 * device);
            }

            _tags[device] = tags.ToArray();
            _texts[device] = string.Join(',', tags!);
            _keys[device] = new int[_signals];
            Array.Fill(_keys[device], -1);
            Volatile.Write(ref _deviceCount, device + 1);
            _devices[text] = device;
            if (_signals == 0) Add(device, -1);
            return device;
        }
    }

    /// <summary>The key of a device's signal, a new one where it is new; -1 when the table is full.</summary>
    public int Key(int device, int signal)
    {
        var key = Volatile.Read(ref _keys)[device][signal];
        if (key >= 0) return key;
        lock (_growing)
        {
            key = _keys[device][signal];
            return key >= 0 ? key : _count >= _limit ? -1 : _keys[device][signal] = Add(device, signal);
        }
    }

    /// <summary>The tag values of a device (of a row's key), in the order of <see cref="TagNames"/>.</summary>
    public ReadOnlySpan<string> Tags(int device) => Volatile.Read(ref _tags)[device];

    /// <summary>The device's tag values as one text, comma-separated; empty where there are no tags. Also its order among others.</summary>
    public string Text(int device) => Volatile.Read(ref _texts)[device];

    /// <summary>The tags as one text that no other tags have, whatever letters they hold: each behind its length.</summary>
    static string Identity(ReadOnlySpan<string> tags)
    {
        if (tags.Length == 1) return tags[0];
        var text = new StringBuilder();
        foreach (var tag in tags) text.Append(tag.Length).Append(':').Append(tag);
        return text.ToString();
    }

    int Add(int device, int signal)
    {
        if (_count == _signalOf.Length)
        {
            // Copied whole, then published: readers hold either array, and both know every key they have met.
            var (signalOf, deviceOf) = (_signalOf, _deviceOf);
            Array.Resize(ref signalOf, 2 * _count);
            Array.Resize(ref deviceOf, 2 * _count);
            Volatile.Write(ref _signalOf, signalOf);
            Volatile.Write(ref _deviceOf, deviceOf);
        }

        _signalOf[_count] = signal;
        _deviceOf[_count] = device;
        Volatile.Write(ref _count, _count + 1);
        return _count - 1;
    }
}
