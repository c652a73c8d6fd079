using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;

namespace StreamEdge;

/// <summary>
/// The whole infer step against the bare network: 512 rows a call through a 16-32-16 reconstruction. The bare loop calls
/// ONNX Runtime by IoBinding on pinned memory that is filled already; the step copies the row, scales it, scores it,
/// tells error, score, 16 contributions and the top column, checks the training ranges and marks anomalies.
/// </summary>
static class InferBenchmark
{
    const int Rows = 512, Inputs = 16, Calls = 2_000;

    /// <summary>Prints <c>infer ratio …</c>: the speed of the step as a part of the bare loop's.</summary>
    public static void Run()
    {
        var models = Directory.CreateTempSubdirectory("models").FullName;
        try
        {
            var onnx = OnnxFile.Network("row", "reconstruction", Weights(1, Inputs, 32), Weights(2, 32, Inputs));
            Write(Path.Combine(models, "bench", "1"), onnx);
            Compare(models, onnx);
        }
        finally
        {
            Directory.Delete(models, recursive: true);
        }
    }

    static void Compare(string models, byte[] onnx)
    {
        using var bare = new Bare(onnx);
        using var step = new WholeStep(models);
        var ratio = Measure.Paired(() => bare.Run(Calls), () => step.Run(Calls), pairs: 11);
        Console.WriteLine($"infer ratio {1 / ratio.Cpu:0.00} of the bare loop's speed by CPU, {1 / ratio.Wall:0.00} by wall (goal 0.60); {Rows * Calls / (ratio.YardstickCpu * ratio.Cpu) / 1e6:0.0} M rows/s, {ratio.Allocated / Calls:0.0} B allocated a call");
    }

    static void Write(string folder, byte[] onnx)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), onnx);
        File.WriteAllText(Path.Combine(folder, "model.yaml"), $$"""
            name: bench
            version: 1
            sha256: {{Convert.ToHexStringLower(SHA256.HashData(onnx))}}
            input: row
            shape: [batch, {{Inputs}}]
            columns:
            {{string.Join('\n', Enumerable.Range(0, Inputs).Select(i => $"  - {{ column: c{i}, mean: 20, std: 2, range: [0, 40] }}"))}}
            output: reconstruction
            result: reconstruction
            calibration: { rows: 1000, shares: [{{string.Join(", ", Calibration.UsualShares)}}], errors: [{{string.Join(", ", Calibration.UsualShares.Select(s => s * 4))}}] }
            """);
    }

    static double[,] Weights(int seed, int rows, int columns)
    {
        var dice = new Random(seed);
        var weights = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) weights[i, j] = (dice.NextDouble() - 0.5) / 2;
        return weights;
    }

    static double Value(int row, int column) => 20 + 4 * Math.Sin(row * 0.7 + column);

    sealed class Bare : IDisposable
    {
        readonly InferenceSession _session;
        readonly OrtIoBinding _binding;
        readonly OrtValue _from, _to;
        readonly RunOptions _run = new();
        readonly float[] _input = GC.AllocateArray<float>(Rows * Inputs, pinned: true), _output = GC.AllocateArray<float>(Rows * Inputs, pinned: true);

        public Bare(byte[] onnx)
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            _session = new InferenceSession(onnx, options);
            _from = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _input.AsMemory(), [Rows, Inputs]);
            _to = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _output.AsMemory(), [Rows, Inputs]);
            _binding = _session.CreateIoBinding();
            _binding.BindInput("row", _from);
            _binding.BindOutput("reconstruction", _to);
            for (var i = 0; i < _input.Length; i++) _input[i] = (float)((Value(i / Inputs, i % Inputs) - 20) / 2);
        }

        public Checksum Run(int calls)
        {
            for (var call = 0; call < calls; call++) _session.RunWithBinding(_run, _binding);
            return new() { Rows = (long)calls * Rows, Means = Math.Round(_input.Zip(_output, (x, y) => (double)(x - y) * (x - y)).Average(), 4) };
        }

        public void Dispose()
        {
            _binding.Dispose();
            _from.Dispose();
            _to.Dispose();
            _run.Dispose();
            _session.Dispose();
        }
    }

    sealed class WholeStep : IDisposable
    {
        readonly Operator _step;
        readonly Output _output;
        readonly Batch _batch;
        Batch? _last;
        long _rows;

        public WholeStep(string models)
        {
            var rows = Schema.Rows(new KeyTable(["machine"], 0), new CodeTable(), [.. Enumerable.Range(0, Inputs).Select(i => new Column($"c{i}", Kind.Number))], hasWindow: false);
            var surroundings = new Surroundings { ModelsFolder = models };
            var pipeline = new PipelineContext("bench", "bench.yaml", new TimeOptions(), [], rows.Keys, new Clock(surroundings.Time), surroundings);
            var faults = new Faults("bench.yaml");
            var options = new InferOptions
            {
                Model = "bench@1",
                Batch = new() { Max = Rows, Wait = TimeSpan.Zero },
                Anomaly = new() { When = Expression.TryParse("score > 0.98", out var when, out _) ? when : null, For = new(2, "row") },
            };
            _step = options.Build(new BuildContext("infer", [rows], pipeline, faults));
            faults.ThrowIfAny();
            _output = new Output(_step.Output, _step.Books, batch =>
            {
                _rows += batch.Count;
                _last?.Release();
                _last = batch;
            });
            _batch = new BatchPool().Rent(rows);
            _batch.Grow(Rows);
            _batch.Count = Rows;
            for (var row = 0; row < Rows; row++)
            {
                (_batch.Time[row], _batch.Key[row]) = (row, rows.Keys.Device($"m{row % 64}"));
                for (var column = 0; column < Inputs; column++) _batch.Column(column)[row] = Value(row, column);
            }
        }

        public Checksum Run(int calls)
        {
            _rows = 0;
            for (var call = 0; call < calls; call++)
            {
                _batch.Hold();
                _step.Process(_batch, _output);
            }

            return new() { Rows = _rows, Means = Math.Round(_last!.Column(_step.Output.ColumnNumber("error")).ToArray().Average(), 4) };
        }

        public void Dispose()
        {
            _batch.Release();
            _last?.Release();
            ((IDisposable)_step).Dispose();
        }
    }
}
