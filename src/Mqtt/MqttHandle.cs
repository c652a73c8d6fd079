using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace StreamEdge;

/// <summary>
/// One client of libmosquitto, driven by one thread. Nothing is sent but by <see cref="Write"/>: the library is told that
/// its loop runs elsewhere (<c>mosquitto_threaded_set</c>), and so only queues the acknowledgement of a message that it
/// hands over. Without that it would send it from within <see cref="Read"/>, before the message is safe anywhere.
/// </summary>
sealed unsafe class MqttHandle : IDisposable
{
    const int VerifyPeer = 1;
    const string SystemAuthorities = "/etc/ssl/certs";

    static readonly Lazy<int> s_initialized = new(Mosquitto.Initialize);

    readonly MqttSettings _settings;
    readonly IMqttEvents _events;
    readonly GCHandle _self;
    readonly nint _client;
    Exception? _failure; // of a callback: nothing may be thrown through the library's frames
    int _messages;

    public MqttHandle(MqttSettings settings, IMqttEvents events)
    {
        (_settings, _events) = (settings, events);
        _ = s_initialized.Value;
        _self = GCHandle.Alloc(this);
        _client = Mosquitto.New(settings.ClientId, settings.Session == TimeSpan.Zero, GCHandle.ToIntPtr(_self));
        if (_client == 0) throw new InvalidOperationException($"libmosquitto makes no client '{settings.ClientId}'");
        Check(Mosquitto.SetThreaded(_client, true));
        Check(Mosquitto.SetOption(_client, Mosquitto.ProtocolVersion, (int)settings.Version));
        Check(Mosquitto.SetOption(_client, Mosquitto.ReceiveMaximum, settings.InFlight));
        Check(Mosquitto.SetOption(_client, Mosquitto.SendMaximum, settings.InFlight));
        Check(Mosquitto.SetOption(_client, Mosquitto.NoDelay, 1));
        if (settings.User is not null) Check(Mosquitto.SetLogin(_client, settings.User, settings.Password));
        if (settings.Will is { } will && Encoding.UTF8.GetBytes(will.Message) is var words) Check(Mosquitto.SetWill(_client, will.Topic, words.Length, words, will.Qos, will.Retain));
        if (settings.Address.Tls)
        {
            Check(Mosquitto.SetTls(_client, settings.Authorities, settings.Authorities is null ? SystemAuthorities : null, settings.Certificate, settings.Key, 0));
            Check(Mosquitto.SetTlsOptions(_client, VerifyPeer, null, null)); // null: 1.2 and later
            Check(Mosquitto.SetTlsInsecure(_client, false)); // the host's name is compared, always
        }

        Mosquitto.OnConnect(_client, &Connected);
        Mosquitto.OnDisconnect(_client, &Disconnected);
        Mosquitto.OnMessage(_client, &Received);
        Mosquitto.OnPublish(_client, &Published);
        Mosquitto.OnSubscribe(_client, &Subscribed);
        Mosquitto.OnLog(_client, &Logged);
    }

    /// <summary>The last mistake that the library wrote into its log since the last <see cref="Connect"/>; of a refused certificate why.</summary>
    public string? Said { get; private set; }

    /// <summary>What the operating system said of the last call that failed.</summary>
    public int SystemError { get; private set; }

    /// <summary>The socket; -1 where there is none.</summary>
    public int Socket => Mosquitto.Socket(_client);

    /// <summary>Whether something is to be sent.</summary>
    public bool WantsWrite => Mosquitto.WantsWrite(_client);

    /// <summary>Connects, or connects again; waits for the broker's machine, not for its answer. What was queued for an earlier connection is forgotten, but for messages of QoS 1 and 2 that were published.</summary>
    public int Connect()
    {
        Said = null;
        nint properties = 0;
        if (_settings.Version == MqttVersion.V5)
        {
            if (_settings.Session > TimeSpan.Zero) Check(Mosquitto.AddProperty(ref properties, Mosquitto.SessionExpiry, (uint)Math.Min(_settings.Session.TotalSeconds, uint.MaxValue)));
            Check(Mosquitto.AddProperty(ref properties, Mosquitto.ReceiveMaximumProperty, (ushort)_settings.InFlight));
            Check(Mosquitto.AddProperty(ref properties, Mosquitto.MaximumPacketSize, (uint)_settings.MaxMessage + ushort.MaxValue + 16)); // the topic, and what else is in a packet
        }

        var result = Mosquitto.Connect(_client, _settings.Address.Host, _settings.Address.Port, (int)_settings.KeepAlive.TotalSeconds, null, properties);
        SystemError = Marshal.GetLastPInvokeError();
        Mosquitto.FreeProperties(ref properties);
        return Ended(result);
    }

    /// <summary>Reads a packet, where there is one; says whether there is nothing more to read now.</summary>
    public int Read(out bool dry)
    {
        var before = _messages;
        var result = Mosquitto.Read(_client, 1);
        SystemError = Marshal.GetLastPInvokeError();
        // A callback may have left the same error behind; then it is asked once more.
        dry = SystemError == Posix.TryAgain && _messages == before;
        return Ended(result);
    }

    /// <summary>Sends what is queued, as much as the socket takes.</summary>
    public int Write()
    {
        var result = Mosquitto.Write(_client, 1);
        SystemError = Marshal.GetLastPInvokeError();
        return Ended(result);
    }

    /// <summary>Queues a ping where it is time for one, and notices that the last one had no answer.</summary>
    public int LookAtTime() => Ended(Mosquitto.LookAtTime(_client));

    /// <summary>Sends two bytes of a packet without content past the queue. Only between two packets.</summary>
    public bool SendPast(byte command)
    {
        ReadOnlySpan<byte> packet = [command, 0];
        return Mosquitto.Ssl(_client) is not 0 and var ssl ? OpenSsl.Write(ssl, packet) : Posix.Send(Socket, packet);
    }

    /// <summary>Queues a subscription; its number comes back with <see cref="IMqttEvents.Subscribed"/>.</summary>
    public int Subscribe(string filter, int qos)
    {
        // Retained messages would come again with each start of a session that goes on.
        var options = _settings.Version == MqttVersion.V5 && _settings.Session > TimeSpan.Zero ? Mosquitto.RetainIfNew : 0;
        int number;
        fixed (byte* bytes = Terminated(filter)) Check(Mosquitto.Subscribe(_client, out number, bytes, qos, options, 0));
        return number;
    }

    /// <summary>Queues the end of a subscription.</summary>
    public void Unsubscribe(string filter) => Check(Mosquitto.Unsubscribe(_client, out _, filter));

    /// <summary>Queues a message, which the library copies; its number comes back with <see cref="IMqttEvents.Published"/>.</summary>
    public int Publish(string topic, ReadOnlySpan<byte> message, int qos, bool retain, out int number)
    {
        fixed (byte* bytes = Terminated(topic), payload = message) return Mosquitto.Publish(_client, out number, bytes, message.Length, payload, qos, retain);
    }

    /// <summary>Queues the farewell, after which the broker publishes no will.</summary>
    public void Disconnect() => _ = Mosquitto.Disconnect(_client);

    /// <inheritdoc/>
    public void Dispose()
    {
        Mosquitto.Destroy(_client);
        _self.Free();
    }

    /// <summary>What the library calls an error.</summary>
    public static string ErrorText(int error) => Marshal.PtrToStringUTF8(Mosquitto.ErrorText(error)) ?? $"error {error}";

    /// <summary>What version 5 of the protocol calls a reason.</summary>
    public static string ReasonText(int reason) => Marshal.PtrToStringUTF8(Mosquitto.ReasonText(reason))?.TrimEnd('.') is { Length: > 0 } text ? char.ToLowerInvariant(text[0]) + text[1..] : $"reason {reason}";

    static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"libmosquitto says: {ErrorText(result)}");
    }

    int Ended(int result)
    {
        if (_failure is null) return result;
        var failure = _failure;
        _failure = null;
        throw new InvalidOperationException(failure.Message, failure);
    }

    static MqttHandle Of(nint user) => (MqttHandle)GCHandle.FromIntPtr(user).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Received(nint client, nint user, Mosquitto.Message* message, nint properties)
    {
        var handle = Of(user);
        try
        {
            handle._messages++;
            handle._events.Received(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message->Topic), new(message->Payload, message->Length), message->Retained != 0);
        }
        catch (Exception failure)
        {
            handle._failure = failure;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Connected(nint client, nint user, int reason, int flags, nint properties) => Guard(user, events => events.Answered(reason, (flags & 1) != 0));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Disconnected(nint client, nint user, int reason, nint properties) => Guard(user, events => events.Disconnected(reason));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Published(nint client, nint user, int number, int reason, nint properties) => Guard(user, events => events.Published(number, reason));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Subscribed(nint client, nint user, int number, int count, int* granted, nint properties)
    {
        var reason = count > 0 ? granted[0] : 0;
        Guard(user, events => events.Subscribed(number, reason));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Logged(nint client, nint user, int level, byte* text)
    {
        if (level != Mosquitto.LogError) return;
        var handle = Of(user);
        // The first mistake is the cause, those behind it what follows from it. The connection's own word on the
        // certificate can be asked for only here: the library frees it before it returns.
        handle.Said ??= OpenSsl.WhyRefused(Mosquitto.Ssl(client)) ?? Marshal.PtrToStringUTF8((nint)text);
    }

    static void Guard(nint user, Action<IMqttEvents> call)
    {
        var handle = Of(user);
        try
        {
            call(handle._events);
        }
        catch (Exception failure)
        {
            handle._failure = failure;
        }
    }
}

/// <summary>What comes from the broker; called by the thread that reads.</summary>
interface IMqttEvents
{
    /// <summary>The broker answered the attempt to connect: 0 is yes. It may know this client's session still.</summary>
    void Answered(int reason, bool knowsSession);

    /// <summary>The connection has ended.</summary>
    void Disconnected(int reason);

    /// <summary>A message came; the spans are good until this returns.</summary>
    void Received(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained);

    /// <summary>The broker has, or refuses (128 and above), a message; one of QoS 0 has been sent.</summary>
    void Published(int number, int reason);

    /// <summary>The broker has granted a subscription, or refuses it (128 and above).</summary>
    void Subscribed(int number, int reason);
}
