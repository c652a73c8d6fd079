using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace StreamEdge;

/// <summary>Training on the rows that reach infer, and scoring with what was learned.</summary>
public sealed class ModelTrainingTests : IDisposable
{
    const string Plant = """
        pipeline: plant
        signals:
          temp: { unit: degC }
          pressure: { unit: bar }
          speed: {}
          door: { type: bool }
        steps:
          - collect: { made: ROWS }
          - fold: {}
          - infer: { model: plant@1, batch: { wait: 0s }, anomaly: { when: score > 0.99 } }
          - transmit: { out: { collected: {}, only: anomaly } }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("plant").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_trained_on_normal_running_finds_what_is_not()
    {
        var trained = await Train();

        Assert.Equal(("plant@1", Path.Combine(_folder, "models", "plant", "1")), (trained.Model, trained.Folder));
        Assert.Equal(["temp", "pressure", "speed"], trained.Columns);
        Assert.Equal((990, 10, 2), (trained.Figures.Rows, trained.Figures.Skipped, trained.Figures.Components));
        Assert.InRange(trained.Figures.Explained, 0.9, 1);

        // Pressure follows temp and speed goes its own way; the last three rows break with that, each in its own manner.
        var marks = await Run(Plant.Replace("ROWS", "{ rows: 300, seed: 5, faults: true }"));
        Assert.Equal("+++", marks[^3..]);
        Assert.InRange(marks.Count(m => m == '+'), 3, 3 + 9);
    }

    [Fact]
    public async Task The_written_network_gives_what_the_closed_form_does()
    {
        var values = Made.Values(seed: 3, rows: 400, gaps: false);
        var closed = PcaTrainer.Fit(values, 3);
        var trained = await Train(Plant.Replace("ROWS", "{ rows: 400, seed: 3, gaps: false }"));
        var contract = ModelFolder.Read(trained.Folder).Contract;
        using var session = new InferenceSession(Path.Combine(trained.Folder, "model.onnx"));
        var input = values.Select((value, at) => (float)((value - contract.Columns[at % 3].Mean) / contract.Columns[at % 3].Std)).ToArray();
        using var given = OrtValue.CreateTensorValueFromMemory(input, [400, 3]);

        using var results = session.Run(new RunOptions(), ["row"], [given], ["reconstruction"]);
        var output = results[0].GetTensorDataAsSpan<float>().ToArray();

        for (var row = 0; row < 400; row++)
        {
            var error = 0.0;
            for (var column = 0; column < 3; column++)
            {
                var expected = Enumerable.Range(0, 3).Sum(i => input[(row * 3) + i] * closed.Weights[i, column]);
                Assert.Equal(expected, output[(row * 3) + column], 1e-5);
                error += Math.Pow(input[(row * 3) + column] - output[(row * 3) + column], 2) / 3;
            }

            Assert.Equal(closed.Error(values.AsSpan(row * 3, 3)), error, 1e-5);
        }
    }

    [Fact]
    public void A_step_of_a_signal_that_moves_alone_is_an_error_as_well()
    {
        var values = Made.Values(seed: 3, rows: 2000, gaps: false);
        var pca = PcaTrainer.Fit(values, 3);
        var usual = Enumerable.Range(0, 2000).Select(row => pca.Error(values.AsSpan(row * 3, 3))).Order().ElementAt(1980);
        double[] mean = [pca.Mean[0], pca.Mean[1], pca.Mean[2]];

        // Speed is a component of its own, and kept.
        Assert.Equal(2, pca.Components);
        Assert.True(pca.Error([mean[0], mean[1], mean[2] + 6 * pca.Std[2]]) > 2 * usual);
        Assert.True(pca.Error([mean[0] + 2 * pca.Std[0], mean[1], mean[2]]) > 2 * usual);
        Assert.True(pca.Error([mean[0] + pca.Std[0], mean[1] + pca.Std[1], mean[2]]) < usual);
    }

    [Fact]
    public async Task A_version_that_is_there_is_replaced_only_by_force()
    {
        var first = await Train();
        var yaml = File.ReadAllText(Path.Combine(first.Folder, "model.yaml"));
        var other = Plant.Replace("ROWS", "{ rows: 500, seed: 9 }");

        var error = await Assert.ThrowsAsync<PipelineException>(() => Train(other));
        Assert.Equal($"{Path.Combine(_folder, "plant.yaml")}:10:5: the model 'plant@1' exists already, in {first.Folder}; write another with --version 2, or replace it with --force", error.Message);
        Assert.Equal(yaml, File.ReadAllText(Path.Combine(first.Folder, "model.yaml")));

        var second = await Train(other, new() { Version = "2" });
        Assert.Equal("plant@2", second.Model);
        await Train(other, new() { Force = true });
        Assert.NotEqual(yaml, File.ReadAllText(Path.Combine(first.Folder, "model.yaml")));
        Assert.Equal(["1", "2"], Directory.GetDirectories(Path.Combine(_folder, "models", "plant")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_same_rows_make_the_same_bytes()
    {
        var first = await Train();
        var again = await Train(options: new() { Version = "2" });

        Assert.Equal(File.ReadAllBytes(Path.Combine(first.Folder, "model.onnx")), File.ReadAllBytes(Path.Combine(again.Folder, "model.onnx")));
        Assert.Equal(File.ReadAllText(Path.Combine(first.Folder, "model.yaml")).Replace("version: 1", "version: 2"), File.ReadAllText(Path.Combine(again.Folder, "model.yaml")));
    }

    [Theory]
    [InlineData("{ rows: 5 }", "5 rows are too few for 3 columns; let it read at least 9 rows of normal running")]
    [InlineData("{ rows: 50, constant: true }", "a model needs at least two columns that vary, but of 3 only 1 does; add signals or aggregates to the window")]
    [InlineData("{ rows: 0 }", "no row can be used: 0 came, and each lacked a value or was not good; let it read data of normal running")]
    public async Task Rows_that_make_no_model_are_told(string rows, string fault)
    {
        var error = await Assert.ThrowsAsync<PipelineException>(() => Train(Plant.Replace("ROWS", rows)));

        Assert.Equal($"{Path.Combine(_folder, "plant.yaml")}:10:5: {fault}", error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder, "models")));
    }

    [Theory]
    [InlineData("bool", 0)]
    [InlineData("number", 1)]
    public async Task Rows_that_are_not_numbers_are_told_before_anything_runs(string temp, int numbers)
    {
        var yaml = Plant.Replace("temp: { unit: degC }", $"temp: {{ type: {temp} }}").Replace("pressure: { unit: bar }", "pressure: { type: bool }").Replace("speed: {}", "speed: { type: bool }");

        var error = await Assert.ThrowsAsync<PipelineException>(() => Train(yaml.Replace("ROWS", "{ rows: 50 }")));

        Assert.Equal($"{Path.Combine(_folder, "plant.yaml")}:10:5: a model needs at least two columns that are numbers, but the rows have {numbers}; add signals or aggregates to the window", error.Message);
    }

    [Fact]
    public async Task A_pipeline_without_infer_is_told()
    {
        var yaml = string.Join('\n', Plant.Replace("ROWS", "{ rows: 50 }").Replace(", only: anomaly", "").Split('\n').Where(line => !line.Contains("infer")));

        var error = await Assert.ThrowsAsync<PipelineException>(() => Train(yaml));

        Assert.Equal($"{Path.Combine(_folder, "plant.yaml")}:1:1: the pipeline has no infer step; add '- infer: {{ model: NAME@1 }}' behind its window", error.Message);
    }

    [Fact]
    public void A_written_contract_reads_back_as_it_was()
    {
        var folder = Path.Combine(_folder, "press", "2");
        var contract = new ModelContract
        {
            Name = "press",
            Version = "2",
            Sha256 = "",
            Input = "in put",
            Shape = ["batch", "2", "2"],
            Rows = 2,
            Clip = 10,
            Columns =
            [
                new() { Column = "Volume Flow", Unit = Units.TryParse("m3/h", out var unit) ? unit : null, Mean = 0.1 + 0.2, Std = 1e-7, Range = new(-1, 3e22) },
                new() { Column = "type", Text = "null" },
            ],
            Output = "out",
            Result = ModelResult.Reconstruction,
            Threshold = 1.5,
            Calibration = new() { Rows = 12, Shares = [0, 0.5, 1], Errors = [0.1, 0.2, 1e-3 + 1] },
            Training = new() { Rows = 12, Skipped = 3, Components = 1, Explained = 0.97 },
        };

        ModelFolder.Write(folder, contract, [1, 2, 3]);
        var read = ModelFolder.Read(folder).Contract;

        Assert.Equal(contract.Columns, read.Columns);
        Assert.Equal(contract.Training, read.Training);
        Assert.Equal((contract.Name, contract.Version, contract.Input, contract.Output, contract.Rows), (read.Name, read.Version, read.Input, read.Output, read.Rows));
        Assert.Equal((contract.Clip, contract.Threshold, contract.Result), (read.Clip, read.Threshold, read.Result));
        Assert.Equal(contract.Shape, read.Shape);
        Assert.Equal(12, read.Calibration!.Rows);
        Assert.Equal(contract.Calibration.Shares, read.Calibration.Shares);
        Assert.Equal(contract.Calibration.Errors, read.Calibration.Errors);
        Assert.Equal("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", read.Sha256);
        Assert.Throws<IOException>(() => ModelFolder.Write(folder, contract, [1]));
    }

    Task<TrainedModel> Train(string? yaml = null, ModelTrainingOptions? options = null) =>
        ModelTraining.RunAsync(Compile(yaml ?? Plant.Replace("ROWS", "{ rows: 1000, seed: 1 }"), training: true), options ?? new(), CancellationToken.None);

    async Task<string> Run(string yaml)
    {
        var marks = new StringBuilder();
        await using var graph = Compile(yaml, training: false).ToGraph();
        using var watching = graph.Observe("infer").Subscribe(new Marks(marks));
        await graph.RunAsync(CancellationToken.None);
        return marks.ToString();
    }

    Plan Compile(string yaml, bool training)
    {
        Directory.CreateDirectory(Path.Combine(_folder));
        var catalog = new Catalog().Source<MadeOptions>("made").Operator<FoldOptions>("fold").Operator<InferOptions>("infer").Sink<CollectedOptions>("collected");
        return new Compiler(catalog, new Surroundings { WithoutModels = training }).Compile(Path.Combine(_folder, "plant.yaml"), Encoding.UTF8.GetBytes(yaml));
    }

    sealed class Marks(StringBuilder marks) : IObserver<Batch>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error) => throw error;

        public void OnNext(Batch value)
        {
            foreach (var mark in value.Bits(value.Schema.ColumnNumber(Columns.Anomaly))) marks.Append(mark == 1 ? '+' : mark == 0 ? '-' : '?');
            value.Release();
        }
    }
}
