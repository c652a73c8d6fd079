namespace StreamEdge;

/// <summary>What became of a message.</summary>
/// <param name="Taken">Whether the broker has it.</param>
/// <param name="Words">Why it will never take it, where it does not.</param>
public readonly record struct MqttReceipt(bool Taken, string Words = "");

/// <summary>Publishes messages in their order, again after a lost connection, until the broker has acknowledged or refused each.</summary>
/// <param name="settings">Which broker, as whom.</param>
/// <param name="time">Where time comes from.</param>
/// <param name="say">Takes what a person should know.</param>
public sealed class MqttPublisher(MqttSettings settings, TimeProvider time, Action<string> say) : MqttClient(settings, time, say)
{
    readonly Lock _handing = new(); // guards _waiting and _failed
    readonly LinkedList<Outgoing> _waiting = new(); // not handed to the library yet
    readonly Dictionary<int, Outgoing> _open = []; // handed over, by number; without a receipt
    Exception? _failed;

    private protected override bool WantsRead => true;

    private protected override bool MaySend => true;

    /// <summary>
    /// Takes a copy of a message, and completes when the broker has it (with QoS 0: when it was sent), or refuses it for
    /// good. How many wait at once is the caller's to bound.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="topic">Where it is published.</param>
    /// <param name="qos">How safely.</param>
    /// <param name="retain">Whether the broker keeps it for those who subscribe later.</param>
    public ValueTask<MqttReceipt> SendAsync(ReadOnlyMemory<byte> message, string topic, int qos, bool retain)
    {
        var outgoing = new Outgoing(topic, message.ToArray(), qos, retain);
        bool first;
        lock (_handing)
        {
            if (_failed is not null) return ValueTask.FromException<MqttReceipt>(_failed);
            first = _waiting.Count == 0;
            _waiting.AddLast(outgoing);
        }

        if (first) Wake();
        return new(outgoing.Receipt.Task);
    }

    private protected override void CameUp(MqttHandle handle, bool knowsSession)
    {
    }

    private protected override void WentDown()
    {
        // The library keeps and repeats what has QoS 1 and 2. What had 0 and was not sent is lost with its queue.
        lock (_handing)
        {
            foreach (var (number, outgoing) in _open.Where(o => o.Value.Qos == 0).OrderByDescending(o => o.Value.Order).ToList())
            {
                _open.Remove(number);
                _waiting.AddFirst(outgoing);
            }
        }
    }

    private protected override void Work(MqttHandle handle)
    {
        while (true)
        {
            Outgoing outgoing;
            lock (_handing)
            {
                if (_waiting.First is not { } first) return;
                _waiting.RemoveFirst();
                outgoing = first.Value;
            }

            outgoing.Order = ++_order;
            var error = handle.Publish(outgoing.Topic, outgoing.Message, outgoing.Qos, outgoing.Retain, out var number);
            // Without a connection the library has queued it all the same, unless its QoS is 0.
            if (error == 0 || error == Mosquitto.NoConnection && outgoing.Qos > 0) _open[number] = outgoing;
            else if (error == Mosquitto.NoConnection)
            {
                lock (_handing) _waiting.AddFirst(outgoing);
                return;
            }
            else outgoing.Receipt.SetResult(new(false, MqttHandle.ErrorText(error).TrimEnd('.')));
        }
    }

    private protected override void Published(int number, int reason)
    {
        if (_open.Remove(number, out var outgoing)) outgoing.Receipt.SetResult(reason < 128 ? new(true) : new(false, MqttHandle.ReasonText(reason)));
    }

    private protected override void Received(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained)
    {
    }

    private protected override void Failed(Exception failure)
    {
        lock (_handing)
        {
            _failed = failure;
            foreach (var outgoing in _waiting.Concat(_open.Values)) outgoing.Receipt.TrySetException(failure);
        }
    }

    long _order;

    sealed class Outgoing(string topic, byte[] message, int qos, bool retain)
    {
        public string Topic => topic;

        public byte[] Message => message;

        public int Qos => qos;

        public bool Retain => retain;

        public long Order { get; set; }

        public TaskCompletionSource<MqttReceipt> Receipt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
