using System.Threading.Channels;

namespace StreamEdge;

/// <summary>What an edge does when the stage behind it is slower than the one before it.</summary>
public enum WhenFull
{
    /// <summary>The stage before waits. Nothing is lost. The default.</summary>
    Block,

    /// <summary>The oldest batch that waits is dropped, and its rows counted as <c>queue_full</c>.</summary>
    DropOldest,

    /// <summary>Every tenth row goes on, and the stage before waits for it; the others are counted as <c>sampled</c>.</summary>
    Sample,
}

/// <summary>
/// Joins two stages by a bounded channel. What the channel has no room for waits on the writer's side, where a lossy
/// edge may drop batches but never a barrier or what a source says: only the writer touches that queue, so it needs
/// no lock.
/// </summary>
sealed class Edge : Leaf
{
    const int SampleEvery = 10;
    const int MostWaiting = 4096; // with the controls among them; then a lossy edge waits too
    readonly Queue<Parcel> _waiting = new();
    readonly Channel<Parcel> _channel;
    readonly WhenFull _whenFull;
    readonly int _room;
    readonly Tally _queueFull, _sampled;
    int _waitingBatches, _phase;
    long _droppedBehind; // rows behind a barrier that waits: counted as dropped once it has gone, for its snapshot is without them

    /// <param name="name">The two steps it joins: <c>window -> infer</c>.</param>
    /// <param name="schema">What flows along it.</param>
    /// <param name="batches">Batches that may wait.</param>
    /// <param name="whenFull">What happens when more come.</param>
    public Edge(string name, Schema schema, int batches, WhenFull whenFull)
    {
        Name = name;
        Schema = schema;
        _whenFull = whenFull;
        // A lossy edge keeps its queue on the writer's side, and the channel only hands over.
        (_room, var capacity) = whenFull == WhenFull.DropOldest ? (batches, 1) : (0, batches);
        _channel = Channel.CreateBounded<Parcel>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        Books = new(schema.Signals);
        _queueFull = Books.Reason("queue_full");
        _sampled = Books.Reason("sampled");
    }

    public string Name { get; }

    public Schema Schema { get; }

    /// <summary>What was put in, what the other side took, what was dropped between.</summary>
    public Books Books { get; }

    /// <summary>Numbers of the sources whose data flows here.</summary>
    public HashSet<int> Sources { get; } = [];

    public ChannelReader<Parcel> Reader => _channel.Reader;

    /// <inheritdoc/>
    public override bool Waiting => _waiting.Count > 0;

    /// <summary>Completes when a lossy edge may have room for what waits.</summary>
    public ValueTask<bool> WaitForRoomAsync(CancellationToken cancel) => _channel.Writer.WaitToWriteAsync(cancel);

    /// <inheritdoc/>
    public override void Take(Batch batch)
    {
        Books.In += batch.Count;
        _waiting.Enqueue(new(batch, null));
        _waitingBatches++;
    }

    /// <summary>The reader's side counts what it took.</summary>
    public void Taken(Batch batch) => Books.Passed += batch.Count;

    /// <inheritdoc/>
    public override void Save(Snapshot snapshot)
    {
        // All that came before is in the channel, hence to be taken, or dropped. What the other side has counted of it
        // so far does not matter: it comes before the barrier there as well.
        var behind = _droppedBehind + _waiting.Sum(p => (long)(p.Batch?.Count ?? 0));
        snapshot.Add(Name, "", state => Books.SaveSettled(state, Books.In - behind));
    }

    public void Restore(Snapshot snapshot) => snapshot.Restore(Name, "", Books.Restore);

    /// <inheritdoc/>
    public override ValueTask PassOnAsync(CancellationToken cancel)
    {
        while (_waiting.TryPeek(out var parcel) && TryWrite(parcel)) Dequeue();
        if (_waiting.Count == 0) return ValueTask.CompletedTask;
        if (_whenFull == WhenFull.Block) return WaitAsync(cancel);
        if (_whenFull == WhenFull.Sample) return SampleAsync(cancel);
        if (_waiting.Count > MostWaiting) return WaitAsync(cancel);
        for (var surplus = _waitingBatches - _room; surplus > 0; surplus--) DropOldest();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask ControlAsync(Control control, CancellationToken cancel)
    {
        _waiting.Enqueue(new(null, control));
        return PassOnAsync(cancel);
    }

    /// <inheritdoc/>
    public override async ValueTask DrainAsync(bool isStopped, CancellationToken cancel) => await WaitAsync(cancel);

    /// <inheritdoc/>
    public override void Complete(Exception? error) => _channel.Writer.TryComplete(error);

    async ValueTask WaitAsync(CancellationToken cancel)
    {
        while (_waiting.TryPeek(out var parcel))
        {
            // Waits while the edge is full: this is the back-pressure.
            while (!TryWrite(parcel)) await _channel.Writer.WaitToWriteAsync(cancel);
            Dequeue();
        }
    }

    bool TryWrite(Parcel parcel)
    {
        if (parcel.Control is not Barrier barrier) return _channel.Writer.TryWrite(parcel);
        // Once the barrier is in the channel the snapshot may be complete at any moment.
        Save(barrier.Snapshot);
        if (!_channel.Writer.TryWrite(parcel)) return false;
        _queueFull.Add(_droppedBehind);
        _droppedBehind = 0;
        return true;
    }

    async ValueTask SampleAsync(CancellationToken cancel)
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var parcel = _waiting.Dequeue();
            if (parcel.Batch is null)
            {
                _waiting.Enqueue(parcel);
                continue;
            }

            _waitingBatches--;
            var batch = Thin(parcel.Batch.Writable());
            if (batch.Count == 0)
            {
                batch.Release();
                continue;
            }

            _waiting.Enqueue(new(batch, null));
            _waitingBatches++;
        }

        await WaitAsync(cancel);
    }

    Batch Thin(Batch batch)
    {
        var rows = batch.Count;
        Span<int> kept = stackalloc int[Batch.MaxRows / SampleEvery + 1];
        var count = 0;
        for (var row = 0; row < rows; row++)
        {
            if (_phase == 0) kept[count++] = row;
            _phase = (_phase + 1) % SampleEvery;
        }

        batch.Select(kept[..count]);
        _sampled.Add(rows - count);
        return batch;
    }

    void Dequeue()
    {
        if (_waiting.Dequeue().Batch is not null) _waitingBatches--;
    }

    void DropOldest()
    {
        var (dropped, isBehind) = (false, false);
        for (var left = _waiting.Count; left > 0; left--)
        {
            var parcel = _waiting.Dequeue();
            if (!dropped && parcel.Batch is { } batch)
            {
                dropped = true;
                _waitingBatches--;
                if (isBehind) _droppedBehind += batch.Count;
                else _queueFull.Add(batch.Count);
                batch.Release();
            }
            else
            {
                isBehind |= parcel.Control is Barrier;
                _waiting.Enqueue(parcel);
            }
        }
    }
}
