using Microsoft.Data.Sqlite;

namespace StreamEdge;

/// <summary>One field's points, read in the order of time.</summary>
sealed class StoreCursor(SqliteConnection store, long field, string kind, int series, int column) : IDisposable
{
    SqliteCommand? _command;
    SqliteDataReader? _reader;

    public int Series => series;

    public int Column => column;

    public long Time => _reader!.GetInt64(0);

    public object Value => kind switch
    {
        // A field that changed its kind between two runs holds values of both.
        "bool" when _reader!.GetValue(1) is long yes => yes != 0,
        _ => _reader!.GetValue(1),
    };

    public Quality Quality => _reader!.IsDBNull(2) ? Quality.Good : (Quality)_reader.GetInt32(2);

    public bool Start(StoreQuery query, bool backwards)
    {
        _command = SqliteFile.Command(store, $"SELECT time, value, quality FROM point WHERE field = $field AND time >= $from AND time < $until ORDER BY time {(backwards ? "DESC" : "")}",
            ("$field", field), ("$from", query.From), ("$until", query.Until));
        _reader = _command.ExecuteReader();
        return Next();
    }

    public bool Next() => _reader!.Read();

    public void Dispose()
    {
        _reader?.Dispose();
        _command?.Dispose();
    }
}

/// <summary>Lays the points of many fields side by side into rows. Holds one point of each field, however many there are in the file.</summary>
static class StoreMerge
{
    /// <summary>A row for each instant of each series; the newest first where only the last are wanted.</summary>
    public static IEnumerable<StoreRow> Each(IEnumerable<StoreCursor> cursors, StoreQuery query, int columns, List<string[]> tags)
    {
        var backwards = query.Last is not null;
        (long Time, int Series) at = default;
        object?[]? values = null;
        var quality = Quality.Good;
        foreach (var cursor in Points(cursors, query, backwards))
        {
            if (values is not null && (cursor.Time != at.Time || cursor.Series != at.Series))
            {
                yield return new(at.Time, tags[at.Series], values, quality);
                values = null;
            }

            if (values is null) (values, at, quality) = (new object?[columns], (cursor.Time, cursor.Series), Quality.Good);
            values[cursor.Column] = cursor.Value;
            if (cursor.Quality > quality) quality = cursor.Quality;
        }

        if (values is not null) yield return new(at.Time, tags[at.Series], values, quality);
    }

    /// <summary>A row for each stretch of time of each series.</summary>
    public static IEnumerable<StoreRow> Together(IEnumerable<StoreCursor> cursors, StoreQuery query, long every, int columns, List<string[]> tags)
    {
        var sums = new Sum?[tags.Count, columns];
        var start = long.MinValue;
        foreach (var cursor in Points(cursors, query, backwards: false))
        {
            var stretch = Nanoseconds.FloorDiv(cursor.Time, every);
            if (stretch != start)
            {
                foreach (var row in Close()) yield return row;
                start = stretch;
            }

            (sums[cursor.Series, cursor.Column] ??= new()).Add(cursor.Value, cursor.Quality, query.Aggregate);
        }

        foreach (var row in Close()) yield return row;

        IEnumerable<StoreRow> Close()
        {
            for (var series = 0; series < tags.Count; series++)
            {
                var (values, quality, any) = (new object?[columns], Quality.Good, false);
                for (var column = 0; column < columns; column++)
                {
                    if (sums[series, column] is not { Count: > 0 } sum) continue;
                    any = true;
                    if (sum.Worst > quality) quality = sum.Worst;
                    values[column] = sum.Take(query.Aggregate);
                }

                if (any) yield return new(start * every, tags[series], values, quality);
            }
        }
    }

    /// <summary>The cursors, one after the other as their points come in time, then series, then column.</summary>
    static IEnumerable<StoreCursor> Points(IEnumerable<StoreCursor> cursors, StoreQuery query, bool backwards)
    {
        var open = new List<StoreCursor>();
        try
        {
            var next = new PriorityQueue<StoreCursor, (long, int, int)>();
            foreach (var cursor in cursors)
            {
                open.Add(cursor);
                if (cursor.Start(query, backwards)) next.Enqueue(cursor, Order(cursor));
            }

            while (next.TryDequeue(out var cursor, out _))
            {
                yield return cursor;
                if (cursor.Next()) next.Enqueue(cursor, Order(cursor));
            }
        }
        finally
        {
            foreach (var cursor in open) cursor.Dispose();
        }

        (long, int, int) Order(StoreCursor cursor) => backwards ? (~cursor.Time, -cursor.Series, cursor.Column) : (cursor.Time, cursor.Series, cursor.Column);
    }

    /// <summary>The points of one field in one stretch.</summary>
    sealed class Sum
    {
        object? _taken;
        double _sum;

        public int Count { get; private set; }

        public Quality Worst { get; private set; }

        public void Add(object value, Quality quality, StoreAggregate aggregate)
        {
            Count++;
            if (quality > Worst) Worst = quality;
            if (aggregate == StoreAggregate.Mean && value is double or long) _sum += value is double number ? number : (long)value;
            var compared = Count > 1 && aggregate is StoreAggregate.Min or StoreAggregate.Max && value is double or long && _taken is double or long;
            if (compared && Compare(value, _taken!) * (aggregate == StoreAggregate.Min ? 1 : -1) >= 0) return;
            _taken = value;
        }

        /// <summary>The stretch's value; empties it for the next stretch.</summary>
        public object Take(StoreAggregate aggregate)
        {
            var taken = aggregate == StoreAggregate.Mean && _taken is double or long ? _sum / Count : _taken!;
            (Count, _sum, _taken, Worst) = (0, 0, null, Quality.Good);
            return taken;
        }

        // Whole numbers among themselves exactly: beyond 2^53 a double would round them.
        static int Compare(object a, object b) => a is long one && b is long other ? one.CompareTo(other) : ToDouble(a).CompareTo(ToDouble(b));

        static double ToDouble(object value) => value is double number ? number : (long)value;
    }
}
