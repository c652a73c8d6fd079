namespace StreamEdge;

/// <summary>How to train a model.</summary>
public sealed record ModelTrainingOptions
{
    /// <summary>The infer step to train for; null for the pipeline's only one.</summary>
    public string? Step { get; init; }

    /// <summary>The version to write; null for the one that the step names.</summary>
    public string? Version { get; init; }

    /// <summary>The models folder; null for the one that the pipeline finds, or <c>models</c> beside its file.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether a version that is there already is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Share of the variance that the kept components must explain, above 0 and at most 1. Default: 0.9.</summary>
    public double Explained { get; init; } = 0.9;
}

/// <summary>What was trained.</summary>
/// <param name="Model">The model as NAME@VERSION.</param>
/// <param name="Folder">Where it was written.</param>
/// <param name="Columns">The columns it looks at.</param>
/// <param name="Constant">Columns that were left out, because they had one value only.</param>
/// <param name="Figures">Rows, components, explained variance.</param>
/// <param name="Sampled">Rows that were good, where more came than are used.</param>
/// <param name="Calibration">Quantiles of the training errors.</param>
public sealed record TrainedModel(string Model, string Folder, IReadOnlyList<string> Columns, IReadOnlyList<string> Constant, TrainingFigures Figures, long Sampled, Calibration Calibration);

/// <summary>
/// Trains the model of an infer step on the rows that reach it: runs the pipeline up to that step, without its sinks,
/// and learns a principal-component reconstruction of them (<see cref="PcaTrainer"/>). Nothing leaves the plant.
/// </summary>
public static class ModelTraining
{
    /// <summary>Fewest rows per column that a model is trained on.</summary>
    const int RowsPerColumn = 3;

    /// <summary>A column that spreads less than this part of its mean has one value, but for rounding.</summary>
    const double RoundingError = 1e-12;

    /// <summary>Trains and writes a model.</summary>
    /// <param name="plan">The pipeline, compiled with <see cref="Surroundings.WithoutModels"/>. It is run, so it can be used once.</param>
    /// <param name="options">How.</param>
    /// <param name="cancel">Ends the input early; the model is then not written.</param>
    /// <exception cref="PipelineException">The pipeline has no such step, the version exists, or the rows do not make a model.</exception>
    /// <exception cref="IOException">The model cannot be written; told before the training.</exception>
    public static async Task<TrainedModel> RunAsync(Plan plan, ModelTrainingOptions options, CancellationToken cancel)
    {
        var (step, name, version, folder) = Target(plan, options);
        var input = step.Inputs[0].Output!;
        var columns = Inputs(input).Select(input.ColumnNumber).ToList();
        if (columns.Count < 2)
            throw new PipelineException(new Fault(plan.Context.File, step.At, $"a model needs at least two columns that are numbers, but the rows have {columns.Count}", "add signals or aggregates to the window"));
        var rows = new TrainingRows(input, columns);
        await using (var graph = (plan with { Steps = UpTo(plan, step) }).ToGraph())
        {
            using var watching = graph.Observe(step.Name).Subscribe(rows);
            await graph.RunAsync(cancel);
        }

        cancel.ThrowIfCancellationRequested();
        if (rows.Failure is { } failure) throw new InvalidOperationException("the training rows could not be kept", failure);
        return Write(plan, step, rows, input, columns, new(name, version, folder, options));
    }

    /// <summary>The columns of rows that a model is trained on: the numbers, but for how well a window is covered, which is not the machine's doing.</summary>
    internal static IEnumerable<string> Inputs(Schema rows) =>
        rows.Columns.Where(column => column.Kind is Kind.Number or Kind.Integer && column.Name != Columns.Coverage).Select(column => column.Name);

    static (PlannedStep Step, string Name, string Version, string Folder) Target(Plan plan, ModelTrainingOptions options)
    {
        var steps = plan.Steps.Where(step => step.Options is InferOptions && (options.Step is null || step.Name == options.Step)).ToList();
        if (steps.Count != 1)
        {
            var names = string.Join(", ", plan.Steps.Where(step => step.Options is InferOptions).Select(step => step.Name));
            throw new PipelineException(steps.Count > 1
                ? new Fault(plan.Context.File, steps[1].At, "the pipeline has several infer steps", $"name the one to train: {names}")
                : new Fault(plan.Context.File, Position.Start, options.Step is null ? "the pipeline has no infer step" : $"there is no infer step '{options.Step}'",
                    names.Length == 0 ? "add '- infer: { model: NAME@1 }' behind its window" : $"the infer steps are {names}"));
        }

        ModelFolder.TrySplit(((InferOptions)steps[0].Options!).Model, out var name, out var version);
        version = options.Version ?? version;
        if (!ModelFolder.TrySplit($"{name}@{version}", out _, out _))
            throw new PipelineException(new Fault(plan.Context.File, steps[0].At, $"{Visible.Quote(version)} is no version", "write a number, or a word of letters, digits, '-', '_' and '.'"));
        var models = options.Folder ?? plan.Context.ModelFolders().FirstOrDefault()
            ?? plan.Context.Surroundings.ModelsFolder ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(plan.Context.File))!, "models");
        var folder = Path.GetFullPath(Path.Combine(models, name, version));
        if (Directory.Exists(folder) && !options.Force)
            throw new PipelineException(new Fault(plan.Context.File, steps[0].At, $"the model '{name}@{version}' exists already, in {folder}", $"write another with --version {NextFree(Path.GetDirectoryName(folder)!)}, or replace it with --force"));
        ModelFolder.CheckWritable(folder);
        return (steps[0], name, version, folder);
    }

    /// <summary>The number behind the highest version that is there.</summary>
    static int NextFree(string model) => 1 + Directory.EnumerateDirectories(model).Max(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0);

    /// <summary>The step and all that leads to it, in the order of the data.</summary>
    static List<PlannedStep> UpTo(Plan plan, PlannedStep last)
    {
        var needed = new HashSet<PlannedStep> { last };
        foreach (var step in plan.Steps.Reverse())
            if (needed.Contains(step)) needed.UnionWith(step.Inputs);
        return [.. plan.Steps.Where(needed.Contains)];
    }

    static TrainedModel Write(Plan plan, PlannedStep step, TrainingRows rows, Schema input, List<int> columns, Place place)
    {
        PipelineException Fault(string what, string remedy) => new(new Fault(plan.Context.File, step.At, what, remedy));

        if (rows.Kept == 0) throw Fault($"no row can be used: {rows.Skipped:N0} came, and each lacked a value or was not good", "let it read data of normal running");
        var (mean, std) = PcaTrainer.Moments(rows.Values, columns.Count);
        var used = Enumerable.Range(0, columns.Count).Where(i => std[i] > RoundingError * Math.Abs(mean[i])).ToArray();
        string Name(int i) => input.Columns[columns[i]].Name;

        if (used.Length < 2) throw Fault($"a model needs at least two columns that vary, but of {columns.Count} only {used.Length} {(used.Length == 1 ? "does" : "do")}", "add signals or aggregates to the window");
        if (rows.Kept < RowsPerColumn * used.Length) throw Fault($"{rows.Kept:N0} rows are too few for {used.Length} columns", $"let it read at least {RowsPerColumn * used.Length} rows of normal running");

        var values = Chosen(rows.Values, columns.Count, used);
        var pca = PcaTrainer.Fit(values, used.Length, place.Options.Explained);
        var errors = new double[rows.Kept];
        for (var row = 0; row < errors.Length; row++) errors[row] = pca.Error(values.AsSpan(row * used.Length, used.Length));
        var figures = new TrainingFigures { Rows = rows.Kept, Skipped = rows.Skipped, Components = pca.Components, Explained = pca.Explained };
        var contract = new ModelContract
        {
            Name = place.Name,
            Version = place.Version,
            Sha256 = "",
            Input = "row",
            Shape = ["batch", $"{used.Length}"],
            Columns = [.. used.Select((column, i) => new ModelColumn
            {
                Column = Name(column),
                Unit = input.Columns[columns[column]].Unit,
                Mean = pca.Mean[i],
                Std = pca.Std[i],
                Range = RangeOf(values, used.Length, i),
            })],
            Output = "reconstruction",
            Result = ModelResult.Reconstruction,
            Calibration = Calibration.Of(errors),
            Training = figures,
        };
        ModelFolder.Write(place.Folder, contract, OnnxFile.Network(contract.Input, contract.Output, pca.Weights), place.Options.Force);
        return new($"{place.Name}@{place.Version}", place.Folder, [.. used.Select(Name)], [.. Enumerable.Range(0, columns.Count).Except(used).Select(Name)], figures, rows.Seen, contract.Calibration);
    }

    static double[] Chosen(ReadOnlySpan<double> rows, int columns, int[] used)
    {
        var values = new double[rows.Length / columns * used.Length];
        for (var at = 0; at < values.Length; at++) values[at] = rows[(at / used.Length * columns) + used[at % used.Length]];
        return values;
    }

    static Bounds RangeOf(double[] values, int columns, int column)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var at = column; at < values.Length; at += columns) (min, max) = (Math.Min(min, values[at]), Math.Max(max, values[at]));
        return new(min, max);
    }

    sealed record Place(string Name, string Version, string Folder, ModelTrainingOptions Options);
}
