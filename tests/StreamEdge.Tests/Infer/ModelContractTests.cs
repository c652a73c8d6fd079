namespace StreamEdge;

/// <summary>A model that does not fit, and a step that asks for what a model does not give, are told before anything runs: what, where, and what to do.</summary>
public sealed class ModelContractTests : IDisposable
{
    const string Good = """
        name: press
        version: 2
        sha256: SHA
        input: row
        shape: [batch, 2]
        columns:
          - { column: temp, unit: degC }
          - { column: flow }
        output: back
        result: reconstruction
        """;

    static readonly byte[] s_onnx = OnnxFile.Network("row", "back", new double[2, 2]);

    readonly TempModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_model_that_fits_has_no_fault()
    {
        _models.Add("press@2", Good, s_onnx);

        Assert.Empty(Faults("{ model: press@2, anomaly: { when: error > 1, for: 3 rows } }"));
    }

    [Theory]
    [InlineData("{ model: press }", "plant.yaml:1:10: 'press' is no model; write it as NAME@VERSION, such as press@2")]
    [InlineData("{ model: ../press@2 }", "plant.yaml:1:10: '../press@2' is no model; write it as NAME@VERSION, such as press-anomaly@2")]
    [InlineData("{ model: pres@2 }", "plant.yaml:1:10: there is no model 'pres@2'; write 'press@2', or train it with './streamedge train plant.yaml'")]
    [InlineData("{ model: motor@7 }", "plant.yaml:1:10: there is no model 'motor@7'; the models are press@1, press@2; or train it with './streamedge train plant.yaml'")]
    [InlineData("{ model: press@2, anomaly: { when: score > 1 } }", "plant.yaml:1:36: there is no column 'score'; the columns are temp, flow, error, contribution_temp, contribution_flow, top, machine, quality")]
    [InlineData("{ model: press@2, anomaly: { when: top > 1 } }", "plant.yaml:1:40: 'top' (text) cannot be compared with a number; texts stand in double quotes, numbers do not")]
    [InlineData("{ model: press@2, anomaly: { when: error == \"hot\" } }", "plant.yaml:1:42: 'error' (a number) cannot be compared with text; texts stand in double quotes, numbers do not")]
    [InlineData("{ model: press@2, anomaly: { when: error >> 1 } }", "plant.yaml:1:43: infer.anomaly.when: '>' stands where a value is expected; write a name, a number or a text in double quotes")]
    [InlineData("{ model: press@2, anomaly: { when: error > 1, clear: eror < 1 } }", "plant.yaml:1:54: there is no column 'eror'; did you mean 'error'?")]
    [InlineData("{ model: press@2, anomaly: { when: error > 1, for: 2 windows } }", "plant.yaml:1:52: infer cannot count windows here; write 'for: 2 rows'")]
    [InlineData("{ model: press@2, anomaly: {} }", "plant.yaml:1:28: anomaly does not say when, and the model has no threshold of its own; write 'when: error > 1.5'")]
    [InlineData("{ model: press@2, batch: { max: 5000 } }", "plant.yaml:1:33: infer.batch.max: 5000 is too large; write 1 to 1024")]
    public void A_mistake_in_the_pipelines_file_is_told_with_its_place(string options, string fault)
    {
        _models.Add("press@1", Good.Replace("version: 2", "version: 1"), s_onnx);
        _models.Add("press@2", Good, s_onnx);

        Assert.Equal([fault], Faults(options));
    }

    [Fact]
    public void Several_mistakes_are_told_at_once()
    {
        _models.Add("press@2", Good, s_onnx);

        Assert.Equal(
            [
                "plant.yaml:1:36: there is no column 'eror'; did you mean 'error'?",
                "plant.yaml:1:51: infer cannot count windows here; write 'for: 2 rows'",
                "plant.yaml:1:69: there is no column 'skore'; the columns are temp, flow, error, contribution_temp, contribution_flow, top, machine, quality",
            ],
            Faults("{ model: press@2, anomaly: { when: eror > 1, for: 2 windows, clear: skore < 1 } }"));
    }

    [Fact]
    public void Where_there_are_no_models_at_all_training_is_named() =>
        Assert.Equal(
            ["plant.yaml:1:10: there is no model 'press@2'; train it with './streamedge train plant.yaml', or put it into the folder 'models/press/2'"],
            Faults("{ model: press@2 }"));

    [Theory]
    [InlineData("columns:", "colums:", "model has no option 'colums' (MODEL:6:1); did you mean 'columns'?")]
    [InlineData("sha256: SHA", "sha256: 12ab", "sha256 is not 64 hexadecimal digits (MODEL:3:9); write what 'sha256sum model.onnx' says")]
    [InlineData("name: press", "name: pres", "the model is called 'pres', but its folder 'press' (MODEL:1:7); give both the same name")]
    [InlineData("version: 2", "version: 3", "the model's version is '3', but its folder is '2' (MODEL:2:10); give both the same version")]
    [InlineData("input: row", "input: rows", "model.onnx has no input 'rows' (MODEL:4:8); did you mean 'row'?")]
    [InlineData("output: back", "output: y", "model.onnx has no output 'y' (MODEL:9:9); its outputs are back")]
    [InlineData("shape: [batch, 2]", "shape: [batch, 3]", "the shape holds 3 values, but 1 row of 2 columns make 2 (MODEL:5:8); write it like [batch, 2]")]
    [InlineData("shape: [batch, 2]", "shape: [2]", "the shape does not begin with batch (MODEL:5:9); write it like [batch, 2]")]
    [InlineData("shape: [batch, 2]", "shape: [batch, two]", "'two' is no length (MODEL:5:16); write whole numbers behind batch")]
    [InlineData("shape: [batch, 2]", "shape: [batch, 1, 2]", "the input of model.onnx is [batch, 2], not [batch, 1, 2] (MODEL:5:8); write 'shape: [batch, 2]', and columns and rows to match")]
    [InlineData("result: reconstruction", "result: classes", "classes need at least two labels, not 0 (MODEL:10:9); write 'labels: [normal, worn]' in the order of the output")]
    [InlineData("result: reconstruction", "result: value", "the output 'back' of model.onnx has 2 values a row, but a value has 1 (MODEL:9:9); correct 'result', 'labels' or 'shape'")]
    [InlineData("result: reconstruction", "result: reconstruction\nlabels: [a, b]", "only classes have labels (MODEL:11:9); leave them out, or write 'result: classes'")]
    [InlineData("result: reconstruction", "result: reconstruction\nclip: 0", "clip must be above 0 (MODEL:11:7); write it like 10, or leave it out")]
    [InlineData("result: reconstruction", "result: reconstruction\ncalibration: { rows: 9, shares: [0, 1], errors: [2, 1] }", "calibration's errors do not ascend at 1 (MODEL:11:14); train the model anew, or leave calibration out")]
    [InlineData("column: flow", "column: flw", "the rows have no column 'flw', which the model wants (MODEL:8:5); did you mean 'flow'?")]
    [InlineData("column: flow", "column: flow, std: 0", "the std of 'flow' must be above 0 (MODEL:8:5); write 1 where it is not scaled")]
    [InlineData("column: flow", "column: flow, unit: bar", "'flow' has no unit here, but the model wants bar (MODEL:8:5); declare its unit under 'signals:', or train a new version")]
    [InlineData("column: flow", "column: flow, equals: high", "'flow' is compared with a text, but is a number (MODEL:8:5); leave 'equals' out")]
    [InlineData("column: flow", "column: temp", "'temp' is named twice (MODEL:8:5); name each column once")]
    [InlineData("unit: degC", "unit: bar", "'temp' is in degC (temperature) here, which cannot be turned into the model's bar (pressure) (MODEL:7:5); use a model that was trained on this quantity")]
    [InlineData("unit: degC", "unit: degc", "model.columns[0].unit: 'degc' is no unit (MODEL:7:27); did you mean 'degC'?")]
    public void A_mistake_in_the_model_is_told_with_both_places(string right, string wrong, params string[] faults)
    {
        var file = _models.Add("press@2", Good.Replace(right, wrong), s_onnx);

        Assert.Equal(faults.Select(fault => $"plant.yaml:1:10: {fault.Replace("MODEL", file)}"), Faults("{ model: press@2 }"));
    }

    [Fact]
    public void A_length_of_the_shape_may_be_any_whole_number_of_a_file()
    {
        _models.Add("press@2", Good.Replace("shape: [batch, 2]", "shape: [batch, 0x2]"), s_onnx);

        Assert.Empty(Faults("{ model: press@2 }"));
    }

    [Fact]
    public void Every_column_that_does_not_fit_is_told()
    {
        var file = _models.Add("press@2", Good.Replace("unit: degC", "unit: V").Replace("column: flow", "column: speed"), s_onnx);

        Assert.Equal(
            [
                $"plant.yaml:1:10: 'temp' is in degC (temperature) here, which cannot be turned into the model's V (voltage) ({file}:7:5); use a model that was trained on this quantity",
                $"plant.yaml:1:10: the rows have no column 'speed', which the model wants ({file}:8:5); their columns are temp, flow; or train a new version",
            ],
            Faults("{ model: press@2 }"));
    }

    [Fact]
    public void A_network_that_was_exchanged_is_noticed()
    {
        var file = _models.Add("press@2", Good, s_onnx);
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(file)!, "model.onnx"), OnnxFile.Network("row", "back", new double[,] { { 1, 0 }, { 0, 1 } }));

        Assert.StartsWith($"plant.yaml:1:10: model.onnx is not the file that this contract was written for ({file}:3:9); its sha256 is ", Assert.Single(Faults("{ model: press@2 }")));
    }

    [Fact]
    public void A_file_that_is_no_network_is_told()
    {
        var file = _models.Add("press@2", Good, [1, 2, 3]);

        Assert.Matches(@$"^plant.yaml:1:10: model.onnx cannot be used: .* \({file}:3:9\); export it anew$", Assert.Single(Faults("{ model: press@2 }")));
    }

    [Fact]
    public void A_missing_file_is_told()
    {
        var file = _models.Add("press@2", Good, s_onnx);
        File.Delete(Path.Combine(Path.GetDirectoryName(file)!, "model.onnx"));

        Assert.StartsWith($"plant.yaml:1:10: model.onnx cannot be read: Could not find file", Assert.Single(Faults("{ model: press@2 }")));
    }

    [Fact]
    public void Readings_cannot_be_scored()
    {
        _models.Add("press@2", Good, s_onnx);
        var readings = Schema.Readings(new KeyTable(["machine"], 1), new CodeTable(), [new Signal("temp", Kind.Number, null)]);

        Assert.Equal(["plant.yaml:1:1: infer works on rows, but readings come in; put a window or an align before it"], new InferRig(_models, readings, "{ model: press@2 }").Faults);
    }

    [Fact]
    public void Rows_are_scored_once()
    {
        _models.Add("press@2", Good, s_onnx);
        var scored = InferRig.Wide(false, "temp:degC", "flow", "error");

        Assert.Equal(["plant.yaml:1:1: the rows have a column 'error' already, which infer adds; score each row by one infer step; branch with from"], new InferRig(_models, scored, "{ model: press@2 }").Faults);
    }

    IReadOnlyList<string> Faults(string options) => new InferRig(_models, InferRig.Wide(false, "temp:degC", "flow"), options).Faults;
}
