namespace StreamEdge;

/// <summary>
/// The clock of a time zone. What it is ahead of UTC by is looked up once per block of time, and kept with the span in
/// which it holds: a row costs two comparisons.
/// </summary>
public sealed class LocalClock
{
    const long Day = 86_400 * Nanoseconds.Second;

    /// <summary>A block is 2 to the power of this nanoseconds, 208 days; all time has 1,024 of them.</summary>
    const int BlockBits = 54;

    readonly TimeZoneInfo _zone;
    readonly Span[]?[] _blocks = new Span[1024][];
    long _from = Nanoseconds.Min, _last = Nanoseconds.Max; // both inside
    long _ahead; // seconds

    LocalClock(TimeZoneInfo zone)
    {
        _zone = zone;
        if (zone != TimeZoneInfo.Utc) _last = _from - 1; // nothing is known yet
    }

    /// <summary>UTC itself.</summary>
    public static LocalClock Utc => new(TimeZoneInfo.Utc);

    /// <summary>The clock of a zone by its name in the IANA's database; says what is wrong where there is none.</summary>
    public static LocalClock? Find(string name, out Wrong wrong)
    {
        wrong = default;
        // Beside the zones lie files such as 'localtime' and 'right/Europe/Berlin'; a zone's name begins with a capital.
        if (name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name != "Factory" && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name && zone.HasIanaId) return new(zone);
        var known = TimeZoneInfo.GetSystemTimeZones().Where(z => z.HasIanaId).Select(z => z.Id).ToList();
        wrong = known.Count < 2 ? new("this machine knows no time zones", "install the package tzdata")
            : new($"there is no time zone {Visible.Quote(name)}", Meant(name, known) is { } meant ? $"did you mean \"{meant}\"?" : "write a name of the IANA's list, such as \"Europe/Berlin\" or \"Asia/Tokyo\"");
        return null;
    }

    /// <summary>The seconds that the zone's clocks show at an instant, from 1970-01-01 00:00.</summary>
    public long SecondsAt(long time)
    {
        if (time < _from || time > _last) LookUp(time);
        return Nanoseconds.FloorDiv(time, Nanoseconds.Second) + _ahead;
    }

    void LookUp(long time)
    {
        var block = (int)(time >> BlockBits);
        var spans = _blocks[block + 512] ??= [.. Spans((long)block << BlockBits)];
        var at = spans.Length - 1;
        while (spans[at].From > time) at--;
        (_from, _ahead) = spans[at];
        _last = at + 1 < spans.Length ? spans[at + 1].From - 1 : ((long)block << BlockBits) + ((1L << BlockBits) - 1);
    }

    /// <summary>The spans of a block in which the zone is ahead by the same. It is looked at daily: no zone changed there and back within a day.</summary>
    IEnumerable<Span> Spans(long start)
    {
        var (from, end) = (start, start + ((1L << BlockBits) - 1));
        yield return new(start, AheadAt(start));
        while (from < end)
        {
            var next = end - from > Day ? from + Day : end;
            if (AheadAt(next) != AheadAt(from)) yield return new(FirstUnlike(from, next), AheadAt(next));
            from = next;
        }
    }

    /// <summary>The first whole second between two instants at which the zone is ahead by what it is at the later one.</summary>
    long FirstUnlike(long before, long after)
    {
        var (low, high) = (Nanoseconds.FloorDiv(before, Nanoseconds.Second), Nanoseconds.FloorDiv(after, Nanoseconds.Second));
        var ahead = AheadAt(before);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (AheadAt(middle * Nanoseconds.Second) == ahead) low = middle;
            else high = middle;
        }

        return high * Nanoseconds.Second;
    }

    long AheadAt(long time) => (long)_zone.GetUtcOffset(Nanoseconds.ToInstant(time)).TotalSeconds;

    /// <summary>The zone of the same town, or the nearest name.</summary>
    static string? Meant(string name, List<string> known)
    {
        if (name.Equals("local", StringComparison.OrdinalIgnoreCase)) return null; // no town, though Oral is near to it
        var town = TownOf(name);
        return known.Find(k => TownOf(k).Equals(town, StringComparison.OrdinalIgnoreCase)) ?? Suggestion.Nearest(name, known)
            ?? (Suggestion.Nearest(town, known.Select(TownOf)) is { } near ? known.Find(k => TownOf(k) == near) : null);
    }

    static string TownOf(string zone) => zone[(zone.LastIndexOf('/') + 1)..].Replace(' ', '_');

    readonly record struct Span(long From, long Ahead);
}
