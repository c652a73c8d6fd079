namespace StreamEdge;

/// <summary>Lets rows through that are marked as an anomaly: <c>only: anomaly</c> of a sink. The others are counted as <c>not_anomaly</c>.</summary>
sealed class OnlyAnomaly : Operator
{
    readonly int _column;
    readonly Tally _normal;

    public OnlyAnomaly(Schema input) : base(input)
    {
        _column = input.ColumnNumber(Columns.Anomaly);
        _normal = Books.Reason("not_anomaly");
    }

    /// <inheritdoc/>
    public override void Process(Batch batch, Output output)
    {
        Span<int> kept = stackalloc int[Batch.MaxRows];
        var count = 0;
        var anomaly = batch.Bits(_column);
        for (var row = 0; row < anomaly.Length; row++)
            if (anomaly[row] == 1) kept[count++] = row;

        _normal.Add(batch.Count - count);
        if (count < batch.Count)
        {
            batch = batch.Writable();
            batch.Select(kept[..count]);
        }

        output.Emit(batch);
    }
}
