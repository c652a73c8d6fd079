namespace StreamEdge;

/// <summary>How numbers of the books and of a run are shown.</summary>
static class Figures
{
    /// <summary>Readings that the sources took in.</summary>
    public static long Collected(Ledger ledger) => ledger.Accounts.Where(a => a.Part == "source").Sum(a => a.In);

    /// <summary>Minutes and seconds, and hours where there are any: <c>0:07</c>, <c>1:02:30</c>.</summary>
    public static string Clock(TimeSpan time) =>
        time < TimeSpan.FromHours(1) ? $"{(int)time.TotalMinutes}:{time.Seconds:00}" : $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";

    /// <summary>Seconds with one decimal below a minute, else as <see cref="Clock"/>.</summary>
    public static string Elapsed(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0.0} s" : Clock(time);

    /// <summary>The count, or nothing where there is none.</summary>
    public static string OrBlank(long count) => count == 0 ? "" : $"{count:N0}";
}
