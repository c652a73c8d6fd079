namespace StreamEdge;

/// <summary>
/// What windows share that a clock of event time closes: each group's own where a group is one device, one that its
/// devices move together, or one that all groups share.
/// </summary>
abstract class ClockedWindow : WindowStep
{
    long _due = long.MaxValue;

    /// <param name="options">What the file says.</param>
    /// <param name="kind">The kind of window, for the shape of its state.</param>
    /// <param name="reach">How far before and behind a reading its windows reach, nanoseconds.</param>
    /// <param name="columns">What is computed.</param>
    /// <param name="context">What is around it.</param>
    protected ClockedWindow(WindowOptions options, string kind, long reach, WindowColumns columns, BuildContext context) : base(options, kind, columns, context)
    {
        var time = context.Pipeline.Time;
        (LateReadings, Keep) = (time.Late, time.Late is LateReadings.Drop or LateReadings.Side ? 0 : Nanoseconds.Of(time.KeepLate));
        Clocks = GroupClocks.Of(context.Pipeline, columns.SeveralDevices);
        Margin = Wait + Keep + reach;
    }

    /// <inheritdoc/>
    public override long NextDue => _due;

    /// <inheritdoc/>
    public override Schema? Aside => LateReadings == LateReadings.Side ? Input : null;

    /// <summary>Null where each group is one device with a clock of its own.</summary>
    protected GroupClocks? Clocks { get; }

    protected LateReadings LateReadings { get; }

    /// <summary>How long closed windows are corrected, nanoseconds; 0 where late readings are dropped.</summary>
    protected long Keep { get; }

    /// <summary>So near the ends of time no window is emitted, nanoseconds.</summary>
    protected long Margin { get; }

    /// <inheritdoc/>
    public override void OnTime(long now, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.LeaveOutIdle(0, now)) CloseAll(Clocks.Watermark(0), 0, output);
        _due = long.MaxValue;
        if (ShowSilent(now, output)) AwaitSilence(now);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnSourceEnd(int source, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.End(source)) CloseAll(Clocks.Watermark(0), source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnWatermark(int source, long watermark, Output output)
    {
        var given = Math.Clamp(watermark, Nanoseconds.Min + Margin, Nanoseconds.Max - Margin);
        if (Clocks is { IsShared: true } && Clocks.Give(source, given, Clock.Now)) CloseAll(Clocks.Watermark(0), source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void OnIdle(int source, Output output)
    {
        if (Clocks is { IsShared: true } && Clocks.LeaveOut(source)) CloseAll(Clocks.Watermark(0), source, output);
        Flush(output);
    }

    /// <inheritdoc/>
    public override void Finish(Output output)
    {
        if (Clocks is { IsShared: true }) CloseAll(long.MaxValue, 0, output);
        else foreach (var group in InOrder()) Close(group, long.MaxValue, 0, output);
        Flush(output);
    }

    /// <summary>Emits the windows of a group that end by an instant of its clock.</summary>
    protected abstract void Close(int group, long watermark, int source, Output output);

    /// <summary>The same for all groups under the shared clock: by end, then by key.</summary>
    protected abstract void CloseAll(long watermark, int source, Output output);

    /// <summary>Emits the open windows of groups that fell silent, as they stand; whether any group has an open window.</summary>
    protected abstract bool ShowSilent(long now, Output output);

    /// <summary>Devices of a group that have been silent for long hold its clock back no more.</summary>
    protected void LeaveOutIdle(int group, long now, Output output)
    {
        if (Clocks is { IsShared: false } && Clocks.LeaveOutIdle(group, now)) Close(group, Clocks.Watermark(group), 0, output);
    }

    /// <summary>A window is open: its group may fall silent.</summary>
    protected void AwaitSilence(long now)
    {
        if (_due == long.MaxValue) _due = now + Math.Max(1, Idle / 4);
    }

    /// <summary>Instants so near the ends of time that a window around them would not fit are refused.</summary>
    protected bool InRange(long time) => time > Nanoseconds.Min + Margin && time < Nanoseconds.Max - Margin;
}
