namespace StreamEdge;

/// <summary>
/// The watermarks of groups that several members move: the devices of a group, or, under a shared clock, the sources of
/// the pipeline (one group, number 0). A watermark is the least of its members' newest times, less <c>wait</c>, or of what
/// they say themselves; it never goes back. A member without data for <c>idle</c> is left out until its next reading; a
/// source that has not yet given anything holds the shared clock back.
/// </summary>
/// <param name="sources">How many sources share the clock; 0 where each group has a clock of its own.</param>
/// <param name="wait">How long a watermark waits for disordered data, nanoseconds.</param>
/// <param name="idle">After how long without data a member is left out, nanoseconds.</param>
/// <param name="given">Whether only what sources say moves the shared clock, and neither times nor silence do.</param>
public sealed class GroupClocks(int sources, long wait, long idle, bool given = false)
{
    readonly List<Members> _groups = sources > 0 ? [Members.OfSources(sources)] : [];

    /// <summary>The clocks of a step, as <c>time:</c> says; null where each group is one device, and has a clock of its own.</summary>
    /// <param name="pipeline">What all steps share.</param>
    /// <param name="severalDevices">Whether a group can hold more than one device.</param>
    public static GroupClocks? Of(PipelineContext pipeline, bool severalDevices)
    {
        var time = pipeline.Time;
        var (wait, idle) = (Nanoseconds.Of(time.Wait), Nanoseconds.Of(time.Idle));
        if (time.Clock != ClockKind.Device) return new(pipeline.Sources, wait, idle, time.Clock == ClockKind.Given);
        return severalDevices ? new(0, wait, idle) : null;
    }

    /// <summary>Whether all groups have one clock, number 0, that the sources move.</summary>
    public bool IsShared => sources > 0;

    /// <summary>Everything before this instant has been seen; <see cref="long.MinValue"/> where nothing is known.</summary>
    public long Watermark(int group) => group < _groups.Count ? _groups[group].Watermark : long.MinValue;

    /// <summary>Takes a reading's time into account; true when the group's watermark moved.</summary>
    public bool Move(int group, int member, long time, long now)
    {
        while (_groups.Count <= group) _groups.Add(new Members());
        var members = _groups[group];
        var state = members.Of(member, now);
        state.LastInput = now;
        var returned = state.Out && !state.Ended;
        if (returned) state.Out = false;
        if ((given || time <= state.Newest) && !returned) return false;
        if (!given) state.Newest = Math.Max(state.Newest, time);
        return members.Advance(wait);
    }

    /// <summary>Leaves out members that have been silent for long; true when the group's watermark moved.</summary>
    public bool LeaveOutIdle(int group, long now)
    {
        if (given || group >= _groups.Count) return false;
        var members = _groups[group];
        foreach (var state in members.All.Values)
            if (!state.Out && state.LastInput != long.MinValue && now - state.LastInput >= idle) state.Out = true;
        return members.Advance(wait);
    }

    /// <summary>A source has given everything before an instant; true when the shared watermark moved.</summary>
    public bool Give(int source, long watermark, long now)
    {
        var state = _groups[0].Of(source, now);
        state.LastInput = now;
        if (watermark <= state.Given) return false;
        state.Given = watermark;
        return _groups[0].Advance(wait);
    }

    /// <summary>A source is left out until its next reading; true when the shared watermark moved.</summary>
    public bool LeaveOut(int source)
    {
        _groups[0].Of(source, long.MinValue).Out = true;
        return _groups[0].Advance(wait);
    }

    /// <summary>A source has ended and holds nothing back; true when the shared watermark moved.</summary>
    public bool End(int source)
    {
        var state = _groups[0].Of(source, long.MinValue);
        (state.Out, state.Ended) = (true, true);
        return _groups[0].Advance(wait);
    }

    /// <summary>Writes every member's newest time.</summary>
    public void Save(StateWriter state, KeyTable devices, KeyTable groups)
    {
        state.Write((long)_groups.Count);
        for (var group = 0; group < _groups.Count; group++)
        {
            if (!IsShared) state.WriteDevice(groups, group);
            state.Write(_groups[group].Watermark).Write((long)_groups[group].All.Count);
            foreach (var (member, of) in _groups[group].All)
            {
                if (IsShared) state.Write((long)member);
                else state.WriteDevice(devices, member);
                state.Write(of.Newest).Write(of.Given).Write(of.Out).Write(of.Ended);
            }
        }
    }

    /// <summary>Takes up what was saved; every member counts as heard of until <c>idle</c> has passed.</summary>
    public void Restore(StateReader state, KeyTable devices, KeyTable groups)
    {
        for (var left = state.Long(); left > 0; left--)
        {
            var group = IsShared ? 0 : state.Device(groups);
            while (_groups.Count <= group) _groups.Add(new Members());
            _groups[group].Watermark = state.Long();
            for (var members = state.Long(); members > 0; members--)
            {
                var member = IsShared ? state.Int() : state.Device(devices);
                var of = _groups[group].Of(member, 0);
                (of.Newest, of.Given, of.Out, of.Ended) = (state.Long(), state.Long(), state.Bool(), state.Bool());
                of.LastInput = 0;
            }
        }
    }

    sealed class Members
    {
        public Dictionary<int, Member> All { get; } = [];

        public long Watermark { get; set; } = long.MinValue;

        public static Members OfSources(int sources)
        {
            var members = new Members();
            for (var source = 0; source < sources; source++) members.All.Add(source, new Member { LastInput = long.MinValue });
            return members;
        }

        public Member Of(int member, long now)
        {
            if (!All.TryGetValue(member, out var state)) All[member] = state = new Member { LastInput = now };
            return state;
        }

        public bool Advance(long wait)
        {
            var least = long.MaxValue;
            foreach (var state in All.Values)
                if (!state.Out) least = Math.Min(least, state.Watermark(wait));
            if (least == long.MaxValue || least <= Watermark) return false;
            Watermark = least;
            return true;
        }
    }

    sealed class Member
    {
        public long Newest { get; set; } = long.MinValue;

        /// <summary>What it said itself.</summary>
        public long Given { get; set; } = long.MinValue;

        public long LastInput { get; set; }

        public bool Out { get; set; }

        public bool Ended { get; set; }

        public long Watermark(long wait) => Newest == long.MinValue ? Given : Math.Max(Given, Math.Max(Newest, Nanoseconds.Min + wait) - wait);
    }
}
