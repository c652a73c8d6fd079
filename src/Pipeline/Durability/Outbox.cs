namespace StreamEdge;

// How rows reach a world that may be away.
//
//   write     the stage's thread appends each batch to a lane on the disk; behind a flush it is safe, and barriers pass.
//   send      a task of its own reads the batches back in the order in which they were written, whatever their lane,
//             hands them to the sink in groups, and waits there as long as it takes.
//   settle    what became of a group is taken over by the stage's thread, so that the account balances at any moment.
//   restart   a checkpoint holds how far the sender was and where each lane ended. What lies behind that end comes again
//             from the sources; what was sent since the checkpoint is sent again, which does no harm.
//
// A batch's stamp is the time that the pipeline has run, over all its runs: no clock that jumps can make it too old, and
// as no two are the same they are the order of the batches too.

/// <summary>Stands between the pipeline and a sink that delivers over a network, and holds on the disk what is not delivered yet.</summary>
public sealed class Outbox : Sink
{
    /// <summary>Rows after which the sink is flushed, so that what was delivered is known.</summary>
    const int GroupRows = 8192;

    readonly Lock _changing = new(); // the lanes and what was settled; held while the disk works, never while the network does
    readonly Sink _sink;
    readonly BatchPool _pool;
    readonly Clock _clock;
    readonly OutboxLane _rows, _anomalies;
    readonly int[] _anomalyColumn;
    readonly Books _settled;
    readonly Tally _full, _tooOld;
    readonly SemaphoreSlim _more = new(0, 1), _progress = new(0, 1);
    readonly CancellationTokenSource _stop = new();
    Task _sending = Task.CompletedTask;
    long _held, _settledRows, _last, _safe, _before, _opened, _sendingSince = long.MaxValue;
    volatile bool _isLeaving;

    /// <summary>Puts an outbox before a sink, which it disposes of.</summary>
    /// <param name="step">The sink's name, after which its files are called.</param>
    /// <param name="sink">The sink.</param>
    /// <param name="files">The pipeline's folder.</param>
    /// <param name="pool">Where batches come from.</param>
    /// <param name="clock">The gateway's clock.</param>
    public Outbox(string step, Sink sink, FileStore files, BatchPool pool, Clock clock) : base(sink.Inputs)
    {
        (_sink, _pool, _clock) = (sink, pool, clock);
        _settled = new Books(Books.Signals);
        (_full, _tooOld) = (Books.Reason("outbox_full"), Books.Reason("too_old"));
        var name = Uri.EscapeDataString(step); // a step's name may hold what a file's may not
        _rows = new(files, $"outbox.{name}", sink.Buffer.Disk.Bytes, sink.Inputs, Books.Notice);
        _anomalies = new(files, $"anomalies.{name}", sink.Buffer.Disk.Bytes, sink.Inputs, Books.Notice);
        _anomalyColumn = [.. sink.Inputs.Select(i => i.IsRows && i.ColumnNumber(Columns.Anomaly) is >= 0 and var column && i.Columns[column].Kind == Kind.Bool ? column : -1)];
        sink.IsBuffered = true;
    }

    /// <inheritdoc/>
    public override bool Fused => _sink.Fused;

    /// <inheritdoc/>
    public override long Held => Volatile.Read(ref _held);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => [.. _sink.Report, ("outbox", Waiting())];

    OutboxLane[] Lanes => [_anomalies, _rows];

    long Bytes => _rows.Bytes + _anomalies.Bytes;

    /// <summary>How long the pipeline has run, over all its runs.</summary>
    long Lived => _before + _clock.Now - _opened;

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        state.Write(_last = Math.Max(_last, Lived)).Write(_held);
        lock (_changing)
        {
            foreach (var lane in Lanes)
            {
                lane.Save();
                state.Write(lane.Cursor).Write(lane.Next);
            }
        }
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        if (state.AtEnd) return; // saved by a program that had no outboxes
        (_last, _held) = (state.Long(), state.Long());
        foreach (var lane in Lanes) lane.Restore(state.Long(), state.Long());
    }

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        var waiting = 0L;
        foreach (var lane in Lanes)
        {
            var (rows, newest) = lane.Recover();
            waiting += rows;
            _last = Math.Max(_last, newest);
        }

        // More than the account knows: a sink that was taken out of the file, and is back. Less: given up since the checkpoint.
        if (waiting > _held) Books.In += waiting - _held;
        else _full.Add(_held - waiting);
        (_held, _safe, _before, _opened) = (waiting, _last, _last, _clock.Now);
        _sending = Task.Run(() => SendAsync(_stop.Token), CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        if (batch.Count == 0) return;
        Settle();
        var input = InputOf(batch.Schema);
        var isAnomaly = _anomalyColumn[input] is >= 0 and var column && batch.Bits(column).Contains(1);
        while (!TryAppend(isAnomaly ? _anomalies : _rows, batch, input))
        {
            if (!MakeRoom()) await ProgressAsync(cancel);
            Settle();
        }

        _held += batch.Count;
    }

    /// <summary>Returns when what was taken is safe on the disk; takes over what was delivered meanwhile.</summary>
    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        while (!TrySync()) await ProgressAsync(cancel);
        if (_more.CurrentCount == 0) _more.Release();
        Settle();
        GiveUpOld();
    }

    /// <inheritdoc/>
    public override async ValueTask FinishAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        while (_held > 0 && !_isLeaving)
        {
            await ProgressAsync(cancel);
            await FlushAsync(cancel);
        }
    }

    /// <summary>From now on it waits for nobody: what it holds is for the next run, and on its way out nothing is given up for want of room.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>The checkpoint of the last <see cref="Save"/> is on the disk.</summary>
    public void Kept()
    {
        lock (_changing)
            foreach (var lane in Lanes) lane.Kept();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_sending); // its failure has been told
        try
        {
            await _sink.DisposeAsync();
        }
        finally
        {
            foreach (var lane in Lanes) lane.Dispose();
            _stop.Dispose();
            _more.Dispose();
            _progress.Dispose();
            await base.DisposeAsync();
        }
    }

    bool TryAppend(OutboxLane lane, Batch batch, int input)
    {
        try
        {
            _last = Math.Max(_last + 1, Lived);
            lock (_changing) return lane.TryAppend(batch, input, _last, _isLeaving ? long.MaxValue : _sink.Buffer.Disk.Bytes - Bytes);
        }
        catch (IOException error)
        {
            Tell(error);
            return false;
        }
    }

    /// <summary>Gives up what is delivered, else the oldest rows where the options say so. False where there is nothing to do but to wait.</summary>
    bool MakeRoom()
    {
        try
        {
            var before = Bytes;
            lock (_changing)
                foreach (var lane in Lanes) lane.Trim(all: true);
            return Bytes < before || (_sink.Buffer.WhenFull == WhenBufferFull.Shed && (Shed(_rows, _full) || Shed(_anomalies, _full)));
        }
        catch (IOException error)
        {
            Tell(error);
            return false;
        }
    }

    bool Shed(OutboxLane lane, Tally reason)
    {
        long? rows;
        lock (_changing) rows = lane.Shed();
        reason.Add(rows ?? 0);
        _held -= rows ?? 0;
        return rows is not null;
    }

    bool TrySync()
    {
        try
        {
            lock (_changing)
                foreach (var lane in Lanes) lane.Sync();
            Volatile.Write(ref _safe, _last);
            return true;
        }
        catch (IOException error)
        {
            Tell(error);
            return false;
        }
    }

    void GiveUpOld()
    {
        try
        {
            var keep = Nanoseconds.Of(_sink.Buffer.Keep);
            foreach (var lane in Lanes)
            {
                lock (_changing)
                {
                    lane.Trim(all: false);
                    lane.BeginFile(Lived - keep / 8);
                }

                while (lane.OldestFile < Lived - keep && Shed(lane, _tooOld)) { }
            }
        }
        catch (IOException error)
        {
            Tell(error);
        }
    }

    void Tell(IOException error) => Books.Notice($"cannot keep what is to be sent: {error.Message}; it tries again, and the pipeline waits");

    /// <summary>Takes over what became of the rows that were sent.</summary>
    void Settle()
    {
        foreach (var text in _sink.Books.Notices) Books.Notice(text);
        lock (_changing)
        {
            Books.Take(_settled);
            _held -= _settledRows;
            _settledRows = 0;
            foreach (var lane in Lanes) lane.Settle();
        }

        if (_sending.IsCompleted) _sending.GetAwaiter().GetResult(); // throws what ended it
    }

    /// <summary>Waits until something was delivered or the sender has failed, a second at most.</summary>
    async Task ProgressAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(_progress.WaitAsync(either.Token), _clock.DelayAsync(Nanoseconds.Second, either.Token), _sending);
        await either.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    async Task SendAsync(CancellationToken stop)
    {
        try
        {
            await _sink.OpenAsync(stop);
            for (var sent = 0L; ;)
            {
                var group = 0L;
                while (group < GroupRows && TryTake(out var batch))
                {
                    group += batch.Count;
                    await HandOverAsync(batch, stop);
                }

                if (sent + group == 0)
                {
                    await _more.WaitAsync(stop);
                    continue;
                }

                sent += group;
                await _sink.FlushAsync(stop);
                if (_sink.Held > 0) continue; // it waits for more, to tell what the other side will never take
                Sent(sent);
                sent = 0;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was not delivered is on the disk.
        }
    }

    async ValueTask HandOverAsync(Batch batch, CancellationToken stop)
    {
        try
        {
            await _sink.WriteAsync(batch, stop);
        }
        finally
        {
            batch.Release();
        }
    }

    /// <summary>The oldest batch that is safe.</summary>
    bool TryTake(out Batch batch)
    {
        lock (_changing)
        {
            while (true)
            {
                var oldest = (Lane: (OutboxLane?)null, Stamp: Volatile.Read(ref _safe));
                foreach (var lane in Lanes)
                {
                    if (lane.TryPeek(out var stamp, out var lost) && stamp <= oldest.Stamp) oldest = (lane, stamp);
                    Lose(lost);
                }

                batch = null!;
                if (oldest.Lane is null) return false;
                batch = oldest.Lane.Take(_pool, out var rows)!;
                Lose(rows - (batch?.Count ?? 0));
                if (batch is null) continue;
                _sendingSince = Math.Min(_sendingSince, oldest.Stamp);
                return true;
            }
        }
    }

    /// <summary>Rows that are damaged on the disk, or that a changed pipeline has no place for.</summary>
    void Lose(long rows)
    {
        if (rows == 0) return;
        _settled.Reason("unreadable").Add(rows);
        _settledRows += rows;
        if (_progress.CurrentCount == 0) _progress.Release();
    }

    void Sent(long rows)
    {
        lock (_changing)
        {
            _settled.Take(_sink.Books);
            _settledRows += rows;
            _sendingSince = long.MaxValue;
            foreach (var lane in Lanes) lane.Sent();
        }

        if (_progress.CurrentCount == 0) _progress.Release();
    }

    /// <summary>The number of the input that a batch came by; steps let batches of an equal schema pass as their own.</summary>
    int InputOf(Schema schema)
    {
        for (var input = 0; input < Inputs.Count; input++)
            if (Inputs[input] == schema) return input;
        for (var input = 0; input < Inputs.Count; input++)
            if (Inputs[input] is var other && other.Keys == schema.Keys && other.HasWindow == schema.HasWindow && other.Signals.SequenceEqual(schema.Signals) && other.Columns.SequenceEqual(schema.Columns)) return input;
        throw new InvalidOperationException("a batch came that is of none of its inputs");
    }

    string Waiting()
    {
        if (Held == 0) return "empty";
        lock (_changing)
        {
            var oldest = Math.Min(_sendingSince, Math.Min(_rows.Oldest, _anomalies.Oldest));
            var since = oldest == long.MaxValue ? "" : $", the oldest for {Duration.Text(TimeSpan.FromSeconds(Math.Max(0, (Lived - oldest) / Nanoseconds.Second)))}";
            return $"{Held:N0} rows wait{since}; {Bytes / 1e6:N1} MB on the disk";
        }
    }
}
