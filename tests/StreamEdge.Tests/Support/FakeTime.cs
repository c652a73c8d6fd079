namespace StreamEdge;

/// <summary>A clock whose hands the test turns. Timers ring on the thread that turns them.</summary>
sealed class FakeTime(DateTimeOffset start) : TimeProvider
{
    readonly Lock _changing = new();
    readonly List<Alarm> _alarms = [];
    DateTimeOffset _now = start;

    public FakeTime() : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers run.</summary>
    public int Alarms
    {
        get
        {
            lock (_changing) return _alarms.Count(a => a.Due is not null);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_changing) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        lock (_changing) _alarms.Add(alarm);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Turns the hands, ringing what falls due on the way in the order of time.</summary>
    public void Advance(TimeSpan by)
    {
        DateTimeOffset until;
        lock (_changing) until = _now + by;
        while (true)
        {
            Alarm? next;
            lock (_changing)
            {
                next = _alarms.Where(a => a.Due <= until).MinBy(a => a.Due);
                if (next is null)
                {
                    _now = until;
                    return;
                }

                if (next.Due > _now) _now = next.Due.Value;
                next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : null;
            }

            next.Ring();
        }
    }

    sealed class Alarm(FakeTime time, Action ring) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._changing)
            {
                Period = period;
                Due = dueTime < TimeSpan.Zero ? null : time._now + dueTime;
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._changing) time._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
