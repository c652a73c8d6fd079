namespace StreamEdge;

/// <summary>How far a value can be trusted, as its sender or a cleaning step says.</summary>
public enum Quality : byte
{
    /// <summary>The value can be used. The default.</summary>
    Good = 0,

    /// <summary>The value is there but doubtful: a thin window, a suspected fault.</summary>
    Uncertain = 1,

    /// <summary>The value must not be used.</summary>
    Bad = 2,
}
