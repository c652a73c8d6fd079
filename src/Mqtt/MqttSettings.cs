namespace StreamEdge;

/// <summary>The version of the protocol.</summary>
public enum MqttVersion
{
    /// <summary>3.1.1, which every broker speaks.</summary>
    V311 = 4,

    /// <summary>5, which says why something is refused.</summary>
    V5 = 5,
}

/// <summary>What the broker publishes for a client whose connection breaks off, its last will.</summary>
public sealed record MqttWill
{
    /// <summary>Where it is published: <c>gateways/hall-2/status</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>What is published. Default: offline.</summary>
    public string Message { get; init; } = "offline";

    /// <summary>How safely it is published: 0, 1 or 2. Default: 1.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>Whether the broker keeps it for those who subscribe later. Default: true.</summary>
    public bool Retain { get; init; } = true;
}

/// <summary>Which broker, as whom, and how.</summary>
public sealed record MqttSettings
{
    /// <summary>The broker.</summary>
    public required MqttAddress Address { get; init; }

    /// <summary>The name of this client, by which the broker knows its session again.</summary>
    public required string ClientId { get; init; }

    /// <summary>The version of the protocol.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V311;

    /// <summary>The user; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>The file of the authorities that are trusted; null for those of the operating system.</summary>
    public string? Authorities { get; init; }

    /// <summary>The file of the client's certificate; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file of the key of the client's certificate.</summary>
    public string? Key { get; init; }

    /// <summary>How long the broker keeps the session while the client is away; zero for a new one with each connection.</summary>
    public TimeSpan Session { get; init; }

    /// <summary>After how long without a message a ping goes out; at least 5 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a message beyond which version 5 asks the broker not to send it.</summary>
    public int MaxMessage { get; init; } = 1_000_000;

    /// <summary>Messages that may be on their way unacknowledged, each way.</summary>
    public int InFlight { get; init; } = 100;

    /// <summary>What is published when the connection breaks off.</summary>
    public MqttWill? Will { get; init; }
}
