namespace StreamEdge;

/// <summary>Windows of activity: readings that follow one another within a gap.</summary>
public sealed record SessionWindowOptions
{
    /// <summary>A session ends when no reading came for so long; its end is its last reading's time and this.</summary>
    [Short]
    [Between("1us", "3650d")]
    public required TimeSpan Gap { get; init; }

    /// <summary>How long a session may be; the reading at its end or after opens the next one. Readings then wait for the clock, and are taken in the order of their time. Default: none.</summary>
    [Between("1us", "3650d")]
    public TimeSpan? Max { get; init; }
}

/// <summary>
/// Keeps the sessions of each group, those emitted too while they can be corrected. A reading opens a session of its own;
/// sessions that overlap become one, and rows of those that are no more are withdrawn.
/// </summary>
sealed class SessionWindow : EventWindow
{
    readonly long _gap, _max;
    readonly List<SessionGroup> _groups = [];
    readonly Stack<Session> _free = [];

    public SessionWindow(WindowOptions options, WindowColumns columns, BuildContext context)
        : base(options, $"session {options.Session!.Gap} {options.Session.Max}", Nanoseconds.Of(options.Session.Gap) + Nanoseconds.Of(options.Session.Max ?? TimeSpan.Zero), columns, context) =>
        (_gap, _max) = (Nanoseconds.Of(options.Session.Gap), options.Session.Max is { } max ? Nanoseconds.Of(max) : long.MaxValue);

    /// <inheritdoc/>
    protected override void AddGroup() => _groups.Add(new SessionGroup());

    /// <inheritdoc/>
    protected override Tally? Take(KeyRoute route, in WindowReading reading, int source, Output output)
    {
        var group = _groups[route.Group];
        if (_max == long.MaxValue && group.TryJoin(route.Signal, reading, _gap)) return null;
        if (_max == long.MaxValue || reading.Time < Watermark(route.Group)) return Join(route, reading, inTurn: false, source, output);
        group.Wait(route.Signal, reading);
        Kept++;
        Await(route.Group, reading.Time + 1);
        return null;
    }

    /// <inheritdoc/>
    protected override void NoteBad(KeyRoute route, long at)
    {
        foreach (var session in _groups[route.Group].Sessions)
            if (at >= session.Start && at < session.End && session.IsOpen) session.Content.AddBad(route.Signal);
    }

    /// <inheritdoc/>
    protected override (long At, long Start) Next(int group)
    {
        var (at, start) = (long.MaxValue, long.MaxValue);
        foreach (var session in _groups[group].Sessions)
        {
            var due = session.IsOpen ? session.End : session.End + Keep;
            if (due < at) (at, start) = (due, session.Start);
        }

        // A session must hold all readings before its end when it is emitted.
        return _groups[group].FirstWaiting is { } time && time + 1 <= at ? (time + 1, time) : (at, start);
    }

    /// <inheritdoc/>
    protected override void DoNext(int group, int source, Output output)
    {
        var (at, start) = Next(group);
        if (_groups[group].FirstWaiting is { } time && time + 1 == at)
        {
            var (signal, reading) = _groups[group].TakeWaiting();
            Kept--;
            Join(new KeyRoute(group, signal), reading, inTurn: true, source, output);
            return;
        }

        var sessions = _groups[group].Sessions;
        var place = 0;
        while (sessions[place].Start != start) place++;
        var session = sessions[place];
        if (session.IsOpen) Emit(group, session, Pane.OnTime, source, output);
        if (session.End + Keep > at) return;
        sessions.RemoveAt(place);
        Free(session);
    }

    /// <inheritdoc/>
    protected override bool IsOpen(int group) => _groups[group].FirstWaiting is not null || _groups[group].Sessions.Exists(s => s.IsOpen);

    /// <inheritdoc/>
    protected override void Show(int group, Output output)
    {
        foreach (var session in _groups[group].Sessions)
            if (session.IsOpen) Add(group, session, Pane.Early, 0, output);
    }

    /// <inheritdoc/>
    protected override void Save(int group, StateWriter state)
    {
        state.Write((long)_groups[group].Sessions.Count);
        foreach (var session in _groups[group].Sessions)
        {
            state.Write(session.Start).Write(session.End).Write(session.IsOpen).Write((long)session.Emitted);
            session.Content.Save(state, KindOf, Input.Codes);
        }

        _groups[group].SaveWaiting(state, KindOf, Input.Codes);
    }

    /// <inheritdoc/>
    protected override void Restore(int group, StateReader state)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var session = New(state.Long(), state.Long());
            (session.IsOpen, session.Emitted) = (state.Bool(), state.Int());
            session.Content.Restore(state, KindOf, Input.Codes);
            _groups[group].Sessions.Add(session);
        }

        Kept += _groups[group].RestoreWaiting(state, KindOf, Input.Codes);
    }

    /// <summary>Lets a reading join every session that it overlaps, or open one. One that is taken in its turn closes none: that has its turn too.</summary>
    Tally? Join(KeyRoute route, in WindowReading reading, bool inTurn, int source, Output output)
    {
        var (sessions, watermark, at) = (_groups[route.Group].Sessions, Watermark(route.Group), reading.Time);
        var first = 0;
        while (first < sessions.Count && !Overlaps(sessions[first], at)) first++;
        if (first == sessions.Count)
        {
            if (!inTurn && at + _gap + Keep <= watermark) return Late;
            while (first > 0 && sessions[first - 1].Start > at) first--;
            sessions.Insert(first, New(at, End(at, at)));
        }

        var joined = sessions[first];
        joined.Content.Add(route.Signal, reading);
        for (var more = first + 1; more < sessions.Count && Overlaps(sessions[more], at);)
        {
            Withdraw(route.Group, sessions[more], source, output);
            joined.Content.Add(sessions[more].Content);
            joined.End = Math.Max(joined.End, sessions[more].End);
            var other = sessions[more];
            sessions.RemoveAt(more);
            Free(other);
        }

        joined.End = Math.Max(joined.End, End(Math.Min(at, joined.Start), at));
        if (at < joined.Start)
        {
            Withdraw(route.Group, joined, source, output);
            (joined.Start, joined.Emitted) = (at, 0);
            if (_max < long.MaxValue) joined.End = Math.Min(joined.End, at + _max);
        }

        joined.IsOpen = true;
        if (!inTurn && joined.End <= watermark) Emit(route.Group, joined, Pane.Late, source, output);
        Await(route.Group, joined.IsOpen ? joined.End : joined.End + Keep);
        return null;
    }

    /// <summary>Whether a reading of this instant belongs to a session: its own would share an instant with it. One that cannot grow takes only what lies within.</summary>
    bool Overlaps(Session session, long at) =>
        session.Start < at + _gap && at < session.End && (_max == long.MaxValue || (at < session.Start ? session.End - at <= _max : at - session.Start < _max));

    long End(long start, long last) => _max == long.MaxValue ? last + _gap : Math.Min(last + _gap, start + _max);

    void Emit(int group, Session session, Pane pane, int source, Output output)
    {
        Add(group, session, pane, source, output);
        session.IsOpen = false;
        if (LateReadings == LateReadings.Add) session.Content.Clear(); // what comes later leaves alone
    }

    void Add(int group, Session session, Pane pane, int source, Output output) =>
        Add(group, session.Start, session.End, session.End - session.Start, pane, session.Emitted++, session.Content.Summary, source, output);

    /// <summary>Takes a row back that was emitted of a session which is no more, or begins elsewhere now.</summary>
    void Withdraw(int group, Session session, int source, Output output)
    {
        if (session.Emitted > 0 && LateReadings == LateReadings.Revise)
            Add(group, session.Start, session.End, session.End - session.Start, Pane.Withdrawn, session.Emitted, Nothing.Summary, source, output);
    }

    Content Nothing => field ??= new(Columns);

    Session New(long start, long end)
    {
        if (!_free.TryPop(out var session)) session = new(new(Columns));
        (session.Start, session.End, session.IsOpen, session.Emitted) = (start, end, true, 0);
        return session;
    }

    void Free(Session session)
    {
        session.Content.Clear();
        if (_free.Count < 1024) _free.Push(session);
    }
}
