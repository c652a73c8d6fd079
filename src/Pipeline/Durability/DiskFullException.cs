namespace StreamEdge;

/// <summary>The disk has no room, or a log holds all that it may. Nothing is lost by it: what was refused can be written again once there is room.</summary>
public sealed class DiskFullException : IOException
{
    /// <summary>Says where there is no room.</summary>
    public DiskFullException(string message) : base(message)
    {
    }

    /// <summary>Says where there is no room.</summary>
    public DiskFullException(string message, Exception cause) : base(message, cause)
    {
    }

    /// <summary>Says that there is no room.</summary>
    public DiskFullException() : base("the disk is full")
    {
    }
}
