namespace StreamEdge;

/// <summary>What a message holds.</summary>
public enum MqttFormat
{
    /// <summary>A JSON object: one value with what belongs to it, or the values of several signals.</summary>
    Json,

    /// <summary>The bare value: <c>71.3</c>; of a text signal its text.</summary>
    Number,
}

/// <summary>When a reading was taken.</summary>
public enum MqttTime
{
    /// <summary>When its message says, in the field that <c>time.field</c> names.</summary>
    Payload,

    /// <summary>When its message arrived, by the gateway's clock.</summary>
    Arrival,
}

/// <summary>What becomes of messages that the broker kept from before the subscription.</summary>
public enum RetainedMessages
{
    /// <summary>They are readings like all others.</summary>
    Keep,

    /// <summary>They are dropped, and counted as <c>retained</c>.</summary>
    Drop,
}

/// <summary>What a message holds, and the names of its fields. A point leads into an object: <c>data.temp</c>.</summary>
public sealed record MqttPayloadOptions
{
    /// <summary><c>json</c>: an object. <c>number</c>: the bare value, whose topic says the signal. Default: json.</summary>
    [Short]
    public MqttFormat Format { get; init; } = MqttFormat.Json;

    /// <summary>The field of the value, where the topic says the signal. Default: v.</summary>
    public string? Value { get; init; }

    /// <summary>The field of the value's unit, such as <c>degF</c>: a value in another unit of its signal's family is converted. Default: unit.</summary>
    public string? Unit { get; init; }

    /// <summary>The field that says how far the value can be trusted: good, uncertain or bad; any other word counts as uncertain. Default: quality.</summary>
    public string? Quality { get; init; }
}
