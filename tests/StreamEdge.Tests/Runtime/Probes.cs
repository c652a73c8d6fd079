namespace StreamEdge;

/// <summary>Gives the values 0, 1, 2 … a second apart, in turn from several machines.</summary>
sealed class Numbers(BuildContext context, int count, int size = 7, int machines = 3) : Source(context.Pipeline.Readings)
{
    public static readonly long Start = Nanoseconds.Of(new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero));
    int _next;

    /// <summary>Asked before each batch, with the number of its first value: may wait, or fail.</summary>
    public Func<int, CancellationToken, ValueTask>? Before { get; init; }

    /// <summary>The time of each value, in seconds; its own number where this is null.</summary>
    public Func<int, long>? Seconds { get; init; }

    public override double Progress => (double)_next / count;

    public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        if (Before is not null) await Before(_next, cancel);
        for (var row = 0; row < size && _next < count; row++, _next++)
        {
            var key = Output.Keys.Key(Output.Keys.Device($"m{_next % machines}"), 0);
            batch.Append(Start + (Seconds?.Invoke(_next) ?? _next) * Nanoseconds.Second, key, _next);
        }

        return _next < count;
    }

    public override void Save(StateWriter state) => state.Write((long)_next);

    public override void Restore(StateReader state) => _next = state.Int();
}

/// <summary>Gives readings of several logical sources, and says what stands between them.</summary>
sealed class Talker(BuildContext context, IReadOnlyList<Talker.Item> items) : Source(context.Pipeline.Readings)
{
    int _next;
    Remark _remark;

    /// <summary>Asked before each batch, with the number of its first item.</summary>
    public Func<int, CancellationToken, ValueTask>? Before { get; init; }

    public override Remark Remark => _remark;

    public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        _remark = default;
        if (Before is not null) await Before(_next, cancel);
        for (; _next < items.Count && batch.Count < 3; _next++)
        {
            var item = items[_next];
            if (item.Said.Kind != RemarkKind.None)
            {
                (_remark, _next) = (item.Said, _next + 1);
                return true;
            }

            if (batch.Count > 0 && item.Source != batch.Source) return true;
            batch.Source = item.Source;
            batch.Append(Numbers.Start + item.Second * Nanoseconds.Second, Output.Keys.Key(Output.Keys.Device($"m{item.Machine}"), 0), item.Second);
        }

        return _next < items.Count;
    }

    public override void Save(StateWriter state) => state.Write((long)_next);

    public override void Restore(StateReader state) => _next = state.Int();

    public static Item Reading(int source, long second, int machine = 0) => new(source, second, machine, default);

    public static Item Watermark(int source, long second) => new(0, 0, 0, new(RemarkKind.Watermark, source, Numbers.Start + second * Nanoseconds.Second));

    public static Item Idle(int source) => new(0, 0, 0, new(RemarkKind.Idle, source));

    public static Item Hold() => new(0, 0, 0, new(RemarkKind.Hold));

    public readonly record struct Item(int Source, long Second, int Machine, Remark Said);
}

/// <summary>A source that never gives anything, and ends a wait only when it is asked to.</summary>
sealed class Silence(BuildContext context) : Source(context.Pipeline.Readings)
{
    readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _reading;

    /// <summary>Completes when it waits for the first time.</summary>
    public Task Waiting => _waiting.Task;

    /// <summary>Whether it was closed while it still read.</summary>
    public bool ClosedWhileReading { get; set; }

    public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        Interlocked.Increment(ref _reading);
        try
        {
            var interrupted = Task.Delay(Timeout.Infinite, cancel);
            _waiting.TrySetResult();
            await interrupted;
            return true;
        }
        finally
        {
            await Task.Yield();
            Interlocked.Decrement(ref _reading);
        }
    }

    public override void Save(StateWriter state)
    {
    }

    public override void Restore(StateReader state)
    {
    }

    public override ValueTask DisposeAsync()
    {
        ClosedWhileReading |= Volatile.Read(ref _reading) > 0;
        return base.DisposeAsync();
    }
}

/// <summary>An operator that does what the test says, and passes everything on where it says nothing.</summary>
sealed class Scripted(BuildContext context) : Operator(context.Input)
{
    public Action<Batch, Output>? OnBatch { get; init; }

    public Action<long, Output>? OnTimer { get; init; }

    public Action<int>? OnEnd { get; init; }

    /// <summary>Sees what sources say: <c>watermark of 1 at 5</c>, <c>idle 0</c>.</summary>
    public Action<string>? OnSaid { get; init; }

    /// <summary>Sees each batch with its input before it is handled.</summary>
    public Action<Batch, int>? OnInput { get; init; }

    public Action<int>? OnEndOfInput { get; init; }

    public Action<Output>? OnFinish { get; init; }

    public long Due { get; set; } = long.MaxValue;

    public bool Alone { get; init; }

    public override bool OwnStage => Alone;

    public override long NextDue => Due;

    public override void Process(Batch batch, Output output)
    {
        if (OnBatch is null) output.Emit(batch);
        else OnBatch(batch, output);
    }

    public override void Process(Batch batch, int input, Output output)
    {
        OnInput?.Invoke(batch, input);
        Process(batch, output);
    }

    public override void OnInputEnd(int input, Output output) => OnEndOfInput?.Invoke(input);

    public override void OnTime(long now, Output output) => OnTimer?.Invoke(now, output);

    public override void OnWatermark(int source, long watermark, Output output) => OnSaid?.Invoke($"watermark of {source} at {(watermark - Numbers.Start) / Nanoseconds.Second}");

    public override void OnIdle(int source, Output output) => OnSaid?.Invoke($"idle {source}");

    public override void OnSourceEnd(int source, Output output) => OnEnd?.Invoke(source);

    public override void Finish(Output output) => OnFinish?.Invoke(output);
}

/// <summary>Replaces each value by the sum of its key so far: a step whose output depends on all that came before.</summary>
sealed class RunningSum(BuildContext context) : Operator(context.Input)
{
    readonly SortedDictionary<int, double> _sums = [];

    public bool InOrder { get; init; }

    public override bool NeedsOrder => InOrder;

    public override void Process(Batch batch, Output output)
    {
        batch = batch.Writable();
        for (var row = 0; row < batch.Count; row++)
            batch.Value[row] = _sums[batch.Key[row]] = _sums.GetValueOrDefault(batch.Key[row]) + batch.Value[row];
        output.Emit(batch);
    }

    public override string StateShape => "sum";

    public override void Save(StateWriter state)
    {
        state.Write((long)_sums.Count);
        foreach (var (key, sum) in _sums) state.WriteKey(Output, key).Write(sum);
    }

    public override void Restore(StateReader state)
    {
        for (var left = state.Long(); left > 0; left--) _sums[state.Key(Output)] = state.Double();
    }
}

/// <summary>Writes every row into a list, as <c>machine seconds value</c>.</summary>
sealed class Page(BuildContext context, List<string> lines) : Sink(context.Inputs)
{
    /// <summary>Asked before each batch: may wait, or fail.</summary>
    public Func<CancellationToken, ValueTask>? Before { get; init; }

    /// <summary>Asked at each flush: may wait, or fail.</summary>
    public Func<CancellationToken, ValueTask>? OnFlush { get; init; }

    public bool RunsFused { get; init; }

    public override bool Fused => RunsFused;

    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        if (Before is not null) await Before(cancel);
        for (var row = 0; row < batch.Count; row++)
        {
            var keys = batch.Schema.Keys;
            var device = batch.Schema.IsRows ? batch.Key[row] : keys.DeviceOf[batch.Key[row]];
            lines.Add($"{keys.Text(device)} {(batch.Time[row] - Numbers.Start) / Nanoseconds.Second} {batch.Column(0)[row]}");
        }

        Books.Absorbed += batch.Count;
    }

    public override ValueTask FlushAsync(CancellationToken cancel) => OnFlush?.Invoke(cancel) ?? ValueTask.CompletedTask;
}
