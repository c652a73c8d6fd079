namespace StreamEdge;

/// <summary>
/// Publishes each row or reading as a message: the JSON object that <c>file</c> writes as a line. A row is delivered when the
/// broker has acknowledged it; while the broker is away the sink waits for it, as long as it takes, and the pipeline with it.
/// What the broker refuses for good is dropped and counted as <c>rejected</c>.
/// </summary>
/// <example>
/// - transmit:
///     upstream: { mqtt: mqtts://cloud.example.com/acme/press-line-3/readings, user: edge, password: PASSWORD }
/// </example>
public sealed record MqttSinkOptions : SinkOptions
{
    /// <summary>The broker, with the topic as its path: <c>mqtt://HOST:1883/TOPIC</c>, or <c>mqtts://HOST:8883/TOPIC</c> with TLS, by which its name is always checked. The ports are the defaults.</summary>
    [Short]
    public required string Url { get; init; }

    /// <summary>The topic, where the address has none. A tag in braces stands for its value, as does <c>{signal}</c> of readings: <c>acme/{machine}/anomalies</c>.</summary>
    public string? Topic { get; init; }

    /// <summary>How safely messages go: 0 (they may be lost), 1 (each at least once) or 2 (each once, while the gateway runs). Default: 1.</summary>
    [Between(0, 2)]
    public int Qos { get; init; } = 1;

    /// <summary>Whether the broker keeps the last message of each topic for those who subscribe later. Default: false.</summary>
    public bool Retain { get; init; }

    /// <summary>How instants are written: <c>iso</c>, <c>ns</c> or <c>ms</c> (Unix time). Default: iso.</summary>
    public TimeForm Time { get; init; } = TimeForm.Iso;

    /// <summary>The fields of a message, in their order: tags, columns, and <c>time</c>, <c>signal</c>, <c>value</c>, <c>quality</c>, of windows <c>start</c>, <c>end</c>, <c>pane</c>, <c>revision</c>. Default: all, but for what is usual.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The name by which the broker knows this client; no two clients may have one. Default: made of the gateway's, the pipeline's and the sink's.</summary>
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

    /// <summary>After how long without a message the connection is looked after by a ping, 5s to 18h. Default: 30s.</summary>
    [Between("5s", "18h")]
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most messages that are on their way without an acknowledgement, 1 to 10,000; then the pipeline waits. Default: 100.</summary>
    [Between(1, 10_000)]
    public int InFlight { get; init; } = 100;

    /// <summary>What the broker publishes when the gateway is cut off: <c>{ topic: gateways/hall-2/status, message: offline }</c>. Default: nothing.</summary>
    public MqttWill? Will { get; init; }

    /// <inheritdoc/>
    public override bool Concerns(string option) => option switch
    {
        nameof(Ca) or nameof(Certificate) or nameof(Key) => Url.StartsWith("mqtts:", StringComparison.Ordinal),
        _ => true,
    };

    /// <inheritdoc/>
    public override Sink Build(BuildContext context)
    {
        var sound = true;
        var login = Login(context.Pipeline);
        foreach (var fault in login.Faults()) Wrong(fault.Option, fault.What, fault.Remedy, fault.Entry);
        var path = MqttAddress.TryParse(Url, out var address, out _, out _) ? address.Topic : "";
        if (path.Length > 0 && Topic is not null) Wrong(nameof(Topic), "the address has a topic already", "write it in one place");
        else if (path.Length == 0 && Topic is null && address is not null) Wrong(nameof(Url), "mqtt does not say where to publish", $"write it behind the address, {address}/TOPIC, or as 'topic'");
        else if (address is not null) sound &= MqttTopic.Check(Topic ?? path, Topic is null ? nameof(Url) : nameof(Topic), context);
        if (Columns is not null) sound &= ChosenColumns.Check(context, nameof(Columns), Columns);
        else sound &= JsonLinesWriter.Check(context, nameof(Url));
        if (!sound) return default(Refusal);

        var settings = login.Settings($"streamedge-{Environment.MachineName}-{context.Pipeline.Name}-{context.Step}") with { KeepAlive = Keepalive, InFlight = InFlight };
        return new MqttSink(this, settings, Topic ?? path, context);

        void Wrong(string option, string what, string remedy, string? entry = null)
        {
            context.Fault(option, what, remedy, entry);
            sound = false;
        }
    }

    MqttLogin Login(PipelineContext pipeline)
    {
        return new(Url, Version, ClientId, User, Password?.Reveal(), Full(Ca), Full(Certificate), Full(Key), Will);

        string? Full(string? path) => path is null ? null : pipeline.InputPath(path);
    }
}

/// <summary>Encodes rows, and hands each to the publisher; at most so many wait for their receipt.</summary>
sealed class MqttSink : Sink
{
    readonly MqttSinkOptions _options;
    readonly MqttSettings _settings;
    readonly MqttTopic _topic;
    readonly MqttPublisher _publisher;
    readonly JsonLinesWriter _writer;
    readonly Queue<(Task<MqttReceipt> Receipt, int Signal, string Topic)> _sent = new();
    readonly Tally _rejected, _badTopic;
    readonly Lock _saying = new(); // the client's thread has something to say too

    public MqttSink(MqttSinkOptions options, MqttSettings settings, string topic, BuildContext context) : base(context.Inputs)
    {
        (_options, _settings, _topic) = (options, settings, new(topic));
        _publisher = new(settings, context.Clock.Time, Say);
        _writer = new(Books, options.Time, options.Columns);
        _rejected = Books.Reason("rejected");
        _badTopic = Books.Reason("bad_topic");
    }

    /// <inheritdoc/>
    public override long Held => _sent.Count;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Value)> Report => [("MQTT", $"{_settings.Address}/{_topic}")];

    /// <inheritdoc/>
    public override ValueTask OpenAsync(CancellationToken cancel)
    {
        _publisher.Start();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        var keys = batch.Schema.Keys;
        for (var from = 0; from < batch.Count;)
        {
            var until = _writer.Write(batch, from);
            var lines = _writer.Lines;
            for (var row = from; row < until; row++)
            {
                var end = lines.Span.IndexOf((byte)'\n');
                var signal = batch.Schema.IsRows ? -1 : keys.SignalOf[batch.Key[row]];
                await SendAsync(lines[..end], _topic.Of(batch.Schema, batch.Key[row]), signal, cancel);
                lines = lines[(end + 1)..];
            }

            _writer.Clear();
            from = until;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancel)
    {
        while (_sent.Count > 0) await SettleAsync(cancel);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        _writer.Dispose();
        await base.DisposeAsync();
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> message, string? topic, int signal, CancellationToken cancel)
    {
        if (topic is null)
        {
            _badTopic.AddOf(signal);
            Say($"drops rows whose tags cannot stand in the topic {_topic}: they are empty, or have '/', '+', '#' or a control character in them");
            return;
        }

        while (_sent.Count >= _options.InFlight || _sent.TryPeek(out var first) && first.Receipt.IsCompleted) await SettleAsync(cancel);
        _sent.Enqueue((_publisher.SendAsync(message, topic, _options.Qos, _options.Retain).AsTask(), signal, topic));
    }

    /// <summary>Waits for the oldest receipt, and counts what became of its message.</summary>
    async ValueTask SettleAsync(CancellationToken cancel)
    {
        var (receipt, signal, topic) = _sent.Peek();
        var (taken, words) = await receipt.WaitAsync(cancel);
        _sent.Dequeue();
        if (taken) Books.Absorbed++;
        else
        {
            _rejected.AddOf(signal);
            Say($"had messages to '{topic}' rejected by {_settings.Address}: {words}");
        }
    }

    void Say(string text)
    {
        lock (_saying) Books.Notice(text);
    }
}
