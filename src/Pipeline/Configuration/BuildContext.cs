namespace StreamEdge;

/// <summary>What an options record is given to build its step: what flows in, what the file declares, and where to report faults.</summary>
public sealed class BuildContext
{
    readonly Faults _faults;
    readonly Func<string, string?, int?, int, Position> _positionOf;

    /// <summary>Makes the context of one step.</summary>
    /// <param name="step">The step's unique name.</param>
    /// <param name="inputs">What flows in, one schema per edge.</param>
    /// <param name="pipeline">What all steps share.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="positionOf">The place in the file of an option, its entry, its item, a character of its text; null where there is no file.</param>
    /// <param name="inputNames">The steps that the inputs come from; null for <c>input1</c>, <c>input2</c> and so on.</param>
    public BuildContext(string step, IReadOnlyList<Schema> inputs, PipelineContext pipeline, Faults faults, Func<string, string?, int?, int, Position>? positionOf = null, IReadOnlyList<string>? inputNames = null)
    {
        (Step, Inputs, Pipeline, _faults, _positionOf) = (step, inputs, pipeline, faults, positionOf ?? ((_, _, _, _) => new Position(1, 1)));
        InputNames = inputNames ?? [.. Enumerable.Range(1, inputs.Count).Select(i => $"input{i}")];
    }

    /// <summary>The step's unique name: <c>window</c>, <c>clean.out_of_range</c>, <c>history</c>.</summary>
    public string Step { get; }

    /// <summary>What flows in, one schema per edge. Of operators only those that <see cref="OperatorOptions.TellsInputsApart">tell them apart</see> may look at another than the first.</summary>
    public IReadOnlyList<Schema> Inputs { get; }

    /// <summary>The names of the steps that they come from.</summary>
    public IReadOnlyList<string> InputNames { get; }

    /// <summary>What flows into an operator.</summary>
    public Schema Input => Inputs[0];

    /// <summary>What the file says for all steps.</summary>
    public PipelineContext Pipeline { get; }

    /// <summary>The gateway's clock.</summary>
    public Clock Clock => Pipeline.Clock;

    /// <summary>The same with another input: for a step that is made of several.</summary>
    public BuildContext Of(Schema input) => new(Step, [input], Pipeline, _faults, _positionOf, InputNames);

    /// <summary>Reports the user's mistake, at the option's place in the file.</summary>
    /// <param name="option">The option's property, as <c>nameof</c> gives it.</param>
    /// <param name="what">What is wrong, in plain words.</param>
    /// <param name="remedy">What to write instead.</param>
    /// <param name="entry">The entry of an option that is a map.</param>
    /// <param name="item">The item of an option, or of its entry, that is a list.</param>
    /// <param name="offset">The character of the value's text at which it goes wrong; 0 for the value as a whole.</param>
    public Refusal Fault(string option, string what, string? remedy = null, string? entry = null, int? item = null, int offset = 0)
    {
        _faults.Add(_positionOf(option, entry, item, offset), what, remedy);
        return default;
    }

    /// <summary>The number of the input's signal that an option names; -1, and a fault, where there is none.</summary>
    /// <param name="option">The option's property, as <c>nameof</c> gives it.</param>
    /// <param name="name">The signal's name.</param>
    /// <param name="entry">The entry of an option that is a map.</param>
    /// <param name="item">The item of an option that is a list.</param>
    public int SignalNumber(string option, string name, string? entry = null, int? item = null)
    {
        var signal = Input.SignalNumber(name);
        if (signal < 0) Fault(option, $"there is no signal '{name}'", Suggestion.Remedy(name, Input.Signals.Select(s => s.Name), "the signals are"), entry, item);
        return signal;
    }

    /// <summary>Which of the input's signals a step works on: those named, all with numbers where none are; null, and a fault, where a name is wrong.</summary>
    /// <param name="option">The option's property, as <c>nameof</c> gives it.</param>
    /// <param name="names">The names; null for all.</param>
    public bool[]? NumericSignals(string option, IReadOnlyList<string>? names)
    {
        bool IsNumeric(int signal) => Input.Signals[signal].Kind is Kind.Number or Kind.Integer;
        var chosen = new bool[Input.Signals.Count];
        var sound = true;
        for (var signal = 0; names is null && signal < chosen.Length; signal++) chosen[signal] = IsNumeric(signal);
        for (var item = 0; item < (names?.Count ?? 0); item++)
        {
            var signal = SignalNumber(option, names![item], item: item);
            if (signal >= 0 && !IsNumeric(signal)) Fault(option, $"'{names[item]}' is no number", "leave it out", item: item);
            sound &= signal >= 0 && IsNumeric(signal);
            if (signal >= 0) chosen[signal] = true;
        }

        return sound ? chosen : null;
    }

    /// <summary>Whether an operator is given readings; a fault where it is given rows.</summary>
    /// <param name="word">The step's key in the file.</param>
    public bool WantsReadings(string word)
    {
        if (!Input.IsRows) return true;
        Fault("", $"{word} works on readings, but rows come in", "put it before window or align, or branch with from");
        return false;
    }

    /// <summary>Whether an operator is given rows; a fault where it is given readings.</summary>
    /// <param name="word">The step's key in the file.</param>
    public bool WantsRows(string word)
    {
        if (Input.IsRows) return true;
        Fault("", $"{word} works on rows, but readings come in", "put a window or an align before it");
        return false;
    }
}

/// <summary>What <see cref="BuildContext.Fault"/> returns in place of a step: the file will not be run.</summary>
public readonly struct Refusal
{
    /// <summary>No source.</summary>
    public static implicit operator Source(Refusal refusal) => null!;

    /// <summary>No operator.</summary>
    public static implicit operator Operator(Refusal refusal) => null!;

    /// <summary>No sink.</summary>
    public static implicit operator Sink(Refusal refusal) => null!;
}

/// <summary>What all steps of a pipeline share.</summary>
public sealed class PipelineContext
{
    /// <summary>Makes what the steps of one pipeline share.</summary>
    /// <param name="name">The pipeline's name.</param>
    /// <param name="file">The pipeline's file.</param>
    /// <param name="time">The <c>time:</c> block.</param>
    /// <param name="signals">The <c>signals:</c> block.</param>
    /// <param name="keys">The keys of all readings.</param>
    /// <param name="clock">The gateway's clock.</param>
    /// <param name="surroundings">Folders and switches from outside the file.</param>
    public PipelineContext(string name, string file, TimeOptions time, IReadOnlyList<Signal> signals, KeyTable keys, Clock clock, Surroundings surroundings)
    {
        (Name, File, Time, Clock, Surroundings) = (name, file, time, clock, surroundings);
        Readings = Schema.Readings(keys, new CodeTable(), signals);
    }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>The pipeline's file.</summary>
    public string File { get; }

    /// <summary>The <c>time:</c> block.</summary>
    public TimeOptions Time { get; }

    /// <summary>The <c>durable:</c> block.</summary>
    public DurableOptions Durable { get; init; } = new();

    /// <summary>The signals as the file declares them, with the pipeline's keys: what sources emit.</summary>
    public Schema Readings { get; }

    /// <summary>How many sources there are; they are numbered from 0.</summary>
    public int Sources { get; set; } = 1;

    /// <summary>The gateway's clock.</summary>
    public Clock Clock { get; }

    /// <summary>Folders and switches from outside the file.</summary>
    public Surroundings Surroundings { get; }

    /// <summary>The full path of an input file: relative to the pipeline's file.</summary>
    public string InputPath(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(File))!);

    /// <summary>The full path of an output file: relative to the state folder.</summary>
    public string OutputPath(string path) => Path.GetFullPath(path, Path.GetFullPath(Surroundings.StateFolder));

    /// <summary>The folder of a model, <c>models/NAME/VERSION</c>: beside the pipeline's file or in a folder above it; null where there is none.</summary>
    public string? ModelFolder(string name, string version) =>
        ModelFolders().Select(folder => Path.Combine(folder, name, version)).FirstOrDefault(Directory.Exists);

    /// <summary>The folders in which models are looked for, as far as they exist, the nearest first.</summary>
    public IEnumerable<string> ModelFolders()
    {
        var folders = new List<string>();
        if (Surroundings.ModelsFolder is { } given) folders.Add(Path.GetFullPath(given));
        else
            for (var folder = Path.GetDirectoryName(Path.GetFullPath(File)); folder is not null; folder = Path.GetDirectoryName(folder))
                folders.Add(Path.Combine(folder, "models"));
        return folders.Where(Directory.Exists);
    }
}

/// <summary>What is given from outside a pipeline's file.</summary>
public sealed record Surroundings
{
    /// <summary>Where output files and the store go. Default: <c>state</c> in the current folder.</summary>
    public string StateFolder { get; init; } = "state";

    /// <summary>Where models are; null to look beside the pipeline's file and above it.</summary>
    public string? ModelsFolder { get; init; }

    /// <summary>Replaces the seed of every simulated source; null to use the file's own.</summary>
    public long? Seed { get; init; }

    /// <summary>Whether steps that need a trained model are built without one, as training does.</summary>
    public bool WithoutModels { get; init; }

    /// <summary>Takes the full paths of the tables that steps look into; null where nobody asks.</summary>
    public ICollection<string>? Tables { get; init; }

    /// <summary>Where a console sink prints. Default: standard output.</summary>
    public TextWriter Console { get; init; } = System.Console.Out;

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
