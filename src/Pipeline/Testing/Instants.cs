using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace StreamEdge;

/// <summary>When readings or rows of a test are: <c>INSTANT</c>, <c>FROM..TO every 1s</c> (without TO itself), <c>FROM for 5m every 1s</c>, or <c>FROM every 1s</c> for as many as a list has; FROM may be <c>+10s</c>, counted from the end of what is written before.</summary>
/// <param name="From">Where it begins; null where it is counted from what is before.</param>
/// <param name="After">How long after what is before; where <paramref name="From"/> is null.</param>
/// <param name="Until">Where it ends; null where that is not said.</param>
/// <param name="For">How long it lasts; null where that is not said.</param>
/// <param name="Every">From one to the next; null for a single one.</param>
public sealed partial record Instants(Instant? From, TimeSpan After, Instant? Until, TimeSpan? For, TimeSpan? Every) : IOptionValue<Instants>
{
    const int Longest = 200;

    /// <inheritdoc/>
    public static string Noun => "a time";

    /// <inheritdoc/>
    public static string Example => "2026-01-01T00:00:00Z";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Instants value, out Wrong wrong)
    {
        (value, wrong) = (null, default);
        if (text.Length > Longest || Pattern.Match(text) is not { Success: true } match)
        {
            wrong = new($"{Visible.Quote(text)} is no time", $"write it like {Example} or +10s");
            return false;
        }

        if (!TryFrom(match.Groups["from"], out var from, out var after, out wrong)) return false;
        Instant? until = null;
        if (match.Groups["until"] is { Success: true } end)
        {
            if (end.Value.StartsWith('+')) wrong = new("the end of a range is an instant", $"write '{match.Groups["from"].Value} for {end.Value[1..]} every 1s'", end.Index);
            else if (Instant.TryParse(end.Value, out var instant, out var misread)) until = instant;
            else wrong = misread with { Offset = end.Index };
            if (until is null) return false;
        }

        if (!TryDuration(match.Groups["for"], out var length, out wrong) || !TryDuration(match.Groups["every"], out var every, out wrong)) return false;
        if (every is null && (until is not null || length is not null)) wrong = new($"{Visible.Quote(text)} does not say how often", $"write '{text.Trim()} every 1s'");
        else if (from is { } first && until is { } last && last.UnixNanoseconds <= first.UnixNanoseconds) wrong = new($"{Visible.Quote(text)} ends before it begins", "swap the two");
        else value = new(from, after, until, length, every);
        return value is not null;
    }

    /// <summary>The instants themselves; false where they cannot be.</summary>
    /// <param name="before">The end of what is written before; null where nothing is.</param>
    /// <param name="listed">How many values are listed; 1 where none are.</param>
    /// <param name="series">The instants.</param>
    /// <param name="wrong">Why they cannot be.</param>
    internal bool TryResolve(long? before, int listed, out Series series, out Wrong wrong)
    {
        (series, wrong) = (default, default);
        if (From is null && before is null)
        {
            wrong = new("a time that begins with '+' is counted from what is written before, and nothing is", "write an instant");
            return false;
        }

        var start = From?.UnixNanoseconds ?? (Int128)before!.Value + Nanoseconds.Of(After);
        var every = Every is { } each ? Nanoseconds.Of(each) : 0;
        var length = Until is { } until ? until.UnixNanoseconds - start : For is { } lasts ? Nanoseconds.Of(lasts) : (Int128)every * listed;
        var count = every == 0 ? 1 : (length + every - 1) / every;
        if (length < 0) wrong = new("it ends before it begins", "write a later end");
        else if (start < Nanoseconds.Min || start + length > Nanoseconds.Max) wrong = new("it lies outside the years 1678 to 2262");
        else if (count > int.MaxValue) wrong = new($"it has {count:N0} instants", "write a shorter time or a longer 'every'");
        else
        {
            series = new((long)start, every, (int)count, (long)(start + length));
            return true;
        }

        return false;
    }

    /// <summary>Writes it as it is read.</summary>
    public override string ToString() =>
        $"{(From is { } from ? $"{from}" : $"+{Duration.Text(After)}")}{(Until is { } until ? $"..{until}" : "")}{(For is { } length ? $" for {Duration.Text(length)}" : "")}{(Every is { } every ? $" every {Duration.Text(every)}" : "")}";

    static bool TryFrom(Group from, out Instant? instant, out TimeSpan after, out Wrong wrong)
    {
        (instant, after) = (null, default);
        if (from.Value.StartsWith('+'))
        {
            if (Duration.TryParse(from.Value[1..], out after, out wrong)) return true;
        }
        else if (Instant.TryParse(from.Value, out var read, out wrong))
        {
            instant = read;
            return true;
        }

        wrong = wrong with { Offset = from.Index };
        return false;
    }

    static bool TryDuration(Group group, out TimeSpan? duration, out Wrong wrong)
    {
        (duration, wrong) = (null, default);
        if (!group.Success) return true;
        if (!Duration.TryParse(group.Value, out var read, out wrong)) wrong = wrong with { Offset = group.Index };
        else if (read <= TimeSpan.Zero) wrong = new($"{Visible.Quote(group.Value)} is no time at all", "write it like 1s", group.Index);
        else duration = read;
        return duration is not null;
    }

    [GeneratedRegex(@"^\s*(?<from>.+?)(\s*\.\.\s*(?<until>.+?)|\s+for\s+(?<for>\S+))?(\s+every\s+(?<every>\S+))?\s*\z")]
    static partial Regex Pattern { get; }
}

/// <summary>When readings of a test arrive: an instant for all of them, or how much later than they were measured, <c>+30s</c>.</summary>
/// <param name="At">The instant; null where it is counted from each reading's time.</param>
/// <param name="Later">How much later.</param>
public readonly record struct Arrival(Instant? At, TimeSpan Later) : IOptionValue<Arrival>
{
    /// <inheritdoc/>
    public static string Noun => "an instant or a delay";

    /// <inheritdoc/>
    public static string Example => "+30s";

    /// <inheritdoc/>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Arrival value, out Wrong wrong)
    {
        value = default;
        if (text.StartsWith('+'))
        {
            if (!Duration.TryParse(text[1..], out var later, out wrong)) return false;
            value = new(null, later);
            return true;
        }

        if (!Instant.TryParse(text, out var at, out wrong))
        {
            wrong = new(wrong.What, "write an instant, or a delay like +30s");
            return false;
        }

        value = new(at, default);
        return true;
    }

    /// <summary>Writes it as it is read.</summary>
    public override string ToString() => At is { } at ? $"{at}" : $"+{Duration.Text(Later)}";
}
