namespace StreamEdge;

/// <summary>What a source can say of event time besides its readings.</summary>
public enum RemarkKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All readings before an instant have been given.</summary>
    Watermark,

    /// <summary>It will be silent for a while, and holds no clock back until its next reading.</summary>
    Idle,

    /// <summary>Its input ends here, but not the data: what is open then stays open.</summary>
    Hold,
}

/// <summary>What a source says behind the batch of its last <see cref="Source.ReadAsync"/>.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Source">Which of its logical sources it is about, from 0; -1 for all.</param>
/// <param name="Time">Of a watermark the instant, Unix nanoseconds.</param>
public readonly record struct Remark(RemarkKind Kind, int Source = -1, long Time = 0);
