using System.Globalization;

namespace StreamEdge;

/// <summary>What a calendar's window is.</summary>
public enum CalendarUnit
{
    /// <summary>A local day.</summary>
    Day,

    /// <summary>An ISO week, from Monday.</summary>
    Week,

    /// <summary>A month.</summary>
    Month,

    /// <summary>From one of the starts to the next.</summary>
    Shift,
}

/// <summary>Windows of local days, weeks, months or shifts.</summary>
public sealed record CalendarWindowOptions
{
    /// <summary>What a window is: <c>day</c>, <c>week</c> (ISO, from Monday), <c>month</c> or <c>shift</c>.</summary>
    [Short]
    public required CalendarUnit Unit { get; init; }

    /// <summary>The time zone by its IANA name, such as Europe/Berlin; days of changed clocks have 23 or 25 hours. A midnight that the clocks skip is the instant of the change, one that comes twice is the first. Default: UTC.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>With <c>shift</c>, the local times at which shifts start: <c>["06:00", "14:00", "22:00"]</c>.</summary>
    public IReadOnlyList<string>? Starts { get; init; }

    /// <summary>The grid of these windows; null after a fault.</summary>
    internal CalendarGrid? Grid(BuildContext context)
    {
        var starts = new List<int>();
        var sound = true;
        if (Unit == CalendarUnit.Shift && Starts is null or { Count: 0 }) sound = Fault(nameof(WindowOptions.Calendar), "shifts do not say when they start", "write 'starts: [\"06:00\", \"14:00\", \"22:00\"]'");
        if (Unit != CalendarUnit.Shift && Starts is not null) sound = Fault(nameof(WindowOptions.Calendar), $"only shifts have starts, not a {OptionsShape.Snake($"{Unit}")}", "write 'unit: shift', or leave starts out");
        foreach (var text in Starts ?? [])
        {
            if (!TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)) sound = Fault(nameof(WindowOptions.Calendar), $"{Visible.Quote(text)} is no time of day", "write it like \"06:00\"");
            else if (starts.Count > 0 && starts[^1] >= start.ToTimeSpan().TotalSeconds) sound = Fault(nameof(WindowOptions.Calendar), $"shifts do not start in the order of the day at {Visible.Quote(text)}", "write the earliest first, each once");
            else starts.Add((int)start.ToTimeSpan().TotalSeconds);
        }

        if (LocalClock.Find(Zone, out var wrong) is not { } clock)
        {
            Fault(nameof(WindowOptions.Calendar), wrong.What, wrong.Remedy);
            return null;
        }

        return sound ? new CalendarGrid(Unit, clock, $"{Unit} {Zone} {string.Join(' ', starts)}".TrimEnd(), starts.Count == 0 ? [0] : [.. starts]) : null;

        bool Fault(string option, string what, string? remedy)
        {
            context.Fault(option, what, remedy);
            return false;
        }
    }
}
