using System.IO.Compression;
using System.Text;

namespace StreamEdge;

/// <summary>A folder with files, and a way to run a source on them without a graph.</summary>
sealed class SourceRig : IDisposable
{
    readonly Signal[] _signals;
    readonly string[] _tags;
    readonly BatchPool _pool = new();

    public SourceRig(params Signal[] signals) : this([], signals)
    {
    }

    public SourceRig(string[] tags, params Signal[] signals)
    {
        (_tags, _signals) = (tags, signals);
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "streamedge-" + Path.GetRandomFileName());

    public TimeOptions Time { get; init; } = new();

    public FakeTime Clock { get; } = new();

    public int Sources { get; init; } = 1;

    public long? Seed { get; init; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>Builds a source in a pipeline of its own, as a new start of the program would.</summary>
    public Source Build(SourceOptions options)
    {
        var faults = new Faults("pipeline.yaml");
        var source = options.Build(Context(faults));
        faults.ThrowIfAny();
        return source;
    }

    /// <summary>What is wrong with the options: "what; remedy".</summary>
    public IReadOnlyList<string> Faults(SourceOptions options)
    {
        var faults = new Faults("pipeline.yaml");
        var source = options.Build(Context(faults));
        Assert.Equal(faults.Any, source is null);
        return [.. faults.Items.Select(f => f.Remedy is null ? f.What : $"{f.What}; {f.Remedy}").Select(f => f.Replace(Folder, "FOLDER"))];
    }

    /// <summary>All readings, a line each, and what was dropped.</summary>
    public (IReadOnlyList<string> Lines, IReadOnlyList<string> Drops) Read(SourceOptions options)
    {
        var source = Build(options);
        var lines = new List<string>();
        Open(source);
        while (Read(source, lines, int.MaxValue))
        {
        }

        source.DisposeAsync().AsTask().Wait();
        return (lines, Drops(source));
    }

    /// <summary>All readings, stopping after every batch of at most so many, saving, and going on in a new source.</summary>
    public IReadOnlyList<string> ReadInParts(SourceOptions options, int most)
    {
        var lines = new List<string>();
        var state = new StateWriter();
        for (var first = true; ; first = false)
        {
            var source = Build(options);
            if (!first) source.Restore(new StateReader(state.Written));
            Open(source);
            var more = Read(source, lines, most);
            state = new StateWriter();
            source.Save(state);
            source.DisposeAsync().AsTask().Wait();
            if (!more) return lines;
        }
    }

    /// <summary>Reads one batch, which has room for so many readings; false at the end.</summary>
    public bool Read(Source source, List<string> lines, int most)
    {
        var reading = Start(source, most, out var batch);
        Assert.True(reading.IsCompleted, "the source waits");
        var more = reading.Result;
        Take(batch, most, lines);
        return more;
    }

    /// <summary>Begins to read one batch.</summary>
    public Task<bool> Start(Source source, int most, out Batch batch, CancellationToken cancel = default)
    {
        // What stands in the batch already leaves less room for more.
        batch = _pool.Rent(source.Output);
        var filler = Math.Max(0, source.Output.MaxRows - most);
        batch.Grow(Math.Max(1, filler));
        batch.Count = filler;
        return source.ReadAsync(batch, cancel).AsTask();
    }

    /// <summary>The lines of what a batch was given; gives the batch back.</summary>
    public static void Take(Batch batch, int most, List<string> lines)
    {
        for (var row = Math.Max(0, batch.Schema.MaxRows - most); row < batch.Count; row++) lines.Add(Probe.Line(batch, row));
        batch.Release();
    }

    public static void Open(Source source) => source.OpenAsync(default).AsTask().Wait();

    public static IReadOnlyList<string> Drops(Source source) => [.. source.Books.Drops.Where(d => d.Total > 0).Select(d =>
        $"{d.Reason} {d.Total}{string.Concat(d.BySignal().Select(s => $" {s.Signal}:{s.Count}"))}")];

    BuildContext Context(Faults faults)
    {
        var surroundings = new Surroundings { Time = Clock, StateFolder = Path.Combine(Folder, "state"), Seed = Seed };
        var pipeline = new PipelineContext("test", Path.Combine(Folder, "pipeline.yaml"), Time, _signals, new KeyTable(_tags, _signals.Length), new Clock(Clock), surroundings) { Sources = Sources };
        return new BuildContext("collect", [], pipeline, faults);
    }
}
