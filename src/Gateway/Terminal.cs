namespace StreamEdge;

/// <summary>Where a command prints, what time it is, and when it is to stop: what a test replaces.</summary>
public sealed record Terminal
{
    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where faults, logs and progress go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person looks at <see cref="Error"/>, so that a progress line can be written over.</summary>
    public bool Live { get; init; }

    /// <summary>Columns that fit on a line of <see cref="Out"/>.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Asks running pipelines to drain.</summary>
    public CancellationToken Stop { get; init; }
}
