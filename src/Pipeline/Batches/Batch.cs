using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamEdge;

/// <summary>What a window's row says about its window.</summary>
public enum Pane : byte
{
    /// <summary>The window is complete, as far as its clock can tell.</summary>
    OnTime = 0,

    /// <summary>Provisional: its devices fell silent; the row will be written again.</summary>
    Early = 1,

    /// <summary>Corrected by late readings.</summary>
    Late = 2,

    /// <summary>Taken back: the row of this time that was emitted before is no more, as where late readings join two sessions.</summary>
    Withdrawn = 3,
}

/// <summary>
/// A block of rows by column: time, key, values, quality. Rented from a pool and counted by reference: whoever takes a
/// batch either passes it on or calls <see cref="Release"/>. Its columns may be written only by the one holder; with
/// <see cref="Writable"/> a step gets the batch itself where it is the sole holder, and a copy otherwise.
/// </summary>
public sealed class Batch
{
    /// <summary>Most rows of a batch.</summary>
    public const int MaxRows = 4096;

    /// <summary>Where the dropped rows lie in more runs than one to so many rows, the others move one by one, not in blocks.</summary>
    const int Crowd = 16;

    readonly BatchPool _pool;
    double[][] _columns;
    long[] _time = [];
    int[] _key = [];
    Quality[] _quality = [];
    long[] _end = [];
    Pane[] _pane = [];
    int[] _revision = [];
    int _count, _references;
    bool _hasQuality;

    internal Batch(BatchPool pool, int columns)
    {
        _pool = pool;
        _columns = new double[columns][];
        Array.Fill(_columns, []);
        Schema = null!;
    }

    /// <summary>What the columns are.</summary>
    public Schema Schema { get; private set; }

    /// <summary>Which of the pipeline's sources it came from; its clock is told by it.</summary>
    public int Source { get; set; }

    /// <summary>How many rows it holds. Grown with <see cref="Grow"/>, never beyond the schema's limit.</summary>
    public int Count
    {
        get => _count;
        set
        {
            Debug.Assert(value <= Capacity, "rows must be reserved before they are counted");
            _count = value;
        }
    }

    /// <summary>Rows that fit without growing.</summary>
    public int Capacity => _time.Length;

    /// <summary>Each row's instant, Unix nanoseconds UTC.</summary>
    public Span<long> Time => _time.AsSpan(0, _count);

    /// <summary>Each row's key in the schema's key table.</summary>
    public Span<int> Key => _key.AsSpan(0, _count);

    /// <summary>The value column of readings: column 0.</summary>
    public Span<double> Value => _columns[0].AsSpan(0, _count);

    /// <summary>Whether any row may be less than good. While false, there is no quality column to look at.</summary>
    public bool HasQuality => _hasQuality;

    /// <summary>Each row's quality. Asking for it makes the column, all good, where there was none.</summary>
    public Span<Quality> Quality
    {
        get
        {
            if (!_hasQuality)
            {
                if (_quality.Length < Capacity) _quality = new Quality[Capacity];
                else _quality.AsSpan().Clear();
                _hasQuality = true;
            }

            return _quality.AsSpan(0, _count);
        }
    }

    /// <summary>Each window row's exclusive end, Unix nanoseconds; empty where the schema has no window.</summary>
    public Span<long> End => Schema.HasWindow ? _end.AsSpan(0, _count) : [];

    /// <summary>Each window row's pane; empty where the schema has no window.</summary>
    public Span<Pane> Pane => Schema.HasWindow ? _pane.AsSpan(0, _count) : [];

    /// <summary>How often each window row was written before; empty where the schema has no window.</summary>
    public Span<int> Revision => Schema.HasWindow ? _revision.AsSpan(0, _count) : [];

    /// <summary>A column's slots, as numbers.</summary>
    public Span<double> Column(int column) => _columns[column].AsSpan(0, _count);

    /// <summary>A column's slots, as whole numbers, text codes or booleans.</summary>
    public Span<long> Bits(int column) => MemoryMarshal.Cast<double, long>(Column(column));

    /// <summary>Makes room for rows in all; grows by doubling up to the schema's limit. The new rows' slots hold anything.</summary>
    public void Grow(int rows)
    {
        if (rows <= Capacity) return;
        Debug.Assert(rows <= Schema.MaxRows, "a batch never grows beyond its schema's limit");
        var capacity = Math.Min(Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows)), Schema.MaxRows);
        Array.Resize(ref _time, capacity);
        Array.Resize(ref _key, capacity);
        for (var column = 0; column < _columns.Length; column++) Array.Resize(ref _columns[column], capacity);
        if (_hasQuality) Array.Resize(ref _quality, capacity);
        if (!Schema.HasWindow) return;
        Array.Resize(ref _end, capacity);
        Array.Resize(ref _pane, capacity);
        Array.Resize(ref _revision, capacity);
    }

    /// <summary>Adds one reading and returns its row. For sources, which must keep to <see cref="Schema.MaxRows"/>.</summary>
    public int Append(long time, int key, double slot)
    {
        var row = _count;
        if (row == Capacity) Grow(row + 1);
        _time[row] = time;
        _key[row] = key;
        _columns[0][row] = slot;
        if (_hasQuality) _quality[row] = StreamEdge.Quality.Good;
        _count = row + 1;
        return row;
    }

    /// <summary>Counts further holders.</summary>
    public void Hold(int holders = 1) => Interlocked.Add(ref _references, holders);

    /// <summary>Gives the batch up; the last holder's call returns it to the pool.</summary>
    public void Release()
    {
        if (Volatile.Read(ref _references) == 1) _references = 0; // the sole holder needs no interlocked operation
        else if (Interlocked.Decrement(ref _references) is var left and not 0)
        {
            if (left < 0) throw new InvalidOperationException("a batch was released more often than held");
            return;
        }

        _pool.Return(this);
    }

    /// <summary>A batch with the same rows that the caller may write: this one where it is the sole holder, else a copy (this one is given up).</summary>
    public Batch Writable()
    {
        if (Volatile.Read(ref _references) == 1) return this;
        var copy = Copy(_pool);
        Release();
        return copy;
    }

    /// <summary>The same columns under another schema of the same width, as when a step changes units. Only for the sole holder.</summary>
    public Batch As(Schema schema)
    {
        Debug.Assert(schema.Columns.Count == Schema.Columns.Count && schema.HasWindow == Schema.HasWindow);
        Schema = schema;
        return this;
    }

    /// <summary>Keeps only these rows, in ascending order, in place. Only for the sole holder.</summary>
    public void Select(ReadOnlySpan<int> rows)
    {
        Debug.Assert(_references == 1, "only the sole holder selects");
        if (rows.Length < _count)
        {
            Pick(_time, rows);
            Pick(_key, rows);
            foreach (var column in _columns) Pick(column, rows);
            if (_hasQuality) Pick(_quality, rows);
            if (Schema.HasWindow)
            {
                Pick(_end, rows);
                Pick(_pane, rows);
                Pick(_revision, rows);
            }
        }

        _count = rows.Length;

        static void Pick<T>(T[] column, ReadOnlySpan<int> rows)
        {
            for (var row = 0; row < rows.Length; row++) column[row] = column[rows[row]];
        }
    }

    /// <summary>Drops these rows, in ascending order, in place; where they are few, or follow one another, it costs less than <see cref="Select"/>. Only for the sole holder.</summary>
    public void Remove(ReadOnlySpan<int> rows)
    {
        Debug.Assert(_references == 1, "only the sole holder removes");
        if (rows.IsEmpty) return;
        Span<int> firsts = stackalloc int[rows.Length];
        firsts = firsts[..Runs(rows, firsts)];
        if (firsts.Length > _count / Crowd)
        {
            Span<int> kept = stackalloc int[_count];
            Select(kept[..Others(rows, kept)]);
            return;
        }

        Close(_time, rows, firsts, _count);
        Close(_key, rows, firsts, _count);
        foreach (var column in _columns) Close(column, rows, firsts, _count);
        if (_hasQuality) Close(_quality, rows, firsts, _count);
        if (Schema.HasWindow)
        {
            Close(_end, rows, firsts, _count);
            Close(_pane, rows, firsts, _count);
            Close(_revision, rows, firsts, _count);
        }

        _count -= rows.Length;

        // Dropped rows that follow one another are a run; where each begins among them.
        static int Runs(ReadOnlySpan<int> rows, Span<int> firsts)
        {
            var (runs, next) = (0, -1);
            for (var at = 0; at < rows.Length; at++)
            {
                firsts[runs] = at;
                runs += rows[at] == next ? 0 : 1;
                next = rows[at] + 1;
            }

            return runs;
        }

        // What stands between two runs moves as one block.
        static void Close<T>(T[] column, ReadOnlySpan<int> rows, ReadOnlySpan<int> firsts, int count)
        {
            var to = rows[0];
            for (var run = 1; run <= firsts.Length; run++)
            {
                var behind = run < firsts.Length ? firsts[run] : rows.Length;
                var (from, until) = (rows[behind - 1] + 1, behind < rows.Length ? rows[behind] : count);
                column.AsSpan(from, until - from).CopyTo(column.AsSpan(to));
                to += until - from;
            }
        }

        static int Others(ReadOnlySpan<int> rows, Span<int> others)
        {
            var (count, from) = (0, 0);
            foreach (var row in rows)
            {
                for (; from < row; from++) others[count++] = from;
                from = row + 1;
            }

            for (; from < others.Length; from++) others[count++] = from;
            return count;
        }
    }

    /// <summary>Adds rows FROM..FROM+ROWS of another batch behind the own ones. The other has the same columns, or only the first of them; the slots of the rest hold anything.</summary>
    public void Append(Batch other, int from, int rows)
    {
        var at = _count;
        Grow(at + rows);
        if (other._hasQuality) _ = Quality;
        _count = at + rows;
        other._time.AsSpan(from, rows).CopyTo(_time.AsSpan(at));
        other._key.AsSpan(from, rows).CopyTo(_key.AsSpan(at));
        for (var column = 0; column < other._columns.Length; column++)
            other._columns[column].AsSpan(from, rows).CopyTo(_columns[column].AsSpan(at));
        if (other._hasQuality) other._quality.AsSpan(from, rows).CopyTo(_quality.AsSpan(at));
        else if (_hasQuality) _quality.AsSpan(at, rows).Clear();
        if (!Schema.HasWindow) return;
        other._end.AsSpan(from, rows).CopyTo(_end.AsSpan(at));
        other._pane.AsSpan(from, rows).CopyTo(_pane.AsSpan(at));
        other._revision.AsSpan(from, rows).CopyTo(_revision.AsSpan(at));
    }

    /// <summary>A copy in a batch of that pool, with one holder.</summary>
    internal Batch Copy(BatchPool pool)
    {
        var copy = pool.Rent(Schema);
        copy.Source = Source;
        copy.Append(this, 0, _count);
        return copy;
    }

    internal void Begin(Schema schema)
    {
        // A batch of rows may come back from an edge without windows; its window columns are then too short.
        if (schema.HasWindow && _end.Length < Capacity)
        {
            _end = new long[Capacity];
            _pane = new Pane[Capacity];
            _revision = new int[Capacity];
        }

        Schema = schema;
        _references = 1;
        _count = 0;
        _hasQuality = false;
        Source = 0;
    }
}
