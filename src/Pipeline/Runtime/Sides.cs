namespace StreamEdge;

/// <summary>
/// What sources say, where several edges carry the data of one: it holds when it holds on all of them. Of watermarks that
/// is the least; idle is a source whose last word on every side is that it is. At a barrier every side has said the same,
/// so there is nothing to save.
/// </summary>
sealed class Sides(IReadOnlyList<Edge> inputs)
{
    readonly Dictionary<int, Source> _sources = [];

    /// <summary>A batch came: its source is not idle on this side any more.</summary>
    public void Came(int input, int source)
    {
        if (_sources.TryGetValue(source, out var of)) of.Idle[input] = false;
    }

    /// <summary>What there is to pass on, now that this came on one side; null for nothing yet.</summary>
    public Control? Merge(int input, Control control) => control switch
    {
        SourceEnd end => Ended(end),
        SourceWatermark given => Given(input, given),
        SourceIdle idle => Idle(input, idle),
        _ => control,
    };

    SourceEnd? Ended(SourceEnd end) => ++Of(end.Source).Ends == Carriers(end.Source) ? end : null;

    SourceIdle? Idle(int input, SourceIdle idle)
    {
        var sides = Of(idle.Source).Idle;
        if (sides[input]) return null;
        sides[input] = true;
        return sides.Count(side => side) == Carriers(idle.Source) ? idle : null;
    }

    SourceWatermark? Given(int input, SourceWatermark given)
    {
        var of = Of(given.Source);
        of.Watermarks[input] = Math.Max(of.Watermarks[input], given.Time);
        var least = long.MaxValue;
        for (var side = 0; side < inputs.Count; side++)
            if (inputs[side].Sources.Contains(given.Source)) least = Math.Min(least, of.Watermarks[side]);
        if (least <= of.Passed) return null;
        of.Passed = least;
        return new(given.Source, least);
    }

    int Carriers(int source) => inputs.Count(i => i.Sources.Contains(source));

    Source Of(int source)
    {
        if (!_sources.TryGetValue(source, out var of)) _sources[source] = of = new Source(inputs.Count);
        return of;
    }

    sealed class Source
    {
        public Source(int sides)
        {
            (Idle, Watermarks) = (new bool[sides], new long[sides]);
            Array.Fill(Watermarks, long.MinValue);
        }

        public int Ends { get; set; }

        public bool[] Idle { get; }

        public long[] Watermarks { get; }

        public long Passed { get; set; } = long.MinValue;
    }
}
