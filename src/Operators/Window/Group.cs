namespace StreamEdge;

/// <summary>What decides, for one key, whether a reading takes the short way: into the pane of the key's last reading, closing nothing.</summary>
struct ShortWay
{
    /// <summary>Start of that pane.</summary>
    public long From;

    /// <summary>Nanoseconds from there within which a reading enters that pane and closes no window; 0 where none does.</summary>
    public ulong Span;

    /// <summary>The newest time of the key that was not refused; it moves the clock of its group. Before all time where there is none.</summary>
    public long Newest;

    /// <summary>The key's entry in that pane.</summary>
    public int Entry;

    /// <summary>The next key of the group, and 1; 0 for none.</summary>
    public int NextKey;
}

/// <summary>What a window knows of one group: 64 bytes, a line of the cache.</summary>
struct Group
{
    /// <summary>A reading of this instant or a later one closes a window first. Unused where the clock is not the group's own.</summary>
    public long ClosesAt;

    /// <summary>No less was the group's own clock when it last closed a window; before all time where it has none.</summary>
    public long Watermark;

    /// <summary>Start of the earliest window that is not closed, and of the earliest that is closed but still corrected; what belongs only to earlier ones is late.</summary>
    public long FirstOpen, FirstHeld;

    /// <summary>The panes that hold data, OLDEST..NEWEST, and the first of them that belongs to an open window; none where the first is the greater.</summary>
    public long Oldest, Open, Newest;

    /// <summary>The key of the group that was met last, and 1; 0 for none.</summary>
    public int FirstKey;

    /// <summary>Whether an open window holds data.</summary>
    public readonly bool HasOpen => Open <= Newest;

    /// <summary>Takes a pane in that holds data.</summary>
    public void Add(long pane, bool isOpen)
    {
        var hadOpen = HasOpen;
        (Oldest, Newest) = Oldest > Newest ? (pane, pane) : (Math.Min(Oldest, pane), Math.Max(Newest, pane));
        if (isOpen) Open = hadOpen ? Math.Min(Open, pane) : pane;
        else if (!hadOpen) Open = Newest + 1;
    }
}

/// <summary>What the timer knows of one group.</summary>
struct Silence
{
    /// <summary>How many readings the open panes held when the timer last looked, and when it last showed them.</summary>
    public long Seen, Shown;

    /// <summary>When the timer last saw that number change.</summary>
    public long ChangedAt;
}
