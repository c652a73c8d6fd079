namespace StreamEdge;

/// <summary>
/// A log on a simulated disk beside a list of what it must hold. One seed is one life of several crashes: appends, syncs,
/// trims, truncations, full disks, failing calls, flipped bits.
/// </summary>
sealed class LogModel(int seed, bool ignoresSync = false) : IDisposable
{
    const int HeaderBytes = 64;

    readonly Random _random = new(seed);
    readonly SimulatedDisk _disk = new(seed) { IgnoresSync = ignoresSync };
    Dictionary<long, byte[]> _appended = [];
    SegmentLog _log = null!;
    long _acknowledged, _trimmed;
    bool _truncating; // failed in the midst of it: only a new start can tell what is left

    /// <summary>What was wrong; null where nothing was.</summary>
    public string? Fault { get; private set; }

    /// <summary>Runs one life. Returns how often it crashed.</summary>
    public int Run(int crashes = 5)
    {
        Open();
        for (var crash = 1; crash <= crashes; crash++)
        {
            var failing = _random.Next(3);
            if (failing == 1) _disk.FailAfter = _random.Next(40);
            if (failing == 2) (_disk.FailAfter, _disk.Failure) = (_random.Next(40), () => new DiskFullException("simulated: the disk is full"));
            _truncating = false;
            for (var act = _random.Next(30); act >= 0 && !_truncating; act--) Try(Act);
            if (_random.Next(3) == 0 && !_truncating) MustWork();
            _log.Dispose();
            var power = _random.Next(4) > 0;
            if (power) _disk.Crash();
            var spoiled = power && !ignoresSync && _random.Next(8) == 0 && Spoil();
            _disk.Capacity = long.MaxValue;
            Open();
            Check(spoiled ? 1 : 0);
            if (Fault is not null) return crash;
        }

        return crashes;
    }

    public void Dispose() => _log?.Dispose();

    void Act()
    {
        switch (_random.Next(20))
        {
            case < 12:
                var payload = new byte[_random.Next(10) == 0 ? _random.Next(1500) : _random.Next(60)];
                _random.NextBytes(payload);
                var next = _log.NextSequence;
                try
                {
                    _appended[_log.Append(7, payload)] = payload;
                }
                catch (IOException) when (_log.NextSequence != next)
                {
                    Fault ??= $"seed {seed}: an entry was refused and taken";
                }

                break;
            case < 16: _acknowledged = _log.Sync(); break;
            case 16:
                var trim = _random.NextInt64(_acknowledged + 1);
                _trimmed = Math.Max(_trimmed, trim);
                _log.TrimBefore(trim);
                break;
            case 17 when _random.Next(3) == 0:
                var keep = _random.NextInt64(_trimmed, _log.NextSequence + 1);
                _acknowledged = Math.Min(_acknowledged, keep + 1);
                _truncating = true;
                _log.TruncateAfter(keep);
                _truncating = false;
                foreach (var gone in _appended.Keys.Where(s => s > keep).ToList()) _appended.Remove(gone);
                break;
            case 18: _disk.Capacity = _random.Next(8000); break;
            case 19: _disk.Capacity = long.MaxValue; break;
        }
    }

    /// <summary>Whatever has failed: once the disk works again, so does the log.</summary>
    void MustWork()
    {
        (_disk.FailAfter, _disk.Capacity) = (-1, long.MaxValue);
        _acknowledged = _log.Sync();
        if (_acknowledged != _log.NextSequence) Fault ??= $"seed {seed}: the log did not go on";
    }

    void Open()
    {
        if (_random.Next(4) == 0) _disk.FailAfter = _random.Next(6);
        for (_log = null!; _log is null;) Try(() => _log = new SegmentLog(_disk, new() { SegmentBytes = 600, PendingBytes = 200, UnsyncedBytes = 500 }));
        _disk.FailAfter = -1;
    }

    /// <summary>What was acknowledged is there, in order, and nothing else but what was appended.</summary>
    void Check(int mayMiss)
    {
        var delivered = new Dictionary<long, byte[]>();
        using var reader = _log.Read(_trimmed);
        for (var last = -1L; reader.Next(); last = reader.Sequence)
        {
            if (!_appended.TryGetValue(reader.Sequence, out var payload) || !reader.Payload.SequenceEqual(payload) || reader.Kind != 7)
                Fault ??= $"seed {seed}: entry {reader.Sequence} was never appended so";
            else if (!delivered.TryAdd(reader.Sequence, payload) || reader.Sequence <= last)
                Fault ??= $"seed {seed}: entry {reader.Sequence} came out of order";
        }

        var missing = _appended.Keys.Count(s => s >= _trimmed && s < _acknowledged && !delivered.ContainsKey(s));
        if (missing > mayMiss) Fault ??= $"seed {seed}: {missing} acknowledged entries are gone";
        _appended = delivered;
        _acknowledged = _log.NextSequence; // what it delivers once, it must deliver again
    }

    bool Spoil()
    {
        var files = _disk.Names().Where(n => _disk[n].Length > HeaderBytes).ToList();
        if (files.Count == 0) return false;
        var name = files[_random.Next(files.Count)];
        var bytes = _disk[name];
        bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        _disk[name] = bytes;
        return true;
    }

    static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (IOException)
        {
            // Refused, and nothing is promised.
        }
    }
}
