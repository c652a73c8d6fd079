using System.CommandLine;
using System.Globalization;

namespace StreamEdge;

/// <summary><c>streamedge train</c>: learns what is normal from the rows that reach a pipeline's infer step.</summary>
sealed class TrainVerb : Verb
{
    readonly Argument<string> _file = PipelineFiles.One();
    readonly Option<string?> _step = new("--step") { HelpName = "NAME", Description = "The infer step to train for. Default: the only one." };
    readonly Option<string?> _version = new("--version") { HelpName = "N", Description = "The version to write, a whole number from 1. Default: the one that the step names." };
    readonly Option<string?> _to = new("--to") { HelpName = "DIR", Description = "The models folder to write to. Default: the one that the pipeline finds." };
    readonly Option<bool> _force = new("--force") { Description = "Replaces a version that is there already." };
    readonly Option<long?> _seed = SharedOptions.Seed();

    public TrainVerb() : base("train", "Trains the model of a pipeline from its own input.", "streamedge train pipelines/demo.yaml --version 2")
    {
        Add(_file);
        Add(_step);
        Add(_version);
        Add(_to);
        Add(_force);
        Add(_seed);
    }

    /// <inheritdoc/>
    public override string Detail => "The input should be of normal running: the model learns how the columns belong together, and later scores how far they do not. Sinks get nothing.";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult given, Terminal terminal, Catalog steps)
    {
        var file = given.GetRequiredValue(_file);
        var version = VersionOf(given);
        if (given.GetValue(_to) is { } to) Folders.CheckPlace(_to.Name, to);
        var surroundings = new Surroundings { Seed = given.GetValue(_seed), Time = terminal.Time, WithoutModels = true };
        if (PipelineFiles.Compile(this, file, steps, surroundings, terminal) is not { } plan) return Exit.Mistakes;
        SharedOptions.CheckSeed(this, given, _seed, plan);
        var options = new ModelTrainingOptions
        {
            Step = given.GetValue(_step),
            Version = version,
            Folder = given.GetValue(_to),
            Force = given.GetValue(_force),
        };
        try
        {
            Write(await ModelTraining.RunAsync(plan, options, terminal.Stop), terminal.Out);
            return Exit.Fine;
        }
        catch (PipelineException error)
        {
            PipelineFiles.Tell(file, error, terminal.Error);
            return Exit.Mistakes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"streamedge: the model cannot be written: {error.Message}");
            return Exit.Failed;
        }
        catch (StepFailure failure)
        {
            terminal.Error.WriteLine($"streamedge: {failure.Message}; nothing was trained");
            return Exit.Failed;
        }
        catch (OperationCanceledException) when (terminal.Stop.IsCancellationRequested)
        {
            terminal.Error.WriteLine("streamedge: stopped before the end of the input; nothing was trained");
            return Exit.Failed;
        }
    }

    string? VersionOf(ParseResult given)
    {
        if (given.GetValue(_version) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, null, out var version) && version >= 1
            ? $"{version}"
            : throw new MisuseException($"train: --version {Visible.Quote(text)} is no version; write a whole number from 1");
    }

    static void Write(TrainedModel model, TextWriter output)
    {
        var (figures, calibration) = (model.Figures, model.Calibration);
        output.WriteLine($"{model.Model}: trained on {figures.Rows:N0} rows, written to {Path.GetRelativePath(".", model.Folder)}");
        var sampled = model.Sampled > figures.Rows ? $"; a sample of {model.Sampled:N0} good ones" : "";
        Fact("rows", $"{figures.Rows:N0} used{sampled}, {figures.Skipped:N0} left out for a missing value or their quality");
        Fact("columns", string.Join(", ", model.Columns));
        if (model.Constant.Count > 0) Fact("left out", $"{string.Join(", ", model.Constant)}: one value only");
        Fact("learned", $"{figures.Components} component{(figures.Components == 1 ? "" : "s")} of {model.Columns.Count}, which explain {figures.Explained:P1} of the variance");
        Fact("error", string.Join(", ", calibration.Shares.Zip(calibration.Errors).Where(q => q.First is 0.5 or 0.95 or 0.99 or 1).Select(q => $"{Share(q.First)} {Number.Text(Math.Round(q.Second, 6))}")));

        void Fact(string name, string text) => HelpText.Hang($"  {name.PadRight(10)}", text, 12, output);

        static string Share(double share) => share == 1 ? "largest" : $"{share * 100:0} % below";
    }
}
