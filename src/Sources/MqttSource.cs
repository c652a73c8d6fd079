namespace StreamEdge;

/// <summary>
/// Subscribes to a broker. A message is acknowledged when its readings are safe; while the broker is away the source tries
/// again for ever, and with <c>session</c> the broker keeps what comes meanwhile.
/// </summary>
/// <example>
/// - collect:
///     mqtt: mqtts://broker.plant
///     topic: plant/{line}/{machine}/{signal}     # {"v": 71.3, "unit": "degF", "quality": "good", "ts": 1767225600000}
///     user: edge
///     password: PASSWORD
/// </example>
public sealed record MqttSourceOptions : SourceOptions
{
    const int DefaultInFlight = 1000;

    /// <summary>The broker: <c>mqtt://HOST:1883</c>, or <c>mqtts://HOST:8883</c> with TLS, by which its name is always checked. The ports are the defaults.</summary>
    [Short]
    public required string Url { get; init; }

    /// <summary>The topic, or a list. A level in braces is a tag, <c>{signal}</c> picks the signal; <c>+</c> stands for a level that is neither, <c>#</c> at the end for all further ones. Without <c>{signal}</c> a message holds a field for each signal.</summary>
    public required IReadOnlyList<string> Topic { get; init; }

    /// <summary>What a message holds: <c>json</c>, <c>number</c> (the bare value), or a map that names the fields of JSON: <c>{ value: data.temp, unit: data.unit }</c>. Default: json.</summary>
    public MqttPayloadOptions Payload { get; init; } = new();

    /// <summary>The signal of every message, where the topic does not say it.</summary>
    public string? Signal { get; init; }

    /// <summary>Signals that topics or fields call otherwise than they are: <c>{ temp: Temperature }</c>.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>Signals that messages have in another unit than declared, where they do not say it themselves: <c>{ temp: degF }</c>.</summary>
    public IReadOnlyDictionary<string, Unit> Units { get; init; } = new Dictionary<string, Unit>();

    /// <summary>When a reading was taken: as the <c>payload</c> says, or on <c>arrival</c> by the gateway's clock. Default: payload.</summary>
    public MqttTime Time { get; init; } = MqttTime.Payload;

    /// <summary>How safely messages come: 0 (they may be lost), 1 (each at least once) or 2 (each once, unless the gateway's power is cut at the wrong moment: then it may be lost; 1 and <c>clean: { duplicates: drop }</c> lose none). Default: 1.</summary>
    [Between(0, 2)]
    public int Qos { get; init; } = 1;

    /// <summary>What becomes of messages that the broker retained from before: <c>keep</c> or <c>drop</c>. Default: keep; with <c>time: arrival</c> drop, for nobody knows how old they are.</summary>
    public RetainedMessages? Retained { get; init; }

    /// <summary>The name by which the broker knows this client again; no two clients may have one. Default: made of the gateway's, the pipeline's and the step's.</summary>
    public string? ClientId { get; init; }

    /// <summary>The user.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public Secret? Password { get; init; }

    /// <summary>The file of the authorities whose certificates are trusted (PEM), relative to the pipeline's file. Default: those of the operating system.</summary>
    public string? Ca { get; init; }

    /// <summary>The file of the gateway's own certificate (PEM), where the broker wants one; relative to the pipeline's file.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file of the key of <c>certificate</c> (PEM, not encrypted).</summary>
    public string? Key { get; init; }

    /// <summary>The version of MQTT: 3.1.1, or 5, by which the broker says why it refuses something. Default: 3.1.1.</summary>
    public string? Version { get; init; }

    /// <summary>How long the broker keeps messages while the gateway is away, at most 3650d; version 3.1.1 leaves the time to the broker. 0s: it keeps none. Default: 7d.</summary>
    [Between("0s", "3650d")]
    public TimeSpan Session { get; init; } = TimeSpan.FromDays(7);

    /// <summary>After how long without a message the connection is looked after by a ping, 5s to 18h. Default: 30s.</summary>
    [Between("5s", "18h")]
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest message, 1kB to 256MB. A larger one is dropped and counted as <c>too_large</c>; with version 5 the broker does not even send it. Default: 1MB.</summary>
    [Between("1kB", "256MB")]
    public ByteSize MaxMessage { get; init; } = new(1_000_000);

    /// <summary>With version 5, how many messages the broker may send ahead of their acknowledgement, 1 to 65,535; with 3.1.1 the broker has its own limit. Default: 1000.</summary>
    [Between(1, 65_535)]
    public int? InFlight { get; init; }

    /// <summary>What the broker publishes when the gateway is cut off: <c>{ topic: gateways/hall-2/status, message: offline }</c>. Default: nothing.</summary>
    public MqttWill? Will { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TagNames =>
        [.. Topic.SelectMany(t => TopicPattern.TryParse(t, out var pattern, out _, out _) ? pattern.Names : []).Where(n => n != TopicPattern.Signal).Distinct()];

    /// <inheritdoc/>
    public override bool Concerns(string option) => option switch
    {
        nameof(InFlight) => Version == "5",
        nameof(Ca) or nameof(Certificate) or nameof(Key) => Url.StartsWith("mqtts:", StringComparison.Ordinal),
        _ => true,
    };

    /// <summary>What the source does with each message, without a broker; null, and the faults told, where the options have some.</summary>
    /// <param name="context">The source's context.</param>
    /// <param name="books">Where it counts what it cannot use.</param>
    /// <param name="say">Takes what a person should know.</param>
    public MqttReadings? Readings(BuildContext context, Books books, Action<string> say) =>
        MqttSourceCheck.Check(this, Login(context.Pipeline), context, out var patterns, out var format) ? new(this, patterns, format, Given(context), context, books, say) : null;

    /// <inheritdoc/>
    public override Source Build(BuildContext context)
    {
        var login = Login(context.Pipeline);
        if (!MqttSourceCheck.Check(this, login, context, out var patterns, out var format)) return default(Refusal);
        var settings = login.Settings($"streamedge-{Environment.MachineName}-{context.Pipeline.Name}-{context.Step}") with
        {
            Session = Session,
            KeepAlive = Keepalive,
            MaxMessage = (int)MaxMessage.Bytes,
            InFlight = InFlight ?? DefaultInFlight,
        };
        return new MqttSource(this, settings, patterns, format, Given(context), context);
    }

    /// <summary>The readings in the units that messages have them in.</summary>
    Schema Given(BuildContext context) => context.Pipeline.Readings is var readings && Units.Count == 0 ? readings
        : readings.With([.. readings.Signals.Select(s => Units.TryGetValue(s.Name, out var unit) ? s.In(unit) : s)]);

    MqttLogin Login(PipelineContext pipeline)
    {
        return new(Url, Version, ClientId, User, Password?.Reveal(), Full(Ca), Full(Certificate), Full(Key), Will);

        string? Full(string? path) => path is null ? null : pipeline.InputPath(path);
    }
}

/// <summary>Reads what it has subscribed to; see <see cref="MqttSubscriber"/> for when a message is acknowledged.</summary>
sealed class MqttSource : Source, IMqttTaker
{
    readonly MqttSettings _settings;
    readonly IReadOnlyList<TopicPattern> _patterns;
    readonly MqttReadings _readings;
    readonly Clock _clock;
    readonly Lock _saying = new(); // the client's thread has something to say too
    readonly int _qos;
    IReadOnlyList<string> _former = [];
    MqttSubscriber? _subscriber;
    Batch? _batch;

    public MqttSource(MqttSourceOptions options, MqttSettings settings, IReadOnlyList<TopicPattern> patterns, TimeFormat format, Schema output, BuildContext context) : base(output)
    {
        (_settings, _patterns, _clock, _qos) = (settings, patterns, context.Clock, options.Qos);
        _readings = new(options, patterns, format, output, context, Books, Say);
    }

    /// <inheritdoc/>
    public override bool Replays => false;

    bool IMqttTaker.HasRoom => _batch!.Count + _readings.Most <= Output.MaxRows;

    void IMqttTaker.Take(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained) => _readings.Read(topic, message, retained, _batch!);

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        _subscriber = new(_settings, [.. _patterns.Select(p => p.Filter)], _former, _qos, this, _clock.Time, Say);
        _subscriber.Start();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        _batch = batch;
        await _subscriber!.ReadAsync(cancel);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask AcknowledgeAsync(CancellationToken cancel)
    {
        _subscriber!.Acknowledge();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state)
    {
        // The broker keeps subscriptions with the session; those that the file no longer has must be ended.
        state.Write((long)_patterns.Count);
        foreach (var pattern in _patterns) state.Write(pattern.Filter);
    }

    /// <inheritdoc/>
    public override void Restore(StateReader state)
    {
        var former = new string[state.Int()];
        for (var at = 0; at < former.Length; at++) former[at] = state.Text();
        _former = former;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_subscriber is not null) await _subscriber.DisposeAsync();
        await base.DisposeAsync();
    }

    void Say(string text)
    {
        lock (_saying) Books.Notice(text);
    }
}
