using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>Reads the store's time series, also while a pipeline writes them.</summary>
public sealed class StoreReader : IDisposable
{
    readonly SqliteConnection _store;

    StoreReader(SqliteConnection store) => _store = store;

    /// <summary>Opens a store.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">The file is something else, or of a newer version.</exception>
    public static StoreReader Open(string path) => new(StoreFile.OpenForReading(path));

    /// <summary>Every series with its fields, by measurement and tags.</summary>
    public IReadOnlyList<StoreSeries> Series() =>
        [.. Find(null, []).GroupBy(f => (f.Measurement, f.TagText)).Select(g => new StoreSeries(g.Key.Measurement, g.First().Tags, [.. g.Select(f => f.Field)]))];

    /// <summary>The rows that a query asks for.</summary>
    /// <exception cref="ArgumentException">It names something that the store does not have, with a proposal what was meant.</exception>
    public StoreAnswer Select(StoreQuery query)
    {
        if (query.Every is { Ticks: <= 0 }) throw new ArgumentException("the stretch of time to take together is not longer than nothing; write it like 1m");
        if (query.Last is <= 0) throw new ArgumentException("the number of last rows is not above 0");
        var fields = Find(MeasurementOf(query), query.Tags);
        var known = fields.Select(f => f.Field.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var name in query.Fields.Where(n => !known.Contains(n))) throw Unknown("field", name, known);
        var names = query.Fields.Count > 0 ? query.Fields.Distinct().ToList() : known;
        fields = [.. fields.Where(f => names.Contains(f.Field.Name))];
        var places = fields.Select(f => (f.Field.Name, f.Field.Unit)).Distinct().OrderBy(p => names.IndexOf(p.Name)).ThenBy(p => p.Unit, StringComparer.Ordinal).ToList();
        var tags = fields.SelectMany(f => f.Tags).Select(t => t.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return new(tags, [.. places.Select(Column)], Rows(query, fields, places, tags));

        StoreField Column((string Name, string Unit) place)
        {
            var same = fields.Where(f => (f.Field.Name, f.Field.Unit) == place).Select(f => f.Field).ToList();
            var field = same[0] with { First = same.Min(f => f.First), Last = same.Max(f => f.Last) };
            return places.Count(p => p.Name == place.Name) == 1 ? field : field with { Name = $"{place.Name} ({(place.Unit.Length == 0 ? "no unit" : place.Unit)})", Unit = "" };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    IEnumerable<StoreRow> Rows(StoreQuery query, IReadOnlyList<FoundField> fields, List<(string Name, string Unit)> places, List<string> tags)
    {
        var series = fields.Select(f => f.TagText).Distinct().ToList();
        var tagValues = series.Select(s => TagValues(fields.First(f => f.TagText == s).Tags)).ToList();
        var cursors = fields.Select(f => new StoreCursor(_store, f.Id, f.Field.Kind, series.IndexOf(f.TagText), places.IndexOf((f.Field.Name, f.Field.Unit))));
        if (query.Every is { } every)
        {
            var rows = StoreMerge.Together(cursors, query, Nanoseconds.Of(every), places.Count, tagValues);
            return query.Last is { } newest ? rows.TakeLast(newest) : rows;
        }

        // Only the newest rows: read backwards, so that a store of years answers at once.
        var each = StoreMerge.Each(cursors, query, places.Count, tagValues);
        return query.Last is { } last ? each.Take(last).Reverse() : each;

        string[] TagValues(IReadOnlyList<(string Name, string Value)> of) => [.. tags.Select(t => of.FirstOrDefault(tag => tag.Name == t).Value ?? "")];
    }

    string MeasurementOf(StoreQuery query)
    {
        using var command = SqliteFile.Command(_store, "SELECT DISTINCT measurement FROM series ORDER BY measurement");
        using var reader = command.ExecuteReader();
        var known = new List<string>();
        while (reader.Read()) known.Add(reader.GetString(0));
        if (known.Count == 0) throw new ArgumentException("the store holds no rows yet; what a sink 'store:' is given goes there, and no other sink's");
        if (query.Measurement is null) return known.Count == 1 ? known[0] : throw new ArgumentException($"the store has several measurements; name one of {string.Join(", ", known)}");
        return known.Contains(query.Measurement) ? query.Measurement : throw Unknown("measurement", query.Measurement, known);
    }

    /// <summary>The fields of all series with these tags, in the order of the series' tags and the fields' names.</summary>
    IReadOnlyList<FoundField> Find(string? measurement, IReadOnlyList<(string Name, string Value)> tags)
    {
        using var command = SqliteFile.Command(_store, """
            SELECT measurement, tags, field.id, name, kind, unit,
                (SELECT min(time) FROM point WHERE point.field = field.id), (SELECT max(time) FROM point WHERE point.field = field.id)
            FROM series JOIN field ON field.series = series.id WHERE $measurement IS NULL OR measurement = $measurement ORDER BY measurement, tags, name, unit
            """, ("$measurement", (object?)measurement ?? DBNull.Value));
        using var reader = command.ExecuteReader();
        var all = new List<FoundField>();
        while (reader.Read())
        {
            var field = new StoreField(reader.GetString(3), reader.GetString(4), reader.GetString(5), Time(reader, 6), Time(reader, 7));
            all.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), StoreTags.Parse(reader.GetString(1)), field));
        }

        foreach (var (name, value) in tags)
        {
            var values = all.SelectMany(f => f.Tags).Where(t => t.Name == name).Select(t => t.Value).Distinct().ToList();
            if (values.Count == 0) throw Unknown("tag", name, [.. all.SelectMany(f => f.Tags).Select(t => t.Name).Distinct()]);
            if (!values.Contains(value)) throw Unknown(name, value, values);
        }

        return [.. all.Where(f => tags.All(f.Tags.Contains))];

        static long? Time(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
    }

    static ArgumentException Unknown(string what, string name, IReadOnlyList<string> known) =>
        new($"the store has no {what} {Visible.Quote(name)}; {Suggestion.Remedy(name, known, "there are")}");

    sealed record FoundField(string Measurement, string TagText, long Id, IReadOnlyList<(string Name, string Value)> Tags, StoreField Field);
}
