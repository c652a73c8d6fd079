using System.Runtime.CompilerServices;

namespace StreamEdge;

/// <summary>Runs the program's command line in a folder of its own, and keeps what it prints.</summary>
sealed class Cli : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("streamedge-cli").FullName;
    readonly SharedText _out = new(), _error = new();

    public FakeTime Time { get; } = new();

    public bool Live { get; init; }

    public CancellationToken Stop { get; init; }

    /// <summary>Whether standard output takes nothing.</summary>
    public bool Full { get; init; }

    public string Out => Plain(_out.ToString());

    public string Error => Plain(_error.ToString());

    public string State => Path.Combine(_folder, "state");

    public string File(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public Task<int> RunAsync(params string[] args)
    {
        var steps = BuiltIn.Catalog().Source<CountingOptions>("counting").Operator<OddOptions>("clean.odd").Operator<DefectOptions>("clean.defect");
        var terminal = new Terminal { Out = Full ? new FullDisk() : _out, Error = _error, Live = Live, Time = Time, Stop = Stop };
        return CommandLine.RunAsync(args, terminal, steps).WaitAsync(TimeSpan.FromSeconds(60));
    }

    public static void Matches(string name, string actual, [CallerFilePath] string test = "") =>
        Cases.Matches(Path.Combine(Path.GetDirectoryName(test)!, "Golden", name), actual);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The folder's name is another each time.
    string Plain(string text) => text.Replace($"{Path.GetRelativePath(".", _folder)}/", "").Replace($"{_folder}/", "");
}

/// <summary>Text that a test reads while the program writes it.</summary>
sealed class SharedText : TextWriter
{
    readonly System.Text.StringBuilder _text = new();

    public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_text) _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_text) _text.Append(value);
    }

    public override string ToString()
    {
        lock (_text) return _text.ToString();
    }
}

/// <summary>Counts, a reading per second and machine.</summary>
public sealed record CountingOptions : SourceOptions
{
    /// <summary>How many readings.</summary>
    [Short]
    public int Readings { get; init; } = 21;

    /// <summary>How far it turns the clock with each batch of seven.</summary>
    public TimeSpan Pace { get; init; }

    protected override IReadOnlyList<string> TagNames => ["machine"];

    public override Source Build(BuildContext context)
    {
        if (Readings < 0) return context.Fault(nameof(Readings), $"{Readings} readings cannot be", "write 21");
        return new Counting(context, this);
    }

    sealed class Counting(BuildContext context, CountingOptions options) : Source(context.Pipeline.Readings)
    {
        static readonly long s_start = Nanoseconds.Of(new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero));
        int _next;

        public override double Progress => (double)_next / options.Readings;

        public override async ValueTask<bool> ReadAsync(Batch batch, CancellationToken cancel)
        {
            await Task.Yield();
            ((FakeTime)context.Clock.Time).Advance(options.Pace);
            for (var row = 0; row < 7 && _next < options.Readings; row++, _next++)
                batch.Append(s_start + _next * Nanoseconds.Second, Output.Keys.Key(Output.Keys.Device($"m{_next % 3}"), 0), _next);
            if (_next >= 14) Books.Notice("has come to 14");
            return _next < options.Readings;
        }

        public override void Save(StateWriter state) => state.Write((long)_next);

        public override void Restore(StateReader state) => _next = state.Int();
    }
}

/// <summary>What becomes of odd values.</summary>
public enum OddThen
{
    /// <summary>They go.</summary>
    Drop,

    /// <summary>The step fails.</summary>
    Fail,
}

/// <summary>Drops odd values, or fails at the first.</summary>
public sealed record OddOptions : OperatorOptions
{
    /// <summary>What becomes of them.</summary>
    [Short]
    public OddThen Then { get; init; }

    public override Operator Build(BuildContext context) => new Odd(this, context.Input);

    sealed class Odd(OddOptions options, Schema input) : Operator(input)
    {
        public override IEnumerable<(string Name, string Value)> Report => [("share kept", "about half")];

        public override void Process(Batch batch, Output output)
        {
            batch = batch.Writable();
            var kept = new List<int>();
            for (var row = 0; row < batch.Count; row++)
            {
                if (batch.Value[row] % 2 == 0) kept.Add(row);
                else if (options.Then == OddThen.Fail) throw new InvalidOperationException($"{batch.Value[row]} is odd");
                else Books.Reason("odd").AddOf(0);
            }

            batch.Select(kept.ToArray());
            output.Emit(batch);
        }
    }
}

/// <summary>A step that nobody should have shipped.</summary>
public sealed record DefectOptions : OperatorOptions
{
    /// <summary>Nothing.</summary>
    [Short]
    public bool On { get; init; }

    public override Operator Build(BuildContext context) => throw new InvalidOperationException("it was\nnot thought of");
}

/// <summary>A disk without room.</summary>
sealed class FullDisk : StringWriter
{
    public override void Write(char value) => throw new IOException("No space left on device");

    public override void Write(char[] buffer, int index, int count) => throw new IOException("No space left on device");

    public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("No space left on device");
}
