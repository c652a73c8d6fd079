namespace StreamEdge;

/// <summary>A stage fed by edges: one, or several at a fan-in. Batches of several edges are taken in turn; barriers wait for each other.</summary>
sealed class EdgeStage(string name, Target root, IReadOnlyList<Edge> inputs, Clock clock) : Stage(name, clock)
{
    readonly Target[] _targets = [.. inputs.Select((_, input) => root.Input(input))];
    readonly Task<bool>?[] _waits = new Task<bool>[inputs.Count];
    readonly bool[] _blocked = new bool[inputs.Count];
    readonly bool[] _ended = new bool[inputs.Count];
    readonly Sides _sides = new(inputs);

    // An input may be kept waiting only if the source behind it feeds no other: what the others are behind with would not come.
    readonly bool _mayKeepWaiting = inputs.Count > 1 && inputs.Sum(i => i.Sources.Count) == inputs.SelectMany(i => i.Sources).Distinct().Count();
    Barrier? _barrier;
    int _next;

    /// <inheritdoc/>
    protected override async Task<bool> RunToEndAsync(CancellationToken cancel)
    {
        for (var turn = 0; ; turn++)
        {
            if (!TryTake(out var input, out var parcel))
            {
                if (Array.TrueForAll(_ended, static ended => ended)) return true;
                await WaitForInputAsync(cancel);
            }
            else if (parcel.Batch is { } batch)
            {
                inputs[input].Taken(batch);
                if (inputs.Count > 1) _sides.Came(input, batch.Source);
                _targets[input].Take(batch);
                await PassOnAsync(cancel);
                if (turn % TimersEvery == 0 && NextDue() != long.MaxValue) await FireTimersAsync(cancel);
                if (turn % BooksEvery == 0) CheckBooks();
            }
            else if (parcel.Control is Barrier barrier)
            {
                _blocked[input] = true;
                _barrier = barrier;
            }
            else if (parcel.Control is { } control && (inputs.Count == 1 ? control : _sides.Merge(input, control)) is { } told)
            {
                await TellAsync(told, cancel);
            }

            await EndInputsAsync(cancel); // before the barrier is looked at: it waits for no input that has ended
            if (_barrier is not null && AllBlocked() && await PassBarrierAsync(_barrier, cancel)) return false;
        }
    }

    /// <summary>True when the pipeline stops behind this barrier.</summary>
    async ValueTask<bool> PassBarrierAsync(Barrier barrier, CancellationToken cancel)
    {
        await BarrierAsync(barrier, cancel);
        Array.Clear(_blocked);
        _barrier = null;
        return barrier.Stop;
    }

    bool TryTake(out int input, out Parcel parcel)
    {
        for (var tried = 0; tried < inputs.Count; tried++)
        {
            input = _next;
            _next = (_next + 1) % inputs.Count;
            if (!_blocked[input] && !KeptWaiting(input) && inputs[input].Reader.TryRead(out parcel)) return true;
        }

        (input, parcel) = (-1, default);
        return false;
    }

    async ValueTask WaitForInputAsync(CancellationToken cancel)
    {
        var waits = new List<Task<bool>>(inputs.Count);
        using var looked = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        for (var input = 0; input < inputs.Count; input++)
        {
            if (_blocked[input] || _ended[input]) continue;
            if (KeptWaiting(input))
            {
                waits.Add(LookAgainAsync(looked.Token)); // a timer may make room for it
                continue;
            }

            // A wait that is not over is kept: asking again would add a waiter to the channel each time a timer fires.
            var wait = _waits[input] ??= inputs[input].Reader.WaitToReadAsync(cancel).AsTask();
            waits.Add(wait);
        }

        await WaitAsync(waits.Count == 1 ? waits[0] : Task.WhenAny(waits).Unwrap(), cancel);
        await looked.CancelAsync();
        for (var input = 0; input < inputs.Count; input++)
        {
            if (_waits[input] is not { IsCompleted: true } wait) continue;
            _waits[input] = null;
            if (!await wait) await inputs[input].Reader.Completion;
        }
    }

    /// <summary>Says which inputs have ended, at once: others may have something to give for days, and what waits for an ended one would wait as long.</summary>
    async ValueTask EndInputsAsync(CancellationToken cancel)
    {
        for (var input = 0; input < inputs.Count; input++)
        {
            var end = inputs[input].Reader.Completion;
            if (_ended[input] || _blocked[input] || !end.IsCompleted) continue;
            await end; // throws what ended the stage before
            _ended[input] = true;
            if (Holds) continue; // the input may go on another time
            _targets[input].End();
            await PassOnAsync(cancel);
        }
    }

    async Task<bool> LookAgainAsync(CancellationToken looked)
    {
        await Task.WhenAny(Clock.DelayAsync(Nanoseconds.Second, looked));
        return true;
    }

    /// <summary>Whether an input runs so far ahead that others come first; while they give nothing, it waits too.</summary>
    bool KeptWaiting(int input)
    {
        if (!_mayKeepWaiting || _targets[input].HasRoom) return false;
        for (var other = 0; other < inputs.Count; other++)
            if (!_ended[other] && !_blocked[other] && _targets[other].HasRoom) return true;
        return false;
    }

    bool AllBlocked()
    {
        for (var input = 0; input < inputs.Count; input++)
            if (!_blocked[input] && !_ended[input]) return false;
        return true;
    }
}
