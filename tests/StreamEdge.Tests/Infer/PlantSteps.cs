namespace StreamEdge;

/// <summary>A plant that is made up: pressure follows temp, speed goes its own way.</summary>
public sealed record MadeOptions : SourceOptions
{
    public int Rows { get; init; }

    public int Seed { get; init; }

    /// <summary>Whether every hundredth row lacks its speed.</summary>
    public bool Gaps { get; init; } = true;

    /// <summary>Whether temp and pressure stand still.</summary>
    public bool Constant { get; init; }

    /// <summary>Whether the last three rows are: a spike of temp, a spike of speed, a pressure that does not follow.</summary>
    public bool Faults { get; init; }

    public override Source Build(BuildContext context) => new Made(this, context.Pipeline.Readings);
}

sealed class Made(MadeOptions options, Schema output) : Source(output)
{
    int _row;

    /// <summary>Temp, pressure, speed of each row, in a row.</summary>
    public static double[] Values(int seed, int rows, bool gaps)
    {
        var dice = new Random(seed);
        var values = new double[rows * 3];
        for (var row = 0; row < rows; row++)
        {
            var temp = 70 + 5 * Normal(dice);
            values[row * 3] = temp;
            values[(row * 3) + 1] = 2 * temp + 2 * Normal(dice);
            values[(row * 3) + 2] = gaps && row % 100 == 99 ? double.NaN : 1500 + 10 * Normal(dice);
        }

        return values;
    }

    public override ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        if (_row == options.Rows) return new(false);
        var device = Output.Keys.Device();
        var values = Values(options.Seed, options.Rows, options.Gaps);
        for (var left = 100; left > 0 && _row < options.Rows; left--, _row++)
        {
            var (temp, pressure, speed) = options.Constant ? (0.1, 0.7, values[(_row * 3) + 2]) : (values[_row * 3], values[(_row * 3) + 1], values[(_row * 3) + 2]);
            if (options.Faults && options.Rows - _row <= 3)
                (temp, pressure, speed) = (options.Rows - _row) switch { 3 => (120, 140, 1500), 2 => (70, 140, 1560), _ => (80, 120, 1500) };
            double[] row = [temp, pressure, speed, Slot.Of(1)];
            for (var signal = 0; signal < 4; signal++) batch.Append(_row * Nanoseconds.Second, Output.Keys.Key(device, signal), row[signal]);
        }

        return new(_row < options.Rows);
    }

    public override void Save(StateWriter state) => state.Write((long)_row);

    public override void Restore(StateReader state) => _row = state.Int();

    static double Normal(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}

/// <summary>Makes a row of as many readings as there are signals.</summary>
public sealed record FoldOptions : OperatorOptions
{
    public override Operator Build(BuildContext context) => new Fold(context.Input);
}

sealed class Fold(Schema input) : Operator(Schema.Rows(new KeyTable([], 0), input.Codes, [.. input.Signals.Select(s => new Column(s.Name, s.Kind, s.Unit))], hasWindow: false))
{
    public override void Process(Batch batch, Output output)
    {
        var signals = Output.Columns.Count;
        var rows = output.Rent(batch.Source);
        rows.Grow(batch.Count / signals);
        rows.Count = batch.Count / signals;
        for (var row = 0; row < rows.Count; row++)
        {
            (rows.Time[row], rows.Key[row]) = (batch.Time[row * signals], rows.Schema.Keys.Device());
            for (var column = 0; column < signals; column++) rows.Column(column)[row] = batch.Value[(row * signals) + column];
        }

        Books.Absorbed += batch.Count;
        Books.Created += rows.Count;
        batch.Release();
        output.Emit(rows);
    }
}

/// <summary>A sink that training must never open.</summary>
public sealed record CollectedOptions : SinkOptions
{
    public override Sink Build(BuildContext context) => new Collected(context.Inputs, context.Pipeline.Surroundings.WithoutModels);
}

sealed class Collected(IReadOnlyList<Schema> inputs, bool forbidden) : Sink(inputs)
{
    public override ValueTask OpenAsync(CancellationToken cancel) => forbidden ? throw new InvalidOperationException("training opened a sink") : default;

    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        Books.Absorbed += batch.Count;
        return default;
    }
}
