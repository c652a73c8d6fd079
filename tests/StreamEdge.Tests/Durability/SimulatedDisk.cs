namespace StreamEdge;

/// <summary>
/// A disk as bad as a real one may be, in memory and the same in every run of a seed: what was not synced is lost, torn
/// or flipped at a crash; names that were not synced may be there or not; calls fail; and a sync that failed leaves its
/// bytes lost though the next one succeeds, as Linux does.
/// </summary>
sealed class SimulatedDisk(int seed) : FileStore
{
    const int Sector = 512;

    readonly Random _random = new(seed);
    readonly List<Action<Dictionary<string, Node>>> _unsyncedNames = [];
    Dictionary<string, Node> _names = new(StringComparer.Ordinal), _durableNames = new(StringComparer.Ordinal);

    public override string Place => "disk";

    /// <summary>Bytes that it holds.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Makes the call that comes after so many others fail; -1: none.</summary>
    public int FailAfter { get; set; } = -1;

    /// <summary>How that call fails.</summary>
    public Func<IOException> Failure { get; set; } = () => new IOException("simulated: the device does not answer", 5);

    /// <summary>The negative control: a sync that does nothing.</summary>
    public bool IgnoresSync { get; init; }

    public int Calls { get; private set; }

    long Used => _names.Values.Distinct().Sum(n => (long)n.Length);

    public override IReadOnlyList<string> Names() => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public override StoredFile Create(string name)
    {
        Call();
        var node = new Node();
        Change(names => names[name] = node);
        return new OpenNode(this, node);
    }

    public override StoredFile Open(string name) =>
        _names.TryGetValue(name, out var node) ? new OpenNode(this, node) : throw new FileNotFoundException(name);

    public override void Rename(string from, string to)
    {
        Call();
        var node = _names[from];
        Change(names =>
        {
            names.Remove(from);
            names[to] = node;
        });
    }

    public override void Remove(string name)
    {
        Call();
        Change(names => names.Remove(name));
    }

    public override void SyncFolder()
    {
        Call();
        if (IgnoresSync) return;
        _unsyncedNames.Clear();
        _durableNames = new(_names, StringComparer.Ordinal);
    }

    /// <summary>Cuts the power. What is open must not be used any more.</summary>
    public void Crash()
    {
        foreach (var change in _unsyncedNames)
            if (_random.Next(2) == 0) change(_durableNames);
        _unsyncedNames.Clear();
        foreach (var node in _durableNames.Values.Distinct()) node.Crash(_random);
        _names = new(_durableNames, StringComparer.Ordinal);
        FailAfter = -1;
    }

    /// <summary>The bytes of a file, as a test wants to see or spoil them.</summary>
    public byte[] this[string name]
    {
        get => _names[name].Bytes[.._names[name].Length];
        set => _names[name] = _durableNames[name] = new Node(value);
    }

    public void Delete(string name)
    {
        _names.Remove(name);
        _durableNames.Remove(name);
    }

    void Change(Action<Dictionary<string, Node>> change)
    {
        change(_names);
        _unsyncedNames.Add(change);
    }

    void Call()
    {
        Calls++;
        if (FailAfter-- == 0) throw Failure();
    }

    sealed class OpenNode(SimulatedDisk disk, Node node) : StoredFile
    {
        int _length = node.Length;

        public override long Length => _length;

        public override int Read(long offset, Span<byte> bytes)
        {
            var count = (int)Math.Clamp(node.Length - offset, 0, bytes.Length);
            if (count > 0) node.Bytes.AsSpan((int)offset, count).CopyTo(bytes);
            return count;
        }

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            var fits = (int)Math.Min(bytes.Length, Math.Max(0, disk.Capacity - disk.Used + node.Length - _length));
            try
            {
                disk.Call();
                if (fits < bytes.Length) throw new DiskFullException("simulated: the disk is full");
            }
            catch (IOException)
            {
                node.Write(_length, bytes[..disk._random.Next(fits + 1)]);
                throw;
            }

            node.Write(_length, bytes);
            _length += bytes.Length;
        }

        public override void Sync()
        {
            try
            {
                disk.Call();
            }
            catch (IOException)
            {
                node.LoseUnsynced();
                throw;
            }

            if (!disk.IgnoresSync) node.Sync();
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>A file behind its names: what is read, and what is on the disk.</summary>
    sealed class Node
    {
        readonly List<(int From, int To)> _lost = [];
        byte[] _durable = [];
        int _changed;

        public Node()
        {
        }

        public Node(byte[] bytes) => (Bytes, Length, _durable, _changed) = (bytes, bytes.Length, bytes, bytes.Length);

        public byte[] Bytes { get; private set; } = [];

        public int Length { get; private set; }

        public void Write(int at, ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty) return;
            if (Bytes.Length < at + bytes.Length)
            {
                var larger = new byte[Math.Max(2 * Bytes.Length, at + bytes.Length)];
                Bytes.AsSpan(0, Length).CopyTo(larger);
                Bytes = larger;
            }

            bytes.CopyTo(Bytes.AsSpan(at));
            Length = Math.Max(Length, at + bytes.Length);
            _changed = Math.Min(_changed, at);
        }

        public void Sync()
        {
            _durable = Synced(Length);
            _changed = Length;
        }

        public void LoseUnsynced()
        {
            if (_changed < Length) _lost.Add((_changed, Length));
            _changed = Length;
        }

        public void Crash(Random random)
        {
            var kept = Math.Min(_changed, Length);
            var unsynced = Length - kept;
            var bytes = _durable.Length > kept ? _durable : [.. _durable, .. new byte[kept - _durable.Length]];
            if (unsynced > 0 && random.Next(4) is > 0 and var how)
            {
                bytes = Synced(kept + random.Next(unsynced + 1));
                var torn = bytes.AsSpan(Math.Min(kept, bytes.Length));
                if (how == 2)
                {
                    for (var at = 0; at < torn.Length; at += Sector)
                        if (random.Next(2) == 0) torn.Slice(at, Math.Min(Sector, torn.Length - at)).Clear();
                }
                else if (how == 3 && torn.Length > 0) torn[random.Next(torn.Length)] ^= (byte)(1 << random.Next(8));
            }

            (Bytes, Length, _durable, _changed) = (bytes, bytes.Length, bytes, bytes.Length);
            _lost.Clear();
        }

        byte[] Synced(int length)
        {
            var bytes = Bytes.AsSpan(0, length).ToArray();
            foreach (var (from, to) in _lost)
                if (from < length) bytes.AsSpan(from, Math.Min(to, length) - from).Clear();
            return bytes;
        }
    }
}
