namespace StreamEdge;

/// <summary>
/// The rows of windows on their way out. What is computed of sums is written column by column, for as many rows at once
/// as stay in the nearest cache; the rest when a row is added, since what it is computed of may then be overwritten.
/// </summary>
sealed class WindowRows(WindowColumns columns, double minCoverage, Books books)
{
    /// <summary>Sums that wait to be written, 3 kB.</summary>
    const int MostSums = 64;

    readonly int _signals = columns.Signals.Count;
    readonly Moments[] _sums = new Moments[Math.Max(MostSums, columns.Signals.Count)]; // of the rows from FILLED on
    readonly long[] _lengths = new long[Math.Max(1, MostSums / columns.Signals.Count)]; // the same
    Batch? _batch;
    int _filled;

    /// <summary>Adds a window's row to those that leave.</summary>
    public void Add(int group, long time, long end, long length, Pane pane, int revision, in Summary summary, int source, Output output)
    {
        if (_batch is not null && (_batch.Count == columns.Schema.MaxRows || _batch.Source != source)) Flush(output);
        var batch = _batch ??= output.Rent(source);
        var row = batch.Count;
        batch.Grow(row + 1);
        batch.Count = row + 1;
        (batch.Time[row], batch.Key[row], batch.End[row], batch.Pane[row], batch.Revision[row]) = (time, group, end, pane, revision);
        if (columns.NeedsMoreThanSums) columns.FillRest(batch, row, end, summary);
        summary.Moments.CopyTo(_sums.AsSpan((row - _filled) * _signals));
        _lengths[row - _filled] = length;
        if (row + 1 - _filled == _lengths.Length) Fill(batch);
        books.Created++;
    }

    /// <summary>Passes on what there is.</summary>
    public void Flush(Output output)
    {
        if (_batch is not { } batch) return;
        Fill(batch);
        (_batch, _filled) = (null, 0);
        output.Emit(batch);
    }

    void Fill(Batch batch)
    {
        columns.FillSums(batch, _filled, _sums, _lengths, minCoverage);
        _filled = batch.Count;
    }
}
