namespace StreamEdge;

/// <summary>Whose watermark closes windows.</summary>
public enum ClockKind
{
    /// <summary>Each device has its own: its newest time less <c>wait</c>. A silent machine stops no other.</summary>
    Device,

    /// <summary>One for all: the least over the sources.</summary>
    Shared,

    /// <summary>One for all, which only the watermarks move that the sources give.</summary>
    Given,
}

/// <summary>What becomes of a reading that comes after its window has been emitted.</summary>
public enum LateReadings
{
    /// <summary>Its window is emitted again as a whole, with the next revision: sinks that can write over the earlier row do.</summary>
    Revise,

    /// <summary>Its window is emitted again with the late reading alone, for those who add up.</summary>
    Add,

    /// <summary>It leaves by a way of its own, which another step or a sink reads: <c>from: window.late</c>.</summary>
    Side,

    /// <summary>It is dropped, and counted as <c>late</c>.</summary>
    Drop,
}

/// <summary>The <c>time:</c> block: how event time is read and how long the engine waits for it.</summary>
public sealed record TimeOptions
{
    /// <summary>Field or column that holds a reading's time; in a file also two columns, <c>Date + Time</c>, read as one with a blank between. Default: <c>ts</c>.</summary>
    public string Field { get; init; } = "ts";

    /// <summary>How the time is written: <c>auto</c> (ISO 8601, or a Unix number whose size tells its unit), <c>s</c>, <c>ms</c>, <c>us</c>, <c>ns</c>, or a pattern such as <c>yyyy-MM-dd HH:mm:ss</c>. Without a zone it is UTC.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>How long a reading may come after a newer one of its device and still be on time, at most 3650d. Default: 5s.</summary>
    [Between("0s", "3650d")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After this long without data a device no longer holds a group's windows back, and open windows are shown as they stand; at most 3650d. Default: 30s.</summary>
    [Between("0s", "3650d")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What becomes of readings that come after their window was emitted: <c>revise</c> (the window is emitted again, corrected), <c>add</c> (a further row of the late reading alone), <c>side</c> (it leaves a window by a way of its own, <c>from: window.late</c>) or <c>drop</c>. Dropped ones are counted as <c>late</c>. Default: revise.</summary>
    public LateReadings Late { get; init; } = LateReadings.Revise;

    /// <summary>How long after its end, by its clock, a window that was emitted can still be corrected, at most 3650d. Readings that come even later are dropped and counted as <c>late</c>. Default: 10m.</summary>
    [Between("0s", "3650d")]
    public TimeSpan KeepLate { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most memory of a step for windows that were emitted; the oldest are given up first, and counted in the summary. Default: 1MB, ten minutes of a hundred signals in windows of 5s.</summary>
    public ByteSize KeepLateMax { get; init; } = new(1_000_000);

    /// <summary>Readings further than this ahead of the gateway's clock are refused and counted. Default: 5m.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whose watermark closes windows: each device's own (<c>device</c>), the least over the sources (<c>shared</c>), or what the sources give (<c>given</c>: a file does so with <c>control</c>; the times and the silence of readings then move no clock). Default: device.</summary>
    public ClockKind Clock { get; init; } = ClockKind.Device;
}

/// <summary>The <c>durable:</c> block: what a run keeps on the disk so that the next one goes on where it was.</summary>
public sealed record DurableOptions
{
    /// <summary>How often the state of all steps is written, 100ms to 1h: so much work is done again after a power cut. Default: 10s.</summary>
    [Between("100ms", "1h")]
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes of the journal, in which readings that their source cannot give again are kept until a checkpoint has them; when it is full the source is not read; 16MB to 1TB. Default: 1GB.</summary>
    [Between("16MB", "1TB")]
    public ByteSize Journal { get; init; } = new(1_000_000_000);
}

/// <summary>One entry of the <c>signals:</c> block.</summary>
public sealed record SignalOptions
{
    /// <summary>What its values are: <c>number</c>, <c>integer</c> (exact counters), <c>text</c> or <c>bool</c>. Default: number.</summary>
    public Kind Type { get; init; } = Kind.Number;

    /// <summary>The unit that steps see it in, such as <c>degC</c>.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Smallest and largest value that can be true, in its unit: <c>[-20, 250]</c>.</summary>
    public Bounds? Range { get; init; }

    /// <summary>How often it is read: <c>1/s</c>. Coverage is measured against it.</summary>
    public Rate? Rate { get; init; }

    /// <summary>How fast it can change: <c>15 degC/s</c>.</summary>
    [Example("15 degC/s")]
    public Quantity? MaxChange { get; init; }

    /// <summary>How far a compressed trend may lie off the true one, in its unit.</summary>
    public Quantity? Tolerance { get; init; }
}

/// <summary>What an outbox does when it may hold no more.</summary>
public enum WhenBufferFull
{
    /// <summary>The oldest rows are given up, and counted as <c>outbox_full</c>; anomalies last. The default.</summary>
    Shed,

    /// <summary>The pipeline waits, and its sources with it.</summary>
    Block,
}

/// <summary>The <c>buffer:</c> of a sink that delivers over a network: what its outbox keeps on the disk while the other side is away.</summary>
public sealed record BufferOptions
{
    /// <summary>Most bytes on the disk, 16MB to 1000TB; a reading takes some 15. Default: 512MB.</summary>
    [Between("16MB", "1000TB")]
    public ByteSize Disk { get; init; } = new(512_000_000);

    /// <summary>How long rows are kept, 1m to 3650d, counted while the pipeline runs and by no clock that can jump. Older ones are given up, and counted as <c>too_old</c>. Default: 7d.</summary>
    [Between("1m", "3650d")]
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);

    /// <summary>What happens when the disk's share is used up: <c>shed</c> (the oldest rows are given up, and counted as <c>outbox_full</c>; those marked as an anomaly only when there are no others) or <c>block</c> (the pipeline waits). Default: shed.</summary>
    public WhenBufferFull WhenFull { get; init; } = WhenBufferFull.Shed;
}

/// <summary>What an edge does when the step behind it is slower: the <c>queue:</c> of a step or sink.</summary>
public sealed record QueueOptions
{
    /// <summary><c>block</c> (the step before waits; nothing is lost), <c>drop_oldest</c>, or <c>sample</c> (every tenth row). Drops are counted. Default: block.</summary>
    [Short]
    public WhenFull WhenFull { get; init; } = WhenFull.Block;

    /// <summary>Batches that may wait, 1 to 1,024. Default: 8.</summary>
    [Between(1, 1024)]
    public int Batches { get; init; } = 8;
}
