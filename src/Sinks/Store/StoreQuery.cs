namespace StreamEdge;

/// <summary>One field of a series in the store. A signal that changed its unit between two runs has a field for each.</summary>
/// <param name="Name">A signal or a column; in an answer with its unit behind it where it comes in several, <c>temp (degF)</c>.</param>
/// <param name="Kind"><c>number</c>, <c>integer</c>, <c>text</c> or <c>bool</c>.</param>
/// <param name="Unit">The unit its values are in; empty where none is declared.</param>
/// <param name="First">Its oldest point, Unix nanoseconds; null where it has none.</param>
/// <param name="Last">Its newest point, Unix nanoseconds; null where it has none.</param>
public sealed record StoreField(string Name, string Kind, string Unit, long? First, long? Last);

/// <summary>One series of the store: a measurement with one set of tags.</summary>
/// <param name="Measurement">What the series is called.</param>
/// <param name="Tags">Its tags, by name.</param>
/// <param name="Fields">Its fields, by name.</param>
public sealed record StoreSeries(string Measurement, IReadOnlyList<(string Name, string Value)> Tags, IReadOnlyList<StoreField> Fields);

/// <summary>What becomes one value when points are taken together.</summary>
public enum StoreAggregate
{
    /// <summary>The mean. Of texts and booleans, which have none, the last.</summary>
    Mean,

    /// <summary>The smallest. Of texts and booleans the last.</summary>
    Min,

    /// <summary>The largest. Of texts and booleans the last.</summary>
    Max,

    /// <summary>The last.</summary>
    Last,
}

/// <summary>What is wanted from the store; everything by default.</summary>
public sealed record StoreQuery
{
    /// <summary>The measurement; null where the store has only one.</summary>
    public string? Measurement { get; init; }

    /// <summary>Tags and the value each must have.</summary>
    public IReadOnlyList<(string Name, string Value)> Tags { get; init; } = [];

    /// <summary>The fields wanted, in this order; empty for all.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The oldest instant wanted, Unix nanoseconds.</summary>
    public long From { get; init; } = long.MinValue;

    /// <summary>The first instant no longer wanted, Unix nanoseconds.</summary>
    public long Until { get; init; } = long.MaxValue;

    /// <summary>Only so many of the newest rows; null for all.</summary>
    public int? Last { get; init; }

    /// <summary>Takes the points of every such stretch of time together, counted from 1970; null to take them as they are.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>What becomes of the points of one stretch.</summary>
    public StoreAggregate Aggregate { get; init; }
}

/// <summary>One row of an answer.</summary>
/// <param name="Time">Its instant, or the start of its stretch, Unix nanoseconds.</param>
/// <param name="Tags">The tags' values, in the order of <see cref="StoreAnswer.Tags"/>; empty where a series has no such tag.</param>
/// <param name="Values">The values, in the order of <see cref="StoreAnswer.Fields"/>: double, long, string, bool, or null where there is none.</param>
/// <param name="Quality">The worst quality among the values.</param>
public sealed record StoreRow(long Time, IReadOnlyList<string> Tags, IReadOnlyList<object?> Values, Quality Quality);

/// <summary>What the store answers: a table, read while it is enumerated.</summary>
/// <param name="Tags">The names of the tags.</param>
/// <param name="Fields">The fields.</param>
/// <param name="Rows">The rows by time, then by tags. Enumerate them once, and before the reader is disposed.</param>
public sealed record StoreAnswer(IReadOnlyList<string> Tags, IReadOnlyList<StoreField> Fields, IEnumerable<StoreRow> Rows);
