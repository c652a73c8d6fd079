namespace StreamEdge;

/// <summary>One test of the file's <c>tests:</c> block: feeds readings in place of the sources, and says what is to become of them. <c>streamedge test</c> runs it on a virtual clock.</summary>
/// <example>
/// tests:
///   - name: a hot press raises an anomaly
///     tags: { machine: m1 }
///     feed:
///       - { at: 2026-01-01T00:00:00Z for 2m every 1s, temp: [80, 81] }
///       - { at: +10s, temp: 999 }
///       - { idle: 10s }
///     models: { press-anomaly@2: { score: [0.5, 0.99] } }
///     expect:
///       clean: { dropped: { out_of_range: 1 } }
///       window:
///         - { at: 2026-01-01T00:00:00Z, temp_mean: 80.5 ± 0.01, coverage: 100% }
///         - { at: +1m, temp_max: 81..82 }
///       upstream: { rows: 1 }
/// </example>
public sealed record TestOptions
{
    /// <summary>What the test shows, as a sentence: <c>a hot press raises an anomaly</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Tags that every reading of the feed carries, where it does not say otherwise.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>What the sources give; it arrives in the order of its times, whatever the order it is written in.</summary>
    public required IReadOnlyList<MapNode> Feed { get; init; }

    /// <summary>Columns that a model is said to give, in place of what it would: <c>{ press-anomaly@2: { score: 0.99 } }</c>. Without it the model itself scores.</summary>
    public IReadOnlyDictionary<string, MapNode> Models { get; init; } = new Dictionary<string, MapNode>();

    /// <summary>What each step is to have emitted and dropped, and each sink to have been given, by name.</summary>
    public required MapNode Expect { get; init; }
}

/// <summary>One item of a test's <c>feed:</c>. Every other key is a signal with its value (~ for a reading that came without one), or with a list of values that are taken in turn.</summary>
public sealed record FeedOptions
{
    /// <summary>When it was measured: an instant, <c>+10s</c> behind the item before, or <c>FROM..TO every 1s</c>.</summary>
    public Instants? At { get; init; }

    /// <summary>When it arrives: an instant, or how much later than measured, <c>+30s</c>. Default: when it was measured.</summary>
    public Arrival? Arrives { get; init; }

    /// <summary>Tags of the device that measured it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>How far the values can be trusted: good, uncertain or bad. Default: good.</summary>
    public Quality Quality { get; init; }

    /// <summary>The source that gives it. Needed where the file has several.</summary>
    public string? Source { get; init; }

    /// <summary>In place of all else: so much time passes without a reading; at most 7d.</summary>
    [Between("1us", "7d")]
    public TimeSpan? Idle { get; init; }

    /// <summary>Signals that are called as one of these keys is.</summary>
    public IReadOnlyDictionary<string, Node> Values { get; init; } = new Dictionary<string, Node>();

    /// <summary>The signals with their values.</summary>
    [Rest]
    public IReadOnlyDictionary<string, Node> Signals { get; init; } = new Dictionary<string, Node>();
}

/// <summary>What a test expects of one step, where it is more than the list of its rows.</summary>
public sealed record StepExpectOptions
{
    /// <summary>How many rows the step emits, or the sink is given.</summary>
    public ScalarNode? Rows { get; init; }

    /// <summary>How many readings the step emits, or the sink is given.</summary>
    public ScalarNode? Readings { get; init; }

    /// <summary>All that the step emits, or the sink is given, in this order.</summary>
    public ListNode? Emits { get; init; }

    /// <summary>Some of it, in this order; others may lie between.</summary>
    public ListNode? Has { get; init; }

    /// <summary>How much the step drops: in all, or by reason, <c>{ out_of_range: 2 }</c>.</summary>
    public Node? Dropped { get; init; }
}

/// <summary>A row or reading that a test expects. Every other key is a column, or a signal, with its value; what is not written is not compared.</summary>
public sealed record RowOptions
{
    /// <summary>Its time; a window's is its start.</summary>
    public Instants? At { get; init; }

    /// <summary>The end of its window.</summary>
    public Instant? End { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>How far it can be trusted: good, uncertain or bad.</summary>
    public Quality? Quality { get; init; }

    /// <summary>What its window's row says of it: on_time, early or late.</summary>
    public Pane? Pane { get; init; }

    /// <summary>How often its window was emitted before.</summary>
    public int? Revision { get; init; }

    /// <summary>Columns that are called as one of these keys is.</summary>
    public IReadOnlyDictionary<string, Node> Values { get; init; } = new Dictionary<string, Node>();

    /// <summary>The columns with their values.</summary>
    [Rest]
    public IReadOnlyDictionary<string, Node> Columns { get; init; } = new Dictionary<string, Node>();
}
