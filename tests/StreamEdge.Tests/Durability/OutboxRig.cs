namespace StreamEdge;

/// <summary>One life of an outbox before a sink that does what the test says.</summary>
sealed class OutboxRig : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    readonly BatchPool _pool = new();
    long _given, _before;

    public OutboxRig(FileStore disk, TimeProvider? time = null, BufferOptions? buffer = null)
    {
        Schema = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [new("n", Kind.Integer), new(Columns.Anomaly, Kind.Bool)], hasWindow: false);
        Far = new FarSide([Schema], buffer ?? new());
        Outbox = new("far/side", Far, disk, _pool, new Clock(time ?? new FakeTime()));
    }

    public Schema Schema { get; }

    public FarSide Far { get; }

    public Outbox Outbox { get; }

    public long Dropped(string reason) => Outbox.Books.Reason(reason).Total;

    public static async Task<OutboxRig> OpenAsync(FileStore disk, ReadOnlyMemory<byte>? state = null, long given = 0, TimeProvider? time = null, BufferOptions? buffer = null)
    {
        var rig = new OutboxRig(disk, time, buffer) { _given = given };
        if (state is not null) rig.Outbox.Restore(new StateReader(state.Value));
        rig._before = given - rig.Outbox.Held;
        await rig.Outbox.OpenAsync(default);
        rig.Check();
        return rig;
    }

    /// <summary>Gives rows with the numbers FROM, FROM + 1 … in one batch; sees that the books balance.</summary>
    public async Task GiveAsync(int from, int rows, bool anomaly = false)
    {
        var batch = Batch(from, rows, anomaly);
        await Outbox.WriteAsync(batch, default).AsTask().WaitAsync(s_patience);
        batch.Release();
        _given += rows;
        Check();
    }

    public Batch Batch(int from, int rows, bool anomaly = false)
    {
        var batch = _pool.Rent(Schema);
        batch.Grow(rows);
        batch.Count = rows;
        for (var row = 0; row < rows; row++)
        {
            (batch.Time[row], batch.Key[row]) = (from + row, Schema.Keys.Device([$"m{(from + row) % 7}"]));
            (batch.Bits(0)[row], batch.Bits(1)[row]) = (from + row, anomaly ? 1 : 0);
        }

        return batch;
    }

    public async Task FlushAsync()
    {
        await Outbox.FlushAsync(default).AsTask().WaitAsync(s_patience);
        Check();
    }

    /// <summary>Ends the input: returns when all is delivered.</summary>
    public async Task FinishAsync()
    {
        await Outbox.FinishAsync(default).AsTask().WaitAsync(s_patience);
        Check();
        Assert.Equal(0, Outbox.Held);
    }

    /// <summary>What a checkpoint holds of it.</summary>
    public ReadOnlyMemory<byte> Save()
    {
        var state = new StateWriter();
        Outbox.Save(state);
        return state.Written;
    }

    /// <summary>The account over all lives: what was given is delivered, dropped or held. The engine counts what comes in, so here that is only what the outbox found.</summary>
    public void Check() => Assert.Equal(_given, _before + Outbox.Books.Absorbed + Outbox.Books.Dropped + Outbox.Held - Outbox.Books.In);

    public async ValueTask DisposeAsync()
    {
        await Outbox.DisposeAsync();
        Assert.Equal(0, _pool.InUse);
    }
}

/// <summary>A sink over a network: keeps what it is given, and settles it when it is flushed, as the test says.</summary>
sealed class FarSide(IReadOnlyList<Schema> inputs, BufferOptions buffer) : Sink(inputs)
{
    readonly SemaphoreSlim _may = new(0);
    readonly List<long> _taken = [];
    long _waiting;

    public override bool IsRemote => true;

    public override BufferOptions Buffer => buffer;

    public override long Held => _waiting;

    /// <summary>The numbers that it took, in order.</summary>
    public IReadOnlyList<long> Taken
    {
        get
        {
            lock (_taken) return [.. _taken];
        }
    }

    /// <summary>Throws at a flush.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Lets so many flushes through.</summary>
    public void Let(int flushes = 1_000_000) => _may.Release(flushes);

    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        lock (_taken) _taken.AddRange(batch.Bits(0));
        _waiting += batch.Count;
        return default;
    }

    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        await _may.WaitAsync(cancel);
        if (Failure is not null) throw Failure;
        Books.Absorbed += _waiting;
        _waiting = 0;
    }
}
