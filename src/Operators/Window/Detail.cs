namespace StreamEdge;

/// <summary>What a window keeps of a signal beside its sums.</summary>
[Flags]
enum DetailParts
{
    None = 0,

    /// <summary>Every reading, in the order of time.</summary>
    Series = 1,

    /// <summary>What quantiles are told from.</summary>
    Quantiles = 2,

    /// <summary>How many readings were good, and how many there were.</summary>
    Qualities = 4,
}

/// <summary>What a window keeps of one signal where an aggregate needs more than sums.</summary>
sealed class Detail(DetailParts parts)
{
    public Series? Series { get; } = parts.HasFlag(DetailParts.Series) ? new() : null;

    public Quantiles? Quantiles { get; } = parts.HasFlag(DetailParts.Quantiles) ? new() : null;

    public long Good { get; private set; }

    public long All { get; private set; }

    public void Add(in WindowReading reading)
    {
        Series?.Add(reading.Time, reading.Value);
        Quantiles?.Add(reading.Value);
        All++;
        if (reading.Quality == Quality.Good) Good++;
    }

    /// <summary>A reading came that was too bad to be taken.</summary>
    public void AddBad() => All++;

    public void Add(Detail other)
    {
        if (other.Series is { } series) Series!.Add(series);
        if (other.Quantiles is { } quantiles) Quantiles!.Add(quantiles);
        (Good, All) = (Good + other.Good, All + other.All);
    }

    public void Clear()
    {
        Series?.Clear();
        Quantiles?.Clear();
        (Good, All) = (0, 0);
    }

    public void Save(StateWriter state, Kind kind, CodeTable codes)
    {
        state.Write(Good).Write(All);
        Series?.Save(state, kind, codes);
        Quantiles?.Save(state);
    }

    public void Restore(StateReader state, Kind kind, CodeTable codes)
    {
        (Good, All) = (state.Long(), state.Long());
        Series?.Restore(state, kind, codes);
        Quantiles?.Restore(state);
    }
}
