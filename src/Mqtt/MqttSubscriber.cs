using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace StreamEdge;

/// <summary>Takes messages as they are read; never called by two threads at once, and only while a <see cref="MqttSubscriber.ReadAsync"/> waits.</summary>
public interface IMqttTaker
{
    /// <summary>Whether another message can be taken.</summary>
    bool HasRoom { get; }

    /// <summary>Takes a message; the spans are good until this returns.</summary>
    void Take(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained);
}

/// <summary>
/// Subscribes, and reads while it is asked to. What it has handed over is acknowledged after
/// <see cref="Acknowledge"/> and not before; while nobody asks, messages stay with the broker.
/// </summary>
/// <param name="settings">Which broker, as whom.</param>
/// <param name="filters">What is subscribed to.</param>
/// <param name="former">What was subscribed to in this session before, and is to be given up.</param>
/// <param name="qos">How safely.</param>
/// <param name="taker">Takes the messages.</param>
/// <param name="time">Where time comes from.</param>
/// <param name="say">Takes what a person should know.</param>
public sealed class MqttSubscriber(MqttSettings settings, IReadOnlyList<string> filters, IReadOnlyList<string> former, int qos, IMqttTaker taker, TimeProvider time, Action<string> say)
    : MqttClient(settings, time, say)
{
    /// <summary>A reader waits this long after the first message at most.</summary>
    static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(1);

    readonly TimeProvider _time = time;
    readonly Lock _taking = new(); // guards what follows up to the blank line: the reader and the client's thread hand over here
    readonly Queue<(byte[] Topic, byte[] Message, bool Retained)> _kept = new(); // came with others in one record of TLS, when there was no more room
    TaskCompletionSource? _reading;
    ExceptionDispatchInfo? _failed; // the thread is gone
    long _first;
    bool _took; // for the reader that waits
    volatile bool _wanted, _unsafe; // a reader waits; a message was handed over that may not be acknowledged yet

    readonly Dictionary<int, string> _asked = []; // subscriptions without an answer
    readonly List<string> _refused = [];
    bool _subscribed;
    long _refusedAt;

    private protected override bool WantsRead => _wanted;

    private protected override bool MaySend => !_unsafe;

    /// <summary>
    /// Has messages taken until there is no room, none is left, or 20 ms after the first. Returns early when cancelled,
    /// with those that were taken.
    /// </summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        Task reading;
        lock (_taking)
        {
            _failed?.Throw();
            Debug.Assert(_reading is null, "one reader at a time");
            for (; taker.HasRoom && _kept.TryDequeue(out var kept); _took = true) Hand(kept.Topic, kept.Message, kept.Retained);
            if (_took)
            {
                _took = false;
                return;
            }

            _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
            reading = _reading.Task;
            _wanted = true;
        }

        Wake();
        await using (cancel.UnsafeRegister(static subscriber => ((MqttSubscriber)subscriber!).Finish(), this)) await reading;
    }

    /// <summary>All that was handed over so far is safe: the broker may be told so.</summary>
    public void Acknowledge()
    {
        lock (_taking)
        {
            // Their acknowledgements are queued among those of the others.
            if (!_unsafe || _kept.Count > 0) return;
            _unsafe = false;
        }

        Wake();
    }

    private protected override void CameUp(MqttHandle handle, bool knowsSession)
    {
        // The session has its subscriptions still; asking for them again would bring all retained messages again.
        if (knowsSession && _subscribed && _refused.Count == 0) return;
        if (knowsSession)
            foreach (var filter in former.Except(filters)) handle.Unsubscribe(filter);
        Ask(handle, filters);
    }

    private protected override void WentDown()
    {
        _asked.Clear();
        if (_took) Finish(); // what came before the connection was lost need not wait for the next
        _unsafe = false; // the acknowledgements are gone with the connection: the broker will send those messages again
    }

    private protected override void Work(MqttHandle handle)
    {
        if (_refused.Count == 0 || _time.GetElapsedTime(_refusedAt) < s_askAgain) return;
        var again = _refused.ToList();
        _refused.Clear();
        Ask(handle, again);
    }

    private protected override void RanDry()
    {
        if (_took) Finish();
    }

    private protected override void Received(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained)
    {
        lock (_taking)
        {
            if (_wanted && taker.HasRoom && _kept.Count == 0)
            {
                if (!_took) (_took, _first) = (true, _time.GetTimestamp());
                Hand(topic, message, retained);
                if (taker.HasRoom && _time.GetElapsedTime(_first) < s_gather) return;
            }
            else
            {
                _kept.Enqueue((topic.ToArray(), message.ToArray(), retained));
                _unsafe = true;
            }
        }

        if (_took) Finish();
    }

    private protected override void Subscribed(int number, int reason)
    {
        if (!_asked.Remove(number, out var filter)) return;
        if (reason >= 128)
        {
            if (_refused.Count == 0) _refusedAt = _time.GetTimestamp();
            _refused.Add(filter);
            Say($"may not subscribe to '{filter}' at {Settings.Address}{(Settings.Version == MqttVersion.V5 ? $" ({MqttHandle.ReasonText(reason)})" : "")}; it tries again every minute");
        }
        else if (reason < qos) Say($"gets '{filter}' of {Settings.Address} with QoS {reason} only");
        _subscribed |= _asked.Count == 0 && _refused.Count == 0;
    }

    private protected override void Failed(Exception failure)
    {
        lock (_taking)
        {
            _failed = ExceptionDispatchInfo.Capture(failure);
            _wanted = false;
            _reading ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            _reading.TrySetException(failure);
        }
    }

    void Ask(MqttHandle handle, IReadOnlyList<string> wanted)
    {
        foreach (var filter in wanted) _asked[handle.Subscribe(filter, qos)] = filter;
    }

    void Hand(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, bool retained)
    {
        _unsafe = true;
        taker.Take(topic, message, retained);
    }

    void Finish()
    {
        lock (_taking)
        {
            if (!_wanted) return;
            (_wanted, _took) = (false, false);
            var reading = _reading!;
            _reading = null;
            reading.SetResult();
        }
    }
}
