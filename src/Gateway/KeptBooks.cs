namespace StreamEdge;

/// <summary>
/// Keeps the books of a running pipeline in its store, where <c>streamedge ledger</c> finds them: at its start, every
/// ten seconds, and at its end. So a run that is killed leaves the last books that were known of it.
/// </summary>
sealed class KeptBooks : IAsyncDisposable
{
    /// <summary>The state of a run that has not ended, or not known to have.</summary>
    public const string Running = "running";

    /// <summary>The state of a run that failed.</summary>
    public const string Failed = "failed";

    static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);

    readonly Plan _plan;
    readonly Graph _graph;
    readonly ConsoleLog _log;
    readonly TimeProvider _time;
    readonly DateTimeOffset _started;
    readonly Lock _writing = new();
    readonly ITimer _timer;
    bool _told;

    public KeptBooks(Plan plan, Graph graph, ConsoleLog log, TimeProvider time)
    {
        (_plan, _graph, _log, _time) = (plan, graph, log, time);
        _started = time.GetUtcNow();
        Write(Running, _started);
        _timer = time.CreateTimer(_ => WriteAgain(), null, s_every, s_every);
    }

    /// <summary>The books as they stand, in the order of the file's steps.</summary>
    public Ledger Ledger => BooksText.Sorted(_graph.ReadLedger(), _plan);

    /// <summary>Writes the books of the run that has ended. False, and told, when that fails.</summary>
    public bool Close(string state, TimeSpan elapsed) => Write(state, _started + elapsed);

    /// <summary>Returns when no books are being written, and none will be.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    void WriteAgain()
    {
        // The timer may ring again while a slow disk still has the books of before.
        if (!_writing.TryEnter()) return;
        try
        {
            Write(Running, _time.GetUtcNow());
        }
        finally
        {
            _writing.Exit();
        }
    }

    bool Write(string state, DateTimeOffset now)
    {
        var store = Stores.PathOf(_plan);
        try
        {
            StoreBooks.Write(store, Ledger, _started, now, state);
            return true;
        }
        catch (Exception error) when (StoreTrouble.Is(error))
        {
            if (!_told) _log.Tell($"streamedge: the books of {_plan.Context.Name} could not be kept: {StoreTrouble.Text(store, error)}");
            _told = true;
            return false;
        }
    }
}
