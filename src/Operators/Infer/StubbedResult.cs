namespace StreamEdge;

/// <summary>What a test says in place of the model: the values of each column in turn for the rows of each key, the last for all further ones.</summary>
sealed class StubbedResult
{
    readonly IReadOnlyList<StubbedColumn> _stubbed;
    readonly int _first;
    readonly IReadOnlyList<Column> _columns;
    readonly Dictionary<int, int> _scored = []; // rows so far, by key

    /// <param name="stubbed">The columns that are given.</param>
    /// <param name="first">The first column of the result.</param>
    /// <param name="columns">The columns of the result.</param>
    public StubbedResult(IReadOnlyList<StubbedColumn> stubbed, int first, IReadOnlyList<Column> columns) =>
        (_stubbed, _first, _columns, First) = (stubbed, first, columns, stubbed.Count == 0 ? first : stubbed[0].Column);

    /// <summary>A column that every scored row has.</summary>
    public int First { get; }

    /// <summary>Writes the results of the rows that were packed, from the first row of the batch on.</summary>
    public void Write(Batch batch, ReadOnlySpan<int> rows)
    {
        for (var column = 0; column < _columns.Count; column++) batch.Column(_first + column)[..rows.Length].Fill(Slot.MissingOf(_columns[column].Kind));
        for (var row = 0; row < rows.Length; row++)
        {
            var key = batch.Key[rows[row]];
            var turn = _scored[key] = _scored.GetValueOrDefault(key) + 1;
            foreach (var column in _stubbed) batch.Column(column.Column)[row] = column.Slots[Math.Min(turn, column.Slots.Count) - 1];
        }
    }
}
