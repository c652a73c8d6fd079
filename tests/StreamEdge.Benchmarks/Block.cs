namespace StreamEdge;

/// <summary>Readings by column, as one who writes a loop by hand has them.</summary>
sealed class Block
{
    public long[] Time = new long[Batch.MaxRows];
    public int[] Key = new int[Batch.MaxRows];
    public double[] Value = new double[Batch.MaxRows];
    public Quality[] Quality = new Quality[Batch.MaxRows];

    /// <summary>The columns of a full block.</summary>
    public void Deconstruct(out Span<long> time, out Span<int> key, out Span<double> value)
    {
        time = Time.AsSpan(0, Batch.MaxRows);
        key = Key.AsSpan(0, Batch.MaxRows);
        value = Value.AsSpan(0, Batch.MaxRows);
    }

    /// <summary>Takes the columns that a loop has filled in place of the own ones, which it may fill the next time.</summary>
    public void Take(Block filled) => (Time, Key, Value, filled.Time, filled.Key, filled.Value) = (filled.Time, filled.Key, filled.Value, Time, Key, Value);

    /// <summary>Room for more rows than a full block has, for a loop that may make more than it takes.</summary>
    public static Block Of(int rows) => new() { Time = new long[rows], Key = new int[rows], Value = new double[rows] };
}

/// <summary>Treats a full block of readings; tells how many its first rows then hold.</summary>
delegate int OperatorLoop(Block block);
