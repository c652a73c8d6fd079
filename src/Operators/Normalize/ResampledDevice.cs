using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>One device: the next instant to make, its newest reading, and its signals in the order in which the file declares them.</summary>
sealed class ResampledDevice(int number)
{
    readonly List<ResampledSeries> _series = [];

    public ReadOnlySpan<ResampledSeries> Series => CollectionsMarshal.AsSpan(_series);

    public int Number => number;

    public long Newest { get; set; } = long.MinValue;

    public long Next { get; set; } = long.MaxValue;

    /// <summary>The first time of which a reading is not late: the instants of earlier ones are made.</summary>
    public long First { get; set; }

    /// <summary>The last time of which a good reading can be taken at once; before all time where something waits.</summary>
    public long Last { get; set; } = long.MinValue;

    public long LastInput { get; set; }

    public long Waiting { get; set; }

    public ResampledSeries Of(int signal, int key)
    {
        var at = 0;
        while (at < _series.Count && _series[at].Signal < signal) at++;
        if (at == _series.Count || _series[at].Signal != signal) _series.Insert(at, new ResampledSeries(this, signal, key));
        return _series[at];
    }
}
