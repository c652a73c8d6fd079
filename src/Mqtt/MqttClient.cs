namespace StreamEdge;

/// <summary>
/// A connection to a broker that is kept up, by a thread of its own: only that thread touches the library. It waits in
/// poll(2), so that an idle connection costs nothing but its stack; a name that is slow to look up holds up nobody else.
/// </summary>
public abstract class MqttClient : IMqttEvents, IAsyncDisposable
{
    const byte Ping = 0xC0, Farewell = 0xE0;
    const int StackBytes = 256 * 1024;
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(10), s_farewell = TimeSpan.FromSeconds(2), s_look = TimeSpan.FromSeconds(1);

    readonly TimeProvider _time;
    readonly Action<string> _say;
    readonly MqttBackOff _backOff;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly int _raised = Posix.NewEvent();
    readonly Lock _waking = new();
    MqttHandle? _handle;
    bool _stopping, _eventClosed; // under _waking
    Exception? _failure;
    long _since, _looked, _sent; // when the connection was made or the attempt began, when time was looked at, when something was sent last
    bool _partly; // a packet went out in part
    int _answer = -1, _farewellReason;

    /// <summary>Prepares a client; <see cref="Start"/> connects it.</summary>
    /// <param name="settings">Which broker, as whom.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="say">Takes what a person should know, as a clause that follows the client's name. Called by the client's thread.</param>
    protected MqttClient(MqttSettings settings, TimeProvider time, Action<string> say)
    {
        (Settings, _time, _say) = (settings, time, say);
        _backOff = new($"{Environment.MachineName}/{settings.ClientId}");
    }

    /// <summary>Which broker, as whom.</summary>
    protected MqttSettings Settings { get; }

    /// <summary>Whether the broker has let this client in.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Connects, now and whenever the connection is lost, until the client is disposed.</summary>
    public void Start()
    {
        try
        {
            _handle = new(Settings, this);
        }
        catch (DllNotFoundException)
        {
            throw new InvalidOperationException($"{Mosquitto.Library} is missing; install it: apt-get install libmosquitto1");
        }

        new Thread(Run, StackBytes) { IsBackground = true, Name = $"mqtt {Settings.Address.Host}" }.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        lock (_waking) _stopping = true;
        if (_handle is null)
        {
            CloseEvent();
            return;
        }

        Wake();
        // A thread that waits for a name or a machine to answer is left behind, and clears up when it is through.
        await Task.WhenAny(_ended.Task, Task.Delay(s_farewell, _time));
    }

    /// <summary>Whether what came may be read; if not, it stays with the broker.</summary>
    private protected abstract bool WantsRead { get; }

    /// <summary>Whether what is queued may be sent, acknowledgements among it.</summary>
    private protected abstract bool MaySend { get; }

    /// <summary>The broker has let this client in.</summary>
    private protected abstract void CameUp(MqttHandle handle, bool knowsSession);

    /// <summary>The connection is lost, and with it what was queued.</summary>
    private protected abstract void WentDown();

    /// <summary>Does what is to be done with a connection that is up, before it is read and written.</summary>
    private protected virtual void Work(MqttHandle handle)
    {
    }

    /// <summary>Nothing more can be read now.</summary>
    private protected virtual void RanDry()
    {
    }

    /// <summary>The client's own thread failed: a fault of the program.</summary>
    private protected abstract void Failed(Exception failure);

    private protected abstract void Received(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained);

    private protected virtual void Published(int number, int reason)
    {
    }

    private protected virtual void Subscribed(int number, int reason)
    {
    }

    /// <summary>Has the thread look anew at what there is to do.</summary>
    private protected void Wake()
    {
        lock (_waking)
            if (!_eventClosed) Posix.Raise(_raised);
    }

    private protected void Say(string text) => _say(text);

    void IMqttEvents.Answered(int reason, bool knowsSession)
    {
        _answer = reason;
        if (reason != 0) return;
        (IsUp, _since) = (true, _time.GetTimestamp());
        CameUp(_handle!, knowsSession);
    }

    void IMqttEvents.Disconnected(int reason) => _farewellReason = reason;

    void IMqttEvents.Received(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained) => Received(topic, message, retained);

    void IMqttEvents.Published(int number, int reason) => Published(number, reason);

    void IMqttEvents.Subscribed(int number, int reason) => Subscribed(number, reason);

    void Run()
    {
        try
        {
            while (!_stopping)
            {
                var wait = KeepUp(_handle!);
                var until = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
                while (!_stopping && Left(until) is > 0 and var left) Posix.Wait(_raised, -1, 0, left);
            }

            if (IsUp) SayFarewell(_handle!);
        }
        catch (Exception failure)
        {
            Failed(_failure = failure);
        }
        finally
        {
            _handle!.Dispose();
            CloseEvent();
            _ended.SetResult();
        }
    }

    /// <summary>Connects once, and serves the connection until it is lost or the client is to stop; returns how long to wait.</summary>
    TimeSpan KeepUp(MqttHandle handle)
    {
        (_answer, _farewellReason, _partly) = (-1, 0, false);
        _since = _looked = _sent = _time.GetTimestamp();
        var error = handle.Connect();
        if (error == 0) error = Serve(handle);
        if (_stopping) return TimeSpan.Zero;

        var (wasUp, lasted) = (IsUp, _time.GetElapsedTime(_since));
        IsUp = false;
        WentDown();
        if (!wasUp)
        {
            var trouble = _answer > 0 ? MqttTrouble.OfAnswer(_answer, Settings) : MqttTrouble.OfError(error, handle.SystemError, handle.Said, wasUp, Settings);
            Tell(trouble);
            return _backOff.AfterFailure(trouble.Passes);
        }

        var taken = Settings.Version == MqttVersion.V5 && _farewellReason == 0x8E;
        var wait = _backOff.AfterLoss(lasted, error == Mosquitto.ConnectionLost, taken);
        Tell(_backOff.IsTakenOver ? new($"breaks off each connection soon after it is made: another client seems to use the id '{Settings.ClientId}'; give each its own 'client_id'", Passes: false)
            : Settings.Version == MqttVersion.V5 && _farewellReason >= 0x80 ? new($"ended the connection ({MqttHandle.ReasonText(_farewellReason)})")
            : MqttTrouble.OfError(error, handle.SystemError, handle.Said, wasUp, Settings));
        return wait;
    }

    /// <summary>Reads and writes until the connection is lost, and returns the library's error; 0 when the client is to stop.</summary>
    int Serve(MqttHandle handle)
    {
        while (!_stopping)
        {
            if (IsUp) Work(handle);
            var error = Write(handle);
            if (error == 0 && (WantsRead || !IsUp)) error = Read(handle);
            if (error == 0) error = LookAtTime(handle);
            var socket = handle.Socket;
            if (error != 0 || socket < 0) return error != 0 ? error : Mosquitto.ConnectionLost;
            if (!IsUp && _time.GetElapsedTime(_since) > s_answer) return Mosquitto.KeepAlive;

            var sends = (MaySend || !IsUp) && handle.WantsWrite;
            if (sends && !_partly) continue; // reading has queued something
            var wanted = (short)((WantsRead || !IsUp ? Posix.Readable : 0) | (sends ? Posix.Writable : 0));
            var came = Posix.Wait(_raised, socket, wanted, (int)s_look.TotalMilliseconds);
            // While TLS shakes hands, the library takes a broken socket for one that has nothing to say yet.
            if (!IsUp && (came & Posix.Broken) != 0 && Read(handle) is var last) return last != 0 ? last : Mosquitto.ConnectionLost;
        }

        return 0;
    }

    int Write(MqttHandle handle)
    {
        if (IsUp && !MaySend || !handle.WantsWrite) return 0;
        var error = handle.Write();
        _partly = error == 0 && handle.WantsWrite;
        _sent = _time.GetTimestamp();
        return error;
    }

    int Read(MqttHandle handle)
    {
        do
        {
            var error = handle.Read(out var dry);
            if (error != 0) return error;
            if (dry)
            {
                RanDry();
                return 0;
            }
        }
        while ((WantsRead || !IsUp) && handle.Socket >= 0 && !_stopping);
        return 0;
    }

    /// <summary>Pings where it is time. While acknowledgements must wait, the ping goes past them: the broker would otherwise take this client for dead.</summary>
    int LookAtTime(MqttHandle handle)
    {
        if (!IsUp || _time.GetElapsedTime(_looked) < s_look) return 0;
        _looked = _time.GetTimestamp();
        if (MaySend && WantsRead) return handle.LookAtTime();
        if (_partly || _time.GetElapsedTime(_sent) < Settings.KeepAlive / 2) return 0;
        _sent = _looked;
        return handle.SendPast(Ping) ? 0 : Mosquitto.ConnectionLost;
    }

    /// <summary>Ends the connection so that the broker publishes no will; what may not be acknowledged is not.</summary>
    void SayFarewell(MqttHandle handle)
    {
        if (!MaySend)
        {
            if (!_partly) handle.SendPast(Farewell);
            return;
        }

        handle.Disconnect();
        var until = _time.GetTimestamp() + (long)(s_farewell.TotalSeconds * _time.TimestampFrequency);
        while (handle.Socket >= 0 && handle.WantsWrite && handle.Write() == 0 && handle.Socket is >= 0 and var socket && handle.WantsWrite && Left(until) is > 0 and var left)
            Posix.Wait(_raised, socket, Posix.Writable, left);
    }

    void Tell(MqttTrouble trouble) =>
        _say($"waits for {Settings.Address}, which {trouble.Text}; it tries again {(trouble.Passes ? "until it succeeds" : "every minute")}");

    int Left(long until) => (int)Math.Min(int.MaxValue, Math.Ceiling((until - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency));

    void CloseEvent()
    {
        lock (_waking)
        {
            if (!_eventClosed) _ = Posix.Close(_raised);
            _eventClosed = true;
        }
    }
}
