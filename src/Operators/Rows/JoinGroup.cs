using System.Diagnostics;

namespace StreamEdge;

/// <summary>A row that waits for its partner.</summary>
/// <param name="Time">Its time.</param>
/// <param name="End">Its window's end.</param>
/// <param name="Quality">Its quality.</param>
/// <param name="Source">The pipeline's source that it came from.</param>
/// <param name="Slots">Its values.</param>
/// <param name="Came">When it came, by the gateway's clock.</param>
readonly record struct JoinRow(long Time, long End, Quality Quality, int Source, double[] Slots, long Came);

/// <summary>What is to become of the oldest row that waits.</summary>
enum JoinVerdict
{
    /// <summary>It cannot be told yet.</summary>
    Wait,

    /// <summary>It has no partner.</summary>
    Alone,

    /// <summary>The oldest row of the other side is its partner.</summary>
    Pair,
}

/// <summary>The rows of one group that wait, by input.</summary>
/// <param name="number">Its number in the key table of the joined rows.</param>
sealed class JoinGroup(int number)
{
    public int Number => number;

    public JoinSide[] Sides { get; } = [new(), new()];

    /// <summary>How many rows wait.</summary>
    public int Held => Sides[0].Count + Sides[1].Count;

    /// <summary>The time of the last row that left.</summary>
    public long LastOut { get; set; } = long.MinValue;

    /// <summary>The side of the oldest row that waits; of two of one time the first.</summary>
    public int Oldest => Sides[1].Count == 0 || (Sides[0].Count > 0 && Sides[0].First.Time <= Sides[1].First.Time) ? 0 : 1;
}

/// <summary>The rows of one group and input that wait, oldest first, and how far they have come. They come in order.</summary>
sealed class JoinSide
{
    readonly Queue<JoinRow> _behind = new();
    JoinRow _first;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest.</summary>
    public ref readonly JoinRow First => ref _first;

    /// <summary>The time of the newest that came.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>The time of the last that went, joined or not.</summary>
    public long Gone { get; private set; } = long.MinValue;

    /// <summary>When, by the gateway's clock, the last one came.</summary>
    public long LastInput { get; private set; }

    /// <summary>Takes a row that is newer than all before.</summary>
    public void Add(in JoinRow row)
    {
        Debug.Assert(row.Time > Newest, "the rows of a side come in order");
        if (Count++ == 0) _first = row;
        else _behind.Enqueue(row);
        (Newest, LastInput) = (row.Time, row.Came);
    }

    /// <summary>Gives the oldest back.</summary>
    public JoinRow Take()
    {
        var row = _first;
        Gone = row.Time;
        _first = --Count > 0 ? _behind.Dequeue() : default;
        return row;
    }

    /// <summary>What is to become of this side's oldest row, which is not newer than the other side's.</summary>
    /// <param name="other">The other side.</param>
    /// <param name="within">How far apart two rows may be.</param>
    /// <param name="isOver">Whether nothing more is expected on this side.</param>
    /// <param name="otherIsOver">Whether nothing more is expected on the other side.</param>
    public JoinVerdict Judge(JoinSide other, ulong within, bool isOver, bool otherIsOver)
    {
        var time = _first.Time;
        // The other side's row before this one went without it; one behind it must be nearer.
        var before = other.Gone == long.MinValue ? ulong.MaxValue : (ulong)(time - other.Gone);
        if (before == 0) return JoinVerdict.Alone;
        if (other.Count == 0)
        {
            var passed = other.Newest >= time && (ulong)(other.Newest - time) >= Math.Min(within, before - 1);
            return passed || otherIsOver ? JoinVerdict.Alone : JoinVerdict.Wait;
        }

        var partner = other._first.Time;
        var apart = (ulong)(partner - time);
        if (apart > within || apart >= before) return JoinVerdict.Alone;
        if (apart == 0) return JoinVerdict.Pair;
        // The partner may have a nearer one on this side: the next.
        if (!_behind.TryPeek(out var next)) return isOver ? JoinVerdict.Pair : JoinVerdict.Wait;
        var nextApart = next.Time < partner ? (ulong)(partner - next.Time) : (ulong)(next.Time - partner);
        return nextApart < apart ? JoinVerdict.Alone : JoinVerdict.Pair;
    }

    public void Save(StateWriter state, Schema rows)
    {
        state.Write(Newest).Write(Gone).Write((long)Count);
        if (Count > 0) Write(_first);
        foreach (var row in _behind) Write(row);

        void Write(in JoinRow row)
        {
            state.Write(row.Time).Write(row.End).Write((long)row.Quality).Write((long)row.Source);
            for (var column = 0; column < row.Slots.Length; column++) state.WriteSlot(row.Slots[column], rows.Columns[column].Kind, rows.Codes);
        }
    }

    public void Restore(StateReader state, Schema rows, long now)
    {
        var (newest, gone) = (state.Long(), state.Long());
        for (var left = state.Long(); left > 0; left--)
        {
            var (time, end, quality, source, slots) = (state.Long(), state.Long(), (Quality)state.Long(), state.Int(), new double[rows.Columns.Count]);
            for (var column = 0; column < slots.Length; column++) slots[column] = state.ReadSlot(rows.Columns[column].Kind, rows.Codes);
            Add(new JoinRow(time, end, quality, source, slots, now));
        }

        (Newest, Gone, LastInput) = (newest, gone, now);
    }
}
