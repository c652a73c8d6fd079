namespace StreamEdge;

/// <summary>What is known of one group of devices whose readings make rows.</summary>
/// <param name="number">Its number in the key table of the rows.</param>
abstract class AlignGroup(int number)
{
    public int Number => number;

    /// <summary>Of a group that is one device: its newest time less <c>wait</c>.</summary>
    public long Watermark { get; set; } = long.MinValue;

    /// <summary>When, by the gateway's clock, it was last heard of.</summary>
    public long LastInput { get; set; }

    /// <summary>Whether a row of it waits.</summary>
    public abstract bool Waits { get; }

    public abstract void Save(StateWriter state, Schema rows);

    public abstract void Restore(StateReader state, Schema rows);
}
