namespace StreamEdge;

/// <summary>The last value of a signal before a window, which holds when the window begins.</summary>
struct Carried
{
    public bool IsKnown;
    public long Time;

    /// <summary>As a series keeps it: a number, of a text its code.</summary>
    public double Value;

    /// <summary>Takes a later value; where it is not known, none is.</summary>
    public void Take(in Carried other)
    {
        if (!other.IsKnown || !IsKnown || other.Time >= Time) this = other;
    }

    public readonly void Save(StateWriter state, Kind kind, CodeTable codes)
    {
        state.Write(IsKnown);
        if (IsKnown) state.Write(Time).WriteSlot(kind == Kind.Text ? Slot.Of((long)Value) : Value, kind, codes);
    }

    public void Restore(StateReader state, Kind kind, CodeTable codes)
    {
        this = new() { IsKnown = state.Bool() };
        if (!IsKnown) return;
        Time = state.Long();
        var slot = state.ReadSlot(kind, codes);
        Value = kind == Kind.Text ? Slot.Bits(slot) : slot;
    }
}
