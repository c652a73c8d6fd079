namespace StreamEdge;

/// <summary>What a window knows of one group. The first three fields decide whether a reading takes the short way.</summary>
struct Group
{
    /// <summary>Start of the newest pane that holds data; an instant that no reading has where there is none.</summary>
    public long NewestStart;

    /// <summary>A reading of this instant or a later one closes a window first. Unused where the clock is not the group's own.</summary>
    public long ClosesAt;

    /// <summary>The first entry of the newest pane.</summary>
    public int NewestAt;

    /// <summary>Readings taken, wrapping; by it a timer sees whether any came.</summary>
    public int Readings;

    /// <summary>Start of the earliest window that is not closed; what belongs only to earlier ones is late.</summary>
    public long FirstOpen;

    /// <summary>The panes that hold data: OLDEST..NEWEST; none where oldest is the greater.</summary>
    public long Oldest, Newest;

    /// <summary>The count of readings when the timer last looked, and when it last showed the open windows.</summary>
    public int Seen, Shown;

    /// <summary>When the timer last saw new readings.</summary>
    public long ChangedAt;

    public static Group Empty => new() { NewestStart = long.MinValue, ClosesAt = long.MinValue, FirstOpen = long.MinValue, Oldest = 0, Newest = -1 };

    public readonly bool HasData => Oldest <= Newest;

    public void ForgetNewest() => NewestStart = long.MinValue;
}
