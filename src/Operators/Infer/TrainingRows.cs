namespace StreamEdge;

/// <summary>
/// Keeps the rows that reach a step as training rows: those with every value and of good quality. Bounded: of more
/// than 200,000 rows, or 16 million values, a sample is kept in which every row is as likely as any other, drawn from a fixed seed.
/// </summary>
sealed class TrainingRows(Schema rows, IReadOnlyList<int> columns) : IObserver<Batch>
{
    const int MostRows = 200_000, MostValues = 16_000_000;

    readonly int _most = Math.Min(MostRows, MostValues / columns.Count);
    readonly Random _dice = new(42);
    double[] _values = new double[1024 * columns.Count];
    int _kept;

    /// <summary>Good rows so far.</summary>
    public long Seen { get; private set; }

    /// <summary>Rows so far that were left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Rows that are kept.</summary>
    public int Kept => _kept;

    /// <summary>Why it saw no more; null while all went well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The values kept, one row behind the other.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _kept * columns.Count);

    /// <inheritdoc/>
    public void OnNext(Batch value)
    {
        var row = new double[columns.Count];
        for (var number = 0; number < value.Count; number++)
        {
            var whole = !value.HasQuality || value.Quality[number] == Quality.Good;
            // A window is taken once, complete; what corrects it later is the same window again.
            if (rows.HasWindow && value.Pane[number] != Pane.OnTime) whole = false;
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Slot.Number(value.Column(columns[i])[number], rows.Columns[columns[i]].Kind);
                whole &= double.IsFinite(row[i]);
            }

            if (whole) Keep(row);
            else Skipped++;
        }

        value.Release();
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
    }

    /// <inheritdoc/>
    public void OnError(Exception error) => Failure = error;

    void Keep(double[] row)
    {
        Seen++;
        var place = _kept < _most ? _kept++ : _dice.NextInt64(Seen);
        if (place >= _most) return;
        if (_kept * row.Length > _values.Length) Array.Resize(ref _values, Math.Min(2 * _values.Length, _most * row.Length));
        row.CopyTo(_values, place * row.Length);
    }
}
