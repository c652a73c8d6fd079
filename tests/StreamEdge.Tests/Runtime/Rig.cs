using System.Collections.Concurrent;
using System.Text;

namespace StreamEdge;

/// <summary>Pipelines from steps that a test makes itself: <c>part: NAME</c> in the file is what the test gave under that name.</summary>
sealed class Rig
{
    static readonly ConcurrentDictionary<string, Rig> s_rigs = new();
    readonly Dictionary<string, Func<BuildContext, object>> _parts = [];
    readonly string _file = $"{Guid.NewGuid()}.yaml";

    /// <summary>The <c>time:</c> block.</summary>
    public string Block { get; init; } = "{}";

    public FakeTime Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public Rig Source(string part, Func<BuildContext, Source> make) => Add(part, make);

    public Rig Operator(string part, Func<BuildContext, Operator> make) => Add(part, make);

    public Rig Sink(string part, Func<BuildContext, Sink> make) => Add(part, make);

    public Plan Plan(string steps, string name = "rig")
    {
        var yaml = $"pipeline: {name}\ntime: {Block}\nsignals:\n  v:\nsteps:\n{steps}\n";
        var catalog = new Catalog()
            .Source<PartSourceOptions>("part")
            .Operator<PartOptions>("work")
            .Operator<WindowOptions>("window")
            .Operator<JoinOptions>("join")
            .Sink<PartSinkOptions>("part");
        s_rigs[_file] = this;
        return new Compiler(catalog, new Surroundings { Time = Time }).Compile(_file, Encoding.UTF8.GetBytes(yaml));
    }

    public Graph Graph(string steps, string name = "rig") => Plan(steps, name).ToGraph();

    /// <summary>Waits for what another task is about to do.</summary>
    public static async Task UntilAsync(Func<bool> happened)
    {
        for (var tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 30_000, "it did not happen within 30 s");
            await Task.Delay(1);
        }
    }

    public static T Make<T>(string part, BuildContext context) => (T)s_rigs[context.Pipeline.File]._parts[part](context);

    Rig Add(string part, Func<BuildContext, object> make)
    {
        _parts[part] = make;
        return this;
    }
}

/// <summary>The source that the test gave.</summary>
public sealed record PartSourceOptions : SourceOptions
{
    [Short]
    public string Part { get; init; } = "";

    /// <summary>How many logical sources it has.</summary>
    public int Logical { get; init; } = 1;

    protected override IReadOnlyList<string> TagNames => ["machine"];

    protected override int LogicalSources => Logical;

    protected override bool GivesWatermarks => true;

    public override Source Build(BuildContext context) => Rig.Make<Source>(Part, context);
}

/// <summary>The operator that the test gave.</summary>
public sealed record PartOptions : OperatorOptions
{
    public string Part { get; init; } = "";

    public bool Apart { get; init; }

    public override bool TellsInputsApart => Apart;

    public override Operator Build(BuildContext context) => Rig.Make<Operator>(Part, context);
}

/// <summary>The sink that the test gave.</summary>
public sealed record PartSinkOptions : SinkOptions
{
    [Short]
    public string Part { get; init; } = "";

    public override Sink Build(BuildContext context) => Rig.Make<Sink>(Part, context);
}
