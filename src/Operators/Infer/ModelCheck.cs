namespace StreamEdge;

/// <summary>A model that fits the rows of a step, ready to score.</summary>
/// <param name="Model">The network.</param>
/// <param name="Contract">What <c>model.yaml</c> says.</param>
/// <param name="Input">Packs rows for it.</param>
/// <param name="Verdict">Reads its results.</param>
/// <param name="Rows">The rows with the columns of the result.</param>
sealed record ModelParts(OnnxModel Model, ModelContract Contract, ModelInput Input, Verdict Verdict, Schema Rows)
{
    public string Sha256 => Contract.Sha256;

    /// <summary>What makes a row suspicious: what the pipeline says, or else the model's own threshold.</summary>
    public BoundExpression? When(BuildContext context, AnomalyOptions anomaly)
    {
        if (anomaly.When is { } given) return Bind(context, given, nameof(AnomalyOptions.When));
        if (Contract.Threshold is { } threshold && Expression.TryParse($"`{Verdict.Columns[0].Name}` > {Number.Text(threshold)}", out var own, out _)) return own.Bind(Rows, []);
        context.Fault(nameof(InferOptions.Anomaly), "anomaly does not say when, and the model has no threshold of its own",
            $"write 'when: {Verdict.Columns[^1].Name switch { "probability" => "label == \"LABEL\"", "value" => "value > 0.5", _ => Rows.ColumnNumber("score") < 0 ? "error > 1.5" : "score > 0.98" }}'");
        return null;
    }

    /// <summary>Makes a condition ready for the rows with their results; reports what is wrong with it.</summary>
    public BoundExpression? Bind(BuildContext context, Expression condition, string entry) => condition.Bind(context, nameof(InferOptions.Anomaly), Kind.Bool, entry, Rows);
}

/// <summary>Opens the model that a step names and checks it against the rows; every fault is told with its place in <c>model.yaml</c>.</summary>
static class ModelCheck
{
    /// <summary>Bytes that the input or the output of one call may take; larger rows are scored fewer at a time.</summary>
    const int MostBytes = 16 << 20;

    public static ModelParts? Open(BuildContext context, string name, string version, int most)
    {
        if (context.Pipeline.ModelFolder(name, version) is not { } path)
        {
            context.Fault(nameof(InferOptions.Model), $"there is no model '{name}@{version}'", Remedy(context, $"{name}@{version}"));
            return null;
        }

        try
        {
            var folder = ModelFolder.Read(path);
            var faults = new Faults(folder.Yaml);
            var parts = Match(context, folder, most, faults);
            faults.ThrowIfAny();
            return parts;
        }
        catch (PipelineException error)
        {
            // The pipeline's file names the model, the model's own file says what it wants: both places are told.
            foreach (var fault in error.Faults) context.Fault(nameof(InferOptions.Model), $"{fault.What} ({fault.File}:{fault.At})", fault.Remedy);
            return null;
        }
    }

    static string Remedy(BuildContext context, string model)
    {
        var train = $"train it with './streamedge train {context.Pipeline.File}'";
        var models = ModelFolder.All(context.Pipeline.ModelFolders());
        if (models.Count == 0) return $"{train}, or put it into the folder 'models/{model.Replace('@', '/')}'";
        return Suggestion.Nearest(model, models) is { } nearest ? $"write '{nearest}', or {train}" : $"{Suggestion.Remedy(model, models, "the models are")}; or {train}";
    }

    static ModelParts? Match(BuildContext context, ModelFolder folder, int most, Faults faults)
    {
        var contract = folder.Contract;
        var features = Features.Match(folder, context, faults);
        var verdict = Verdict.Of(contract);
        foreach (var column in verdict.Columns.Append(new Column(Columns.Anomaly, Kind.Bool)))
            if (context.Input.ColumnNumber(column.Name) >= 0)
                context.Fault("", $"the rows have a column '{column.Name}' already, which infer adds", "score each row by one infer step; branch with from");
        if (!OnnxModel.TryOpen(folder.Onnx, out var model, out var why))
        {
            faults.Add(At(nameof(ModelContract.Sha256)), $"model.onnx cannot be used: {why}", "export it anew");
            return null;
        }

        var before = faults.Count;
        var input = Find(model.Inputs, contract.Input, "input", At(nameof(ModelContract.Input)), faults);
        var output = Find(model.Outputs, contract.Output, "output", At(nameof(ModelContract.Output)), faults);
        if (model.Inputs.Count > 1) faults.Add(At(nameof(ModelContract.Input)), $"model.onnx takes {model.Inputs.Count} inputs", "export it with one input");
        var inputShape = contract.RowShape();
        if (input is not null) CheckShape("input", input.Shape, inputShape, At(nameof(ModelContract.Shape)), faults);
        var outputShape = OutputShape(contract, output, inputShape);
        var (size, wanted) = (Size(outputShape), contract.Result switch { ModelResult.Reconstruction => Size(inputShape), ModelResult.Classes => contract.Labels.Count, _ => 1 });
        if (output is not null && size != wanted)
            faults.Add(At(nameof(ModelContract.Output)), $"the output '{contract.Output}' of model.onnx has {size} values a row, but {Meaning(contract)} has {wanted}", "correct 'result', 'labels' or 'shape'");
        else if (faults.Count == before && !model.TryPrepare(contract.Input, inputShape, contract.Output, outputShape, CapacityOf(contract, size, most), out why))
            faults.Add(At(nameof(ModelContract.Shape)), $"model.onnx cannot score a row of this shape: {why}", "export it with a free number of rows");
        if (faults.Any)
        {
            model.Dispose();
            return null;
        }

        verdict.Use(context.Input.Codes);
        return new(model, contract, contract.Rows == 1 ? new SingleRows(features) : new Sequences(features, contract.Rows), verdict, context.Input.Plus(verdict.Columns));

        Position At(string option) => folder.Bound.PositionOf(option);
    }

    /// <summary>The shape of the output behind the number of rows: the model's own; where that leaves it open, what its meaning asks for.</summary>
    static int[] OutputShape(ModelContract contract, OnnxTensor? output, int[] inputShape)
    {
        if (output is { Shape.Count: > 0 } && output.Shape.Skip(1).All(length => length > 0)) return [.. output.Shape.Skip(1)];
        return contract.Result switch
        {
            ModelResult.Reconstruction => inputShape,
            ModelResult.Classes => [contract.Labels.Count],
            _ => [1],
        };
    }

    static int Size(int[] shape) => shape.Aggregate(1, (size, length) => size * length);

    static int CapacityOf(ModelContract contract, int outputSize, int most) =>
        Math.Clamp(MostBytes / (Math.Max(contract.Rows * contract.Columns.Count, outputSize) * sizeof(float)), 1, most);

    static OnnxTensor? Find(IReadOnlyList<OnnxTensor> tensors, string name, string what, Position at, Faults faults)
    {
        var found = tensors.FirstOrDefault(t => t.Name == name);
        if (found is null) faults.Add(at, $"model.onnx has no {what} {Visible.Quote(name)}", Suggestion.Remedy(name, tensors.Select(t => t.Name), $"its {what}s are"));
        else if (found.Type != "float") faults.Add(at, $"the {what} '{name}' of model.onnx holds {found.Type}, not float", "export it with float32 inputs and outputs");
        else return found;
        return null;
    }

    static void CheckShape(string what, IReadOnlyList<int> found, IReadOnlyList<int> wanted, Position at, Faults faults)
    {
        // A length of -1 is free: the model takes any.
        var fits = found.Count == wanted.Count + 1;
        for (var i = 0; fits && i < wanted.Count; i++) fits = found[i + 1] is var length && (length < 0 || length == wanted[i]);
        if (!fits) faults.Add(at, $"the {what} of model.onnx is {Text(found)}, not {Text([-1, .. wanted])}", $"write 'shape: {Text(found)}', and columns and rows to match");
        else if (found[0] > 0) faults.Add(at, $"the {what} of model.onnx is {Text(found)}: it takes {found[0]} at a time only", "export it with a free number of rows");
    }

    static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape.Select((length, place) => length >= 0 ? $"{length}" : place == 0 ? "batch" : "any"))}]";

    static string Meaning(ModelContract contract) => contract.Result switch
    {
        ModelResult.Reconstruction => "the input",
        ModelResult.Classes => "the list of labels",
        _ => "a value",
    };
}
