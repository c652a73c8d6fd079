namespace StreamEdge;

/// <summary>
/// A chain of fused steps that one task runs: from a source, or from the edges that lead in, to the edges and sinks at
/// its end. Inside a stage a batch goes from step to step by plain calls; only here does anything wait.
/// </summary>
abstract class Stage(string name, Clock clock)
{
    /// <summary>While input keeps coming, timers are looked at every so many batches.</summary>
    protected const int TimersEvery = 8;

    /// <summary>While input keeps coming, the books are checked every so many batches.</summary>
    protected const int BooksEvery = 256;

    readonly List<Step> _steps = [];
    readonly List<Leaf> _leaves = [];
    readonly List<SinkStep> _sinks = [];
    readonly List<Edge> _lossy = [];

    public string Name { get; } = name;

    protected Clock Clock { get; } = clock;

    /// <summary>The sources that it reads itself; none where edges lead in.</summary>
    public virtual IReadOnlyList<SourceStep> Sources => [];

    /// <summary>The fused steps, in the order of the data.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    public IReadOnlyList<SinkStep> Sinks => _sinks;

    /// <summary>Whether steps keep what they hold when the input ends.</summary>
    protected bool Holds { get; private set; }

    /// <summary>Whether its task has ended without an error; its state then stands still.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether its input ended, but not the data.</summary>
    public bool IsHeld => Holds;

    /// <summary>Whether a barrier stopped it: what its steps hold is in the snapshot, and not flushed.</summary>
    public bool Stopped { get; private set; }

    public void Add(Step step) => _steps.Add(step);

    public void Add(SinkStep sink)
    {
        _sinks.Add(sink);
        _leaves.Add(sink);
    }

    public void Add(Edge edge, WhenFull whenFull)
    {
        _leaves.Add(edge);
        if (whenFull == WhenFull.DropOldest) _lossy.Add(edge);
    }

    /// <summary>Runs until the input ends, a barrier stops it, or a step fails; then completes the edges that lead on, in every case.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Exception? failure = null;
        try
        {
            Stopped = !await RunToEndAsync(cancel);
            if (!Stopped && !Holds) await FinishAsync(cancel);
            foreach (var leaf in _leaves) await leaf.DrainAsync(Stopped, cancel);
            CheckBooks();
            Ended = true;
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            foreach (var leaf in _leaves) leaf.Complete(failure);
            CompleteObservers(failure);
        }
    }

    /// <summary>Tells those who watch that nothing more will come. Once; a second call changes nothing.</summary>
    public void CompleteObservers(Exception? failure)
    {
        foreach (var source in Sources) source.Observers.Complete(failure);
        foreach (var step in _steps) step.Observers.Complete(failure);
    }

    /// <summary>Handles all input. True: it has ended, and what is held may be flushed. False: a barrier stopped the pipeline.</summary>
    protected abstract Task<bool> RunToEndAsync(CancellationToken cancel);

    /// <summary>Writes the state of everything that runs in this stage.</summary>
    public virtual void Save(Snapshot snapshot)
    {
        foreach (var step in _steps) step.Save(snapshot);
    }

    /// <summary>Writes what <see cref="Save"/> does and what else would travel with a barrier; of a stage that has ended.</summary>
    public void SaveEnded(Snapshot snapshot)
    {
        Save(snapshot);
        foreach (var leaf in _leaves) leaf.Save(snapshot);
    }

    public virtual void Restore(Snapshot snapshot)
    {
        foreach (var step in _steps) step.Restore(snapshot);
        foreach (var sink in _sinks) sink.Restore(snapshot);
    }

    /// <summary>Passes on what has reached the end of the stage. Completes at once while there is room.</summary>
    protected ValueTask PassOnAsync(CancellationToken cancel)
    {
        foreach (var leaf in _leaves)
        {
            if (!leaf.Waiting) continue;
            var passing = leaf.PassOnAsync(cancel);
            if (!passing.IsCompletedSuccessfully) return RestAsync(passing, cancel);
        }

        return ValueTask.CompletedTask;

        async ValueTask RestAsync(ValueTask passing, CancellationToken cancel)
        {
            await passing;
            foreach (var leaf in _leaves)
                if (leaf.Waiting) await leaf.PassOnAsync(cancel);
        }
    }

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> when none runs.</summary>
    protected long NextDue()
    {
        var due = long.MaxValue;
        foreach (var step in _steps) due = Math.Min(due, step.Operator.NextDue);
        foreach (var sink in _sinks) due = Math.Min(due, sink.FlushDue);
        return due;
    }

    /// <summary>Calls the timers that are due.</summary>
    protected async ValueTask FireTimersAsync(CancellationToken cancel)
    {
        var now = Clock.Now;
        foreach (var step in _steps)
        {
            if (step.Operator.NextDue > now) continue;
            step.OnTime(now);
            await PassOnAsync(cancel);
        }

        foreach (var sink in _sinks)
            if (sink.FlushDue <= now) await sink.FlushAsync(cancel);
    }

    /// <summary>
    /// Waits until the task completes; meanwhile calls timers, and passes on what lossy edges held back.
    /// </summary>
    protected async Task WaitAsync(Task input, CancellationToken cancel)
    {
        while (!input.IsCompleted)
        {
            var due = NextDue();
            var now = due == long.MaxValue ? 0 : Clock.Now;
            if (due <= now)
            {
                cancel.ThrowIfCancellationRequested();
                await FireTimersAsync(cancel);
                continue;
            }

            using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var any = new List<Task>(2 + _lossy.Count) { input };
            if (due != long.MaxValue) any.Add(Clock.DelayAsync(due - now, waited.Token));
            foreach (var edge in _lossy)
                if (edge.Waiting) any.Add(edge.WaitForRoomAsync(waited.Token).AsTask());
            if (any.Count == 1)
            {
                await input;
                return;
            }

            await Task.WhenAny(any);
            await waited.CancelAsync(); // ends the delay's timer and the waits for room
            cancel.ThrowIfCancellationRequested();
            foreach (var edge in _lossy) await edge.PassOnAsync(cancel);
        }

        await input;
    }

    /// <summary>Saves this stage at a barrier, and sends the barrier on.</summary>
    protected async ValueTask BarrierAsync(Barrier barrier, CancellationToken cancel)
    {
        CheckBooks();
        Save(barrier.Snapshot);
        foreach (var leaf in _leaves) await leaf.ControlAsync(barrier, cancel);
        barrier.Passed(this);
    }

    /// <summary>Tells the steps what a source says, and sends the news on.</summary>
    protected async ValueTask TellAsync(Control control, CancellationToken cancel)
    {
        Holds |= control is Hold;
        foreach (var step in _steps)
        {
            step.Tell(control);
            await PassOnAsync(cancel);
        }

        foreach (var leaf in _leaves) await leaf.ControlAsync(control, cancel);
    }

    /// <summary>Checks the books of every step of this stage.</summary>
    protected void CheckBooks()
    {
        foreach (var step in _steps) step.CheckBooks();
        foreach (var sink in _sinks) sink.CheckBooks();
    }

    async ValueTask FinishAsync(CancellationToken cancel)
    {
        foreach (var step in _steps)
        {
            step.Finish();
            await PassOnAsync(cancel);
        }
    }
}
