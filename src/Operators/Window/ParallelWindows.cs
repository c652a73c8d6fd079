using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>
/// Runs copies of a window side by side, each with the groups whose tags hash to it, and a key table of its own. A batch
/// is split, worked by as many threads as there are copies, and the rows made of it leave in the order of the readings
/// that made them: what leaves is what one window would have made, row by row.
/// </summary>
sealed class ParallelWindows : Operator
{
    /// <summary>With fewer readings it takes longer to wake threads than to work.</summary>
    const int WorthSplitting = 512;

    readonly Schema _input;
    readonly int[] _tags; // of a group, among the tags of a device
    readonly Copy[] _copies;
    readonly BatchPool _pool = new();
    readonly Outgoing _outgoing = new();
    readonly Tally _full;
    (int Copy, int Key)[] _places = []; // by key
    int _keys;

    /// <param name="one">The window as it would run alone.</param>
    /// <param name="copies">How many.</param>
    /// <param name="make">Makes one for readings with other keys.</param>
    /// <param name="context">What flows in.</param>
    public ParallelWindows(WindowStep one, int copies, Func<BuildContext, Operator> make, BuildContext context) : base(one.Output, context.Input.Signals)
    {
        _input = context.Input;
        _tags = [.. Output.Keys.TagNames.Select(t => _input.Keys.TagNames.ToList().IndexOf(t))];
        _copies = [.. Enumerable.Range(0, copies).Select(_ => new Copy(make, context))];
        foreach (var tally in one.Books.Drops) Books.Reason(tally.Reason);
        _full = Books.Reason("too_many_keys");
        (NeedsOrder, Ranks) = (one.NeedsOrder, one.Ranks);
        StateShape = $"{one.StateShape}, {copies} side by side";
    }

    /// <inheritdoc/>
    public override bool NeedsOrder { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<byte>? Ranks { get; }

    /// <inheritdoc/>
    public override bool HasClock => true;

    /// <inheritdoc/>
    public override string StateShape { get; }

    /// <inheritdoc/>
    public override long Held => _copies.Sum(c => c.Window.Held);

    /// <inheritdoc/>
    public override long NextDue
    {
        get
        {
            var due = long.MaxValue;
            foreach (var copy in _copies) due = Math.Min(due, copy.Window.NextDue);
            return due;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report =>
        _copies.SelectMany((copy, number) => copy.Window.Report.Select(r => ($"{r.Name}, {number + 1} of {_copies.Length}", r.Value)));

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        if (_keys < _input.Keys.Count) MeetKeys();
        foreach (var copy in _copies) copy.Begin(_pool, batch.Source);
        for (var row = 0; row < batch.Count; row++)
        {
            var (copy, key) = _places[batch.Key[row]];
            _copies[copy].Add(row, batch.Time[row], key, batch.Value[row], batch.HasQuality ? batch.Quality[row] : Quality.Good);
        }

        foreach (var copy in _copies) copy.Offer(toOthers: batch.Count >= WorthSplitting && copy != _copies[0]);
        foreach (var copy in _copies) copy.Execute(); // what no other thread has begun
        foreach (var copy in _copies) copy.Join();
        foreach (var copy in _copies) copy.ThrowIfFailed();
        batch.Release();
        Merge(static (copy, other) => copy.Row < other.Row, output);
    }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        foreach (var copy in _copies)
            if (copy.Window.NextDue <= now) copy.Window.OnTime(now, copy.Output);
        OneAfterTheOther(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        foreach (var copy in _copies) copy.Window.Finish(copy.Output);
        OneAfterTheOther(output);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        foreach (var copy in _copies) copy.Window.Save(state);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        foreach (var copy in _copies) copy.Window.Restore(state);
    }

    /// <summary>What no reading made leaves by group, in the order of the tags.</summary>
    void OneAfterTheOther(Output output) => Merge(static (copy, other) => string.CompareOrdinal(copy.Group, other.Group) < 0, output);

    /// <summary>Emits what the copies made, row by row.</summary>
    void Merge(Func<Copy, Copy, bool> isBefore, Output output)
    {
        while (true)
        {
            Copy? first = null;
            foreach (var copy in _copies)
                if (copy.Any && (first is null || isBefore(copy, first))) first = copy;
            if (first is null) break;
            Emit(first, output);
        }

        foreach (var copy in _copies)
        {
            copy.Clear();
            Books.Take(copy.Window.Books);
        }

        _outgoing.Flush(output);
    }

    void Emit(Copy copy, Output output)
    {
        var (made, row) = copy.Next();
        var group = copy.GroupIn(Output.Keys, made.Key[row]);
        if (group < 0)
        {
            _full.Add();
            return;
        }

        _outgoing.Add(output, made, row).Key[^1] = group;
    }

    void MeetKeys()
    {
        var keys = _input.Keys;
        var count = keys.Count; // once: the source's stage may be adding some
        if (_places.Length < count) Array.Resize(ref _places, Math.Max(count, 2 * _places.Length));
        for (; _keys < count; _keys++)
        {
            var device = keys.DeviceOf[_keys];
            var copy = (int)(Hash(keys.Tags(device)) % (uint)_copies.Length);
            _places[_keys] = (copy, _copies[copy].KeyOf(keys.Tags(device), keys.SignalOf[_keys]));
        }
    }

    /// <summary>The same in every run: FNV-1a (Fowler, Noll, Vo, 1991) over a group's tags.</summary>
    uint Hash(ReadOnlySpan<string> tags)
    {
        var hash = 2166136261;
        foreach (var tag in _tags)
        {
            foreach (var letter in tags[tag]) hash = unchecked((hash ^ letter) * 16777619);
            hash = unchecked((hash ^ 0xff) * 16777619);
        }

        return hash;
    }

    /// <summary>One of the windows, with what it is given and what it makes.</summary>
    sealed class Copy : IThreadPoolWorkItem
    {
        const int Done = 0, Waiting = 1, AtWork = 2;

        readonly Schema _input;
        readonly List<Batch> _made = [];
        readonly List<int> _madeBy = []; // for each row made the row given, over all batches made
        readonly List<int> _rows = []; // for each row given its place in the whole batch
        int[] _groups = []; // by group: its number in the common table, plus one; 0 until it is met
        Batch? _given;
        ExceptionDispatchInfo? _failure;
        int _batch, _row, _at, _stand;

        public Copy(Func<BuildContext, Operator> make, BuildContext context)
        {
            _input = Schema.Readings(new KeyTable(context.Input.Keys.TagNames, context.Input.Signals.Count), context.Input.Codes, context.Input.Signals);
            Window = (WindowStep)make(context.Of(_input));
            Window.MadeBy = _madeBy;
            Output = new Output(Window.Output, Window.Books, _made.Add);
        }

        public WindowStep Window { get; }

        public Output Output { get; }

        /// <summary>Whether something made has not been emitted.</summary>
        public bool Any => _batch < _made.Count;

        /// <summary>The place of the reading that made the next row.</summary>
        public int Row => _rows[_madeBy[_at]];

        /// <summary>The next row's group as text.</summary>
        public string Group => Window.Output.Keys.Text(_made[_batch].Key[_row]);

        public int KeyOf(ReadOnlySpan<string> tags, int signal) => _input.Keys.Key(_input.Keys.Device(tags), signal);

        public void Begin(BatchPool pool, int source)
        {
            _given = pool.Rent(_input);
            _given.Source = source;
        }

        public void Add(int place, long time, int key, double slot, Quality quality)
        {
            var row = _given!.Append(time, key, slot);
            if (quality != Quality.Good) _given.Quality[row] = quality;
            _rows.Add(place);
        }

        /// <summary>Lets the work be begun, now that all rows are there: a thread that was asked for an earlier batch may come at any moment.</summary>
        public void Offer(bool toOthers)
        {
            Volatile.Write(ref _stand, Waiting);
            if (toOthers) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        /// <summary>Works on what it was given, on the thread that comes first.</summary>
        public void Execute()
        {
            if (Interlocked.CompareExchange(ref _stand, AtWork, Waiting) != Waiting) return;
            try
            {
                if (_given!.Count > 0) Window.Process(_given, Output);
                else _given.Release();
            }
            catch (Exception error)
            {
                _failure = ExceptionDispatchInfo.Capture(error);
            }

            Volatile.Write(ref _stand, Done);
        }

        /// <summary>Returns when it has worked on what it was given.</summary>
        public void Join()
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref _stand) != Done) spin.SpinOnce(sleep1Threshold: -1);
        }

        /// <summary>Throws what the work threw.</summary>
        public void ThrowIfFailed() => _failure?.Throw();

        public (Batch Batch, int Row) Next()
        {
            var next = (_made[_batch], _row++);
            _at++;
            if (_row == next.Item1.Count) (_batch, _row) = (_batch + 1, 0);
            return next;
        }

        public int GroupIn(KeyTable groups, int own)
        {
            if (_groups.Length <= own) Array.Resize(ref _groups, Math.Max(own + 1, 2 * _groups.Length));
            if (_groups[own] <= 0) _groups[own] = groups.Device(Window.Output.Keys.Tags(own)) + 1;
            return _groups[own] - 1;
        }

        public void Clear()
        {
            foreach (var batch in CollectionsMarshal.AsSpan(_made)) batch.Release();
            _made.Clear();
            _madeBy.Clear();
            _rows.Clear();
            (_batch, _row, _at) = (0, 0, 0);
        }
    }
}
