using System.Diagnostics;
using System.Text;

namespace StreamEdge;

/// <summary>Arrival to sink at 10,000 readings a second: each reading's time is its arrival, and the sink looks at the clock.</summary>
static class Latency
{
    public static void Run(int seconds = 60)
    {
        const string yaml = """
            pipeline: latency
            signals:
              v: { unit: degC, range: [-20, 250] }
            steps:
              - collect: { paced: 10000 }
              - clean: { out_of_range: drop, duplicates: drop }
              - normalize: { units: declared }
              - transmit: { clock: { stopwatch: true } }
            """;
        PacedOptions.Length = TimeSpan.FromSeconds(seconds);
        var plan = new Compiler(BuiltIn.Catalog().Source<PacedOptions>("paced").Sink<StopwatchOptions>("stopwatch"), new Surroundings())
            .Compile("latency.yaml", Encoding.UTF8.GetBytes(yaml));
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        plan.ToGraph().RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        var cpu = (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds / seconds;
        var times = StopwatchOptions.Last!.Microseconds;
        times.Sort();
        double At(double share) => times[(int)(share * (times.Count - 1))] / 1000.0;
        Console.WriteLine($"latency at 10,000 readings/s for {seconds} s: {times.Count:N0} readings, p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, max {At(1):0.0} ms, {cpu:P1} of a core (goal: p99 < 50 ms)");
    }
}

/// <summary>Makes readings at a steady rate on the wall clock, as a broker's connection would: gathers for 20 ms, then hands over.</summary>
sealed record PacedOptions : SourceOptions
{
    public static TimeSpan Length { get; set; }

    /// <summary>Readings a second.</summary>
    [Short]
    public int Rate { get; init; }

    /// <inheritdoc/>
    public override Source Build(BuildContext context) => new Paced(Rate, Length, context);
}

sealed class Paced : Source
{
    static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(20);
    readonly Clock _clock;
    readonly double _rate;
    readonly long _total;
    readonly int _key;
    long _made;

    public Paced(int rate, TimeSpan length, BuildContext context) : base(context.Pipeline.Readings)
    {
        (_clock, _rate, _total) = (context.Clock, rate, (long)(rate * length.TotalSeconds));
        _key = Output.Keys.Key(Output.Keys.Device(), 0);
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
    {
        var from = _clock.Now;
        await Task.Delay(s_linger, _clock.Time, cancel);
        var now = _clock.Now;
        var wall = _clock.Wall;
        var due = Math.Min(_total, (long)(now / 1e9 * _rate));
        for (; _made < due && batch.Count < Output.MaxRows; _made++)
        {
            var arrived = (long)((_made + 1) / _rate * 1e9); // when this one would have come in
            batch.Append(wall - (now - Math.Max(arrived, from)), _key, 20 + _made % 50);
        }

        return _made < _total;
    }

    /// <inheritdoc/>
    public override void Save(StateWriter state) => state.Write(_made);

    /// <inheritdoc/>
    public override void Restore(StateReader state) => _made = state.Long();
}

/// <summary>Notes how old each reading is when it arrives.</summary>
sealed record StopwatchOptions : SinkOptions
{
    public static StopwatchSink? Last { get; private set; }

    /// <summary>Always true.</summary>
    [Short]
    public bool On { get; init; }

    /// <inheritdoc/>
    public override Sink Build(BuildContext context) => Last = new StopwatchSink(context.Inputs, context.Clock);
}

sealed class StopwatchSink(IReadOnlyList<Schema> inputs, Clock clock) : Sink(inputs)
{
    public List<int> Microseconds { get; } = [];

    /// <inheritdoc/>
    public override ValueTask WriteAsync(Batch batch, CancellationToken cancel)
    {
        var now = clock.Wall;
        foreach (var time in batch.Time) Microseconds.Add((int)((now - time) / 1000));
        Books.Absorbed += batch.Count;
        return default;
    }
}
