namespace StreamEdge;

/// <summary>A row or reading that a test expects; what is null or not listed is not compared.</summary>
sealed record ExpectedRow(Position At)
{
    public long? Time { get; init; }

    public long? End { get; init; }

    public Quality? Quality { get; init; }

    public Pane? Pane { get; init; }

    public int? Revision { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns of a row, or the one signal of a reading, with their values.</summary>
    public IReadOnlyList<(string Name, ExpectedValue Value)> Values { get; init; } = [];

    /// <summary>Whether a row or reading is what is expected.</summary>
    public bool Matches(Batch batch, int row)
    {
        if (!MatchesPlace(batch, row)) return false;
        if (End is { } end && (batch.End.IsEmpty || batch.End[row] != end)) return false;
        if (Pane is { } pane && (batch.Pane.IsEmpty || batch.Pane[row] != pane)) return false;
        if (Revision is { } revision && (batch.Revision.IsEmpty || batch.Revision[row] != revision)) return false;
        if (Quality is { } quality && (batch.HasQuality ? batch.Quality[row] : StreamEdge.Quality.Good) != quality) return false;
        foreach (var (name, value) in Values)
        {
            var column = ColumnOf(batch, row, name);
            if (column < 0 || !value.Matches(batch.Column(column)[row], batch.Schema.KindOf(batch.Key[row], column), batch.Schema.Codes)) return false;
        }

        return true;
    }

    /// <summary>Whether it has the time and the tags that are expected.</summary>
    public bool MatchesPlace(Batch batch, int row)
    {
        if (Time is { } time && batch.Time[row] != time) return false;
        if (Tags.Count == 0) return true;
        var keys = batch.Schema.Keys;
        var tags = keys.Tags(keys.DeviceOf[batch.Key[row]]);
        for (var tag = 0; tag < tags.Length; tag++)
            if (Tags.TryGetValue(keys.TagNames[tag], out var wanted) && tags[tag] != wanted) return false;
        return Tags.Keys.All(keys.TagNames.Contains);
    }

    /// <summary>The column of this name: of a reading the only one, where it is of that signal; -1 where there is none.</summary>
    public static int ColumnOf(Batch batch, int row, string name)
    {
        var schema = batch.Schema;
        if (schema.IsRows) return schema.ColumnNumber(name);
        return schema.Signals[schema.Keys.SignalOf[batch.Key[row]]].Name == name ? 0 : -1;
    }
}
